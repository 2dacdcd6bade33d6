"""Worked cases: other people's numbers, run through the product.

``python -m tests.cases FILE.json ...`` turns each case into a system file, calls the public API and
prints one line per compared figure. See ``docs/how-to/run-a-worked-case.md``.
"""

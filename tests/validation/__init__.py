"""The validation page: ``python -m tests.validation`` writes ``docs/reference/validation.md``.

Every number on it is computed when it is written, or read from ``docs/evidence``.
"""

"""Seeded errors: known faults planted into clean workbooks, to measure any validator with.

``python -m tests.seeded_errors`` plants every type of fault into the example workbook of every
shipped model and prints how many our own reader finds, at the right cell. How to measure another
validator says ``docs/reference/seeded-errors.md``.
"""

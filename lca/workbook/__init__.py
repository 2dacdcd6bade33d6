"""The workbook: written from a product model, read back cell by cell, guarded against bad files."""

"""Names of the vocabularies inside an .xlsx package."""

from __future__ import annotations

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

STRICT = "http://purl.oclc.org/ooxml/"
"""What every name of the strict edition of the format begins with."""

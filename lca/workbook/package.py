"""openpyxl workbook -> bytes that depend on its content only: no clock, no user, no zip times."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

from openpyxl import Workbook

MOMENT = datetime(2000, 1, 1)  # noqa: DTZ001 - the format stores no zone; any fixed moment will do
_ZIP_MOMENT = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def sealed(book: Workbook) -> bytes:
    """Save a workbook and pack it again with fixed times."""
    book.properties.creator = "carbonlabel"
    book.properties.created = MOMENT
    raw = io.BytesIO()
    book.save(raw)
    packed = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(packed, "w") as target:
        for member in source.infolist():
            entry = zipfile.ZipInfo(member.filename, _ZIP_MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, _timeless(member.filename, source.read(member)))
    return packed.getvalue()


def _timeless(name: str, content: bytes) -> bytes:
    """Replace the moment of saving, which openpyxl always writes."""
    if name != "docProps/core.xml":
        return content
    moment = MOMENT.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return _MODIFIED.sub(rb"\g<1>" + moment + rb"\g<2>", content)

"""Faults of the file itself: what arrives is no workbook, or one that nobody should open."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator

from tests.seeded_errors.book import Book
from tests.seeded_errors.fault import Fault, Kind, Planted

Spoil = Callable[[bytes], bytes]
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def faults() -> Iterator[Fault]:
    """Each makes the whole file unreadable, so each stands alone."""
    for name, what, spoil in FILES:
        yield Fault(f"file-{name}", Kind.STRUCTURE, what, _plant(f"file-{name}", spoil), alone=True)


def _plant(fault: str, spoil: Spoil) -> Callable[[Book, random.Random], Planted | None]:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        return Planted(fault, Kind.STRUCTURE, {}, frozenset({""}), data=spoil(book.data))

    return plant


def _with(name: str, content: bytes) -> Spoil:
    """Put another part into the zip."""

    def spoil(data: bytes) -> bytes:
        made = io.BytesIO(data)
        with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as file:
            file.writestr(name, content)
        return made.getvalue()

    return spoil


def _changed(part: str, change: Callable[[bytes], bytes]) -> Spoil:
    """Change one part of the zip."""

    def spoil(data: bytes) -> bytes:
        made = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(data)) as old,
            zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for info in old.infolist():
                content = old.read(info)
                new.writestr(info.filename, change(content) if info.filename == part else content)
        return made.getvalue()

    return spoil


def _torn(data: bytes) -> bytes:
    return data.replace(b"</sheetData>", b"", 1)


def _doctype(data: bytes) -> bytes:
    start = data.index(b"<workbook")
    return b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "b">]>' + data[start:]


SHEET = "xl/worksheets/sheet4.xml"
FILES: tuple[tuple[str, str, Spoil], ...] = (
    ("empty", "an empty file", lambda data: b""),
    ("cut", "a file cut off on the way", lambda data: data[: len(data) // 2]),
    ("csv", "a CSV file with the name of a workbook", lambda data: "项目,一月\n电,12\n".encode()),
    (
        "html",
        "a web page with the name of a workbook",
        lambda data: b"<html><table><tr><td>1</table></html>",
    ),
    ("old", "an old .xls file", lambda data: OLE + bytes(2000)),
    ("pdf", "a PDF", lambda data: b"%PDF-1.7\n" + bytes(500)),
    ("zip", "some other zip", lambda data: _other()),
    ("macro", "a workbook with macros", _with("xl/vbaProject.bin", b"macro")),
    ("embedded", "a workbook with an embedded object", _with("xl/embeddings/oleObject1.bin", b"x")),
    (
        "links",
        "a workbook that links to others",
        _with("xl/externalLinks/externalLink1.xml", b"<a/>"),
    ),
    ("outside", "a part with a path that leads outside", _with("../../evil.xml", b"<a/>")),
    ("torn", "a sheet that is not whole", _changed(SHEET, _torn)),
    ("doctype", "a document type in a part", _changed("xl/workbook.xml", _doctype)),
    ("bits", "a file damaged on the way", lambda data: data[:3000] + bytes(400) + data[3400:]),
)


def _other() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("readme.txt", "not a workbook")
    return made.getvalue()

"""A drawer of files that must be refused: name, how it is made, the code of the refusal."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping

from tests.lca.workbook.desk import clean

SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
TYPES, WORKBOOK, STRINGS = "[Content_Types].xml", "xl/workbook.xml", "xl/sharedStrings.xml"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504

Parts = dict[str, bytes]


def unpack(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {member.filename: archive.read(member) for member in archive.infolist()}


def pack(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return raw.getvalue()


def plus(name: str, content: bytes) -> Callable[[], bytes]:
    """The clean file with one part more, or another."""
    return lambda: pack({**unpack(clean()), name: content})


def edited(name: str, old: bytes, new: bytes) -> Callable[[], bytes]:
    """The clean file with the first occurrence of some bytes replaced in one part."""

    def make() -> bytes:
        parts = unpack(clean())
        assert old in parts[name], (name, old)
        return pack({**parts, name: parts[name].replace(old, new, 1)})

    return make


def sheet(rows: str) -> Callable[[], bytes]:
    """The clean file with another first sheet."""
    body = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return plus(SHEET, HEAD + body.encode())


def twice() -> bytes:
    raw = io.BytesIO(clean())
    with zipfile.ZipFile(raw, "a") as archive:
        archive.writestr("XL/workbook.xml", b"<x/>")
    return raw.getvalue()


def flagged(bit: int) -> bytes:
    """Set a flag bit of the first member in both of its headers."""
    data = bytearray(clean())
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.index(magic) + at
        flags = struct.unpack_from("<H", data, start)[0]
        struct.pack_into("<H", data, start, flags | bit)
    return bytes(data)


def lying(size: int) -> bytes:
    """A directory that says another unpacked size than what comes out."""
    data = bytearray(pack({**unpack(clean()), SHEET: HEAD + b"<a>" + b" " * 400_000 + b"</a>"}))
    at = data.rindex(b"PK\x01\x02", 0, data.index(b"PK\x01\x02", data.rindex(SHEET.encode()) - 60))
    while data[at + 46 : at + 46 + len(SHEET)] != SHEET.encode():
        at = data.index(b"PK\x01\x02", at + 4)
    struct.pack_into("<I", data, at + 24, size)
    return bytes(data)


def damaged() -> bytes:
    """One flipped byte in the middle of the largest member's packed bytes."""
    data = bytearray(clean())
    with zipfile.ZipFile(io.BytesIO(clean())) as archive:
        largest = max(archive.infolist(), key=lambda member: member.compress_size)
    data[largest.header_offset + 60 + largest.compress_size // 2] ^= 0xFF
    return bytes(data)


def of_a_later_zip() -> bytes:
    """A directory entry that needs a version of zip that there is not."""
    data = bytearray(clean())
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 6, 255)
    return bytes(data)


def bomb(size: int) -> Callable[[], bytes]:
    return lambda: pack({**unpack(clean()), "xl/media/image1.png": b"\0" * size})


def overlapping_names() -> bytes:
    return pack({**unpack(clean()), **{f"xl/media/{n}.txt": b"" for n in range(2100)}})


RELS = "xl/_rels/workbook.xml.rels"
_REL = b'<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
_CLOSE = b"</Relationships>"
ENTITIES = (
    HEAD + b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>'
)
OUTSIDE = HEAD + b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'

FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    # what it is
    "nothing": (lambda: b"", "FILE-EMPTY"),
    "too big": (lambda: b"PK\x03\x04" + b"\0" * 20_000_000, "FILE-TOO-BIG"),
    "with a password": (lambda: OLE2 + "EncryptedPackage".encode("utf-16-le"), "FILE-PASSWORD"),
    "old xls": (lambda: OLE2 + "Workbook".encode("utf-16-le") + b"\0\0", "FILE-OLD-XLS"),
    "older xls": (lambda: OLE2 + "Book".encode("utf-16-le") + b"\0\0", "FILE-OLD-XLS"),
    "old doc": (lambda: OLE2 + "WordDocument".encode("utf-16-le") + b"\0\0", "FILE-OLD-OFFICE"),
    "csv": (lambda: b"month,kWh\n1,2100\n", "FILE-CSV"),
    "csv in UTF-8": (lambda: b"\xef\xbb\xbf" + "月份,电量\n".encode(), "FILE-CSV"),
    "csv of a Chinese Excel": (lambda: "月份,电量\n1,2100\n".encode("gb18030"), "FILE-CSV"),
    "csv with a byte order mark": (lambda: "月份,电量\n".encode("utf-16"), "FILE-CSV"),
    "html": (lambda: b"\n<html><table><tr><td>1</td></tr></table></html>", "FILE-HTML"),
    "xml spreadsheet": (lambda: HEAD + b"<Workbook/>", "FILE-HTML"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\xff\xfe", "FILE-NOT-XLSX"),
    "a pdf with null bytes": (lambda: b"%PDF-1.7\n\0\0\0\xff", "FILE-NOT-XLSX"),
    "docx": (lambda: pack({TYPES: b"<a/>", "word/document.xml": b"<a/>"}), "FILE-NOT-XLSX"),
    "xlsb": (lambda: pack({TYPES: b"<a/>", "xl/workbook.bin": b""}), "FILE-NOT-XLSX"),
    "ods": (lambda: pack({"mimetype": b"x", "content.xml": b"<a/>"}), "FILE-NOT-XLSX"),
    "a zip": (lambda: pack({"a.txt": b"a"}), "FILE-NOT-XLSX"),
    "strict open xml": (edited(WORKBOOK, MAIN.encode(),
                               b"http://purl.oclc.org/ooxml/spreadsheetml/main"), "FILE-STRICT"),
    # the container
    "cut in half": (lambda: clean()[: len(clean()) // 2], "FILE-TRUNCATED"),
    "last bytes missing": (lambda: clean()[:-30], "FILE-TRUNCATED"),
    "magic only": (lambda: b"PK\x03\x04", "FILE-TRUNCATED"),
    "a byte flipped": (damaged, "FILE-DAMAGED"),
    "another packing method": (lambda: pack(unpack(clean()), zipfile.ZIP_BZIP2), "FILE-DAMAGED"),
    "lzma": (lambda: pack(unpack(clean()), zipfile.ZIP_LZMA), "FILE-DAMAGED"),
    "an encrypted member": (lambda: flagged(0x1), "FILE-ENCRYPTED"),
    "strong encryption": (lambda: flagged(0x41), "FILE-ENCRYPTED"),
    "too many members": (overlapping_names, "FILE-MEMBERS"),
    "one name twice": (twice, "FILE-TWICE"),
    "a path upwards": (plus("../../evil.xml", b"<a/>"), "FILE-PATH"),
    "an absolute path": (plus("/etc/evil.xml", b"<a/>"), "FILE-PATH"),
    "a drive": (plus("C:evil.xml", b"<a/>"), "FILE-PATH"),
    "a back slash": (plus("xl\\..\\evil.xml", b"<a/>"), "FILE-PATH"),
    "a bomb by its ratio": (bomb(1_000_000), "FILE-BOMB"),
    "a bomb by its size": (bomb(101_000_000), "FILE-BOMB"),
    "a directory that says too little": (lambda: lying(100), "FILE-DAMAGED"),
    "a zip of a version to come": (of_a_later_zip, "FILE-DAMAGED"),
    # active content
    "macros": (plus("xl/vbaProject.bin", b"\xd0\xcf"), "FILE-MACRO"),
    "macros elsewhere": (plus("xl/other/VBAPROJECT.BIN", b""), "FILE-MACRO"),
    "macro sheets": (plus("xl/macrosheets/sheet1.xml", b"<a/>"), "FILE-MACRO"),
    "a macro-enabled type": (edited(TYPES, b"spreadsheetml.sheet.main+xml",
                                    b"spreadsheetml.sheet.macroEnabled.main+xml"), "FILE-MACRO"),
    "external links": (plus("xl/externalLinks/externalLink1.xml", b"<a/>"), "FILE-EXTERNAL"),
    "a data connection": (plus("xl/connections.xml", b"<a/>"), "FILE-EXTERNAL"),
    "a relationship that leads outside": (edited(
        RELS, _CLOSE, _REL + b'externalLinkPath" Target="file:///c:/a.xlsx" TargetMode="External"/>'
        + _CLOSE), "FILE-EXTERNAL"),
    "an image on the web": (edited(
        RELS, _CLOSE, _REL + b'image" Target="http://example.com/a.png" TargetMode="External"/>'
        + _CLOSE), "FILE-EXTERNAL"),
    "a relationship out of the package": (edited(
        RELS, _CLOSE, _REL + b'worksheet" Target="../../../etc/passwd"/>' + _CLOSE), "FILE-PATH"),
    "an embedded object": (plus("xl/embeddings/oleObject1.bin", b""), "FILE-EMBEDDED"),
    "controls": (plus("xl/activeX/activeX1.xml", b"<a/>"), "FILE-EMBEDDED"),
    # the XML
    "entities in a sheet": (plus(SHEET, ENTITIES), "FILE-DOCTYPE"),
    "entities in the workbook": (plus(WORKBOOK, ENTITIES), "FILE-DOCTYPE"),
    "entities in the strings": (plus(STRINGS, ENTITIES), "FILE-DOCTYPE"),
    "an outside entity": (plus(SHEET, OUTSIDE), "FILE-DOCTYPE"),
    "a bare document type": (plus("docProps/app.xml", HEAD + b"<!DOCTYPE a><a/>"), "FILE-DOCTYPE"),
    "a document type in UTF-16": (plus(SHEET, "<!DOCTYPE a><a/>".encode("utf-16")), "FILE-DOCTYPE"),
    "broken XML": (plus(SHEET, HEAD + b"<worksheet><sheetData>"), "FILE-XML"),
    "no XML": (plus(SHEET, b"hello"), "FILE-XML"),
    "an unknown encoding": (plus(SHEET, b'<?xml version="1.0" encoding="x-evil"?><a/>'),
                            "FILE-XML"),
    "a tower of elements": (plus(SHEET, b"<a>" * 5000 + b"</a>" * 5000), "FILE-XML"),
    "a cell far away": (sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
                        "FILE-LIMITS"),
    "a column far away": (sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>'), "FILE-LIMITS"),
    "a row far away": (sheet('<row r="100001"/>'), "FILE-LIMITS"),
    "an address that is none": (sheet('<row r="1"><c r="1A"/></row>'), "FILE-XML"),
    "a row number that is none": (sheet('<row r="one"/>'), "FILE-XML"),
    "one row twice": (sheet('<row r="5"/><row r="5"/>'), "FILE-ORDER"),
    "one cell twice": (sheet('<row r="1"><c r="A1"/><c r="A1"/></row>'), "FILE-ORDER"),
    "a cell in another row": (sheet('<row r="1"><c r="A2"/></row>'), "FILE-ORDER"),
    "one tag that never ends": (lambda: pack(
        {**unpack(clean()), SHEET: b'<a x="' + b"y" * 1_500_000 + b'"/>'}, zipfile.ZIP_STORED),
        "FILE-TOO-HARD"),
    "a flood of elements": (lambda: pack(
        {**unpack(clean()), "docProps/app.xml": b"<a>" + b"<b/>" * 2_100_000 + b"</a>"},
        zipfile.ZIP_STORED), "FILE-TOO-HARD"),
    "a sheet in another folder": (lambda: pack(
        {**unpack(clean()), RELS: unpack(clean())[RELS].replace(b"worksheets/sheet1", b"a/sheet1"),
         "xl/a/sheet1.xml": unpack(sheet('<row r="5"/><row r="5"/>')())[SHEET]}), "FILE-ORDER"),
    "a book in one cell": (sheet(
        f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * 40_000}</t></is></c></row>'),
        "FILE-LONG-TEXT"),
}  # fmt: skip


def styled(rows: str) -> Callable[[], bytes]:
    """The clean file with another first sheet, and a style whose number format is none."""

    def make() -> bytes:
        parts = unpack(sheet(rows)())
        styles = parts["xl/styles.xml"].replace(b'numFmtId="0"', b'numFmtId="none"')
        return pack({**parts, "xl/styles.xml": styles})

    return make


def one(cell: str) -> str:
    """A row with one cell."""
    return f'<row r="1">{cell}</row>'


UNREADABLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a number that is none": (sheet(one('<c r="A1"><v>twelve</v></c>')), "FILE-UNREADABLE"),
    "a number with a low line": (sheet(one('<c r="A1"><v>1_000</v></c>')), "FILE-UNREADABLE"),
    "a number in other digits": (sheet(one('<c r="A1"><v>١٢</v></c>')), "FILE-UNREADABLE"),
    "a number called nan": (sheet(one('<c r="A1"><v>nan</v></c>')), "FILE-UNREADABLE"),
    "a truth that is none": (sheet(one('<c r="A1" t="b"><v>2</v></c>')), "FILE-UNREADABLE"),
    "a day that is none": (sheet(one('<c r="A1" t="d"><v>2025-02-30</v></c>')), "FILE-UNREADABLE"),
    "a kind of cell that is none": (sheet(one('<c r="A1" t="x"><v>1</v></c>')), "FILE-UNREADABLE"),
    "a string that is not there": (sheet(one('<c r="A1" t="s"><v>999999</v></c>')),
                                   "FILE-UNREADABLE"),
    "a string before the first": (sheet(one('<c r="A1" t="s"><v>-1</v></c>')), "FILE-UNREADABLE"),
    "a style that is not there": (sheet(one('<c r="A1" s="9999"><v>1</v></c>')),
                                  "FILE-UNREADABLE"),
    "a number format that is none": (styled(one('<c r="A1"><v>1</v></c>')), "FILE-UNREADABLE"),
    "a link that is not there": (edited(WORKBOOK, b'r:id="', b'r:id="x'), "FILE-UNREADABLE"),
    "joined cells that are none": (edited(SHEET, b'<mergeCell ref="', b'<mergeCell ref="??'),
                                   "FILE-UNREADABLE"),
    "two values in one cell": (sheet(one('<c r="A1"><v>1</v><v>2</v></c>')), "FILE-ORDER"),
}  # fmt: skip
"""Files whose XML is sound; only the reader notices."""

ODD: dict[str, Callable[[], bytes]] = {
    "a dimension that is none": edited(SHEET, b'<dimension ref="', b'<dimension ref="??'),
    "a dimension that is too small": edited(
        SHEET, b'<dimension ref="', b'<dimension ref="A1:A1" x="'),
    "a parent style that is not there": edited("xl/styles.xml", b'xfId="0" b', b'xfId="77" b'),
    "a part in capitals": lambda: pack(
        {name.replace("sheet1.xml", "SHEET1.xml"): part for name, part in unpack(clean()).items()}),
    "cells of another vocabulary": edited(
        SHEET, b"</sheetData>",
        b'<row xmlns="urn:x" r="1"><c r="A1"><v>9</v></c></row></sheetData>'),
    "a table that is not the sheet's": edited(
        SHEET, b"</worksheet>",
        b'<extLst><row r="1"><c r="D9"><v>9</v></c></row></extLst></worksheet>'),
}  # fmt: skip
"""Files that say something odd around the cells; what a person sees in them is the clean file."""

LOST: dict[str, tuple[Callable[[], bytes], str]] = {
    "no sheets at all": (plus(WORKBOOK, HEAD + f'<workbook xmlns="{MAIN}"/>'.encode()),
                         "WORKBOOK-NOT-OURS"),
    "no part for a sheet": (lambda: pack(
        {name: part for name, part in unpack(clean()).items() if name != SHEET}),
        "WORKBOOK-SHEET-MISSING"),
}  # fmt: skip
"""Files that can be read but miss a sheet: a finding, no refusal."""

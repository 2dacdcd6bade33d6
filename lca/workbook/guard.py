"""Bytes of unknown origin -> a workbook that is safe to parse, or a refusal that says why.

Two steps. :func:`container` looks at the outside (magic, zip directory) and costs a millisecond;
:func:`parts` unpacks every XML part once, as a stream, and counts the bytes that really come out,
because a zip directory may lie. Parsing afterwards belongs in a limited child process
(:mod:`lca.workbook.grid`), for no list of checks is complete.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, NoReturn
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml import DefusedXmlException
from defusedxml.sax import parse

from factors.errors import UnsafeFileError
from factors.findings import Where, finding

MAX_FILE = 20_000_000
MAX_MEMBERS = 2_000
MAX_UNPACKED = 100_000_000
MAX_RATIO = 200
SMALL = 200_000  # a member this small may be packed as tightly as it likes
MAX_ROW = 100_000
MAX_COLUMN = 200
MAX_TEXT = 32_767  # characters in one cell, the limit of Excel itself
MAX_DEPTH = 64

ZIP_MAGIC = b"PK\x03\x04"
OLE2_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STRICT_NAMESPACE = "http://purl.oclc.org/ooxml/"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_PROBLEMS = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, OSError, ValueError)
_ADDRESS = re.compile(r"([A-Z]{1,4})([0-9]{1,9})\Z")

_FORBIDDEN_PARTS = (
    ("FILE-MACRO", re.compile(r"vbaproject|(^|/)macrosheets/|(^|/)dialogsheets/|customui", re.I)),
    ("FILE-EXTERNAL", re.compile(r"(^|/)(externallinks|connections\.xml|querytables)", re.I)),
    ("FILE-EMBEDDED", re.compile(r"(^|/)(embeddings|activex|ctrlprops)/", re.I)),
)


def check(data: bytes, name: str) -> None:
    """Apply all guards.

    Parameters
    ----------
    data
        The file as received.
    name
        Its name, for messages only; the content decides.

    Raises
    ------
    UnsafeFileError
        With one finding that says what the file is and what to do.
    """
    container(data, name)
    parts(data, name)


def refuse(code: str, name: str, /, **params: object) -> NoReturn:
    """Raise the refusal of a file."""
    raise UnsafeFileError(finding(code, Where(file=name), **params))


def container(data: bytes, name: str) -> None:
    """Check size, magic and the zip directory without unpacking anything."""
    if not data:
        refuse("FILE-EMPTY", name)
    if len(data) > MAX_FILE:
        refuse("FILE-TOO-BIG", name, size=f"{len(data) / 1e6:.1f}", limit=MAX_FILE // 10**6)
    _magic(data, name)
    members = _open(data, name).infolist()
    _directory(members, name)
    names = [member.filename for member in members]
    _forbidden(names, name)
    _kind(set(names), name)


def _magic(data: bytes, name: str) -> None:
    if data.startswith(ZIP_MAGIC):
        return
    if data.startswith(OLE2_MAGIC):
        refuse(_ole2(data), name)
    head = data[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta")):
        refuse("FILE-HTML", name)
    if _is_text(data[:4096]):
        refuse("FILE-CSV", name)
    refuse("FILE-NOT-XLSX", name, kind="?")


def _ole2(data: bytes) -> str:
    """Tell a password-protected workbook from an old .xls and from other Office files."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "FILE-PASSWORD"
    if any(stream.encode("utf-16-le") + b"\0\0" in data for stream in ("Workbook", "Book")):
        return "FILE-OLD-XLS"
    return "FILE-OLD-OFFICE"


def _is_text(head: bytes) -> bool:
    """Whether bytes look like text in an encoding that exported tables have."""
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    for encoding in ("utf-8", "gb18030", "utf-16"):
        try:
            head[: len(head) // 2 * 2 - 8 if len(head) > 64 else None].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _open(data: bytes, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except NotImplementedError:
        refuse("FILE-DAMAGED", name, part="zip")  # a zip of a version that there is not
    except _PROBLEMS:
        refuse("FILE-TRUNCATED", name)


def _directory(members: list[zipfile.ZipInfo], name: str) -> None:
    if len(members) > MAX_MEMBERS:
        refuse("FILE-MEMBERS", name, count=len(members), limit=MAX_MEMBERS)
    seen: set[str] = set()
    for member in members:
        _member(member, name)
        if member.filename.lower() in seen:
            refuse("FILE-TWICE", name, part=member.filename)
        seen.add(member.filename.lower())
    total = sum(member.file_size for member in members)
    if total > MAX_UNPACKED:
        refuse("FILE-BOMB", name, part="*", size=f"{total / 1e6:.0f}")


def _member(member: zipfile.ZipInfo, name: str) -> None:
    path = member.filename
    if path.startswith(("/", "\\")) or ".." in path or ":" in path or "\\" in path:
        refuse("FILE-PATH", name, part=path)
    if member.flag_bits & 0x41:
        refuse("FILE-ENCRYPTED", name, part=path)
    if member.compress_type not in _METHODS:
        refuse("FILE-DAMAGED", name, part=path)
    if member.file_size > SMALL and member.file_size > MAX_RATIO * member.compress_size:
        refuse("FILE-BOMB", name, part=path, size=f"{member.file_size / 1e6:.0f}")


def _forbidden(names: list[str], name: str) -> None:
    for code, pattern in _FORBIDDEN_PARTS:
        for part in names:
            if pattern.search(part):
                refuse(code, name, part=part)


def _kind(names: set[str], name: str) -> None:
    """Refuse other zip documents by what they are."""
    if {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        return
    kinds = {
        "xl/workbook.bin": ".xlsb",
        "word/document.xml": ".docx",
        "ppt/presentation.xml": ".pptx",
        "content.xml": ".ods / .odt",
    }
    found = [kind for part, kind in kinds.items() if part in names]
    refuse("FILE-NOT-XLSX", name, kind=found[0] if found else ".zip")


def parts(data: bytes, name: str) -> None:
    """Unpack and stream every XML part once; count what really comes out."""
    archive = _open(data, name)
    left = MAX_UNPACKED
    for member in archive.infolist():
        if member.is_dir():
            continue
        counted = _Counted(archive, member, left, name)
        if member.filename.lower().endswith((".xml", ".rels", ".vml")):
            _stream(counted, member.filename, name)
        else:
            counted.drain()
        left -= counted.count


class _Counted(io.RawIOBase):
    """A zip member as a stream that refuses to give more than the bytes left."""

    def __init__(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int, name: str
    ) -> None:
        self._part, self._left, self._name, self.count = member.filename, left, name, 0
        try:
            self._source: IO[bytes] = archive.open(member)
        except (*_PROBLEMS, RuntimeError, NotImplementedError):
            refuse("FILE-DAMAGED", name, part=member.filename)

    def read(self, size: int = -1) -> bytes:
        wanted = 65_536 if size < 0 else min(size, 65_536)
        try:
            block = self._source.read(wanted)
        except _PROBLEMS:
            refuse("FILE-DAMAGED", self._name, part=self._part)
        self.count += len(block)
        if self.count > self._left:
            refuse("FILE-BOMB", self._name, part=self._part, size=f"{MAX_UNPACKED / 1e6:.0f}+")
        return block

    def blocks(self) -> Iterator[bytes]:
        """Yield the rest of the member, block by block."""
        while block := self.read():
            yield block

    def drain(self) -> None:
        """Read to the end, so that lengths and checksums are tested."""
        for _ in self.blocks():
            pass


def _stream(source: _Counted, part: str, name: str) -> None:
    handler = _Watch(part, name)
    try:
        parse(source, handler, forbid_dtd=True)
    except DefusedXmlException:
        refuse("FILE-DOCTYPE", name, part=part)
    except (SAXException, ValueError, LookupError):
        refuse("FILE-XML", name, part=part)


class _Watch(ContentHandler):
    """Look at the elements of one part as they pass; keep nothing."""

    def __init__(self, part: str, name: str) -> None:
        super().__init__()
        self._part, self._name = part, name
        self._text = self._depth = self._row = self._column = 0
        self._sheet = part.startswith("xl/worksheets/") and part.endswith(".xml")

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        """Check one element by its local name."""
        self._text = 0
        self._depth += 1
        if self._depth > MAX_DEPTH:
            refuse("FILE-XML", self._name, part=self._part)
        if self._depth == 1 and any(STRICT_NAMESPACE in attrs[key] for key in attrs.getNames()):
            refuse("FILE-STRICT", self._name)
        local = name.rpartition(":")[2]
        if self._sheet and local in ("row", "c"):
            self._cell(local, attrs.get("r"))
        elif local in ("Override", "Default"):
            self._content_type(str(attrs.get("ContentType", "")))
        elif local == "Relationship":
            self._relationship(attrs)

    def endElement(self, name: str) -> None:  # noqa: N802
        """Leave an element."""
        self._text = 0
        self._depth -= 1

    def characters(self, content: str) -> None:
        """Count the characters of one text."""
        self._text += len(content)
        if self._text > MAX_TEXT:
            refuse("FILE-LONG-TEXT", self._name, part=self._part, limit=MAX_TEXT)

    def _cell(self, local: str, address: str | None) -> None:
        """Rows and cells must lie within the limits and stand in order, each once.

        Programs differ in what they make of a second row 5, so that a file could show one number
        to a person and give another to us.
        """
        if local == "row":
            row, column = self._number(address, self._row + 1), 0
            if row <= self._row:
                refuse("FILE-ORDER", self._name, part=self._part, cell=address or row)
        else:
            row, column = self._split(address) if address else (self._row, self._column + 1)
            if row != self._row or column <= self._column:
                refuse("FILE-ORDER", self._name, part=self._part, cell=address or column)
        if row > MAX_ROW or column > MAX_COLUMN:
            refuse(
                "FILE-LIMITS",
                self._name,
                part=self._part,
                cell=address or f"R{row}C{column}",
                rows=MAX_ROW,
                columns=MAX_COLUMN,
            )
        self._row, self._column = row, column

    def _number(self, text: str | None, default: int) -> int:
        if text is None:
            return default
        if not re.fullmatch("[0-9]{1,9}", text):
            refuse("FILE-XML", self._name, part=self._part)
        return int(text)

    def _split(self, address: str) -> tuple[int, int]:
        match = _ADDRESS.match(address)
        if match is None:
            refuse("FILE-XML", self._name, part=self._part)
        column = 0
        for letter in match[1]:
            column = column * 26 + ord(letter) - 64
        return int(match[2]), column

    def _content_type(self, kind: str) -> None:
        if "macroenabled" in kind.lower() or "vbaproject" in kind.lower():
            refuse("FILE-MACRO", self._name, part=kind)

    def _relationship(self, attrs: AttributesImpl) -> None:
        kind = str(attrs.get("Type", ""))
        outside = str(attrs.get("TargetMode", "")).lower() == "external"
        if outside and not kind.endswith("/hyperlink"):
            refuse("FILE-EXTERNAL", self._name, part=str(attrs.get("Target", "")))
        if kind.rsplit("/", 1)[-1].lower() in ("vbaproject", "xlmacrosheet", "attachedtoolbars"):
            refuse("FILE-MACRO", self._name, part=kind)
        target = str(attrs.get("Target", ""))
        if not outside and not _inside(self._part, target):
            refuse("FILE-PATH", self._name, part=target)


def _inside(part: str, target: str) -> bool:
    """Whether the target of a relationship stays inside the package."""
    # The .rels file lies in <folder>/_rels/; a target that starts with "/" counts from the top.
    depth = 0 if target.startswith("/") else len(part.split("/")) - 2
    for step in target.split("/"):
        depth += -1 if step == ".." else 0 if step in ("", ".") else 1
        if depth < 0:
            return False
    return True

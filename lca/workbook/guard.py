"""Bytes of unknown origin -> a zip that may be unpacked, or a refusal that says why.

:func:`container` looks at the outside only (magic, zip directory) and costs a millisecond. What
comes out of the zip is watched while it is read (:mod:`lca.workbook.stream`), and that belongs in
a limited child process (:mod:`lca.workbook.isolate`), for no list of checks is complete.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import NoReturn

from factors.errors import UnsafeFileError
from factors.findings import Where, finding

MAX_FILE = 20_000_000
MAX_MEMBERS = 2_000
MAX_UNPACKED = 100_000_000
MAX_RATIO = 200
SMALL = 200_000  # a member this small may be packed as tightly as it likes

ZIP_MAGIC = b"PK\x03\x04"
OLE2_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
PROBLEMS = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, OSError, ValueError)

_FORBIDDEN_PARTS = (
    ("FILE-MACRO", re.compile(r"vbaproject|(^|/)macrosheets/|(^|/)dialogsheets/|customui", re.I)),
    ("FILE-EXTERNAL", re.compile(r"(^|/)(externallinks|connections\.xml|querytables)", re.I)),
    ("FILE-EMBEDDED", re.compile(r"(^|/)(embeddings|activex|ctrlprops)/", re.I)),
)


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
    members = opened(data, name).infolist()
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


def opened(data: bytes, name: str) -> zipfile.ZipFile:
    """Return the zip; nothing is unpacked yet."""
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except NotImplementedError:
        refuse("FILE-DAMAGED", name, part="zip")  # a zip of a version that there is not
    except PROBLEMS:
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
    if "[Content_Types].xml" in names and any(name.endswith("/workbook.xml") for name in names):
        return
    kinds = {
        "xl/workbook.bin": ".xlsb",
        "word/document.xml": ".docx",
        "ppt/presentation.xml": ".pptx",
        "content.xml": ".ods / .odt",
    }
    found = [kind for part, kind in kinds.items() if part in names]
    refuse("FILE-NOT-XLSX", name, kind=found[0] if found else ".zip")

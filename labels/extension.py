"""Long-term data behind a seal: one revision whose every byte follows from what it carries.

A sealed document stays as it is; what is added later stands behind its last byte. The added
revision holds certificates and revocation lists (``/DSS``) and one document timestamp (PAdES B-T,
with the data B-LT). It touches no page. Because the revision is a function of the document, the
data and the timestamp token, a reader builds it again and compares: precisely this revision is
accepted and nothing else. The layout is frozen; a new one would be a new function beside it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from asn1crypto import parser

#: Room for a token (bytes); the rest of it is zeros.
ROOM = 16_384
#: Most extensions of one document that are looked at, and most bytes of data in one of them.
MOST = 8
LARGEST = 4 * 1024 * 1024

_RANGE = re.compile(rb"/ByteRange \[0 (\d{1,9}) (\d{1,9}) (\d{1,9})\]")
_END = re.compile(rb"startxref\n(\d{1,9})\n%%EOF\n?\Z")
_SIZE = re.compile(rb"/Size (\d{1,7})\b")
_ROOT = re.compile(rb"/Root (\d{1,7}) 0 R")
_INFO = re.compile(rb"/Info (\d{1,7}) 0 R")
_ID = re.compile(rb"/ID \[ ?(<[0-9a-f]{2,64}>)")
_FORM = re.compile(rb"/AcroForm (\d{1,7}) 0 R")
_FIELDS = re.compile(rb"/Fields \[((?: \d{1,7} 0 R)+) \]")
_PAGE = re.compile(rb"/P (\d{1,7}) 0 R")
_DSS = re.compile(rb"\n/DSS \d{1,7} 0 R")
_DSS_OBJECT = re.compile(
    rb"<<\n/Type /DSS\n/Certs \[((?: \d{1,7} 0 R)*) \]\n/CRLs \[((?: \d{1,7} 0 R)*) \]\n>>"
)
_RANGE_WIDTH = 44


@dataclass(frozen=True, slots=True)
class Validation:
    """Data that later validators need.

    Attributes
    ----------
    certificates
        DER certificates: of the seal, of the timestamp authority.
    lists
        DER certificate revocation lists.
    """

    certificates: tuple[bytes, ...] = ()
    lists: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension of a document, found again.

    Attributes
    ----------
    before
        The document it extends.
    token
        The timestamp token (DER ``ContentInfo``).
    imprint
        SHA-256 of everything in the extended file but the token.
    """

    before: bytes
    validation: Validation
    token: bytes
    imprint: bytes


def imprint(pdf: bytes, validation: Validation) -> bytes:
    """Return the SHA-256 that a timestamp for an extension must carry.

    Raises
    ------
    ValueError
        When the document is not one of ours.
    """
    made, start, end = _laid_out(pdf, validation)
    return hashlib.sha256(made[:start] + made[end:]).digest()


def extend(pdf: bytes, validation: Validation, token: bytes) -> bytes:
    """Return a document with one more revision behind it.

    Raises
    ------
    ValueError
        When the document is not one of ours, or the token has no room.
    """
    if not 0 < len(token) <= ROOM:
        raise ValueError("the token has no room")
    made, start, end = _laid_out(pdf, validation)
    return made[:start] + b"<" + token.hex().encode().ljust(2 * ROOM, b"0") + b">" + made[end:]


def split(pdf: bytes) -> tuple[bytes, tuple[Extension, ...]]:
    """Return the sealed document and its extensions, the first one first.

    A file with anything else behind its seal is returned whole, without extensions: then it is the
    seal's business to say that it does not cover the file.
    """
    ends = [int(found[2]) + int(found[3]) for found in _RANGE.finditer(pdf)][: MOST + 2]
    if len(ends) < 2 or len(ends) > MOST + 1 or ends[-1] != len(pdf) or sorted(ends) != ends:
        return pdf, ()
    made = []
    for before, after in pairwise(ends):
        try:
            made.append(_read(pdf[:before], pdf[before:after]))
        except (ValueError, IndexError, OverflowError):
            return pdf, ()
    return pdf[: ends[0]], tuple(made)


# Reading ------------------------------------------------------------------------------------------


def _read(before: bytes, tail: bytes) -> Extension:
    """Take an extension apart and build it again; what differs in one byte is none.

    Raises
    ------
    ValueError
        When it is no extension of ours.
    """
    if len(tail) > LARGEST + 4 * ROOM:
        raise ValueError("too large")
    found = _DSS_OBJECT.search(tail)
    certificates, lists = ((), ()) if found is None else (_refs(found[1]), _refs(found[2]))
    validation = Validation(
        tuple(_stream(tail, number) for number in certificates),
        tuple(_stream(tail, number) for number in lists),
    )
    token = _token(tail)
    if extend(before, validation, token) != before + tail:
        raise ValueError("other bytes")
    return Extension(before, validation, token, imprint(before, validation))


def _refs(told: bytes) -> list[int]:
    return [int(number) for number in re.findall(rb"(\d+) 0 R", told)]


def _stream(tail: bytes, number: int) -> bytes:
    head = re.search(rb"(?:\A|\n)%d 0 obj\n<<\n/Length (\d{1,7})\n>>\nstream\n" % number, tail)
    if head is None:
        raise ValueError("stream")
    return tail[head.end() : head.end() + int(head[1])]


def _token(tail: bytes) -> bytes:
    start = tail.index(b"/Contents <") + len(b"/Contents <")
    data = bytes.fromhex(tail[start : tail.index(b">", start)].decode("ascii"))
    length = parser.peek(data)
    if not 0 < length <= len(data):
        raise ValueError("token")
    return data[:length]


# Writing ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Tail:
    """What the end of a document says of the whole."""

    at: int
    stream: bool
    size: int
    root: int
    info: bytes
    first_id: bytes

    @classmethod
    def of(cls, pdf: bytes) -> _Tail:
        end = _END.search(pdf[-64:])
        if end is None:
            raise ValueError("end of file")
        at = int(end[1])
        section = pdf[at:]
        info, first_id = _INFO.search(section), _ID.search(section)
        if first_id is None:
            raise ValueError("identifier")
        return cls(
            at=at,
            stream=not section.startswith(b"xref\n"),
            size=_number(_SIZE, section),
            root=_number(_ROOT, section),
            info=b"" if info is None else b"/Info %b 0 R\n" % info[1],
            first_id=first_id[1],
        )


def _laid_out(pdf: bytes, validation: Validation) -> tuple[bytes, int, int]:
    """Return the extended document without its token, and where the token's gap begins and ends."""
    tail = _Tail.of(pdf)
    catalogue = _object(pdf, tail.root)
    form = _number(_FORM, catalogue)
    carried = [*validation.certificates, *validation.lists]
    numbers = list(range(tail.size, tail.size + len(carried)))
    dss, field, sig = (tail.size + len(carried) + step for step in range(3))
    objects = {
        tail.root: _with_dss(catalogue, dss) if carried else catalogue,
        form: _with_field(_object(pdf, form), field),
        **dict(zip(numbers, map(_stream_object, carried), strict=True)),
        dss: _dss(numbers, len(validation.certificates)),
        field: _field(_page_of(pdf, form), field, sig),
        sig: _signature(),
    }
    made, places = bytearray(pdf if pdf.endswith(b"\n") else pdf + b"\n"), {}
    for number in sorted(objects):
        places[number] = len(made)
        made += b"%d 0 obj\n%b\nendobj\n" % (number, objects[number])
    identifier = hashlib.sha256(bytes(made)).hexdigest()[:32].encode()
    made += _references(tail, places, len(made), identifier)
    start = made.index(b"/Contents <", places[sig]) + len(b"/Contents ")
    return _with_range(bytes(made), start, start + 2 * ROOM + 2)


def _page_of(pdf: bytes, form: int) -> int:
    """Return the page that the seal's field names: the timestamp's has no other."""
    fields = _FIELDS.findall(_object(pdf, form))
    return _number(_PAGE, _object(pdf, _refs(fields[0])[0]))


def _field(page: int, field: int, sig: int) -> bytes:
    """Return an invisible field; no page lists it, so no page changes."""
    return (
        b"<<\n/FT /Sig\n/T (Timestamp%d)\n/Type /Annot\n/Subtype /Widget\n/F 132\n"
        b"/Rect [ 0 0 0 0 ]\n/P %d 0 R\n/V %d 0 R\n>>" % (field, page, sig)
    )


def _with_range(made: bytes, start: int, end: int) -> tuple[bytes, int, int]:
    told = b"/ByteRange [0 %d %d %d]" % (start, end, len(made) - end)
    at = made.index(b" " * _RANGE_WIDTH, end)
    return made[:at] + told.ljust(_RANGE_WIDTH) + made[at + _RANGE_WIDTH :], start, end


def _signature() -> bytes:
    return b"\n".join(
        (
            b"<<\n/Type /DocTimeStamp\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.RFC3161\n/V 0",
            b"/Contents <" + b"0" * (2 * ROOM) + b">",
            b" " * _RANGE_WIDTH,
            b">>",
        )
    )


def _dss(numbers: Sequence[int], certificates: int) -> bytes:
    def told(some: Sequence[int]) -> bytes:
        return b"".join(b" %d 0 R" % number for number in some)

    certs, lists = told(numbers[:certificates]), told(numbers[certificates:])
    return b"<<\n/Type /DSS\n/Certs [%b ]\n/CRLs [%b ]\n>>" % (certs, lists)


def _with_dss(catalogue: bytes, dss: int) -> bytes:
    plain = _DSS.sub(b"", catalogue)
    return plain.removesuffix(b"\n>>") + b"\n/DSS %d 0 R\n>>" % dss


def _with_field(form: bytes, field: int) -> bytes:
    if len(_FIELDS.findall(form)) != 1:
        raise ValueError("form")
    return _FIELDS.sub(lambda found: b"/Fields [%b %d 0 R ]" % (found[1], field), form)


def _stream_object(data: bytes) -> bytes:
    return b"<<\n/Length %d\n>>\nstream\n%b\nendstream" % (len(data), data)


def _references(tail: _Tail, places: Mapping[int, int], at: int, identifier: bytes) -> bytes:
    """Return the cross-reference section, of the kind that the document has."""
    top = max(places) + 1
    common = b"/Root %d 0 R\n%b/ID [ %b <%b> ]\n/Prev %d\n" % (
        tail.root,
        tail.info,
        tail.first_id,
        identifier,
        tail.at,
    )
    if not tail.stream:
        table = b"".join(b"%d 1\n%010d 00000 n \n" % (n, places[n]) for n in sorted(places))
        told = b"xref\n%btrailer\n<<\n/Size %d\n%b>>\n" % (table, top, common)
        return told + b"startxref\n%d\n%%%%EOF\n" % at
    every = {**places, top: at}
    rows = b"".join(b"\x01%b\x00\x00" % every[n].to_bytes(4, "big") for n in sorted(every))
    index = b" ".join(b"%d 1" % n for n in sorted(every))
    head = b"<<\n/Type /XRef\n/W [ 1 4 2 ]\n/Size %d\n%b/Index [ %b ]\n/Length %d\n>>" % (
        top + 1,
        common,
        index,
        len(rows),
    )
    body = b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (top, head, rows)
    return body + b"startxref\n%d\n%%%%EOF\n" % at


def _object(pdf: bytes, number: int) -> bytes:
    """Return an object as it was last written, between ``obj`` and ``endobj``."""
    head = b"\n%d 0 obj\n" % number
    start = pdf.rindex(head) + len(head)
    return pdf[start : pdf.index(b"\nendobj\n", start)]


def _number(pattern: re.Pattern[bytes], data: bytes) -> int:
    found = pattern.search(data)
    if found is None:
        raise ValueError(pattern.pattern.decode())
    return int(found[1])

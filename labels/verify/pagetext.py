"""The text layer of our own pages, for comparing two prints made with different fonts.

Reads what our renderer writes (text shown as hex glyph ids in fonts with a ToUnicode map) and no
more; it is asked only after the seal was found good or on a page printed a moment ago.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

_TOKEN = re.compile(
    rb"/(?P<font>[^\s/\[\]<>()]+)\s+[-+.\d]+\s+Tf"
    rb"|\[(?P<array>(?:[^\[\]()]|\((?:\\.|[^\\)])*\))*)\]\s*TJ"
    rb"|<(?P<hex>[0-9A-Fa-f\s]*)>\s*Tj"
    rb"|/(?P<form>[^\s/\[\]<>()]+)\s+Do\b"
)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_CHAR = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_SECTION = re.compile(r"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES = re.compile(r"beginbfrange(.*?)endbfrange", re.DOTALL)
_RANGE = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_DEEPEST = 6

Glyphs = Mapping[int, str]


def page_text(pdf: bytes) -> tuple[str, ...]:
    """Return the text of every page, white space removed.

    Parameters
    ----------
    pdf
        A PDF printed by us, sealed or not.

    Raises
    ------
    ValueError
        When the pages are not of the kind we print.
    """
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        pages = _pages(reader.root["/Pages"], 0)
        return tuple("".join("".join(_page(page)).split()) for page in pages)
    except Exception as error:  # anything unexpected means: not one of our pages
        raise ValueError(type(error).__name__) from error


def _pages(node: Any, depth: int) -> Iterator[Any]:
    if depth > _DEEPEST:
        raise ValueError("page tree")
    for kid in (reference.get_object() for reference in node["/Kids"]):
        if "/Kids" in kid:
            yield from _pages(kid, depth + 1)
        else:
            yield kid


def _page(page: Any) -> Iterator[str]:
    contents = page["/Contents"]
    streams = contents if isinstance(contents, list) else [contents]
    data = b"\n".join(stream.get_object().data for stream in streams)
    yield from _texts(data, page["/Resources"], 0)


def _texts(data: bytes, resources: Any, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise ValueError("nested forms")
    fonts: dict[str, Glyphs] = {}
    glyphs: Glyphs = {}
    for token in _TOKEN.finditer(data):
        if token["font"] is not None:
            name = "/" + token["font"].decode("ascii")
            glyphs = fonts.setdefault(name, _glyphs(resources["/Font"][name]))
        elif token["form"] is not None:
            yield from _form("/" + token["form"].decode("ascii"), resources, depth)
        else:
            shown = token["array"] if token["array"] is not None else b"<" + token["hex"] + b">"
            yield "".join(_decode(found, glyphs) for found in _HEX.findall(shown))


def _form(name: str, resources: Any, depth: int) -> Iterator[str]:
    form = resources["/XObject"][name]
    if form["/Subtype"] == "/Form":
        own = form["/Resources"] if "/Resources" in form else resources  # noqa: SIM401 - follows
        yield from _texts(form.data, own, depth + 1)


def _glyphs(font: Any) -> Glyphs:
    mapping = font["/ToUnicode"].data.decode("ascii")
    glyphs: dict[int, str] = {}
    for section in _SECTION.findall(mapping):
        for code, target in _CHAR.findall(section):
            glyphs[int(code, 16)] = _utf16(target)
    for section in _RANGES.findall(mapping):
        for first, last, target in _RANGE.findall(section):
            start = int(first, 16)
            for code in range(start, min(int(last, 16), start + 65_535) + 1):
                glyphs[code] = chr(int(target, 16) + code - start)
    return glyphs


def _decode(hexed: bytes, glyphs: Glyphs) -> str:
    digits = b"".join(hexed.split())
    return "".join(glyphs[int(digits[i : i + 4], 16)] for i in range(0, len(digits), 4))


def _utf16(hexed: str) -> str:
    return bytes.fromhex(hexed).decode("utf-16-be")

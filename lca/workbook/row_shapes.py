"""Merged cells and hidden rows of a sheet, straight from its XML."""

from __future__ import annotations

import io
import zipfile

from lxml import etree

from lca.workbook.grid import split
from lca.workbook.opc import q

MOST = 10_000
"""Beyond so many nobody joined or hid them one by one."""

Span = tuple[int, int, int, int]


def shapes(data: bytes, part: str) -> tuple[tuple[Span, ...], tuple[int, ...]]:
    """Return joined cells and hidden rows of one worksheet part of a guarded file."""
    merged: list[Span] = []
    hidden: list[int] = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = io.BytesIO(archive.read(part.lstrip("/")))
    tags = (q("row"), q("mergeCell"))
    for _, node in etree.iterparse(body, tag=tags, resolve_entities=False, no_network=True):
        if node.tag == tags[0]:
            if node.get("hidden") in ("1", "true") and len(hidden) < MOST:
                hidden.append(int(node.get("r", "0")))
        elif len(merged) < MOST:
            first, _, last = node.get("ref", "").partition(":")
            merged.append((*split(first), *split(last or first)))
        node.clear()
    return tuple(merged), tuple(hidden)

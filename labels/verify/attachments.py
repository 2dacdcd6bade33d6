"""The files attached to a PDF, read with limits on number and size."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

#: Most files that are looked at, and most bytes of one of them after decompression.
MOST_FILES = 16
LARGEST = 64 * 1024 * 1024
DEEPEST = 8


def attachments(pdf: bytes) -> dict[str, bytes]:
    """Return name to content of the embedded files.

    Parameters
    ----------
    pdf
        A PDF whose container was checked.

    Raises
    ------
    ValueError
        When the file tree is malformed, too large, or names a file twice.
    """
    try:
        names = _item(PdfFileReader(io.BytesIO(pdf)).root, "/Names")
        tree = None if names is None else _item(names, "/EmbeddedFiles")
        found: dict[str, bytes] = {}
        for name, specification in _names(tree, 0):
            if name in found or len(found) >= MOST_FILES:
                raise ValueError(f"attachment {name!r}")
            found[name] = _content(specification["/EF"]["/F"])
    except ValueError:
        raise
    except Exception as error:  # a hostile file may break the reader in any way
        raise ValueError(type(error).__name__) from error
    return found


def _names(node: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if node is None or depth > DEEPEST:
        return
    flat = list(_item(node, "/Names") or ())
    for _, reference in zip(flat[::2], flat[1::2], strict=True):
        specification = reference.get_object()
        yield str(_item(specification, "/UF") or specification["/F"]), specification
    for kid in list(_item(node, "/Kids") or ())[: MOST_FILES + 1]:
        yield from _names(kid.get_object(), depth + 1)


def _item(node: Any, key: str) -> Any:
    """Return an entry of a dictionary with its reference followed, None when absent."""
    if key not in node:
        return None
    return node[key]  # `get` would not follow it


def _content(stream: Any) -> bytes:
    raw = bytes(stream.encoded_data)
    filters = _item(stream, "/Filter")
    if filters is None:
        return raw
    names = [filters] if isinstance(filters, str) else list(filters)
    if names != ["/FlateDecode"] or "/DecodeParms" in stream:
        raise ValueError("filter of an attachment")
    inflater = zlib.decompressobj()
    data = inflater.decompress(raw, LARGEST)
    if inflater.unconsumed_tail or not inflater.eof:
        raise ValueError("size of an attachment")
    return data

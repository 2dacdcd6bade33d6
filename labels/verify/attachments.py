"""The files attached to a PDF, read with limits on number and size, and what must hold of them."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

from factors.findings import Finding
from labels.bundle import (
    APPROVALS,
    CERTIFICATE,
    DISCLOSURES,
    PUBLIC_FILES,
    RECEIPT,
    RENDERING,
    RENDERING_SCHEMA,
    SEALED_FILES,
    Bundle,
)
from labels.canonical import canonical, parse, parse_object
from labels.verify.case import Case, Rules, fault
from labels.view import DOCUMENT_LANGS

#: Most files that are looked at, and most bytes of one of them after decompression.
MOST_FILES = 16
LARGEST = 64 * 1024 * 1024
DEEPEST = 8
MOST_APPROVALS = 16


def attachments(pdf: bytes, reader: PdfFileReader | None = None) -> dict[str, bytes]:
    """Return name to content of the embedded files.

    Parameters
    ----------
    pdf
        A PDF whose container was checked.
    reader
        The file as it was opened already, to read its objects once.

    Raises
    ------
    ValueError
        When the file tree is malformed, too large, or names a file twice.
    """
    try:
        opened = reader or PdfFileReader(io.BytesIO(pdf))
        names = _item(opened.root, "/Names")
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


def read_parts(files: Mapping[str, bytes]) -> Bundle:
    """Read the attachments as far as the other checks need them.

    Raises
    ------
    ValueError
        When one is missing or not what it should be; the message is the file's name.
    """
    missing = [name for name in PUBLIC_FILES if name not in files]
    if missing:
        raise ValueError(", ".join(missing))
    receipt, made_with = (_object(files, name) for name in (RECEIPT, RENDERING))
    approvals = _json(files, APPROVALS)
    if not isinstance(approvals, list) or len(approvals) > MOST_APPROVALS:
        raise ValueError(APPROVALS)
    fits = made_with.get("lang") in DOCUMENT_LANGS and isinstance(made_with.get("sample"), bool)
    if made_with.get("schema") != RENDERING_SCHEMA or not fits:
        raise ValueError(RENDERING)
    return Bundle(files[CERTIFICATE], receipt, approvals, made_with, files.get(DISCLOSURES))


def _json(files: Mapping[str, bytes], name: str) -> Any:
    try:
        return parse(files[name])
    except ValueError as error:
        raise ValueError(name) from error


def _object(files: Mapping[str, bytes], name: str) -> Mapping[str, Any]:
    value = _json(files, name)
    if not isinstance(value, dict):
        raise ValueError(name)
    return value


def _nothing_else(case: Case) -> Iterator[Finding]:
    expected = SEALED_FILES if DISCLOSURES in case.files else PUBLIC_FILES
    odd = set(case.files) - set(expected)
    if odd:
        yield fault("ATTACHMENTS-WRONG", reason=", ".join(sorted(odd)))


def _one_spelling(case: Case) -> Iterator[Finding]:
    """The same content in other bytes would have another hash elsewhere."""
    for name in (RECEIPT, APPROVALS, RENDERING):
        if canonical(parse(case.files[name])) != case.files[name]:
            yield fault("ATTACHMENTS-WRONG", name, reason=name)
    if DISCLOSURES in case.files:
        data = case.files[DISCLOSURES]
        if canonical(parse_object(data)) != data:
            yield fault("ATTACHMENTS-WRONG", DISCLOSURES, reason=DISCLOSURES)


RULES: Rules = {"nothing else": _nothing_else, "one spelling": _one_spelling}


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

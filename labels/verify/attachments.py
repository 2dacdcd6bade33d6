"""The files attached to a PDF, read with limits on number and size, and what must hold of them."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

from factors.findings import Finding
from labels import bodyshape
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

#: Most files that are looked at, most bytes of one of them after decompression, and most nodes of
#: the tree that lists them.
MOST_FILES = 16
LARGEST = 64 * 1024 * 1024
MOST_NODES = 32
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
        found: dict[str, bytes] = {}
        for key, reference in _listed(opened.root):
            specification = reference.get_object()
            name = str(_item(specification, "/UF") or specification.get("/F", key))
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


def _closed(case: Case) -> Iterator[Finding]:
    """Beside the body nothing is said either that the format does not know."""
    said: list[tuple[str, Any, Mapping[str, Any]]] = [
        (RENDERING, case.bundle.rendering, bodyshape.RENDERING)
    ]
    if case.bundle.disclosures is not None:
        opened = parse_object(case.bundle.disclosures)
        said.append((DISCLOSURES, opened, bodyshape.DISCLOSURES))
    for name, value, shape in said:
        for _, path, _ in islice(bodyshape.misfits(value, shape), 1):
            yield fault("ATTACHMENTS-WRONG", name, reason=f"{name} {path}")


def _one_meaning(case: Case) -> Iterator[Finding]:
    """Each file has one name and one content, whichever entry a reader looks at."""
    for key, reference in _listed(_root(case)):
        specification = reference.get_object()
        names = {
            key,
            *(str(specification[name]) for name in ("/F", "/UF") if name in specification),
        }
        embedded = specification["/EF"]
        contents = {embedded.raw_get(name).reference for name in embedded}
        if len(names) > 1 or len(contents) > 1:
            yield fault("ATTACHMENTS-WRONG", key, reason=", ".join(sorted(names)))


def _associated(case: Case) -> Iterator[Finding]:
    """The list of associated files names these files, each once, and no others."""
    root = _root(case)
    if _numbers(_raw(root, "/AF")) != _numbers([file for _, file in _listed(root)]):
        yield fault("ATTACHMENTS-WRONG", "/AF", reason="/AF")


RULES: Rules = {
    "nothing else": _nothing_else,
    "one spelling": _one_spelling,
    "closed": _closed,
    "one meaning": _one_meaning,
    "associated": _associated,
}


def _root(case: Case) -> Any:
    """Return the catalogue; a document whose container fails is not looked at twice."""
    return {} if case.container is None else case.container.signature.reader.root


def _listed(root: Any) -> list[tuple[str, Any]]:
    """Return key and reference of every embedded file; the tree has few nodes or is refused."""
    names = _item(root, "/Names")
    pending, found, seen = [None if names is None else _item(names, "/EmbeddedFiles")], [], 0
    while pending:
        node, seen = pending.pop(0), seen + 1
        if seen > MOST_NODES:
            raise ValueError("name tree")
        if node is not None:
            flat = _raw(node, "/Names")
            found += [(str(key), file) for key, file in zip(flat[::2], flat[1::2], strict=True)]
            pending += [kid.get_object() for kid in _raw(node, "/Kids")[:MOST_NODES]]
    return found


def _numbers(files: Iterable[Any]) -> list[tuple[int, int]]:
    return sorted((one.reference.idnum, one.reference.generation) for one in files)


def _raw(node: Any, key: str) -> list[Any]:
    """Return what an array of a dictionary holds, references not followed."""
    array = _item(node, key)
    return [] if array is None else [array.raw_get(place) for place in range(len(array))]


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
    if inflater.unconsumed_tail or inflater.unused_data or not inflater.eof:
        raise ValueError("size of an attachment")
    return data

"""What the sealing itself may add to a document: one invisible field, and nothing on any page.

A seal is an incremental update. The page is compared with the body in the revision before it; so
the update must not be able to show anything else.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject

from labels.container import Container, SealFault

#: What sealing adds to the catalogue; the metadata get a new modification date.
_ADDED = frozenset({"/AcroForm", "/Perms", "/Extensions", "/Version", "/Metadata"})


def check_increment(container: Container) -> None:
    """Check that a sealed document is one unsigned revision and the seal, which shows nothing.

    Raises
    ------
    SealFault
        ``SEAL-INCREMENT`` with what was touched.
    """
    try:
        _check(container)
    except SealFault:
        raise
    except Exception as error:  # hostile structures may break the reader in any way
        raise SealFault("SEAL-INCREMENT", type(error).__name__) from error


def _check(container: Container) -> None:
    signature = container.signature
    reader, field = signature.reader, signature.sig_field
    xrefs = reader.xrefs
    if xrefs.total_revisions != 2 or xrefs.refs_freed_in_revision(1):
        raise SealFault("SEAL-INCREMENT", f"{xrefs.total_revisions} revisions")
    page = field.raw_get("/P").reference
    before = reader.get_historical_resolver(0)
    allowed = {reader.root_ref, page, *_references(reader.root, "/Metadata")}
    allowed |= set(_references(reader.trailer_view, "/Info"))
    touched = xrefs.explicit_refs_in_revision(0) & xrefs.explicit_refs_in_revision(1)
    if touched - allowed:
        raise SealFault("SEAL-INCREMENT", "objects")
    _same(reader.get_historical_root(0), reader.root, _ADDED, "catalogue")
    _same(before(page), page.get_object(), frozenset({"/Annots"}), "page")
    if "/AP" in field or [float(side) for side in field["/Rect"]] != [0.0] * 4:
        raise SealFault("SEAL-INCREMENT", "visible")


def _same(old: Any, new: Any, but: frozenset[str], what: str) -> None:
    """Compare two dictionaries as written, except for some entries."""
    if _entries(old, but) != _entries(new, but):
        raise SealFault("SEAL-INCREMENT", what)


def _entries(dictionary: Any, but: frozenset[str]) -> dict[str, bytes]:
    if not isinstance(dictionary, DictionaryObject):
        raise TypeError("not a dictionary")
    return {str(name): _written(dictionary.raw_get(name)) for name in dictionary if name not in but}


def _written(value: Any) -> bytes:
    out = io.BytesIO()
    value.write_to_stream(out, None)
    return out.getvalue()


def _references(dictionary: Any, name: str) -> Iterable[Any]:
    value = dictionary.raw_get(name) if name in dictionary else None
    return [value.reference] if isinstance(value, IndirectObject) else []

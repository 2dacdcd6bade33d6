"""What the sealing itself may add to a document: one invisible field, and nothing on any page.

A seal is an incremental update. The page is compared with the body in the revision before it; so
the update must not be able to show anything else.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from defusedxml.ElementTree import fromstring
from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject, StreamObject

from labels.container import Container, ContainerRule, SealFault

#: What sealing adds to the catalogue; the metadata get a new modification date.
_ADDED = frozenset({"/AcroForm", "/Perms", "/Extensions", "/Version", "/Metadata"})
#: What the seal's field and the seal itself consist of; an appearance has a rule of its own.
_FIELD = frozenset({"/AP", "/F", "/FT", "/P", "/Rect", "/Subtype", "/T", "/Type", "/V"})
_SEAL = frozenset({"/ByteRange", "/Contents", "/Filter", "/M", "/Reference", "/SubFilter", "/Type"})
#: What sealing writes anew in the description of a file: when, and with what.
_REWRITTEN = frozenset(
    {
        *("/ModDate", "/Producer", "{adobe:ns:meta/}xmptk"),
        "{http://ns.adobe.com/pdf/1.3/}Producer",
        "{http://ns.adobe.com/xap/1.0/}MetadataDate",
        "{http://ns.adobe.com/xap/1.0/}ModifyDate",
    }
)


def check_increment(container: Container, rules: Mapping[str, ContainerRule] | None = None) -> None:
    """Check that a sealed document is one unsigned revision and the seal, which shows nothing.

    Parameters
    ----------
    container
        The document taken apart.
    rules
        What must hold of it: :data:`RULES` unless said otherwise. A control leaves rules out.

    Raises
    ------
    SealFault
        ``SEAL-INCREMENT`` with what was touched.
    """
    try:
        for rule in (RULES if rules is None else rules).values():
            rule(container)
    except SealFault:
        raise
    except Exception as error:  # hostile structures may break the reader in any way
        raise SealFault("SEAL-INCREMENT", type(error).__name__) from error


def _two_revisions(container: Container) -> None:
    count = container.signature.reader.xrefs.total_revisions
    if count != 2:
        raise SealFault("SEAL-INCREMENT", f"{count} revisions")


def _objects(container: Container) -> None:
    """Of the first revision only catalogue, metadata and the page with the field are written.

    An object that is declared free counts as written: a reader would show nothing in its place.
    """
    reader = container.signature.reader
    allowed = {reader.root_ref, _page(container), *_references(reader.root, "/Metadata")}
    allowed |= set(_references(reader.trailer_view, "/Info"))
    first = reader.xrefs.explicit_refs_in_revision(0)
    touched = {
        ref for one in _later(container) for ref in reader.xrefs.explicit_refs_in_revision(one)
    }
    if touched & first - allowed:
        raise SealFault("SEAL-INCREMENT", "objects")


def _catalogue(container: Container) -> None:
    reader = container.signature.reader
    _same(reader.get_historical_root(0), reader.root, _ADDED, "catalogue")


def _page_itself(container: Container) -> None:
    before = container.signature.reader.get_historical_resolver(0)
    page = _page(container)
    _same(before(page), page.get_object(), frozenset({"/Annots"}), "page")


def _invisible(container: Container) -> None:
    field = container.signature.sig_field
    if "/AP" in field or [float(side) for side in field["/Rect"]] != [0.0] * 4:
        raise SealFault("SEAL-INCREMENT", "visible")


def _only_the_seal(container: Container) -> None:
    """The form has the seal's field and nothing else; the page gets its annotation alone.

    A note laid over a figure, or a form that a reader shows instead of the page, would otherwise
    leave every byte of the first revision as it was.
    """
    reader, page = container.signature.reader, _page(container)
    seal = container.signature.sig_field.container_ref
    form = reader.root["/AcroForm"]
    if set(form) - {"/Fields", "/SigFlags"} or _refs(form["/Fields"]) != [seal]:
        raise SealFault("SEAL-INCREMENT", "form")
    before = reader.get_historical_resolver(0)(page)
    earlier = _refs(before["/Annots"]) if "/Annots" in before else []
    if _refs(page.get_object()["/Annots"]) != [*earlier, seal]:
        raise SealFault("SEAL-INCREMENT", "annotations")


def _plain_seal(container: Container) -> None:
    """The seal says nothing in words and starts nothing: readers show what stands beside it."""
    signature, root = container.signature, container.signature.reader.root
    for entries, plain in (
        (signature.sig_field, _FIELD),
        (signature.sig_object, _SEAL),
        (root["/Perms"], {"/DocMDP"}),
    ):
        if set(entries) - plain:
            raise SealFault("SEAL-INCREMENT", ", ".join(sorted(set(entries) - plain)))


def _description(container: Container) -> None:
    """What the file says of itself (title, author ...) is what it said before, but for the date."""
    reader = container.signature.reader
    before = reader.get_historical_resolver(0)
    for name, holder in (("/Info", reader.trailer_view), ("/Metadata", reader.root)):
        (reference,) = _references(holder, name) or (None,)
        if reference is None:
            continue
        known = reference in reader.xrefs.explicit_refs_in_revision(0)
        told = _told(before(reference)) if known else []
        if _told(holder[name]) != told:
            raise SealFault("SEAL-INCREMENT", name)


#: Everything that must hold of the update that carries the seal.
RULES: Mapping[str, ContainerRule] = {
    "two revisions": _two_revisions,
    "objects": _objects,
    "catalogue": _catalogue,
    "page itself": _page_itself,
    "invisible": _invisible,
    "only the seal": _only_the_seal,
    "plain seal": _plain_seal,
    "description": _description,
}


def _later(container: Container) -> range:
    return range(1, container.signature.reader.xrefs.total_revisions)


def _page(container: Container) -> Any:
    return container.signature.sig_field.raw_get("/P").reference


def _refs(array: Any) -> list[Any]:
    """Return what an array refers to; an entry without reference is none that we write."""
    return [array.raw_get(place).reference for place in range(len(array))]


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


def _references(dictionary: Any, name: str) -> list[Any]:
    value = dictionary.raw_get(name) if name in dictionary else None
    return [value.reference] if isinstance(value, IndirectObject) else []


def _told(description: Any) -> list[tuple[str, str]]:
    """Return what a description says: entries of a dictionary, or properties of XMP metadata."""
    if not isinstance(description, StreamObject):
        return sorted((k, str(description[k])) for k in set(description) - _REWRITTEN)
    told = []
    for element in fromstring(description.data).iter():
        told += [*element.items(), (element.tag, (element.text or "").strip())]
    return sorted((name, value) for name, value in told if value and name not in _REWRITTEN)

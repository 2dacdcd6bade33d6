"""Nothing hidden, nothing active: what a reader might show or do besides the pages.

Our pages are text and shapes. A document that holds more was not made by our renderer, or not by it
alone; this is looked at whether or not the page can be printed again and compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from factors.findings import Finding
from labels.container import Container
from labels.verify.case import Case, Rules, fault

#: What the catalogue may hold: no portfolio, no layers to switch, no script, no action on opening.
CATALOGUE = frozenset(
    {
        *("/AF", "/AcroForm", "/Extensions", "/Lang", "/MarkInfo", "/Metadata", "/Names"),
        *("/Outlines", "/OutputIntents", "/PageLabels", "/Pages", "/Perms", "/StructTreeRoot"),
        *("/Type", "/Version", "/ViewerPreferences"),
    }
)
NAMES = frozenset({"/Dests", "/EmbeddedFiles"})
#: What a page may hold: no actions, no thumbnail that shows something else.
PAGE = frozenset(
    {
        *("/Annots", "/ArtBox", "/BleedBox", "/Contents", "/CropBox", "/Group", "/MediaBox"),
        *("/Parent", "/Resources", "/Rotate", "/StructParents", "/Tabs", "/TrimBox", "/Type"),
    }
)
MOST = 2_000


def _catalogue(case: Case) -> Iterator[Finding]:
    root = _root(case)
    names = set(root["/Names"]) if "/Names" in root else set()
    yield from _told("catalogue", {*set(root) - CATALOGUE, *names - NAMES})


def _pages(case: Case) -> Iterator[Finding]:
    for number, page in enumerate(_leaves(_root(case)["/Pages"]), 1):
        yield from _told(f"page {number}", set(page) - PAGE)


def _annotations(case: Case) -> Iterator[Finding]:
    """Nothing is laid over a page: the seal's own invisible field is the only annotation."""
    seal = _container(case).signature.sig_field
    for number, page in enumerate(_leaves(_root(case)["/Pages"]), 1):
        laid = _items(page["/Annots"]) if "/Annots" in page else []
        others = {str(one["/Subtype"]) for one in laid if one is not seal}
        yield from _told(f"page {number}", others)


def _outlines(case: Case) -> Iterator[Finding]:
    """A bookmark leads to a place in the document and starts nothing."""
    root = _root(case)
    if "/Outlines" in root:
        marks = _bookmarks(root["/Outlines"])
        yield from _told("outlines", {name for mark in marks for name in {"/A"} & set(mark)})


RULES: Rules = {
    "catalogue": _catalogue,
    "pages": _pages,
    "annotations": _annotations,
    "outlines": _outlines,
}


def _told(where: str, odd: set[str]) -> Iterator[Finding]:
    if odd:
        yield fault("PAGE-ACTIVE", where, what=", ".join(sorted(map(str, odd)))[:200])


def _container(case: Case) -> Container:
    if case.container is None:
        raise ValueError("container")
    return case.container


def _root(case: Case) -> Any:
    return _container(case).signature.reader.root


def _items(array: Any) -> list[Any]:
    """Return what an array holds, references followed."""
    return [array[place] for place in range(len(array))]


def _leaves(tree: Any) -> Iterator[Any]:
    """Yield the pages of a page tree; one of many nodes, or that holds itself, is none of ours."""
    pending, seen = [tree], 0
    while pending:
        node, seen = pending.pop(0), seen + 1
        if seen > MOST:
            raise ValueError("page tree")
        if "/Kids" in node:
            pending = [*_items(node["/Kids"]), *pending]
        else:
            yield node


def _bookmarks(outlines: Any) -> Iterator[Any]:
    """Yield every bookmark, and stop at a number no document of ours has."""
    pending, seen = [outlines], 0
    while pending:
        mark, seen = pending.pop(), seen + 1
        if seen > MOST:
            raise ValueError("outlines")
        yield mark
        pending += [mark[name] for name in ("/First", "/Next") if name in mark]

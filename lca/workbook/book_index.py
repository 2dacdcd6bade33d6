"""What stands around the cells of a workbook: which sheets there are, number formats, shared texts.

Small parts, each read once as a stream. What they may say is bounded by the elements of the file.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from lca.workbook.grid import GridCell
from lca.workbook.guard import refuse
from lca.workbook.namespaces import LINKS, MAIN
from lca.workbook.stored import Format, built_in, format_of, unescaped
from lca.workbook.stream import Attributes, Unpacked, Watch

_TRUE = ("1", "true")
_STRING, _RUN, _TEXT = f"{MAIN} si", f"{MAIN} r", f"{MAIN} t"


@dataclass(frozen=True, slots=True)
class BookIndex:
    """What the cells of all sheets need to be understood.

    Attributes
    ----------
    sheets
        Title and part of every worksheet that is there, in the order of the file, and whether
        it is shown.
    strings
        The cells of shared texts by the numbers, as text, that stand for them.
    formats
        Number format by the number of a cell's style, as text.
    from_1904
        Whether days are counted from 1904.
    """

    sheets: tuple[tuple[str, str, bool], ...]
    strings: Mapping[str, GridCell]
    formats: Mapping[str, Format]
    from_1904: bool


def book_index(source: Unpacked) -> BookIndex:
    """Read the indexes of a workbook."""
    book = next((one.part for one in _links(source, "") if one.kind == "officeDocument"), "")
    book = book if book in source else "xl/workbook.xml"
    told = _Entries.of(source, book)
    links = {one.id: one for one in _links(source, book)}
    sheets: list[tuple[str, str, bool]] = []
    for _, entry in told.named("sheets", "sheet"):
        link = links.get(entry.get(f"{LINKS} id", ""))
        if link is None:
            refuse("FILE-UNREADABLE", source.name)
        if link.kind == "worksheet" and link.part in source:
            shown = entry.get("state", "visible") == "visible"
            sheets.append((entry.get("name", ""), link.part, shown))
    by_kind = {one.kind: one.part for one in links.values() if one.part in source}
    strings = _Strings(by_kind.get("sharedStrings", ""), source.name)
    if strings.part:
        source.stream(strings.part, strings)
    properties = (entry for _, entry in told.named("", "workbookPr"))
    from_1904 = next(properties, {}).get("date1904") in _TRUE
    formats = _formats(_Entries.of(source, by_kind.get("styles", "")))
    numbered = {str(place): GridCell("text", text) for place, text in enumerate(strings.found)}
    return BookIndex(tuple(sheets), numbered, formats, from_1904)


# -- entries of small parts --------------------------------------------------------------------


class _Entries(Watch):
    """Keeps the attributes of the elements right below the root and of those below these."""

    __slots__ = ("_found", "_section")

    def __init__(self, part: str, name: str) -> None:
        super().__init__(part, name)
        self._section = ""
        self._found: list[tuple[str, str, Attributes]] = []

    @classmethod
    def of(cls, source: Unpacked, part: str) -> _Entries:
        """Read a part; one that is not there has no entries."""
        entries = cls(part, source.name)
        if part in source:
            source.stream(part, entries)
        return entries

    def start(self, name: str, attributes: Attributes) -> None:
        """Enter an element."""
        super().start(name, attributes)
        local = name.rpartition(" ")[2]
        if self.depth == 2:
            self._section = local
            self._found.append(("", local, attributes))
        elif self.depth == 3:
            self._found.append((self._section, local, attributes))

    def named(self, section: str, name: str) -> list[tuple[int, Attributes]]:
        """Return the numbered entries of one name in one section; empty: right below the root."""
        told = (one for place, local, one in self._found if (place, local) == (section, name))
        return list(enumerate(told))


def _formats(styles: _Entries) -> Mapping[str, Format]:
    """Return the number formats by the numbers that cells refer to."""
    custom = {
        entry.get("numFmtId", ""): format_of(entry.get("formatCode", "General"))
        for _, entry in styles.named("numFmts", "numFmt")
    }
    found = {"0": Format()}
    for place, entry in styles.named("cellXfs", "xf"):
        told = entry.get("numFmtId", "0")
        if told not in custom and not (told.isascii() and told.isdigit() and len(told) < 10):
            refuse("FILE-UNREADABLE", styles.name)
        found[str(place)] = custom[told] if told in custom else built_in(int(told))
    return found


class _Strings(Watch):
    """Keeps the shared texts; readings given for their characters (rPh) are left out."""

    __slots__ = ("_run", "_whole", "found")

    def __init__(self, part: str, name: str) -> None:
        super().__init__(part, name)
        self.found: list[str] = []
        self._whole = ""
        self._run = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Enter an element."""
        super().start(name, attributes)
        if self.depth == 3:
            self._run = name == _RUN

    def end(self, name: str) -> None:
        """Leave an element."""
        if name == _TEXT and (self.depth == 3 or (self.depth == 4 and self._run)):
            self._whole += self.told
        elif name == _STRING and self.depth == 2:
            self.found.append(unescaped(self._whole))
            self._whole = ""
        super().end(name)


# -- relationships -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Link:
    id: str
    kind: str
    part: str


def _links(source: Unpacked, part: str) -> list[_Link]:
    """Return the relationships of a part, or of the package, that stay inside."""
    folder, _, name = part.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
    found = []
    for _, told in _Entries.of(source, rels).named("", "Relationship"):
        if told.get("TargetMode", "").lower() != "external":
            whole = posixpath.normpath(posixpath.join("/", folder, told.get("Target", "")))
            kind = told.get("Type", "").rpartition("/")[2]
            found.append(_Link(told.get("Id", ""), kind, whole.lstrip("/")))
    return found

"""The list of sheets in workbook.xml: which there are, and one more in front."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from lca.workbook.opc import LINKS, Element, Package, q

_BEFORE_NAMES = ("definedNames", "externalReferences", "functionGroups", "sheets")


@dataclass(frozen=True, slots=True)
class Listed:
    """One sheet: its title and its part."""

    title: str
    part: str


class SheetList:
    """Sheets in order; names and views that count them follow when one comes or goes."""

    def __init__(self, package: Package) -> None:
        self._package = package
        start = package.linked("", "officeDocument")
        self.part = start.part if start is not None else "xl/workbook.xml"
        self._root = package.tree(self.part)

    def __iter__(self) -> Iterator[Listed]:
        parts = {link.id: link.part for link in self._package.links(self.part)}
        for entry in self._entries():
            part = parts.get(entry.get(f"{{{LINKS}}}id", ""), "")
            if part in self._package:
                yield Listed(entry.get("name", ""), part)

    def put_first(self, title: str, part: str, repeated_row: int) -> None:
        """List a part as first sheet; one of its rows is repeated on every printed page."""
        taken = [int(entry.get("sheetId", "0")) for entry in self._entries()]
        sheets = self._root.find(q("sheets"))
        if sheets is None:
            raise ValueError("a workbook without a list of sheets")
        self._shift(0, 1)
        entry = etree.Element(q("sheet"), nsmap={"r": LINKS})
        entry.set("name", title)
        entry.set("sheetId", str(max(taken, default=0) + 1))
        entry.set(f"{{{LINKS}}}id", self._package.link(self.part, "worksheet", part))
        sheets.insert(0, entry)
        self._print_title(title, repeated_row)
        self._package.changed(self.part)

    def remove(self, sheet: Listed) -> None:
        """Remove a sheet with everything that counts or names it."""
        for place, entry in enumerate(self._entries()):
            if entry.get("name") == sheet.title:
                self._drop_names(place)
                self._shift(place, -1)
                self._package.unlink(self.part, entry.get(f"{{{LINKS}}}id", ""))
                _remove(entry)
                self._package.drop(sheet.part)
                self._package.changed(self.part)
                return

    def _entries(self) -> list[Element]:
        return self._root.findall(f"{q('sheets')}/{q('sheet')}")

    def _shift(self, place: int, by: int) -> None:
        """Move every number that stands for a sheet at or behind a place."""
        for name in self._names():
            _add(name, "localSheetId", place, by)
        for view in self._root.iter(q("workbookView")):
            if by > 0 or int(view.get("activeTab", "0")) > place:
                _add(view, "activeTab", place, by, absent=0)

    def _names(self) -> list[Element]:
        return self._root.findall(f"{q('definedNames')}/{q('definedName')}")

    def _drop_names(self, place: int) -> None:
        for name in self._names():
            if name.get("localSheetId") == str(place):
                _remove(name)
        holder = self._root.find(q("definedNames"))
        if holder is not None and not len(holder):
            _remove(holder)

    def _print_title(self, title: str, row: int) -> None:
        holder = self._root.find(q("definedNames"))
        if holder is None:
            holder = etree.Element(q("definedNames"))
            before = next(
                found for tag in _BEFORE_NAMES if (found := self._root.find(q(tag))) is not None
            )
            before.addnext(holder)
        name = etree.Element(q("definedName"))
        name.set("name", "_xlnm.Print_Titles")
        name.set("localSheetId", "0")
        quoted = title.replace("'", "''")
        name.text = f"'{quoted}'!${row}:${row}"
        holder.insert(0, name)


def _add(entry: Element, attribute: str, place: int, by: int, absent: int | None = None) -> None:
    told = entry.get(attribute)
    number = int(told) if told is not None else absent
    if number is not None and number >= place:
        entry.set(attribute, str(number + by))


def _remove(entry: Element) -> None:
    holder = entry.getparent()
    if holder is not None:
        holder.remove(entry)

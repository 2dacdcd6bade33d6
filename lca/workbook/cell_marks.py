"""One sheet's XML: other formats for some cells, and the place where its comments hang."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from lxml import etree

from lca.workbook.grid import address, split
from lca.workbook.opc import LINKS, Element, q

_BEHIND = frozenset(
    {"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
     "tableParts", "extLst", "AlternateContent"}
)  # fmt: skip
"""Elements that stand behind ``legacyDrawing`` in a sheet."""


def uses(raw: bytes, formats: Mapping[int, int]) -> bool:
    """Whether a sheet may use one of some formats; a quick look at its bytes."""
    if not formats:
        return False
    numbers = b"|".join(str(number).encode() for number in sorted(formats))
    return re.search(rb"""\s(?:s|style)\s*=\s*["'](?:""" + numbers + rb""")["']""", raw) is not None


def replace_formats(root: Element, formats: Mapping[int, int]) -> bool:
    """Exchange formats wherever they are used; return whether any was.

    Cells that a mark had to make are removed again.
    """
    found = False
    for tag, attribute in (("c", "s"), ("row", "s"), ("col", "style")):
        for entry in list(root.iter(q(tag))):
            old = entry.get(attribute)
            if old is not None and old.isdecimal() and int(old) in formats:
                entry.set(attribute, str(formats[int(old)]))
                if tag == "c" and not formats[int(old)]:
                    del entry.attrib[attribute]  # the plain format is not written
                found = True
                if tag == "c" and not len(entry):
                    _remove_bare(root, entry)
    return found


def _remove_bare(root: Element, cell: Element) -> None:
    """Remove an empty cell that says no more than its row or column, and the row if it was all."""
    row = cell.getparent()
    if row is None or int(cell.get("s", "0")) != _inherited(root, row, cell.get("r", "")):
        return
    row.remove(cell)
    holder = row.getparent()
    if holder is not None and not len(row) and set(row.attrib) <= {"r"}:
        holder.remove(row)


def mark_cells(root: Element, cells: Mapping[str, Callable[[int], int]]) -> None:
    """Give cells another format, chosen by the one they have; make those that are not there."""
    data = root.find(q("sheetData"))
    if data is None:
        return
    wanted: dict[int, dict[int, Callable[[int], int]]] = {}
    for place, chosen in cells.items():
        wanted.setdefault(split(place)[0], {})[split(place)[1]] = chosen
    pending, number = sorted(wanted, reverse=True), 0
    for row in list(data.iterchildren(q("row"))):
        number = int(row.get("r") or number + 1)
        while pending and pending[-1] < number:
            missing = pending.pop()
            fresh = etree.Element(q("row"), r=str(missing))
            row.addprevious(fresh)
            _mark_row(root, fresh, missing, wanted[missing])
        if pending and pending[-1] == number:
            _mark_row(root, row, number, wanted[pending.pop()])
    for missing in reversed(pending):
        fresh = etree.SubElement(data, q("row"), r=str(missing))
        _mark_row(root, fresh, missing, wanted[missing])


def _mark_row(
    root: Element, row: Element, number: int, cells: Mapping[int, Callable[[int], int]]
) -> None:
    left, column = dict(cells), 0
    for cell in list(row.iterchildren(q("c"))):
        told = cell.get("r")
        column = split(told)[1] if told else column + 1
        for missing in sorted(n for n in left if n < column):
            cell.addprevious(_new_cell(root, row, address(number, missing), left.pop(missing)))
        if column in left:
            cell.set("s", str(left.pop(column)(int(cell.get("s", "0")))))
    for missing in sorted(left):
        row.append(_new_cell(root, row, address(number, missing), left[missing]))


def _new_cell(root: Element, row: Element, place: str, chosen: Callable[[int], int]) -> Element:
    return etree.Element(q("c"), r=place, s=str(chosen(_inherited(root, row, place))))


def _inherited(root: Element, row: Element, place: str) -> int:
    """Format that an absent cell shows: its row's, else its column's, else the plain one."""
    if row.get("customFormat") in ("1", "true"):
        return int(row.get("s", "0"))
    column = split(place)[1]
    for span in root.iterfind(f"{q('cols')}/{q('col')}"):
        if int(span.get("min", "0")) <= column <= int(span.get("max", "0")):
            return int(span.get("style", "0"))
    return 0


def hang_drawing(root: Element, link_id: str) -> None:
    """Refer to the drawing of comments from its place in the sheet."""
    drawing = etree.Element(q("legacyDrawing"), nsmap={"r": LINKS})
    drawing.set(f"{{{LINKS}}}id", link_id)
    for child in root.iterchildren("{*}*"):
        if etree.QName(child).localname in _BEHIND:
            child.addprevious(drawing)
            return
    root.append(drawing)


def drawing_of(root: Element) -> tuple[Element, str] | None:
    """Return the reference to the drawing of comments and its link id."""
    found = root.find(q("legacyDrawing"))
    return None if found is None else (found, found.get(f"{{{LINKS}}}id", ""))

"""styles.xml: marks that remember what they replaced, and the looks of the findings sheet.

A marked format is a copy of the cell's own with another fill, and hangs on a named cell style that
keeps the cell's own in full. Numbers of formats change whenever a spreadsheet program saves a file,
and rows move; the name of the style and its fill survive both, so a mark can always be undone.
Everything is appended at the end, nothing that was there changes its number.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache

from lxml import etree

from lca.workbook.looks import Look, every_item, solid
from lca.workbook.opc import MAIN, Element, piece, q

OURS = "carbonlabel"
"""First word of the names of our cell styles."""

_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles")
_ITEM = {"fonts": "font", "fills": "fill", "borders": "border", "cellXfs": "xf",
         "cellStyleXfs": "xf", "cellStyles": "cellStyle"}  # fmt: skip
_USED_BY = {"fonts": "fontId", "fills": "fillId", "borders": "borderId"}
_SPARE = {"fonts": 1, "fills": 2, "borders": 1}  # the first ones are fixed by the format
_PLAIN = "<xf numFmtId='0' fontId='0' fillId='0' borderId='0'/>"
_FIRST = {
    "fonts": ("<font><sz val='11'/><name val='Calibri'/></font>",),
    "fills": (
        "<fill><patternFill patternType='none'/></fill>",
        "<fill><patternFill patternType='gray125'/></fill>",
    ),
    "borders": ("<border><left/><right/><top/><bottom/><diagonal/></border>",),
    "cellStyleXfs": (_PLAIN,),
    "cellXfs": ("<xf numFmtId='0' fontId='0' fillId='0' borderId='0' xfId='0'/>",),
    "cellStyles": ("<cellStyle name='Normal' xfId='0' builtinId='0'/>",),
}
EMPTY = f"<styleSheet xmlns='{MAIN}'/>"
"""Styles of a file that has none."""


class Stylesheet:
    """The style tables of one workbook."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._marked: dict[tuple[int, str], int] = {}
        for name in _ORDER[1:]:
            self._ensure(name)

    # -- marks -----------------------------------------------------------------------------

    def mark(self, base: int, fill: str) -> int:
        """Return the format of a cell that has format ``base``, filled with a colour."""
        if (base, fill) not in self._marked:
            own = self._xf(base)
            kept = self._keep(own)
            marked = deepcopy(own)
            marked.set("fillId", str(self._item("fills", piece(solid(fill)))))
            marked.set("applyFill", "1")
            marked.set("xfId", str(kept))
            self._marked[base, fill] = self._append("cellXfs", marked)
        return self._marked[base, fill]

    def _keep(self, own: Element) -> int:
        """Keep a format as a named cell style; the name also tells its own parent style."""
        kept = deepcopy(own)
        parent = int(kept.attrib.pop("xfId", "0"))
        number = self._append("cellStyleXfs", kept)
        names = {style.get("xfId"): style.get("name", "") for style in self._items("cellStyles")}
        told = names.get(str(parent), "") if parent else ""
        self._name_style(f"{OURS} {number}" + (f": {told}" if told else ""), number)
        return number

    def own(self, look: Look) -> int:
        """Return the format of a cell of the findings sheet."""
        styles = {style.get("name"): style.get("xfId", "0") for style in self._items("cellStyles")}
        if OURS not in styles:
            styles[OURS] = str(self._append("cellStyleXfs", piece(_PLAIN)))
            self._name_style(OURS, int(styles[OURS]))
        xf = etree.Element(q("xf"), numFmtId="49", xfId=styles[OURS], quotePrefix="1")
        for table, told in (("fonts", look.font), ("fills", look.fill), ("borders", look.border)):
            xf.set(_USED_BY[table], str(self._item(table, piece(told)) if told else 0))
        for flag in ("NumberFormat", "Font", "Fill", "Border", "Alignment"):
            xf.set(f"apply{flag}", "1")
        xf.append(piece(look.alignment or "<alignment vertical='center'/>"))
        return self._append("cellXfs", xf)

    # -- undoing ---------------------------------------------------------------------------

    def undo(self) -> dict[int, int]:
        """Undo marked formats; return the former format by the number of each marked one.

        The former formats are looked for among those that are there, so that a file which nobody
        else saved gets its own numbers back; a format of the findings sheet becomes the plain one.
        """
        kept = self._kept()
        if not kept:
            return {}
        formats = self._items("cellXfs")
        ours = {
            place: xf.get("xfId", "0")
            for place, xf in enumerate(formats)
            if xf.get("xfId", "0") in kept
        }
        for place, number in ours.items():
            _restore(formats[place], *kept[number])
        known: dict[bytes, int] = {}
        for place, xf in enumerate(formats):
            if place not in ours:
                known.setdefault(_canonical(xf), place)
        sheet_style = self._style_numbers().get(OURS)
        former = {
            place: 0 if number == sheet_style else known.get(_canonical(formats[place]), place)
            for place, number in ours.items()
        }
        self._trim(former)
        return former

    def _style_numbers(self) -> dict[str, str]:
        return {
            style.get("name", ""): style.get("xfId", "0") for style in self._items("cellStyles")
        }

    def _kept(self) -> dict[str, tuple[Element, str]]:
        """Our named styles by number: the format kept, and the number of its parent style."""
        parents, numbers = self._items("cellStyleXfs"), self._style_numbers()
        kept = {}
        for name, number in numbers.items():
            if name.split(" ")[0] == OURS and int(number) < len(parents):
                told = name.partition(": ")[2]
                kept[number] = (parents[int(number)], numbers.get(told, "0"))
        return kept

    def _trim(self, former: dict[int, int]) -> None:
        """Remove what nothing needs any more from the ends of the tables, and our style names."""
        for place in sorted(former, reverse=True):
            formats = self._items("cellXfs")
            if place == len(formats) - 1 and former[place] != place:
                self._table("cellXfs").remove(formats[place])
        self._forget_styles()
        for table, attribute in _USED_BY.items():
            xfs = [*self._items("cellXfs"), *self._items("cellStyleXfs")]
            used = max((int(xf.get(attribute, "0")) for xf in xfs), default=0)
            for item in reversed(self._items(table)[max(used + 1, _SPARE[table]) :]):
                if _canonical(item) not in _own_items():
                    break
                self._table(table).remove(item)
        for table in _ITEM:
            self._count(table)

    def _forget_styles(self) -> None:
        """Remove our named styles; the others are numbered anew where they stood behind."""
        parents = self._items("cellStyleXfs")
        gone = sorted(int(number) for number in self._kept())
        for style in self._items("cellStyles"):
            if style.get("name", "").split(" ")[0] == OURS:
                self._table("cellStyles").remove(style)
        for place in gone:
            self._table("cellStyleXfs").remove(parents[place])
        for entry in (*self._items("cellStyles"), *self._items("cellXfs")):
            number = int(entry.get("xfId", "0"))
            moved = 0 if number in gone else number - sum(place < number for place in gone)
            if moved != number:
                entry.set("xfId", str(moved))

    # -- tables ----------------------------------------------------------------------------

    def _table(self, name: str) -> Element:
        found = self._root.find(q(name))
        assert found is not None
        return found

    def _items(self, name: str) -> list[Element]:
        return self._table(name).findall(q(_ITEM[name]))

    def _ensure(self, name: str) -> None:
        """Make a table with its fixed first entries where the file has none."""
        if self._root.find(q(name)) is not None:
            return
        table = etree.Element(q(name))
        for entry in _FIRST[name]:
            table.append(piece(entry))
        earlier = [self._root.find(q(one)) for one in _ORDER[: _ORDER.index(name)]]
        present = [one for one in earlier if one is not None]
        if present:
            present[-1].addnext(table)
        else:
            self._root.insert(0, table)
        self._count(name)

    def _xf(self, number: int) -> Element:
        formats = self._items("cellXfs")
        return formats[number if number < len(formats) else 0]

    def _item(self, table: str, item: Element) -> int:
        """Return the number of a font, fill or border of ours; add it where it is not there."""
        wanted = _canonical(item)
        for place, known in enumerate(self._items(table)):
            if place >= _SPARE[table] and _canonical(known) == wanted:
                return place
        return self._append(table, item)

    def _append(self, table: str, entry: Element) -> int:
        place = len(self._items(table))
        self._table(table).insert(place, entry)
        self._count(table)
        return place

    def _name_style(self, name: str, number: int) -> None:
        style = etree.Element(q("cellStyle"), name=name, xfId=str(number))
        self._append("cellStyles", style)

    def _count(self, table: str) -> None:
        self._table(table).set("count", str(len(self._items(table))))


def _restore(xf: Element, kept: Element, parent: str) -> None:
    """Turn a marked format back into the one it replaced."""
    for name in ("fillId", "applyFill"):
        value = kept.get(name)
        if value is not None:
            xf.set(name, value)
        elif name in xf.attrib:
            del xf.attrib[name]
    xf.set("xfId", parent)


def _canonical(item: Element) -> bytes:
    """Content of an entry, whatever prefixes and namespaces are declared around it."""
    alone = deepcopy(item)
    etree.cleanup_namespaces(alone)
    return etree.tostring(alone, method="c14n2", with_tail=False)


@cache
def _own_items() -> frozenset[bytes]:
    return frozenset(_canonical(piece(told)) for told in every_item())

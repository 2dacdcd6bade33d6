"""One worksheet, read as a stream: cells with formats and formulas, joined cells, hidden rows.

The dimension that a sheet claims is ignored, since a wrong one would hide cells from us that Excel
shows to a person. Of a sheet that is not ours the first rows are enough.
"""

from __future__ import annotations

from datetime import datetime

from lca.workbook.book_index import BookIndex
from lca.workbook.grid import GridCell, GridSheet, address, split
from lca.workbook.guard import refuse
from lca.workbook.marks import BLOCK, FAMILY, MARK_ROWS
from lca.workbook.namespaces import MAIN
from lca.workbook.shared_formula import moved
from lca.workbook.stored import Format, iso_day, moment, number, unescaped
from lca.workbook.stream import MAX_COLUMN, MAX_DEPTH, Attributes, Watch

MOST = 10_000
"""Beyond so many nobody joined or hid them one by one."""

COLUMN_IDS = frozenset(
    {"label", "need", "value", "help", "name", "name_zh", "unit", "key", "kind", "evidence"}
)
"""Ids of columns: two in one row are ours even where the column of marks was deleted."""

_DATA, _ROW, _CELL, _VALUE, _FORMULA, _TEXT, _RUN, _MERGED, _COLUMNS = (
    f"{MAIN} {word}" for word in ("sheetData", "row", "c", "v", "f", "t", "r", "mergeCell", "col")
)
_TRUE = ("1", "true")
_TRUTHS = {
    **dict.fromkeys(_TRUE, GridCell("bool", "TRUE")),
    **dict.fromkeys(("0", "false"), GridCell("bool", "FALSE")),
}
_NOTHING = GridCell("empty", "")


Span = tuple[int, int, int, int]
Place = tuple[int, int]


class SheetReader(Watch):
    """Reads a worksheet and keeps what :class:`lca.workbook.grid.GridSheet` holds.

    A cell is ``worksheet/sheetData/row/c`` with ``v``, ``f`` or ``is/t`` and ``is/r/t`` in it; the
    depth of an element and its name say what it is. There may be a million elements, so the events
    are written for speed.
    """

    __slots__ = (
        "_cells", "_formula", "_hidden", "_hidden_columns", "_in_data", "_in_row", "_index",
        "_line", "_merged", "_passed", "_run", "_shared", "_style", "_type", "_value",
        "_whole", "_written",
    )  # fmt: skip

    def __init__(self, part: str, name: str, index: BookIndex) -> None:
        super().__init__(part, name)
        self._index = index
        self._cells: dict[Place, GridCell] = {}
        self._line: dict[Place, GridCell] = {}
        self._merged: list[Span] = []
        self._hidden: list[int] = []
        self._hidden_columns: list[int] = []
        self._shared: dict[str, tuple[Place, str]] = {}
        self._passed = self._run = self._in_data = self._in_row = False
        self._type, self._style, self._whole, self._written = "n", "0", "", ""
        self._value: str | None = None
        self._formula: Attributes | None = None

    def sheet(self, title: str, *, shown: bool) -> GridSheet:
        """Return what was read; the workbook says whether the sheet as a whole is shown."""
        merged, hidden = tuple(self._merged), tuple(self._hidden)
        return GridSheet(title, self._cells, merged, hidden, tuple(self._hidden_columns), shown)

    # -- events --------------------------------------------------------------------------------

    def start(self, name: str, attributes: Attributes) -> None:
        """Enter an element."""
        self.count += 1
        self.depth = depth = self.depth + 1
        self.told = ""
        if depth == 4:
            if name == _CELL and self._in_row:
                self._open_cell(attributes)
        elif depth == 5:
            if name == _FORMULA:
                self._formula = attributes
        elif depth == 6:
            self._run = name == _RUN
        elif depth < 4:
            self._around(depth, name, attributes)
        elif depth > MAX_DEPTH:
            refuse("FILE-XML", self.name, part=self.part)

    def end(self, name: str) -> None:
        """Leave an element."""
        depth = self.depth
        self.depth = depth - 1
        if depth == 4:
            if name == _CELL and self._in_row:
                self._leave_cell()
        elif depth == 5:
            if name == _VALUE:
                self._take_value()
            elif name == _FORMULA:
                self._written = self.told
        elif depth == 6 or (depth == 7 and self._run):
            if name == _TEXT:
                self._whole += self.told
        elif depth == 3 and name == _ROW:
            self._leave_row()
        self.told = ""

    # -- the table -----------------------------------------------------------------------------

    def _around(self, depth: int, name: str, attributes: Attributes) -> None:
        """Note what stands around the cells: rows, joined cells, hidden rows and columns."""
        if depth == 2:
            self._in_data = name == _DATA
        elif name == _ROW and self._in_data:
            self.enter_row(attributes.get("r"))
            self._in_row = True
            if attributes.get("hidden") in _TRUE and len(self._hidden) < MOST:
                self._hidden.append(self.row)
        elif name == _MERGED and len(self._merged) < MOST:
            first, _, last = attributes.get("ref", "").partition(":")
            self._merged.append((*self._corner(first), *self._corner(last or first)))
        elif name == _COLUMNS and attributes.get("hidden") in _TRUE:
            start, end = (self._count_of(attributes.get(side)) for side in ("min", "max"))
            self._hidden_columns += range(start, min(end, MAX_COLUMN) + 1)

    def _corner(self, told: str) -> Place:
        letters = told.rstrip("0123456789")
        if not (letters.isascii() and letters.isalpha() and 0 < len(told) - len(letters) < 8):
            refuse("FILE-UNREADABLE", self.name)
        return split(told.upper())

    def _count_of(self, told: str | None) -> int:
        if told is None or not (told.isascii() and told.isdigit() and len(told) < 10):
            refuse("FILE-UNREADABLE", self.name)
        return int(told)

    def _leave_row(self) -> None:
        """Keep the cells of a row, unless the sheet is not ours and its corner was seen."""
        self._in_row = False
        if self._line is self._cells:  # ours: kept as they come
            return
        line, self._line = self._line, {}
        if self._passed:
            return
        texts = [cell.value for cell in line.values()]
        ours = sum(text in COLUMN_IDS for text in texts) > 1 or any(map(_is_mark, texts))
        if line and not ours and self.row > MARK_ROWS:
            self._passed = True
            return
        self._cells.update(line)
        if ours:
            self._line = self._cells

    # -- a cell --------------------------------------------------------------------------------

    def _open_cell(self, attributes: Attributes) -> None:
        self.enter_cell(attributes.get("r"))
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        self._value = self._formula = None
        self._whole = self._written = ""

    def _take_value(self) -> None:
        """Take the stored value; two of them are as bad as two cells at one place."""
        if self._value is not None:
            self.disorder(address(self.row, self.column))
        self._value = self.told

    def _leave_cell(self) -> None:
        """Keep the cell, if there is anything in it."""
        cell = self._stored(self._type, self._value)
        if self._formula is not None:
            cell = cell._replace(formula=self._formula_text(self._formula, self._written))
        if cell is not _NOTHING:
            self._line[self.row, self.column] = cell

    def _stored(self, kind: str, value: str | None) -> GridCell:
        """Return what is stored, without its formula."""
        if kind == "inlineStr":
            return GridCell("text", unescaped(self._whole)) if self._whole else _NOTHING
        if not value:
            return GridCell("text", "") if kind == "str" and value is not None else _NOTHING
        try:
            return self._index.strings[value] if kind == "s" else self._measured(kind, value)
        except (KeyError, ValueError):
            refuse("FILE-UNREADABLE", self.name)

    def _measured(self, kind: str, value: str) -> GridCell:
        """Return what is stored as a number, a text of its own, a truth, an error, a day in words.

        Raises
        ------
        KeyError, ValueError
            When it is none of them.
        """
        match kind:
            case "n":
                return self._number(number(value), self._index.formats[self._style])
            case "str":
                return GridCell("text", unescaped(value))
            case "b":
                return _TRUTHS[value]
            case "e":
                return GridCell("error", value)
            case "d":
                return GridCell("date", iso_day(value).isoformat())
        raise ValueError(kind)

    def _number(self, told: str, shape: Format) -> GridCell:
        """Return a number, or the day or time that it is shown as; beyond calendars: an error."""
        if not shape.moment:
            return GridCell("number", told, shape.text)
        try:
            found = moment(told, shape.moment, from_1904=self._index.from_1904)
        except (OverflowError, ValueError):
            return GridCell("error", "#VALUE!")
        if isinstance(found, datetime):
            return GridCell("date", found.isoformat())
        return GridCell("time", str(found))

    def _formula_text(self, attributes: Attributes, told: str) -> str:
        """Return the formula with its ``=``; one that is shared reads as it does in this cell."""
        place, group = (self.row, self.column), attributes.get("si", "")
        if attributes.get("t") != "shared":
            return f"={told}"
        if group in self._shared:
            start, first = self._shared[group]
            return f"={moved(first, start, place)}"
        if told:
            self._shared[group] = (place, told)
        return f"={told}"


def _is_mark(text: str) -> bool:
    """What a sheet of ours has in its corner; a block alone where its first row was deleted."""
    return text.startswith((FAMILY, BLOCK))

"""The grid: what stands in the cells of a workbook, without any meaning yet.

It is the only thing that leaves the child process that parses a file, as JSON text, so the parent
never touches zip or XML of unknown origin.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Literal, NamedTuple

from factors.errors import UnsafeFileError
from factors.findings import Finding, Where, finding

Kind = Literal["number", "text", "bool", "date", "time", "error", "empty"]


class GridCell(NamedTuple):
    """One cell that is not empty; a plain tuple, for there may be half a million of them.

    Attributes
    ----------
    kind
        ``empty`` only for a formula that was never calculated.
    value
        As text: shortest round-trip decimal, ISO date, or the words themselves.
    format
        Number format where it is not General.
    formula
        Text of the formula, with its ``=``, if there is one.
    """

    kind: Kind
    value: str
    format: str = ""
    formula: str = ""


@dataclass(frozen=True, slots=True)
class GridSheet:
    """One sheet: cells by (row, column), both from 1.

    ``merged`` holds joined cells as top, left, bottom, right; ``hidden`` the rows and
    ``hidden_columns`` the columns that are not shown; ``shown`` is false for a sheet without a tab.
    """

    name: str
    cells: Mapping[tuple[int, int], GridCell]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    shown: bool = True

    def text(self, row: int, column: int) -> str:
        """Return the text of a cell, empty when there is none."""
        cell = self.cells.get((row, column))
        return cell.value if cell is not None else ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A whole workbook; its dates may be counted from 1904, as old Macintosh files do."""

    sheets: tuple[GridSheet, ...]
    from_1904: bool = False


def address(row: int, column: int) -> str:
    """Return the A1 form of a place."""
    return f"{letters(column)}{row}"


@cache
def letters(column: int) -> str:
    """Return the letters of a column; every cell that is looked at asks for them."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def split(cell: str) -> tuple[int, int]:
    """Return row and column of an A1 address; (0, 0) for none."""
    name = cell.rstrip("0123456789")
    column = 0
    for char in name:
        column = column * 26 + ord(char) - 64
    return int(cell[len(name) :] or 0), column


_LETTERS: Mapping[Kind, str] = {
    "number": "n", "text": "t", "bool": "b", "date": "d", "time": "h", "error": "e", "empty": "-",
}  # fmt: skip
_KINDS: Mapping[str, Kind] = {letter: kind for kind, letter in _LETTERS.items()}


def grid_text(grid: Grid) -> str:
    """Return the grid as JSON text, for the pipe between child and parent.

    Cells lie side by side as lists of rows, columns, kinds (a letter each), values, formats and
    formulas: half a million small lists would cost more than all the reading.
    """
    sheets = [
        {
            "name": sheet.name,
            **_listed(sheet.cells),
            "merged": sheet.merged,
            "hidden": sheet.hidden,
            "hidden_columns": sheet.hidden_columns,
            "shown": sheet.shown,
        }
        for sheet in grid.sheets
    ]
    document = {"sheets": sheets, "from_1904": grid.from_1904}
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"))


def _listed(cells: Mapping[tuple[int, int], GridCell]) -> dict[str, object]:
    """Return cells as lists side by side."""
    rows, columns = zip(*cells, strict=True) if cells else ((), ())
    kinds, values, formats, formulas = zip(*cells.values(), strict=True) if cells else ((),) * 4
    told = "".join(map(_LETTERS.__getitem__, kinds))
    return {"rows": rows, "columns": columns, "kinds": told, "values": values,
            "formats": formats, "formulas": formulas}  # fmt: skip


def _cells(told: Mapping[str, Any]) -> dict[tuple[int, int], GridCell]:
    """Return the cells that lie side by side as lists."""
    places = zip(told["rows"], told["columns"], strict=True)
    kinds = map(_KINDS.__getitem__, told["kinds"])
    cells = zip(kinds, told["values"], told["formats"], told["formulas"], strict=True)
    return dict(zip(places, map(_cell, cells), strict=True))


_cell = partial(tuple.__new__, GridCell)
"""A cell of its four parts; what ``GridCell._make`` does, without looking how many they are."""


def refusal_text(found: Finding) -> str:
    """Return a refusal as JSON text."""
    return json.dumps(
        {"refusal": {"code": found.code, "file": found.where.file, "params": dict(found.params)}}
    )


def answer_of(text: str) -> Grid:
    """Return the grid that the child wrote.

    Raises
    ------
    UnsafeFileError
        When the child refused the file.
    """
    document: dict[str, Any] = json.loads(text)
    if "refusal" in document:
        told = document["refusal"]
        raise UnsafeFileError(finding(told["code"], Where(file=told["file"]), **told["params"]))
    return Grid(
        tuple(
            GridSheet(
                entry["name"],
                _cells(entry),
                tuple((a, b, c, d) for a, b, c, d in entry["merged"]),
                tuple(entry["hidden"]),
                tuple(entry["hidden_columns"]),
                bool(entry["shown"]),
            )
            for entry in document["sheets"]
        ),
        bool(document["from_1904"]),
    )

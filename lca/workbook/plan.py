"""Where everything stands in the file: the layout with rows and columns.

Row 1 and column A of every sheet are hidden and hold the machine ids. A block starts with a row
of column ids (hidden, ``@block`` in column A), then its headings, then its rows. Rows that only
decorate carry ``#`` in column A, free rows ``+``, all others the id of their field or account.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lca.workbook.grid import address
from lca.workbook.layout import Accounts, Block, Form, Layout, Sheet
from lca.workbook.marks import FREE

FIRST_ROW = 6
"""Rows above: mark, title, note, legend, blank."""

SPARE_ACCOUNTS = 1


@dataclass(frozen=True, slots=True)
class Placed:
    """A block with its place.

    Attributes
    ----------
    title_row
        Row of its title; ids, headings and rows follow.
    columns
        Ids of the columns, from column B on.
    rows
        Keys of the rows.
    """

    block: Block
    title_row: int
    columns: tuple[str, ...]
    rows: tuple[str, ...]

    @property
    def ids_row(self) -> int:
        """Hidden row of column ids."""
        return self.title_row + 1

    @property
    def heading_row(self) -> int:
        """Row of the headings that a person sees."""
        return self.title_row + 2

    @property
    def end(self) -> int:
        """First row after the block."""
        return self.title_row + 3 + len(self.rows)

    def row(self, key: str) -> int:
        """Row number of a row key."""
        return self.title_row + 3 + self.rows.index(key)

    def column(self, name: str) -> int:
        """Column number of a column id."""
        return self.columns.index(name) + 2

    def span(self, rows: tuple[str, str], columns: tuple[str, str]) -> str:
        """Absolute range between two corners."""
        top, bottom = (self.row(key) for key in rows)
        left, right = (address(1, self.column(name)).rstrip("1") for name in columns)
        return f"${left}${top}:${right}${bottom}"


@dataclass(frozen=True, slots=True)
class PlacedSheet:
    """A sheet with its blocks."""

    sheet: Sheet
    blocks: tuple[Placed, ...]

    @property
    def width(self) -> int:
        """Last column in use."""
        return max(len(placed.columns) for placed in self.blocks) + 1

    @property
    def end(self) -> int:
        """First row after the last block."""
        return self.blocks[-1].end


def plan(layout: Layout, places: Iterable[tuple[str, str, str]] = ()) -> tuple[PlacedSheet, ...]:
    """Give every block its rows and columns; ``places`` are those an example wants to fill."""
    wanted: dict[str, list[str]] = {}
    for block, row, _ in places:
        rows = wanted.setdefault(block, [])
        if row.startswith(FREE) and row not in rows:
            rows.append(row)
    return tuple(_sheet(sheet, wanted) for sheet in layout.sheets)


def _sheet(sheet: Sheet, wanted: dict[str, list[str]]) -> PlacedSheet:
    placed: list[Placed] = []
    row = FIRST_ROW
    units = any(isinstance(block, Form) and block.units for block in sheet.blocks)
    for block in sheet.blocks:
        one = Placed(block, row, columns_of(block, units), _rows(block, wanted.get(block.id, [])))
        placed.append(one)
        row = one.end + 1
    return PlacedSheet(sheet, tuple(placed))


def columns_of(block: Block, units: bool) -> tuple[str, ...]:
    """Return the ids of the columns of a block; ``units``: its sheet has a column of units."""
    match block:
        case Form():
            return ("label", "need", *(("unit",) if units else ()), *block.slots, "help")
        case Accounts():
            return ("name", "need", "record", *(field.id for field in block.columns))
        case _:
            return tuple(field.id for field in block.columns)


def _rows(block: Block, wanted: list[str]) -> tuple[str, ...]:
    match block:
        case Form():
            return tuple(field.id for field in block.rows)
        case Accounts():
            spare = [f"{FREE}{number}" for number in range(1, SPARE_ACCOUNTS + 1)]
            return (*(account.id for account in block.accounts), *wanted, *spare)
        case _:
            count = max(block.free, len(wanted) + 2)
            return tuple(f"{FREE}{number}" for number in range(1, count + 1))

"""Find sheets, blocks, rows and columns in a grid by their hidden ids, wherever they were moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise, product

from factors.findings import Finding, Where, finding
from lca.workbook.grid import Grid, GridCell, GridSheet, address
from lca.workbook.layout import GROUPS, SHEET_OF
from lca.workbook.marks import (
    BLOCK,
    DECOR,
    FAMILY,
    FINDINGS_MARK,
    FREE,
    MARK,
    MARK_COLUMNS,
    MARK_ROWS,
)

_OURS = "_lists"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a block: the id it carries (empty for a free row) and its number."""

    key: str
    number: int


@dataclass(frozen=True, slots=True)
class Block:
    """A block as found in a file.

    Attributes
    ----------
    columns
        Column numbers by column id.
    rows
        All rows that carry an id or hold something, from top to bottom.
    """

    id: str
    file: str
    sheet: GridSheet
    start: int
    columns: Mapping[str, int]
    rows: tuple[Row, ...]

    def cell(self, row: int, column: str) -> GridCell | None:
        """Return a cell, None when it is empty or its column is not there."""
        number = self.columns.get(column)
        return None if number is None else self.sheet.cells.get((row, number))

    def where(self, row: int, column: str) -> Where:
        """Return the place of a cell; of the row when the column is not there."""
        number = self.columns.get(column)
        if number is None:
            number = min(self.columns.values(), default=1)
        return Where(file=self.file, sheet=self.sheet.name, cell=address(row, number))

    def row(self, key: str) -> Row | None:
        """Return the first row of this id."""
        return next((row for row in self.rows if row.key == key), None)

    def slots(self, base: str) -> tuple[str, ...]:
        """Return the slot columns of one base, by number."""
        found = [name for name in self.columns if name.startswith(f"{base}:")]
        numbered = [name for name in found if name.partition(":")[2].isdecimal()]
        return tuple(sorted(numbered, key=lambda name: int(name.partition(":")[2])))


@dataclass(frozen=True, slots=True)
class Located:
    """Everything found."""

    sheets: Mapping[str, GridSheet]
    blocks: Mapping[str, Block]
    findings: tuple[Finding, ...]


def locate(grid: Grid, file: str) -> Located:
    """Find everything that carries an id."""
    sheets: dict[str, GridSheet] = {}
    blocks: dict[str, Block] = {}
    found: list[Finding] = []
    for sheet in grid.sheets:
        place = mark_of(sheet)
        where = Where(file=file, sheet=sheet.name)
        if place is None:
            if sheet.cells and sheet.name != _OURS and not _is_answer(sheet):
                found.append(finding("WORKBOOK-SHEET-EXTRA", where, sheet=sheet.name))
            continue
        mark, _, sheet_id = _told(sheet, place).partition(" ")
        if sheet.text(*place).startswith(BLOCK):
            found.append(finding("WORKBOOK-MARK-RESTORED", where, sheet=sheet.name))
        if mark != MARK:
            found.append(finding("WORKBOOK-FORMAT", where, saw=mark, expected=MARK))
        elif sheet_id in sheets:
            found.append(
                finding(
                    "WORKBOOK-SHEET-TWICE", where, sheet=sheet.name, other=sheets[sheet_id].name
                )
            )
        else:
            sheets[sheet_id] = sheet
            for block in _blocks(sheet, place[1], file, found):
                blocks.setdefault(block.id, block)
    return Located(sheets, blocks, tuple(found))


def _is_answer(sheet: GridSheet) -> bool:
    """Whether a sheet holds the findings of an earlier check."""
    return any(
        row <= MARK_ROWS and column <= MARK_COLUMNS and cell.value.startswith(FINDINGS_MARK)
        for (row, column), cell in sheet.cells.items()
    )


def mark_of(sheet: GridSheet) -> tuple[int, int] | None:
    """Return the place of a sheet's mark; where it was deleted, that of its first block's id."""
    places = product(range(MARK_ROWS + 1), range(MARK_COLUMNS + 1))
    corner = [place for place in places if place in sheet.cells]
    marks = (place for place in corner if sheet.text(*place).startswith(FAMILY))
    known = (place for place in corner if _block_at(sheet, place) in SHEET_OF)
    return next(marks, None) or next(known, None)


def _block_at(sheet: GridSheet, place: tuple[int, int]) -> str:
    text = sheet.text(*place)
    return text.removeprefix(BLOCK) if text.startswith(BLOCK) else ""


def _told(sheet: GridSheet, place: tuple[int, int]) -> str:
    """Mark and id of a sheet, or what they must have been."""
    first = _block_at(sheet, place)
    if not first:
        return sheet.text(*place)
    blocks = {text.removeprefix(BLOCK) for text in ids_of(sheet, place[1]).values()}
    many = len(blocks.intersection(GROUPS)) > 1
    return f"{MARK} {'amounts' if many else SHEET_OF[first]}"


def _blocks(sheet: GridSheet, ids: int, file: str, found: list[Finding]) -> Iterator[Block]:
    """Yield the blocks of one sheet; ``ids`` is the column of row ids."""
    by_row, marked = filled_of(sheet, ids), ids_of(sheet, ids)
    starts = sorted(row for row, text in marked.items() if text.startswith(BLOCK))
    for start, end in pairwise([*starts, 1 << 30]):
        columns = _columns(sheet, start, sorted(by_row.get(start, ())), file, found)
        rows = rows_between(marked, by_row, (start, end), set(columns.values()))
        yield Block(marked[start][1:], file, sheet, start, columns, rows)


def rows_between(
    marked: Mapping[int, str],
    filled: Mapping[int, list[int]],
    limits: tuple[int, int],
    columns: set[int],
) -> tuple[Row, ...]:
    """Return the rows between two others that carry an id or hold something in these columns."""
    return tuple(
        Row("" if marked.get(row, "") == FREE else marked.get(row, "").strip(), row)
        for row in sorted(marked.keys() | filled.keys())
        if limits[0] < row < limits[1]
        and marked.get(row, "") != DECOR
        and (_named(marked.get(row, "")) or columns.intersection(filled.get(row, ())))
    )


def ids_of(sheet: GridSheet, ids: int) -> dict[int, str]:
    """Return what stands in the column of ids, by row."""
    return {row: cell.value for (row, column), cell in sheet.cells.items() if column == ids}


def filled_of(sheet: GridSheet, ids: int) -> dict[int, list[int]]:
    """Return the columns behind the ids that hold something, by row."""
    by_row: dict[int, list[int]] = {}
    for (row, column), cell in sheet.cells.items():
        if column > ids and (cell.formula or cell.value.strip()):
            by_row.setdefault(row, []).append(column)
    return by_row


def _named(key: str) -> bool:
    return bool(key.strip()) and key != FREE


def _columns(
    sheet: GridSheet, row: int, columns: list[int], file: str, found: list[Finding]
) -> dict[str, int]:
    named: dict[str, int] = {}
    for column in columns:
        name = sheet.text(row, column).strip()
        if name in named:
            where = Where(file=file, sheet=sheet.name, cell=address(row, column))
            found.append(finding("WORKBOOK-COLUMN-TWICE", where, column=name))
        named.setdefault(name, column)
    return named

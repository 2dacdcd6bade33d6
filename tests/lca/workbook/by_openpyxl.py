"""The grid of a workbook as openpyxl reads it: an independent reader that ours is held against.

It reads a file twice, for formulas and for their stored results. Where the two readers are meant to
differ, :func:`told_alike` says so.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.formula import ArrayFormula

from lca.workbook.grid import Grid, GridCell, GridSheet, Kind
from lca.workbook.marks import BLOCK, FAMILY, MARK_ROWS

IDS = {"label", "need", "value", "help", "name", "name_zh", "unit", "key", "kind", "evidence"}


def grid_of(data: bytes, *, shapes: bool = True) -> Grid:
    """Return the grid of a workbook that nobody made on purpose to hurt us.

    Without ``shapes`` joined cells and hidden rows are left out, for which openpyxl needs long.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book, results = (_open(data, data_only=stored) for stored in (False, True))
        whole = openpyxl.load_workbook(io.BytesIO(data)) if shapes else None
        sheets = []
        for sheet in book.worksheets:
            cells = dict(_merge(_read(results[sheet.title]), _filled(sheet)))
            merged, hidden = _shapes(whole[sheet.title]) if whole is not None else ((), ())
            shown = sheet.sheet_state == "visible"
            sheets.append(GridSheet(sheet.title, cells, merged, hidden, shown=shown))
    return Grid(tuple(sheets), bool(book.epoch == CALENDAR_MAC_1904))


def told_alike(grid: Grid) -> Grid:
    """Return a grid without what the two readers may tell differently.

    openpyxl gives texts without any letter as cells; takes a formula whose stored result is the
    empty text for one that was never calculated; and may tell a hidden column as one of many.
    """
    sheets = []
    for sheet in grid.sheets:
        cells = {at: _alike(cell) for at, cell in sheet.cells.items() if cell.value or cell.formula}
        merged = tuple(sorted(sheet.merged))
        sheets.append(replace(sheet, cells=cells, merged=merged, hidden_columns=()))
    return replace(grid, sheets=tuple(sheets))


def _alike(cell: GridCell) -> GridCell:
    nothing = cell.formula and not cell.value
    return GridCell("empty", "", "", cell.formula) if nothing else cell


def _open(data: bytes, *, data_only: bool) -> Any:
    """Open a workbook; without ``data_only`` a formula stands in place of its value."""
    return openpyxl.load_workbook(
        io.BytesIO(data), read_only=True, data_only=data_only, keep_links=False
    )


def _read(sheet: Any) -> dict[tuple[int, int], Any]:
    sheet.reset_dimensions()
    return {(cell.row, cell.column): cell for row in sheet.rows for cell in row
            if cell.value is not None}  # fmt: skip


def _filled(sheet: Any) -> Iterator[Any]:
    """Yield the filled cells of a sheet; of one without our mark only the first rows."""
    sheet.reset_dimensions()
    ours = False
    for row in sheet.rows:
        filled = [cell for cell in row if cell.value is not None]
        texts = [cell.value for cell in filled if isinstance(cell.value, str)]
        ours = ours or sum(text in IDS for text in texts) > 1
        ours = ours or any(text.startswith((FAMILY, BLOCK)) for text in texts)
        if filled and not ours and filled[0].row > MARK_ROWS:
            return
        yield from filled


def _shapes(sheet: Any) -> tuple[tuple[tuple[int, int, int, int], ...], tuple[int, ...]]:
    """Return joined cells and hidden rows."""
    merged = [(s.min_row, s.min_col, s.max_row, s.max_col) for s in sheet.merged_cells.ranges]
    hidden = [row for row, shape in sheet.row_dimensions.items() if shape.hidden]
    return tuple(sorted(merged)), tuple(hidden)


def _merge(
    results: dict[tuple[int, int], Any], formulas: Iterator[Any]
) -> Iterator[tuple[tuple[int, int], GridCell]]:
    """Yield each cell with its value and, if there is one, its formula."""
    for cell in formulas:
        place, formula = (cell.row, cell.column), _formula(cell)
        shown = results.get(place)
        if shown is None:
            yield place, GridCell("empty", "", "", formula)
            continue
        kind, value = _value(shown)
        shape = str(shown.number_format or "") if kind == "number" else ""
        yield place, GridCell(kind, value, "" if shape == "General" else shape, formula)


def _formula(cell: Any) -> str:
    if cell.data_type != "f":
        return ""
    value = cell.value
    text = value.text if isinstance(value, ArrayFormula) else value
    return str(text) if isinstance(text, str) else "="


def _value(cell: Any) -> tuple[Kind, str]:
    value = cell.value
    if cell.data_type == "e":
        return "error", str(value)
    match value:
        case bool():
            return "bool", "TRUE" if value else "FALSE"
        case int() | float():
            return "number", repr(value)
        case datetime():
            return "date", value.isoformat()
        case date():
            return "date", f"{value.isoformat()}T00:00:00"
        case time() | timedelta():
            return "time", str(value)
        case _:
            return "text", str(value)

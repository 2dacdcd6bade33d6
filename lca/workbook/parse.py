"""Bytes of a guarded workbook -> grid, with openpyxl; run as a program in a limited child process.

A sheet with formulas is read twice: once for the formulas, once for their stored results. The
dimension that a sheet claims is ignored, since a wrong one would hide cells from us that Excel
shows to a person. Of a sheet that is not ours the first rows are enough.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Collection, Iterator
from contextlib import redirect_stdout
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.formula import ArrayFormula

from factors.errors import UnsafeFileError
from factors.findings import Where, finding
from lca.workbook import guard
from lca.workbook.grid import Grid, GridCell, GridSheet, Kind, grid_text, refusal_text
from lca.workbook.isolate import limits
from lca.workbook.locate import FAMILY, MARK_ROWS
from lca.workbook.plan import BLOCK
from lca.workbook.row_shapes import shapes


def parse(data: bytes) -> Grid:
    """Return the cells of a workbook that has passed the guard.

    Raises
    ------
    Exception
        Whatever openpyxl raises on a file that is not what it claims to be; the parent refuses
        the file when that happens.
    """
    if not openpyxl.DEFUSEDXML:
        raise RuntimeError("openpyxl runs without defusedxml")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = _open(data, data_only=False)
        parts = _parts(book)
        written, from_1904 = _read(book), bool(book.epoch == CALENDAR_MAC_1904)
        computed = [name for name, cells in written.items() if any(map(_formula, cells.values()))]
        shown = written | (_read(_open(data, data_only=True), computed) if computed else {})
    sheets = (
        GridSheet(name, dict(_merge(shown[name], cells)), *shapes(data, parts[name]))
        for name, cells in written.items()
    )
    return Grid(tuple(sheets), from_1904)


_OURS = (FAMILY, BLOCK)
"""What a sheet of ours has in its corner; the second alone where its first row was deleted."""

_COLUMN_IDS = frozenset({"label", "need", "value", "help", "name", "unit", "key", "evidence"})
"""Ids of columns: two in one row are ours even where the column of marks was deleted."""

Cells = dict[tuple[int, int], ReadOnlyCell]


def _open(data: bytes, *, data_only: bool) -> openpyxl.Workbook:
    """Open a workbook; without ``data_only`` a formula stands in place of its value."""
    return openpyxl.load_workbook(
        io.BytesIO(data), read_only=True, data_only=data_only, keep_links=False
    )


def _parts(book: Any) -> dict[str, str]:
    """Return the part of every worksheet by its title; the stubs do not know where it is kept."""
    return {sheet.title: str(sheet._worksheet_path) for sheet in book.worksheets}


def _read(book: openpyxl.Workbook, only: Collection[str] | None = None) -> dict[str, Cells]:
    """Read the sheets, or some, and close the workbook."""
    chosen = [sheet for sheet in book.worksheets if only is None or sheet.title in only]
    sheets = {sheet.title: dict(_filled(sheet)) for sheet in chosen}
    book.close()
    return sheets


def _filled(sheet: Any) -> Iterator[tuple[tuple[int, int], ReadOnlyCell]]:
    """Yield the filled cells of a sheet; of one without our mark only the first rows."""
    sheet.reset_dimensions()
    ours = False
    for row in sheet.rows:
        ours = ours or sum(cell.value in _COLUMN_IDS for cell in row if cell.value) > 1
        for cell in row:
            if cell.value is None:
                continue
            if not ours and cell.row > MARK_ROWS:
                return
            ours = ours or (isinstance(cell.value, str) and cell.value.startswith(_OURS))
            yield (cell.row, cell.column), cell


def _merge(values: Cells, formulas: Cells) -> Iterator[tuple[tuple[int, int], GridCell]]:
    """Yield each cell with its value and, if there is one, its formula."""
    for place, cell in formulas.items():
        shown = values.get(place)
        formula = _formula(cell)
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
            return "date", value.isoformat()
        case time() | timedelta():
            return "time", str(value)
        case _:
            return "text", str(value)


def main() -> int:
    """Guard and parse the file on standard input; its name is the first argument."""
    limits()
    data, name = sys.stdin.buffer.read(guard.MAX_FILE + 1), sys.argv[1]
    try:
        guard.check(data, name)
        with redirect_stdout(sys.stderr):  # openpyxl prints some complaints; ours is the answer
            answer = grid_text(parse(data))
    except UnsafeFileError as refusal:
        answer = refusal_text(refusal.findings[0])
    except MemoryError:
        answer = refusal_text(finding("FILE-TOO-HARD", Where(file=name)))
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())

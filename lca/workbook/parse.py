"""Bytes of a guarded workbook -> grid, with openpyxl; run as a program in a limited child process.

Every sheet is read twice: once for the cached values, once for the formulas. The dimension that a
sheet claims is ignored, since a wrong one would hide cells from us that Excel shows to a person.
"""

from __future__ import annotations

import io
import resource
import sys
import warnings
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.worksheet.formula import ArrayFormula

from factors.errors import UnsafeFileError
from factors.findings import Where, finding
from lca.workbook import guard
from lca.workbook.grid import Grid, GridCell, GridSheet, Kind, grid_text, refusal_text

MEMORY = 1 << 30
CPU_SECONDS = 20


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
        values, formulas = _read(data, data_only=True), _read(data, data_only=False)
    return Grid(
        tuple(
            GridSheet(name, dict(_merge(cells, formulas[name]))) for name, cells in values.items()
        )
    )


Cells = dict[tuple[int, int], ReadOnlyCell]


def _read(data: bytes, *, data_only: bool) -> dict[str, Cells]:
    book = openpyxl.load_workbook(
        io.BytesIO(data), read_only=True, data_only=data_only, keep_links=False
    )
    sheets: dict[str, Cells] = {}
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        filled: Iterable[Any] = (cell for row in sheet.rows for cell in row)
        sheets[sheet.title] = {
            (cell.row, cell.column): cell for cell in filled if cell.value is not None
        }
    book.close()
    return sheets


def _merge(values: Cells, formulas: Cells) -> Iterator[tuple[tuple[int, int], GridCell]]:
    """Yield each cell with its value and, if there is one, its formula."""
    for place, cell in formulas.items():
        shown = values.get(place)
        formula = _formula(cell)
        if shown is None:
            yield place, GridCell("empty", "", "", formula)
            continue
        kind, value = _value(shown)
        shape = str(shown.number_format or "")
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
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    data, name = sys.stdin.buffer.read(guard.MAX_FILE + 1), sys.argv[1]
    try:
        guard.check(data, name)
        answer = grid_text(parse(data))
    except UnsafeFileError as refusal:
        answer = refusal_text(refusal.findings[0])
    except MemoryError:
        answer = refusal_text(finding("FILE-TOO-HARD", Where(file=name)))
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())

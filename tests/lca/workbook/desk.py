"""A clean workbook to spoil: the drink model, its example, and edits by machine id.

An edit names its place as ``block.row.column`` and gives what a person would leave there: a number,
a text, a date, a formula with or without result. Edits go into the grid (fast) or, for the test
that both agree, into a real file.
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from factors.findings import Finding
from lca.model import load
from lca.model_parts import ProductModel
from lca.submission import Submission
from lca.workbook.cells import Spot
from lca.workbook.example import values
from lca.workbook.grid import Grid, GridCell, GridSheet, address
from lca.workbook.layout import layout, words
from lca.workbook.lists import lists
from lca.workbook.locate import Block
from lca.workbook.parse import parse
from lca.workbook.plan import Placed, plan
from lca.workbook.read import interpret
from lca.workbook.write import workbook

HERE = Path(__file__).parent
NAME = "drink.xlsx"


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and the result that the file keeps; None: never calculated."""

    text: str
    result: float | str | None = None


def spot_of(cell: GridCell) -> Spot:
    """Return a cell that stands alone, in A1 of the sheet S."""
    block = Block("block", "", GridSheet("S", {(1, 1): cell}), 0, {"value": 1}, ())
    return Spot(cell, block, 1, "value", {"zh": "-", "en": "-"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A number behind a number format."""

    value: float
    format: str


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """A cell that shows an error."""

    value: str


Spoilt = float | int | bool | str | date | Formula | Shown | ErrorCell | None
Edits = Mapping[str, Spoilt]


@cache
def model() -> ProductModel:
    return load(HERE / "drink.toml")


@cache
def example() -> Mapping[str, Any]:
    return tomllib.loads((HERE / "drink_example.toml").read_text(encoding="utf-8"))


@cache
def clean(lang: str = "zh") -> bytes:
    return workbook(model(), "zh" if lang == "zh" else "en", example())


@cache
def clean_grid(lang: str = "zh") -> Grid:
    return parse(clean(lang))


@cache
def blocks() -> Mapping[str, tuple[str, Placed]]:
    """Blocks by id, with the Chinese title of their sheet."""
    form = layout(model(), 2, 1)
    placed = values(example(), form, lists(model()), "zh")
    return {
        block.block.id: (words("sheet", sheet.sheet.id)["zh"], block)
        for sheet in plan(form, placed)
        for block in sheet.blocks
    }


def place(name: str) -> tuple[str, int, int]:
    """Sheet, row and column of ``block.row.column``."""
    block, row, column = name.split(".")
    sheet, placed = blocks()[block]
    number = {"@": placed.ids_row, "#": placed.heading_row}.get(row) or placed.row(row)
    return sheet, number, 1 if column == "A" else placed.column(column)


def cell_of(name: str) -> str:
    """``sheet!cell`` of a place; nothing for the whole file."""
    if not name:
        return ""
    sheet, row, column = place(name)
    return f"{sheet}!{address(row, column)}"


def as_grid(value: Spoilt) -> GridCell | None:
    """What the parser makes of a cell."""
    match value:
        case None:
            return None
        case Formula(text, None):
            return GridCell("empty", "", "", text)
        case Formula(text, result):
            kind, shown = _plain(result)
            return GridCell(kind, shown, "", text)
        case Shown(number, shape):
            return GridCell("number", repr(number), shape)
        case ErrorCell(text):
            return GridCell("error", text)
        case _:
            kind, shown = _plain(value)
            return GridCell(kind, shown)


def _plain(value: object) -> tuple[Any, str]:
    match value:
        case bool():
            return "bool", "TRUE" if value else "FALSE"
        case int() | float():
            return "number", repr(value)
        case datetime():
            return "date", value.isoformat()
        case date():
            return "date", f"{value.isoformat()}T00:00:00"
        case _:
            return "text", str(value)


def spoil(grid: Grid, edits: Edits) -> Grid:
    """Return the grid with the edits made."""
    wanted: dict[str, dict[tuple[int, int], GridCell | None]] = {}
    for name, value in edits.items():
        sheet, row, column = place(name)
        wanted.setdefault(sheet, {})[row, column] = as_grid(value)
    return Grid(tuple(_spoilt(sheet, wanted.get(sheet.name, {})) for sheet in grid.sheets))


def _spoilt(sheet: GridSheet, edits: Mapping[tuple[int, int], GridCell | None]) -> GridSheet:
    cells = {**sheet.cells, **edits}
    return replace(sheet, cells={where: cell for where, cell in cells.items() if cell is not None})


def read_spoilt(edits: Edits) -> Submission:
    """Read the clean example with some cells spoilt."""
    return interpret(spoil(clean_grid(), edits), NAME, "0" * 64, model())


def spoilt_file(edits: Edits) -> bytes:
    """A real file with some cells spoilt (formulas get no result this way)."""
    book = openpyxl.load_workbook(io.BytesIO(clean()))
    for name, value in edits.items():
        sheet, row, column = place(name)
        cell = book[sheet].cell(row, column)
        match value:
            case Formula(text, _):
                cell.value = text
            case Shown(number, shape):
                cell.value, cell.number_format = number, shape
            case ErrorCell(text):
                cell.value, cell.data_type = text, "e"
            case str():
                cell.value, cell.data_type = value, "s"
            case _:
                cell.value = value
                if isinstance(value, (int, float)):
                    cell.number_format = "General"
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def told(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    """Codes with their places, ``sheet!cell``."""
    return {(f.code, f"{f.where.sheet}!{f.where.cell}" if f.where.cell else f.where.sheet)
            for f in findings}  # fmt: skip

"""Typing into a workbook as a person does: cell by cell, in a program that saves the whole file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.tutorials.facts import Place, in_words


@dataclass(frozen=True, slots=True)
class Table:
    """A block of the workbook: its sheet, the row of its headings, columns and rows by id."""

    sheet: Worksheet
    headings: int
    columns: Mapping[str, int]
    rows: Mapping[str, int]

    def cell(self, row: str, column: str) -> Cell:
        """The cell of a row and a column."""
        found = self.sheet.cell(self.rows[row], self.columns[column])
        if not isinstance(found, Cell):
            raise TypeError(f"{found.coordinate} is inside a merged cell")
        return found


@dataclass(frozen=True, slots=True)
class General:
    """A value typed after the format of the cell was set to General."""

    value: Any


def tables(book: Workbook) -> dict[str, Table]:
    """Find every block by the hidden cells."""
    return {block: table for sheet in book for block, table in _tables(sheet)}


def _tables(sheet: Worksheet) -> Iterator[tuple[str, Table]]:
    marks = {row: str(sheet.cell(row, 1).value or "") for row in range(1, sheet.max_row + 1)}
    starts = [row for row, mark in marks.items() if mark.startswith("@")]
    for start, end in pairwise([*starts, sheet.max_row + 1]):
        columns = {str(c.value): c.column for c in sheet[start][1:] if c.value is not None}
        rows: dict[str, int] = {}
        free = 0
        for row in range(start + 1, end):
            mark = marks[row]
            free += mark == "+"
            rows[f"+{free}" if mark == "+" else mark] = row
        yield marks[start][1:], Table(sheet, start + 1, columns, rows)


def type_into(source: Path, target: Path, typed: Mapping[Place, Any], lang: str) -> None:
    """Open a workbook, type values into it, save it under another name."""
    book = openpyxl.load_workbook(source)
    found = tables(book)
    for (block, row, column), value in typed.items():
        _type(found[block].cell(row, column), _worded(value, lang))
    book.save(target)


def _worded(value: Any, lang: str) -> Any:
    if isinstance(value, General):
        return General(in_words(value.value, lang))
    return in_words(value, lang)


def _type(cell: Cell, value: Any) -> None:
    """Type one value; ``{}`` with a key says what is no plain value."""
    match value:
        case General(plain):
            cell.number_format = "General"
            _type(cell, plain)
        case {"format": shape, "number": number}:
            cell.value, cell.number_format = number, shape
        case {"error": shown}:
            cell.value, cell.data_type = shown, "e"
        case {"formula": text}:
            cell.value = text
        case "":
            cell.value = None
        case date():
            cell.value, cell.number_format = value, "yyyy-mm-dd"
        case str():
            cell.value, cell.data_type = value, "s"
        case _:
            cell.value = value


def addresses(path: Path) -> dict[Place, tuple[str, str]]:
    """Return sheet and address of every place of a workbook."""
    return {
        (block, row, column): (table.sheet.title, f"{get_column_letter(across)}{down}")
        for block, table in tables(openpyxl.load_workbook(path)).items()
        for row, down in table.rows.items()
        for column, across in table.columns.items()
    }

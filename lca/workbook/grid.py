"""The grid: what stands in the cells of a workbook, without any meaning yet.

It is the only thing that leaves the child process that parses a file, as JSON text, so the parent
never touches zip or XML of unknown origin.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from factors.errors import UnsafeFileError
from factors.findings import Finding, Where, finding

Kind = Literal["number", "text", "bool", "date", "time", "error", "empty"]


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell that is not empty.

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

    ``merged`` holds joined cells as top, left, bottom, right; ``hidden`` the rows that are not
    shown.
    """

    name: str
    cells: Mapping[tuple[int, int], GridCell]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: tuple[int, ...] = ()

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
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def split(cell: str) -> tuple[int, int]:
    """Return row and column of an A1 address; (0, 0) for none."""
    letters = cell.rstrip("0123456789")
    column = 0
    for char in letters:
        column = column * 26 + ord(char) - 64
    return int(cell[len(letters) :] or 0), column


def grid_text(grid: Grid) -> str:
    """Return the grid as JSON text, for the pipe between child and parent."""
    sheets = [
        {
            "name": sheet.name,
            "cells": [
                [row, column, cell.kind, cell.value, cell.format, cell.formula]
                for (row, column), cell in sheet.cells.items()
            ],
            "merged": sheet.merged,
            "hidden": sheet.hidden,
        }
        for sheet in grid.sheets
    ]
    document = {"sheets": sheets, "from_1904": grid.from_1904}
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"))


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
                {(row, column): GridCell(*rest) for row, column, *rest in entry["cells"]},
                tuple((a, b, c, d) for a, b, c, d in entry["merged"]),
                tuple(entry["hidden"]),
            )
            for entry in document["sheets"]
        ),
        bool(document["from_1904"]),
    )

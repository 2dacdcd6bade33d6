"""What a person did to cells that no value tells: joined, or hidden by row, column or sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from factors.findings import Finding, Where, finding
from lca.workbook.grid import GridSheet, address, letters
from lca.workbook.locate import Block, Located


def oddities(found: Located) -> Iterator[Finding]:
    """Yield merged answers, and rows, columns and sheets that hold answers and are hidden."""
    for block in found.blocks.values():
        yield from _merged(block)
    for sheet in found.sheets.values():
        blocks = [one for one in found.blocks.values() if one.sheet.name == sheet.name]
        if blocks:
            yield from _hidden(sheet, blocks)


def _merged(block: Block) -> Iterator[Finding]:
    """Cells of several answers joined into one: only the first keeps a value."""
    rows = {row.number for row in block.rows}
    asked = {number for name, number in block.columns.items() if name not in _SHOWN}
    for top, left, bottom, right in block.sheet.merged:
        covered = [
            (row, column)
            for row in rows
            for column in asked
            if top <= row <= bottom and left <= column <= right
        ]
        if len(covered) > 1:
            where = Where(file=block.file, sheet=block.sheet.name, cell=address(top, left))
            span = f"{address(top, left)}:{address(bottom, right)}"
            yield finding("WORKBOOK-MERGED", where, span=span)


_SHOWN = frozenset({"label", "need", "help", "name", "record"})
"""Columns that hold no answer."""

_OURS = frozenset({"unit", "consumed", "sum", "share"})
"""Columns that hold something before anybody answers."""


def _hidden(sheet: GridSheet, blocks: list[Block]) -> Iterator[Finding]:
    """Hidden answers are read like all others, and told once a sheet with the way to see them."""
    if sheet.shown and not (sheet.hidden or sheet.hidden_columns):
        return
    answered = [place for block in blocks for place in _answered(block)]
    rows = sorted({row for row, _ in answered}.intersection(sheet.hidden))
    columns = sorted({column for _, column in answered}.intersection(sheet.hidden_columns))
    where = Where(file=blocks[0].file, sheet=sheet.name)
    if answered and not sheet.shown:
        yield finding("WORKBOOK-HIDDEN-SHEET", where, sheet=sheet.name)
    if rows:
        at = replace(where, cell=address(rows[0], 2))
        yield finding("WORKBOOK-HIDDEN", at, rows=", ".join(map(str, rows)))
    if columns:
        at = replace(where, cell=address(*min(p for p in answered if p[1] == columns[0])))
        yield finding("WORKBOOK-HIDDEN-COLUMNS", at, columns=", ".join(map(letters, columns)))


def _answered(block: Block) -> Iterator[tuple[int, int]]:
    """Yield the places of the answers of a block."""
    given = [number for name, number in block.columns.items() if name not in _SHOWN | _OURS]
    places = ((row.number, column) for row in block.rows for column in given)
    return (place for place in places if place in block.sheet.cells)

"""What a person did to rows and cells that no value tells: merged, or hidden by a filter."""

from __future__ import annotations

from collections.abc import Iterator

from factors.findings import Finding, Where, finding
from lca.workbook.grid import GridSheet, address
from lca.workbook.locate import Block, Located


def oddities(found: Located) -> Iterator[Finding]:
    """Yield merged answers, and rows that hold answers and are hidden."""
    for block in found.blocks.values():
        yield from _merged(block)
    for sheet in found.sheets.values():
        blocks = [one for one in found.blocks.values() if one.sheet.name == sheet.name]
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
    shut = set(sheet.hidden)
    rows = sorted(
        row.number
        for block in blocks
        for row in block.rows
        if row.number in shut and _answered(block, row.number)
    )
    if rows and blocks:
        where = Where(file=blocks[0].file, sheet=sheet.name, cell=address(rows[0], 2))
        yield finding("WORKBOOK-HIDDEN", where, rows=", ".join(map(str, rows)))


def _answered(block: Block, row: int) -> bool:
    given = (name for name in block.columns if name not in _SHOWN | _OURS)
    return any(block.cell(row, name) for name in given)

"""Stock accounts: heaps that do not go with what was bought."""

from __future__ import annotations

from collections.abc import Iterator

from factors.findings import Finding
from lca.submission import Cell
from lca.thinking.case import Case, Row
from lca.thinking.sure import Sure, shown, thought

HEAP = 1.5
"""A stock larger than this many years of purchases is rarely meant."""

APART = 20.0
BACK = 0.2


def look(case: Case) -> Iterator[Finding]:
    """Look at stocks and returns beside the purchases of the same row."""
    for row in case.rows:
        if row.rule.form == "stock":
            yield from _heaps(row)
            yield from _returned(row)


def _heaps(row: Row) -> Iterator[Finding]:
    bought = float(sum((cell.number or 0 for cell in row.entry.months), start=0))
    heaps = {"opening": row.entry.opening, "closing": row.entry.closing}
    sizes = {name: _size(cell) for name, cell in heaps.items()}
    for name, cell in heaps.items():
        other = sizes["closing" if name == "opening" else "opening"]
        size = sizes[name]
        lone = other > 0 and size / other > APART and size > BACK * bought
        if bought > 0 and (size > HEAP * bought or lone):
            told = {"value": shown(size), "bought": shown(bought), "unit": row.entry.unit}
            yield thought("THINK-STOCK", cell.where, Sure.LOOK, **told, **row.names)


def _returned(row: Row) -> Iterator[Finding]:
    """What goes back to a supplier is little; sold scrap is no return and lowers nothing."""
    bought = float(sum((cell.number or 0 for cell in row.entry.months), start=0))
    back = _size(row.entry.returned)
    if bought > 0 and back > BACK * bought:
        told = {"value": shown(back), "share": f"{back / bought:.0%}", "unit": row.entry.unit}
        yield thought("THINK-RETURNED", row.entry.returned.where, Sure.LOOK, **told, **row.names)


def _size(cell: Cell) -> float:
    return float(cell.number or 0)

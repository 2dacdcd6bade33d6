"""Stock accounts: heaps that do not go with what was bought."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from statistics import mean

from factors.findings import Finding
from lca.submission import Cell
from lca.thinking.case import TWELVE, Case, Row, numbers
from lca.thinking.sure import Sure, shown, thought

HEAP = 1.5
"""A stock larger than this many years of purchases is rarely meant."""

APART = 20.0
BACK = 0.2
DRY = 0.25
"""Share of a year's use by which a heap may fall short while the output runs evenly on."""


def look(case: Case) -> Iterator[Finding]:
    """Look at stocks and returns beside the purchases of the same row."""
    course = _course(case)
    for row in case.rows:
        if row.rule.form == "stock":
            yield from _heaps(row)
            yield from _one_end(row)
            yield from _dry(row, course)
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


def _one_end(row: Row) -> Iterator[Finding]:
    """A stock on one day of the two only: what is empty counts as nothing."""
    ends = (row.entry.opening, row.entry.closing)
    full, bare = (
        [one for one in ends if one.number],
        [one for one in ends if one.number is None],
    )
    if len(full) == 1 and bare:
        told = {"value": shown(_size(full[0])), "unit": row.entry.unit}
        yield thought("THINK-STOCK-END", full[0].where, Sure.LOOK, **told, **row.names)


def _course(case: Case) -> tuple[float, ...]:
    """Share of the year's output made by the end of each month, over all families alike."""
    years = [numbers(family.output) for family in case.submission.families]
    whole = [year for year in years if len(year) == TWELVE and any(year)]
    shares = [[value / sum(year) for value in year] for year in whole]
    return tuple(accumulate(mean(month) for month in zip(*shares, strict=True)))


def _dry(row: Row, course: tuple[float, ...]) -> Iterator[Finding]:
    """A heap cannot give what was not yet delivered: purchases in a lump, or running totals."""
    entry = row.entry
    if not row.monthly or not course or (entry.opening.number is None is entry.closing.number):
        return
    bought = list(accumulate(row.readings))
    used = _size(entry.opening) + bought[-1] - _size(entry.closing) - _size(entry.returned)
    left = [
        _size(entry.opening) + by_then - used * share
        for by_then, share in zip(bought, course, strict=True)
    ]
    month = min(range(TWELVE), key=left.__getitem__)
    if used > 0 and left[month] < -DRY * used:
        told = {"month": month + 1, "lack": shown(-left[month]), "unit": entry.unit}
        yield thought(
            "THINK-STOCK-DRY", entry.months[month].where, Sure.LIKELY, **told, **row.names
        )


def _returned(row: Row) -> Iterator[Finding]:
    """What goes back to a supplier is little; sold scrap is no return and lowers nothing."""
    bought = float(sum((cell.number or 0 for cell in row.entry.months), start=0))
    back = _size(row.entry.returned)
    if bought > 0 and back > BACK * bought:
        told = {"value": shown(back), "share": f"{back / bought:.0%}", "unit": row.entry.unit}
        yield thought("THINK-RETURNED", row.entry.returned.where, Sure.LOOK, **told, **row.names)


def _size(cell: Cell) -> float:
    return float(cell.number or 0)

"""Masses of legs, wastes and by-products against all that came in: tonnes for kilograms."""

from __future__ import annotations

from collections.abc import Iterator

from factors.errors import UnitError
from factors.findings import Finding
from factors.units import unit
from lca.submission import Cell, FurtherEntry
from lca.thinking.case import Case, converts
from lca.thinking.sure import Sure, shown, thought

MOST = 3.0
"""Nothing that is carried or thrown away weighs more than so many times all that was booked."""

KINDS = ("leg", "waste")


def look(case: Case) -> Iterator[Finding]:
    """Look at every leg, waste and by-product that is booked by mass."""
    whole = _booked(case)
    for item in case.submission.further:
        tonnes = _tonnes(item) if item.kind in KINDS else None
        if tonnes is not None and whole > 0 and tonnes > MOST * whole:
            told = {"name": item.name, "tonnes": shown(tonnes), "whole": shown(whole)}
            yield thought("THINK-LOAD", item.where, Sure.LIKELY, **told)
    for beside in case.submission.by_products:
        tonnes = _weight(beside.amount)
        if tonnes is not None and whole > 0 and tonnes > MOST * whole:
            told = {"name": beside.name, "tonnes": shown(tonnes), "whole": shown(whole)}
            yield thought("THINK-LOAD", beside.where, Sure.LIKELY, **told)


def _tonnes(item: FurtherEntry) -> float | None:
    each = [_weight(Cell(cell.number, item.entry.unit)) for cell in item.entry.months]
    known = [one for one in each if one is not None]
    return sum(known) if each and len(known) == len(each) else None


def _weight(cell: Cell) -> float | None:
    try:
        own = unit(cell.unit)
    except UnitError:
        return None
    if cell.number is None or not converts(own, unit("t")):
        return None
    return float(cell.number * own.scale / unit("t").scale)


def _booked(case: Case) -> float:
    """Materials and packaging of the site, or its product where that is more, in tonnes."""
    bought = sum(
        float(row.booked.consumed * row.rule.unit.scale / unit("t").scale)
        for row in case.rows
        if row.rule.group in ("materials", "packaging") and converts(row.rule.unit, unit("t"))
    )
    made = sum(float(one.good) for one in case.books.ledger.outputs) * (case.mass or 0.0) / 1000
    return max(bought, made)

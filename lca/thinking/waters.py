"""Water in and out, what it carries and the gas that can come of it."""

from __future__ import annotations

from collections.abc import Iterator

from factors.findings import Finding
from lca.thinking.case import WATER, Case, Row
from lca.thinking.sure import Sure, shown, thought

MORE = 2.0
"""Waste water beside water drawn; what fruit and rain bring is less."""

GAS = 0.8
"""Nm3 of biogas per kg of COD: 0.35 Nm3 of methane are all that a kg can give."""


def look(case: Case) -> Iterator[Finding]:
    """Compare the accounts of water, of its load and of its gas, where they could be read."""
    booked = {row.entry.account: row for row in case.rows if case.trusted(row.entry.account)}
    drawn = sum(_size(booked.get(name)) for name in WATER)
    treated = _size(booked.get("cod_treated"))
    pairs = (
        ("wastewater", drawn, MORE, "THINK-WATER"),
        ("cod_discharged", treated, 1.0, "THINK-COD"),
        ("biogas", treated, GAS, "THINK-BIOGAS"),
    )
    for account, other, most, code in pairs:
        row = booked.get(account)
        size = _size(row)
        if row is not None and other > 0 and size > most * other:
            told = {"value": shown(size), "other": shown(other), "unit": row.booked.unit}
            yield thought(code, row.entry.where, Sure.LIKELY, **told)


def _size(row: Row | None) -> float:
    """What was booked, in the unit of the model: m3, kg of COD, Nm3."""
    return 0.0 if row is None else float(row.booked.consumed)

"""Meters: multipliers that no current transformer has, sub-meters that see only half of a meter."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from factors.findings import Finding
from factors.units import unit
from lca.thinking.case import Case, Row
from lca.thinking.sure import Sure, shown, thought

CURRENTS = tuple(Fraction(text) for text in ("10", "12.5", "15", "20", "25", "30", "40", "50", "60",
                                             "75", "80"))  # fmt: skip
"""Primary currents of transformers, in A, and ten, a hundred, a thousand times these."""

SECONDARY = (Fraction(1), Fraction(5))
VOLTAGES = tuple(Fraction(text) for text in ("1", "30", "60", "100", "200", "350", "1100"))
"""Ratios of voltage transformers (3, 6, 10, 20, 35, 110 kV to 100 V); 1 on low voltage."""

RATIOS = frozenset(
    current * 10**power / secondary * voltage
    for current in CURRENTS
    for power in range(4)
    for secondary in SECONDARY
    for voltage in VOLTAGES
)
SEEN = 0.7
"""Sub-meters that see less than this share of their main meter leave too much to a key."""


GAP, MADE_UP = 0.1, 0.05
"""A gap of this share of the main meter, and how near a sub-meter in thousands comes to it."""


def look(case: Case) -> Iterator[Finding]:
    """Look at multipliers, and at sub-meters beside their main meter."""
    for row in case.rows:
        yield from _multiplier(row)
        yield from _sub_meters(case, row)


def _multiplier(row: Row) -> Iterator[Finding]:
    told = row.entry.multiplier.number
    electric = row.rule.unit.dimension == unit("kWh").dimension
    if told is None or not electric or told == 1 or told in RATIOS:
        return
    shape = {"value": shown(float(told)), **row.names}
    yield thought("THINK-MULTIPLIER", row.entry.multiplier.where, Sure.LOOK, **shape)


def _sub_meters(case: Case, row: Row) -> Iterator[Finding]:
    """Sub-meters that sum to more than the main meter are an error of the ledger already."""
    key = case.books.ledger.key(row.booked.key)
    if key is None or key.kind != "sub-meter" or key.unit != row.booked.unit:
        return
    if not case.sound(key.where):
        return
    metered = float(sum(key.values.values(), Fraction(0)))
    total = float(row.booked.consumed)
    slips = [one for one, value in key.values.items() if _thousandth(value, total - metered, total)]
    if slips:
        told = {"key": key.id, "target": slips[0], "value": shown(float(key.values[slips[0]]))}
        yield thought("THINK-SUBMETER-UNIT", key.where, Sure.LIKELY, unit=key.unit, **told)
    elif 0 < metered < SEEN * total:
        told = {"metered": shown(metered), "total": shown(total), "unit": row.booked.unit}
        share = f"{metered / total:.0%}"
        yield thought(
            "THINK-SUBMETERS-LOW", row.entry.where, Sure.LOOK, share=share, **told, **row.names
        )


def _thousandth(value: Fraction, gap: float, total: float) -> bool:
    """Whether one sub-meter, taken a thousand times, is what the main meter has more."""
    return gap > GAP * total and value > 0 and abs(999 * float(value) - gap) < MADE_UP * total

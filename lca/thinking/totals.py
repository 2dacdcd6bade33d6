"""A control total that is far off in a way that tells what happened."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from factors.findings import Finding
from lca.thinking.case import TWELVE, Case, Row
from lca.thinking.meters import RATIOS
from lca.thinking.sure import Sure, shown, thought

NEAR = 0.015
LEAST_RATIO = 5
OTHER = Fraction(1, 100)
SLIPS: tuple[tuple[float, str], ...] = (
    (12.0, "year"),
    (1000.0, "unit"),
    (10000.0, "unit"),
    (100.0, "unit"),
    (10.0, "digit"),
    (3.6, "joule"),
)


def look(case: Case) -> Iterator[Finding]:
    """Say what a difference that the ledger reports looks like."""
    for row in case.rows:
        told = row.booked.control_total
        booked = row.booked.consumed
        if told is None or told <= 0 or booked <= 0 or abs(booked - told) <= told * OTHER:
            continue
        slip = _slip(row, float(told / booked))
        if slip:
            shape = {"booked": shown(float(booked)), "control": shown(float(told))}
            code = f"THINK-CONTROL-{slip.upper()}"
            shape |= {"unit": row.booked.unit, "ratio": shown(float(told / booked))}
            yield thought(code, row.entry.control_total.where, Sure.LIKELY, **shape, **row.names)


def _slip(row: Row, ratio: float) -> str:
    months = len(row.entry.months)
    if months == TWELVE and _near(ratio, TWELVE / (TWELVE - 1)):
        return "bill"
    if months == TWELVE and _near(ratio, TWELVE / (TWELVE + 1)):
        return "bill"
    for size, kind in SLIPS:
        if _near(ratio, size) or _near(ratio, 1 / size):
            return kind
    single = row.booked.multiplier == 1 and row.rule.form == "metered"
    if single and any(_near(ratio, float(one)) for one in RATIOS if one >= LEAST_RATIO):
        return "multiplier"
    return ""


def _near(ratio: float, size: float) -> bool:
    return abs(math.log(ratio / size)) < NEAR

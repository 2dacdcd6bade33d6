"""Green power: which part of a site's grid electricity rests on contractual instruments.

A certificate counts once, for the user it was retired for, close to the period, and for all
products of the site alike: it is never given to the one article that is exported.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from factors.findings import Finding, finding
from factors.quantity import Quantity
from factors.texts import catalogue
from factors.units import unit
from lca.submission import InstrumentEntry

VINTAGE_SLACK = timedelta(days=366)
"""An instrument may be generated at most twelve months outside the reference period."""

VINTAGE = re.compile(r"(?P<year>20\d\d)(-(?P<month>0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True)
class GreenShare:
    """Share of the site's metered electricity that one technology covers."""

    technology: str
    share: Fraction
    instruments: tuple[str, ...]
    evidence: tuple[str, ...]


def green_shares(
    instruments: Sequence[InstrumentEntry],
    consumed: Fraction,
    period: tuple[date, date],
    users: frozenset[str],
) -> tuple[tuple[GreenShare, ...], tuple[Finding, ...]]:
    """Work out the market-based mix of a site.

    Parameters
    ----------
    instruments
        As handed in.
    consumed
        Metered grid electricity of the site over the period, kWh.
    period
        First and last day of the reference period.
    users
        Names and ids the instruments may be retired for.

    Returns
    -------
    tuple
        Shares by technology (their sum is at most 1) and findings. An instrument that fails a
        condition is not counted; the finding says why.
    """
    findings: list[Finding] = []
    counted: list[tuple[InstrumentEntry, Fraction]] = []
    seen: set[str] = set()
    for entry in instruments:
        problem = _refusal(entry, period, users, seen)
        seen.add(entry.instrument)
        energy = _energy(entry)
        if problem or energy is None:
            findings.extend(problem)
            continue
        counted.append((entry, energy))
    total = sum((energy for _, energy in counted), Fraction(0))
    if counted and total > consumed:
        findings.append(
            finding(
                "GREEN-TOO-MUCH",
                counted[0][0].where,
                volume=f"{float(total):,.6g}",
                consumed=f"{float(consumed):,.6g}",
            )
        )
        return (), tuple(findings)
    return _by_technology(counted, consumed), tuple(findings)


def _refusal(
    entry: InstrumentEntry, period: tuple[date, date], users: frozenset[str], seen: set[str]
) -> list[Finding]:
    """Return why an instrument cannot count."""
    if entry.instrument in seen:
        return [finding("GREEN-TWICE", entry.where, instrument=entry.instrument)]
    if entry.state not in ("", "retired"):
        named = {f"state_{k}": v for k, v in catalogue()["workbook_state"][entry.state].items()}
        return [finding("GREEN-STATE", entry.where, instrument=entry.instrument, **named)]
    if entry.retired_for.strip() not in users:
        return [
            finding(
                "GREEN-NOT-RETIRED",
                entry.where,
                instrument=entry.instrument,
                retired_for=entry.retired_for or "-",
            )
        ]
    generated = _generated(entry)
    first, last = period[0] - VINTAGE_SLACK, period[1] + VINTAGE_SLACK
    if generated is None or generated[0] > last or generated[1] < first:
        return [
            finding(
                "GREEN-VINTAGE",
                entry.vintage.where,
                instrument=entry.instrument,
                vintage=entry.vintage.text or "-",
            )
        ]
    return []


def _generated(entry: InstrumentEntry) -> tuple[date, date] | None:
    """First and last day of generation: a date, a month (yyyy-mm) or a year (yyyy)."""
    if isinstance(entry.vintage.value, date):
        return entry.vintage.value, entry.vintage.value
    told = VINTAGE.fullmatch(entry.vintage.text.strip())
    if told is None:
        return None
    year, month = int(told["year"]), int(told["month"] or 0)
    if not month:
        return date(year, 1, 1), date(year, 12, 31)
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _energy(entry: InstrumentEntry) -> Fraction | None:
    """Energy of an instrument in kWh; the reader has already reported an unusable cell."""
    number = entry.amount.number
    if number is None or number <= 0:
        return None
    return Quantity(number, unit(entry.amount.unit or "kWh")).to(unit("kWh")).value


def _by_technology(
    counted: Sequence[tuple[InstrumentEntry, Fraction]], consumed: Fraction
) -> tuple[GreenShare, ...]:
    shares: dict[str, list[tuple[InstrumentEntry, Fraction]]] = {}
    for entry, energy in counted:
        shares.setdefault(entry.technology, []).append((entry, energy))
    return tuple(
        GreenShare(
            technology,
            sum((energy for _, energy in rows), Fraction(0)) / consumed,
            tuple(entry.instrument for entry, _ in rows),
            tuple(sorted({proof for entry, _ in rows for proof in entry.evidence})),
        )
        for technology, rows in sorted(shares.items())
    )

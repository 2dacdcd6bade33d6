"""Dates: documents of another year, a declaration before its period is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from factors.findings import Finding
from lca.submission import Cell, EvidenceEntry, Submission
from lca.thinking.case import Case
from lca.thinking.sure import Sure, thought

OLD = timedelta(days=548)
"""A period that ended more than eighteen months before it is declared."""

AFTER = timedelta(days=548)
BEFORE = timedelta(days=366)
SOON = timedelta(days=300)
OF_THE_PERIOD = frozenset({"bill", "meter-record", "settlement", "stock-record", "weighbridge"})
FEW = 3


def look(case: Case) -> Iterator[Finding]:
    """Look at the day of the declaration and at every document."""
    first, last = case.submission.period_from, case.submission.period_to
    if first is None or last is None:
        return
    prepared = case.submission.cover.get("prepared_on", Cell(None))
    yield from _prepared(prepared, last)
    yield from _another_year(case.submission, last)
    for entry in case.submission.evidence:
        yield from _document(entry, first, last, prepared)


def _prepared(cell: Cell, last: date) -> Iterator[Finding]:
    day = cell.value
    if not isinstance(day, date):
        return
    if day < last:
        told = {"day": day.isoformat(), "last": last.isoformat()}
        yield thought("THINK-PREPARED-EARLY", cell.where, Sure.CERTAIN, **told)
    elif day - last > OLD:
        told = {"day": day.isoformat(), "last": last.isoformat()}
        yield thought("THINK-PERIOD-OLD", cell.where, Sure.CERTAIN, **told)


def _another_year(told: Submission, last: date) -> Iterator[Finding]:
    """Bills are dated soon after what they bill; if most are not, the period is of another year."""
    days = [one.dated.value for one in told.evidence if one.kind in OF_THE_PERIOD]
    known = [day for day in days if isinstance(day, date)]
    late = [day for day in known if day - last > SOON]
    if len(late) >= FEW and 2 * len(late) > len(known):
        shape = {"late": len(late), "count": len(known), "last": last.isoformat()}
        yield thought("THINK-PERIOD-OTHER", told.period_where, Sure.LIKELY, **shape)


def _document(entry: EvidenceEntry, first: date, last: date, prepared: Cell) -> Iterator[Finding]:
    """A bill or record belongs to the period; lists, contracts and certificates may be older."""
    day = entry.dated.value
    if not isinstance(day, date):
        return
    until = prepared.value if isinstance(prepared.value, date) else last + AFTER
    told = {"code": entry.evidence, "day": day.isoformat()}
    told |= {"first": first.isoformat(), "last": last.isoformat()}
    if day > max(until, last):
        yield thought("THINK-EVIDENCE-LATER", entry.dated.where, Sure.LIKELY, **told)
    elif day < first - BEFORE:
        yield thought("THINK-EVIDENCE-OLD", entry.dated.where, Sure.LOOK, **told)

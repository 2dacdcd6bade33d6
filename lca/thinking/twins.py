"""Twins: one thing entered twice."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import pairwise
from typing import TypeVar

from factors.findings import Finding, Where
from lca.submission import EvidenceEntry
from lca.thinking.case import Case, Row, counts, numbers
from lca.thinking.sure import Sure, thought

T = TypeVar("T")
FEW = 3


def look(case: Case) -> Iterator[Finding]:
    """Look for rows, columns and documents that are there twice."""
    told = case.submission
    for first, second in (*_twins(case.rows, _pasted), *_filled_down(case)):
        shape = {"other": _cell(first.entry.where), **second.names}
        yield thought("THINK-ROW-TWICE", second.entry.where, Sure.LIKELY, **shape)
    for one, other in _twins(told.families, lambda family: _year(numbers(family.output))):
        shape = {"family": other.family, "other": one.family}
        yield thought("THINK-FAMILY-TWICE", other.output[0].where, Sure.LIKELY, **shape)
    for sold, again in _twins(told.suppliers, lambda s: (s.account, s.name.strip().casefold())):
        shape = {"name": again.name, "other": _cell(sold.where)}
        yield thought("THINK-SUPPLIER-TWICE", again.where, Sure.LIKELY, **shape)
    for one_paper, same_paper in _twins(told.evidence, _paper):
        shape = {"code": same_paper.evidence, "other": one_paper.evidence}
        yield thought("THINK-EVIDENCE-TWICE", same_paper.where, Sure.LIKELY, **shape)
    families = {family.family for family in told.families}
    for centre in told.centres:
        if centre.centre in families:
            shape = {"code": centre.centre}
            yield thought("THINK-CODE-TWICE", centre.where, Sure.CERTAIN, **shape)


def _twins(things: Iterable[T], mark: Callable[[T], Hashable]) -> Iterator[tuple[T, T]]:
    """Yield each thing whose mark an earlier one has, with that one; no mark, no twin."""
    seen: dict[Hashable, T] = {}
    for thing in things:
        sign = mark(thing)
        if sign is None:
            continue
        if sign in seen:
            yield seen[sign], thing
        seen.setdefault(sign, thing)


def _pasted(row: Row) -> Hashable:
    """Months of one account; with stocks, control total and key, of any: nobody means these twice.

    The months alone do not say it: parts of one product are bought in the same numbers.
    """
    year = _year(row.readings)
    rest = (row.entry.opening, row.entry.closing, row.entry.control_total)
    sizes = tuple(cell.number for cell in rest)
    if year is None:
        return None
    whole = (year, *sizes, row.entry.key)
    return whole if any(sizes) else (year, row.entry.account)


def _filled_down(case: Case) -> Iterator[tuple[Row, Row]]:
    """Rows that have the months of the row above, and are weighed or metered, not counted."""
    for above, row in pairwise(case.rows):
        year, counted = _year(row.readings), counts(row.rule.unit)
        beside = above.entry.where.sheet == row.entry.where.sheet
        pasted = _pasted(above) == _pasted(row)
        if beside and year and year == _year(above.readings) and not counted and not pasted:
            yield above, row


def _year(values: tuple[float, ...]) -> tuple[float, ...] | None:
    """A course of at least three different numbers; fewer may agree by chance."""
    return values if len(set(values)) >= FEW else None


def _paper(entry: EvidenceEntry) -> Hashable:
    """A document is its file; without one, its kind, title, date and page."""
    if entry.sha256:
        return entry.sha256
    title = entry.title.strip().casefold()
    return (entry.kind, title, entry.dated.text, entry.page) if title else None


def _cell(where: Where) -> str:
    return f"{where.sheet}!{where.cell}"

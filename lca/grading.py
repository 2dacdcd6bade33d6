"""Screening or certifiable: whether factors stand for country and technology, and amounts are own.

A result is certifiable when, in every disclosed figure, lines that make the rule set's share
(80 %), and every single line above its line share (5 %), rest on supplier figures, licensed data or
factors of the same country and technology, on amounts as good as they must be (decision 10), and
rows of weak sources (recalled GWP values too) stay below their limits, each and together.
Everything else is a screening.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from factors.findings import Finding, finding
from factors.gwp import GwpSet
from lca.boundary import percent
from lca.quality import amount_needed, amount_stands, representative, stands, weak_rows
from lca.resolve import place_of
from lca.result import Figure, Line
from lca.ruleset_parts import QualityFloor

SCREENING, CERTIFIABLE = "screening", "certifiable"


def reasons(figures: Iterable[Figure], floor: QualityFloor, gwp: GwpSet) -> tuple[Finding, ...]:
    """Return what keeps a result from being certifiable; empty when nothing does."""
    found: list[Finding] = []
    for figure in figures:
        found.extend(_representative(figure, floor))
        found.extend(_weak(figure, floor, gwp))
    return tuple(found)


def _representative(figure: Figure, floor: QualityFloor) -> Iterator[Finding]:
    """Yield a share too small, and each heavy line whose factor or amount does not stand."""
    share = figure.share(line for line in figure.lines if stands(line))
    if share < floor.representative_share:
        yield finding(
            "GRADE-SHARE",
            figure=figure.boundary,
            share=percent(share),
            floor=percent(floor.representative_share),
        )
    whole = figure.magnitude
    for line in figure.lines:
        weight = abs(line.value(figure.headline)) / whole if whole else Fraction(0)
        if weight >= floor.line_share:
            yield from _heavy(line, weight, figure, floor)


def _heavy(line: Line, weight: Fraction, figure: Figure, floor: QualityFloor) -> Iterator[Finding]:
    """Yield what keeps a heavy line from carrying a result: its factor, its amount."""
    exchange, factor = line.exchange, line.factor
    shown = {"figure": figure.boundary, "line": line.id, "share": percent(weight)}
    least = percent(floor.line_share)
    if factor is not None and not representative(line):
        told = {"factor": factor.id, "place": factor.place, "floor": least}
        yield finding("GRADE-LINE", place_of(exchange), **shown, **told)
    if not amount_stands(line):
        told = {"kind": exchange.activity_kind or "-", "needed": amount_needed(line)}
        yield finding("GRADE-AMOUNT", place_of(exchange), **shown, **told, floor=least)


def _weak(figure: Figure, floor: QualityFloor, gwp: GwpSet) -> Iterator[Finding]:
    """Yield weak rows above their limits, each and together."""
    rows = weak_rows(figure, floor.accepted, gwp)
    for row in rows:
        if row.share > floor.weak_line_share:
            yield finding(
                "GRADE-WEAK-ROW",
                place_of(row.line.exchange),
                figure=figure.boundary,
                factor=row.name,
                kind=row.kind,
                share=percent(row.share),
                floor=percent(floor.weak_line_share),
            )
    total = sum((row.share for row in rows), Fraction(0))
    if total > floor.weak_total_share:
        yield finding(
            "GRADE-WEAK-SUM",
            figure=figure.boundary,
            share=percent(total),
            floor=percent(floor.weak_total_share),
        )

"""Screening or certifiable: whether the factors stand for country and technology.

A result is certifiable when, in every disclosed figure, lines that make the rule set's share
(80 %), and every single line above its line share (5 %), rest on supplier figures, licensed data or
factors of the same country and technology, and rows of weak sources stay below their limits, each
and together. Everything else is a screening.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from factors.findings import Finding, finding
from lca.boundary import percent
from lca.quality import is_recalled, is_weak, representative
from lca.resolve import place_of
from lca.result import Figure, Line
from lca.ruleset import QualityFloor

SCREENING, CERTIFIABLE = "screening", "certifiable"


def reasons(figures: Iterable[Figure], floor: QualityFloor) -> tuple[Finding, ...]:
    """Return what keeps a result from being certifiable; empty when nothing does."""
    found: list[Finding] = []
    for figure in figures:
        found.extend(_representative(figure, floor))
        found.extend(_weak(figure, floor))
    return tuple(found)


def _representative(figure: Figure, floor: QualityFloor) -> Iterator[Finding]:
    """Yield a share too small, and each heavy line that is not representative."""
    share = figure.share(line for line in figure.lines if representative(line))
    if share < floor.representative_share:
        yield finding(
            "GRADE-SHARE",
            figure=figure.boundary,
            share=percent(share),
            floor=percent(floor.representative_share),
        )
    for line in figure.lines:
        weight = figure.share([line])
        if line.factor is not None and weight >= floor.line_share and not representative(line):
            yield finding(
                "GRADE-LINE",
                place_of(line.exchange),
                figure=figure.boundary,
                line=line.id,
                share=percent(weight),
                factor=line.factor.id,
                place=line.factor.place,
                floor=percent(floor.line_share),
            )


def _weak(figure: Figure, floor: QualityFloor) -> Iterator[Finding]:
    """Yield weak rows above their limits; lines on one row count together."""
    rows: dict[str, list[Line]] = {}
    for line in figure.lines:
        if is_weak(line, floor.accepted) and line.factor is not None:
            rows.setdefault(line.factor.id, []).append(line)
    for name, lines in rows.items():
        share = figure.share(lines)
        if share > floor.weak_line_share:
            yield finding(
                "GRADE-WEAK-ROW",
                place_of(lines[0].exchange),
                figure=figure.boundary,
                factor=name,
                kind=_kind(lines[0]),
                share=percent(share),
                floor=percent(floor.weak_line_share),
            )
    total = sum((figure.share(lines) for lines in rows.values()), Fraction(0))
    if total > floor.weak_total_share:
        yield finding(
            "GRADE-WEAK-SUM",
            figure=figure.boundary,
            share=percent(total),
            floor=percent(floor.weak_total_share),
        )


def _kind(line: Line) -> str:
    """Return what makes a row weak."""
    if line.factor is None:
        return ""
    return "recalled" if is_recalled(line) else str(line.factor.source_class)

"""Where to look first: contribution x uncertainty x weakness of the evidence, line by line.

The spreads of activity data and the steps of weakness are this toolkit's own, from practice and
not from a standard; they order the work and enter no figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import hypot

from factors.gwp import GwpSet
from labels.verification.items import items_of
from lca.footprint import Footprint
from lca.quality import is_weak, relative_spread, stands
from lca.result import Figure, Line

ACTIVITY_SPREAD: Mapping[str, float] = {
    "metered": 0.02,
    "invoiced": 0.03,
    "calculated": 0.10,
    "estimated": 0.30,
    "literature": 0.30,
}
FACTOR_SPREAD: Mapping[str, float] = {
    "supplier-verified": 0.10,
    "supplier": 0.20,
    "database": 0.30,
    "proxy": 0.60,
}
"""Relative standard uncertainty where a row states none."""

UNSAID = 0.30
STRONG, MIDDLING, WEAK = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of a figure with what makes it worth a look.

    Attributes
    ----------
    value
        Contribution, kg CO2e per declared unit, exact.
    spread
        Relative standard uncertainty of the line.
    weakness
        1 metered or invoiced with a document; 2 without one, or calculated; 3 estimated, from
        literature, or resting on a weak or foreign factor.
    item
        What it is looked at together with (:mod:`labels.verification.items`).
    """

    line: Line
    value: Fraction
    spread: float
    weakness: int
    item: str

    @property
    def score(self) -> float:
        """Contribution x uncertainty x weakness."""
        return abs(float(self.value)) * self.spread * self.weakness


def ranked(
    figure: Figure, gwp: GwpSet, accepted: tuple[str, ...], items: Mapping[str, str]
) -> tuple[Ranked, ...]:
    """Return the lines of a figure, the one most worth a look first.

    Parameters
    ----------
    accepted
        Source classes that may carry a result.
    items
        Line to item.
    """
    found = (
        Ranked(
            line,
            line.value(figure.headline),
            hypot(_activity(line), _factor(line, gwp)),
            weakness(line, accepted),
            items[line.id],
        )
        for line in figure.lines
    )
    return tuple(sorted(found, key=lambda one: (-one.score, one.line.id)))


def rankings(made: Footprint) -> dict[str, tuple[Ranked, ...]]:
    """Return the ranked lines of every disclosed figure."""
    accepted = tuple(made.rules.quality.accepted)
    items = items_of(made.system, made.lines)
    return {
        name: ranked(figure, made.gwp, accepted, items) for name, figure in made.figures.items()
    }


def weakness(line: Line, accepted: tuple[str, ...]) -> int:
    """Return how weak the evidence of a line is, 1 to 3."""
    kind = line.exchange.activity_kind
    if kind not in ("metered", "invoiced", "calculated"):
        return WEAK
    if is_weak(line, accepted) or not stands(line):
        return WEAK
    documented = kind != "calculated" and bool(line.exchange.evidence)
    return STRONG if documented else MIDDLING


def _activity(line: Line) -> float:
    return ACTIVITY_SPREAD.get(line.exchange.activity_kind, UNSAID)


def _factor(line: Line, gwp: GwpSet) -> float:
    stated = relative_spread(line.factor, gwp) if line.factor else 0.0
    if stated is not None:
        return stated
    return FACTOR_SPREAD.get(line.exchange.factor_kind, UNSAID)

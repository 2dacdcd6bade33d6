"""Materiality of each disclosed figure: what an error must come to before a reader would mind.

Every figure has a threshold of its own; a use stage of many tonnes must not hide a whole factory.
Some errors are material whatever their size (:data:`labels.verification.work.NATURES`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from factors.findings import Finding, Where, finding
from labels.verification.words import words
from lca.footprint import Footprint
from lca.record import share_text
from lca.result import ZERO


@dataclass(frozen=True, slots=True)
class Threshold:
    """What counts as material for one figure; kg CO2e per declared unit.

    Attributes
    ----------
    value
        The figure.
    material
        Share of the absolute figure that an error may not reach.
    performance
        Lower threshold for the work: single errors below the first may add up to it.
    """

    figure: str
    value: Fraction
    material: Fraction
    performance: Fraction

    def share(self, effect: Fraction) -> Fraction | None:
        """Return an effect as a share of the figure; None for a figure of zero."""
        return effect / abs(self.value) if self.value else None


def thresholds(
    footprint: Footprint,
    materiality: Fraction | None = None,
    performance: Fraction | None = None,
) -> dict[str, Threshold]:
    """Return the thresholds of every disclosed figure.

    Parameters
    ----------
    materiality, performance
        As agreed in the engagement; never above what the rule set allows, which is the default.
    """
    rules = footprint.rules
    share = min(materiality or rules.materiality, rules.materiality)
    part = min(performance or rules.performance_materiality, rules.performance_materiality)
    return {
        name: Threshold(
            name, figure.value, abs(figure.value) * share, abs(figure.value) * share * part
        )
        for name, figure in footprint.figures.items()
    }


@dataclass(frozen=True, slots=True)
class Rolled:
    """Uncorrected misstatements of one figure, added up both ways."""

    threshold: Threshold
    net: Fraction
    absolute: Fraction
    projected: Fraction = ZERO

    @property
    def material(self) -> bool:
        """Whether either sum, with what the sample projects, reaches the threshold."""
        worst = max(abs(self.net), self.absolute) + abs(self.projected)
        return worst >= self.threshold.material and worst > 0


def roll_up(
    limits: Mapping[str, Threshold],
    effects: Iterable[Mapping[str, Fraction]],
    projected: Mapping[str, Fraction] | None = None,
) -> dict[str, Rolled]:
    """Add up the effects of uncorrected misstatements for every figure.

    Parameters
    ----------
    effects
        Of each misstatement: kg CO2e by figure, overstatement positive.
    projected
        What errors in the sample say about lines that nobody looked at, kg CO2e by figure.
    """
    several = list(effects)
    more = projected or {}
    return {
        name: Rolled(
            limit,
            sum((one.get(name, ZERO) for one in several), ZERO),
            sum((abs(one.get(name, ZERO)) for one in several), ZERO),
            more.get(name, ZERO),
        )
        for name, limit in limits.items()
    }


def misstated(rolled: Mapping[str, Rolled]) -> tuple[Finding, ...]:
    """Return a finding for every disclosed figure whose misstatement is material."""
    return tuple(
        finding(
            "CASE-MATERIAL",
            Where(path=name),
            **words("figure", "figure", name),
            net=percent(one.threshold.share(one.net)),
            absolute=percent(one.threshold.share(one.absolute)),
            projected=percent(one.threshold.share(one.projected)),
            limit=percent(one.threshold.share(one.threshold.material)),
        )
        for name, one in rolled.items()
        if one.material
    )


def changed(
    before: Mapping[str, Fraction], after: Mapping[str, Fraction], limit: Fraction
) -> tuple[Finding, ...]:
    """Return a finding for every disclosed figure that moved by more than a share of itself.

    Parameters
    ----------
    limit
        The rule set's change threshold.
    """
    found = []
    for name, old in before.items():
        move = after[name] - old if name in after else ZERO
        if abs(move) > abs(old) * limit:
            share = move / abs(old) if old else None
            found.append(
                finding(
                    "CHANGE-FIGURE",
                    Where(path=name),
                    **words("figure", "figure", name),
                    change=percent(share),
                    limit=percent(limit),
                )
            )
    return tuple(found)


def percent(share: Fraction | None) -> str:
    """Return a share for a sentence: one decimal, sign kept; ``-`` where there is none."""
    if share is None:
        return "-"
    return f"{float(share) * 100:.1f} %"


def threshold_json(limit: Threshold) -> dict[str, str]:
    """Return a threshold as decimal strings."""
    whole = abs(limit.value)
    return {
        "figure": limit.figure,
        "share": share_text(limit.material / whole) if whole else "0",
        "performance_share": share_text(limit.performance / whole) if whole else "0",
    }

"""Whether one figure is lower than another, as far as parameter uncertainty can tell.

Both figures are drawn on the same random numbers: a factor that both rest on moves both, and only
what differs is left in the difference. So does an amount of two variants of one product in one
period. Of two products an amount is one quantity where both state the same number for it; two
different numbers were read off two meters, and err by themselves.

For decisions inside the house; a comparison shown outside needs a critical review (ISO 14067:2018
leaves comparisons to ISO 14026).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from lca.result import Figure
from lca.uncertainty.correlated import within
from lca.uncertainty.draws import Correlation
from lca.uncertainty.figure import AMOUNT, RUNS, Uncertain, results
from lca.uncertainty.sample import Sample, summary

SURE = 0.95
OTHER = "@other"
"""Ending of an amount that only the second figure states."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What sampling says about the difference of two figures.

    Attributes
    ----------
    sample
        Of A - B, kg CO2e.
    lower
        Share of the runs in which A is lower.
    lower_error
        Standard error of that share.
    shared
        Quantities that both figures rest on; their draws are the same.
    verdict
        ``lower`` or ``higher`` where at least 95 % of the runs say so, else ``open``.
    """

    sample: Sample
    lower: float
    lower_error: float
    shared: tuple[str, ...]
    verdict: str


def told_apart(one: Figure, other: Figure, terms: Uncertain) -> Uncertain:
    """Return the terms of the figure of another product, its own amounts named as its own."""
    stated = {line.exchange.id: (line.exchange.amount, line.exchange.unit) for line in one.lines}
    mine = {
        f"{AMOUNT}{line.exchange.id}": f"{AMOUNT}{line.exchange.id}{OTHER}"
        for line in other.lines
        if stated.get(line.exchange.id) != (line.exchange.amount, line.exchange.unit)
    }
    return replace(
        terms,
        quantities={mine.get(name, name): shape for name, shape in terms.quantities.items()},
        terms=tuple((value, tuple(mine.get(n, n) for n in names)) for value, names in terms.terms),
        assumed=frozenset(mine.get(name, name) for name in terms.assumed),
    )


def difference(
    one: Uncertain,
    other: Uncertain,
    runs: int = RUNS,
    seed: int = 0,
    correlations: Sequence[Correlation] = (),
) -> Difference:
    """Draw two figures together and return what is left between them."""
    tied = within(correlations, {*one.quantities, *other.quantities})
    drawn = results([one, other], runs, seed, tied)
    apart = drawn[0] - drawn[1]
    lower = float(np.mean(apart < 0))
    higher = float(np.mean(apart > 0))
    verdict = "lower" if lower >= SURE else "higher" if higher >= SURE else "open"
    return Difference(
        sample=summary(apart, seed),
        lower=lower,
        lower_error=sqrt(lower * (1 - lower) / runs),
        shared=tuple(sorted(set(one.quantities) & set(other.quantities))),
        verdict=verdict,
    )

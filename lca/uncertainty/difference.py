"""Whether one figure is lower than another, as far as parameter uncertainty can tell.

Both figures are drawn on the same random numbers: a factor that both rest on moves both, and only
what differs is left in the difference. For decisions inside the house; a comparison shown outside
needs a critical review (ISO 14067:2018 leaves comparisons to ISO 14026).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from lca.uncertainty.figure import RUNS, Uncertain, results
from lca.uncertainty.sample import Sample, summary

SURE = 0.95


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


def difference(one: Uncertain, other: Uncertain, runs: int = RUNS, seed: int = 0) -> Difference:
    """Draw two figures together and return what is left between them."""
    drawn = results([one, other], runs, seed)
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

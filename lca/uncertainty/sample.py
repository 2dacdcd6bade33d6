"""A sample of results: its mean, its quantiles, and how well the number of runs tells them.

The confidence limits of a quantile are two order statistics of the sample, whatever the shape: the
number of runs below the true quantile is binomial (Conover 1999, 3.2). A sample has converged when
these limits of the median and of both ends of the interval lie within 2 % of the median from the
quantile itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

Array = NDArray[np.float64]
COVERAGE = 0.95
CLOSE = 0.02
CONFIDENCE = 0.95
FEWEST = 1_000


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile of a sample with the confidence limits that its size allows.

    Attributes
    ----------
    share
        0.5 for the median.
    low, high
        95 % confidence limits of ``value``; the extremes of the sample where it is too small.
    """

    share: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Sample:
    """What sampling says about one result.

    Attributes
    ----------
    runs, seed
        How it was made.
    mean, mean_error
        Mean and its standard error.
    sd
        Standard deviation.
    median, low, high
        The middle and the ends of the 95 % interval.
    converged
        Whether another seed would show the same numbers within 2 % of the median.
    """

    runs: int
    seed: int
    mean: float
    mean_error: float
    sd: float
    median: Quantile
    low: Quantile
    high: Quantile
    converged: bool


def summary(results: Array, seed: int, coverage: float = COVERAGE) -> Sample:
    """Summarise a sample of results; shape (runs,)."""
    ordered = np.sort(results)
    count = len(ordered)
    tail = (1 - coverage) / 2
    low, median, high = (quantile(ordered, share) for share in (tail, 0.5, 1 - tail))
    sd = float(ordered.std(ddof=1)) if count > 1 else 0.0
    widest = max(max(one.high - one.value, one.value - one.low) for one in (low, median, high))
    return Sample(
        runs=count,
        seed=seed,
        mean=float(ordered.mean()),
        mean_error=sd / sqrt(count),
        sd=sd,
        median=median,
        low=low,
        high=high,
        converged=count >= FEWEST and widest <= CLOSE * abs(median.value),
    )


def quantile(ordered: Array, share: float) -> Quantile:
    """Return a quantile of an ordered sample, with its confidence limits.

    Linear interpolation between order statistics (Hyndman and Fan 1996, type 7).
    """
    count = len(ordered)
    below, above = _ranks(count, share)
    value = float(np.interp(share * (count - 1), np.arange(count), ordered))
    return Quantile(
        share=share,
        value=value,
        low=float(ordered[max(below - 1, 0)]),
        high=float(ordered[min(above - 1, count - 1)]),
    )


def _ranks(count: int, share: float) -> tuple[int, int]:
    """Return the ranks (from 1) of the order statistics that enclose a quantile.

    The first guess is the normal approximation; the binomial distribution then moves each rank
    outwards until its side keeps half of what the confidence leaves.
    """
    half = (1 - CONFIDENCE) / 2
    reach = 2.0 * sqrt(count * share * (1 - share))
    below = floor(count * share - reach)
    above = ceil(count * share + reach) + 1
    while below > 0 and bdtr(below - 1, count, share) > half:
        below -= 1
    while above <= count and 1 - bdtr(above - 1, count, share) > half:
        above += 1
    return below, above

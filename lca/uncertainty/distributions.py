"""Shapes of a quantity that is not known exactly.

Every shape turns standard normal scores into values, in place, so that one stream of scores serves
all of them and correlation is a matter of the scores alone (Gaussian copula). Mean and standard
deviation are the closed forms.

References
----------
JCGM 101:2008, 6.4 (rectangular, triangular, arc sine, normal). Limpert, Stahel and Abbt 2001,
BioScience 51(5), 341-352 (lognormal by median and geometric standard deviation).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf, isfinite, log, pi, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from factors.errors import FactorError
from factors.findings import finding

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A quantity without uncertainty."""

    value: float

    def __post_init__(self) -> None:
        _check("fixed", isfinite(self.value), self.value)

    @property
    def mean(self) -> float:
        """The value."""
        return self.value

    @property
    def sd(self) -> float:
        """Zero."""
        return 0.0

    @property
    def limits(self) -> tuple[float, float]:
        """The value twice."""
        return self.value, self.value

    def turn(self, scores: Array) -> None:
        """Turn standard normal scores into values."""
        scores.fill(self.value)


@dataclass(frozen=True, slots=True)
class Normal:
    """A normal distribution by mean and standard deviation."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        _check("normal", isfinite(self.mean) and 0 < self.sd < inf, self.mean, self.sd)

    @property
    def limits(self) -> tuple[float, float]:
        """Without end on both sides."""
        return -inf, inf

    def turn(self, scores: Array) -> None:
        """Turn standard normal scores into values."""
        scores *= self.sd
        scores += self.mean


@dataclass(frozen=True, slots=True)
class Lognormal:
    """A lognormal distribution by median and geometric standard deviation.

    Attributes
    ----------
    median
        Any number but zero; a negative one is the mirror image.
    gsd
        Geometric standard deviation, above 1; two thirds of the values lie between median / gsd
        and median x gsd. Its square is what databases often call "the uncertainty".
    """

    median: float
    gsd: float

    def __post_init__(self) -> None:
        fits = isfinite(self.median) and self.median != 0 and 1 < self.gsd < inf
        _check("lognormal", fits, self.median, self.gsd)

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        return log(self.gsd)

    @property
    def mean(self) -> float:
        """The median x exp(sigma^2 / 2): above the median of a positive quantity."""
        return self.median * exp(self.sigma**2 / 2)

    @property
    def sd(self) -> float:
        """|mean| x sqrt(exp(sigma^2) - 1)."""
        return abs(self.mean) * sqrt(exp(self.sigma**2) - 1)

    @property
    def limits(self) -> tuple[float, float]:
        """Zero on one side, without end on the other."""
        return (0.0, inf) if self.median > 0 else (-inf, 0.0)

    def turn(self, scores: Array) -> None:
        """Turn standard normal scores into values."""
        scores *= self.sigma
        np.exp(scores, out=scores)
        if self.median != 1:
            scores *= self.median


@dataclass(frozen=True, slots=True)
class Uniform:
    """All values between two limits alike (rectangular distribution)."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _check("uniform", _ordered(self.low, self.high), self.low, self.high)

    @property
    def mean(self) -> float:
        """The middle."""
        return (self.low + self.high) / 2

    @property
    def sd(self) -> float:
        """Half-width over the root of three."""
        return (self.high - self.low) / 2 / sqrt(3)

    @property
    def limits(self) -> tuple[float, float]:
        """The two limits."""
        return self.low, self.high

    def turn(self, scores: Array) -> None:
        """Turn standard normal scores into values."""
        ndtr(scores, out=scores)
        scores *= self.high - self.low
        scores += self.low


@dataclass(frozen=True, slots=True)
class Triangular:
    """A triangle between two limits with its tip at the likeliest value."""

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        fits = _ordered(self.low, self.high) and self.low <= self.mode <= self.high
        _check("triangular", fits, self.low, self.mode, self.high)

    @property
    def mean(self) -> float:
        """A third of the sum of the corners."""
        return (self.low + self.mode + self.high) / 3

    @property
    def sd(self) -> float:
        """Root of (a^2 + b^2 + c^2 - ab - ac - bc) / 18, by differences."""
        left, right = self.mode - self.low, self.high - self.mode
        return sqrt((left * left + left * right + right * right) / 18)

    @property
    def limits(self) -> tuple[float, float]:
        """The two ends."""
        return self.low, self.high

    def turn(self, scores: Array) -> None:
        """Turn standard normal scores into values."""
        share = ndtr(scores)
        width = self.high - self.low
        left = self.low + np.sqrt(share * width * (self.mode - self.low))
        right = self.high - np.sqrt((1 - share) * width * (self.high - self.mode))
        scores[...] = np.where(share * width < self.mode - self.low, left, right)


@dataclass(frozen=True, slots=True)
class Arcsine:
    """A quantity that swings as a sine between two limits (U-shaped distribution)."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _check("arcsine", _ordered(self.low, self.high), self.low, self.high)

    @property
    def mean(self) -> float:
        """The middle."""
        return (self.low + self.high) / 2

    @property
    def sd(self) -> float:
        """Half-width over the root of two."""
        return (self.high - self.low) / 2 / sqrt(2)

    @property
    def limits(self) -> tuple[float, float]:
        """The two turning points."""
        return self.low, self.high

    def turn(self, scores: Array) -> None:
        """Turn standard normal scores into values."""
        scores[...] = self.mean + (self.high - self.low) / 2 * np.sin(pi * (ndtr(scores) - 0.5))


Distribution = Fixed | Normal | Lognormal | Uniform | Triangular | Arcsine


def scaled(shape: Distribution, by: float) -> Distribution:
    """Return the distribution of a quantity times a number other than zero."""
    ends: Callable[[float, float], tuple[float, float]] = lambda a, b: (  # noqa: E731
        (a * by, b * by) if by > 0 else (b * by, a * by)
    )
    match shape:
        case Fixed():
            return Fixed(shape.value * by)
        case Normal():
            return Normal(shape.mean * by, shape.sd * abs(by))
        case Lognormal():
            return Lognormal(shape.median * by, shape.gsd)
        case Triangular():
            low, high = ends(shape.low, shape.high)
            return Triangular(low, shape.mode * by, high)
        case Uniform():
            return Uniform(*ends(shape.low, shape.high))
        case Arcsine():
            return Arcsine(*ends(shape.low, shape.high))


def _ordered(low: float, high: float) -> bool:
    return isfinite(low) and isfinite(high) and low < high


def _check(shape: str, fits: bool, *numbers: float) -> None:
    if not fits:
        raise FactorError(
            finding("SPREAD-NUMBERS", shape=shape, saw=", ".join(f"{one:g}" for one in numbers))
        )

"""How many enterprises will be certified by when: a method that is stated, with its interval.

The number certified in a window of recent days is taken as a Poisson count. With Jeffreys' prior
its rate has a gamma distribution, and the number in a horizon ahead a negative binomial one; its
quantiles are the interval, so that both the chance of the days ahead and the little that is known
of the rate are in it. No more can be certified than have applied and are not. A pace that changes
is not foreseen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import nbinom

WINDOW, LEAST_DAYS, LEAST = 182, 60, 3
LOW, HIGH = 0.1, 0.9
"""Ends of the interval of 80 %."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many will be certified on a day: the middle, an interval of 80 %, the goal's chance."""

    day: dt.date
    low: int
    middle: int
    high: int
    chance: float


def forecast(
    certified: Sequence[dt.date],
    began: dt.date,
    day: dt.date,
    ahead: int,
    waiting: int,
    goal: int,
) -> Forecast | None:
    """Return how many enterprises will be certified so many days ahead.

    Parameters
    ----------
    certified
        Day of the first certificate of every certified enterprise.
    began
        Day of the first application: before it nobody could be certified.
    ahead
        Days.
    waiting
        Enterprises that applied and are not certified.
    goal
        Number that is to be reached.

    Returns
    -------
    Forecast or None
        None where less than three certificates or sixty days are known.
    """
    window = min(WINDOW, (day - began).days)
    recent = sum(0 <= (day - one).days < window for one in certified)
    if window < LEAST_DAYS or recent < LEAST:
        return None
    more = nbinom(recent + 0.5, window / (window + ahead))
    now = len(certified)
    low, middle, high = (now + min(int(more.ppf(q)), waiting) for q in (LOW, 0.5, HIGH))
    lacking = goal - now
    chance = float(more.sf(lacking - 1)) if lacking <= waiting else 0.0
    return Forecast(day + dt.timedelta(days=ahead), low, middle, high, chance)

"""The sampling plan, computed from the footprint; nobody chooses a line, and nobody a seed.

Lines at or above performance materiality of any disclosed figure are all looked at, and so is every
line whose own uncertainty times weakness could reach it. Of the others a sample is drawn by CO2e
units: along the lines in their ranked order every interval-th unit of CO2e is hit, from a start
that the hash of the first submission gives (monetary-unit sampling, with kg CO2e for money)::

    interval = tolerable misstatement / R_k

R_k is the upper confidence factor of the Poisson distribution for the ``k`` errors found so far,
with R_0 = 3.0 for reasonable assurance (95 %) and 1.6 for limited (80 %). An error found in the
sample is projected to its interval and shortens the interval of the next plan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, exp, isqrt

from labels.verification.materiality import Threshold
from labels.verification.ranking import Ranked
from lca.result import ZERO

R: Mapping[str, Fraction] = {
    "reasonable": Fraction(3),
    "mixed": Fraction(3),
    "limited": Fraction(8, 5),
}
"""R_0: factor of a sample without errors."""

ABOVE, EXPOSED, DRAWN = "above", "exposed", "drawn"
"""Why a line is looked at: its size, its possible error, the draw."""

ALL_DOCUMENTS, LEAST_DOCUMENTS = 12, 5


@dataclass(frozen=True, slots=True)
class Pick:
    """A line to look at.

    Attributes
    ----------
    why
        Figure to reason: ``above``, ``exposed``, ``drawn``.
    score
        Rank value, the largest over the figures.
    """

    line: str
    why: Mapping[str, str]
    score: float


@dataclass(frozen=True, slots=True)
class Draw:
    """How the sample of one figure was drawn; kg CO2e per declared unit.

    Attributes
    ----------
    tolerable
        What may stay undetected: the threshold less what is known and projected.
    factor
        R_k.
    interval
        Tolerable over factor; zero when everything must be looked at.
    start
        Place of the first unit, at most one interval.
    rest
        Absolute contributions of the lines that the sample is drawn from.
    """

    figure: str
    tolerable: Fraction
    factor: Fraction
    interval: Fraction
    start: Fraction
    rest: Fraction


@dataclass(frozen=True, slots=True)
class Plan:
    """Which lines are looked at and why: the large ones first, then exposed ones, then the draw."""

    seed: str
    level: str
    picks: tuple[Pick, ...]
    draws: Mapping[str, Draw]

    @property
    def lines(self) -> tuple[str, ...]:
        """Ids of the lines to look at."""
        return tuple(pick.line for pick in self.picks)


@dataclass(frozen=True, slots=True)
class Error:
    """An error found in a line: kg CO2e by figure, overstatement positive.

    One that was corrected is no longer in the figures, but still a sign of others like it.
    """

    line: str
    effects: Mapping[str, Fraction]
    corrected: bool = False


def plan(
    rankings: Mapping[str, Sequence[Ranked]],
    limits: Mapping[str, Threshold],
    level: str,
    seed: str,
    errors: Iterable[Error] = (),
) -> Plan:
    """Return the plan for all disclosed figures together.

    Parameters
    ----------
    rankings
        Lines of each figure, ranked.
    limits
        Thresholds of each figure.
    level
        ``reasonable``, ``mixed`` or ``limited``.
    seed
        SHA-256 of the first submission.
    errors
        What was found so far, by line.
    """
    found = list(errors)
    why: dict[str, dict[str, str]] = {}
    scores: dict[str, float] = {}
    weights: dict[str, Fraction] = {}
    draws: dict[str, Draw] = {}
    for figure, lines in rankings.items():
        sure = certain(lines, limits[figure])
        rest = [one for one in lines if one.line.id not in sure]
        draw = _draw(figure, rest, limits[figure], R[level], seed, found, sure)
        draws[figure] = draw
        hit = {one.line.id: DRAWN for one in _hit(rest, draw)}
        for name, reason in {**sure, **hit}.items():
            why.setdefault(name, {})[figure] = reason
        for one in lines:
            scores[one.line.id] = max(scores.get(one.line.id, 0.0), one.score)
            weight = limits[figure].share(abs(one.value)) or ZERO
            weights[one.line.id] = max(weights.get(one.line.id, ZERO), weight)
    order = sorted(why, key=lambda name: (_turn(why[name]), -weights[name], name))
    picks = tuple(Pick(name, why[name], scores[name]) for name in order)
    return Plan(seed, level, picks, draws)


def _turn(why: Mapping[str, str]) -> int:
    """Return which lines come first: those that are looked at for their size, then exposed ones."""
    return min((ABOVE, EXPOSED, DRAWN).index(reason) for reason in why.values())


def certain(lines: Sequence[Ranked], limit: Threshold) -> dict[str, str]:
    """Return the lines that are looked at whatever the draw, with the reason."""
    found = {}
    for one in lines:
        if one.value and abs(one.value) >= limit.performance:
            found[one.line.id] = ABOVE
        elif one.value and one.score >= limit.performance:
            found[one.line.id] = EXPOSED
    return found


def confidence_factor(base: Fraction, errors: int) -> Fraction:
    """Return R_k: the mean at which ``errors`` or fewer are as unlikely as none is at R_0.

    Solved by bisection of ``sum over i <= k of exp(-r) r^i / i! = exp(-R_0)``.
    """
    if errors == 0:
        return base
    wanted = exp(-float(base))
    low, high = float(base), float(base) + 10.0 * (errors + 1)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(errors, middle) > wanted else (low, middle)
    return Fraction(high).limit_denominator(10_000)


def projection(draw: Draw, lines: Sequence[Ranked], errors: Iterable[Error]) -> Fraction:
    """Return what the errors of drawn lines come to in all the lines they were drawn from.

    The share of a line that is wrong is taken for its whole interval; a line as large as its
    interval stands for itself. kg CO2e, overstatement positive; the errors found are in it.
    """
    values = {one.line.id: abs(one.value) for one in lines}
    total = ZERO
    for error in errors:
        size, effect = values.get(error.line, ZERO), error.effects.get(draw.figure, ZERO)
        if not effect:
            continue
        total += effect if size >= draw.interval or not size else effect / size * draw.interval
    return total


def months(line: str, documents: int, seed: str) -> tuple[int, ...]:
    """Return which documents of a line to look at, from 1: all of twelve, else root n, least 5."""
    if documents <= ALL_DOCUMENTS:
        return tuple(range(1, documents + 1))
    wanted = max(LEAST_DOCUMENTS, ceil_root(documents))
    order = sorted(range(1, documents + 1), key=lambda n: _hash(seed, "document", line, str(n)))
    return tuple(sorted(order[:wanted]))


def sites(names: Sequence[str], seed: str) -> tuple[str, ...]:
    """Return which sites to visit: the root of their number, the largest (first) always."""
    if not names:
        return ()
    others = sorted(names[1:], key=lambda name: _hash(seed, "site", name))
    return (names[0], *others[: ceil_root(len(names)) - 1])


def ceil_root(number: int) -> int:
    """Return the smallest whole number whose square is not below another."""
    root = isqrt(number)
    return root if root * root == number else root + 1


def units(draw: Draw) -> int:
    """Return how many CO2e units are drawn."""
    return ceil(draw.rest / draw.interval) if draw.interval else 0


def _draw(
    figure: str,
    rest: Sequence[Ranked],
    limit: Threshold,
    base: Fraction,
    seed: str,
    errors: Sequence[Error],
    sure: Mapping[str, str],
) -> Draw:
    """Work out the interval: errors in the sample shorten it, and what is left of any uses up room.

    What was corrected is out of the figures; what it says of lines not looked at is not.
    """
    wrong = [one for one in errors if one.effects.get(figure)]
    inside = [one for one in wrong if one.line not in sure]
    left = (one for one in wrong if one.line in sure and not one.corrected)
    known = sum((abs(one.effects[figure]) for one in left), ZERO)
    mended = sum((one.effects[figure] for one in inside if one.corrected), ZERO)
    first = Draw(figure, limit.material, base, limit.material / base, ZERO, ZERO)
    spent = known + abs(projection(first, rest, inside) - mended)
    factor = confidence_factor(base, len(inside))
    tolerable = max(limit.material - spent, ZERO)
    interval = tolerable / factor
    start = interval * Fraction(int(_hash(seed, figure), 16), 2**256)
    whole = sum((abs(one.value) for one in rest), ZERO)
    return Draw(figure, tolerable, factor, interval, start, whole)


def _hit(rest: Sequence[Ranked], draw: Draw) -> list[Ranked]:
    """Return the lines that hold a drawn unit; all of them where nothing may stay undetected."""
    if not draw.interval:
        return [one for one in rest if one.value]
    found, reached, following = [], ZERO, draw.start
    for one in rest:
        reached += abs(one.value)
        if following < reached:
            found.append(one)
            steps = (reached - following) // draw.interval + 1
            following += steps * draw.interval
    return found


def _at_most(errors: int, mean: float) -> float:
    """Return the Poisson probability of at most so many."""
    term = total = exp(-mean)
    for count in range(1, errors + 1):
        term *= mean / count
        total += term
    return total


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()

"""The sampling plan, computed from the footprint; nobody chooses a line, and nobody a seed.

Lines at or above performance materiality of any disclosed figure are all looked at, and so is every
line whose own uncertainty times weakness could reach it. Whoever looks at a line sees the documents
of its whole item (:mod:`labels.verification.items`). Of the other items a sample is drawn by CO2e
units: along the items in their ranked order every interval-th unit of CO2e is hit, from a start
that the hash of the first submission gives (monetary-unit sampling, with kg CO2e for money)::

    interval = tolerable misstatement / R_k

R_k is the upper confidence factor of the Poisson distribution for the ``k`` errors found so far,
with R_0 = 3.0 for reasonable assurance (95 %) and 1.6 for limited (80 %). An error found in the
sample is projected to its interval and shortens the interval of the next plan. The factors are
those of AICPA, *Audit Sampling*, appendix on monetary unit sampling; ISO 14064-3:2019, 6.1.3 asks
for an evidence-gathering plan that follows from materiality and risk and names no method.
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
    along
        Other lines that rest on the same documents, and are seen with them.
    """

    line: str
    why: Mapping[str, str]
    score: float
    along: tuple[str, ...] = ()


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
        Absolute contributions of the items that the sample is drawn from.
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
    tally = _Tally(rankings, limits)
    why: dict[str, dict[str, str]] = {}
    draws: dict[str, Draw] = {}
    for figure, lines in rankings.items():
        sure = certain(lines, limits[figure])
        rest = population(lines, sure)
        draw = draws[figure] = _draw(figure, lines, rest, limits[figure], R[level], seed, found)
        hit = {tally.face(one): DRAWN for one in _hit(rest, draw)}
        for name, reason in {**hit, **sure}.items():
            why.setdefault(name, {})[figure] = reason
    order = sorted(why, key=lambda name: (_turn(why[name]), -tally.weight[name], name))
    along = tally.along(order)
    picks = tuple(Pick(name, why[name], tally.score[name], along.get(name, ())) for name in order)
    return Plan(seed, level, picks, draws)


class _Tally:
    """Largest weight and score of every line over the figures, and the lines of every item."""

    def __init__(
        self, rankings: Mapping[str, Sequence[Ranked]], limits: Mapping[str, Threshold]
    ) -> None:
        self.weight: dict[str, Fraction] = {}
        self.score: dict[str, float] = {}
        self.item: dict[str, str] = {}
        for figure, lines in rankings.items():
            for one in lines:
                name, share = one.line.id, limits[figure].share(abs(one.value)) or ZERO
                self.weight[name] = max(self.weight.get(name, ZERO), share)
                self.score[name] = max(self.score.get(name, 0.0), one.score)
                self.item[name] = one.item
        self.lines: dict[str, list[str]] = {}
        for name in sorted(self.weight, key=lambda one: (-self.weight[one], one)):
            self.lines.setdefault(self.item[name], []).append(name)

    def face(self, item: str) -> str:
        """Return the line at which an item is looked at: its largest, the same in every figure."""
        return self.lines[item][0]

    def along(self, picked: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the lines seen with the first picked line of each item."""
        first: dict[str, str] = {}
        for name in picked:
            first.setdefault(self.item[name], name)
        return {
            name: tuple(one for one in self.lines[item] if one not in picked)
            for item, name in first.items()
        }


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


def population(lines: Sequence[Ranked], sure: Mapping[str, str]) -> dict[str, Fraction]:
    """Return what the sample is drawn from: items without a line that is looked at anyway.

    Their absolute contributions, in the order of their rank values.
    """
    seen = {one.item for one in lines if one.line.id in sure}
    values: dict[str, Fraction] = {}
    scores: dict[str, float] = {}
    for one in lines:
        if one.item not in seen:
            values[one.item] = values.get(one.item, ZERO) + abs(one.value)
            scores[one.item] = scores.get(one.item, 0.0) + one.score
    return {item: values[item] for item in sorted(values, key=lambda one: (-scores[one], one))}


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


def projection(
    draw: Draw, lines: Sequence[Ranked], rest: Mapping[str, Fraction], errors: Iterable[Error]
) -> Fraction:
    """Return what the errors of drawn items come to in all the items they were drawn from.

    The share of an item that is wrong is taken for its whole interval; an item as large as its
    interval stands for itself. kg CO2e, overstatement positive; the errors found are in it.
    """
    item = {one.line.id: one.item for one in lines}
    total = ZERO
    for error in errors:
        size = rest.get(item.get(error.line, ""), ZERO)
        effect = error.effects.get(draw.figure, ZERO)
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


def inside(
    lines: Sequence[Ranked], rest: Mapping[str, Fraction], errors: Iterable[Error]
) -> list[Error]:
    """Return the errors of items that a sample is drawn from; the others stand for themselves."""
    sure = {one.line.id for one in lines if one.item not in rest}
    return [one for one in errors if one.line not in sure]


def _draw(
    figure: str,
    lines: Sequence[Ranked],
    rest: Mapping[str, Fraction],
    limit: Threshold,
    base: Fraction,
    seed: str,
    errors: Sequence[Error],
) -> Draw:
    """Work out the interval: errors in the sample shorten it, and what is left of any uses up room.

    What was corrected is out of the figures; what it says of items not looked at is not.
    """
    wrong = [one for one in errors if one.effects.get(figure)]
    drawn = inside(lines, rest, wrong)
    left = (one for one in wrong if one not in drawn and not one.corrected)
    known = sum((abs(one.effects[figure]) for one in left), ZERO)
    mended = sum((one.effects[figure] for one in drawn if one.corrected), ZERO)
    first = Draw(figure, limit.material, base, limit.material / base, ZERO, ZERO)
    spent = known + abs(projection(first, lines, rest, drawn) - mended)
    factor = confidence_factor(base, len(drawn))
    tolerable = max(limit.material - spent, ZERO)
    interval = tolerable / factor
    start = interval * Fraction(int(_hash(seed, figure), 16), 2**256)
    return Draw(figure, tolerable, factor, interval, start, sum(rest.values(), ZERO))


def _hit(rest: Mapping[str, Fraction], draw: Draw) -> list[str]:
    """Return the items that hold a drawn unit; all of them where nothing may stay undetected."""
    if not draw.interval:
        return [item for item, value in rest.items() if value]
    found, reached, following = [], ZERO, draw.start
    for item, value in rest.items():
        reached += value
        if following < reached:
            found.append(item)
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

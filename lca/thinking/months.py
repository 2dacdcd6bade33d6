"""The course of the year: a month that does not go with the others.

A plant's accounts follow its output, each with a base load of its own. So every monthly series is
divided by its median, the median of all series gives the season, and each series is a straight
line of that season. A month far off its line, while the others are near theirs, is a slip: a digit,
a unit, a bill booked twice or not at all. Deliveries come in lots; their scatter widens the limit.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import median

from factors.findings import Finding, Where
from lca.abnormal import marked
from lca.submission import Cell
from lca.thinking.case import TWELVE, Case
from lca.thinking.sure import Sure, shown, thought

FEW = 4
"""Fewer series than this tell no season; then only the median of the series itself is known."""

FAR = math.log(1.8)
"""How far a month may be off its line, as a logarithm, when the others are on theirs."""

STEEP = 3.0
"""No account answers the season more than so: where few months differ, one slip makes the slope."""

STEP = 1.4
CLIMB = 6.0
FLOOR = 0.05
IDLE = 0.1
"""A month below this share of the best month of the season stands idle."""
COARSE, FEW_PACKS = 5.0, 10
ORDINARY = 1.25
"""A month within this ratio of the median, throughout, is like any other."""
LIKE, SEASON = 1.15, 2
"""So many other months in which about as little was made are a season."""
DIGITS = 4
SLIPS = ((2.0, "2"), (10.0, "10"), (100.0, "100"), (1000.0, "1,000"), (10000.0, "10,000"))


@dataclass(frozen=True, slots=True)
class Series:
    """Twelve numbers as entered, with their cells and their name."""

    names: dict[str, str]
    unit: str
    cells: tuple[Cell, ...]
    metered: bool
    values: tuple[float, ...]

    @classmethod
    def of(
        cls, names: dict[str, str], unit: str, cells: tuple[Cell, ...], *, metered: bool
    ) -> Series:
        """Make a series of cells that all hold a number."""
        return cls(names, unit, cells, metered, tuple(float(cell.number or 0) for cell in cells))

    def where(self, month: int) -> Where:
        """Place of a month, counted from 0."""
        return self.cells[month].where


def look(case: Case) -> Iterator[Finding]:
    """Look at every account and output that was given by month."""
    every = tuple(_series(case))
    season = _season(every)
    steady = {month for month in range(1, TWELVE) if sum(_still(one, month) for one in every) > 1}
    explained = frozenset(month - 1 for month in marked(case.submission))
    for one in every:
        yield from _course(one, season, steady, explained)
    yield from _called_abnormal(case, every)


def _series(case: Case) -> Iterator[Series]:
    for row in case.rows:
        if row.monthly:
            metered = row.rule.form == "metered"
            yield Series.of(row.names, row.entry.unit, row.entry.months, metered=metered)
    for family in case.submission.families:
        full = len(family.output) == TWELVE
        if full and all(cell.number is not None for cell in family.output):
            names = {f"account_{lang}": name for lang, name in family.name.items()}
            yield Series.of(names, family.output_unit, family.output, metered=True)


def _season(every: Sequence[Series]) -> tuple[float, ...]:
    """The common course of the year around 1; flat where too few series tell it."""
    scaled = [_scaled(one.values) for one in every]
    usable = [values for values in scaled if values]
    if len(usable) < FEW:
        return (1.0,) * TWELVE
    return tuple(median(values[month] for values in usable) for month in range(TWELVE))


def _scaled(values: Sequence[float]) -> tuple[float, ...]:
    middle = median(values) or median([value for value in values if value > 0] or [0.0])
    return tuple(value / middle for value in values) if middle > 0 else ()


def _idle(season: Sequence[float]) -> frozenset[int]:
    """Months in which the whole plant stood, as its series tell together."""
    return frozenset(month for month, level in enumerate(season) if level < IDLE * max(season))


def _called_abnormal(case: Case, every: Sequence[Series]) -> Iterator[Finding]:
    """Months that are called abnormal and are like any other, or like several others."""
    scaled = [values for one in every if (values := _scaled(one.values))]
    for entry in case.submission.abnormal:
        month = entry.month - 1
        levels = [values[month] for values in scaled] if month >= 0 else []
        if len(levels) >= FEW and all(1 / ORDINARY < level < ORDINARY for level in levels):
            yield thought("THINK-ABNORMAL-ORDINARY", entry.where, Sure.LOOK, month=entry.month)
        alike = _alike(case, month) if month >= 0 else ()
        if len(alike) >= SEASON:
            told = {"month": entry.month, "others": ", ".join(str(one + 1) for one in alike)}
            yield thought("THINK-ABNORMAL-SEASON", entry.where, Sure.LOOK, **told)


def _alike(case: Case, month: int) -> tuple[int, ...]:
    """Other months, not called abnormal, in which about as little was made."""
    made = [float(cell.number or 0) for cell in case.family.output]
    if len(made) != TWELVE or made[month] > median(made) / ORDINARY:
        return ()
    called = {one.month - 1 for one in case.submission.abnormal}
    return tuple(n for n, size in enumerate(made) if n not in called and size < made[month] * LIKE)


def _course(
    one: Series, season: Sequence[float], steady: Collection[int], explained: Collection[int]
) -> Iterator[Finding]:
    """Yield what is odd in one series; the widest explanation first, and then no other."""
    values = one.values
    if not any(values):
        return
    if one.metered and _climbs(values):
        yield thought("THINK-MONTH-CUMULATIVE", one.where(0), Sure.LIKELY, **one.names)
        return
    nothing = {month for month, value in enumerate(values) if value == 0}
    if len(nothing) > TWELVE / 2:
        if one.metered and not nothing <= _idle(season):
            told = {"count": sum(value != 0 for value in values), **one.names}
            yield thought("THINK-MONTH-FEW", one.where(0), Sure.LIKELY, **told)
        return
    step = _step(values, season) if one.metered else None
    if step is not None:
        month, ratio = step
        told = {"month": month + 1, "ratio": shown(ratio), **one.names}
        yield thought("THINK-MONTH-STEP", one.where(month), Sure.LIKELY, **told)
        return
    yield from _odd(one, season, explained)
    yield from _repeated(one, steady)


def _climbs(values: Sequence[float]) -> bool:
    """Whether these are readings of a counter and not what was used between two readings."""
    rising = all(before < after for before, after in pairwise(values))
    return rising and values[0] > 0 and values[-1] / values[0] >= CLIMB


def _step(values: Sequence[float], season: Sequence[float]) -> tuple[int, float] | None:
    """The month from which all readings stand on another level, and how much higher it is.

    With the step taken out, the year must follow its line of the season much closer than with it.
    """
    if min(values) <= 0:
        return None
    plain = _worst(values, season)
    tried: list[tuple[float, int, float]] = []
    for month in range(2, TWELVE - 1):
        for ratio in _ratios(values, season, month):
            mended = [value / ratio if n >= month else value for n, value in enumerate(values)]
            tried.append((_worst(mended, season), month, ratio))
    if not tried:
        return None
    rest, month, ratio = min(tried)
    return (month, ratio) if rest < min(FAR / 2, plain / 2) else None


def _ratios(values: Sequence[float], season: Sequence[float], month: int) -> Iterator[float]:
    """Yield how much higher the later months are, where the first of them jumps as well.

    Once for a use that follows the season, once for one that does so by half, once for a flat one.
    """
    for weight in (1.0, 0.5, 0.0):
        levels = [
            value / (weight * max(part, FLOOR) + 1 - weight)
            for value, part in zip(values, season, strict=True)
        ]
        ratio = median(levels[month:]) / median(levels[:month])
        jump = levels[month] / levels[month - 1]
        wide = min(max(ratio, 1 / ratio), max(jump, 1 / jump)) > STEP
        if wide and (ratio > 1) == (jump > 1) and not _shared(ratio, season, month):
            yield ratio


def _shared(ratio: float, season: Sequence[float], month: int) -> bool:
    """Whether the whole plant takes about that step in that month: then it is its season."""
    before, after = median(season[:month]), median(season[month:])
    whole = max(after, FLOOR) / max(before, FLOOR)
    return max(whole, 1 / whole) > STEP and max(ratio / whole, whole / ratio) < STEP


def _worst(values: Sequence[float], season: Sequence[float]) -> float:
    """How far the worst month is off its line, as a logarithm."""
    scaled = _scaled(values)
    pairs = zip(scaled, _line(scaled, season), strict=True)
    return max(abs(math.log(value / part)) for value, part in pairs)


def _odd(one: Series, season: Sequence[float], explained: Collection[int]) -> Iterator[Finding]:
    """Months far off their line; in one that the maker explains only what looks like a slip."""
    line = _line(_scaled(one.values), season)
    if not line:
        return
    scale = median(one.values)
    off = [
        abs(math.log(level / part)) if level > 0 else math.inf
        for level, part in zip(_levels(one.values, line, scale), line, strict=True)
    ]
    usual = sorted(off)[TWELVE - TWELVE // 4 - 1]
    far = math.log(COARSE) if _coarse(one) else FAR
    for month, value in enumerate(one.values):
        if off[month] > max(far, 3 * usual):
            expected = scale * line[month]
            told = {"month": month + 1, "value": shown(value), "expected": shown(expected)}
            slip = _slip(value / expected)
            if month in explained and not (slip and value):
                continue
            told |= {"unit": one.unit, "slip": f" (x {slip})" if slip else ""}
            sure = Sure.LIKELY if slip or not value else Sure.LOOK
            yield thought("THINK-MONTH-ODD", one.where(month), sure, **told, **one.names)


def _levels(values: Sequence[float], line: Sequence[float], scale: float) -> Iterator[float]:
    """Yield values by their scale; where next to nothing is expected, nothing is as good."""
    for value, part in zip(values, line, strict=True):
        yield max(value / scale, FLOOR) if part <= FLOOR else value / scale


def _coarse(one: Series) -> bool:
    """Whether a usual month is a few whole packs or drums, of which one more is nothing odd."""
    whole = all(value == int(value) for value in one.values)
    return whole and not one.metered and median(one.values) < FEW_PACKS


def _line(scaled: Sequence[float], season: Sequence[float]) -> tuple[float, ...]:
    """The straight line of the season that a series follows (median of pairwise slopes)."""
    if not scaled:
        return ()
    pairs = [
        (scaled[b] - scaled[a]) / (season[b] - season[a])
        for a, b in combinations(range(TWELVE), 2)
        if abs(season[b] - season[a]) > FLOOR
    ]
    slope = max(-STEEP, min(STEEP, median(pairs))) if pairs else 0.0
    base = median(y - slope * x for x, y in zip(season, scaled, strict=True))
    return tuple(max(base + slope * x, FLOOR) for x in season)


def _slip(ratio: float) -> str:
    """The ordinary factor that a ratio is close to, or its reciprocal."""
    for size, word in SLIPS:
        if abs(math.log(ratio / size) if ratio > 0 else math.inf) < 0.15:
            return word
        if ratio > 0 and abs(math.log(ratio * size)) < 0.15:
            return f"1/{word}"
    return ""


def _repeated(one: Series, steady: Collection[int]) -> Iterator[Finding]:
    """A meter that reads the same twice running to four digits, or all year: not a reading.

    In a ``steady`` month the plant itself stood as the month before: others read the same too.
    """
    if not one.metered:
        return
    if len(set(one.values)) == 1:
        yield thought("THINK-MONTH-FLAT", one.where(0), Sure.LOOK, **one.names)
        return
    for month, value in enumerate(one.values):
        if month and month not in steady and _still(one, month) and len(_digits(value)) >= DIGITS:
            told = {"month": month + 1, "value": shown(value), "unit": one.unit, **one.names}
            yield thought("THINK-MONTH-REPEATED", one.where(month), Sure.LOOK, **told)


def _still(one: Series, month: int) -> bool:
    return one.values[month] == one.values[month - 1]


def _digits(value: float) -> str:
    return f"{value:.12g}".replace(".", "").strip("0")

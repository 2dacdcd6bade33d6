"""Charts of half a page's width: spread, sensitivity, methods beside each other, shares of data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, log, pi, sqrt

from markupsafe import Markup

from labels.render.chart_parts import (
    BLUE,
    BOLD,
    GREY,
    HAIR,
    SMALL,
    TINY,
    Axis,
    Bar,
    box,
    dashes,
    name,
    text,
)
from labels.render.drawing import INK, sheet, stroke

HALF = 82.0
RAMP = ("#FFFFFF", "#E3EAF1", "#BCCBDB", "#6F91B5", "#14304F")
#: Ends of the interval of 95 %, in standard deviations.
REACH = 1.959964


@dataclass(frozen=True, slots=True)
class Histogram:
    """Equal bins from ``low`` to ``high`` with a height each."""

    low: float
    high: float
    heights: tuple[float, ...]

    def at(self, value: float) -> float:
        """Return the place of a value as a share of the width."""
        return (value - self.low) / (self.high - self.low)


def uncertainty(
    bins: Histogram, marks: Sequence[tuple[float, str]], told: str, width: float = HALF
) -> Markup:
    """Draw how a figure spreads: what lies between the first and the last mark in blue.

    Parameters
    ----------
    bins
        A sample's bins, or those of a density.
    marks
        Low end, median and high end with what is printed at them.
    told
        Wording for readers who do not see it.
    width
        Of the drawing (mm).
    """
    base, tall = 32.0, 24.0
    step, peak = width / len(bins.heights), max(bins.heights)
    (low, _), *_, (high, _) = marks
    parts = []
    for index, height in enumerate(bins.heights):
        middle = bins.low + (bins.high - bins.low) * (index + 0.5) / len(bins.heights)
        colour = BLUE if low <= middle <= high else HAIR
        deep = tall * height / peak
        parts.append(box(step * index + 0.1, base - deep, step - 0.2, deep, colour, framed=False))
    parts.append(stroke(f"M0 {base:g}h{width:g}", 0.3))
    for (value, label), anchor in zip(marks, ("end", "middle", "start"), strict=True):
        x = width * bins.at(value)
        parts.append(stroke(dashes(x, 4.6, base), 0.3))
        parts.append(text(x, 3.4, label, SMALL, bold=True, anchor=anchor))
    return sheet((width, 36.0), told, "".join(parts))


def density(middle: float, relative: float, count: int = 40) -> Histogram:
    """Return the bins of a log-normal density, where nothing was sampled.

    Notes
    -----
    sigma = sqrt(ln(1 + r^2)) for a relative standard uncertainty r; the middle is the median.
    """
    sigma = _sigma(relative)
    low, high = middle * exp(-3.2 * sigma), middle * exp(3.2 * sigma)
    step = (high - low) / count
    heights = tuple(_density(low + (at + 0.5) * step, middle, sigma) for at in range(count))
    return Histogram(low, high, heights)


def interval(relative: float) -> tuple[float, float]:
    """Return the ends of the interval of 95 % of a log-normal as multiples of its median."""
    sigma = _sigma(relative)
    return exp(-REACH * sigma), exp(REACH * sigma)


def _sigma(relative: float) -> float:
    return sqrt(log(1 + relative * relative)) or 1e-6


def _density(value: float, middle: float, sigma: float) -> float:
    return exp(-((log(value / middle) / sigma) ** 2) / 2) / (value * sigma * sqrt(2 * pi))


def tornado(bars: Sequence[Bar], told: str, width: float = HALF) -> Markup:
    """Draw what the figure gains and loses by each item, the largest first; less is hatched."""
    names, values, pitch = 30.0, 13.0, 6.4
    half = (width - names - values) / 2
    middle, widest = names + half, max((abs(bar.value) for bar in bars), default=0.0) or 1.0
    parts = [stroke(f"M{middle:g} 0V{pitch * len(bars) + 0.6:g}", 0.3)]
    for index, bar in enumerate(sorted(bars, key=lambda one: -abs(one.value))):
        y, long = 0.8 + pitch * index, max(half * abs(bar.value) / widest, 0.15)
        parts += [
            name(bar.first, bar.second, y),
            box(middle - long, y, long, 4.2, bar.colour, hatched=True),
            box(middle, y, long, 4.2, bar.colour),
            text(width, y + 3.0, bar.shown, SMALL + 0.3, bold=True, anchor="end"),
        ]
    return sheet((width, pitch * len(bars) + 1.0), told, "".join(parts))


def side_by_side(bars: Sequence[Bar], told: str, width: float = HALF) -> Markup:
    """Draw the same figure by different methods, from one zero."""
    names, values, pitch = 40.0, 13.0, 6.4
    low = min(0.0, *(bar.value for bar in bars))
    high = max(0.0, *(bar.value for bar in bars)) or 1.0
    axis = Axis(low, high, names, width - names - values)
    bottom = 4.6 + pitch * len(bars)
    parts = [axis.grid(3.6, bottom)]
    for index, bar in enumerate(bars):
        y = 5.0 + pitch * index
        start, end = sorted((axis.at(0.0), axis.at(bar.value)))
        parts += [
            name(bar.first, bar.second, y),
            box(start, y, max(end - start, 0.15), 4.2, bar.colour, hatched=bar.value < 0),
            text(width, y + 3.0, bar.shown, SMALL + 0.3, bold=True, anchor="end"),
        ]
    return sheet((width, bottom + 0.6), told, "".join(parts))


def matrix(
    columns: Sequence[tuple[str, str]],
    rows: Sequence[tuple[str, str, Sequence[tuple[float, str]]]],
    told: str,
) -> Markup:
    """Draw shares as a matrix with the number in each cell; one ramp from white to blue."""
    width, pitch, names = HALF, 7.0, 42.0
    cell = (width - names) / max(1, len(columns))
    parts = []
    for index, (first, second) in enumerate(columns):
        x = names + cell * (index + 0.5)
        parts += [
            text(x, 2.4, first, SMALL, bold=True, anchor="middle"),
            text(x, 5.0, second, TINY, colour=GREY, anchor="middle"),
        ]
    for number, (first, second, cells) in enumerate(rows):
        y = 6.4 + pitch * number
        parts.append(name(first, second, y))
        for index, (share, shown) in enumerate(cells):
            level = min(4, max(0, ceil(share * 5) - 1))
            x = names + cell * index
            dark = level == 4
            parts += [
                box(x + 0.5, y, cell - 1, pitch - 1, RAMP[level]),
                text(x + cell / 2, y + 4, shown, BOLD - 0.2, bold=True, anchor="middle",
                      colour="#FFFFFF" if dark else INK),
            ]  # fmt: skip
    return sheet((width, 6.4 + pitch * len(rows)), told, "".join(parts))

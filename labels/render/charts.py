"""Charts of the study report: drawn from the figures of the page, every number also in words.

Sizes in mm. Nothing is clipped; text stays text in our own font; a value below zero lies left of
the zero line and is hatched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, exp, floor, log, log10, pi, sqrt

from markupsafe import Markup, escape

from labels.render.artwork import COLOURS
from labels.render.drawing import HATCH, INK, hatch_lines, sheet, stroke

GREY, HAIR = "#45525E", "#C3CAD1"
BLUE = COLOURS["s3"]
RAMP = ("#FFFFFF", "#E3EAF1", "#BCCBDB", "#6F91B5", "#14304F")
WIDTH = 170.0
NAMES, BARS, VALUES = 40.0, 108.0, 170.0
ROW = 7.4
#: Type sizes (mm): 6.2, 5.8 and 8 pt.
SMALL, TINY, BOLD = 2.19, 2.05, 2.82
#: Widths of ribbons are tinted with this share of the stage's colour.
TINT = 0.42
#: Ends of the interval of 95 %, in standard deviations.
REACH = 1.959964
MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: name in two languages, value, how it is printed, colour of its stage."""

    first: str
    second: str
    value: float
    shown: str
    colour: str

    @property
    def label(self) -> str:
        """Return what stands beside it."""
        return f"{self.first}  {self.shown}"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a waterfall: a change, or a total that begins at zero."""

    first: str
    second: str
    value: float
    shown: str
    total: bool


@dataclass(frozen=True, slots=True)
class Stream:
    """What flows from a source through a stage into the figure."""

    source: str
    stage: int
    value: float
    shown: str

    @property
    def label(self) -> str:
        """Return what stands beside it."""
        return f"{self.source}  {self.shown}"


def stage_chart(gate: Sequence[Bar], later: Sequence[Bar], told: str, parting: str) -> Markup:
    """Draw stages as bars; those after the gate below a dashed line, on an axis of their own."""
    high = 5.0 + ROW * len(gate)
    parts = [_bars(gate, 0.0)]
    if later:
        parts.append(_parting(high + 2.4, parting))
        parts.append(_bars(later, high + 4.6))
        high += 9.6 + ROW * len(later)
    return sheet((WIDTH, high), told, "".join(parts))


def _bars(bars: Sequence[Bar], top: float) -> Markup:
    low = min(0.0, *(bar.value for bar in bars))
    high = max(0.0, *(bar.value for bar in bars)) or 1.0
    axis = Axis(low, high, NAMES, BARS)
    bottom = top + 4.6 + ROW * len(bars)
    parts = [axis.grid(top + 3.6, bottom)]
    for index, bar in enumerate(bars):
        y = top + 5.2 + ROW * index
        start, end = sorted((axis.at(0.0), axis.at(bar.value)))
        parts += [
            _name(bar.first, bar.second, y),
            _box(start, y, max(end - start, 0.15), 4.6, bar.colour, hatched=bar.value < 0),
            _text(VALUES, y + 3.4, bar.shown, BOLD, bold=True, anchor="end"),
        ]
    return Markup("").join(parts)


def waterfall(steps: Sequence[Step], told: str) -> Markup:
    """Draw steps from part to part; decreases hatched, totals solid, one axis from zero."""
    reached = list(_reached(steps))
    ends = [end for pair in reached for end in pair]
    axis = Axis(min(0.0, *ends), max(0.0, *ends) or 1.0, 62.0, 88.0)
    pitch = 5.6
    bottom = 4.6 + pitch * len(steps)
    parts = [axis.grid(3.6, bottom)]
    for index, (step, (start, end)) in enumerate(zip(steps, reached, strict=True)):
        y = 5.0 + pitch * index
        left, right = sorted((axis.at(start), axis.at(end)))
        colour = INK if step.total else BLUE
        parts += [
            _text(0, y + 1.7, step.first, SMALL, bold=True),
            _text(0, y + 4.0, step.second, TINY, colour=GREY),
            _box(left, y, max(right - left, 0.15), 3.8, colour, hatched=end < start),
            _text(VALUES, y + 2.9, step.shown, SMALL + 0.3, bold=step.total, anchor="end"),
        ]
    return sheet((WIDTH, bottom + 0.6), told, "".join(parts))


def _reached(steps: Sequence[Step]) -> Iterator[tuple[float, float]]:
    level = 0.0
    for step in steps:
        if step.total:
            level = step.value
            yield 0.0, level
        else:
            yield level, level + step.value
            level += step.value


def flow(
    streams: Sequence[Stream], stages: Sequence[Bar], total: str, told: str, gate: str
) -> Markup:
    """Draw how the figure flows together: sources left, stages in their order, the figure right."""
    whole = sum(stage.value for stage in stages) or 1.0
    gaps = 2.6 * max(len(stages) - 1, 0)
    source_gaps = 2.6 * max(len(streams) - 1, 0)
    high = max(58.0, source_gaps + 40.0)
    scale = (high - max(gaps, source_gaps) - 2) / whole
    left, middle, right = (58.0, 104.0, 148.0) if streams else (0.0, 20.0, 148.0)
    parts: list[Markup] = []
    tops, y = [], (high - whole * scale - gaps) / 2
    for stage in stages:
        tops.append(y)
        y += stage.value * scale + 2.6
    sources, y = [], (high - sum(s.value for s in streams) * scale - source_gaps) / 2
    used = dict.fromkeys(range(len(stages)), 0.0)
    for stream in streams:
        deep = stream.value * scale
        target = tops[stream.stage] + used[stream.stage]
        used[stream.stage] += deep
        colour = _tint(stages[stream.stage].colour)
        parts.append(_ribbon(left + 1.6, y, middle, target, deep, colour))
        sources.append((stream, y, deep))
        y += deep + 2.6
    y = (high - whole * scale) / 2
    for stage, top in zip(stages, tops, strict=True):
        parts.append(_ribbon(middle + 1.6, top, right, y, stage.value * scale, _tint(stage.colour)))
        y += stage.value * scale
    for stream, top, deep in sources:
        parts += [
            _box(left, top, 1.6, max(deep, 0.2), INK, framed=False),
            _text(
                left - 1.2,
                top + deep / 2 + 0.8,
                f"{stream.source}  {stream.shown}",
                SMALL,
                anchor="end",
            ),
        ]
    for stage, top in zip(stages, tops, strict=True):
        deep = stage.value * scale
        parts += [
            _box(middle, top, 1.6, max(deep, 0.2), INK, framed=False),
            _text(
                middle + 2.6,
                top + deep / 2 + 0.8,
                f"{stage.first}  {stage.shown}",
                SMALL,
                bold=True,
            ),
        ]
    parts += [
        stroke(_dashes(right + 0.3, 0.0, high), 0.5),
        _text(right + 2.4, high / 2, total, 5.6, bold=True),
        _text(right + 2.4, high / 2 + 4, gate, SMALL),
    ]
    return sheet((WIDTH, high), told, "".join(parts))


def uncertainty(middle: float, relative: float, shown: Sequence[str], told: str) -> Markup:
    """Draw a log-normal density; inside the interval of 95 % in blue.

    Notes
    -----
    sigma = sqrt(ln(1 + r^2)) for a relative standard uncertainty r; the middle is the median.
    """
    width, high, base = 82.0, 40.0, 32.0
    sigma = _sigma(relative)
    low, top = middle * exp(-3.2 * sigma), middle * exp(3.2 * sigma)
    count = 40
    step = (top - low) / count
    densities = [_density(low + (i + 0.5) * step, middle, sigma) for i in range(count)]
    peak = max(densities)
    below, above = interval(relative)
    ends = (middle * below, middle * above)
    parts = []
    for index, density in enumerate(densities):
        value = low + (index + 0.5) * step
        colour = BLUE if ends[0] <= value <= ends[1] else HAIR
        tall = 24.0 * density / peak
        x = width * index / count
        parts.append(_box(x + 0.1, base - tall, width / count - 0.2, tall, colour, framed=False))
    parts.append(stroke(f"M0 {base:g}h{width:g}", 0.3))
    for value, label, anchor in zip(
        (ends[0], middle, ends[1]), shown, ("end", "middle", "start"), strict=True
    ):
        x = width * (value - low) / (top - low)
        parts.append(stroke(_dashes(x, 4.6, base), 0.3))
        parts.append(_text(x, 3.4, label, SMALL, bold=True, anchor=anchor))
    return sheet((width, high - 4), told, "".join(parts))


def interval(relative: float) -> tuple[float, float]:
    """Return the ends of the interval of 95 % as multiples of the median."""
    sigma = _sigma(relative)
    return exp(-REACH * sigma), exp(REACH * sigma)


def _sigma(relative: float) -> float:
    return sqrt(log(1 + relative * relative)) or 1e-6


def _density(value: float, middle: float, sigma: float) -> float:
    return exp(-((log(value / middle) / sigma) ** 2) / 2) / (value * sigma * sqrt(2 * pi))


def matrix(
    columns: Sequence[tuple[str, str]],
    rows: Sequence[tuple[str, str, Sequence[tuple[float, str]]]],
    told: str,
) -> Markup:
    """Draw shares as a matrix with the number in each cell; one ramp from white to blue."""
    width, pitch, names = 82.0, 7.0, 42.0
    cell = (width - names) / max(1, len(columns))
    parts = []
    for index, (first, second) in enumerate(columns):
        x = names + cell * (index + 0.5)
        parts += [
            _text(x, 2.4, first, SMALL, bold=True, anchor="middle"),
            _text(x, 5.0, second, TINY, colour=GREY, anchor="middle"),
        ]
    for number, (first, second, cells) in enumerate(rows):
        y = 6.4 + pitch * number
        parts.append(_name(first, second, y))
        for index, (share, shown) in enumerate(cells):
            level = min(4, max(0, ceil(share * 5) - 1))
            x = names + cell * index
            dark = level == 4
            parts += [
                _box(x + 0.5, y, cell - 1, pitch - 1, RAMP[level]),
                _text(x + cell / 2, y + 4, shown, BOLD - 0.2, bold=True, anchor="middle",
                      colour="#FFFFFF" if dark else INK),
            ]  # fmt: skip
    return sheet((width, 6.4 + pitch * len(rows)), told, "".join(parts))


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear axis: its range, where it begins and how long it is (mm)."""

    low: float
    high: float
    left: float
    width: float

    def at(self, value: float) -> float:
        """Return the place of a value."""
        return self.left + self.width * (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """Return at most six round values within the range."""
        rough = (self.high - self.low) / MOST_LINES
        power = 10.0 ** floor(log10(rough))
        step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)
        first = ceil(self.low / step - 1e-9)
        return [n * step for n in range(first, floor(self.high / step + 1e-9) + 1)]

    def grid(self, top: float, bottom: float) -> Markup:
        """Draw the lines of the axis with their values above."""
        parts = []
        for value in self.ticks():
            x = self.at(value)
            heavy = abs(value) < 1e-12
            parts.append(
                stroke(
                    f"M{x:.2f} {top:g}V{bottom:g}", 0.3 if heavy else 0.15, INK if heavy else HAIR
                )
            )
            parts.append(_text(x, top - 1.0, _plain(value), TINY, colour=GREY, anchor="middle"))
        return Markup("").join(parts)


def _plain(value: float) -> str:
    text = f"{value:.10g}"
    return text.replace("-", "\N{MINUS SIGN}")


def _name(first: str, second: str, y: float) -> Markup:
    return _text(0, y + 2.1, first, SMALL + 0.1, bold=True) + _text(
        0, y + 4.8, second, TINY, colour=GREY
    )


def _box(
    x: float, y: float, width: float, height: float, colour: str, *,
    hatched: bool = False, framed: bool = True,
) -> Markup:  # fmt: skip
    path = f"M{x:.2f} {y:.2f}h{width:.2f}v{height:.2f}h{-width:.2f}z"
    if hatched:
        lines = hatch_lines(width, height, x, y)
        return stroke(path, 0.15) + stroke(lines, HATCH)
    filled = Markup('<path fill="{}" d="{}"/>').format(colour, path)
    return filled + (stroke(path, 0.15) if framed else Markup())


def _ribbon(x0: float, y0: float, x1: float, y1: float, deep: float, colour: str) -> Markup:
    half = (x0 + x1) / 2
    path = (
        f"M{x0:.2f} {y0:.2f}C{half:.2f} {y0:.2f} {half:.2f} {y1:.2f} {x1:.2f} {y1:.2f}"
        f"v{deep:.2f}"
        f"C{half:.2f} {y1 + deep:.2f} {half:.2f} {y0 + deep:.2f} {x0:.2f} {y0 + deep:.2f}z"
    )
    return Markup('<path fill="{}" d="{}"/>').format(colour, path)


def _tint(colour: str) -> str:
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * TINT):02X}" for part in parts)


def _parting(y: float, words: str) -> Markup:
    line = stroke("".join(f"M{x:.1f} {y:g}h1.8" for x in range(0, 170, 3)), 0.35)
    return line + _text(0, y + 2.8, words, TINY, bold=True)


def _dashes(x: float, top: float, bottom: float) -> str:
    count = max(1, int((bottom - top) / 1.9))
    return "".join(f"M{x:.2f} {top + i * 1.9:.2f}v1.2" for i in range(count))


def _text(
    x: float, y: float, words: str, size: float, *,
    bold: bool = False, anchor: str = "start", colour: str = INK,
) -> Markup:  # fmt: skip
    weight = ' font-weight="700"' if bold else ""
    return Markup(  # noqa: S704 - numbers of ours, words escaped
        f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size:g}" fill="{colour}"'
        f' text-anchor="{anchor}"{weight}>{escape(words)}</text>'
    )

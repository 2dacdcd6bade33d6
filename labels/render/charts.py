"""Charts of the study report: drawn from the figures of the page, every number also in words.

Sizes in mm. Nothing is clipped; text stays text in our own font; a value below zero lies left of
the zero line and is hatched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from labels.render.chart_parts import (
    BLUE,
    BOLD,
    GREY,
    SMALL,
    TINY,
    Axis,
    Bar,
    box,
    dashes,
    name,
    parting,
    ribbon,
    text,
    tint,
)
from labels.render.drawing import INK, sheet, stroke

WIDTH = 170.0
NAMES, BARS, VALUES = 40.0, 108.0, 170.0
ROW = 7.4


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


def stage_chart(gate: Sequence[Bar], later: Sequence[Bar], told: str, gate_words: str) -> Markup:
    """Draw stages as bars; those after the gate below a dashed line, on an axis of their own."""
    high = 5.0 + ROW * len(gate)
    parts = [_bars(gate, 0.0)]
    if later:
        parts.append(parting(high + 2.4, gate_words))
        parts.append(_bars(later, high + 7.0))
        high += 12.0 + ROW * len(later)
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
            name(bar.first, bar.second, y),
            box(start, y, max(end - start, 0.15), 4.6, bar.colour, hatched=bar.value < 0),
            text(VALUES, y + 3.4, bar.shown, BOLD, bold=True, anchor="end"),
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
            text(0, y + (1.7 if step.second else 2.8), step.first, SMALL, bold=True),
            text(0, y + 4.0, step.second, TINY, colour=GREY),
            box(left, y, max(right - left, 0.15), 3.8, colour, hatched=end < start),
            text(VALUES, y + 2.9, step.shown, SMALL + 0.3, bold=step.total, anchor="end"),
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
        colour = tint(stages[stream.stage].colour)
        parts.append(ribbon(left + 1.6, y, middle, target, deep, colour))
        sources.append((stream, y, deep))
        y += deep + 2.6
    y = (high - whole * scale) / 2
    for stage, top in zip(stages, tops, strict=True):
        parts.append(ribbon(middle + 1.6, top, right, y, stage.value * scale, tint(stage.colour)))
        y += stage.value * scale
    for stream, top, deep in sources:
        parts += [
            box(left, top, 1.6, max(deep, 0.2), INK, framed=False),
            text(
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
            box(middle, top, 1.6, max(deep, 0.2), INK, framed=False),
            text(
                middle + 2.6,
                top + deep / 2 + 0.8,
                f"{stage.first}  {stage.shown}",
                SMALL,
                bold=True,
            ),
        ]
    parts += [
        stroke(dashes(right + 0.3, 0.0, high), 0.5),
        text(right + 2.4, high / 2, total, 5.6, bold=True),
        text(right + 2.4, high / 2 + 4, gate, SMALL),
    ]
    return sheet((WIDTH, high), told, "".join(parts))

"""The charts of the programme's report (mm): goal, pipeline, cumulative line, export groups.

Only what is certified is held against the goal; what is foreseen is dashed. Every number is also in
words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from labels.render.artwork import COLOURS
from labels.render.chart_parts import (
    BLUE,
    BOLD,
    GREY,
    HAIR,
    SMALL,
    TINY,
    Axis,
    box,
    dashes,
    name,
    text,
)
from labels.render.drawing import sheet, stroke
from labels.wordpair import Pair

INK = COLOURS["s1"]
BAND = "#E7E8EC"
MARK = 0.4
NAMES = 46.0
"""Where the bars of the export groups begin."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Fewest and most enterprises that are aimed at, and what the two are called."""

    low: int
    high: int
    low_name: str
    high_name: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of bars: its name and what is done and in work."""

    name: Pair
    done: int
    work: int = 0


def bullet(count: int, goal: Goal, told: str) -> Markup:
    """Draw how many are certified on a bar with the goal."""
    axis = Axis(0, max(goal.high * 1.2, count, 1), 2.0, 158.0)
    parts = [
        _band(axis, goal, 4.6, 16.0),
        box(axis.at(0), 7.4, max(axis.at(count) - axis.at(0), 0.1), 5.4, INK, framed=False),
        text(axis.at(count) + 1.4, 11.4, str(count), BOLD + 0.4, bold=True),
        stroke(f"M{axis.at(0):.2f} 16H160", 0.3),
        text(axis.at(goal.low), 3.4, goal.low_name, SMALL, bold=True, anchor="middle"),
        text(axis.at(goal.high), 3.4, goal.high_name, SMALL, bold=True, anchor="middle"),
        *(text(axis.at(t), 19.2, f"{t:g}", SMALL, colour=GREY, anchor="middle")
          for t in axis.ticks()),
    ]  # fmt: skip
    return sheet((164.0, 20.4), told, "".join(parts))


def pipeline(rows: Sequence[Row], goal: Goal, told: str) -> Markup:
    """Draw how many reached each step; only the last one counts against the goal."""
    most = max(goal.high, *(row.done for row in rows), 1)
    axis = Axis(0, most * 1.05, 32.0, 98.0)
    pitch, bar = 8.2, 5.2
    bottom = 2.0 + pitch * len(rows)
    parts = [_band(axis, goal, 0.6, bottom - 1.0)]
    for index, row in enumerate(rows):
        y = 2.0 + pitch * index
        colour = INK if index == len(rows) - 1 else BLUE
        width = axis.at(row.done) - axis.at(0)
        inside = width > 7
        parts += [
            name(row.name.first, row.name.second, y),
            box(axis.at(0), y, max(width, 0.1), bar, colour, framed=False),
            text(
                axis.at(row.done) + (-1.4 if inside else 1.2),
                y + 3.7,
                str(row.done),
                BOLD,
                bold=True,
                anchor="end" if inside else "start",
                colour="#FFFFFF" if inside else INK,
            ),
        ]
    for value in (goal.low, goal.high):
        parts.append(
            text(axis.at(value), bottom + 2.4, str(value), SMALL, bold=True, anchor="middle")
        )
    return sheet((132.0, bottom + 3.4), told, "".join(parts))


def cumulative(
    points: Sequence[Mapping[str, Any]], ahead: Sequence[Mapping[str, Any]], goal: Goal, told: str
) -> Markup:
    """Draw the certified over time; what is foreseen dashed, with its interval as a band."""
    days = [dt.date.fromisoformat(p["day"]).toordinal() for p in (*points, *ahead)]
    tops = [p["count"] for p in points] + [p["high"] for p in ahead]
    across = Axis(days[0], max(days[-1], days[0] + 1), 10.0, 112.0)
    up = Axis(0, max(goal.high * 1.06, *tops), 46.0, -44.0)
    known = [(across.at(day), up.at(p["count"])) for day, p in zip(days, points, strict=False)]
    later = days[len(points) :]
    x, y = known[-1]
    parts = [
        Markup('<path fill="{}" d="M10 {:.2f}H122V{:.2f}H10z"/>').format(
            BAND, up.at(goal.high), up.at(goal.low)
        ),
        stroke(f"M10 {up.at(goal.low):.2f}H122", MARK),
        stroke(_dashed([(10.0, up.at(goal.high)), (122.0, up.at(goal.high))]), MARK),
        *(text(123.4, up.at(value) + 0.8, str(value), SMALL, bold=True)
          for value in (goal.low, goal.high)),
        stroke(f"M10 {up.at(0):.2f}H122", 0.3),
    ]  # fmt: skip
    if ahead:
        upper = [
            (x, y),
            *((across.at(d), up.at(p["high"])) for d, p in zip(later, ahead, strict=True)),
        ]
        lower = [(across.at(d), up.at(p["low"])) for d, p in zip(later, ahead, strict=True)][::-1]
        middle = [
            (x, y),
            *((across.at(d), up.at(p["middle"])) for d, p in zip(later, ahead, strict=True)),
        ]
        shape = Markup('<path fill="{}" fill-opacity="0.35" d="{}z"/>')
        parts += [
            shape.format(BLUE, _path([*upper, *lower])),
            stroke(_dashed(middle), 0.6, INK),
            text(*_beside(middle[-1]), _span(ahead[-1]), SMALL, bold=True, anchor="end"),
        ]
    parts += [
        stroke(_path(known), 0.9, INK),
        Markup('<circle cx="{:.2f}" cy="{:.2f}" r="1.1" fill="{}"/>').format(x, y, INK),
        text(x - 0.6, y - 2.0, str(points[-1]["count"]), BOLD + 0.4, bold=True, anchor="end"),
        *(text(across.at(day), 49.4, point["day"][:7], TINY, colour=GREY, anchor="middle")
          for day, point in zip(days, (*points, *ahead), strict=True)
          if point in (points[0], points[len(points) // 2], points[-1], *ahead[1:])),
    ]  # fmt: skip
    return sheet((132.0, 50.6), told, "".join(parts))


def classes(rows: Sequence[Row], told: str) -> Markup:
    """Draw export groups: certified solid, in work hatched."""
    most = max([row.done + row.work for row in rows] + [1])
    axis = Axis(0, most, NAMES, 24.0)
    pitch = 6.2
    parts: list[Markup] = []
    for index, row in enumerate(rows):
        y = 1.0 + pitch * index
        done, end = axis.at(row.done), axis.at(row.done + row.work)
        parts += [
            name(row.name.first, row.name.second, y - 0.4),
            text(84.0, y + 3.2, f"{row.done} / {row.work}", BOLD, bold=True, anchor="end"),
        ]
        if row.done:
            parts.append(box(NAMES, y, done - NAMES, 4.2, INK, framed=False))
        if row.work:
            parts.append(box(done, y, end - done, 4.2, HAIR, hatched=True))
    return sheet((84.0, 1.0 + pitch * len(rows)), told, "".join(parts))


def _band(axis: Axis, goal: Goal, top: float, bottom: float) -> Markup:
    """Draw the goal: tinted, its lower bound solid, its upper one dashed."""
    left, right = axis.at(goal.low), axis.at(goal.high)
    tinted = Markup('<path fill="{}" d="M{:.2f} {:g}H{:.2f}V{:.2f}H{:.2f}z"/>').format(
        BAND, left, top, right, bottom, left
    )
    solid = stroke(f"M{left:.2f} {top:g}V{bottom:.2f}", MARK)
    return tinted + solid + stroke(dashes(right, top, bottom), MARK)


def _beside(point: tuple[float, float]) -> tuple[float, float]:
    return point[0] - 0.6, point[1] - 1.2


def _span(one: Mapping[str, Any]) -> str:
    return f"{one['low']}–{one['high']}"


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)


def _dashed(points: Sequence[tuple[float, float]], drawn: float = 2.0, gap: float = 1.4) -> str:
    """Return a broken line along some points."""
    parts = []
    for (x0, y0), (x1, y1) in pairwise(points):
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 or 1.0
        at = 0.0
        while at < length:
            end = min(at + drawn, length)
            one, other = at / length, end / length
            parts.append(
                f"M{x0 + (x1 - x0) * one:.2f} {y0 + (y1 - y0) * one:.2f}"
                f"L{x0 + (x1 - x0) * other:.2f} {y0 + (y1 - y0) * other:.2f}"
            )
            at += drawn + gap
    return "".join(parts)

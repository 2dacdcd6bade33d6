"""Pieces of A4 pages that are placed by the millimetre: figure, stage keys, rows of facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from factors.findings import Finding
from labels.facts import Row
from labels.page import Page, StageView
from labels.render.fitting import (
    MM_PER_PT,
    SLACK,
    Faces,
    Run,
    SetLine,
    on_one_line,
    runs,
    set_runs,
)
from labels.render.label import TRACKING
from labels.render.plan import CAP_HEIGHT, baseline, top
from labels.render.texts import place, too_long
from labels.wordpair import Pair

#: Smallest type in the text of an A4 page (pt).
SMALLEST = 6.2
#: Size of a second language beside the first.
SECOND = 0.9
_PADDING, _HAIR = 0.85, 0.15
#: Type size of a key (pt), height of its line (em).
KEY_SIZE, KEY_LEADING = 6.3, 1.16
#: Height of a value's line (em).
LEADING = 1.26


@dataclass(frozen=True, slots=True)
class Bracket:
    """Where the figure stands: place and size of the bracket (mm), type sizes (pt)."""

    left: float
    top: float
    width: float
    height: float
    baseline: float
    sizes: tuple[float, ...]
    unit: float
    boundary: float
    per: tuple[tuple[float, int], ...] = ((10.0, 2), (9.0, 2), (8.0, 3), (7.0, 3), (SMALLEST, 3))

    @property
    def right(self) -> float:
        """Return the gate's place."""
        return self.left + self.width


@dataclass(frozen=True, slots=True)
class Hero:
    """The figure as set: size (pt), places of unit and per what (mm)."""

    size: float
    top: float
    beside: float
    unit_top: float
    lines: tuple[SetLine, ...]
    lines_top: float
    boundary_size: float


@dataclass(frozen=True, slots=True)
class SetRow:
    """One row of facts: key, lines, type size (pt), pitch, top of the text and height (mm)."""

    key: Pair
    lines: tuple[SetLine, ...]
    top: float
    size: float
    pitch: float
    height: float

    @property
    def bottom(self) -> float:
        """Return where the line below the row stands."""
        return self.top - _PADDING + self.height - _HAIR


@dataclass(frozen=True, slots=True)
class Column:
    """Rows of facts below each other (mm): left end, width, width of the keys, top."""

    left: float
    width: float
    key: float
    top: float
    rows: tuple[SetRow, ...]

    @property
    def size(self) -> float:
        """Return the type size of the values (pt)."""
        return self.rows[0].size if self.rows else SMALLEST


@dataclass(frozen=True, slots=True)
class StageKey:
    """One stage below the bar: its name in lines, where it stands (mm)."""

    stage: StageView
    left: float
    width: float
    top: float
    lines: tuple[SetLine, ...]


def hero(page: Page, bracket: Bracket, faces: Faces, findings: list[Finding]) -> Hero:
    """Set figure, unit and per what into a bracket; a finding when per what does not fit."""
    for size in bracket.sizes:
        width = faces.bold.width(page.figure, size) / SLACK
        beside = bracket.left + 5.2 + width - TRACKING * len(page.figure) * size * MM_PER_PT + 3.4
        room = bracket.right - 2.5 - beside
        lines = _per(page.per, faces, room, bracket.per)
        if faces.bold.width(page.scale.symbol, bracket.unit) <= room and lines is not None:
            break
    if lines is None:
        findings.append(
            too_long(page.per.joined(), "declared_unit.name", place(page.words, "title"))
        )
        lines = ()
    last = lines[0].size if lines else SMALLEST
    both = on_one_line(runs(page.boundary), faces, bracket.boundary)
    stands = bracket.baseline - CAP_HEIGHT * (bracket.sizes[0] - bracket.unit) * MM_PER_PT
    return Hero(
        size=size,
        top=top(bracket.baseline, size),
        beside=round(beside, 3),
        unit_top=top(stands, bracket.unit),
        lines=lines,
        lines_top=round(
            top(bracket.baseline, last, 1.16) - 1.16 * last * MM_PER_PT * (len(lines) - 1), 3
        ),
        boundary_size=bracket.boundary if both <= bracket.width - 8 else 7.6,
    )


def _per(
    pair: Pair, faces: Faces, room: float, tiers: Sequence[tuple[float, int]]
) -> tuple[SetLine, ...] | None:
    for size, allowed in tiers:
        lines = set_runs(runs(pair), faces, size, room)
        if lines is not None and len(lines) <= allowed:
            return lines
    return None


def set_rows(
    rows: Sequence[Row],
    faces: Faces,
    width: float,
    room: tuple[float, float],
    away: Pair,
    findings: list[Finding],
) -> tuple[list[SetRow], list[Row]]:
    """Set rows of facts below each other.

    Parameters
    ----------
    rows
        Keys and values.
    faces
        The font.
    width
        Length of a value's line (mm).
    room
        Top and height (mm).
    away
        What stands in place of a value that moves to the annex.
    findings
        Takes a finding when not even short values leave room for every row.

    Returns
    -------
    tuple
        The rows as they are printed, and those whose values moved away: the longest first, and
        only as many as must.
    """
    shown = dict(enumerate(rows))
    order = sorted(shown, key=lambda at: -_length(rows[at]))
    placed = _set(list(shown.values()), faces, width, room)
    moved: list[Row] = []
    for at in order:
        if placed is not None:
            break
        moved.append(rows[at])
        shown[at] = Row(rows[at].key, (away,))
        placed = _set(list(shown.values()), faces, width, room)
    if placed is None:
        longest = rows[order[0]]
        told = " ".join(value.joined() for value in longest.values)
        findings.append(too_long(told, longest.key.first, longest.key.joined()))
    return placed or [], moved


def _set(
    rows: Sequence[Row], faces: Faces, width: float, room: tuple[float, float]
) -> list[SetRow] | None:
    """Set rows in the largest type that lets them end in their room; None when none does."""
    for size in (7.6, 7.0, 6.6, SMALLEST):
        placed = _stack(rows, faces, width, size, room[0])
        if placed and placed[-1].top + placed[-1].height - _PADDING <= room[0] + room[1]:
            return placed
    return None


def _length(row: Row) -> int:
    return sum(len(value.joined()) for value in row.values)


def _stack(
    rows: Iterable[Row], faces: Faces, width: float, size: float, start: float
) -> list[SetRow]:
    pitch = round(size * LEADING * MM_PER_PT, 3)
    key_pitch = KEY_SIZE * KEY_LEADING * MM_PER_PT
    placed: list[SetRow] = []
    below = start
    for row in rows:
        lines = [set_runs(_plain(value), faces, size, width) for value in row.values]
        if any(one is None for one in lines):
            return []
        flat = tuple(line for one in lines if one for line in one)
        keys = _drop(size) + (2 if row.key.second else 1) * key_pitch
        high = round(max(len(flat) * pitch, keys) + 2 * _PADDING, 3)
        placed.append(SetRow(row.key, flat, round(below + _PADDING, 3), size, pitch, high))
        below += high
    return placed


def _drop(size: float) -> float:
    """Return how far a key stands below the top of its value (mm): both on one baseline."""
    return baseline(0, size, LEADING) - baseline(0, KEY_SIZE, KEY_LEADING)


def _plain(pair: Pair) -> list[Run]:
    listed = [Run(pair.first, pair.first_lang, False)]
    return [*listed, Run(pair.second, pair.second_lang, False, SECOND)] if pair.second else listed


def stage_keys(
    stages: Sequence[StageView],
    faces: Faces,
    span: tuple[float, float],
    above: float,
    findings: list[Finding],
) -> list[StageKey]:
    """Place the stages of one side of the gate in equal columns.

    Parameters
    ----------
    stages
        Stages of one side.
    faces
        The font.
    span
        Left end and width of the row (mm).
    above
        Its top (mm).
    findings
        Takes a finding for a name that fits at no size.
    """
    width = span[1] / max(1, len(stages))
    lefts = accumulate([width] * (len(stages) - 1), initial=span[0])
    return [
        StageKey(
            stage, round(left, 3), round(width, 3), above, _names(stage, faces, width, findings)
        )
        for stage, left in zip(stages, lefts, strict=True)
    ]


def _names(
    stage: StageView, faces: Faces, width: float, findings: list[Finding]
) -> tuple[SetLine, ...]:
    room = width - 3.9 - 2.6 - faces.bold.width(stage.shown, 10.5)
    name = Run(f"{stage.number} {stage.short.first}", stage.short.first_lang, True)
    second = Run(stage.short.second, stage.short.second_lang, False, 0.86)
    for size in (8.2, 7.4, 6.8, SMALLEST):
        lines = set_runs([name, second] if second.text else [name], faces, size, room)
        if lines is not None and len(lines) <= 3:
            return lines
    findings.append(too_long(stage.short.joined(), "stages", name.text))
    return ()

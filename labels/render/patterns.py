"""Patterns that tell the stages apart in one ink; lines are cut to their box, never clipped."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from labels.render.drawing import HATCH, hatch_lines, stroke
from labels.render.paths import circle

DOT, DOT_PITCH = 0.32, (0.9, 0.75)
LEVEL_PITCH, WIDE_PITCH = 0.75, 1.5
THIN = 0.2


def pattern(stage: str, left: float, top: float, width: float, height: float, ink: str) -> Markup:
    """Fill a box (mm) with the pattern of a stage.

    Parameters
    ----------
    stage
        ``s1`` to ``s7``: solid, empty, diagonal, dots, level lines, wide diagonal, crossed lines;
        ``below`` for a value below zero, diagonal the other way.
    left, top, width, height
        The box.
    ink
        Its colour.
    """
    if stage == "s1":
        box = f"M{left:g} {top:g}h{width:g}v{height:g}h{-width:g}z"
        return Markup('<path fill="{}" d="{}"/>').format(ink, box)
    if stage == "s4":
        return Markup('<path fill="{}" d="{}"/>').format(
            ink, "".join(_dots(left, top, width, height))
        )
    lines = _LINES.get(stage)
    return (
        stroke(lines(left, top, width, height), _WIDTHS.get(stage, HATCH), ink) if lines else _NONE
    )


_NONE = Markup()


def _dots(left: float, top: float, width: float, height: float) -> Iterator[str]:
    across, down = DOT_PITCH
    radius = DOT / 2
    for row in range(int((height - DOT) / down) + 1):
        for column in range(int((width - DOT) / across) + 1):
            x, y = left + column * across + 0.3, top + row * down + 0.3
            if x + DOT <= left + width and y + DOT <= top + height:
                yield circle(x + radius, y + radius, radius)


def _diagonal(left: float, top: float, width: float, height: float) -> str:
    return hatch_lines(width, height, left, top)


def _wide(left: float, top: float, width: float, height: float) -> str:
    return hatch_lines(width, height, left, top, WIDE_PITCH)


def _fallen(left: float, top: float, width: float, height: float, pitch: float = 0.9) -> str:
    """Return diagonals that fall from left to right, the mirror of the rising ones."""
    lines, x = [], -height
    while x < width:
        start, end = max(x, 0.0), min(x + height, width)
        lines.append(
            f"M{left + start:.3f} {top + start - x:.3f}L{left + end:.3f} {top + end - x:.3f}"
        )
        x += pitch
    return "".join(lines)


def _level(left: float, top: float, width: float, height: float) -> str:
    count = int(height / LEVEL_PITCH)
    return "".join(f"M{left:g} {top + (i + 0.5) * LEVEL_PITCH:.3f}h{width:g}" for i in range(count))


def _crossed(left: float, top: float, width: float, height: float) -> str:
    return _diagonal(left, top, width, height) + _fallen(left, top, width, height)


_LINES = {
    "s3": _diagonal,
    "s5": _level,
    "s6": _wide,
    "s7": _crossed,
    "below": _fallen,
}
_WIDTHS = {"s5": THIN, "s7": THIN}

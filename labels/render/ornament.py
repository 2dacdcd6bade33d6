"""Border and seal block of a certificate: drawn from numbers, square, in one ink."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, pi, sin

from markupsafe import Markup

from labels.render import drawing
from labels.render.drawing import INK

FINE = "#8FA0B0"
#: Frame of a certificate (mm): outer rectangle and width of its border.
FRAME = (6.0, 6.0, 198.0, 285.0)
BAND = 4.0
_WAVE, _LINES, _HIGH = 13.0, 4, 1.25


def border() -> Markup:
    """Draw the border of a certificate as part of its sheet: fine lines between two rules."""
    left, top, width, height = FRAME
    right, bottom = left + width, top + height
    middle = BAND / 2
    sides = (
        _waves(left + BAND, right - BAND, top + middle, level=True),
        _waves(left + BAND, right - BAND, bottom - middle, level=True),
        _waves(top + BAND, bottom - BAND, left + middle, level=False),
        _waves(top + BAND, bottom - BAND, right - middle, level=False),
    )
    fine = "".join(line for side in sides for line in side)
    rules = _box(left, top, width, height) + _box(
        left + BAND, top + BAND, width - 2 * BAND, height - 2 * BAND
    )
    corners = "".join(
        _box(x, y, BAND, BAND) + f"M{x + 1.3:g} {y + 2:g}h1.4"
        for x in (left, right - BAND)
        for y in (top, bottom - BAND)
    )
    return (
        drawing.stroke(fine, 0.09, FINE)
        + drawing.stroke(rules + corners, 0.3)
        + _squares(left, top, right, bottom)
    )


def _squares(left: float, top: float, right: float, bottom: float) -> Markup:
    inset = 1.3
    paths = "".join(
        f"M{x + inset:g} {y + inset:g}h1.4v1.4h-1.4z"
        for x in (left, right - BAND)
        for y in (top, bottom - BAND)
    )
    return Markup('<path fill="{}" d="{}"/>').format(INK, paths)


def _box(left: float, top: float, width: float, height: float) -> str:
    return f"M{left:g} {top:g}h{width:g}v{height:g}h{-width:g}z"


def _waves(start: float, end: float, across: float, *, level: bool) -> Iterator[str]:
    """Yield phase-shifted sine lines along one side, a whole number of waves each.

    Notes
    -----
    Four cubic pieces a wave, each with the sine's own slope at both ends (Hermite to Bezier): at
    most (pi/2)^4/384 of the height beside the curve, which is a fifth of the line's thickness.
    """
    count = max(1, round((end - start) / _WAVE))
    steps = count * 4
    turn, step = 2 * pi * count / steps, (end - start) / steps
    for line in range(_LINES):
        shift = pi * line / _LINES
        points = []
        for index in range(steps + 1):
            along, angle = start + step * index, turn * index + shift
            off, slope = across + _HIGH * sin(angle), _HIGH * cos(angle) * turn / 3
            if index:
                points.append(_place(along - step / 3, off - slope, level=level))
            points.append(_place(along, off, level=level))
            if index == 0:
                points.append(_place(along + step / 3, off + slope, level=level))
        head, first, *rest = points
        pairs = zip(rest[2::2], rest[3::2], strict=True)
        yield f"M{head}C{first} {rest[0]} {rest[1]}" + "".join(f"S{a} {b}" for a, b in pairs)


def _place(along: float, off: float, *, level: bool) -> str:
    x, y = (along, off) if level else (off, along)
    return f"{x:.2f} {y:.2f}"


def seal_block(digest: str, left: float, top: float) -> Markup:
    """Draw the seal block, 28 mm square: sixteen ticks a side spell the hash, the mark inside."""
    spelt = (digest or drawing.FLAT * 64)[:64]
    ticks = "".join(_tick(index, digit, left, top) for index, digit in enumerate(spelt))
    frame = _box(left + 4.2, top + 4.2, 19.6, 19.6)
    return (
        drawing.stroke(ticks, 0.22)
        + drawing.stroke(frame, 0.5)
        + drawing.mark_at(left + 9.6, top + 6.2, 8.8)
    )


def _tick(index: int, digit: str, left: float, top: float) -> str:
    side, at = divmod(index, 16)
    along = 4.8 + at * (18.4 / 15)
    long = 0.9 + 2.5 * int(digit, 16) / 15
    x, y, move = (
        (along, 3.7, f"v{-long:.2f}"),
        (24.3, along, f"h{long:.2f}"),
        (28 - along, 24.3, f"v{long:.2f}"),
        (3.7, 28 - along, f"h{-long:.2f}"),
    )[side]
    return f"M{left + x:.2f} {top + y:.2f}{move}"

"""Paths: from the letters of SVG to the operators of a page, numbers to a thousandth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_PIECES = re.compile(r"([MLHVCSQZmlhvcsqz])([^MLHVCSQZmlhvcsqz]*)")
#: Numbers that one step takes.
_TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4}
#: How far the handles of a quarter circle reach, as a share of its radius.
_QUARTER = 0.5522847498
#: Once round, a quarter at a time.
_ROUND = ((1, 0), (0, 1), (-1, 0), (0, -1), (1, 0))


@dataclass(slots=True)
class _Pen:
    """Where the pen is, where its line began, and the last handle of a curve."""

    x: float = 0.0
    y: float = 0.0
    start: tuple[float, float] = (0.0, 0.0)
    handle: tuple[float, float] | None = None
    written: list[str] = field(default_factory=list)

    def step(self, letter: str, numbers: Sequence[float]) -> None:
        """Take one step; a small letter counts from where the pen is."""
        kind = letter.upper()
        points = self._points(kind, numbers, relative=letter != kind)
        handle, self.handle = self.handle, None
        if kind == "M":
            self.start = points[0]
        if kind in "CSQ":
            points = self._curve(kind, points, handle)
            self.handle = points[1]
        operator = {"M": "m", "C": "c", "S": "c", "Q": "c"}.get(kind, "l")
        told = " ".join(f"{x:.3f} {y:.3f}" for x, y in points)
        self.written.append(f"{told} {operator}")
        self.x, self.y = points[-1]

    def close(self) -> None:
        """Draw back to where the line began."""
        self.written.append("h")
        self.x, self.y = self.start
        self.handle = None

    def _points(
        self, kind: str, numbers: Sequence[float], *, relative: bool
    ) -> list[tuple[float, float]]:
        x, y = (self.x, self.y) if relative else (0.0, 0.0)
        if kind == "H":
            return [(x + numbers[0], self.y)]
        if kind == "V":
            return [(self.x, y + numbers[0])]
        return [(x + a, y + b) for a, b in zip(numbers[::2], numbers[1::2], strict=True)]

    def _curve(
        self,
        kind: str,
        points: list[tuple[float, float]],
        handle: tuple[float, float] | None,
    ) -> list[tuple[float, float]]:
        """Write every curve as a cubic one with both handles."""
        if kind == "S":
            last = handle or (self.x, self.y)
            return [(2 * self.x - last[0], 2 * self.y - last[1]), *points]
        if kind == "Q":
            (x, y), end = points
            return [
                (self.x + (x - self.x) * 2 / 3, self.y + (y - self.y) * 2 / 3),
                (end[0] + (x - end[0]) * 2 / 3, end[1] + (y - end[1]) * 2 / 3),
                end,
            ]
        return points


def operators(path: str) -> str:
    """Return a path of SVG as operators of a page.

    Raises
    ------
    ValueError
        For a path that is not made of lines and curves with numbers parted by blanks.
    """
    pen = _Pen()
    for letter, told in _PIECES.findall(path):
        if letter in "Zz":
            pen.close()
            continue
        numbers = [float(one) for one in told.split()]
        takes = _TAKES[letter.upper()]
        for at in range(0, len(numbers), takes):
            # After a move, further places are lines.
            follows = letter in "Mm" and at > 0
            pen.step(chr(ord(letter) - 1) if follows else letter, numbers[at : at + takes])
    return "\n".join(pen.written)


def circle(x: float, y: float, radius: float) -> str:
    """Return a circle as four curves: a path of SVG."""
    far, near = radius, radius * _QUARTER
    way = f"M{x + far:.3f} {y:.3f}"
    for (a, b), (c, d) in pairwise(_ROUND):
        curve = (a * far + c * near, b * far + d * near, c * far + a * near, d * far + b * near)
        ends = (*curve, c * far, d * far)
        way += "C" + " ".join(f"{end + at:.3f}" for end, at in zip(ends, (x, y) * 3, strict=True))
    return way + "z"

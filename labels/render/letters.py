"""Letters as outlines: artwork for packaging is set in them, to look the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from math import cos, radians, sin
from typing import Any

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from labels.fonts import FontSet
from labels.fonts.fontset import face_bytes
from labels.render.fitting import JOINER

#: Set in a line without taking room.
_UNSEEN = frozenset({JOINER})


@dataclass(frozen=True, slots=True)
class Letters:
    """The outlines of one weight."""

    glyphs: Any
    names: Mapping[int, str]
    per_em: int

    def width(self, text: str, size: float) -> float:
        """Return the width of a text, in the unit of ``size``."""
        return sum(self._advance(char) for char in text) * size / self.per_em

    def path(
        self,
        text: str,
        size: float,
        x: float,
        y: float,
        width: float | None = None,
        angle: float = 0.0,
    ) -> str:
        """Return a text as a path.

        Parameters
        ----------
        text
            Characters of the font.
        size
            Height of an em (mm).
        x, y
            Where its baseline begins (mm).
        width
            Width to set it to (mm), as measured by the layout; its own when None.
        angle
            Degrees, negative for a rising line.
        """
        scale = size / self.per_em
        apart = 0.0 if width is None or not text else (width - self.width(text, size)) / len(text)
        turn, lift = cos(radians(angle)), sin(radians(angle))
        pen = SVGPathPen(self.glyphs, ntos=_spelt)
        along = 0.0
        for char in text:
            place = (scale * turn, scale * lift, scale * lift, -scale * turn)
            shift = (x + along * turn, y + along * lift)
            name = self.names.get(ord(char))
            if name is not None:
                self.glyphs[name].draw(TransformPen(pen, (*place, *shift)))
            along += self._advance(char) * scale + apart
        return str(pen.getCommands())

    def _advance(self, char: str) -> float:
        if char in _UNSEEN:
            return 0.0
        name = self.names.get(ord(char))
        return float(self.glyphs[name].width) if name is not None else float(self.per_em)


@cache
def letters(fonts: FontSet) -> tuple[Letters, Letters]:
    """Return the outlines of the regular and of the bold weight."""
    return _letters(face_bytes(fonts.regular)), _letters(face_bytes(fonts.bold))


def banner(rows: Sequence[tuple[float, float, str, float]], angle: float, bold: Letters) -> str:
    """Return diagonal words, centred on their places, as a path (mm)."""
    paths = []
    for x, y, words, size in rows:
        half = bold.width(words, size) / 2
        turn, lift = cos(radians(angle)), sin(radians(angle))
        paths.append(bold.path(words, size, x - half * turn, y - half * lift, angle=angle))
    return "".join(paths)


def _letters(content: bytes) -> Letters:
    font = TTFont(BytesIO(content))
    return Letters(font.getGlyphSet(), font.getBestCmap(), font["head"].unitsPerEm)


def _spelt(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")

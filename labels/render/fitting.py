"""How wide a text is and which type size lets it fit: measured with the font itself, never clipped.

Long names step down through a few type sizes. Lines are broken here and printed as they are, so
what was found to fit is what stands on the paper. No hyphenation, no squeezing, no ellipsis.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from itertools import chain, pairwise, repeat

from fontTools.ttLib import TTFont

from labels.fonts import FontSet
from labels.fonts.fontset import face_bytes
from labels.wordpair import Pair

MM_PER_PT = 25.4 / 72
#: Smallest type on a label (pt): a hanzi is then 1.8 mm high.
SMALLEST = 5.6
#: In texts of the catalogue: no line may end here. Never printed.
JOINER = "\N{WORD JOINER}"
#: Kerning and the layout engine's own rounding stay below this share of a line.
SLACK = 1.015

_OPENING = frozenset("（《“‘「『【〔([{<")
_CLOSING = frozenset("，。、；：！？）》”’」』】〕%)]}>,.;:!?…—–")

#: Where a line may end at a space: never before a mark that closes.
_AFTER_SPACE = re.compile(f"(?<= )(?![{re.escape(''.join(sorted(_CLOSING)))}])")


@dataclass(frozen=True, slots=True)
class Face:
    """Advance widths of one weight of the label's font, in em, by code point."""

    advances: Mapping[int, float]

    def width(self, text: str, size: float) -> float:
        """Return the width of a text in mm at a type size in pt.

        A character without a shape counts as a full em; it is refused elsewhere.
        """
        codes = map(ord, text.replace(JOINER, ""))
        return sum(map(self.advances.get, codes, repeat(1.0))) * size * MM_PER_PT * SLACK


@dataclass(frozen=True, slots=True)
class Faces:
    """The two weights of the label's font."""

    regular: Face
    bold: Face

    def of(self, bold: bool) -> Face:
        """Return the face of a weight."""
        return self.bold if bold else self.regular


@cache
def faces(fonts: FontSet) -> Faces:
    """Read the advance widths of both weights."""
    return Faces(_face(face_bytes(fonts.regular)), _face(face_bytes(fonts.bold)))


def wrap(text: str, face: Face, size: float, width: float) -> tuple[str, ...] | None:
    """Break a text into lines.

    Parameters
    ----------
    text
        The text, single spaces only.
    face, size
        Weight and type size (pt).
    width
        Length of a line (mm).

    Returns
    -------
    tuple of str or None
        The lines, or None when one unbreakable piece is longer than a line.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if face.width(piece.rstrip(), size) > width:
            return None
        if line and face.width((line + piece).rstrip(), size) > width:
            lines.append(line.rstrip())
            line = piece
        else:
            line += piece
    return (*lines, line.rstrip()) if line.strip() else tuple(lines)


@dataclass(frozen=True, slots=True)
class Run:
    """A text in one language and weight that must stand on lines of its own."""

    text: str
    lang: str
    bold: bool
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class SetLine:
    """One printed line."""

    text: str
    lang: str
    bold: bool
    size: float


@dataclass(frozen=True, slots=True)
class Tier:
    """A type size (pt) and the height of a line (mm)."""

    size: float
    pitch: float


def set_runs(
    listed: Iterable[Run], faces: Faces, size: float, width: float
) -> tuple[SetLine, ...] | None:
    """Set runs below each other at one size; None when a word is longer than a line."""
    result: list[SetLine] = []
    for run in listed:
        own = size * run.scale
        lines = wrap(run.text, faces.of(run.bold), own, width)
        if lines is None:
            return None
        result.extend(SetLine(line.replace(JOINER, ""), run.lang, run.bold, own) for line in lines)
    return tuple(result)


def runs(pair: Pair) -> list[Run]:
    """Return the first language bold and the second, where there is one, regular."""
    first = Run(pair.first, pair.first_lang, True)
    return [first, Run(pair.second, pair.second_lang, False)] if pair.second else [first]


def on_one_line(listed: Sequence[Run], faces: Faces, size: float, gap: float = 0.28) -> float:
    """Return the width (mm) of runs set beside each other, ``gap`` em apart."""
    widths = sum(faces.of(run.bold).width(run.text, size * run.scale) for run in listed)
    return widths + gap * size * MM_PER_PT * max(0, len(listed) - 1)


def _face(content: bytes) -> Face:
    with TTFont(BytesIO(content), lazy=True) as font:
        per_em = font["head"].unitsPerEm
        metrics = font["hmtx"].metrics
        return Face({code: metrics[name][0] / per_em for code, name in font.getBestCmap().items()})


@lru_cache(maxsize=1024)
def _pieces(text: str) -> tuple[str, ...]:
    """Split where a line may end; a trailing space stays with its piece.

    A text is tried at one size after the other, and most texts stand on every page.
    """
    words = (word for word in _AFTER_SPACE.split(text) if word)
    return tuple(chain.from_iterable(_breaks(word) for word in words))


def _breaks(word: str) -> Iterator[str]:
    start = 0
    for index, (left, right) in enumerate(pairwise(word), start=1):
        if _may_break(left, right):
            yield word[start:index]
            start = index
    yield word[start:]


def _may_break(left: str, right: str) -> bool:
    if right in _CLOSING or left in _OPENING or right.isspace() or JOINER in (left, right):
        return False
    return _is_wide(left) or _is_wide(right) or (left in "-/_,;" and right.isalpha())


def _is_wide(char: str) -> bool:
    return "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\uffee" or char >= "\U00020000"

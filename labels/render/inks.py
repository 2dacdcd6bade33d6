"""Inks of a label: in colour on white, in one colour, in one colour on the ground of a pack."""

from __future__ import annotations

import re
from dataclasses import dataclass

from factors.errors import FindingsError
from factors.findings import Where, finding

#: Least contrast of ink on its ground (WCAG 2): secondary texts then take the ink as well.
LEAST_CONTRAST = 4.5
BLACK, WHITE = "#000000", "#FFFFFF"
#: Colours of the seven stages, on every label and page; neighbours differ by luminance as well.
STAGES = ("#14304F", "#E0B04C", "#4375A8", "#C7D2DC", "#8A5A2B", "#C79BB8", "#565B60")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True, slots=True)
class Inks:
    """What a label is printed with.

    Attributes
    ----------
    ink
        Texts, rules, mark.
    rule, watermark
        Lighter lines; words under the content.
    ground
        What it is printed on.
    one
        Whether there is one ink only: stages are told apart by patterns, the words under the
        content are outlines.
    """

    ink: str
    rule: str
    watermark: str
    ground: str = WHITE
    one: bool = False


COLOUR = Inks("#14202B", "#7C8893", "#CDD4DA")


def one_ink(ink: str = BLACK, ground: str = WHITE) -> Inks:
    """Return the inks of a one-colour print.

    Parameters
    ----------
    ink, ground
        Colours as ``#RRGGBB``.

    Raises
    ------
    FindingsError
        ARTWORK-COLOUR for anything else, ARTWORK-CONTRAST for an ink too close to its ground.
    """
    wrong = [text for text in (ink, ground) if not _COLOUR.fullmatch(text)]
    if wrong:
        raise FindingsError.of(
            [finding("ARTWORK-COLOUR", Where(path="ink"), colour=text) for text in wrong]
        )
    found = contrast(ink, ground)
    if found < LEAST_CONTRAST:
        raise FindingsError(
            finding(
                "ARTWORK-CONTRAST",
                Where(path="ground"),
                ink=ink,
                ground=ground,
                contrast=f"{found:.1f}",
                least=LEAST_CONTRAST,
            )
        )
    return Inks(ink.upper(), ink.upper(), ink.upper(), ground.upper(), one=True)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours.

    Notes
    -----
    WCAG 2: (L1 + 0.05) / (L2 + 0.05) with relative luminances, the lighter one above.
    """
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(level: float) -> float:
    return level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4

"""What charts are made of: bars, axes, ribbons, lines and words (mm)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup, escape

from labels.render.artwork import COLOURS
from labels.render.drawing import HATCH, INK, hatch_lines, stroke

GREY, HAIR = "#45525E", "#C3CAD1"
BLUE, PALE = COLOURS["s3"], COLOURS["s4"]
#: Type sizes (mm): 6.2, 5.8 and 8 pt.
SMALL, TINY, BOLD = 2.19, 2.05, 2.82
#: Widths of ribbons are tinted with this share of the stage's colour.
TINT = 0.42
MOST_LINES = 5
_GAS = re.compile(r"\b(CO|CH|N)([24])(?=(?:e|O)?\b)")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: name in two languages, value, how it is printed, colour of its stage."""

    first: str
    second: str
    value: float
    shown: str
    colour: str


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
            parts.append(text(x, top - 1.0, _plain(value), TINY, colour=GREY, anchor="middle"))
        return Markup("").join(parts)


def _plain(value: float) -> str:
    text = f"{value:.10g}"
    return text.replace("-", "\N{MINUS SIGN}")


def name(first: str, second: str, y: float) -> Markup:
    """Write the name of a row, in two languages below each other or in one at its middle."""
    if not second:
        return text(0, y + 3.2, first, SMALL + 0.1, bold=True)
    below = text(0, y + 4.8, second, TINY, colour=GREY)
    return text(0, y + 2.1, first, SMALL + 0.1, bold=True) + below


def box(
    x: float, y: float, width: float, height: float, colour: str, *,
    hatched: bool = False, framed: bool = True,
) -> Markup:  # fmt: skip
    """Draw a bar; hatched and white, or filled."""
    path = f"M{x:.2f} {y:.2f}h{width:.2f}v{height:.2f}h{-width:.2f}z"
    if hatched:
        lines = hatch_lines(width, height, x, y)
        return stroke(path, 0.15) + stroke(lines, HATCH)
    filled = Markup('<path fill="{}" d="{}"/>').format(colour, path)
    return filled + (stroke(path, 0.15) if framed else Markup())


def ribbon(x0: float, y0: float, x1: float, y1: float, deep: float, colour: str) -> Markup:
    """Draw what flows from one place to another, equally deep at both ends."""
    half = (x0 + x1) / 2
    path = (
        f"M{x0:.2f} {y0:.2f}C{half:.2f} {y0:.2f} {half:.2f} {y1:.2f} {x1:.2f} {y1:.2f}"
        f"v{deep:.2f}"
        f"C{half:.2f} {y1 + deep:.2f} {half:.2f} {y0 + deep:.2f} {x0:.2f} {y0 + deep:.2f}z"
    )
    return Markup('<path fill="{}" d="{}"/>').format(colour, path)


def tint(colour: str) -> str:
    """Mix a colour with white, for ribbons."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * TINT):02X}" for part in parts)


def parting(y: float, words: str) -> Markup:
    """Draw the dashed line of the gate with words below it."""
    line = stroke("".join(f"M{x:.1f} {y:g}h1.8" for x in range(0, 170, 3)), 0.35)
    return line + text(0, y + 2.8, words, TINY, bold=True)


def dashes(x: float, top: float, bottom: float) -> str:
    """Return an upright dashed line as a path."""
    count = max(1, int((bottom - top) / 1.9))
    return "".join(f"M{x:.2f} {top + i * 1.9:.2f}v1.2" for i in range(count))


def text(
    x: float, y: float, words: str, size: float, *,
    bold: bool = False, anchor: str = "start", colour: str = INK,
) -> Markup:  # fmt: skip
    """Write words; where they begin at ``x``, the digits of CO2 and the like are small."""
    weight = ' font-weight="700"' if bold else ""
    shown = str(escape(words))
    if anchor == "start":
        shown = _GAS.sub(rf'\1<tspan font-size="{0.68 * size:.2f}">\2</tspan>', shown)
    return Markup(  # noqa: S704 - numbers of ours, words escaped
        f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size:g}" fill="{colour}"'
        f' text-anchor="{anchor}"{weight}>{shown}</text>'
    )

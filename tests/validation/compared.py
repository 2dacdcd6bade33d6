"""A published number beside ours, and how it is written down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

SMALL = Fraction(1, 10**12)
"""A relative deviation below this is the rounding of the machine and not told in digits."""

DIGITS = 7


@dataclass(frozen=True, slots=True)
class Compared:
    """One printed number and ours.

    Attributes
    ----------
    what
        The figure of a case, for people.
    theirs
        As published.
    ours
        As computed.
    half
        How far ours may lie from theirs: what the source rounded away.
    """

    what: str
    theirs: Fraction
    ours: Fraction
    half: Fraction
    unit: str = ""

    @property
    def holds(self) -> bool:
        """Whether ours lies within what the source rounded away."""
        return abs(self.ours - self.theirs) <= self.half

    def row(self) -> str:
        """Return the row of a table."""
        verdict = "yes" if self.holds else "**no**"
        cells = (self.what, number(self.theirs), number(self.ours), self.unit, self.off(), verdict)
        return line(cells)

    def off(self) -> str:
        """Return the deviation relative to the published number."""
        return relative(self.ours - self.theirs, self.theirs)


HEAD = ("figure", "published>", "ours>", "unit", "deviation>", "within its rounding")


def relative(difference: Fraction, of: Fraction) -> str:
    """Return a difference as a share of a number; what only the machine rounds is 0."""
    if abs(difference) <= SMALL * abs(of):
        return "0"
    if not of:
        return f"{float(difference):+.1e} absolute"
    share = float(difference / of)
    return f"{share:+.1%}" if abs(share) >= 5e-3 else f"{share:+.0e}"


def number(value: Fraction) -> str:
    """Return a number with at most seven digits, thousands apart."""
    told = f"{float(value):,.{DIGITS}g}"
    return told if "e" not in told else f"{float(value):,.12g}"


def line(cells: Iterable[object]) -> str:
    """Return a row of a Markdown table; a bar in a cell would end it."""
    return f"| {' | '.join(str(cell).replace('|', '&#124;') for cell in cells)} |"


def table(columns: Sequence[str], rows: Iterable[str]) -> str:
    """Return a table; a column whose name ends in ``>`` stands at the right."""
    names = line(column.removesuffix(">") for column in columns)
    sides = "|" + "".join("--:|" if column.endswith(">") else "---|" for column in columns)
    return "\n".join((names, sides, *rows))

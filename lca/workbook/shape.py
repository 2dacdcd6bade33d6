r"""Number formats: what a cell shows when it stores a number, as far as the two can disagree.

Excel scales for display only: ``%`` shows a hundredfold, each comma behind the digits a thousandth,
and a point written as plain text (``0\\.0,`` - the usual way to 万) moves the point once more.
Words in a format (``0"万"``, ``0" MWh"``) scale nothing; a person reads them as if they did.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_WORDS = re.compile(r'"([^"]*)"|\\(.)|!(.)|_.|\*.|\[[^\]]*\]')
_POINT = "\N{FULL STOP}"
_MULTIPLES = {
    "十万": 10**5, "百万": 10**6, "千万": 10**7, "十亿": 10**9, "万亿": 10**12, "亿": 10**8,
    "万": 10**4, "千": 10**3, "k": 10**3, "K": 10**3, "M": 10**6,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """What a number format does.

    Attributes
    ----------
    percent
        The number is shown a hundredfold, with a ``%``.
    scale
        The number is divided by this for display.
    words
        The words behind the number.
    places
        Decimal places shown; None when the format fixes none.
    """

    percent: bool = False
    scale: int = 1
    words: str = ""
    places: int | None = None

    def shown(self, value: Fraction) -> Fraction:
        """Return the number as the cell shows it, in the unit of the stored one."""
        if self.places is None:
            return value
        step = Fraction(self.scale, 10**self.places * (100 if self.percent else 1))
        return round(value / step) * step


def shape_of(form: str) -> Shape:
    """Return what a number format does to a positive number."""
    section = _first_section(form)
    literal = "".join("".join(found) for found in _WORDS.findall(section)).strip()
    plain = _WORDS.sub(lambda found: _POINT if _POINT in found.groups() else "'", section)
    digits = re.search(r"[0#?][0#?,.]*", plain)
    if digits is None or re.search(r"[ymdhs]|General|E[+-]|/", plain, re.I):
        return Shape(percent="%" in plain, words=literal.strip(_POINT + " "))
    run = digits[0]
    body = run.rstrip(",")
    scale = 1000 ** (len(run) - len(body))
    places = len(body.partition(".")[2].replace(",", ""))
    if "." in body and _POINT in literal and not _has_real_point(section):
        scale, literal = scale * 10**places, literal.replace(_POINT, "", 1).strip()
    return Shape("%" in plain, scale, literal, places)


def _first_section(form: str) -> str:
    """Part of a format before its first ``;`` outside quotes."""
    found = re.match(r'(?:"[^"]*"|\\.|[^;"\\])*', form)
    return found[0] if found is not None else ""


def _has_real_point(section: str) -> bool:
    return "." in _WORDS.sub("", section)


def multiple(words: str) -> tuple[int, str]:
    """Return the multiple that words begin with (万 = 10 000; 1 for none), and the other words."""
    for name, number in _MULTIPLES.items():
        rest = words.removeprefix(name)
        if words.startswith(name) and not (name in "kKM" and rest[:1].isalpha()):
            return number, rest.strip()
    return 1, words

"""Separators in the digits of a number: what ``1,234.5``, ``1.234,5`` and ``1,234`` can mean.

Three customs of writing are known. ``point``: the point is the decimal sign, groups of three stand
apart by comma, apostrophe or blank. ``comma``: the comma is the decimal sign, groups stand apart by
point, apostrophe or blank. ``myriad``: groups of four by comma, as in some Chinese ledgers.

A lone point is the decimal sign (both languages of the toolkit write it so, and so does every
machine). A lone comma before three digits or four is not decided here: ``1,234`` is 1234 to some
and 1.234 to others, and a factor of a thousand is not for a program to choose.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal

Custom = Literal["point", "comma", "myriad"]
CUSTOMS: tuple[Custom, ...] = ("point", "comma", "myriad")

_PATTERNS: dict[Custom, re.Pattern[str]] = {
    "point": re.compile(
        r"(?P<whole>[0-9]+|[1-9][0-9]{0,2}(?P<mark>[,' ])[0-9]{3}(?:(?P=mark)[0-9]{3})*)?"
        r"(?:\.(?P<part>[0-9]*))?"
    ),
    "comma": re.compile(
        r"(?P<whole>[0-9]+|[1-9][0-9]{0,2}(?P<mark>[.' ])[0-9]{3}(?:(?P=mark)[0-9]{3})*)"
        r"(?:,(?P<part>[0-9]+))?"
    ),
    "myriad": re.compile(r"(?P<whole>[1-9][0-9]{0,3}(?:,[0-9]{4})+)(?:\.(?P<part>[0-9]+))?"),
}


def value(digits: str, custom: Custom) -> Fraction | None:
    """Return the number that digits and separators mean under one custom, or None.

    Parameters
    ----------
    digits
        ASCII digits, points, commas, apostrophes, blanks; no sign, no exponent.
    custom
        How the writer separates.
    """
    match = _PATTERNS[custom].fullmatch(digits)
    if match is None or not any(map(str.isdigit, digits)):
        return None
    whole = re.sub(r"[^0-9]", "", match["whole"] or "")
    return Fraction(f"{whole or '0'}.{match['part'] or '0'}")


def readings(digits: str) -> dict[Custom, Fraction]:
    """Return each distinct number that the digits can mean, by the first custom that means it.

    Empty where no custom groups digits so; more than one where a person has to be asked.
    """
    lone_point = digits.count(".") == 1 and not re.search("[,' ]", digits)
    found: dict[Custom, Fraction] = {}
    for custom in CUSTOMS[:1] if lone_point else CUSTOMS:
        number = value(digits, custom)
        if number is not None and number not in found.values():
            found[custom] = number
    return found

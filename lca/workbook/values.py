"""What people type -> numbers and dates. Nothing is guessed: what is not plain is refused.

``１，２３４``, ``1,234.5``, ``1.2万``, ``12.5 kWh`` and ``25%`` are plain to a person and to us;
``1,5`` is not (a decimal comma, or a slip), neither is ``about 12``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from factors.numbers import fifteen, parse_decimal

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)"
    r"(?P<rest>\.[0-9]+)?(?P<exponent>[eE][+-]?[0-9]{1,3})? ?(?P<myriad>[万亿]?) ?"
    r"(?P<unit>(?:[^0-9.,+\-\s][^\n]{0,30})?)"
)
_NOT_FINITE = frozenset({"nan", "inf", "infinity", "+inf", "-inf", "-infinity", "∞", "-∞"})
_MYRIADS = {"": 1, "万": 10**4, "亿": 10**8}
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[T ]00:00(?::00)?)?")
_MONTH = re.compile(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})月?)?年?")


@dataclass(frozen=True, slots=True)
class Typed:
    """A number typed as text: its value, and the unit that stood behind it."""

    value: Fraction
    unit: str = ""


def folded(text: str) -> str:
    """Return text with compatibility forms folded, one kind of minus, single blanks."""
    plain = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-")
    return " ".join(plain.split())


def is_not_finite(text: str) -> bool:
    """Whether a text is NaN or an infinity."""
    return folded(text).casefold() in _NOT_FINITE


def typed_number(text: str) -> Typed | None:
    """Return the number that a text plainly means, or None.

    Raises
    ------
    OverflowError
        When it is too large or too small to be meant.
    """
    match = _NUMBER.fullmatch(folded(text))
    if match is None:
        return None
    digits = re.sub("[, ]", "", match["whole"]) + (match["rest"] or "") + (match["exponent"] or "")
    try:
        value = parse_decimal(("-" if match["sign"] == "-" else "") + digits)
        return Typed(fifteen(value * _MYRIADS[match["myriad"]]), match["unit"].strip())
    except ValueError as error:
        raise OverflowError(digits) from error


def cell_number(text: str) -> Fraction:
    """Return a stored number at 15 digits.

    Raises
    ------
    OverflowError
        When it is not finite or beyond what a quantity can be.
    """
    try:
        return fifteen(float(text))
    except ValueError as error:
        raise OverflowError(text) from error


def typed_day(text: str) -> date | None:
    """Return the day that a text names, or None."""
    match = _DAY.fullmatch(folded(text))
    return _date(*match.groups()) if match else None


def typed_month(text: str) -> date | None:
    """Return the first day of the year or month that a text names, or None."""
    match = _MONTH.fullmatch(folded(text))
    return _date(match[1], match[2] or "1", "1") if match else typed_day(text)


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None

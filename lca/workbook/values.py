"""Stored numbers, and dates as people type them. Numbers typed as text: :mod:`factors.written`."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from fractions import Fraction
from functools import lru_cache

from factors.numbers import fifteen

_NOT_FINITE = frozenset({"nan", "inf", "infinity", "+inf", "-inf", "-infinity", "∞", "-∞"})
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[T ]00:00(?::00)?)?")
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MONTH = re.compile(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})月?)?年?")


def folded(text: str) -> str:
    """Return text with compatibility forms folded, one kind of minus, single blanks."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-")
    return " ".join(text.split())


def is_not_finite(text: str) -> bool:
    """Whether a text is NaN or an infinity."""
    return folded(text).casefold() in _NOT_FINITE


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


@lru_cache(maxsize=1024)
def typed_day(text: str) -> date | None:
    """Return the day that a text names, or None."""
    plain = folded(text)
    match = _DAY.fullmatch(plain) or _DIGITS.fullmatch(plain)
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

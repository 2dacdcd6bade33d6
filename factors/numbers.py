"""Exact numbers at the edges: strict text in, fifteen digits from cells, plain decimals out.

Everything before the solve is a :class:`fractions.Fraction`. The three functions here are the only
places where text or a float becomes one, and where one becomes text again. Spellings that people
use (``1,200``, ``1.2万``) are the business of the workbook reader, not of this file.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from math import isfinite

MAX_TEXT = 40
"""Longest number text read, in characters."""

MAX_EXPONENT = 30
"""Largest power of ten, either way, of a number that is let in."""

_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE](?P<exponent>[+-]?[0-9]+))?")
_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_EVEN)


def parse_decimal(text: str) -> Fraction:
    """Return the exact value of a plain or exponent decimal such as ``-12.50`` or ``3.6e6``.

    Parameters
    ----------
    text
        ASCII digits, an optional leading minus, an optional point with digits on both sides, an
        optional exponent. No blanks, no plus, no thousands separators, no other digits.

    Raises
    ------
    ValueError
        When the text is anything else, is longer than 40 characters, or its exponent lies
        outside -30 ... 30 (an exponent is cheap to write and expensive to expand).
    """
    match = _DECIMAL.fullmatch(text) if len(text) <= MAX_TEXT else None
    if match is None:
        raise ValueError(f"not a plain decimal number of at most {MAX_TEXT} characters")
    if abs(int(match["exponent"] or 0)) > MAX_EXPONENT:
        raise ValueError(f"exponent outside -{MAX_EXPONENT} ... {MAX_EXPONENT}")
    return Fraction(Decimal(text))


def fifteen(value: float | Fraction | Decimal) -> Fraction:
    """Return a cell number at 15 significant digits, rounded half-even.

    A workbook stores binary floats but shows, and its author means, at most 15 digits: the cell
    ``0.1`` is one tenth, not 0.1000000000000000055511151231257827.

    Parameters
    ----------
    value
        A finite number; its magnitude must be zero or within 1e-30 ... 1e31.

    Raises
    ------
    ValueError
        For NaN, an infinity, a truth value, or a magnitude outside the range.
    """
    if isinstance(value, bool) or not (isinstance(value, Fraction) or _finite(value)):
        raise ValueError("not a finite number")
    exact = Fraction(value)
    if exact == 0:
        return exact
    if not Fraction(1, 10**MAX_EXPONENT) <= abs(exact) < 10 ** (MAX_EXPONENT + 1):
        raise ValueError(f"magnitude outside 1e-{MAX_EXPONENT} ... 1e{MAX_EXPONENT + 1}")
    return Fraction(_FIFTEEN.divide(Decimal(exact.numerator), Decimal(exact.denominator)))


def _finite(value: float | Decimal) -> bool:
    """Whether a number is finite; ``isfinite`` overflows on a long int and trips on an sNaN."""
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) or isfinite(value)


def decimal_text(x: Fraction | float) -> str:
    """Return the shortest decimal that reads back as ``float(x)``, in plain notation.

    There is never an exponent, a trailing ``.0`` or a minus zero; two equal floats give one text.

    Raises
    ------
    ValueError
        For NaN, an infinity, or a fraction too large for a float.
    """
    try:
        number = float(x)
    except OverflowError as error:
        raise ValueError("too large for a float") from error
    if not isfinite(number):
        raise ValueError("not a finite number")
    return format(Decimal(repr(number + 0.0)), "f").removesuffix(".0") if number else "0"

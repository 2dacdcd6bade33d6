"""Numbers of record: rounded once, exact ever after.

What an engine returns is binary floating point. Each (line, part) atom is rounded half-even to a
multiple of one quantum ``q = 10**(e - 11)``, where ``e`` is the decimal exponent of the sum of the
absolute atoms; from there on only decimals count. Lines, stages, parts and totals are exact sums of
atoms and leave no remainder.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import fsum

PLACES = 11
"""Decimal places kept below the leading digit of the sum of absolute atoms."""

SHARE_PLACES = 12
AMOUNT_DIGITS = 12


def exponent_of(values: Iterable[float]) -> int:
    """Return the exponent of q for some unrounded atoms; -11 when all of them are zero."""
    total = fsum(abs(value) for value in values)
    return (Decimal(total).adjusted() if total else 0) - PLACES


def rounded(value: float | Fraction, exponent: int) -> Fraction:
    """Return the multiple of 10**exponent nearest to a value, half-even."""
    quantum = Fraction(10) ** exponent
    return round(Fraction(value) / quantum) * quantum


def spell(value: Fraction) -> str:
    """Return a number of record as a plain decimal string: no exponent, no trailing zeros.

    Raises
    ------
    ValueError
        When the number is no finite decimal; a number of record always is.
    """
    places, rest = 0, value.denominator
    while rest % 10 == 0:
        places, rest = places + 1, rest // 10
    while rest % 2 == 0 or rest % 5 == 0:
        places, rest = places + 1, rest // (2 if rest % 2 == 0 else 5)
    if rest != 1:
        raise ValueError("not a finite decimal")
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    if not places:
        return sign + digits
    return sign + f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")


def share_text(share: Fraction) -> str:
    """Return a share at twelve decimal places, half-even."""
    return spell(rounded(share, -SHARE_PLACES))


def amount_text(amount: float) -> str:
    """Return the amount of a line at twelve significant digits."""
    if not amount:
        return "0"
    return spell(rounded(amount, Decimal(amount).adjusted() - AMOUNT_DIGITS + 1))

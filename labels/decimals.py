"""Decimal strings of record: read strictly, summed exactly, spelt plainly."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

_PLAIN = re.compile(r"-?(0|[1-9][0-9]{0,39})(\.[0-9]{1,60})?")


def exact(text: object) -> Fraction:
    """Read a decimal string of record.

    Raises
    ------
    ValueError
        Unless it is a plain decimal: no exponent, no spaces, no leading zeros, bounded length.
    """
    if not isinstance(text, str) or not _PLAIN.fullmatch(text):
        raise ValueError(f"not a plain decimal string: {str(text)[:40]!r}")
    return Fraction(Decimal(text))


def total(texts: Iterable[object]) -> Fraction:
    """Return the exact sum of decimal strings."""
    return sum((exact(text) for text in texts), Fraction(0))


def spelt(value: Fraction) -> str:
    """Spell an exact decimal plainly, without trailing zeros.

    Raises
    ------
    ValueError
        When the value has no finite decimal spelling.
    """
    places, denominator = 0, value.denominator
    while 10**places % denominator:
        places += 1
        if places > 80:
            raise ValueError("no finite decimal spelling")
    digits = str(abs(value.numerator) * 10**places // denominator).rjust(places + 1, "0")
    whole, part = (digits[:-places], digits[-places:]) if places else (digits, "")
    return ("-" if value < 0 else "") + whole + (f".{part}" if part else "")

"""How numbers are spelt in an explanation: values of record whole, amounts to six digits."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

from labels.decimals import spelt
from labels.figures import MINUS, rounded, shown

DIGITS = 6
#: From here down an amount is spelt as a power of ten.
SMALL = Decimal("0.0001")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def record(value: Fraction) -> str:
    """Spell a number of record with all its digits."""
    return spelt(value).replace("-", MINUS)


def padded(value: Fraction, places: int) -> str:
    """Spell a number of record with a fixed number of decimals, so that columns can be added."""
    told = spelt(value)
    whole, _, decimals = told.partition(".")
    return f"{whole}.{decimals:0<{places}}".replace("-", MINUS) if places else record(value)


def places(values: list[Fraction]) -> int:
    """Return the most decimals that any of some numbers of record has."""
    return max((len(spelt(value).partition(".")[2]) for value in values), default=0)


def amount(value: Fraction) -> str:
    """Spell an amount to six significant digits, a very small one as a power of ten."""
    if not value:
        return "0"
    told = _decimal(value)
    if abs(told) >= SMALL:
        return _trimmed(shown(told, DIGITS))
    exponent = rounded(told, DIGITS).adjusted()
    power = str(exponent).translate(_RAISED)
    return f"{_trimmed(shown(told.scaleb(-exponent), DIGITS))} × 10{power}"


def is_whole(value: Fraction) -> bool:
    """Whether :func:`amount` spells a value without rounding it."""
    told = _decimal(value)
    return Fraction(told) == value and Fraction(rounded(told, DIGITS)) == value


def _decimal(value: Fraction) -> Decimal:
    with localcontext(prec=60):
        return Decimal(value.numerator) / Decimal(value.denominator)


def _trimmed(told: str) -> str:
    return told.rstrip("0").rstrip(".") if "." in told else told

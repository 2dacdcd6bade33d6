"""Quantities: an exact value and a unit, so that unlike things never add.

All arithmetic is over :class:`~fractions.Fraction`, therefore there-and-back is the identity, sums
do not depend on their order, and nothing is lost before the solve. Quantities are for the edges
(cells, factors, ledgers, formulas): a compiled system holds plain arrays.

Equality is physical: ``1 t == 1000 kg``, and equal quantities have equal hashes. Quantities of
unlike dimensions are unequal, also where both are zero; ordering them is refused, not answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from factors.numbers import decimal_text, parse_decimal
from factors.units import NO_COUNTING, Unit, unit


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """A value and its unit.

    Attributes
    ----------
    value
        The number of units, exact.
    unit
        What is counted.
    """

    value: Fraction
    unit: Unit

    def __post_init__(self) -> None:
        """Keep floats out: their binary tails would break every exact law below."""
        if type(self.value) is not Fraction:
            raise TypeError(f"the value must be a Fraction, not {type(self.value).__name__}")

    @classmethod
    def of(cls, value: str | int, text: str, counting: frozenset[str] = NO_COUNTING) -> Quantity:
        """Read a quantity from a decimal text (or whole number) and a unit text.

        Raises
        ------
        ValueError
            When the text is no plain decimal number.
        UnitError
            When the unit text is refused.
        """
        number = Fraction(value) if isinstance(value, int) else parse_decimal(value)
        return cls(number, unit(text, counting))

    @property
    def in_base(self) -> Fraction:
        """Value in the coherent base of the dimension."""
        return self.value * self.unit.scale

    def to(self, other: Unit) -> Quantity:
        """Return the same quantity in another unit.

        Raises
        ------
        UnitError
            UNIT-DIMENSION, when the dimensions differ.
        """
        return Quantity(self.value * self.unit.factor_to(other), other)

    def __str__(self) -> str:
        return f"{decimal_text(self.value)} {self.unit}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[str, Fraction]:
        return self.unit.dimension, self.in_base

    def __lt__(self, other: Quantity) -> bool:
        return self.value < other.to(self.unit).value

    def __le__(self, other: Quantity) -> bool:
        return self.value <= other.to(self.unit).value

    def __neg__(self) -> Quantity:
        return Quantity(-self.value, self.unit)

    def __abs__(self) -> Quantity:
        return Quantity(abs(self.value), self.unit)

    def __add__(self, other: Quantity) -> Quantity:
        """Return the sum in the unit of the left side; UNIT-DIMENSION for unlike dimensions."""
        return Quantity(self.value + other.to(self.unit).value, self.unit)

    def __sub__(self, other: Quantity) -> Quantity:
        """Return the difference in the unit of the left side."""
        return Quantity(self.value - other.to(self.unit).value, self.unit)

    def __mul__(self, other: Quantity | Fraction | int) -> Quantity:
        """Return the product; ``2 MWh * 0.5 kg CO2e/kWh`` is ``1000 kg CO2e``."""
        if isinstance(other, Quantity):
            return _simplified(self.value * other.value, self.unit * other.unit)
        if isinstance(other, Fraction | int):
            return Quantity(self.value * other, self.unit)
        return NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, other: Quantity | Fraction | int) -> Quantity:
        """Return the quotient; division by a zero quantity raises ZeroDivisionError."""
        if isinstance(other, Quantity):
            return _simplified(self.value / other.value, self.unit / other.unit)
        if isinstance(other, Fraction | int):
            return Quantity(self.value / other, self.unit)
        return NotImplemented


def _simplified(value: Fraction, product: Unit) -> Quantity:
    """Merge units of one kind (MWh with kWh) and carry their ratio over into the value."""
    plain = product.simplified()
    return Quantity(value * product.factor_to(plain), plain)

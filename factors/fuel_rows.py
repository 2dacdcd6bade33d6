"""Which fuel a factor row burns or supplies, and its amounts in other units."""

from __future__ import annotations

import re
from fractions import Fraction

from factors.errors import FactorError, UnitError
from factors.factor import EmissionFactor
from factors.properties import convert, fuel_properties
from factors.quantity import Quantity
from factors.store import FactorSet
from factors.units import Unit, unit

_FUEL = re.compile(r"(?P<fuel>.+?)(-(?P<place>[a-z]{2}|ipcc))?-(combustion|upstream)(-.*)?")


def in_unit(factors: FactorSet, row: EmissionFactor, amount: Quantity, to: Unit) -> Quantity | None:
    """Return an amount of what a row is about in another unit; None where nothing leads there.

    Fuels are carried along their density and calorific values: litres, tonnes and gigajoules of
    one fuel are one amount.
    """
    if amount.unit.dimension == to.dimension:
        return amount.to(to)
    named = _FUEL.fullmatch(row.id)
    if named is None:
        return None
    try:
        known = fuel_properties(factors, named["fuel"], named["place"] or "cn")
        return convert(amount, to, known)
    except (FactorError, UnitError):
        return None


def units_in(factors: FactorSet, row: EmissionFactor, per: Unit) -> Fraction | None:
    """Return how many units of a row one other unit is; None where nothing leads there."""
    found = in_unit(factors, row, Quantity(Fraction(1), per), unit(row.unit))
    return None if found is None else found.value

"""Combustion and upstream of one fuel stand for one amount of it.

The two factors are often stated in unlike units (GJ burnt, m3 supplied). Where the properties of
the fuel lead from one to the other, the amounts must agree in net calorific value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from factors.errors import UnitError
from factors.factor import Boundary, EmissionFactor
from factors.findings import Finding, finding
from factors.fuel_rows import in_unit
from factors.quantity import Quantity
from factors.store import FactorSet
from factors.units import unit
from lca.boundary import Group, burns_fuel, grouped, number, percent
from lca.resolve import place_of
from lca.result import ZERO, Figure

TOLERANCE = Fraction(5, 100)
"""Heating values of one fuel differ by this much between good sources."""

ENERGY = unit("GJ(LHV)")


def check(figure: Figure, factors: FactorSet) -> Iterator[Finding]:
    """Yield fuels of which another amount is burnt than supplied."""
    for group in grouped(figure.lines, by_flow=True):
        burnt = [(line, factor) for line, factor in group if burns_fuel(line, factor)]
        supplied = [pair for pair in group if pair[1].boundary is Boundary.UPSTREAM]
        if not burnt or not supplied:
            continue
        rows = [factor for _, factor in (*burnt, *supplied)]
        one, other = _energy(burnt, rows, factors), _energy(supplied, rows, factors)
        if one is None or other is None or not max(one, other):
            continue
        apart = abs(one - other) / max(one, other)
        if apart > TOLERANCE:
            line = burnt[0][0]
            yield finding(
                "BOUNDARY-FUEL-AMOUNT",
                place_of(line.exchange),
                flow=line.exchange.flow or line.id,
                process=line.exchange.process,
                burnt=number(one),
                supplied=number(other),
                apart=percent(apart),
                limit=percent(TOLERANCE),
            )


def _energy(lines: Group, rows: Iterable[EmissionFactor], factors: FactorSet) -> Fraction | None:
    """Return the net calorific value of some lines in GJ; None where one of them has none."""
    total = ZERO
    for line, factor in lines:
        found = _in_gj(line.amount, line.exchange.unit, (factor, *rows), factors)
        if found is None:
            return None
        total += found
    return total


def _in_gj(
    amount: str, unit_text: str, rows: Iterable[EmissionFactor], factors: FactorSet
) -> Fraction | None:
    """Return an amount in GJ by the properties of the first fuel that leads there."""
    try:
        told = Quantity(Fraction(amount), unit(unit_text))
    except UnitError:
        return None
    for row in rows:
        found = in_unit(factors, row, told, ENERGY)
        if found is not None:
            return found.value
    return None

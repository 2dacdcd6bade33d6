"""Combustion and upstream of one fuel stand for one amount of it.

The upstream may be a factor or a process of the system, and the two are often stated in unlike
units (GJ burnt, m3 supplied). Where the properties of the fuel lead from one to the other, the
amounts must agree in net calorific value.
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
from lca.fuel_links import Supplies
from lca.inventory import Exchange
from lca.resolve import place_of
from lca.result import ZERO, Figure, Line

TOLERANCE = Fraction(5, 100)
"""Heating values of one fuel differ by this much between good sources."""

ENERGY = unit("GJ(LHV)")


def check(figure: Figure, factors: FactorSet, supplied: Supplies) -> Iterator[Finding]:
    """Yield fuels of which another amount is burnt than supplied, by lines or by processes."""
    for group in grouped(figure.lines, by_flow=True):
        burnt = [(line, factor) for line, factor in group if burns_fuel(line, factor)]
        energies = _energies(burnt, group, factors, supplied) if burnt else None
        if energies is None or not max(energies):
            continue
        apart = abs(energies[0] - energies[1]) / max(energies)
        if apart > TOLERANCE:
            line = burnt[0][0]
            yield finding(
                "BOUNDARY-FUEL-AMOUNT",
                place_of(line.exchange),
                flow=line.exchange.flow or line.id,
                process=line.exchange.process,
                burnt=number(energies[0]),
                supplied=number(energies[1]),
                apart=percent(apart),
                limit=percent(TOLERANCE),
            )


def _energies(
    burnt: Group, group: Group, factors: FactorSet, supplied: Supplies
) -> tuple[Fraction, Fraction] | None:
    """Return what is burnt and what is supplied in GJ, None where that cannot be told.

    Where a process supplies a part, what others state from cradle to gate is supply as well.
    """
    links = supplied.of(burnt[0][0])
    kinds = (Boundary.UPSTREAM, *([Boundary.CRADLE_TO_GATE] if links else []))
    others = [pair for pair in group if pair[1].boundary in kinds]
    rows = [factor for _, factor in (*burnt, *others)]
    found = (
        _energy(burnt, rows, factors),
        _energy(others, rows, factors),
        _linked(links, burnt[0][0], supplied, rows, factors),
    )
    if not (others or links) or None in found:
        return None
    one, other, linked = (value or ZERO for value in found)
    return one, other + linked


def _energy(lines: Group, rows: Iterable[EmissionFactor], factors: FactorSet) -> Fraction | None:
    """Return the net calorific value of some lines in GJ; None where one of them has none."""
    total = ZERO
    for line, factor in lines:
        found = _in_gj(line.amount, line.exchange.unit, (factor, *rows), factors)
        if found is None:
            return None
        total += found
    return total


def _linked(
    links: Iterable[Exchange],
    line: Line,
    supplied: Supplies,
    rows: Iterable[EmissionFactor],
    factors: FactorSet,
) -> Fraction | None:
    """Return what some links supply in GJ, None where one of them does not lead there."""
    total, known = ZERO, list(rows)
    for link in links:
        amount = supplied.amount(link, line)
        found = None if amount is None else _in_gj(amount, link.unit, known, factors)
        if found is None:
            return None
        total += found
    return total


def _in_gj(
    amount: str | Fraction, unit_text: str, rows: Iterable[EmissionFactor], factors: FactorSet
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

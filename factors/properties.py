"""Fuel properties: litres, tonnes and gigajoules of one fuel are one amount.

Every property is a ratio of two quantities (``kg/m3``, ``GJ(LHV)/t``, ``kg C/GJ(LHV)``), read from
a property row. An amount is carried along these ratios, exactly, so the way taken does not matter:
30,000 L of diesel reach the same result as the tonnes and the gigajoules they are. Heat is never
taken for calorific value, nor gross for net: these are dimensions of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from factors.errors import FactorError, UnitError
from factors.factor import EmissionFactor
from factors.findings import Finding, Where, finding
from factors.quantity import Quantity
from factors.store import FactorSet
from factors.units import Unit, unit

KINDS = ("ncv", "density", "carbon", "net-per-gross")
"""Endings of the ids of property rows that tie quantities of one fuel together."""

ELSEWHERE = ("gb", "ipcc")
"""Places whose rows stand in, in this order, where the place asked for has none."""

NET_PER_GROSS = "GJ(LHV)/GJ(HHV)"


@dataclass(frozen=True, slots=True)
class FuelProperties:
    """What ties the quantities of one fuel together.

    Attributes
    ----------
    fuel
        Start of the ids, for example ``diesel``.
    ratios
        The properties as quantities, for example 830.565 kg/m3.
    rows
        The property rows they were read from.
    findings
        PROPERTY-STAND-IN for every row of another place.
    """

    fuel: str
    ratios: tuple[Quantity, ...]
    rows: tuple[EmissionFactor, ...]
    findings: tuple[Finding, ...]


def fuel_properties(
    factors: FactorSet, fuel: str, place: str = "cn", where: Where = Where()
) -> FuelProperties:
    """Return the properties of a fuel, those of its place first.

    Raises
    ------
    FactorError
        PROPERTY-UNKNOWN when the library holds no property of the fuel.
    """
    rows: list[EmissionFactor] = []
    found: list[Finding] = []
    for kind in KINDS:
        own = (f"{fuel}-{place}-{kind}", f"{fuel}-{kind}")
        others = tuple(f"{fuel}-{other}-{kind}" for other in ELSEWHERE if other != place)
        held = [name for name in (*own, *others) if name in factors]
        if held:
            rows.append(factors.get(held[0]))
            if held[0] in others:
                found.append(finding("PROPERTY-STAND-IN", where, row=held[0], place=place))
    if not rows:
        raise FactorError(finding("PROPERTY-UNKNOWN", where, fuel=fuel))
    ratios = tuple(ratio_of(row) for row in rows)
    return FuelProperties(fuel, ratios, tuple(rows), tuple(found))


def convert(amount: Quantity, to: Unit, fuel: FuelProperties, where: Where = Where()) -> Quantity:
    """Return an amount of a fuel in another unit, along its properties.

    Parameters
    ----------
    amount
        Mass, volume, normal volume, net or gross calorific value.
    to
        Unit of any of these, or of carbon.

    Raises
    ------
    UnitError
        PROPERTY-MISSING when no chain of properties leads there.
    """
    steps = path(amount.unit.dimension, to.dimension, fuel.ratios)
    if steps is None:
        known = ", ".join(row.id for row in fuel.rows)
        raise UnitError(
            finding(
                "PROPERTY-MISSING",
                where,
                fuel=fuel.fuel,
                unit=amount.unit.symbol,
                to=to.symbol,
                known=known,
            )
        )
    reached = amount
    for sign, number in steps:
        ratio = fuel.ratios[number]
        reached = reached * ratio if sign == "*" else reached / ratio
    return reached.to(to)


def path(start: str, end: str, ratios: Sequence[Quantity]) -> tuple[tuple[str, int], ...] | None:
    """Return the shortest way from one dimension to another along some ratios.

    Parameters
    ----------
    start, end
        Dimensions, for example ``[mass]`` and ``[energy_lhv]``.
    ratios
        Those that stand first are preferred among ways of one length.

    Returns
    -------
    tuple or None
        For each step ``*`` or ``/`` and the position of the ratio; None when no way leads there.
    """
    ways: dict[str, tuple[tuple[str, int], ...]] = {start: ()}
    waiting = [start]
    while waiting and end not in ways:
        here = waiting.pop(0)
        for sign, number, there in _steps(here, ratios):
            if there not in ways:
                ways[there] = (*ways[here], (sign, number))
                waiting.append(there)
    return ways.get(end)


def as_received(
    dry: Quantity, moisture: Fraction, evaporation: Quantity, where: Where = Where()
) -> Quantity:
    """Return the net calorific value of a moist fuel from that of its dry matter.

    ``ncv = ncv_dry (1 - m) - m r``, with ``r`` the heat of evaporation of water at 25 C (ISO 1928).

    Parameters
    ----------
    dry
        Net calorific value per mass of dry matter.
    moisture
        Mass of water per mass of moist fuel, at least 0 and below 1.
    evaporation
        Heat of evaporation per mass of water (row ``water-evaporation-heat``).

    Raises
    ------
    FactorError
        PROPERTY-SHARE.
    """
    if not 0 <= moisture < 1:
        raise FactorError(finding("PROPERTY-SHARE", where, share=float(moisture)))
    lost = Quantity(evaporation.to(unit("kJ/kg")).value, unit("kJ(LHV)/kg"))
    return dry * (1 - moisture) - (lost * moisture).to(dry.unit)


def ratio_of(row: EmissionFactor) -> Quantity:
    """Return the number of a property row with its unit."""
    amount = row.amount if row.amount is not None else Fraction(0)
    if row.id.endswith("-net-per-gross"):
        return Quantity(amount * unit(row.unit).scale, unit(NET_PER_GROSS))
    return Quantity(amount, unit(row.unit))


def _steps(here: str, ratios: Sequence[Quantity]) -> Iterator[tuple[str, int, str]]:
    """Yield sign, position and dimension reached of each ratio that fits."""
    for number, ratio in enumerate(ratios):
        above, _, below = ratio.unit.dimension.partition("/")
        if here == below:
            yield "*", number, above
        elif here == above:
            yield "/", number, below

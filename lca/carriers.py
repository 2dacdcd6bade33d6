"""Fuel and steam in the unit they were booked in: what leads to the unit of the model's account.

Diesel is bought in litres, weighed in tonnes and billed in gigajoules. What is booked in another
unit than the account's keeps that unit in the ledger; here it becomes a formula over the amounts as
booked and the properties that tie them together, so that a line is traced through the conversion
like through any other quantity of the model. Properties of the model (constants, or measured by the
maker) come before rows of the library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from factors.errors import FactorError, UnitError
from factors.factor import EmissionFactor, Status
from factors.findings import Finding, Where, finding
from factors.numbers import decimal_text
from factors.properties import KINDS, fuel_properties, path
from factors.quantity import Quantity
from factors.steam import CATEGORY, SteamTable, steam_energy
from factors.store import FactorSet
from factors.units import Unit, unit
from lca.inputs import AccountAmount, Input, first_place
from lca.model_parts import BOOKED_BY, Account, ProductModel, SteamRule
from lca.questions import holds

MASS = "[mass]"
TONNE = unit("t")
FRESH_WATER = Fraction(20)
"""Temperature in C of the water that steam is held against where the model does not ask."""


@dataclass(frozen=True, slots=True)
class Carried:
    """How an account follows from what was booked in other units.

    Attributes
    ----------
    formula
        Over the names of ``extra`` and names of the model.
    extra
        Amounts as booked per declared unit, and numbers of the library.
    behind
        Answers that the numbers of ``extra`` were read with: pressure and temperature.
    findings
        Remarks; what makes the conversion impossible is raised.
    """

    formula: str
    extra: Mapping[str, Input]
    behind: tuple[Input, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What a conversion may rest on.

    Attributes
    ----------
    enums, inputs
        Choices made, and every answer and constant that has a value.
    factors
        Factor library; without one only properties of the model are known.
    """

    model: ProductModel
    enums: Mapping[str, str]
    inputs: Mapping[str, Input]
    factors: FactorSet | None

    def asked(self, name: str) -> bool:
        """Whether a parameter of the model is defined for these choices."""
        rules = [one.when for one in self.model.parameters if one.id == name]
        return any(holds(when, self.enums) for when in rules)

    def answered(self, name: str) -> Input | None:
        """Return a parameter, None where it is not asked or was not answered."""
        return self.inputs.get(name) if self.asked(name) else None


@dataclass(frozen=True, slots=True)
class Tie:
    """A ratio of two quantities of one fuel under its name; ``row`` when the library has it."""

    name: str
    ratio: Unit
    row: Input | None = None


def carried(account: Account, told: AccountAmount, known: Known) -> Carried:
    """Return how an account follows from what was booked.

    Parameters
    ----------
    told
        The account as booked, part of it in units of other dimensions.

    Raises
    ------
    UnitError
        PROPERTY-MISSING where no property leads to the unit of the account.
    FactorError
        PROPERTY-UNKNOWN, STEAM-STATE or STEAM-RANGE; all at the cells that were booked.
    """
    booked = dict(_booked(account, told, known.model))
    if account.steam is not None:
        return _steam(account, account.steam, booked, known)
    return _fuel(account, booked, known)


def _booked(
    account: Account, told: AccountAmount, model: ProductModel
) -> Iterator[tuple[str, Input]]:
    """Yield what was booked by dimension, per one declared unit."""
    own = ((account.unit, told),) if told.cells else ()
    for booked_in, part in (*own, *told.others):
        value = part.amount / model.declared_unit.amount
        shown = booked_in / model.declared_unit.unit
        yield (
            booked_in.dimension,
            Input(
                name=f"{account.id}_by_{BOOKED_BY[booked_in.dimension]}",
                value=value,
                unit=shown.symbol,
                base=value * shown.scale,
                kind=part.kind or account.kind,
                cells=part.cells,
                evidence=part.evidence,
            ),
        )


# --- fuels ---------------------------------------------------------------------------------------


def _fuel(account: Account, booked: Mapping[str, Input], known: Known) -> Carried:
    """Return a fuel along its properties: one term for each dimension it was booked in."""
    where = first_place(tuple(cell for one in booked.values() for cell in one.cells), Where())
    ties, remarks = _ties(account, known, where)
    used: dict[str, Input] = {}
    terms: list[str] = []
    for dimension, one in booked.items():
        way = _way(account, dimension, ties, one)
        used.update((tie.name, tie.row) for _, tie in way if tie.row is not None)
        terms.append(one.name + "".join(f" {sign} {tie.name}" for sign, tie in way))
    rows = {one.source for one in used.values()}
    return Carried(
        formula=" + ".join(terms),
        extra={one.name: one for one in booked.values()} | used,
        findings=tuple(one for one in remarks if dict(one.params).get("row") in rows),
    )


def _way(
    account: Account, dimension: str, ties: Sequence[Tie], booked: Input
) -> list[tuple[str, Tie]]:
    """Return the properties that lead from a dimension to the account's, with their signs."""
    ratios = [Quantity(Fraction(1), tie.ratio) for tie in ties]
    steps = path(dimension, account.unit.dimension, ratios)
    if steps is None:
        raise UnitError(
            finding(
                "PROPERTY-MISSING",
                first_place(booked.cells, Where()),
                fuel=account.fuel or account.id,
                unit=booked.cells[0].unit if booked.cells else booked.unit,
                to=account.unit.symbol,
                known=", ".join(tie.row.source if tie.row else tie.name for tie in ties) or "-",
            )
        )
    return [(sign, ties[number]) for sign, number in steps]


def _ties(account: Account, known: Known, where: Where) -> tuple[list[Tie], tuple[Finding, ...]]:
    """Return the properties of a fuel, those of the model first."""
    own = [
        Tie(name, known.model.units[name])
        for name in properties(account, known.model)
        if known.asked(name) or name not in {one.id for one in known.model.parameters}
    ]
    if not account.fuel or known.factors is None:
        return own, ()
    shipped = fuel_properties(known.factors, account.fuel, where=where)
    held = {tie.ratio.dimension for tie in own}
    rows = [
        Tie(_name(row), ratio.unit, _input(row, ratio))
        for row, ratio in zip(shipped.rows, shipped.ratios, strict=True)
        if ratio.unit.dimension not in held
    ]
    return [*own, *rows], shipped.findings


def properties(account: Account, model: ProductModel) -> tuple[str, ...]:
    """Return the names of the model that tie quantities of an account's fuel together.

    Those that the account names, then the parameters that stand on a property row of its fuel.
    """
    kinds = "|".join(KINDS)
    row = re.compile(rf"{re.escape(account.fuel)}(-[a-z]{{2}}|-ipcc)?-({kinds})")
    same = [one.id for one in model.parameters if account.fuel and row.fullmatch(one.row)]
    return tuple(dict.fromkeys((*account.properties, *same)))


def leading(account: Account, model: ProductModel, factors: FactorSet | None) -> frozenset[str]:
    """Return the dimensions of an account from which some property leads to its unit.

    Without a library these are all that its carrier can have.
    """
    if account.carrier != "fuel" or factors is None:
        return account.dimensions
    ratios = [Quantity(Fraction(1), model.units[name]) for name in properties(account, model)]
    with suppress(FactorError):  # a fuel that the library does not know is tied by the model alone
        ratios += fuel_properties(factors, account.fuel).ratios
    own = account.unit.dimension
    return frozenset(one for one in account.dimensions if path(one, own, ratios) is not None)


def _name(row: EmissionFactor) -> str:
    """Return the name of a property row in a formula."""
    return row.id.replace("-", "_")


def _input(row: EmissionFactor, ratio: Quantity) -> Input:
    return Input(
        name=_name(row),
        value=ratio.value,
        unit=ratio.unit.symbol,
        base=ratio.value * ratio.unit.scale,
        source=row.id,
        status=str(row.status),
    )


# --- steam ---------------------------------------------------------------------------------------


def _steam(
    account: Account,
    rule: SteamRule,
    booked: Mapping[str, Input],
    known: Known,
) -> Carried:
    """Return steam by mass as the heat it brings over the water it comes back as."""
    mass = booked[MASS]
    where = first_place(mass.cells, Where())
    if known.factors is None:
        raise FactorError(finding("PROPERTY-UNKNOWN", where, fuel=account.id))
    pressure, temperature, water = (
        known.answered(name) for name in (rule.pressure, rule.temperature, rule.water)
    )
    heat = steam_energy(
        Quantity(Fraction(1), TONNE),
        SteamTable.of(known.factors),
        pressure=_in(pressure, "MPa"),
        temperature=_in(temperature, "°C"),
        saturated=not known.asked(rule.temperature),
        water=_in(water, "°C") or FRESH_WATER,
        where=where,
    )
    name = f"{account.id}_heat"
    state = ", ".join(
        f"{decimal_text(one.value)} {one.unit}" for one in (pressure, temperature) if one
    )
    per_tonne = Quantity(heat.value, heat.unit / TONNE)
    told = Input(
        name=name,
        value=per_tonne.value,
        unit=per_tonne.unit.symbol,
        base=per_tonne.value * per_tonne.unit.scale,
        source=f"IAPWS-IF97, rows {CATEGORY} of the library, straight lines between: {state}",
        status=str(Status.DERIVED),
    )
    others = [one.name for dimension, one in booked.items() if dimension != MASS]
    return Carried(
        formula=" + ".join([*others, f"{mass.name} * {name}"]),
        extra={one.name: one for one in (*booked.values(), told)},
        behind=tuple(one for one in (pressure, temperature, water) if one),
    )


def _in(told: Input | None, symbol: str) -> Fraction | None:
    return None if told is None else told.base / unit(symbol).scale

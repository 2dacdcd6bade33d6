"""Co-pollutants along the same system: SO2, NOx, PM2.5 beside the footprint, never in it.

A factor may state kg of a pollutant per unit of its activity; where a combustion row states none,
the rows that ``lca/pollutants.toml`` puts beside it speak for it. The sums are over the lines of a
figure, in kg per declared unit, and each says how much of the figure stands behind it: a pollutant
that few factors state is not small, it is unknown.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from factors.factor import EmissionFactor
from factors.quantity import Quantity
from factors.store import FactorSet
from factors.units import unit
from lca.inventory import ProductSystem
from lca.record import amount_text, share_text
from lca.result import ZERO, Figure, Line

PRINCIPAL = ("SO2", "NOx", "PM2.5")
"""Always reported, known or not; others follow when a factor states them."""


@dataclass(frozen=True, slots=True)
class Dose:
    """kg of a pollutant in a line, and the row of the library that says so."""

    kg: Fraction
    row: str
    release: str


@dataclass(frozen=True, slots=True)
class CoPollutant:
    """One pollutant of one figure.

    Attributes
    ----------
    amount
        kg per declared unit, of the lines that state it; None when none does.
    lines
        Share of the lines that state it, by number.
    share
        Share of the figure that these lines make, by absolute contribution.
    rows
        The rows that its amount rests on, sorted, ``source/release:id``.
    releases
        Their releases, sorted.
    """

    name: str
    amount: Fraction | None
    lines: Fraction
    share: Fraction
    rows: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "amount": None if self.amount is None else amount_text(float(self.amount)),
            "unit": "kg",
            "stated_by": {"lines": share_text(self.lines), "figure": share_text(self.share)},
            "rows": list(self.rows),
        }


@cache
def companions() -> Mapping[str, Mapping[str, str]]:
    """Return the pollutant rows beside a combustion row, by id and pollutant."""
    table = tomllib.loads((files("lca") / "pollutants.toml").read_text(encoding="utf-8"))
    return {
        factor: {name: item[name] for name in PRINCIPAL}
        for item in table["activity"]
        for factor in item["factors"]
    }


def co_pollutants(
    figure: Figure, system: ProductSystem, factors: FactorSet
) -> tuple[CoPollutant, ...]:
    """Return the co-pollutants of a figure, the principal ones first.

    Raises
    ------
    FactorError
        A pollutant row that the library does not have.
    """
    lines = [line for line in figure.lines if line.id == line.exchange.id]
    counting = frozenset(system.units)
    doses = {line.id: _doses(line, factors, counting) for line in lines}
    stated = {name for told in doses.values() for name in told}
    names = (*PRINCIPAL, *sorted(stated - set(PRINCIPAL)))
    return tuple(_one(name, lines, figure, doses) for name in names)


def _one(
    name: str,
    lines: Collection[Line],
    figure: Figure,
    doses: Mapping[str, Mapping[str, Dose]],
) -> CoPollutant:
    known = [line for line in lines if name in doses[line.id]]
    told = [doses[line.id][name] for line in known]
    counted = [dose for dose in told if dose.kg]
    return CoPollutant(
        name=name,
        amount=sum((dose.kg for dose in told), ZERO) if told else None,
        lines=Fraction(len(known), len(lines)) if lines else ZERO,
        share=figure.share(known),
        rows=tuple(sorted({dose.row for dose in counted})),
        releases=tuple(sorted({dose.release for dose in counted})),
    )


def _doses(line: Line, factors: FactorSet, counting: frozenset[str]) -> dict[str, Dose]:
    """Return kg of each pollutant in a line: its factor's own, else those beside it."""
    factor = line.factor
    if factor is None:
        return {}
    if factor.co_pollutants:
        return _own(line, factor, counting)
    beside = companions().get(factor.id, {})
    return {name: _beside(line, factors.get(row), counting) for name, row in beside.items()}


def _own(line: Line, factor: EmissionFactor, counting: frozenset[str]) -> dict[str, Dose]:
    scale = unit(line.exchange.unit, counting).factor_to(unit(factor.unit, counting))
    amount = Fraction(line.amount) * scale
    return {
        name: Dose(amount * per_unit, factor.reference, factor.release)
        for name, per_unit in factor.co_pollutants
    }


def _beside(line: Line, row: EmissionFactor, counting: frozenset[str]) -> Dose:
    """Return what a pollutant row, such as g per GJ, makes of the amount of a line."""
    burnt = Quantity(Fraction(line.amount), unit(line.exchange.unit, counting))
    emitted = burnt * Quantity(row.amount or ZERO, unit(row.unit))
    return Dose(emitted.to(unit("kg")).value, row.reference, row.release)

"""Co-pollutants along the same system: SO2, NOx, PM2.5 beside the footprint, never in it.

A factor may state kg of a pollutant per unit of its activity. The sums are over the lines of a
figure, in kg per declared unit, and each says how much of the figure stands behind it: a pollutant
that few factors state is not small, it is unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from factors.factor import EmissionFactor
from factors.units import unit
from lca.inventory import ProductSystem
from lca.record import amount_text, share_text
from lca.result import ZERO, Figure, Line

PRINCIPAL = ("SO2", "NOx", "PM2.5")
"""Always reported, known or not; others follow when a factor states them."""


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
    """

    name: str
    amount: Fraction | None
    lines: Fraction
    share: Fraction

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "amount": None if self.amount is None else amount_text(float(self.amount)),
            "unit": "kg",
            "stated_by": {"lines": share_text(self.lines), "figure": share_text(self.share)},
        }


def co_pollutants(figure: Figure, system: ProductSystem) -> tuple[CoPollutant, ...]:
    """Return the co-pollutants of a figure, the principal ones first."""
    lines = [line for line in figure.lines if line.id == line.exchange.id]
    stated = {
        name for line in lines if line.factor is not None for name, _ in line.factor.co_pollutants
    }
    names = (*PRINCIPAL, *sorted(stated - set(PRINCIPAL)))
    counting = frozenset(system.units)
    return tuple(_one(name, lines, figure, counting) for name in names)


def _one(
    name: str, lines: Collection[Line], figure: Figure, counting: frozenset[str]
) -> CoPollutant:
    amounts = {line.id: _amount(line, name, counting) for line in lines}
    known = [line for line in lines if amounts[line.id] is not None]
    return CoPollutant(
        name=name,
        amount=_total(amounts.values()),
        lines=Fraction(len(known), len(lines)) if lines else ZERO,
        share=figure.share(known),
    )


def _total(amounts: Iterable[Fraction | None]) -> Fraction | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, ZERO) if known else None


def _amount(line: Line, name: str, counting: frozenset[str]) -> Fraction | None:
    """Return kg of a pollutant in a line, None when its factor says nothing about it."""
    per_unit = _per_unit(line.factor, name)
    if line.factor is None or per_unit is None:
        return None
    asked = unit(line.exchange.unit, counting).factor_to(unit(line.factor.unit, counting))
    return Fraction(line.amount) * asked * per_unit


def _per_unit(factor: EmissionFactor | None, name: str) -> Fraction | None:
    return dict(factor.co_pollutants).get(name) if factor else None

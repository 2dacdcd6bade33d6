"""Steam: gigajoules from tonnes, by pressure and temperature and never without them.

The enthalpies are property rows computed from the industrial formulation IAPWS-IF97, at ten
pressures and six degrees of superheat. Between them the value is interpolated linearly, within
0.1 % of the formulation; outside of them it is refused.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction

from factors.errors import FactorError
from factors.factor import EmissionFactor
from factors.findings import Where, finding
from factors.numbers import parse_decimal
from factors.quantity import Quantity
from factors.store import FactorSet
from factors.units import unit

CATEGORY = "steam-enthalpy"
_VAPOUR = re.compile(r"water vapour; ([\d.]+) MPa absolute; ([\d.]+) C")
_LIQUID = re.compile(r"liquid water; saturated; ([\d.]+) C")


@dataclass(frozen=True, slots=True)
class SteamTable:
    """Enthalpies by pressure and superheat.

    Attributes
    ----------
    vapour
        By absolute pressure in MPa: temperatures in C and enthalpies in kJ/kg; the first is
        saturated steam.
    liquid
        Temperatures in C and enthalpies in kJ/kg of liquid water.
    """

    vapour: dict[Fraction, tuple[tuple[Fraction, Fraction], ...]]
    liquid: tuple[tuple[Fraction, Fraction], ...]

    @classmethod
    def of(cls, factors: FactorSet) -> SteamTable:
        """Read the table from the property rows of a library."""
        vapour: dict[Fraction, list[tuple[Fraction, Fraction]]] = {}
        liquid: list[tuple[Fraction, Fraction]] = []
        for row in factors:
            if row.category != CATEGORY or row.amount is None:
                continue
            if state := _VAPOUR.fullmatch(row.technology):
                point = (parse_decimal(state[2]), _kj_per_kg(row))
                vapour.setdefault(parse_decimal(state[1]), []).append(point)
            elif state := _LIQUID.fullmatch(row.technology):
                liquid.append((parse_decimal(state[1]), _kj_per_kg(row)))
        return cls({p: tuple(sorted(vapour[p])) for p in sorted(vapour)}, tuple(sorted(liquid)))

    def saturation(self, pressure: Fraction) -> Fraction:
        """Return the temperature of saturated steam in C."""
        return _line(pressure, [(p, points[0][0]) for p, points in self.vapour.items()])

    def enthalpy(self, pressure: Fraction, temperature: Fraction | None) -> Fraction | None:
        """Return kJ/kg; None outside of the table. No temperature means saturated steam."""
        pressures = list(self.vapour)
        if not pressures[0] <= pressure <= pressures[-1]:
            return None
        saturated = self.saturation(pressure)
        superheat = Fraction(0) if temperature is None else temperature - saturated
        if not 0 <= superheat <= min(p[-1][0] - p[0][0] for p in self.vapour.values()):
            return None
        return _line(
            pressure,
            [
                (p, _line(superheat, [(t - points[0][0], h) for t, h in points]))
                for p, points in self.vapour.items()
            ],
        )

    def water(self, temperature: Fraction) -> Fraction | None:
        """Return kJ/kg of liquid water; None outside of the table."""
        inside = self.liquid[0][0] <= temperature <= self.liquid[-1][0]
        return _line(temperature, list(self.liquid)) if inside else None


def steam_energy(
    mass: Quantity,
    table: SteamTable,
    *,
    pressure: Fraction | None,
    temperature: Fraction | None,
    saturated: bool = False,
    water: Fraction = Fraction(20),
    where: Where = Where(),
) -> Quantity:
    """Return the heat that steam brings over the water it comes back as, in GJ.

    Parameters
    ----------
    mass
        Steam.
    pressure
        Absolute pressure in MPa; None when it is not known.
    temperature
        Temperature in C; None when it is not known.
    saturated
        The steam is known to be saturated: its temperature follows from the pressure.
    water
        Temperature in C of the returned condensate or of the fresh water.

    Raises
    ------
    FactorError
        STEAM-STATE without pressure or temperature: a tonne of steam is no energy yet;
        STEAM-RANGE outside of the table or below saturation.
    """
    if pressure is None or (temperature is None and not saturated):
        raise FactorError(finding("STEAM-STATE", where, mass=mass))
    upper = table.enthalpy(pressure, None if saturated else temperature)
    lower = table.water(water)
    if upper is None or lower is None:
        shown = "-" if temperature is None else float(temperature)
        raise FactorError(
            finding(
                "STEAM-RANGE",
                where,
                pressure=float(pressure),
                temperature=shown,
                water=float(water),
            )
        )
    return (mass * Quantity(upper - lower, unit("kJ/kg"))).to(unit("GJ"))


def _kj_per_kg(row: EmissionFactor) -> Fraction:
    return (row.amount or Fraction(0)) * unit(row.unit).factor_to(unit("kJ/kg"))


def _line(x: Fraction, points: list[tuple[Fraction, Fraction]]) -> Fraction:
    """Return the value at x on the straight lines between points that are sorted by x."""
    place = bisect_right([point[0] for point in points], x) - 1
    (x0, y0), (x1, y1) = points[min(place, len(points) - 2) :][:2]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)

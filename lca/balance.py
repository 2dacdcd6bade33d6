"""Carbon balance of a whole life: what plants took up comes back, or is stored.

uptake = biogenic CO2 emitted + carbon of biogenic methane + stored carbon, all as kg CO2

Two conventions of writing methane down are both exact: its carbon is left out of the CO2 emitted,
or all carbon is counted as CO2 and the methane takes the value without oxidation (GWP 27.0 rather
than 29.8 in AR6). So what uptake leaves over, emission and storage taken off, lies between nothing
and the carbon of the methane. A figure to the gate does not close: its carbon is still on its way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from factors.factor import LUMP
from factors.findings import Finding, finding
from factors.gwp import GwpSet
from lca.inventory import GRAVE
from lca.record import amount_text
from lca.result import ZERO, Figure, Line, parts_of

CO2_PER_METHANE = Fraction(44, 16)
SLACK = Fraction(1, 1000)
"""Share of the carbon turned over that rounding may leave open."""


@dataclass(frozen=True, slots=True)
class CarbonBalance:
    """Biogenic carbon of some lines, as kg CO2; ``uptake`` is positive."""

    uptake: Fraction
    emitted: Fraction
    methane: Fraction
    stored: Fraction

    @property
    def rest(self) -> Fraction:
        """What uptake leaves over once emission and storage are taken off."""
        return self.uptake - self.emitted - self.stored

    @property
    def closes(self) -> bool:
        """Whether the rest is at most the carbon of the methane, and nothing is missing."""
        slack = SLACK * max(abs(self.uptake), abs(self.emitted))
        return -slack <= self.rest <= self.methane + slack


def carbon_balance(lines: Iterable[Line], gwp: GwpSet, stored: Fraction = ZERO) -> CarbonBalance:
    """Return the balance of the lines of a figure.

    Parameters
    ----------
    gwp
        The set their gases were counted with; methane is turned back into kg by it.
    stored
        Biogenic carbon that stays stored beyond the study's horizon, in kg C.
    """
    counted = list(lines)
    parts = parts_of(counted)
    return CarbonBalance(
        uptake=-parts["biogenic_co2_removal"],
        emitted=parts["biogenic_co2_emission"],
        methane=sum((_methane(line, gwp) for line in counted), ZERO) * CO2_PER_METHANE,
        stored=stored * Fraction(44, 12),
    )


def check(figure: Figure, gwp: GwpSet, stored: Fraction = ZERO) -> Iterator[Finding]:
    """Yield BALANCE-CARBON when a cradle-to-grave figure leaves biogenic carbon open."""
    balance = carbon_balance(figure.lines, gwp, stored)
    if figure.boundary == GRAVE and not balance.closes:
        named = ("uptake", "emitted", "methane", "stored")
        shown = {name: amount_text(float(f"{float(getattr(balance, name)):.4g}")) for name in named}
        yield finding("BALANCE-CARBON", **shown)


def _methane(line: Line, gwp: GwpSet) -> Fraction:
    """Return kg of biogenic methane in a line; what is only known as CO2e tells nothing."""
    return sum(
        (
            Fraction(value) / gwp.value(row.gas)
            for row, value in line.flows
            if row.part == "biogenic_non_co2" and row.gas != LUMP and row.gas.startswith("CH4")
        ),
        ZERO,
    )

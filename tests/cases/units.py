"""Units of a case in the words of a system file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from factors.errors import UnitError
from factors.units import Unit, unit
from tests.cases.case import Unsupported

NONE = frozenset({"", "-", "1"})
PER = re.compile(r"\s*/\s*|\s+per\s+")
CO2 = re.compile(r"(?P<mass>\S+?)\s*(?:CO2|CO₂)")


@dataclass(slots=True)
class Units:
    """The units of one case.

    A text that the product does not know is a counting unit which the system file declares for
    itself, under its own name where that can be one.
    """

    declared: dict[str, str] = field(default_factory=dict)

    def name(self, text: Any) -> str:
        """Return how the system file writes a unit."""
        spelled = str(text or "").strip()
        if spelled in NONE:
            return "1"
        if spelled in self.declared:
            return self.declared[spelled]
        if known(spelled):
            return spelled
        own = spelled if known(spelled, spelled) else f"counted_{len(self.declared) + 1}"
        return self.declared.setdefault(spelled, own)

    def unit(self, name: str) -> Unit:
        """Return a unit by the name that the system file gives it."""
        return unit(name, frozenset(self.declared.values()))


def known(text: str, *counting: str) -> Unit | None:
    """Return the unit that a text names in the product, if it does."""
    try:
        return unit(text, frozenset(counting))
    except UnitError:
        return None


def quotient(text: Any) -> tuple[str, str]:
    """Return what stands above and below the line of a factor's unit."""
    above, *below = PER.split(str(text or "").strip())
    return above, "·".join(part.strip("() ") for part in below)


def greenhouse_gas(text: str) -> tuple[str, Fraction]:
    """Return the flow and the kg of one unit of an amount of CO2e or CO2.

    Raises
    ------
    Unsupported
        For anything else: other impact categories are outside the footprint.
    """
    found = known(text)
    if found and found.dimension == "[co2e]":
        return "unspecified.CO2e", found.scale
    gas = CO2.fullmatch(text)
    mass = known(gas["mass"]) if gas else None
    if mass and mass.dimension == "[mass]":
        return "fossil.CO2", mass.scale
    raise Unsupported(f"the factor unit {text!r} is no amount of CO2e")


def size(text: str) -> Fraction:
    """Return the kg CO2e of one unit of an expected figure; one where the text is prose."""
    try:
        return greenhouse_gas(quotient(text)[0])[1]
    except Unsupported:
        return Fraction(1)

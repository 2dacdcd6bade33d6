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
INVERSE = re.compile(r"[\s·*]*(?<![\w^])([^\W\d_][\w.]*?)(?:\^?-1|⁻¹)(?!\w)")
CO2 = re.compile(r"(?P<mass>.+?)\s*(?:CO2|CO₂)")
LARGE = {"kt": Fraction(10**6), "Mt": Fraction(10**9)}
"""Tonnes with a prefix, in kg; nobody counts CO2 in knots."""


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
    written = INVERSE.sub(r"/\1", str(text or "").strip())
    above, *below = PER.split(written)
    return above, "·".join(_bare(part) for part in below)


def _bare(part: str) -> str:
    """Return a divisor without the parentheses around it; those of ``item(s)`` are its own."""
    text = part.strip()
    return text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text


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
    gas = CO2.match(text)
    kg = _kilograms(gas["mass"]) if gas else None
    if gas is None or kg is None:
        raise Unsupported(f"the factor unit {text!r} is no amount of CO2e")
    return "fossil.CO2" if gas.end() == len(text) else "unspecified.CO2e", kg


def _kilograms(text: str) -> Fraction | None:
    mass = known(text)
    return LARGE.get(text) or (mass.scale if mass and mass.dimension == "[mass]" else None)


def size(text: str) -> Fraction:
    """Return the kg CO2e of one unit of an expected figure; one where the text is prose.

    Raises
    ------
    Unsupported
        For an amount of CO2e in a unit of mass that is not known.
    """
    above, _ = quotient(text)
    return greenhouse_gas(above)[1] if CO2.match(above) else Fraction(1)

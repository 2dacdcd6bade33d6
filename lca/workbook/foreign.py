"""A unit, alone or behind a number, that cannot be of its row however it is read.

Asked which ton was meant, a person would choose one, and only then hear that electricity is not
measured in tons. So the row is looked at first.
"""

from __future__ import annotations

import re

from factors.errors import UnitError
from factors.units import unit
from lca.workbook.cells import Spot

_BEHIND = re.compile(r"[\s\d.,，٫'’]*\d\s*(?P<unit>[^\d\s.,，+\-~～—至].*)")
_AMBIGUOUS = "UNIT-AMBIGUOUS"


def foreign_unit(at: Spot, wanted: str, counting: frozenset[str]) -> str:
    """Return the words behind a number that have several readings, none of them of the row."""
    if at.cell is None or at.cell.kind != "text" or not wanted:
        return ""
    found = _BEHIND.fullmatch(at.cell.value.strip())
    if found is None:
        return ""
    words = found["unit"].strip()
    several = readings(words, counting)
    return words if several and _dimension(wanted, counting) not in several else ""


def readings(words: str, counting: frozenset[str]) -> frozenset[str]:
    """Dimensions of all readings of an ambiguous unit; none where there is but one reading."""
    try:
        unit(words, counting)
    except UnitError as refusal:
        told = [dict(one.params) for one in refusal.findings if one.code == _AMBIGUOUS]
        named = [
            words.replace(one["unit"], choice)
            for one in told
            for choice in one["choices"].split(", ")
        ]
        return frozenset(dimension for name in named if (dimension := _dimension(name, counting)))
    return frozenset()


def _dimension(text: str, counting: frozenset[str]) -> str:
    try:
        return unit(text, counting).dimension
    except UnitError:
        return ""

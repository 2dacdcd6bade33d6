"""What one unit of a line causes: the factor behind it, found again and held against the line.

A rate is shown only where the release here has the hash that the document states and rate times
amount is the value of the line; otherwise the line speaks for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from factors.errors import CarbonLabelError, UnitError
from factors.factor import LUMP, EmissionFactor
from factors.gwp import GwpSet
from factors.store import FactorSet
from factors.units import unit
from labels.decimals import exact
from labels.explain.nodes import FactorView, Piece
from labels.recount import HEADLINES, PARTS

#: Relative difference up to which a product is the number of record it was rounded to.
CLOSE = Fraction(1, 10**6)
_REMOVAL = "biogenic_co2_removal"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where factors are looked up.

    Attributes
    ----------
    library
        The factor library of this installation.
    own
        Factors of the system file, by id.
    stated
        SHA-256 of the releases as the document states them.
    gwp
        The GWP set of the result; None when this installation has none of that name.
    counting
        Counting units that the system file declares.
    """

    library: FactorSet
    own: Mapping[str, EmissionFactor]
    stated: Mapping[str, str]
    gwp: GwpSet | None
    counting: frozenset[str] = frozenset()

    def factor(self, line: Mapping[str, Any]) -> EmissionFactor | None:
        """Return the factor of a line if this very release is here."""
        name = str((line.get("factor") or {}).get("id", ""))
        if name in self.own:
            return self.own[name]
        if name not in self.library:
            return None
        found = self.library.get(name)
        here = self.library.release(found.release)
        same = self.stated.get(found.release) == here.sha256
        return found if same and found.release == line["factor"].get("release") else None


def view_of(line: Mapping[str, Any], shelf: Shelf) -> FactorView:
    """Return what is known of a line's factor."""
    told = line.get("factor") or {}
    found = shelf.factor(line)
    plain = FactorView(
        id=str(told.get("id", "")),
        release=str(told.get("release", "")),
        place=str(told.get("place", "")),
        boundary=str(told.get("boundary", "")),
        status=str(told.get("status", "")),
        source_class=str(told.get("source_class", "")),
        basis=str(line.get("gwp_basis", "")),
        release_sha256=shelf.stated.get(str(told.get("release", "")), ""),
    )
    return plain if found is None else _known(plain, found, shelf)


def _known(plain: FactorView, found: EmissionFactor, shelf: Shelf) -> FactorView:
    return FactorView(
        id=plain.id,
        release=plain.release,
        place=found.place,
        boundary=str(found.boundary),
        status=str(found.status),
        source_class=str(found.source_class),
        basis=plain.basis,
        known=True,
        private=found.private,
        activity={"zh": found.activity_zh, "en": found.activity_en},
        unit=found.unit,
        source={} if found.id in shelf.own else _source(found, shelf.library),
        locator=found.locator,
        note=found.note,
        release_sha256=plain.release_sha256,
    )


def pieces_of(
    line: Mapping[str, Any], headline: str, shelf: Shelf, grain: Fraction
) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return the parts of a line inside the headline total, and those outside it.

    ``grain`` is the step to which numbers of record are rounded.

    Raises
    ------
    ValueError, KeyError
        When the line is malformed.
    """
    rates, amount = _rates(line, shelf), exact(line["amount"])
    made = [
        _piece(part, exact(line["parts"][part]), amount * rates[part], rates[part], grain)
        if part in rates
        else Piece(part, exact(line["parts"][part]), None)
        for part in PARTS
        if part in line["parts"]
    ]
    inside = HEADLINES[headline]
    return (
        tuple(one for one in made if one.part in inside),
        tuple(one for one in made if one.part not in inside),
    )


def _piece(part: str, value: Fraction, product: Fraction, rate: Fraction, grain: Fraction) -> Piece:
    fits = abs(product - value) <= CLOSE * abs(value) + grain
    return Piece(part, value, rate if fits else None)


def _rates(line: Mapping[str, Any], shelf: Shelf) -> dict[str, Fraction]:
    """Return kg CO2e per unit of the line by part; empty where it cannot be known here."""
    try:
        found = shelf.factor(line)
        if found is not None:
            ratio = _ratio(str(line["unit"]), found.unit, shelf.counting)
            gases: Mapping[str, Fraction] = shelf.gwp.values if shelf.gwp else {}
            return {part: value * ratio for part, value in found.co2e(gases).items()}
        return _direct(line, shelf)
    except (CarbonLabelError, KeyError):
        return {}


def _direct(line: Mapping[str, Any], shelf: Shelf) -> dict[str, Fraction]:
    """Return the rate of a direct emission or removal, ``part.gas``."""
    told = line["factor"]
    part, _, gas = str(told["id"]).partition(".")
    if told.get("release") or part not in PARTS or not gas:
        return {}
    if gas != LUMP and shelf.gwp is None:
        return {}
    weight = Fraction(1) if gas == LUMP or shelf.gwp is None else shelf.gwp.value(gas)
    base = "kg CO2e" if gas == LUMP else "kg"
    sign = -1 if part == _REMOVAL else 1
    return {part: sign * weight * _ratio(str(line["unit"]), base, shelf.counting)}


def _ratio(mine: str, theirs: str, counting: frozenset[str]) -> Fraction:
    """Return how many of their unit one of mine is."""
    one, other = unit(mine, counting), unit(theirs, counting)
    if one.dimension != other.dimension:
        raise KeyError(mine)
    return one.scale / other.scale


def converted(value: Fraction, mine: str, theirs: str, counting: frozenset[str]) -> Fraction | None:
    """Return a value in another unit, None where the two have no ratio."""
    try:
        return value * _ratio(mine, theirs, counting)
    except (UnitError, KeyError):
        return None


def _source(factor: EmissionFactor, library: FactorSet) -> dict[str, str]:
    source = library.source(factor)
    return {
        "title": source.title,
        "publisher": source.publisher,
        "year": source.year,
        "licence": source.licence,
        "url": source.url,
        "retrieved": source.retrieved,
    }

"""What is burnt leaves as CO2: the factor of a burnt material holds at least its fossil carbon.

A published factor of "energy from waste" may cover collection and transport alone; polypropylene
then counts 600 times too little. So a burning line, together with the other burning lines of its
process and flow, must carry the fossil carbon of the material times 44/12.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files

from factors.errors import UnitError
from factors.factor import Boundary, EmissionFactor
from factors.findings import Finding, finding
from factors.store import FactorSet
from factors.units import unit
from lca.boundary import number, percent
from lca.resolve import place_of
from lca.result import ZERO, Figure, Line

CO2_PER_CARBON = Fraction(44, 12)
SLACK = Fraction(1, 100)
"""Shortfall that rounding of published values may cause."""

COLLECTION = Boundary.COLLECTION_AND_TRANSPORT_ONLY
DIRECT = "fossil.CO2"
_EXCHANGE = re.compile(r"\b(burn(t|ed|ing)?|incinerat(ion|ed)|combust(ion|ed)|energy-from-waste)\b")
_ROW = re.compile(r"incinerat|energy.from.waste|combust|焚烧|燃烧", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Material:
    """A burnt material: what it is called, and the rows that tell its fossil carbon."""

    names: tuple[str, ...]
    carbon: str
    fossil_share: str

    def fossil_carbon(self, factors: FactorSet) -> Fraction:
        """Return kg of fossil carbon per kg."""
        return _number(factors, self.carbon) * (
            _number(factors, self.fossil_share) if self.fossil_share else 1
        )


@cache
def materials() -> tuple[Material, ...]:
    """Return the materials of ``lca/burnt.toml``, in its order."""
    text = (files("lca") / "burnt.toml").read_text(encoding="utf-8")
    return tuple(
        Material(tuple(item["names"]), item["carbon"], item.get("fossil_share", ""))
        for item in tomllib.loads(text)["material"]
    )


def check(figure: Figure, unit_text: str, factors: FactorSet) -> Iterator[Finding]:
    """Yield burnt materials of which less CO2 is counted than their carbon makes."""
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in figure.lines:
        groups.setdefault((line.exchange.process, line.exchange.flow), []).append(line)
    for lines in groups.values():
        burning = [line for line in lines if line.factor is not None and _burns(line, line.factor)]
        direct = [line for line in lines if line.exchange.from_flow == DIRECT]
        if burning:
            yield from _group(burning, direct, figure, unit_text, factors)


def _burns(line: Line, factor: EmissionFactor) -> bool:
    """Whether a line stands for burning a mass of material, not for a fuel's supply or a haul."""
    if factor.boundary is Boundary.UPSTREAM or factor.category.startswith("transport"):
        return False
    exchange = line.exchange
    said = _EXCHANGE.search(f"{exchange.id} {exchange.flow}") or "焚烧" in exchange.name.get(
        "zh", ""
    )
    return bool(said or _ROW.search(f"{factor.id} {factor.activity_en} {factor.activity_zh}"))


def _group(
    burning: list[Line], direct: list[Line], figure: Figure, unit_text: str, factors: FactorSet
) -> Iterator[Finding]:
    """Yield what the burning lines of one process and flow leave out."""
    collected = [line for line in burning if line.factor and line.factor.boundary is COLLECTION]
    treated = [line for line in burning if line not in collected]
    mass = max(_mass(collected), _mass(treated))
    material = _material(burning)
    needed = mass * material.fossil_carbon(factors) * CO2_PER_CARBON if material else None
    counted = _fossil(treated) + _fossil(direct)
    covered = _mass(treated) >= _mass(collected) * (1 - SLACK) or bool(direct)
    if collected and _mass(collected) and not covered:
        missing = None if needed is None else needed - counted
        yield _finding("BOUNDARY-COLLECTION-ONLY", collected[0], missing, figure, unit_text)
    elif needed is not None and material and counted < needed * (1 - SLACK):
        row = material.carbon
        yield _finding("BOUNDARY-BURNT", burning[0], needed - counted, figure, unit_text, row)


def _finding(
    code: str,
    line: Line,
    missing: Fraction | None,
    figure: Figure,
    unit_text: str,
    row: str = "",
) -> Finding:
    whole = figure.magnitude
    return finding(
        code,
        place_of(line.exchange),
        flow=line.exchange.flow or line.id,
        process=line.exchange.process,
        factor=line.factor.id if line.factor else "",
        figure=figure.boundary,
        size="?" if missing is None else number(missing),
        share="?" if missing is None or not whole else percent(missing / whole),
        unit=unit_text,
        row=row,
    )


def _material(burning: Iterable[Line]) -> Material | None:
    """Return the material that the lines, or else their factors, name."""
    lines = list(burning)
    own = " ".join(f"{line.exchange.flow} {line.exchange.id}" for line in lines)
    rows = " ".join(line.factor.id for line in lines if line.factor)
    for text in (own, rows):
        for material in materials():
            if any(re.search(rf"\b{re.escape(name)}\b", text) for name in material.names):
                return material
    return None


def _mass(lines: Iterable[Line]) -> Fraction:
    """Return the mass of some lines in kg; lines of another dimension have none."""
    total = ZERO
    for line in lines:
        try:
            total += Fraction(line.amount) * unit(line.exchange.unit).factor_to(unit("kg"))
        except UnitError:
            continue
    return total


def _fossil(lines: Iterable[Line]) -> Fraction:
    """Return the kg CO2 (or lump of CO2e) of some lines that may be fossil."""
    return sum(
        (
            Fraction(value)
            for line in lines
            for row, value in line.flows
            if row.part in ("fossil", "unspecified") and row.gas in ("CO2", "CO2e")
        ),
        ZERO,
    )


def _number(factors: FactorSet, row: str) -> Fraction:
    """Return a property without dimension as a plain number."""
    factor = factors.get(row)
    return (factor.amount or ZERO) * unit(factor.unit).scale

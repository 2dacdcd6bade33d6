"""Mass and energy against the mass of the product: slips by thousands, whatever the product.

Limits are so wide that no ordinary plant meets them: nobody uses fifteen kilograms of one
material, or thirty kilowatt hours, for each kilogram sold. Narrower limits are checks of the model.
"""

from __future__ import annotations

from collections.abc import Iterator

from factors.findings import Finding
from factors.units import unit
from lca.thinking.case import Case, Row, converts
from lca.thinking.sure import Sure, shown, thought

MOST_MASS = 15.0
"""kg of one material, package or waste per kg of product."""

MOST_ENERGY = 110.0
"""MJ of one carrier per kg of product."""

PER_NM3, PER_KG, PER_L = 36.0, 30.0, 36.0
"""MJ in a cubic metre of gas, a kg of solid and a litre of liquid fuel: for orders of size only."""

MOST_DISTANCE, LEAST_DISTANCE = 25_000.0, 1.0


def look(case: Case) -> Iterator[Finding]:
    """Look at every account per kg of product."""
    for row in case.rows:
        if case.trusted(row.entry.account):
            yield from _size(case, row)
    yield from _transport(case)


def _size(case: Case, row: Row) -> Iterator[Finding]:
    per_unit = case.per_unit(row.entry.account)
    if case.mass is None or per_unit is None or per_unit <= 0:
        return
    energy = row.rule.group == "energy"
    each = _energy(row) if energy else _mass(row)
    most = MOST_ENERGY if energy else MOST_MASS
    if each is not None and per_unit * each / case.mass > most:
        word = "MJ/kg" if energy else "kg/kg"
        told = {"value": shown(per_unit * each / case.mass), "most": shown(most), "per": word}
        yield thought("THINK-PER-KG", row.entry.where, Sure.LIKELY, **told, **row.names)


def _mass(row: Row) -> float | None:
    own, kilogram = row.rule.unit, unit("kg")
    return float(own.scale / kilogram.scale) if converts(own, kilogram) else None


def _energy(row: Row) -> float | None:
    """Return MJ in one unit of a carrier; None for water and for what is counted otherwise."""
    own = row.rule.unit
    if own.dimension.startswith("[energy"):
        return float(own.scale)
    if own.dimension == unit("Nm3").dimension:
        return float(own.scale) * PER_NM3
    if own.dimension == unit("kg").dimension:
        return float(own.scale / unit("kg").scale) * PER_KG
    if own.symbol == "L":
        return PER_L
    return None


def _transport(case: Case) -> Iterator[Finding]:
    """Tonne-kilometres over tonnes booked: a mean distance that is on this planet."""
    tonnes = sum(float(row.booked.consumed) * each / 1000 for row in case.rows
                 if row.rule.group in ("materials", "packaging")
                 and (each := _mass(row)) is not None)  # fmt: skip
    for row in case.rows:
        if row.rule.unit.dimension != unit("t·km").dimension or tonnes <= 0:
            continue
        carried = float(row.booked.consumed * row.rule.unit.scale / unit("t·km").scale)
        distance = carried / tonnes
        if carried > 0 and not LEAST_DISTANCE <= distance <= MOST_DISTANCE:
            told = {"distance": shown(distance), "tonnes": shown(tonnes), **row.names}
            yield thought("THINK-DISTANCE-MEAN", row.entry.where, Sure.LIKELY, **told)

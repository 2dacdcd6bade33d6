"""Formulas of a product model: which there are, and which dimension the place of each demands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from factors.findings import Finding, Where, finding
from factors.units import Unit, unit
from lca.end_of_life_file import ENERGY
from lca.formula import ONE, Formula
from lca.formula_value import check, unit_of
from lca.model_fields import UNKNOWN, UNREAD, ratio
from lca.model_parts import SUPPLIER_NAMES, ProductModel

KILOGRAM = unit("kg")
CO2E = unit("kg CO2e")

Found = Iterator[Finding]
Placed = Iterator[tuple[Where, Formula, Unit | None]]


def at(kind: str, name: object, key: str = "") -> Where:
    """Return the place of a field of a part."""
    return Where(path=f"{kind}[{name}]" + (f".{key}" if key else ""))


def same(where: Where, saw: Unit, wanted: Unit) -> Found:
    """Report a unit whose dimension is not the one wanted."""
    if UNKNOWN not in (saw, wanted) and saw.dimension != wanted.dimension:
        yield finding("MODEL-UNIT-UNLIKE", where, saw=saw.symbol, expected=wanted.symbol)


def total_unit(model: ProductModel, per_unit: Formula, of: Unit) -> Unit | None:
    """Return the unit of a property times the amount of its flow."""
    if UNKNOWN in (of, *(model.units.get(name, UNKNOWN) for name in per_unit.names)):
        return None
    own = unit_of(per_unit, model.units)
    return own * of if own else None


def order_problems(model: ProductModel) -> Found:
    """Let a quantity use what stands above it only, so that nothing can turn in a circle."""
    later = {one.id for one in model.quantities}
    for one in model.quantities:
        for name in one.formula.names:
            if name in later:
                yield finding("MODEL-LATER", at("quantity", one.id, "formula"), saw=name)
        later.discard(one.id)


def all_formulas(model: ProductModel) -> Placed:
    """Yield every formula with its place and the unit whose dimension it must have."""
    per = model.declared_unit.unit
    processes = {one.id: one for one in model.processes}
    yield from _head_formulas(model, per)
    for one in model.quantities:
        yield at("quantity", one.id, "formula"), one.formula, one.unit
    for process in model.processes:
        yield from _side(at("process", process.id, "output"), process.properties)
        if process.carbon:
            where = at("process", process.id, "output.carbon")
            yield where, process.carbon, ratio(KILOGRAM, process.unit)
    for exchange in model.exchanges:
        owner = processes.get(exchange.process)
        wanted = ratio(exchange.unit, owner.unit) if owner else None
        yield at("exchange", exchange.id, "amount"), exchange.amount, wanted
    for number, part in enumerate(model.co_products, start=1):
        owner = processes.get(part.process)
        wanted = ratio(part.unit, owner.unit) if owner else None
        yield at("co_product", number, "amount"), part.amount, wanted
        yield from _side(at("co_product", number), part.properties)
        if part.carbon:
            where = at("co_product", number, "carbon")
            yield where, part.carbon, ratio(KILOGRAM, part.unit)


def _side(where: Where, properties: Mapping[str, Formula]) -> Placed:
    for name, formula in properties.items():
        yield Where(path=f"{where.path}.property.{name}"), formula, None


def _head_formulas(model: ProductModel, per: Unit) -> Placed:
    if model.declared_unit.mass:
        where = Where(path="declared_unit.mass")
        yield where, model.declared_unit.mass, ratio(KILOGRAM, per)
    for sales_unit in model.sales_units:
        yield at("sales_unit", sales_unit.id, "amount"), sales_unit.amount, per
    for number, rule in enumerate(model.carbon, start=1):
        yield at("carbon", number, "amount"), rule.amount, ratio(KILOGRAM, per)
    for number, omission in enumerate(model.omissions, start=1):
        yield at("omission", number, "estimate"), omission.estimate, ratio(CO2E, per)
    yield from _published_formulas(model, per)
    for one in model.checks:
        if one.value:
            yield at("check", one.id, "value"), one.value, one.unit
    for material in model.end_of_life:
        yield (
            at("end_of_life", material.material, "amount"),
            material.amount,
            ratio(material.unit, per),
        )
        for name, formula in material.parameters.items():
            where = at("end_of_life", material.material, f"parameters.{name}")
            energy = ENERGY.get(name)
            yield where, formula, ratio(unit(energy), material.unit) if energy else ONE


def _published_formulas(model: ProductModel, per: Unit) -> Placed:
    for published in model.comparisons:
        if published.per:
            wanted = ratio(ratio(CO2E, per), published.unit)
            yield at("comparison", published.id, "per"), published.per, wanted
        if published.adjust:
            where = at("comparison", published.id, "adjust")
            yield where, published.adjust, ratio(CO2E, per)


def dimension_problems(model: ProductModel) -> Found:
    """Report every formula whose names or dimension do not fit its place."""
    known = {name: own for name, own in model.units.items() if own != UNKNOWN}
    each = {at("exchange", one.id, "amount") for one in model.exchanges if one.each}
    plain = {name: own for name, own in known.items() if name not in SUPPLIER_NAMES}
    for where, formula, wanted in all_formulas(model):
        declared = known if where in each else plain
        unread = any(name in model.units and name not in known for name in formula.names)
        if formula is not UNREAD and not unread:
            yield from check(formula, declared, None if wanted == UNKNOWN else wanted, where)
    yield from _fixed_units(model)


def _fixed_units(model: ProductModel) -> Found:
    per = model.declared_unit.unit
    wanted = ratio(CO2E, per)
    for number, band in enumerate(model.bands, start=1):
        yield from same(at("band", number, "unit"), band.unit, wanted)
    for published in model.comparisons:
        if published.per is None:
            yield from same(at("comparison", published.id, "unit"), published.unit, wanted)
    for number, rule in enumerate(model.carbon, start=1):
        yield from same(at("carbon", number, "unit"), rule.unit, KILOGRAM)
    for number, omission in enumerate(model.omissions, start=1):
        yield from same(at("omission", number, "unit"), omission.unit, CO2E)

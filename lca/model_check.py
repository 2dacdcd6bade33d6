"""What must hold between the parts of a product model: names, references, dimensions.

Each rule is one small function from the model to findings; :func:`problems` runs them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from factors.factor import LUMP
from factors.findings import Finding, Where, finding
from factors.units import unit
from lca.carrier_check import carrier_names, carrier_problems
from lca.formula import FUNCTIONS
from lca.model_formulas import (
    CO2E,
    KILOGRAM,
    Found,
    all_formulas,
    at,
    dimension_problems,
    order_problems,
    same,
    total_unit,
)
from lca.model_parts import (
    SUPPLIER_NAMES,
    Chosen,
    ExchangeRule,
    FromElectricity,
    FromFactor,
    FromFlow,
    FromMode,
    FromProcess,
    FromSupplier,
    FromSupplierOrProcess,
    ProductModel,
    Text,
    When,
)

_LINKS = FromProcess | FromSupplierOrProcess
"""Origins that lead to another process of the model."""


class _Conditional(Protocol):
    """A part that holds for some answers only."""

    @property
    def when(self) -> When: ...


FIELD = re.compile(r"\{([^{}]*)\}")


def problems(model: ProductModel, file: str) -> tuple[Finding, ...]:
    """Return everything that does not fit together; empty for a sound model.

    Parameters
    ----------
    model
        As read; units and formulas that could not be read are skipped.
    file
        Name of the file, for findings.
    """
    rules = (
        _duplicates,
        _choices,
        _conditions,
        _numbers,
        _references,
        _recycled_lines,
        _reach,
        _co_products,
        _exchanges,
        _suppliers,
        _grid_losses,
        carrier_problems,
        order_problems,
        dimension_problems,
        _fields,
        _unused,
    )
    return tuple(
        Finding(found.code, Where(file=file, path=found.where.path), found.params)
        for rule in rules
        for found in rule(model)
    )


# --- names ---------------------------------------------------------------------------------------


def _named(model: ProductModel) -> Iterator[tuple[str, str]]:
    """Yield (kind, name) of everything that shares the one space of names."""
    kinds: Mapping[str, Sequence[object]] = {
        "enum": model.enums,
        "parameter": model.parameters,
        "table": model.tables,
        "account": model.accounts,
        "quantity": model.quantities,
    }
    for kind, parts in kinds.items():
        for part in parts:
            yield kind, str(getattr(part, "id", ""))


def _duplicates(model: ProductModel) -> Found:
    seen = dict.fromkeys((*SUPPLIER_NAMES, *FUNCTIONS), "formula")
    yield from _repeated(_named(model), seen)
    yield from _repeated((("stage", one.id) for one in model.stages), {})
    yield from _repeated((("process", one.id) for one in model.processes), {})
    yield from _repeated((("exchange", one.id) for one in model.exchanges), {})
    yield from _repeated((("sales_unit", one.id) for one in model.sales_units), {})
    yield from _repeated((("check", one.id) for one in model.checks), {})
    yield from _repeated((("comparison", one.id) for one in model.comparisons), {})
    yield from _repeated((("end_of_life", one.material) for one in model.end_of_life), {})
    for enum in model.enums:
        yield from _repeated(((f"enum[{enum.id}].values", one) for one in enum.ids), {})
    flows = [f"{one.process} {one.flow} {sorted(one.when.items())}" for one in model.co_products]
    flows += [f"{one.id} {one.flow} []" for one in model.processes]
    yield from _repeated((("co_product", flow) for flow in flows), {})


def _repeated(names: Iterable[tuple[str, str]], seen: dict[str, str]) -> Found:
    for kind, name in names:
        if name in seen:
            yield finding("MODEL-DUPLICATE", at(kind, name), saw=name, first=seen[name])
        seen.setdefault(name, kind)


def _unused(model: ProductModel) -> Found:
    used = {name for _, formula, _ in all_formulas(model) for name in formula.names}
    used.update(*(_fields_of(text) for _, text in _texts(model)))
    used.update(exchange.each for exchange in model.exchanges)
    used.update(enum for _, when in _all_when(model) for enum in when)
    used.update(table.key for table in model.tables)
    used.update(chosen.by for _, chosen in _all_chosen(model))
    used.update(one.place.strip("{}") for one in model.processes)
    used |= carrier_names(model)
    for kind, name in _named(model):
        if name and name not in used:
            yield finding("MODEL-UNUSED", at(kind, name), saw=name)


# --- choices and conditions ----------------------------------------------------------------------


def _choices(model: ProductModel) -> Found:
    for enum in model.enums:
        if not enum.values:
            yield finding("MODEL-EMPTY", at("enum", enum.id, "values"))
        if enum.default and enum.default not in enum.ids:
            where = at("enum", enum.id, "default")
            yield finding("MODEL-VALUE", where, saw=enum.default, options=", ".join(enum.ids))
    for table in model.tables:
        where = at("table", table.id, "values")
        yield from _complete(model, where, table.key, table.values)
    for where, chosen in _all_chosen(model):
        if chosen.by:
            yield from _complete(model, where, chosen.by, chosen.ids)


def _complete(model: ProductModel, where: Where, by: str, values: Iterable[str]) -> Found:
    """Every choice of the enum has exactly one entry."""
    options = {enum.id: enum.ids for enum in model.enums}.get(by)
    if options is None:
        yield finding("MODEL-NOT-ENUM", where, saw=by)
        return
    given = set(values)
    for value in sorted(given - set(options)):
        yield finding("MODEL-VALUE", where, saw=value, options=", ".join(options))
    missing = [value for value in options if value not in given]
    if missing:
        yield finding("MODEL-VALUE-MISSING", where, saw=", ".join(missing), enum=by)


def _all_chosen(model: ProductModel) -> Iterator[tuple[Where, Chosen]]:
    for exchange in model.exchanges:
        where = at("exchange", exchange.id, "from")
        match exchange.origin:
            case FromFactor(chosen) | FromSupplier(chosen) | FromElectricity(chosen):
                yield where, chosen
            case FromMode(factors):
                for chosen in factors.values():
                    yield where, chosen
            case _:
                pass
    for rule in model.end_of_life:
        for name, chosen in rule.factors.items():
            yield at("end_of_life", rule.material, f"factors.{name}"), chosen


def _all_when(model: ProductModel) -> Iterator[tuple[Where, When]]:
    numbered: Mapping[str, Sequence[_Conditional]] = {
        "co_product": model.co_products,
        "carbon": model.carbon,
        "band": model.bands,
    }
    for kind, parts in numbered.items():
        for number, part in enumerate(parts, start=1):
            yield at(kind, number, "when"), part.when
    named: Mapping[str, Sequence[_Conditional]] = {
        "comparison": model.comparisons,
        "parameter": model.parameters,
        "account": model.accounts,
        "exchange": model.exchanges,
        "sales_unit": model.sales_units,
        "check": model.checks,
    }
    for kind, parts in named.items():
        for part in parts:
            yield at(kind, getattr(part, "id", ""), "when"), part.when
    for material in model.end_of_life:
        yield at("end_of_life", material.material, "when"), material.when


def _conditions(model: ProductModel) -> Found:
    options = {enum.id: enum.ids for enum in model.enums}
    if model.use_method and model.use_method not in options:
        yield finding("MODEL-NOT-ENUM", Where(path="model.use_method"), saw=model.use_method)
    for where, when in _all_when(model):
        for enum, values in when.items():
            if enum not in options:
                yield finding("MODEL-NOT-ENUM", where, saw=enum)
                continue
            if not values:
                yield finding("MODEL-EMPTY", where)
            for value in values:
                if value not in options[enum]:
                    known = ", ".join(options[enum])
                    yield finding("MODEL-VALUE", where, saw=value, options=known)


# --- numbers -------------------------------------------------------------------------------------


def _numbers(model: ProductModel) -> Found:
    for one in model.parameters:
        where = at("parameter", one.id)
        yield from _ordered(where, one.least, one.most)
        yield from _ordered(where, one.least, one.default)
        yield from _ordered(where, one.default, one.most)
    for number, band in enumerate(model.bands, start=1):
        yield from _ordered(at("band", number), band.low, band.high)
    for rule in model.checks:
        yield from _ordered(at("check", rule.id), rule.low, rule.high)
        if (rule.value is None) is not (rule.low is None and rule.high is None):
            yield finding("MODEL-CHECK-LIMITS", at("check", rule.id))
    amounts = [(Where(path="declared_unit.amount"), model.declared_unit.amount)]
    amounts += [(at("process", one.id, "output"), one.amount) for one in model.processes]
    for where, amount in amounts:
        if amount <= 0:
            yield finding("MODEL-NOT-POSITIVE", where)


def _ordered(where: Where, low: Fraction | None, high: Fraction | None) -> Found:
    if low is not None and high is not None and low > high:
        yield finding("MODEL-RANGE", where, low=float(low), high=float(high))


# --- references ----------------------------------------------------------------------------------


def _references(model: ProductModel) -> Found:
    processes = {one.id for one in model.processes}
    asked = [(Where(path="model.process"), model.process)]
    asked += [(Where(path="model.foreground"), name) for name in model.foreground]
    for number, part in enumerate(model.co_products, start=1):
        asked.append((at("co_product", number, "process"), part.process))
    for exchange in model.exchanges:
        asked.append((at("exchange", exchange.id, "process"), exchange.process))
        if isinstance(exchange.origin, _LINKS):
            asked.append((at("exchange", exchange.id, "from"), exchange.origin.process))
    for where, name in asked:
        if name not in processes:
            yield finding("MODEL-NOT-PROCESS", where, saw=name)
    stages = [stage.id for stage in model.stages]
    for exchange in model.exchanges:
        if exchange.stage not in stages:
            where = at("exchange", exchange.id, "stage")
            yield finding("MODEL-VALUE", where, saw=exchange.stage, options=", ".join(stages))


def _recycled_lines(model: ProductModel) -> Found:
    """Every line of a recycled material is an exchange that carries gases itself."""
    lines = [one.id for one in model.exchanges if not isinstance(one.origin, _LINKS)]
    for rule in model.end_of_life:
        for line in rule.lines:
            if line not in lines:
                where = at("end_of_life", rule.material, "lines")
                yield finding("EOL-LINE", where, material=rule.material, saw=line)


def _reach(model: ProductModel) -> Found:
    """Every process contributes to the declared unit, and each has something in it."""
    takes: dict[str, set[str]] = {one.id: set() for one in model.processes}
    for exchange in model.exchanges:
        if isinstance(exchange.origin, _LINKS) and exchange.process in takes:
            takes[exchange.process].add(exchange.origin.process)
    for part in model.co_products:
        if part.replaces and part.process in takes:
            takes[part.process].add(part.replaces)
    reached: set[str] = set()
    ahead = [model.process]
    while ahead:
        name = ahead.pop()
        if name in takes and name not in reached:
            reached.add(name)
            ahead.extend(takes[name])
    for one in model.processes:
        if one.id not in reached:
            yield finding("MODEL-UNREACHED", at("process", one.id), saw=one.id)
        if not any(exchange.process == one.id for exchange in model.exchanges):
            yield finding("MODEL-EMPTY", at("process", one.id))


def _co_products(model: ProductModel) -> Found:
    processes = {one.id: one for one in model.processes}
    for number, part in enumerate(model.co_products, start=1):
        if (part.treatment == "substitute") is not bool(part.replaces):
            yield finding("MODEL-REPLACES", at("co_product", number, "replaces"), flow=part.flow)
        owner = processes.get(part.process)
        if owner is None or part.treatment != "allocate":
            continue
        where = at("co_product", number, "property")
        method = owner.method
        if not method:
            yield finding("MODEL-NO-METHOD", at("process", owner.id, "allocation"), flow=part.flow)
        for properties in (owner.properties, part.properties):
            if method and method not in properties:
                yield finding("MODEL-NO-PROPERTY", where, flow=part.flow, method=method)
        for name in sorted(set(owner.properties) & set(part.properties)):
            ours = total_unit(model, owner.properties[name], owner.unit)
            theirs = total_unit(model, part.properties[name], part.unit)
            if ours and theirs and ours.dimension != theirs.dimension:
                saw = f"{ours.dimension} / {theirs.dimension}"
                yield finding("MODEL-PROPERTY-UNLIKE", where, method=name, saw=saw)


def _exchanges(model: ProductModel) -> Found:
    processes = {one.id: one for one in model.processes}
    for exchange in model.exchanges:
        where = at("exchange", exchange.id, "unit")
        match exchange.origin:
            case FromProcess(name) | FromSupplierOrProcess(name) if name in processes:
                yield from same(where, exchange.unit, processes[name].unit)
            case FromFlow(flow) if flow:
                lump = flow.endswith(f".{LUMP}")
                yield from same(where, exchange.unit, CO2E if lump else KILOGRAM)
            case FromElectricity():
                yield from same(where, exchange.unit, unit("kWh"))
            case _:
                pass
    end = processes.get(model.process)
    if end is not None:
        yield from same(Where(path="declared_unit.unit"), model.declared_unit.unit, end.unit)


def _suppliers(model: ProductModel) -> Found:
    accounts = {one.id: one for one in model.accounts if one.suppliers}
    for exchange in model.exchanges:
        where = at("exchange", exchange.id, "each")
        account = accounts.get(exchange.each)
        if exchange.each and account is None:
            yield finding("MODEL-NO-SUPPLIERS", where, saw=exchange.each)
        if not exchange.each and _needs_supplier(exchange):
            yield finding("MODEL-EACH-MISSING", where)
        if account is None:
            continue
        if "supplier_distance" in exchange.amount.names and account.default_distance is None:
            yield finding("MODEL-NO-DEFAULT", where, saw=account.id, field="default_distance")
        if isinstance(exchange.origin, FromMode):
            modes = exchange.origin.factors
            if account.default_mode not in modes:
                yield finding("MODEL-NO-DEFAULT", where, saw=account.id, field="default_mode")


def _grid_losses(model: ProductModel) -> Found:
    """A grid loss that an amount is said to hold is a share of it that the formula uses."""
    for exchange in model.exchanges:
        name = exchange.grid_loss
        if not name:
            continue
        where = at("exchange", exchange.id, "grid_loss")
        if name not in _names_behind(model, exchange.amount.names):
            yield finding("MODEL-GRID-LOSS", where, saw=name)
        elif name in model.units:
            yield from same(where, model.units[name], unit("1"))


def _names_behind(model: ProductModel, names: Iterable[str]) -> frozenset[str]:
    """Return the names that a formula uses, those within its quantities included."""
    formulas = {one.id: one.formula for one in model.quantities}
    found: set[str] = set()
    ahead = list(names)
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead.extend(formulas[name].names if name in formulas else ())
    return frozenset(found)


def _needs_supplier(exchange: ExchangeRule) -> bool:
    bound = isinstance(exchange.origin, FromSupplier | FromSupplierOrProcess | FromMode)
    return bound or bool(set(exchange.amount.names) & set(SUPPLIER_NAMES))


# --- texts with fields ---------------------------------------------------------------------------


def _texts(model: ProductModel) -> Iterator[tuple[Where, Text]]:
    yield Where(path="declared_unit.name"), model.declared_unit.name
    for one in model.sales_units:
        yield at("sales_unit", one.id, "name"), one.name


def _fields_of(text: Text) -> set[str]:
    return {name for wording in text.values() for name in FIELD.findall(wording)}


def _fields(model: ProductModel) -> Found:
    declared = {name for _, name in _named(model)}
    for where, text in _texts(model):
        for name in sorted(_fields_of(text) - declared):
            yield finding("FORMULA-NAME", where, text="{" + name + "}", name=name)
    enums = {enum.id for enum in model.enums}
    for process in model.processes:
        if process.place.startswith("{") and process.place.strip("{}") not in enums:
            where = at("process", process.id, "place")
            yield finding("MODEL-NOT-ENUM", where, saw=process.place)

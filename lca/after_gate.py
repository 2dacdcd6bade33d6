"""Which questions of a model decide what happens after the gate: delivery, use, end of life.

They are the ones that a maker may want to answer once for every market. Nothing in a model says so;
it follows from the formulas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lca.formula import Formula
from lca.inventory import STAGES
from lca.model_parts import (
    Enum,
    ExchangeRule,
    FromElectricity,
    FromFactor,
    FromMode,
    FromProcess,
    FromSupplier,
    FromSupplierOrProcess,
    Parameter,
    ProductModel,
)

AFTER_GATE = frozenset(STAGES[STAGES.index("distribution") :])


def questions_after_gate(model: ProductModel) -> tuple[Enum | Parameter, ...]:
    """Return the questions about a family that some line after the gate rests on.

    What a line before the gate rests on as well is a fact of the product and left out, as is what
    a balance of the factory is held against.
    """
    before, after = _names(model, gate=True), _names(model, gate=False)
    every: tuple[Enum | Parameter, ...] = (*model.enums, *(p for p in model.parameters if p.ask))
    return tuple(
        one for one in every if one.scope == "family" and one.id in after and one.id not in before
    )


def _names(model: ProductModel, *, gate: bool) -> frozenset[str]:
    """Every name that the lines on one side of the gate rest on."""
    rules = tuple(_side(model, gate=gate))
    reached = {rule.process for rule in rules}
    names = {name for rule in rules for name in _of_rule(rule)}
    if gate:
        mass = model.declared_unit.mass
        names |= set(mass.names) if mass else set()
        for sales in model.sales_units:
            names |= {*sales.amount.names, *sales.when}
        for co in model.co_products:
            if co.process in reached:
                names |= {*co.amount.names, *co.when, *_of_formulas(co.properties.values())}
        names |= set(_balanced(model))
    return frozenset(_through(model, names))


def _balanced(model: ProductModel) -> Iterator[str]:
    """Yield the names in checks that hold what the factory books against something."""
    accounts = {one.id for one in model.accounts}
    for check in model.checks:
        names = set(_through(model, check.value.names)) if check.value else set()
        if names & accounts:
            yield from names


def _side(model: ProductModel, *, gate: bool) -> Iterator[ExchangeRule]:
    """Yield the lines of one side: those of late stages, and whatever these alone demand."""
    early = _reached(model, {model.process}, late=False)
    if gate:
        yield from (r for r in model.exchanges if r.process in early and r.stage not in AFTER_GATE)
        return
    first = [r for r in model.exchanges if r.stage in AFTER_GATE]
    demanded = {target for rule in first for target in _targets(rule)}
    behind = _reached(model, demanded, late=True)
    yield from first
    yield from (r for r in model.exchanges if r.process in behind and r.stage not in AFTER_GATE)


def _reached(model: ProductModel, start: Iterable[str], *, late: bool) -> frozenset[str]:
    found: set[str] = set()
    ahead = list(start)
    while ahead:
        process = ahead.pop()
        if process in found:
            continue
        found.add(process)
        for rule in model.exchanges:
            if rule.process == process and (late or rule.stage not in AFTER_GATE):
                ahead.extend(_targets(rule))
    return frozenset(found)


def _targets(rule: ExchangeRule) -> tuple[str, ...]:
    match rule.origin:
        case FromProcess(process) | FromSupplierOrProcess(process):
            return (process,)
        case _:
            return ()


def _of_rule(rule: ExchangeRule) -> Iterator[str]:
    """Yield the names in a line itself: its amount, its conditions, what chooses its factor."""
    yield from rule.amount.names
    yield from rule.when
    match rule.origin:
        case FromFactor(chosen) | FromElectricity(chosen) | FromSupplier(chosen):
            yield chosen.by
        case FromMode(factors):
            yield from (chosen.by for chosen in factors.values())
        case _:
            return


def _of_formulas(formulas: Iterable[Formula]) -> set[str]:
    return {name for formula in formulas for name in formula.names}


def _through(model: ProductModel, names: Iterable[str]) -> Iterator[str]:
    """Yield names with all that stands behind them: quantities, tables, conditions."""
    quantities = {one.id: one.formula.names for one in model.quantities}
    behind: dict[str, Iterable[str]] = {**quantities}
    behind |= {one.id: (one.key,) for one in model.tables}
    behind |= {one.id: tuple(one.when) for one in model.parameters}
    behind |= {one.id: tuple(one.when) for one in model.accounts}
    seen: set[str] = set()
    ahead = [name for name in names if name]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            yield name
            ahead.extend(behind.get(name, ()))

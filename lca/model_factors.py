"""A product model held against a factor library: its rows exist and fit their use."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from factors.factor import Use
from factors.findings import Finding, Where, finding
from factors.numbers import decimal_text
from factors.store import FactorSet
from factors.units import Unit, unit
from lca.end_of_life_file import ENERGY
from lca.model_parts import (
    EndOfLifeRule,
    ExchangeRule,
    FromFactor,
    FromMode,
    FromSupplier,
    ProductModel,
)


def factor_problems(model: ProductModel, factors: FactorSet) -> tuple[Finding, ...]:
    """Return every row that a model names and the library does not have, or not as needed.

    A model can be loaded without a library; this is the check before it is shipped or used.

    Parameters
    ----------
    model
        A loaded model.
    factors
        The library, with a private overlay where the model needs one.
    """
    found = [problem for one in model.exchanges for problem in _exchange(one, factors)]
    found += [problem for one in model.end_of_life for problem in _end_of_life(one, factors)]
    found += _replaced(model, factors)
    for parameter in model.parameters:
        where = Where(path=f"parameter[{parameter.id}].property")
        if parameter.row and parameter.default is not None:
            number = parameter.default * parameter.unit.scale
            found.extend(_property(parameter.row, number, factors, model.counting, where))
    for table in model.tables:
        if table.row and table.row not in factors:
            where = Where(path=f"table[{table.id}].property")
            found.append(finding("MODEL-FACTOR-UNKNOWN", where, saw=table.row))
    return tuple(found)


def _exchange(rule: ExchangeRule, factors: FactorSet) -> Iterator[Finding]:
    where = Where(path=f"exchange[{rule.id}].from")
    match rule.origin:
        case FromFactor(factor) | FromSupplier(factor):
            chosen = [factor]
        case FromMode(by_mode):
            chosen = list(by_mode.values())
        case _:
            chosen = []
    for row in dict.fromkeys(row for one in chosen for row in one.ids.values()):
        yield from _input(row, rule.unit, factors, where)


def _replaced(model: ProductModel, factors: FactorSet) -> Iterator[Finding]:
    """Yield what is wrong with rows that co-products replace; a process of the model is none."""
    made = {process.id for process in model.processes}
    for number, part in enumerate(model.co_products, start=1):
        if part.replaces and part.replaces not in made:
            where = Where(path=f"co_product[{number}].replaces")
            yield from _input(part.replaces, part.unit, factors, where)


def _end_of_life(rule: EndOfLifeRule, factors: FactorSet) -> Iterator[Finding]:
    for name, chosen in rule.factors.items():
        where = Where(path=f"end_of_life[{rule.material}].factors.{name}")
        own = unit(ENERGY[name]) if name in ENERGY else rule.unit
        for row in dict.fromkeys(chosen.ids.values()):
            yield from _input(row, own, factors, where)


def _input(row: str, own: Unit, factors: FactorSet, where: Where) -> Iterator[Finding]:
    if row not in factors:
        yield finding("MODEL-FACTOR-UNKNOWN", where, saw=row)
        return
    factor = factors.get(row)
    if factor.use is not Use.INPUT:
        yield finding("MODEL-FACTOR-UNFIT", where, saw=row, use=factor.use, expected=Use.INPUT)
    per = unit(factor.unit)
    if per.dimension != own.dimension:
        yield finding("MODEL-UNIT-UNLIKE", where, saw=own.symbol, expected=per.symbol)


def _property(
    row: str, number: Fraction, factors: FactorSet, counting: frozenset[str], where: Where
) -> Iterator[Finding]:
    """Compare a default with the numbers of its row, both in base units.

    Rows are often stated without the thing they are of ("0.002 kg" for one crown cork), and a flow
    of a row may serve as a parameter too; therefore the numbers must agree, not the units.
    """
    if row not in factors:
        yield finding("MODEL-FACTOR-UNKNOWN", where, saw=row)
        return
    factor = factors.get(row)
    per = unit(factor.unit, counting)
    amounts = [] if factor.amount is None else [factor.amount * per.scale]
    amounts += [value / per.scale for _, value in factor.values]
    if number not in amounts:
        shown = ", ".join(decimal_text(amount) for amount in amounts)
        yield finding("MODEL-PROPERTY-VALUE", where, row=row, saw=shown)

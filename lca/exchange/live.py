"""Named values of a model on their way to cells: what a formula needs, and whether it holds.

A formula is written live only when its value from the named cells is the value that the system file
states; so a workbook never shows a calculation that is not the one behind the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from factors.errors import UnitError
from factors.units import Unit, unit
from lca.exchange.excel_formula import parsed, translated
from lca.exchange.ledger_view import number
from lca.exchange.sheets import MOST_CHARACTERS
from lca.formula import Formula
from lca.formula_value import FormulaValueError, evaluate


@dataclass(frozen=True, slots=True)
class Named:
    """One named value as an origin states it."""

    name: str
    value: Fraction
    unit: Unit
    sheet: str
    cell: str
    source: str
    status: str

    @property
    def base(self) -> Fraction:
        """The value in the coherent base of its dimension."""
        return self.value * self.unit.scale


@dataclass(frozen=True, slots=True)
class Placed:
    """A named value with the defined name of its cell in base units."""

    cell: str
    base: Fraction


@dataclass(frozen=True, slots=True)
class Expression:
    """A formula ready for a cell, in base units, and its exact value."""

    text: str
    value: Fraction


def known_unit(text: str, counting: frozenset[str]) -> Unit | None:
    """Return a unit, None when the text is none."""
    try:
        return unit(text, counting)
    except UnitError:
        return None


def named_values(origin: Mapping[str, Any], counting: frozenset[str]) -> Iterator[Named]:
    """Yield the named values of an origin that have the shape of a value."""
    inputs = origin.get("inputs", ())
    for row in inputs if isinstance(inputs, list | tuple) else ():
        if isinstance(row, Mapping) and all(isinstance(v, str) for v in row.values()):
            value = number(row.get("value"))
            own = known_unit(row.get("unit", "") or "1", counting)
            if value is not None and own is not None and row.get("name"):
                yield Named(
                    name=row["name"],
                    value=value,
                    unit=own,
                    **{k: row.get(k, "") for k in ("sheet", "cell", "source", "status")},
                )


def expression(
    formula: str | Formula, cells: Mapping[str, Placed], counting: frozenset[str]
) -> Expression | None:
    """Return a formula for a cell; None when a name has no cell or the value is undefined."""
    tree = parsed(formula, counting) if isinstance(formula, str) else formula
    if tree is None or not tree.names or any(name not in cells for name in tree.names):
        return _constant(tree) if tree is not None and not tree.names else None
    try:
        value = evaluate(tree, {name: cells[name].base for name in tree.names})
    except FormulaValueError:
        return None
    text = translated(tree, {name: cells[name].cell for name in tree.names})
    return Expression(text, value) if len(text) <= MOST_CHARACTERS else None


def _constant(tree: Formula) -> Expression | None:
    try:
        return Expression(translated(tree, {}), evaluate(tree, {}))
    except FormulaValueError:
        return None

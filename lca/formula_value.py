"""Value and dimension of a formula.

Values are exact fractions in the coherent base of their unit (kilogram, megajoule, ...), so that a
formula knows no unit conversion: names enter multiplied by the scale of their unit, results are
divided by the scale of the unit they are wanted in. The size of intermediate numbers is limited,
because a hostile model could otherwise square a number until the machine stands still.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from factors.errors import ModelError
from factors.findings import Finding, Where, finding
from factors.units import Unit
from lca.formula import (
    FUNCTIONS,
    ONE,
    Binary,
    Call,
    Formula,
    Name,
    Negate,
    Node,
    Number,
    alike,
    names_in,
    render,
)

MAX_BITS = 12_000  # of numerator or denominator of any intermediate value


class FormulaValueError(ModelError):
    """A formula has no value for these answers (a zero divisor, a number beyond all measure).

    ``names`` are those the trouble comes from, so that the cells behind them can be named.
    """

    def __init__(self, *findings: Finding, names: tuple[str, ...] = ()) -> None:
        super().__init__(*findings)
        self.names = names


def evaluate(formula: Formula, values: Mapping[str, Fraction], where: Where = Where()) -> Fraction:
    """Return the exact value in coherent base units.

    Parameters
    ----------
    formula
        A formula whose dimension has been checked.
    values
        Every name of the formula, in coherent base units.
    where
        Place of the formula, for findings.

    Raises
    ------
    FormulaValueError
        FORMULA-ZERO-DIVISOR or FORMULA-SIZE.
    """
    return _value(formula.root, values, formula, where)


def _value(node: Node, values: Mapping[str, Fraction], formula: Formula, where: Where) -> Fraction:
    match node:
        case Number(_, value, own):
            return value * own.scale if own else value
        case Name(name):
            return values[name]
        case Negate(operand):
            return -_value(operand, values, formula, where)
        case Call(function, arguments):
            return FUNCTIONS[function].value(
                [_value(one, values, formula, where) for one in arguments]
            )
        case Binary():
            return _combine(node, values, formula, where)


def _combine(
    node: Binary, values: Mapping[str, Fraction], formula: Formula, where: Where
) -> Fraction:
    left = _value(node.left, values, formula, where)
    right = _value(node.right, values, formula, where)
    if node.sign == "/" and right == 0:
        raise _undefined("FORMULA-ZERO-DIVISOR", node.right, formula, where)
    result = _apply(node.sign, left, right)
    if max(result.numerator.bit_length(), result.denominator.bit_length()) > MAX_BITS:
        raise _undefined("FORMULA-SIZE", node, formula, where)
    return result


def _apply(sign: str, left: Fraction, right: Fraction) -> Fraction:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return left / right


def _undefined(code: str, node: Node, formula: Formula, where: Where) -> FormulaValueError:
    found = finding(code, where, text=formula.text, part=render(node))
    return FormulaValueError(found, names=names_in(node))


# --- dimension -----------------------------------------------------------------------------------


def check(
    formula: Formula, units: Mapping[str, Unit], wanted: Unit | None, where: Where = Where()
) -> tuple[Finding, ...]:
    """Return everything that is wrong with names and dimensions of a formula.

    The dimension of a formula depends on the units of its names alone, never on an answer, so one
    check covers every combination of choices.

    Parameters
    ----------
    formula
        The parsed formula.
    units
        Unit of every declared name.
    wanted
        Unit whose dimension the place demands; None when any will do.
    """
    problems: list[Finding] = []
    found = _unit(formula.root, units, formula, where, problems)
    if found and wanted and found.dimension != wanted.dimension:
        params = {"saw": found.dimension, "expected": wanted.dimension, "unit": wanted.symbol}
        problems.append(finding("FORMULA-DIMENSION", where, text=formula.text, **params))
    return tuple(problems)


def unit_of(formula: Formula, units: Mapping[str, Unit]) -> Unit | None:
    """Return a unit of the formula's dimension, or None when it has none (see :func:`check`)."""
    return _unit(formula.root, units, formula, Where(), [])


def _unit(
    node: Node,
    units: Mapping[str, Unit],
    formula: Formula,
    where: Where,
    problems: list[Finding],
) -> Unit | None:
    def inner(child: Node) -> Unit | None:
        return _unit(child, units, formula, where, problems)

    match node:
        case Number(_, _, own):
            return own or ONE
        case Name(name):
            if name not in units:
                problems.append(finding("FORMULA-NAME", where, text=formula.text, name=name))
            return units.get(name)
        case Negate(operand):
            return inner(operand)
        case Binary(_, left, right):
            parts = [inner(left), inner(right)]
        case Call(_, arguments):
            parts = [inner(one) for one in arguments]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    result = _joined(node, known)
    if result is None:
        saw = " / ".join(part.dimension for part in known)
        part = render(node)
        problems.append(finding("FORMULA-UNLIKE", where, text=formula.text, part=part, saw=saw))
    return result


def _joined(node: Binary | Call, parts: Sequence[Unit]) -> Unit | None:
    if isinstance(node, Call):
        return FUNCTIONS[node.function].unit(parts)
    match node.sign:
        case "*":
            return parts[0] * parts[1]
        case "/":
            return parts[0] / parts[1]
        case _:
            return alike(parts)

"""Formulas of product models in the language of spreadsheets.

A model's formula knows four operations, min and max, and names; each has one spelling in Excel.
Names and units enter in coherent base units, as :mod:`lca.formula_value` has them, so that the
translation converts nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from factors.errors import ModelError
from lca.formula import Binary, Call, Formula, Name, Negate, Node, Number, parse

_RANK = {"+": 1, "-": 1, "*": 2, "/": 2}
_ATOM = 3


def parsed(text: str, counting: frozenset[str] = frozenset()) -> Formula | None:
    """Return a formula, None when the text is none."""
    try:
        return parse(text, counting=counting)
    except ModelError:
        return None


def translated(formula: Formula, names: Mapping[str, str]) -> str:
    """Return a formula for a cell, without the equals sign, in coherent base units.

    Parameters
    ----------
    formula
        The parsed formula.
    names
        For each of its names the defined name or address of a cell in base units.

    Raises
    ------
    KeyError
        When a name has no cell.
    """
    return _written(formula.root, names)


def spelled(value: Fraction) -> str:
    """Return an exact number as a formula: a decimal, or a quotient of two whole numbers.

    Spreadsheets hold fifteen digits of a typed number, so numbers that need more are written as
    the quotient of what they are made of, or as the nearest float.
    """
    number = float(value)
    short = repr(number)
    if Fraction(short) == value and len(short.replace(".", "").replace("-", "").lstrip("0")) <= 15:
        return short.removesuffix(".0") if "e" not in short else short.upper()
    if max(abs(value.numerator), value.denominator) < 10**15:
        return f"({value.numerator}/{value.denominator})"
    return short.upper()


def _written(node: Node, names: Mapping[str, str]) -> str:
    match node:
        case Number(_, value, own):
            return spelled(value * own.scale if own else value)
        case Name(name):
            return names[name]
        case Call(function, arguments):
            return f"{function.upper()}({','.join(_written(one, names) for one in arguments)})"
        case Negate(operand):
            return f"(-{_wrapped(operand, names, _ATOM)})"
        case Binary(sign, left, right):
            rank = _RANK[sign]
            before, after = _wrapped(left, names, rank), _wrapped(right, names, rank + 1)
            return f"{before}{sign}{after}"


def _wrapped(node: Node, names: Mapping[str, str], least: int) -> str:
    """Return an operand, in parentheses when it binds less than ``least``."""
    rank = _RANK[node.sign] if isinstance(node, Binary) else _ATOM
    written = _written(node, names)
    return f"({written})" if rank < least else written

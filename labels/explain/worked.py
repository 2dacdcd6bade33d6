"""The value of a formula from the inputs that stand beside it: what is printed is computed."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from factors.errors import CarbonLabelError
from factors.numbers import parse_decimal
from factors.units import unit
from labels.explain.nodes import Input
from lca.formula import parse
from lca.formula_value import evaluate


def worked(
    formula: str, inputs: Iterable[Input], symbol: str, per: str, counting: frozenset[str]
) -> Fraction | None:
    """Return the value of a formula in one unit per another.

    Parameters
    ----------
    formula
        A formula of a product model.
    inputs
        Its names with values and units.
    symbol, per
        Units of the result, above and below the line.

    Returns
    -------
    Fraction or None
        None where the formula is no formula of a model or a value is missing.
    """
    try:
        values = {
            one.name: parse_decimal(one.value) * unit(one.unit, counting).scale for one in inputs
        }
        scale = unit(symbol, counting).scale / unit(per, counting).scale
        return evaluate(parse(formula, counting=counting), values) / scale
    except (CarbonLabelError, ValueError, ZeroDivisionError):
        return None

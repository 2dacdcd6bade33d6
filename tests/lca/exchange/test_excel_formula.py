"""Model formulas as spreadsheet formulas: the same value, whatever the formula."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.exchange.excel_formula import parsed, spelled, translated
from lca.formula import Binary, Call, Formula, Name, Negate, Node, Number, names_in, render
from lca.formula_value import FormulaValueError, evaluate

NAMES = {"a": Fraction(3), "b": Fraction(-7, 2), "c": Fraction(1, 3)}

leaves = st.one_of(
    st.sampled_from(list(NAMES)).map(Name),
    st.integers(0, 999).map(lambda n: Number(str(n), Fraction(n))),
    st.decimals(0, 100, places=3).map(lambda d: Number(f"{d:f}", Fraction(d))),
)


def grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(Negate, inner),
        st.builds(Binary, st.sampled_from("+-*/"), inner, inner),
        st.builds(Call, st.sampled_from(["min", "max"]), st.tuples(inner, inner)),
    )


@given(st.recursive(leaves, grown, max_leaves=12))
def test_a_translation_has_the_value_of_the_formula(root: Node) -> None:
    """Python reads the four operations, parentheses and calls as a spreadsheet does."""
    formula = Formula(render(root), root, names_in(root))
    try:
        value = evaluate(formula, NAMES)
    except FormulaValueError:
        return
    text = translated(formula, {name: f"in_{name}" for name in NAMES})
    scope = {f"in_{name}": value for name, value in NAMES.items()}
    exact = text.replace("MIN(", "min(").replace("MAX(", "max(")
    got = eval(_fractions(exact), {"min": min, "max": max, "F": Fraction, **scope})
    assert got == value


def _fractions(text: str) -> str:
    """Wrap the numbers of a formula so that Python calculates exactly."""
    return re.sub(r"(?<![A-Za-z_0-9.])(\d+(?:\.\d+)?)(?![\d.])", r"F('\1')", text)


@given(st.fractions(max_denominator=10**9))
def test_a_spelled_number_is_exact_or_the_nearest_float(value: Fraction) -> None:
    text = spelled(value).strip("()")
    top, _, bottom = text.partition("/")
    exact = Fraction(top) / Fraction(bottom or "1")
    assert exact == value or float(exact) == float(value)


@pytest.mark.parametrize("text", ["", "a +", "Brewing handbook, 3rd ed.", "=1+1", "a" * 2000])
def test_words_are_no_formula(text: str) -> None:
    assert parsed(text) is None

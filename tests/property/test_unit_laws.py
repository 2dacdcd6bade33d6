"""Laws of units and numbers: exact, composable, and any text has an answer."""

import math
from fractions import Fraction

from hypothesis import example, given, settings
from hypothesis import strategies as st

from factors.allowlist import normal
from factors.errors import UnitError
from factors.numbers import decimal_text, fifteen, parse_decimal
from factors.quantity import Quantity
from factors.units import Unit, unit
from tests.property.strategies import (
    SPELLINGS,
    composed_units,
    fractions,
    like_units,
    unit_like_texts,
)


@given(like_units(2), fractions())
def test_there_and_back_is_the_identity(units: tuple[Unit, Unit], value: Fraction):
    here, there = units
    quantity = Quantity(value, here)
    assert quantity.to(there).to(here).value == value
    assert quantity.to(there) == quantity


@given(like_units(3))
def test_scales_compose(units: tuple[Unit, Unit, Unit]):
    first, second, third = units
    assert first.factor_to(second) * second.factor_to(third) == first.factor_to(third)
    assert first.factor_to(second) * second.factor_to(first) == 1


@given(composed_units(), composed_units())
def test_products_compose_scales_and_dimensions(left: Unit, right: Unit):
    assert (left * right).scale == left.scale * right.scale
    assert (left / right).scale == left.scale / right.scale
    assert left * right == right * left
    assert (left * right) / right == left
    assert (left / left).dimension == "1"


@given(composed_units())
def test_a_symbol_reads_back_as_its_unit(composed: Unit):
    if len(composed.symbol) <= 80:
        assert unit(composed.symbol) == composed
    assert composed.simplified().dimension == composed.dimension


@settings(max_examples=1_000)
@example("kg CO2e/(t·km)")
@example("kg CO2e/t·km")
@example("\ud800/\x00")
@example("(((((((((")
@given(unit_like_texts())
def test_any_text_is_a_unit_or_a_coded_refusal(text: str):
    try:
        found = unit(text)
    except UnitError as refusal:
        for finding in refusal.findings:
            assert finding.code.startswith("UNIT-")
            assert finding.blocks
            assert finding.render("zh").isprintable()
            assert finding.render("en").isprintable()
    else:
        assert found.scale > 0
        assert unit(normal(text)) == found


def outcome(text: str, declared: frozenset[str]) -> Unit | str:
    """The unit, or the code of the refusal."""
    try:
        return unit(text, declared)
    except UnitError as refusal:
        return refusal.findings[0].code


@example({"A*"})
@given(st.sets(st.text(max_size=30) | st.sampled_from(SPELLINGS), max_size=3))
def test_a_declared_name_is_a_unit_of_its_own_or_refused(names: set[str]):
    for name in names:
        found = outcome(name, frozenset(names))
        if isinstance(found, Unit):
            assert found.dimension == f"[count:{normal(name)}]" or found == unit(name)
        else:
            assert found == "UNIT-COUNTING"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_decimal_text_reads_back_as_the_same_float(number: float):
    text = decimal_text(number)
    assert float(text) == number
    assert "e" not in text.lower()
    assert text != "-0"


@given(st.floats())
def test_fifteen_is_idempotent_or_refuses(number: float):
    try:
        once = fifteen(number)
    except ValueError:
        assert not (math.isfinite(number) and 1e-29 < abs(number) < 1e30)
    else:
        assert fifteen(once) == once
        assert abs(once - Fraction(number)) <= abs(Fraction(number)) / 10**14


@given(st.text(max_size=45) | st.from_regex(r"-?[0-9]{1,9}(\.[0-9]{1,9})?(e-?[0-9]{1,3})?"))
def test_any_text_is_a_number_or_a_value_error(text: str):
    try:
        found = parse_decimal(text)
    except ValueError:
        return
    assert text.isascii()
    assert float(found) == float(text)

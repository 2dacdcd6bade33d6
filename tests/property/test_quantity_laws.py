"""Laws of quantities: exact, additive within a dimension, refused across dimensions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given

from factors.errors import UnitError
from factors.quantity import Quantity
from tests.property.strategies import fractions, like_quantities, quantities, unlike_quantities


@given(like_quantities(3))
def test_addition_commutes_and_associates(terms: tuple[Quantity, Quantity, Quantity]):
    a, b, c = terms
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + b - b == a


@given(unlike_quantities())
def test_unlike_dimensions_never_add_subtract_or_compare(pair: tuple[Quantity, Quantity]):
    left, right = pair
    for refused in (Quantity.__add__, Quantity.__sub__, Quantity.__lt__, Quantity.__le__):
        with pytest.raises(UnitError) as refusal:
            refused(left, right)
        assert refusal.value.findings[0].code == "UNIT-DIMENSION"
    assert left != right


@given(like_quantities(2))
def test_control_like_dimensions_do_add_and_compare(pair: tuple[Quantity, Quantity]):
    left, right = pair
    assert (left + right).in_base == left.in_base + right.in_base
    assert (left < right) == (left.in_base < right.in_base)
    assert (left == right) == (hash(left) == hash(right))


@given(quantities(), quantities(), quantities())
def test_multiplication_is_commutative_associative_and_undone_by_division(
    a: Quantity, b: Quantity, c: Quantity
):
    assert a * b == b * a
    assert (a * b) * c == a * (b * c)
    if b.value:
        assert (a * b) / b == a


@given(quantities(), like_quantities(2))
def test_multiplication_distributes(factor: Quantity, terms: tuple[Quantity, Quantity]):
    left, right = terms
    assert factor * (left + right) == factor * left + factor * right


@given(quantities(), fractions())
def test_a_plain_number_scales_the_value_and_keeps_the_unit(quantity: Quantity, number: Fraction):
    assert (quantity * number).value == quantity.value * number
    assert (quantity * number).unit is quantity.unit
    if number:
        assert (quantity / number).value == quantity.value / number
        assert (quantity / number).unit is quantity.unit


@given(like_quantities(2))
def test_a_difference_is_the_sum_with_the_negative(pair: tuple[Quantity, Quantity]):
    left, right = pair
    assert left - right == left + -right
    assert (-right).value == -right.value
    assert (left - right).unit is left.unit
    assert (-right).unit is right.unit
    assert -(left - right) == right - left


@given(like_quantities(2))
def test_absolute_values_keep_the_unit_and_the_triangle(pair: tuple[Quantity, Quantity]):
    left, right = pair
    assert abs(left).value == abs(left.value)
    assert abs(left).unit is left.unit
    assert abs(left + right) <= abs(left) + abs(right)


@given(like_quantities(2))
def test_exactly_one_of_less_equal_greater(pair: tuple[Quantity, Quantity]):
    left, right = pair
    assert [left < right, left == right, right < left].count(True) == 1
    same = left.to(right.unit)
    assert same == left and same.unit is right.unit
    assert not same < left and same <= left
    assert hash(same) == hash(left)

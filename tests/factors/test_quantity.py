"""Quantities: exact, physical, and never a sum of unlike things."""

import copy
import pickle
from fractions import Fraction

import pytest

from factors.errors import UnitError
from factors.quantity import Quantity
from factors.units import unit

Q = Quantity.of


def test_kilograms_of_steel_and_of_co2e_refuse_to_add():
    with pytest.raises(UnitError) as refusal:
        Q(5, "kg") + Q(5, "kg CO2e")
    (found,) = refusal.value.findings
    assert found.code == "UNIT-DIMENSION"
    assert dict(found.params) == {"saw": "kg CO2e [co2e]", "expected": "kg [mass]"}
    assert Q(5, "kg") + Q(5, "t") == Q(5005, "kg")


@pytest.mark.parametrize(
    ("product", "result"),
    [
        (Q(1, "kWh") * Q("0.5777", "kg CO2e/kWh"), Q("0.5777", "kg CO2e")),
        (Q(2, "MWh") * Q("0.5", "kg CO2e/kWh"), Q(1000, "kg CO2e")),
        (Q(1, "万kWh") * Q("0.5", "t CO2e/MWh"), Q(5, "t CO2e")),
        (Q(3, "t") * Q(100, "km"), Q(300, "吨公里")),
        (Q(300, "t·km") * Q("0.1", "kg CO2e/tkm"), Q(30, "kg CO2e")),
        (Q(20, "km") * Q(500, "kg") * Q("0.1", "kg CO2e/tkm"), Q(1, "kg CO2e")),
        (Q(8, "%") * Q(50, "kg"), Q(4, "kg")),
        (Q(10, "kW") * Q(30, "min"), Q(5, "kWh")),
        (Q(5, "case") * Q(12, "bottle/case"), Q(60, "瓶")),
        (Q("0.72", "元/度") * Q(10, "度"), Q("7.2", "CNY")),
        (Q(1, "tce(当量)") / Q("29307.6", "MJ(LHV)"), Q(1, "1")),
        (Q(3, "kg") / Q(2, "t"), Q("0.15", "%")),
        (Q(1, "kg CO2e") / Q(4, "L"), Q("0.25", "kg CO2e/L")),
        (3 * Q(2, "kg"), Q(6, "kg")),
        (Q(2, "kg") * Fraction(1, 3) / 2, Q(1, "kg") / 3),
        (-Q(2, "kg"), Q(-2, "kg")),
        (abs(Q(-2, "kg")), Q(2, "kg")),
        (Q(2, "kg") - Q(500, "g"), Q("1.5", "kg")),
    ],
)
def test_arithmetic_composes_units(product: Quantity, result: Quantity):
    assert product == result
    assert product.to(result.unit).value == result.value


def test_a_product_is_written_in_the_plain_unit():
    assert str(Q(2, "MWh") * Q("0.5", "kg CO2e/kWh")) == "1000 kg CO2e"
    assert str(Q(3, "kg") / Q(2, "t")) == "0.0015 1"
    assert str(Q(3, "t") * Q(100, "km")) == "300 t·km"


def test_a_sum_stands_in_the_unit_of_its_left_side():
    assert (Q(1, "t") + Q(1, "kg")).unit == unit("t")
    assert (Q(1, "kg") + Q(1, "t")).unit == unit("kg")


def test_equality_is_physical_and_hashes_agree():
    assert Q(1, "t") == Q(1000, "kg")
    assert hash(Q(1, "t")) == hash(Q(1000, "kg"))
    assert len({Q("3.6", "MJ"), Q(1, "kWh"), Q(1, "度")}) == 1
    assert Q(1, "kWh") != Q(1, "MJ")
    assert Q(0, "kg") != Q(0, "kg CO2e")
    assert Q(1, "1") != Fraction(1)


def test_order_is_physical_and_refused_between_unlike_dimensions():
    assert Q(999, "g") < Q(1, "kg") <= Q(1000, "g") <= Q(1, "kg")
    assert Q(1, "t") > Q(999, "kg")
    assert Q(1, "t") >= Q(1000, "kg")
    assert max(Q(1, "kWh"), Q(1, "MJ"), Q(1, "GJ")) == Q(1, "GJ")
    with pytest.raises(UnitError, match="UNIT-DIMENSION"):
        _ = Q(1, "kg") < Q(1, "kg CO2e")


def test_floats_stay_out():
    with pytest.raises(TypeError, match="must be a Fraction"):
        Quantity(0.1, unit("kg"))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        _ = Q(1, "kg") * 0.1  # type: ignore[operator]
    with pytest.raises(TypeError):
        _ = Q(1, "kg") / 0.1  # type: ignore[operator]


def test_reading_refuses_bad_numbers_and_bad_units():
    with pytest.raises(ValueError, match="not a plain decimal"):
        Q("nan", "kg")
    with pytest.raises(UnitError, match="UNIT-AMBIGUOUS"):
        Q("1", "ton")
    assert Q("2", "捆", frozenset({"捆"})).unit.dimension == "[count:捆]"


def test_division_by_nothing_is_an_error():
    with pytest.raises(ZeroDivisionError):
        _ = Q(1, "kg") / Q(0, "L")


def test_a_quantity_is_a_frozen_value():
    with pytest.raises(AttributeError):
        Q(1, "kg").value = Fraction(2)  # type: ignore[misc]
    for same in (pickle.loads(pickle.dumps(Q(1, "t·km"))), copy.deepcopy(Q(1, "t·km"))):
        assert same == Q(1, "t·km")
        assert same.unit == unit("t·km")

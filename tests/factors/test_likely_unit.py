"""The likely unit: every known slip is recognised both ways, nothing is proposed without need."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.errors import UnitError
from factors.likely_unit import Band, _slips, proposals
from factors.quantity import Quantity
from factors.units import unit

Q = Quantity.of

SLIPS = {
    "1,000: kilograms in a column of tonnes": ("460", "t", "0.3", "0.6", "kg"),
    "1,000: g CO2e per kWh given as kg": ("570", "kg CO2e/kWh", "0.2", "1.2", "g CO2e/kWh"),
    "1,000: per MWh given as per kWh": ("577", "kg CO2e/kWh", "0.2", "1.2", "kg CO2e/MWh"),
    "3.6: MJ given as kWh": ("360", "kWh/t", "90", "120", "MJ/t"),
    "3.6: kWh given as MJ": ("100", "MJ/t", "324", "400", "kWh/t"),
    "4.1868: kcal given as kJ": ("5000", "kJ/kg", "20000", "22000", "kcal(IT)/kg"),
    "4.1868: kJ given as kcal": ("20934", "kcal(IT)/kg", "4900", "5100", "kJ/kg"),
    "0.907: short tons given as tonnes": ("1000", "t", "900", "910", "ton(US)"),
    "10,000: a bill in 万kWh": ("12", "kWh", "100000", "200000", "万kWh"),
    "10,000: a value in kWh under 万kWh": ("120000", "万kWh", "10", "20", "kWh"),
    "29.3: GJ given as tce": ("29.3", "tce(当量)", "0.9", "1.1", "GJ(LHV)"),
    "29.3: tce given as GJ": ("1", "GJ(LHV)", "28", "30", "tce(当量)"),
    "8.14: kWh given as kgce": ("8.141", "kgce(当量)", "0.9", "1.1", "kWh"),
    "10: hL given as m3": ("50", "m3", "4", "6", "hL"),
    "power below the line": ("4", "1/m3", "3000", "5000", "1/L"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_recognised(name: str):
    number, stated, low, high, meant = SLIPS[name]
    found = proposals(Q(number, stated), Band(Q(low, stated), Q(high, stated)))
    assert unit(meant).symbol in [one.meant.symbol for one in found if one.meant], found


@pytest.mark.parametrize(
    ("one", "other"), _slips()[1], ids=[f"{one}-{other}" for one, other in _slips()[1]]
)
def test_every_pair_is_recognised_both_ways_with_its_own_ratio(one, other):
    for stated, meant in ((one, other), (other, one)):
        ratio = meant.scale / stated.scale
        true = Quantity(100 * ratio, stated)
        band = Band(true * Fraction(99, 100), true * Fraction(101, 100))
        found = proposals(Quantity(Fraction(100), stated), band)
        assert found[0].ratio == ratio
        assert found[0].reading == true


def test_pairs_are_of_one_dimension_or_of_energy():
    energy = {"[energy]", "[energy_lhv]", "[energy_hhv]"}
    for one, other in _slips()[1]:
        assert one.dimension == other.dimension or {one.dimension, other.dimension} <= energy
        assert one.scale != other.scale


def test_a_number_of_any_unit_may_be_off_by_a_number_word():
    bales = unit("捆", frozenset({"捆"}))
    band = Band(Quantity(Fraction(40_000), bales), Quantity(Fraction(60_000), bales))
    (found,) = proposals(Quantity(Fraction(5), bales), band)
    assert found.ratio == 10_000
    assert found.meant is None


def test_a_proposal_shows_both_readings():
    stated, band = Q("460", "kg"), Band(Q("0.2", "kg"), Q("0.9", "kg"))
    assert "460 g = 0.46 kg" in [one.text(stated) for one in proposals(stated, band)]


@pytest.mark.parametrize("number", ["0.2", "0.5", "0.9", "0", "-3", "2"])
def test_nothing_is_proposed_inside_the_band_or_without_a_known_slip(number: str):
    assert proposals(Q(number, "kg"), Band(Q("0.2", "kg"), Q("0.9", "kg"))) == ()


def test_the_closest_to_the_middle_comes_first():
    found = proposals(Q(100, "kWh"), Band(Q(1, "kWh"), Q(40, "kWh")))
    assert [(one.ratio, str(one.meant)) for one in found[:2]] == [
        (Fraction(1, 12), "None"),
        (Fraction(10, 36), "MJ"),
    ]
    away = [Band(Q(1, "kWh"), Q(40, "kWh")).away(one.reading) for one in found]
    assert away == sorted(away)


def test_unlike_dimensions_are_refused():
    with pytest.raises(UnitError, match="UNIT-DIMENSION"):
        proposals(Q(1, "kg"), Band(Q(1, "L"), Q(2, "L")))
    with pytest.raises(UnitError, match="UNIT-DIMENSION"):
        Band(Q(1, "kg"), Q(2, "L"))


@pytest.mark.parametrize(("low", "high"), [("0", "1"), ("-1", "1"), ("2", "1")])
def test_a_band_without_sense_is_refused(low: str, high: str):
    with pytest.raises(ValueError, match="positive ends"):
        Band(Q(low, "kg"), Q(high, "kg"))


@given(st.fractions("1e-9", 10**9).filter(bool), st.sampled_from(["kg", "kWh/t", "kg CO2e/(t·km)"]))
def test_a_proposal_always_lies_in_the_band_and_is_never_the_stated_value(
    value: Fraction, symbol: str
):
    band = Band(Q(2, symbol), Q(5, symbol))
    stated = Quantity(value, unit(symbol))
    found = proposals(stated, band)
    assert not (found and stated in band)
    for one in found:
        assert one.reading in band
        assert one.ratio != 1
        assert one.reading.value == value * one.ratio
        assert one.text(stated)

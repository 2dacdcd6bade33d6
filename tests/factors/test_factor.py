"""A factor knows what it may be used for, and its CO2e is a plain weighted sum."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest

from factors.errors import FactorError
from factors.factor import (
    BiogenicTreatment,
    EmissionFactor,
    Flow,
    LicenceClass,
    Status,
    Use,
    fit_for_line,
)
from factors.findings import Where
from factors.gwp import gwp_set
from factors.rows import read_row
from tests.factors.rows import cells


def factor(**changed: str) -> EmissionFactor:
    made, found = read_row(cells(**changed), "example/1", Where(), private=False)
    assert not found, [item.render("en") for item in found]
    return made


def codes(made: EmissionFactor) -> set[str]:
    return {found.code for found in fit_for_line(made)}


def test_a_sound_input_row_is_fit_for_a_line():
    assert codes(factor()) == set()


@pytest.mark.parametrize("category", ["electricity-co2-average", "heat-co2-default"])
def test_a_co2_only_average_never_enters_a_co2e_line(category):
    row = {"values": "fossil.CO2=0.6191", "gwp_set": "by-gas", "boundary": "combustion"}
    made = factor(category=category, unit="kWh", **row)
    assert "FACTOR-CO2-ONLY" in codes(made)
    assert [found.blocks for found in fit_for_line(made)] == [True]


def test_carbonate_co2_is_not_mistaken_for_an_average():
    row = {"values": "fossil.CO2=0.44", "gwp_set": "by-gas", "boundary": "process"}
    assert codes(factor(category="process", **row)) == set()


def test_an_electricity_factor_with_all_gases_passes():
    row = {"values": "fossil.CO2=0.5; fossil.N2O=0.00001", "gwp_set": "by-gas"}
    assert codes(factor(category="electricity-technology", boundary="to-generator", **row)) == set()


@pytest.mark.parametrize("use", [use for use in Use if use is not Use.INPUT])
def test_only_inputs_carry_lines(use):
    assert codes(dataclasses.replace(factor(), use=use)) == {"FACTOR-NOT-INPUT"}


def test_recalled_numbers_and_unknown_biogenic_carbon_are_seen_but_do_not_block():
    made = dataclasses.replace(
        factor(), status=Status.RECALLED, biogenic_treatment=BiogenicTreatment.UNKNOWN
    )
    assert codes(made) == {"FACTOR-RECALLED", "FACTOR-BIOGENIC-UNKNOWN"}
    assert not any(found.blocks for found in fit_for_line(made))


def test_co2e_by_part_is_gas_times_gwp():
    made = factor(
        values="fossil.CO2=2; fossil.CH4-fossil=0.1; biogenic_non_co2.N2O=0.01", gwp_set="by-gas"
    )
    assert made.co2e(gwp_set("AR6-100").values) == {
        "fossil": Fraction(2) + Fraction(1, 10) * Fraction("29.8"),
        "biogenic_non_co2": Fraction(1, 100) * 273,
    }


def test_a_missing_gas_is_refused_and_never_zero():
    made = factor(values="fossil.HFC-0000=1", gwp_set="by-gas", boundary="release")
    with pytest.raises(FactorError) as refused:
        made.co2e(gwp_set("AR6-100").values)
    assert refused.value.findings[0].code == "GWP-MISSING"


def test_a_lump_needs_no_gwp():
    assert factor().co2e({}) == {"unspecified": Fraction("2.1")}


def test_a_factor_is_frozen_and_named():
    made = factor()
    assert made.reference == "example/1:example-steel"
    assert str(Flow("fossil", "CO2")) == "fossil.CO2"
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.unit = "t"  # type: ignore[misc]


def test_the_licence_classes_are_the_four_documented_ones():
    assert {item.value for item in LicenceClass} == {
        "open",
        "official-fact",
        "quoted-fact",
        "unclear",
    }

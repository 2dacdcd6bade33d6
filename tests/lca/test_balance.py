"""Biogenic carbon of a whole life closes, or is an error."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from lca.balance import CarbonBalance, carbon_balance, check
from lca.footprint import Footprint
from lca.inventory import GATE, GRAVE
from tests.lca.systems import document, emits, footprint, gwp, process

PER_METHANE = F(44, 16)


def paper(emitted: str, methane: str = "0", boundary: str = GRAVE) -> Footprint:
    """1 kg of CO2 taken up; the rest of the life as told."""
    lines = [
        emits("uptake", "paper", "biogenic_co2_removal.CO2", "1"),
        emits("burnt", "paper", "biogenic_co2_emission.CO2", emitted, stage="end-of-life"),
        emits("landfill", "paper", "biogenic_non_co2.CH4-non-fossil", methane, stage="end-of-life"),
        emits("press", "paper", "fossil.CO2", "0.3"),
    ]
    return footprint(document([process("paper")], lines, boundary=boundary))


def codes(result: Footprint, stored: str = "0") -> list[str]:
    return [one.code for one in check(result.declared, gwp(), F(stored))]


def test_what_was_taken_up_comes_back() -> None:
    assert codes(paper("1")) == []


@pytest.mark.parametrize("emitted", ["0", "0.99", "1.01", "2"])
def test_carbon_that_is_lost_or_made_is_an_error(emitted: str) -> None:
    (found,) = check(paper(emitted).declared, gwp())
    assert found.code == "BALANCE-CARBON"
    assert dict(found.params)["uptake"] == "1"
    assert found.render("zh") and found.render("en")


def test_methane_may_be_counted_with_its_carbon_or_with_all_carbon_as_co2() -> None:
    methane = F("0.04")
    oxidised_apart = str(float(1 - methane * PER_METHANE))
    assert codes(paper(oxidised_apart, "0.04")) == []
    assert codes(paper("1", "0.04")) == []
    assert codes(paper("0.88", "0.04")) == ["BALANCE-CARBON"]


def test_stored_carbon_is_in_the_balance() -> None:
    assert codes(paper("0.56"), stored="0.12") == []
    assert codes(paper("1"), stored="0.12") == ["BALANCE-CARBON"]


def test_a_figure_to_the_gate_does_not_close_and_need_not() -> None:
    result = paper("0", boundary=GATE)
    assert codes(result) == []
    balance = carbon_balance(result.declared.lines, gwp())
    assert balance == CarbonBalance(F(1), F(0), F(0), F(0))


def test_fossil_carbon_is_no_part_of_it() -> None:
    assert carbon_balance(paper("1").declared.lines, gwp()).emitted == 1

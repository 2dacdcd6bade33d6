"""The apple-juice model and its example works: fruit, sugar, steam, what a verifier expects."""

from __future__ import annotations

from fractions import Fraction as F
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.findings import blocking
from lca.inventory import GATE, GRAVE
from tests.lca.models.works import (
    EXCLUDING,
    INCLUDING,
    Change,
    Works,
    answered,
    booked,
    of_family,
    sound,
    subject,
    values,
)

WORKS = Works("apple-juice")
CONCENTRATE, JUICE = "AJC-70", "NFC-11"


@pytest.mark.parametrize("family", [CONCENTRATE, JUICE])
def test_what_the_orchard_took_up_is_breathed_out_again(family: str) -> None:
    grave = WORKS.footprint(subject(family)).figures[GRAVE]
    assert float(grave.total(INCLUDING)) == pytest.approx(float(grave.total(EXCLUDING)), abs=1e-9)


def test_a_better_orchard_weighs_less_in_proportion() -> None:
    poor, rich = (
        values(WORKS.footprint(of_family(CONCENTRATE, orchard_yield=F(one))))["orchard-nitrogen"]
        for one in (25, 50)
    )
    assert float(poor) == pytest.approx(2 * float(rich), rel=1e-9)


def test_manure_brings_nitrous_oxide_and_no_factory() -> None:
    mineral, manure = (
        values(WORKS.footprint(of_family(CONCENTRATE, mineral_nitrogen=F(one)))) for one in (100, 0)
    )
    assert manure["orchard-nitrogen"] == 0 < mineral["orchard-nitrogen"]
    assert float(manure["orchard-nitrous"]) == pytest.approx(float(mineral["orchard-nitrous"]))


def test_what_is_sold_bears_apples_but_no_energy() -> None:
    worth, worthless = (WORKS.footprint(answered(pomace_price=F(one))) for one in (2, 0))
    rich, poor = values(worth), values(worthless)
    assert rich["orchard-nitrous"] < poor["orchard-nitrous"]
    assert float(rich["gas-burnt"]) == pytest.approx(float(poor["gas-burnt"]), abs=1e-10)


def test_land_use_needs_evidence() -> None:
    average = of_family(CONCENTRATE, apple_land_use="country-average", apple_dluc=F(1))
    assert WORKS.footprint(average).figures[GATE].parts["land_use_change"] > 0
    assert blocking(WORKS.built(of_family(CONCENTRATE, apple_land_use="unknown")).findings)


@pytest.mark.parametrize(
    "account", ["apples", "electricity", "natural_gas", "purchased_steam", "drums", "bags"]
)
def test_more_of_anything_is_never_less(account: str) -> None:
    assert WORKS.gate(booked(account, F(103, 100))) > WORKS.gate()


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (booked("apples", F(1, 2)), "solids"),
        (booked("apples", F(5, 4)), "solids-yield"),
        (booked("natural_gas", F(4)), "heat"),
        (booked("pomace_sold", F(3)), "pomace"),
        (of_family(CONCENTRATE, nitrogen_rate=F(1200)), "nitrogen-rate"),
        (of_family(CONCENTRATE, orchard_yield=F(90)), "orchard-yield"),
        (booked("drums", F(3)), "packaging"),
    ],
)
def test_what_a_verifier_asks(change: Change, check: str) -> None:
    assert check in WORKS.checks(change)


ANSWERS = st.fixed_dictionaries(
    {
        "orchard_yield": st.fractions(10, 80, max_denominator=4),
        "nitrogen_rate": st.fractions(50, 1000, max_denominator=4),
        "mineral_nitrogen": st.fractions(0, 100, max_denominator=4),
        "market": st.sampled_from(WORKS.rules.enum("market").ids),
    }
)


@settings(max_examples=6, deadline=None)
@given(st.sampled_from([CONCENTRATE, JUICE]), ANSWERS)
def test_any_works_computes(family: str, told: dict[str, str | F]) -> None:
    sound(WORKS.footprint(subject(family), of_family(family, **told)))


def test_the_page_on_the_model_tells_these_figures() -> None:
    """docs/explanation/apple-juice.md: what it prints of the example is current."""
    page = Path(__file__).parents[3] / "docs" / "explanation" / "apple-juice.md"
    printed = page.read_text(encoding="utf-8")
    told_of = [f"{WORKS.gate(subject(family)):.3g}" for family in (CONCENTRATE, JUICE)]
    assert not [one for one in told_of if one not in printed]

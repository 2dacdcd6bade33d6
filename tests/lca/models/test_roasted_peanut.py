"""The roasted-peanut model and its example works: what physics and a verifier expect."""

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

WORKS = Works("roasted-peanut")
KERNEL, SHELL = "KERNEL-200", "INSHELL-500"
BANDS = {KERNEL: (0.9, 1.7), SHELL: (0.6, 1.4)}


def test_what_the_field_took_up_is_given_back_by_the_plate() -> None:
    for family in (KERNEL, SHELL):
        grave = WORKS.footprint(subject(family)).figures[GRAVE]
        assert float(grave.total(INCLUDING)) == pytest.approx(
            float(grave.total(EXCLUDING)), abs=1e-9
        )


def test_a_better_yield_weighs_less_in_proportion() -> None:
    poor, rich = (
        values(WORKS.footprint(of_family(KERNEL, field_yield=F(one))))["field-crop"]
        for one in ("3", "6")
    )
    assert float(poor) == pytest.approx(2 * float(rich), rel=1e-9)


def test_more_nitrogen_makes_more_nitrous_oxide() -> None:
    low, high = (
        values(WORKS.footprint(subject(SHELL), of_family(SHELL, nitrogen_rate=F(one))))
        for one in ("60", "120")
    )
    assert low["field-nitrous"] < high["field-nitrous"]
    assert float(high["field-nitrogen"]) == pytest.approx(
        2 * float(low["field-nitrogen"]), rel=1e-9
    )


def test_land_use_needs_evidence() -> None:
    shown = WORKS.footprint().figures[GATE].parts["land_use_change"]
    average = of_family(KERNEL, peanut_land_use="country-average", peanut_dluc=F(2))
    told = WORKS.footprint(average).figures[GATE].parts["land_use_change"]
    assert shown == 0 < told
    assert blocking(WORKS.built(of_family(KERNEL, peanut_land_use="unknown")).findings)


def test_imported_peanuts_are_a_stand_in_and_cross_the_sea() -> None:
    there = of_family(
        KERNEL,
        origin="abroad",
        origin_distance=F(21000),
        peanut_land_use="country-average",
        peanut_dluc=F(0),
    )
    result = WORKS.footprint(there)
    assert values(result)["abroad-freight"] > 0
    assert result.figures[GATE].value > WORKS.footprint().figures[GATE].value
    assert result.grade == "screening"
    assert "imported-stand-in" in WORKS.checks(there)


def test_what_is_sold_bears_peanuts_but_no_energy() -> None:
    worth, worthless = (WORKS.footprint(answered(rejects_price=F(one))) for one in ("12", "0"))
    rich, poor = values(worth), values(worthless)
    assert rich["field-crop"] < poor["field-crop"]
    assert float(rich["electricity"]) == pytest.approx(float(poor["electricity"]), abs=1e-10)


@pytest.mark.parametrize(
    "account", ["peanuts_in_shell", "kernels", "electricity", "natural_gas", "pouches", "nitrogen"]
)
def test_more_of_anything_is_never_less(account: str) -> None:
    assert WORKS.gate(booked(account, F(11, 10))) > WORKS.gate()


ANSWERS = st.fixed_dictionaries(
    {
        "field_yield": st.fractions(1, 8, max_denominator=10),
        "kernel_share": st.fractions(66, 80, max_denominator=4),
        "drying_heat": st.fractions(0, 4, max_denominator=10),
        "product_price": st.fractions(4, 100, max_denominator=4),
        "pouch_aluminium": st.fractions(0, 40, max_denominator=4),
        "market": st.sampled_from(WORKS.rules.enum("market").ids),
    }
)


@settings(max_examples=6, deadline=None)
@given(st.sampled_from([KERNEL, SHELL]), ANSWERS)
def test_any_works_computes(family: str, told: dict[str, str | F]) -> None:
    sound(WORKS.footprint(subject(family), of_family(family, **told)))


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (booked("kernels", F(1, 2)), "mass-balance"),
        (booked("kernels", F(2)), "losses"),
        (of_family(KERNEL, kernel_share=F(75)), "kernel-share"),
        (of_family(KERNEL, field_yield=F(8)), "field-yield"),
        (of_family(KERNEL, origin="abroad", origin_distance=F(21000)), "imported-history"),
        (booked("husk_sold", F(2)), "husk-balance"),
        (booked("natural_gas", F(5)), "roasting-heat"),
        (booked("nitrogen", F(100)), "nitrogen-flush"),
    ],
)
def test_what_a_verifier_asks(change: Change, check: str) -> None:
    assert check in WORKS.checks(change)


def test_too_much_nitrogen_is_asked_about_where_growers_told_it() -> None:
    much = (subject(SHELL), of_family(SHELL, nitrogen_rate=F(300)))
    assert "nitrogen-rate" in WORKS.checks(*much)


def test_one_change_is_bridged_without_rest() -> None:
    before, after = WORKS.footprint(), WORKS.footprint(booked("natural_gas", F(9, 10)))
    moved = after.figures[GATE].value - before.figures[GATE].value
    was, now = values(before), values(after)
    steps = {name: now[name] - was[name] for name in was if now[name] != was[name]}
    assert set(steps) == {"gas-burnt", "gas-supply"}
    assert float(sum(steps.values())) == pytest.approx(float(moved), abs=1e-9)


def test_the_page_on_the_model_tells_these_figures() -> None:
    """docs/explanation/roasted-peanut.md: what it prints of the example is current."""
    page = Path(__file__).parents[3] / "docs" / "explanation" / "roasted-peanut.md"
    printed = page.read_text(encoding="utf-8")
    told_of = [f"{WORKS.gate(subject(family)):.3g}" for family in (KERNEL, SHELL)]
    assert not [one for one in told_of if one not in printed]

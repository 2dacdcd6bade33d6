"""Steel by electric arc furnace: hot metal decides, scrap is free, carbon balances, gaps show."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.findings import blocking
from lca.answers import AccountAmount, Answers, answer
from lca.inventory import GATE
from lca.submission import Cell, Submission
from tests.lca.models.works import (
    Works,
    answered,
    booked,
    fired,
    sound,
    subject,
    without,
)

ID = "steel-eaf"
WORKS = Works(ID)
MODEL = WORKS.rules
REBAR, SCRAP_ONLY = "HRB400E-HM", "BAR-45-SC"
FAMILIES = (REBAR, SCRAP_ONLY)
PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "steel-eaf.md"
SCRAP = ("scrap_heavy", "scrap_light", "scrap_prompt")


# --- the file -------------------------------------------------------------------------------------


def test_scrap_enters_with_nothing_but_its_way() -> None:
    named = {one.id for one in MODEL.exchanges if set(one.amount.names) & {*SCRAP, "scrap"}}
    assert named == {
        "scrap-heavy-transport", "scrap-light-transport", "scrap-prompt-transport"
    }  # fmt: skip


# --- carbon ---------------------------------------------------------------------------------------


def furnace(scrap: F, iron: F, steel: F) -> Answers:
    accounts = {
        "scrap_heavy": scrap, "hot_metal": iron, "liquid_steel": F(1), "charge_carbon": F(1, 80)
    }  # fmt: skip
    enums = {"charge": "hot-metal", "market": "cn", "hot_metal_data": "modelled"}
    return answer(
        MODEL,
        {name: Cell(value) for name, value in enums.items()},
        {"steel_carbon": Cell(steel)},
        {name: AccountAmount(amount=value) for name, value in accounts.items()},
    )


def quantity(told: Answers, name: str) -> F:
    one = next(q for q in MODEL.quantities if q.id == name)
    return told.value(one.formula, one.unit).value


@settings(max_examples=25)
@given(
    st.fractions(F(3, 10), F(11, 10), max_denominator=50),
    st.fractions(F(1, 20), F(3, 5), max_denominator=50),
    st.fractions(0, 1, max_denominator=50),
)
def test_carbon_blown_is_charge_less_steel(scrap: F, iron: F, steel: F) -> None:
    """In kg per kg: hot metal 4.7 %, charge carbon 83 %, scrap as the steel, one tonne of steel."""
    blown = quantity(furnace(scrap, iron, steel), "carbon_blown")
    own = iron * F("0.047") + F(1, 80) * F("0.83") + (scrap - 1) * steel / 100
    assert blown == own * 1000


def test_modelled_hot_metal_lies_near_published_values() -> None:
    """About 2 t per t; worldsteel counts 1.855 upstream and 0.172 of its own carbon, 2.03."""
    figure = WORKS.footprint().figures[GATE]
    iron = "works-"
    direct = sum(one.value(figure.headline) for one in figure.lines if one.id.startswith(iron))
    charged = F("0.36") * F("1.036")
    assert 1.6 < float(direct) / float(charged) / 1000 < 2.1


# --- the example ----------------------------------------------------------------------------------


def test_parts_make_the_totals_and_the_grave_lies_above_the_gate() -> None:
    def to_the_grave(told: Submission) -> Submission:
        return replace(told, cover={**told.cover, "boundary": Cell("cradle-to-grave")})

    sound(WORKS.footprint(subject(SCRAP_ONLY), to_the_grave))


def test_the_page_prints_the_figures_of_the_example() -> None:
    undeclared = answered(hot_metal_data="declared")
    cases = {
        "rebar, 34 % hot metal, modelled": (),
        "round bar, scrap and 2 % pig iron": (subject(SCRAP_ONLY),),
        "rebar, hot metal without a declaration (British stand-in)": (undeclared,),
    }
    page = PAGE.read_text(encoding="utf-8")
    for name, changes in cases.items():
        assert f"| {name} | {WORKS.gate(*changes):.0f} |" in page


# --- hot metal decides ----------------------------------------------------------------------------


def test_hot_metal_in_place_of_scrap_adds_most_of_its_own_figure() -> None:
    """Ten points of the charge are worth 130 to 260 kg per tonne of product."""
    tenth = F("0.1") * F("1.07") / F("0.36")
    swapped = WORKS.gate(booked("hot_metal", 1 + tenth), booked("scrap_heavy", 1 - F(1, 10)))
    assert 130 < swapped - WORKS.gate() < 260


def test_a_declared_figure_of_the_supplier_takes_the_place_of_the_model() -> None:
    def declared(pcf: str) -> float:
        def change(told: Submission) -> Submission:
            entry = replace(
                told.suppliers[0], account="hot_metal", share=Cell(F(1)), pcf=Cell(F(pcf) * 1000)
            )
            return replace(told, suppliers=(*told.suppliers, entry))

        return WORKS.gate(answered(hot_metal_data="declared"), change)

    low, high = declared("1.5"), declared("2.5")
    assert high - low == pytest.approx(float(F("0.36") * F("1.036")) * 1000, rel=1e-6)


def test_iron_of_others_without_a_figure_of_theirs_is_a_screening() -> None:
    assert WORKS.footprint().grade == "screening"
    assert WORKS.footprint(answered(hot_metal_data="declared")).grade == "screening"


# --- what physics says ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "account",
    ["electricity", "hot_metal", "natural_gas", "lime", "electrodes", "charge_carbon",
     "oxygen_bought", "silicomanganese", "scrap_light"],
)  # fmt: skip
def test_more_of_anything_is_never_less(account: str) -> None:
    assert WORKS.gate(booked(account, F(21, 20))) > WORKS.gate()


# --- what is missing shows ------------------------------------------------------------------------

GAPS = {
    "scrap_heavy": "metal-yield",
    "natural_gas": "reheating-fuel",
    "silicomanganese": "alloy-use",
}


@pytest.mark.parametrize("account", GAPS)
def test_an_account_nobody_booked_shows_in_a_balance(account: str) -> None:
    assert GAPS[account] in fired(WORKS.built(without(account), subject(REBAR)))


@pytest.mark.parametrize("account", [one.id for one in MODEL.accounts if one.required])
def test_a_required_account_that_is_missing_stops_the_result(account: str) -> None:
    made = WORKS.built(without(account))
    if account == "dri":
        assert made.system is not None  # asked only where it is charged
    else:
        assert made.system is None and blocking(made.findings)


def test_more_hot_metal_than_a_furnace_takes_is_asked_about() -> None:
    assert "hot-metal-share" in fired(WORKS.built(booked("hot_metal", F(3))))

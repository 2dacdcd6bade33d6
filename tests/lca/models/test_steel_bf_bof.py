"""Steel by blast furnace and converter: atoms balance, methods differ as they must, gaps show."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.findings import blocking
from lca.answers import AccountAmount, Answers, answer
from lca.bridge import bridge
from lca.inventory import GATE
from lca.method_comparison import compare_methods
from lca.model_parts import FromFlow, FromProcess
from lca.submission import Cell, Submission
from tests.lca.models.works import (
    EXCLUDING,
    Works,
    answered,
    booked,
    factors,
    fired,
    sound,
    subject,
    without,
)

ID = "steel-bf-bof"
WORKS = Works(ID)
MODEL = WORKS.rules
COIL, COATED = "HRC-Q235B", "GI-DX51D"
FAMILIES = (COIL, COATED)
PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "steel-bf-bof.md"
DUMPED = answered(slag_route="dumped")

EMITTED = (
    "ovens_gas_carbon", "oven_carbon_rest", "sinter_carbon", "furnace_carbon_rest",
    "converter_carbon_rest", "rolling_gas_carbon", "power_gas_carbon", "other_gas_carbon",
)  # fmt: skip


# --- the file -------------------------------------------------------------------------------------


def test_carbon_is_counted_by_balance_or_by_step_never_by_both() -> None:
    """Every direct CO2 of a step has its condition; the rest is made elsewhere or burnt coal."""
    free = {
        one.id
        for one in MODEL.exchanges
        if isinstance(one.origin, FromFlow) and "carbon_method" not in one.when
    }
    assert free == {
        "merchant-step", "own-power-coal", "lime-coal-burnt", "pellet-coal-burnt"
    }  # fmt: skip
    steps = [one for one in MODEL.exchanges if one.when.get("carbon_method") == ("step-factors",)]
    assert {one.process for one in steps} == {
        "coke-oven", "agglomeration", "hot-metal", "liquid-steel"
    }  # fmt: skip


def test_coal_that_is_burnt_was_mined() -> None:
    """Coal burnt as a direct flow has its mining beside it, in the same process and flow."""
    burnt = {(one.process, one.flow) for one in MODEL.exchanges if "coal_carbon" in one.amount.text}
    mined = {
        (one.process, one.flow)
        for one in MODEL.exchanges
        if isinstance(one.origin, FromProcess) and one.origin.process == "coal-mining"
    }
    assert burnt and burnt <= mined


# --- atoms ----------------------------------------------------------------------------------------

AMOUNTS = {
    "coking_coal": "0.43", "coke_made": "0.31", "coke_bought": "0.05", "coke_furnace": "0.28",
    "coke_sinter": "0.06", "coke_sold": "0.02", "injected_coal": "0.17", "sinter_coal": "0.01",
    "power_coal": "0.03", "pig_iron": "0.02", "scrap": "0.16", "hot_metal": "0.93",
    "liquid_steel": "1.06", "tar": "0.014", "benzol": "0.004",
    "bfg_ovens": "1.0", "bfg_rolling": "0.3", "bfg_power": "1.1", "bfg_other": "0.2",
    "bfg_sold": "0.1", "cog_ovens": "0.4", "cog_sinter": "0.07", "cog_rolling": "0.9",
    "cog_power": "0.1", "cog_other": "0.2", "cog_sold": "0.05", "ldg_rolling": "0.2",
    "ldg_power": "0.2", "ldg_other": "0.1", "ldg_sold": "0.05",
}  # fmt: skip
"""A works in t and GJ per tonne of product; coke made and bought is coke used and sold."""


def works(**changed: F) -> Answers:
    stated = {name: F(value) for name, value in AMOUNTS.items()} | changed
    accounts = {name: AccountAmount(amount=value) for name, value in stated.items()}
    enums = {
        "product": "hot-rolled-coil", "market": "cn", "carbon_method": "balance",
        "slag_route": "dumped", "slag_method": "partition",
    }  # fmt: skip
    numbers = {"steel_carbon": Cell(F(1, 5))}
    return answer(MODEL, {k: Cell(v) for k, v in enums.items()}, numbers, accounts)


def quantity(told: Answers, name: str) -> F:
    one = next(q for q in MODEL.quantities if q.id == name)
    return told.value(one.formula, one.unit).value


@settings(max_examples=25)
@given(
    st.fractions(F(1, 5), F(3, 5), max_denominator=50),
    st.fractions(F(7, 10), F(11, 10), max_denominator=50),
    st.fractions(0, 2, max_denominator=20),
    st.fractions(0, 2, max_denominator=20),
)
def test_no_carbon_is_made_or_lost_wherever_the_gas_burns(coal: F, iron: F, bfg: F, cog: F) -> None:
    """What the steps and the coal of the power plant emit is what came in less products."""
    told = works(coking_coal=coal, hot_metal=iron, bfg_power=bfg, cog_rolling=cog)
    emitted = sum(quantity(told, name) for name in EMITTED)
    ignition = F(AMOUNTS["cog_sinter"]) * F("13.6")
    steam_coal = F(AMOUNTS["power_coal"]) * F("23.204") * F("26.18")
    balance = quantity(told, "carbon_in") - quantity(told, "carbon_out")
    assert emitted + ignition + steam_coal == balance


def test_gas_sent_elsewhere_moves_emissions_and_changes_no_total() -> None:
    """More gas to the kilns is less in the stoves: the same tonne when slag takes nothing."""
    more = WORKS.gate(DUMPED, booked("bfg_other", F(3, 2)))
    assert more == pytest.approx(WORKS.gate(DUMPED), rel=1e-9)


def test_carbon_that_stays_in_the_product_is_not_emitted() -> None:
    assert WORKS.gate(booked("tar", F(2))) < WORKS.gate()
    assert WORKS.gate(booked("cog_sold", F(2)), booked("cog_power", F(4, 5))) < WORKS.gate()


# --- the example ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("family", "low", "high"), [(COIL, 1900, 2500), (COATED, 2050, 2900)])
def test_example_lies_where_practice_and_publications_expect_it(
    family: str, low: float, high: float
) -> None:
    assert low < WORKS.gate(subject(family)) < high
    found = WORKS.footprint(subject(family))
    assert found.bands and all(one.inside for one in found.bands)


def test_parts_make_the_totals_and_the_grave_lies_above_the_gate() -> None:
    sound(WORKS.footprint(to_the_grave))


def to_the_grave(told: Submission) -> Submission:
    return replace(told, cover={**told.cover, "boundary": Cell("cradle-to-grave")})


ANALYSED = (
    "hot_metal_carbon", "coking_coal_carbon", "coke_carbon", "injected_carbon", "bfg_carbon",
    "cog_carbon", "ldg_carbon",
)  # fmt: skip


def unanalysed(told: Submission) -> Submission:
    kept = {name: cell for name, cell in told.answers.items() if name not in ANALYSED}
    return replace(told, answers=kept)


def test_the_page_prints_the_figures_of_the_example() -> None:
    steps = (answered(carbon_method="step-factors"), booked("cog_sold", F(0)))
    cases = {
        "hot-rolled coil, slag by energy": (),
        "galvanised coil": (subject(COATED),),
        "slag dumped, bears nothing": (DUMPED,),
        "slag credited by expansion": (answered(slag_method="expansion"),),
        "step factors in place of the balance, no gas sold": steps,
        "carbon contents not analysed, defaults": (unanalysed,),
    }
    page = PAGE.read_text(encoding="utf-8")
    for name, changes in cases.items():
        assert f"| {name} | {WORKS.gate(*changes):.0f} |" in page


def test_coating_costs_zinc_power_and_fuel() -> None:
    """A galvanised coil lies 150 to 600 kg above the hot-rolled one of the same works."""
    assert 150 < WORKS.gate(subject(COATED)) - WORKS.gate() < 600


# --- methods --------------------------------------------------------------------------------------


def test_slag_methods_stand_in_the_order_physics_and_prices_give() -> None:
    """Mass takes most, energy little, price less, dumping nothing; expansion credits."""
    made = compare_methods(WORKS.footprint(), factors())
    by = {one.method: float(one.figures[GATE]) for one in made.alternatives}
    assert by["mass"] < WORKS.gate() < by["economic"] < WORKS.gate(DUMPED)
    credited = WORKS.footprint(answered(slag_method="expansion"))
    assert float(credited.figures[GATE].value) < WORKS.gate()
    assert "METHOD-CREDIT" in {one.code for one in credited.findings}
    assert credited.grade == "screening"


def test_step_defaults_replace_the_balance_and_come_out_high() -> None:
    unsold = booked("cog_sold", F(0))
    steps = WORKS.footprint(answered(carbon_method="step-factors"), unsold)
    ids = {line.id for line in steps.lines if line.amount}
    assert {"oven-step", "sinter-step", "iron-step", "converter-step"} <= ids
    assert not ids & {"oven-gas", "iron-stoves", "sinter-carbon", "own-power-gas", "rolling-gas"}
    assert float(steps.figures[GATE].value) > WORKS.gate(unsold)


# --- what physics says ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "account",
    ["electricity", "injected_coal", "coking_coal", "limestone", "ore_imported", "scrap"],
)
def test_more_of_anything_is_never_less(account: str) -> None:
    assert WORKS.gate(booked(account, F(21, 20))) > WORKS.gate()


def test_more_carbon_in_coal_is_more_and_in_steel_is_less() -> None:
    assert WORKS.gate(answered(injected_carbon=F(78))) > WORKS.gate()
    assert WORKS.gate(answered(coking_coal_carbon=F(79))) > WORKS.gate()


@settings(max_examples=5)
@given(
    st.fractions(80, 88, max_denominator=10),
    st.fractions(68, 78, max_denominator=10),
    st.fractions(0, 20_000, max_denominator=10),
    st.sampled_from(("cement", "dumped")),
)
def test_any_works_has_a_finite_figure_and_lines_that_sum(
    coke: F, coal: F, sea: F, slag: str
) -> None:
    told = answered(coke_carbon=coke, injected_carbon=coal, ore_sea_distance=sea, slag_route=slag)
    made = WORKS.footprint(told, to_the_grave)
    sound(made)
    for figure in made.figures.values():
        values = [line.value(figure.headline) for line in figure.lines]
        assert min(values) >= 0
        assert sum(values) == figure.value


def test_two_changes_are_bridged_without_rest() -> None:
    made = {"coal": answered(injected_carbon=F(70)), "power": booked("electricity", F(3, 2))}

    def value(groups: frozenset[str]) -> F:
        changes = tuple(made[one] for one in sorted(groups))
        return WORKS.footprint(*changes).figures[GATE].total(EXCLUDING)

    found = bridge(tuple(made), value)
    assert sum(step.value for step in found.steps) == found.difference
    less, more = (step.value for step in found.steps)
    assert less < 0 < more


# --- what is missing shows ------------------------------------------------------------------------

GAPS = {
    "coking_coal": "oven-balance",
    "coke_made": "coke-balance",
    "injected_coal": "fuel-rate",
    "ore_imported": "ore-for-agglomerate",
    "scrap": "metal-yield",
    "limestone": "flux",
    "cog_rolling": "oven-balance",
    "own_generation": "power-sold",
}


@pytest.mark.parametrize("account", GAPS)
def test_an_account_nobody_booked_shows_in_a_balance(account: str) -> None:
    assert GAPS[account] in fired(WORKS.built(without(account)))


def test_a_required_account_that_is_missing_stops_the_result() -> None:
    for account in [one.id for one in MODEL.accounts if one.required]:
        made = WORKS.built(subject(COATED), without(account))
        assert made.system is None and blocking(made.findings), account


def test_gas_beyond_the_carbon_is_refused() -> None:
    assert "furnace-balance" in fired(WORKS.built(booked("bfg_power", F(3))))
    assert "converter-balance" in fired(WORKS.built(booked("ldg_power", F(3))))


def test_texts_name_no_claim() -> None:
    assert not re.search(r"carbon neutral|green steel|绿色|零碳", str(MODEL))

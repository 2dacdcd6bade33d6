"""The refrigerator model and its example plant: mass accounts, physics, what a verifier asks."""

from __future__ import annotations

from fractions import Fraction as F
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.findings import Severity
from factors.gwp import gwp_set
from lca.bridge import bridge
from lca.inventory import GATE, GRAVE
from lca.quality import representative
from tests.lca.models.works import (
    EXCLUDING,
    Change,
    Works,
    amounts,
    booked,
    fired,
    of_all,
    sound,
    subject,
    without,
)

ID = "refrigerator"
WORKS = Works(ID)
MODEL = WORKS.rules
EXPORT, DOMESTIC = "EX-BCD-310", "EX-BCD-210"
FAMILIES = (EXPORT, DOMESTIC)
PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "refrigerator.md"
HFC = of_all(refrigerant="r134a")


# --- the file and its example ---------------------------------------------------------------------


def test_the_page_prints_the_figures_of_the_example() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for family in FAMILIES:
        changes = () if family == EXPORT else (subject(family),)
        row = f"| {family} | {WORKS.gate(*changes):.0f} | {WORKS.grave(*changes):.0f} |"
        assert row in page


# --- mass accounts --------------------------------------------------------------------------------

GASES = {"r600a": "HC-600a", "r134a": "HFC-134a"}
CO2_PER_KG = {"r600a": F("3.028"), "r134a": F("0.8627")}


@settings(max_examples=6)
@given(
    st.sampled_from(sorted(GASES)),
    st.sampled_from(("cn", "eu", "us", "jp")),
    st.fractions(F(49, 1000), F(53, 1000), max_denominator=10_000),
    st.fractions(0, F(50, 1000), max_denominator=1000),
)
def test_refrigerant_that_went_in_comes_out(gas: str, market: str, charge: F, top_up: F) -> None:
    """Used + topped up = lost in the factory + leaked + escaped at the end + destroyed."""
    result = WORKS.footprint(
        of_all(refrigerant=gas, market=market, charge=charge, service_top_up=top_up),
    )
    told = amounts(result)
    went_in = told["part-refrigerant"] + top_up
    destroyed = told["refrigerant-destroyed"] / CO2_PER_KG[gas]
    emitted = sum(told[f"{place}-{gas}"] for place in ("factory", "leak", "end"))
    assert float(emitted + destroyed) == pytest.approx(float(went_in), rel=1e-9)
    assert min(told[f"{place}-{gas}"] for place in ("factory", "leak", "end")) >= 0


@pytest.mark.parametrize("agent", ["cyclopentane", "hfc-245fa"])
@pytest.mark.parametrize("market", ["cn", "eu"])
def test_blowing_agent_that_went_in_comes_out(agent: str, market: str) -> None:
    told = amounts(WORKS.footprint(of_all(blowing_agent=agent, market=market)))
    out = told[f"foaming-{agent}"] + told[f"foam-{agent}"] + told[f"foam-end-{agent}"]
    assert float(out) == pytest.approx(float(told["part-agent"]), rel=1e-9)


def test_refrigerant_counts_with_its_own_gas() -> None:
    """R134a at the gate: what the factory loses, times its warming potential, and no more."""
    lines = {one.id: one for one in WORKS.footprint(HFC).figures[GATE].lines}
    lost = lines["factory-r134a"]
    weight = gwp_set("AR6-100").values["HFC-134a"]
    assert float(lost.value(EXCLUDING)) == pytest.approx(float(F(lost.amount) * weight))
    assert "factory-r600a" not in lines


def test_hfc_weighs_more_than_hydrocarbons() -> None:
    assert WORKS.grave(HFC) > WORKS.grave() + 20
    foam = of_all(blowing_agent="hfc-245fa")
    assert WORKS.grave(foam) > WORKS.grave() + 300


# --- what physics says ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "account",
    ["electricity", "steel_coated", "steel_tube", "hips", "foam_chemicals", "agent_used", "glass",
     "aluminium", "copper_tube", "control_boards", "compressors", "compressor_lamination",
     "refrigerant_used", "cartons"],
)  # fmt: skip
def test_more_of_anything_is_more(account: str) -> None:
    assert WORKS.gate(booked(account, F(103, 100))) > WORKS.gate()


@pytest.mark.parametrize("account", ["metal_scrap", "plastic_scrap"])
def test_scrap_that_is_sold_takes_nothing(account: str) -> None:
    assert WORKS.gate(booked(account, F(3, 2))) == WORKS.gate()


APPLIANCES = st.fixed_dictionaries(
    {
        "market": st.sampled_from(MODEL.enum("market").ids),
        "climate": st.sampled_from(MODEL.enum("climate").ids),
        "refrigerant": st.sampled_from(MODEL.enum("refrigerant").ids),
        "blowing_agent": st.sampled_from(MODEL.enum("blowing_agent").ids),
        "compressor_data": st.sampled_from(MODEL.enum("compressor_data").ids),
        "volume": st.fractions(50, 800, max_denominator=10),
        "annual_energy": st.fractions(60, 800, max_denominator=10),
        "plastics_recycled": st.fractions(0, F(9, 10), max_denominator=20),
        "distribution_distance": st.fractions(0, 4000, max_denominator=10),
    }
)


@settings(max_examples=8)
@given(APPLIANCES, st.sampled_from(FAMILIES))
def test_any_appliance_computes(told: dict[str, str | F], family: str) -> None:
    result = WORKS.footprint(subject(family), of_all(**told))
    sound(result)
    assert 100 < float(result.figures[GATE].total(EXCLUDING)) < 500


@settings(max_examples=4)
@given(st.fractions(60, 400, max_denominator=10), st.fractions(F(1, 2), 2, max_denominator=10))
def test_use_is_proportional_to_energy(energy: F, ratio: F) -> None:
    told = amounts(WORKS.footprint(of_all(annual_energy=energy, real_per_standard=ratio)))
    loss = F(1) + F("0.104689266")
    assert float(told["use-electricity"]) == pytest.approx(float(energy * ratio * 12 * loss))


def test_electricity_in_use_stands_for_its_market_and_leaves_the_gate_alone() -> None:
    for market in MODEL.enum("market").ids:
        result = WORKS.footprint(of_all(market=market))
        line = next(one for one in result.figures[GRAVE].lines if one.id == "use-electricity")
        assert representative(line)
        gate = float(result.figures[GATE].total(EXCLUDING))
        assert gate == pytest.approx(WORKS.gate(), abs=1e-6)


def test_modelled_sheet_lies_near_published_values() -> None:
    """Per kg: 2.6 for Chinese cold-rolled sheet (CPCD), 2.43 (Germany), 2.75 (India)."""
    lines = WORKS.footprint().figures[GATE].lines
    burden = sum(
        float(one.value(EXCLUDING))
        for one in lines
        if one.exchange.process in ("crude-steel", "steel-sheet")
    )
    rolled = next(F(one.amount) for one in lines if one.id == "sheet-rolling") / F("0.452244")
    assert 2.3 < burden / float(rolled) < 2.8


def test_modelled_resins_lie_near_published_values() -> None:
    """Per kg: polystyrene 2.25 to 3.42, polypropylene 1.59 to 2.0; nine tenths are the former."""
    lines = WORKS.footprint().figures[GATE].lines
    told = {one.id: F(one.amount) for one in lines}
    processes = ("cracker", "polystyrene", "polypropylene")
    made = sum(float(x.value(EXCLUDING)) for x in lines if x.exchange.process in processes)
    resin = told["polymerising"] / F("0.2") + told["polypropylene-electricity"] / F("0.4")
    assert 2.0 < made / float(resin) < 2.6


def test_pads_show_among_the_packaging() -> None:
    """Their resin comes from the same cracker as the liners; its burden stands with the pads."""
    lines = WORKS.footprint().figures[GATE].lines
    stages = {one.exchange.stage for one in lines if one.id.startswith("pads-")}
    assert stages == {"packaging"}


def test_declared_compressor_replaces_its_bill_of_materials() -> None:
    told = WORKS.footprint(of_all(compressor_data="supplier"))
    ids = {one.id for one in told.figures[GATE].lines}
    assert not {one for one in ids if one.startswith("compressor-iron")}
    assert any(one.startswith("compressor-supplied") for one in ids)


# --- what a verifier asks -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("refrigerant-account", booked("refrigerant_used", F(9, 10))),
        ("refrigerant-account", booked("refrigerant_used", F(12, 10))),
        ("sheet-yield", booked("steel_coated", F(3, 2))),
        ("scrap-account", booked("metal_scrap", F(1, 10))),
        ("mass-balance", without("glass")),
        ("compressor-bill", without("compressor_iron")),
        ("compressor-mass", booked("compressors", F(2))),
        ("blowing", booked("agent_used", F(1, 3))),
        ("electricity-per-machine", booked("electricity", F(6))),
        ("energy-for-volume", of_all(annual_energy=F(60))),
        ("hfc-refrigerant-abroad", HFC),
        ("hfc-foam-abroad", of_all(blowing_agent="hfc-245fa")),
        ("climate", of_all(climate="n", market="cn")),
    ],
)
def test_what_is_odd_is_asked(check: str, change: Change) -> None:
    assert check in WORKS.checks(change)
    assert check not in WORKS.checks()


REQUIRED = ("electricity", "steel_coated", "hips", "foam_chemicals", "agent_used", "compressors",
            "refrigerant_used", "cartons", "water")  # fmt: skip


@pytest.mark.parametrize("account", REQUIRED)
def test_a_required_account_cannot_be_forgotten(account: str) -> None:
    assert account in {one.id for one in MODEL.accounts if one.required}
    found = WORKS.built(without(account)).findings
    assert any(one.severity is Severity.ERROR for one in found)


@pytest.mark.parametrize("account", ["aluminium", "gpps", "compressor_aluminium", "glass"])
def test_a_material_that_was_forgotten_shows_in_a_balance(account: str) -> None:
    """Not every refrigerator has them; where a tenth of the mass is missing, the scale tells."""
    mass = WORKS.built(without(account))
    lighter = WORKS.gate(without(account))
    assert lighter < WORKS.gate()
    if account == "glass":
        assert "mass-balance" in fired(mass)


def test_two_changes_are_bridged_without_rest() -> None:
    made = {"aluminium": booked("aluminium", F(1, 2)), "power": booked("electricity", F(3, 2))}

    def value(groups: frozenset[str]) -> F:
        changes = tuple(made[one] for one in sorted(groups))
        return WORKS.footprint(*changes).figures[GATE].total(EXCLUDING)

    found = bridge(tuple(made), value)
    assert sum(step.value for step in found.steps) == found.difference
    less, more = (step.value for step in found.steps)
    assert less < 0 < more

"""Boundary algebra: every line reaches the life cycle exactly once, and errors say their size."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.errors import FindingsError, ModelError
from lca.burning import CO2_PER_CARBON, materials
from lca.footprint import Footprint
from lca.ruleset import parse_ruleset
from tests.lca.systems import (
    Doc,
    co_product,
    document,
    emits,
    factors,
    footprint,
    line,
    link,
    own,
    process,
)

RULES = Path(__file__).parents[2] / "lca" / "rulesets"
MILL = "own:step"
"""A default of a whole step; the shipped ones are comparison values only."""


def plant(*lines: Doc, **more: Any) -> Footprint:
    return footprint(document([process("goods")], list(lines), **more))


def told(result: Footprint, code: str) -> dict[str, str]:
    """The fields of a finding that occurs exactly once for the figure to the gate."""
    found = [dict(one.params) for one in result.findings if one.code == code]
    assert len(found) == 1, [one.code for one in result.findings]
    for one in result.findings:
        assert one.render("zh") and one.render("en")
    return found[0]


def boundary_codes(result: Footprint) -> set[str]:
    return {one.code for one in result.findings if one.code.startswith("BOUNDARY")}


# --- gaps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("boundary", ["gate-to-gate", "process"])
@pytest.mark.parametrize("flow", ["steam", "oxygen"])
def test_steam_or_oxygen_of_the_suppliers_gate_alone_lacks_its_energy(flow, boundary):
    made = own(flow, "kg", boundary=boundary, values={"fossil.CO2": "0.2"})
    result = plant(line("a", "goods", f"own:{flow}", "3", flow=flow), factors=[made])
    assert float(told(result, "BOUNDARY-GAP")["size"]) == pytest.approx(0.6)


def test_steam_from_combustion_alone_is_a_gap_and_with_upstream_it_is_none():
    burnt = own("steam", "GJ", boundary="combustion", values={"fossil.CO2": "110"})
    before = own("fuel", "GJ", boundary="upstream", values={"fossil.CO2e": "10"})
    lines = [
        line("burnt", "goods", "own:steam", "0.1", "GJ", flow="steam"),
        line("mined", "goods", "own:fuel", "0.1", "GJ", flow="steam"),
    ]
    assert "BOUNDARY-GAP" in boundary_codes(plant(lines[0], factors=[burnt, before]))
    assert boundary_codes(plant(*lines, factors=[burnt, before])) == set()


def test_a_step_at_a_gate_that_is_no_energy_carrier_is_no_gap():
    stamped = own("stamping", "kg", boundary="gate-to-gate", values={"fossil.CO2": "0.2"})
    assert (
        boundary_codes(plant(line("a", "goods", "own:stamping", "3"), factors=[stamped])) == set()
    )


# --- overlaps -------------------------------------------------------------------------------------


def test_the_default_of_a_step_contains_the_carbon_of_its_coal():
    step = own(
        "step", "t", category="steel-step", boundary="process", values={"fossil.CO2": "1580"}
    )
    lines = [
        line("steel", "goods", MILL, "0.001", "t"),
        line("coke", "goods", "coke-cn-combustion", "0.01", "GJ(LHV)", flow="coke"),
        line("coke-made", "goods", "own:coke", "0.01", "GJ(LHV)", flow="coke"),
    ]
    mined = own("coke", "GJ(LHV)", boundary="upstream", values={"fossil.CO2e": "1"})
    result = plant(*lines, factors=[step, mined])
    burnt = next(one for one in result.lines if one.id == "coke")
    found = told(result, "BOUNDARY-STEP-CARBON")
    assert float(found["size"]) == pytest.approx(float(burnt.value(result.headline)), rel=1e-3)
    direct = emits("carbon-balance", "goods", "fossil.CO2", "1.2")
    assert "BOUNDARY-STEP-CARBON" in boundary_codes(plant(lines[0], direct, factors=[step]))
    alone = plant(lines[0], factors=[step])
    assert "BOUNDARY-STEP-CARBON" not in boundary_codes(alone)


def test_gas_beside_the_default_of_a_step_is_not_its_carbon():
    step = own(
        "step", "t", category="steel-step", boundary="process", values={"fossil.CO2": "1580"}
    )
    gas = line("gas", "goods", "natural-gas-cn-combustion", "0.01", "GJ(LHV)", flow="gas")
    result = plant(line("steel", "goods", MILL, "0.001", "t"), gas, factors=[step])
    assert "BOUNDARY-STEP-CARBON" not in boundary_codes(result)


# --- electricity ----------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"flow": "on-site-solar"}, {"id": "roof-on-site"}])
def test_power_used_where_it_is_made_needs_no_grid(change):
    roof = line("roof", "goods", "electricity-cn-pv-2024", "1", "kWh") | change
    assert boundary_codes(plant(roof)) == set()
    bought = line("roof", "goods", "electricity-cn-pv-2024", "1", "kWh")
    assert boundary_codes(plant(bought)) == {"BOUNDARY-TD-MISSING"}


def test_transmission_of_power_used_on_site_is_an_error_with_its_size():
    roof = line("roof", "goods", "electricity-cn-pv-2024", "2", "kWh", flow="on-site-solar")
    grid = line("grid", "goods", "electricity-cn-td-2024", "2", "kWh")
    assert float(told(plant(roof, grid), "BOUNDARY-TD-TWICE")["size"]) == pytest.approx(0.0654)


# --- what is burnt --------------------------------------------------------------------------------


def test_the_carbon_of_burnt_materials_is_in_the_library():
    for material in materials():
        assert 0 < material.fossil_carbon(factors()) < 1


def test_energy_from_waste_that_is_collection_only_is_an_error_with_what_is_missing():
    result = plant(
        line("cap", "goods", "pp-energy-from-waste-gb", "1", flow="caps", stage="end-of-life"),
        boundary="cradle-to-grave",
    )
    found = told(result, "BOUNDARY-COLLECTION-ONLY")
    assert float(found["size"]) == pytest.approx(0.85627718 * 44 / 12, rel=1e-3)
    assert result.grade == "screening"


def test_a_burning_line_on_a_collection_row_is_an_error_though_the_carbon_is_unknown():
    shoe = line("shoe-burnt", "goods", "tyres-closed-loop-recycling-gb", "1", flow="tyres")
    assert told(plant(shoe), "BOUNDARY-COLLECTION-ONLY")["size"] == "?"


def test_collection_beside_the_emission_of_burning_is_right():
    haul = line("cap-burnt", "goods", "pp-energy-from-waste-gb", "1", flow="caps")
    fire = line("cap-fire", "goods", "polyethylene-incineration", "1", flow="caps")
    direct = emits("cap-carbon", "goods", "fossil.CO2", "3.14") | {"flow": "caps"}
    assert boundary_codes(plant(haul, fire)) == set()
    assert boundary_codes(plant(haul, direct)) == set()
    half = line("cap-fire", "goods", "polyethylene-incineration", "0.5", flow="caps")
    assert boundary_codes(plant(haul, half)) == {"BOUNDARY-COLLECTION-ONLY"}


def test_collection_for_recycling_or_landfill_burns_nothing():
    lines = [
        line("a", "goods", "pp-closed-loop-recycling-gb", "1", flow="caps"),
        line("b", "goods", "plastics-landfill-gb", "1", flow="shrink-film"),
    ]
    assert boundary_codes(plant(*lines)) == set()


@given(st.fractions(Fraction(1, 10), Fraction(5)), st.fractions(Fraction(1, 100), Fraction(100)))
@settings(max_examples=40, deadline=None)
def test_a_factor_below_the_carbon_is_an_error_and_at_or_above_it_is_none(per_kg, amount):
    needed = Fraction("0.85627718") * CO2_PER_CARBON
    made = own("fire", "kg", boundary="combustion", values={"fossil.CO2": repr(float(per_kg))})
    film = line("film-burnt", "goods", "own:fire", repr(float(amount)), flow="shrink-film")
    film["stage"] = "end-of-life"
    result = plant(film, factors=[made], boundary="cradle-to-grave")
    low = "BOUNDARY-BURNT" in boundary_codes(result)
    assert low is (per_kg < needed * Fraction(99, 100))
    if low:
        size = float(told(result, "BOUNDARY-BURNT")["size"])
        assert size == pytest.approx(float((needed - per_kg) * amount), rel=2e-3)


FORMULAS = {
    "pet-bottle": {"C": 10, "H": 8, "O": 4},
    "pe-film": {"C": 2, "H": 4},
    "pp-cap": {"C": 3, "H": 6},
    "ps-tray": {"C": 8, "H": 8},
    "pvc-pipe": {"C": 2, "H": 3, "Cl": 1},
    "pa6-fibre": {"C": 6, "H": 11, "N": 1, "O": 1},
    "polybutadiene": {"C": 4, "H": 6},
    "butyl-rubber": {"C": 4, "H": 8},
}
WEIGHTS = {"C": "12.011", "H": "1.008", "O": "15.999", "N": "14.007", "Cl": "35.45"}


@pytest.mark.parametrize("flow", FORMULAS)
@pytest.mark.parametrize("times", ["0.98", "1"])
def test_every_polymer_burns_to_the_carbon_of_its_repeating_unit(flow, times):
    masses = {atom: Fraction(WEIGHTS[atom]) * n for atom, n in FORMULAS[flow].items()}
    emitted = masses["C"] / sum(masses.values()) * CO2_PER_CARBON * Fraction(times)
    made = own("fire", "kg", boundary="combustion", values={"fossil.CO2": repr(float(emitted))})
    burnt = line(f"{flow}-burnt", "goods", "own:fire", "1", flow=flow, stage="end-of-life")
    result = plant(burnt, factors=[made], boundary="cradle-to-grave")
    assert ("BOUNDARY-BURNT" in boundary_codes(result)) is (times != "1")


def test_a_car_tyre_burns_at_least_its_synthetic_rubber():
    made = own("fire", "kg", boundary="combustion", values={"fossil.CO2": "0.4127"})
    burnt = line("tyre-burnt", "goods", "own:fire", "1", flow="car-tyre", stage="end-of-life")
    found = told(plant(burnt, factors=[made], boundary="cradle-to-grave"), "BOUNDARY-BURNT")
    assert found["row"] == "tyre-car-fossil-carbon-least"
    assert float(found["size"]) == pytest.approx(0.231194839 * 44 / 12 - 0.4127, rel=1e-3)


# --- one fuel, one amount -------------------------------------------------------------------------


def gas(burnt: float, supplied: float) -> list[Doc]:
    return [
        line("burn", "goods", "natural-gas-cn-combustion", repr(burnt), "GJ(LHV)", flow="gas"),
        line("well", "goods", "natural-gas-cn-upstream", repr(supplied), "Nm3", flow="gas"),
    ]


@given(st.floats(0.001, 1000), st.floats(0.5, 2))
@settings(max_examples=40, deadline=None)
def test_burnt_and_supplied_amounts_agree_in_energy(burnt, off):
    per_nm3 = factors().get("natural-gas-cn-ncv")
    assert per_nm3.amount is not None
    supplied = burnt / 0.038931 * off
    apart = abs(1 - off) / max(1, off)
    if abs(apart - 0.05) < 1e-6:
        return
    assert ("BOUNDARY-FUEL-AMOUNT" in boundary_codes(plant(*gas(burnt, supplied)))) is (
        apart > 0.05
    )


def test_amounts_that_no_property_ties_together_are_left_alone():
    made = own("upstream", "m3", boundary="upstream", values={"fossil.CO2e": "0.5"})
    burnt, _ = gas(1, 1)
    odd = line("well", "goods", "own:upstream", "1", "m3", flow="gas")
    assert "BOUNDARY-FUEL-AMOUNT" not in boundary_codes(plant(burnt, odd, factors=[made]))


@given(st.permutations(range(4)))
@settings(max_examples=12, deadline=None)
def test_findings_do_not_depend_on_the_order_of_the_lines(order):
    lines = [
        *gas(1.0, 10.0),
        line("cap", "goods", "pp-energy-from-waste-gb", "1", flow="caps"),
        line("roof", "goods", "electricity-cn-pv-2024", "2", "kWh"),
    ]
    usual = boundary_codes(plant(*lines))
    assert usual == {"BOUNDARY-FUEL-AMOUNT", "BOUNDARY-COLLECTION-ONLY", "BOUNDARY-TD-MISSING"}
    assert boundary_codes(plant(*(lines[place] for place in order))) == usual


# --- lent and recalled GWP values -----------------------------------------------------------------


def test_a_lent_gwp_value_is_shown_and_counts_under_the_lender():
    charge = line("charge", "goods", "refrigerant-r600a-release", "0.1")
    result = plant(charge, line("power", "goods", "electricity-cn-footprint-2024", "1", "kWh"))
    found = told(result, "GWP-STAND-IN")
    assert (found["gas"], found["lender"]) == ("HC-600a", "DESNZ-2025-100")
    shares = result.quality["cradle-to-gate"].gwp
    assert shares["DESNZ-2025-100"] == pytest.approx(0.3 / 0.8777, rel=1e-3)
    assert "GWP-STAND-IN" not in {
        one.code
        for one in plant(charge | {"from": {"factor": "refrigerant-r134a-release"}}).findings
    }


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ('HFC-134a = "DESNZ-2025-100"', "GWP-STAND-IN-KNOWN"),
        ('HC-600a = "no-such-set"', "GWP-SET-UNKNOWN"),
        ('Argon = "carbon-yield"', "GWP-MISSING"),
    ],
)
def test_a_rule_set_cannot_lend_what_is_known_or_what_does_not_exist(written, code):
    text = (RULES / "iso14067-generic.toml").read_text(encoding="utf-8")
    altered = text.replace('HC-600a = "DESNZ-2025-100"', written)
    with pytest.raises(ModelError) as refusal:
        parse_ruleset(altered.encode(), "altered.toml")
    assert [one.code for one in refusal.value.findings] == [code]


def test_a_rule_set_without_stand_ins_refuses_the_gas():
    text = (RULES / "iso14067-generic.toml").read_text(encoding="utf-8")
    strict = text.replace('HC-600a = "DESNZ-2025-100"', "")
    rules = parse_ruleset(strict.encode(), "strict.toml")
    charge = line("charge", "goods", "refrigerant-r600a-release", "0.1")
    with pytest.raises(FindingsError) as refusal:
        footprint(document([process("goods")], [charge]), rules)
    assert {one.code for one in refusal.value.findings} == {"GWP-MISSING"}


def test_a_recalled_gwp_value_is_a_weak_row():
    blend = own(
        "blend",
        boundary="release",
        values={"fossil.R-454B": "1"},
        place="CN",
        status="read-in-source",
        source_class="official-notice",
    )
    lines = [
        line("leak", "goods", "own:blend", "0.0001", place="CN"),
        line("power", "goods", "electricity-cn-footprint-2024", "1", "kWh", place="CN"),
    ]
    result = plant(*lines, factors=[blend])
    leak = result.declared.share(one for one in result.lines if one.id == "leak")
    assert leak > Fraction(5, 100)
    assert result.strictest.recalled == result.strictest.weak == pytest.approx(leak)
    weak = [dict(one.params) for one in result.reasons if one.code == "GRADE-WEAK-ROW"]
    assert [(one["factor"], one["kind"]) for one in weak] == [("AR6-100:R-454B", "recalled")]
    assert "GRADE-WEAK-SUM" in {one.code for one in result.reasons}


def test_a_recalled_row_with_a_recalled_gwp_value_counts_once():
    blend = own("blend", boundary="release", values={"fossil.R-454B": "1"})
    result = plant(line("leak", "goods", "own:blend", "0.0001"), factors=[blend])
    assert result.strictest.weak == 1


# --- provincial electricity -----------------------------------------------------------------------


def shandong(country: str, **power: Any) -> Footprint:
    site = {"id": "S1", "name": {"zh": "x", "en": "x"}, "address": {"zh": "x", "en": "x"}}
    lines = [
        line("power", "goods", "electricity-cn-footprint-2024", "2", "kWh", **power),
        line("malt", "goods", "electricity-cn-footprint-2024", "1", "kWh"),
    ]
    product = {
        "id": "EXAMPLE",
        "name": {"zh": "x", "en": "x"},
        "sites": [site | {"country": country}],
    }
    return plant(*lines, product=product)


def test_a_plant_in_a_province_shows_its_figure_with_the_derived_value():
    result = shandong("CN-SD", activity_kind="metered")
    (shown,) = result.to_json()["sensitivities"]
    assert shown["id"] == "electricity-cn-sd"
    assert shown["figure"] == "cradle-to-gate"
    assert Fraction(shown["value"]) == 2 * Fraction("0.709") + Fraction("0.5777")
    assert "electricity-cn-sd-derived-2023" in shown["zh"]
    assert "0.709 kg CO2e/kWh" in shown["en"]
    assert result.declared.value == 3 * Fraction("0.5777")


def test_without_meters_all_grid_electricity_of_the_country_is_swapped():
    (shown,) = shandong("CN-SD").to_json()["sensitivities"]
    assert Fraction(shown["value"]) == 3 * Fraction("0.709")
    assert "no metered electricity" in shown["en"]


@pytest.mark.parametrize("country", ["CN", "CN-XX", "DE", ""])
def test_elsewhere_there_is_no_sensitivity_to_show(country):
    assert "sensitivities" not in shandong(country).to_json()


def test_the_derived_value_itself_may_never_carry_a_line():
    with pytest.raises(FindingsError) as refusal:
        plant(line("power", "goods", "electricity-cn-sd-derived-2023", "1", "kWh"))
    assert [one.code for one in refusal.value.findings] == ["FACTOR-NOT-INPUT"]


# --- a loss that the amount holds -----------------------------------------------------------------


def abroad(loss: str, named: str = "grid_loss") -> Doc:
    """Power at the generator whose amount was made with a loss, as its origin says."""
    inputs = [{"name": "grid_loss", "value": loss, "unit": "1"}]
    told = {"kind": "rule", "rule": "use", "formula": "x", "inputs": inputs, "grid_loss": named}
    return line("use", "goods", "electricity-cn-pv-2024", "1", "kWh", origin=told)


def test_an_amount_made_with_the_grid_loss_needs_no_second_line():
    assert boundary_codes(plant(abroad("0.065"))) == set()


@pytest.mark.parametrize("told", [("0",), ("-0.1",), ("no number",), ("0.065", "another")])
def test_a_loss_that_is_not_there_is_asked_for(told):
    assert boundary_codes(plant(abroad(*told))) == {"BOUNDARY-TD-MISSING"}


def test_a_grid_line_beside_an_amount_with_loss_is_too_much():
    grid = line("grid", "goods", "electricity-cn-td-2024", "1", "kWh")
    assert boundary_codes(plant(abroad("0.065"), grid)) == {"BOUNDARY-TD-TWICE"}


# --- the upstream comes as a process --------------------------------------------------------------


MINE = [
    emits("methane", "mine", "fossil.CH4-fossil", "6"),
    line("mine-power", "mine", "electricity-cn-footprint-2024", "20", "kWh"),
]
COAL = "coal-bituminous-cn-combustion"
PER_TONNE = "23.204"  # GJ(LHV) per tonne, row coal-bituminous-cn-ncv


def burning(*more: Doc, mined: str = "1", unit: str = "t", **changes: Any) -> Footprint:
    """A tonne of coal burnt by the row of its combustion, and a modelled mine that supplies it."""
    burnt = line("coal", "goods", COAL, PER_TONNE, "GJ(LHV)", flow="coal")
    linked = link("goods", "mine", mined, unit, flow="coal", id="coal-supply")
    made = changes.pop("goods", process("goods"))
    return footprint(
        document([made, process("mine", "t")], [burnt, linked, *MINE, *more], **changes)
    )


def test_a_mine_that_is_modelled_is_the_upstream_of_its_coal():
    result = burning()
    assert boundary_codes(result) == set()
    gases = {row.gas for one in result.lines if one.id == "coal" for row, _ in one.flows}
    assert gases == {"CO2", "CH4-fossil", "N2O"}


@pytest.mark.parametrize(("mined", "unit"), [("1000", "kg"), ("0.97", "t")])
def test_amounts_agree_in_energy_whatever_their_units(mined, unit):
    assert boundary_codes(burning(mined=mined, unit=unit)) == set()


@pytest.mark.parametrize("mined", ["0.5", "1.2", "0.001"])
def test_a_mine_that_supplies_another_amount_is_asked_about(mined):
    assert boundary_codes(burning(mined=mined)) == {"BOUNDARY-FUEL-AMOUNT"}


def test_two_sources_make_one_amount():
    bought = own("bought", "t", boundary="cradle-to-gate", values={"unspecified.CO2e": "100"})
    half = line("coal-bought", "goods", "own:bought", "0.5", "t", flow="coal")
    assert boundary_codes(burning(half, mined="0.5", factors=[bought])) == set()
    assert boundary_codes(burning(half, factors=[bought])) == {"BOUNDARY-FUEL-AMOUNT"}


def test_another_flow_is_not_the_upstream_of_coal():
    lines = [
        line("coal", "goods", COAL, "1", "GJ(LHV)", flow="coal"),
        link("goods", "mine", "1", "t", flow="ore"),
        *MINE,
    ]
    result = footprint(document([process("goods"), process("mine", "t")], lines))
    assert boundary_codes(result) == {"BOUNDARY-GAP"}


def test_a_haul_that_is_modelled_is_no_upstream():
    lines = [
        line("coal", "goods", COAL, "1", "GJ(LHV)", flow="coal"),
        link("goods", "haul", "0.05", "t", flow="coal"),
        line("truck", "haul", "road-truck-cn-heavy", "300", "t·km"),
    ]
    result = footprint(document([process("goods"), process("haul", "t")], lines))
    assert "BOUNDARY-GAP" in boundary_codes(result)


def test_the_share_of_an_allocated_process_changes_nothing():
    goods = process(
        "goods", "kg", "1", co_product("rest", "1", properties={"mass": "1"}),
        reference={"properties": {"mass": "1"}}, allocation={"method": "mass"},
    )  # fmt: skip
    assert boundary_codes(burning(goods=goods)) == set()
    assert boundary_codes(burning(goods=goods, mined="2")) == {"BOUNDARY-FUEL-AMOUNT"}

"""The shipped releases: sourced, licensed, consistent with each other and with the rules of use."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction

import pytest

from factors.factor import (
    BY_GAS,
    LUMP,
    BiogenicTreatment,
    Boundary,
    EmissionFactor,
    LicenceClass,
    SourceClass,
    Status,
    Use,
    fit_for_line,
)
from factors.gwp import gwp_set
from factors.store import QUOTED_LIMIT, load
from factors.units import unit

FACTORS = load()
ROWS = list(FACTORS)
NAMED = (
    *("OGL", "Open Government Licence", "Licence Ouverte", "CC BY", "CC0"),
    *("Apache", "MIT License", "Public domain"),
)
LENDERS = {
    "Cyclopentane": "carbon-yield",
    **dict.fromkeys(("HC-290", "HC-600a", "HFO-1234yf", "HFO-1234ze-E"), "DESNZ-2025-100"),
}
CREDIT_USES = {Use.BENCHMARK, Use.CLAIM}


def value(factor_id: str) -> Fraction:
    """Return the lump or the property number of a row."""
    factor = FACTORS.get(factor_id)
    return factor.amount if factor.amount is not None else factor.values[0][1]


def test_every_row_states_source_locator_licence_unit_boundary_and_gwp_basis():
    silent = []
    for factor in ROWS:
        source = FACTORS.source(factor)
        told = [source.title, source.publisher, source.url, source.licence, source.retrieved]
        told += [factor.locator, factor.unit, factor.gwp_set, factor.boundary, factor.place]
        spread = factor.uncertainty or "ncertainty" in factor.note
        if not (all(told) and spread and source.redistributable and not factor.private):
            silent.append(factor.id)
        if source.licence_class is LicenceClass.UNCLEAR:
            silent.append(factor.id)
    assert silent == []
    assert len(ROWS) > 1400


def test_an_input_may_carry_a_line_and_nothing_else_may():
    for factor in ROWS:
        found = fit_for_line(factor)
        assert any(item.blocks for item in found) == (factor.use is not Use.INPUT), factor.id
        if factor.co2_only:
            assert "FACTOR-CO2-ONLY" in {item.code for item in found}, factor.id


@pytest.mark.parametrize("basis", ["AR6-100", "AR5-100"])
def test_every_gas_has_a_gwp(basis):
    own = gwp_set(basis)
    lenders = {gas: lender for gas, lender in LENDERS.items() if gas not in own.rows}
    weights = own.with_stand_ins(lenders)[0].values
    for factor in ROWS:
        parts = factor.co2e(weights)
        credit = factor.boundary is Boundary.CREDIT
        assert all(amount <= 0 if credit else amount >= 0 for amount in parts.values()), factor.id


def test_open_means_a_named_licence_and_quotes_stay_few():
    for release in FACTORS.releases:
        source = release.source
        if source.licence_class is LicenceClass.OPEN:
            assert any(name in source.licence for name in NAMED), release.id
    quoted: Counter[str] = Counter()
    for release in FACTORS.releases:
        if release.source.licence_class is LicenceClass.QUOTED_FACT:
            quoted[release.id.partition("/")[0]] += release.rows
    assert max(quoted.values()) <= QUOTED_LIMIT


def test_every_co2_only_electricity_average_is_barred_by_type():
    averages = [factor for factor in ROWS if factor.category == "electricity-co2-average"]
    assert len(averages) >= 35
    for factor in averages:
        assert factor.co2_only
        assert factor.boundary is Boundary.COMBUSTION
        assert factor.use is Use.BENCHMARK


def test_the_default_electricity_factor_is_the_notice_of_2024():
    factor = FACTORS.get("electricity-cn-footprint-2024")
    assert value(factor.id) == Fraction("0.5777")
    assert factor.boundary is Boundary.LIFE_CYCLE
    assert factor.source_class is SourceClass.OFFICIAL_NOTICE
    assert FACTORS.source(factor).licence_class is LicenceClass.OFFICIAL_FACT


def test_technology_factors_end_at_the_generator_and_only_td_completes_them():
    technologies = [item for item in ROWS if item.category == "electricity-technology"]
    assert len(technologies) == 8
    assert {item.boundary for item in technologies} == {Boundary.TO_GENERATOR}
    td = FACTORS.get("electricity-cn-td-2024")
    assert td.boundary is Boundary.TRANSMISSION_AND_DISTRIBUTION
    assert all(value(item.id) + value(td.id) < 1 for item in technologies)


def test_the_derived_provincial_value_is_reproduced_and_is_for_sensitivity_only():
    gap = value("electricity-cn-footprint-2023") - value("electricity-cn-co2-2023")
    derived = FACTORS.get("electricity-cn-sd-derived-2023")
    assert value(derived.id) == value("electricity-cn-sd-co2-2023") + gap == Fraction("0.709")
    assert derived.use is Use.BENCHMARK
    assert derived.status is Status.DERIVED


def test_production_mixes_are_told_apart_from_consumption_mixes():
    mixes = [item for item in ROWS if item.category == "electricity-production-mix"]
    assert {"EU", "US", "JP", "KR", "GB"} <= {item.place for item in mixes}
    assert {item.boundary for item in mixes} == {Boundary.TO_GENERATOR}
    at_consumer = FACTORS.get("electricity-gb-consumption-2025")
    assert at_consumer.boundary is Boundary.LIFE_CYCLE
    assert value(at_consumer.id) > value("electricity-gb-production-mix-2024")


COMBUSTIONS = [
    item for item in ROWS if item.category == "fuel-combustion" and item.gwp_set == BY_GAS
]


@pytest.mark.parametrize("factor", COMBUSTIONS, ids=lambda factor: factor.id)
def test_unburnt_methane_takes_its_value_by_the_oxidation_of_the_carbon(factor: EmissionFactor):
    """Where all carbon is counted as CO2, methane must not count its oxidation again."""
    oxidation = re.search(r"oxidation factor ([0-9.]+)", factor.technology)
    assert oxidation is not None
    methane = {flow.gas for flow, _ in factor.values if flow.gas.startswith("CH4")}
    complete = Fraction(oxidation.group(1)) == 1
    assert methane == {"CH4-non-fossil" if complete else "CH4-fossil"}
    assert {"CO2", "N2O"} <= factor.gases


@pytest.mark.parametrize(
    ("fuel", "carbon", "oxidation", "ncv"),
    [
        ("natural-gas-cn", "0.0153", "0.99", "0.038931"),
        ("coal-bituminous-cn", "0.02618", "0.93", "23.204"),
        ("diesel-cn", "0.0202", "0.98", "43.33"),
    ],
)
def test_combustion_is_carbon_times_oxidation_times_44_over_12(fuel, carbon, oxidation, ncv):
    factor = FACTORS.get(f"{fuel}-combustion")
    co2 = next(amount for flow, amount in factor.values if flow.gas == "CO2")
    exact = Fraction(carbon) * Fraction(oxidation) * Fraction(44, 12) * 1000
    assert abs(co2 / exact - 1) < Fraction(1, 10**8)
    assert value(f"{fuel}-oxidation") == Fraction(oxidation) * 100
    assert value(f"{fuel}-ncv") == Fraction(ncv)
    assert FACTORS.get(f"{fuel}-ncv").use is Use.PROPERTY


def test_every_fuel_that_burns_in_china_has_an_upstream_beside_it():
    fuels = {"natural-gas": "cn", "diesel": "cn", "coal": "gb", "lpg": "gb", "fuel-oil": "gb"}
    for fuel, place in fuels.items():
        assert FACTORS.get(f"{fuel}-{place}-upstream").boundary is Boundary.UPSTREAM


def test_malting_from_its_parts_meets_the_check_values():
    """Barley, gas and electricity give the derived value and stay in the published band."""
    gas = value("malting-gas") / 1000 * Fraction("0.0036") * Fraction("56.1")
    power = value("malting-electricity") / 1000 * value("electricity-cn-footprint-2024")
    malt = value("barley-cn-east") / value("malting-yield") + gas + power
    assert abs(malt - value("malt-cn-derived")) < Fraction(1, 1000)
    low, high = FACTORS.get("malt-gb").uncertainty.spread  # type: ignore[union-attr]
    assert low < malt < high
    assert FACTORS.get("malt-cn-derived").use is Use.BENCHMARK


def test_the_cullet_line_falls_as_the_industry_says():
    """From 0 to 100 % cullet: between 3 % (energy) and 5 % (CO2) for each 10 %."""
    primary, recycled = value("glass-primary-gb"), value("glass-closed-loop-gb")
    fall = (primary - recycled) / primary * 10
    assert -value("cullet-energy-effect") < fall < -value("cullet-co2-effect")


def test_what_is_burnt_gives_back_its_fossil_carbon():
    """Incineration of polyethylene carries all its carbon, collection-only rows never burn."""
    factor = FACTORS.get("polyethylene-incineration")
    fossil = next(amount for flow, amount in factor.values if flow.gas == "CO2")
    assert abs(fossil - value("polyethylene-carbon") * Fraction(44, 12)) < Fraction(1, 10**8)
    for item in ROWS:
        if item.boundary is Boundary.COLLECTION_AND_TRANSPORT_ONLY:
            assert "incineration" not in item.activity_en.lower()
            assert value(item.id) / unit(item.unit).scale < Fraction("0.01")


def test_waste_water_methane_is_capacity_times_correction():
    for name, mcf in {
        "aerobic-managed": "0",
        "anaerobic-reactor": "0.8",
        "discharge": "0.1",
    }.items():
        assert value(f"wastewater-cod-{name}") == Fraction("0.25") * Fraction(mcf)
        assert FACTORS.get(f"wastewater-cod-{name}").gases == {"CH4-non-fossil"}


def test_refrigerant_blends_weigh_one_kilogram():
    for name in ("r134a", "r404a", "r507a", "r410a", "r407c", "r32", "r600a"):
        factor = FACTORS.get(f"refrigerant-{name}-release")
        assert sum(amount for _, amount in factor.values) == 1


def test_the_blend_equals_that_of_the_gwp_set():
    sets = gwp_set("AR6-100")
    blend = FACTORS.get("refrigerant-r404a-release").co2e(sets.values)["fossil"]
    assert abs(blend - Fraction("4728")) < 1


def test_fermentation_and_ethanol_carbon_close():
    """Glucose carbon: one third leaves as CO2, two thirds stay in the ethanol."""
    co2 = value("fermentation-co2") * Fraction("12.011") / Fraction("44.009")
    assert abs(co2 / value("ethanol-carbon") - Fraction(1, 2)) < Fraction(1, 10**4)


def test_biogenic_carbon_in_a_gas_row_says_how_it_was_treated():
    for item in ROWS:
        if any(flow.part.startswith("biogenic") for flow, _ in item.values):
            assert item.biogenic_treatment not in (
                BiogenicTreatment.NONE,
                BiogenicTreatment.UNKNOWN,
            ), item.id


def test_weak_sources_are_never_defaults_of_weight():
    """Press, self-declared and textbook rows are properties, comparisons or stoichiometry."""
    weak = {SourceClass.PRESS, SourceClass.SELF_DECLARED}
    inputs = [item.id for item in ROWS if item.source_class in weak and item.use is Use.INPUT]
    sheets = ("crc", "galv", "hrc")
    assert inputs == [f"steel-{sheet}-tata-india-2015" for sheet in sheets]
    for item in ROWS:
        if item.source_class is SourceClass.TEXTBOOK and item.use is Use.INPUT:
            assert item.status is Status.DERIVED, item.id
            assert LUMP not in item.gases, item.id


def test_recalled_inputs_are_few_and_named():
    recalled = [
        item.id for item in ROWS if item.status is Status.RECALLED and item.use is Use.INPUT
    ]
    assert recalled == [
        "iron-ore-au",
        "nitrogen-upstream-worldsteel",
        "oxygen-upstream-worldsteel",
        "paper-incineration",
    ]


def test_a_credit_stands_beside_a_result_and_a_claim_never_carries_one():
    credits = [item for item in ROWS if item.boundary is Boundary.CREDIT]
    assert len(credits) >= 15
    assert {item.use for item in credits} <= CREDIT_USES
    claims = [item for item in ROWS if item.use is Use.CLAIM]
    assert claims
    assert {item.source_class for item in claims} == {SourceClass.PRESS}


def test_names_are_unique_and_chinese_names_are_chinese():
    for names in ([item.activity_zh for item in ROWS], [item.activity_en for item in ROWS]):
        assert [name for name, count in Counter(names).items() if count > 1] == []
    assert all(re.search("[\u4e00-\u9fff]", item.activity_zh) for item in ROWS)
    assert all(item.activity_en.isprintable() for item in ROWS)
    assert not any(re.search("[\u4e00-\u9fff]", item.activity_en) for item in ROWS)


def test_energy_from_waste_and_recycling_of_the_united_kingdom_is_collection_only():
    """The published 4.69 kg/t of burning plastics or recycling is the lorry, not the fire."""
    lorry = Fraction("4.68568")
    seen = [
        item
        for item in ROWS
        if item.release.startswith("desnz/") and item.category == "waste"
        if value(item.id) / unit(item.unit).scale * 1000 == lorry
    ]
    assert len(seen) >= 10
    assert {item.boundary for item in seen} == {Boundary.COLLECTION_AND_TRANSPORT_ONLY}

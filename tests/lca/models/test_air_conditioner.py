"""The air-conditioner model and its example: sets, refrigerant, seasons, what a verifier asks."""

from __future__ import annotations

from fractions import Fraction as F
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.findings import Severity
from factors.gwp import gwp_set
from lca.inventory import GATE, GRAVE
from tests.lca.models.works import (
    EXCLUDING,
    Change,
    Works,
    amounts,
    booked,
    fired,
    of_all,
    subject,
    without,
)

ID = "air-conditioner"
WORKS = Works(ID)
MODEL = WORKS.rules
EXPORT, DOMESTIC = "EX-KFR-26", "EX-KFR-35"
FAMILIES = (EXPORT, DOMESTIC)
PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "air-conditioner.md"

# What each refrigerant is made of, by mass, with the end of the line's name.
GASES: dict[str, dict[str, tuple[str, F]]] = {
    "r32": {"": ("HFC-32", F(1))},
    "r410a": {"-hfc-32": ("HFC-32", F(1, 2)), "-hfc-125": ("HFC-125", F(1, 2))},
    "r290": {"": ("HC-290", F(1))},
}
CO2_PER_KG = {"r32": F("0.846"), "r410a": F("0.7897"), "r290": F("2.9941")}


def test_the_page_prints_the_figures_of_the_example() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for family in FAMILIES:
        changes = () if family == EXPORT else (subject(family),)
        row = f"| {family} | {WORKS.gate(*changes):.0f} | {WORKS.grave(*changes):.0f} |"
        assert row in page


# --- refrigerant ----------------------------------------------------------------------------------


@settings(max_examples=6)
@given(
    st.sampled_from(sorted(GASES)),
    st.sampled_from(("cn", "eu", "us", "jp")),
    st.fractions(0, F(1, 2), max_denominator=100),
    st.fractions(0, 1, max_denominator=100),
    st.fractions(5, 25, max_denominator=4),
)
def test_refrigerant_that_went_in_comes_out(
    gas: str, market: str, added: F, top_up: F, life: F
) -> None:
    """Used + added = lost in factory and installation + leaked + escaped + destroyed."""
    told = amounts(
        WORKS.footprint(
            of_all(
                refrigerant=gas, market=market, added_charge=added, service_top_up=top_up, life=life
            ),
        )
    )
    went_in = told["part-refrigerant"] + told["added-refrigerant"]
    assert float(told["added-refrigerant"]) == pytest.approx(float(added + top_up), abs=1e-9)
    places = ("factory", "installing", "leak", "end")
    parts = [told[f"{place}-{gas}{end}"] for place in places for end in GASES[gas]]
    assert min(parts) >= 0
    out = sum(parts) + told["refrigerant-destroyed"] / CO2_PER_KG[gas]
    assert float(out) == pytest.approx(float(went_in), rel=1e-9)


@pytest.mark.parametrize("gas", sorted(GASES))
def test_each_gas_counts_with_its_own_potential(gas: str) -> None:
    lines = {one.id: one for one in WORKS.footprint(of_all(refrigerant=gas)).figures[GRAVE].lines}
    weights = gwp_set("AR6-100").values
    for end, (name, _) in GASES[gas].items():
        line = lines[f"leak-{gas}{end}"]
        assert float(line.value(EXCLUDING)) == pytest.approx(float(F(line.amount) * weights[name]))
    others = {f"leak-{other}{end}" for other in GASES if other != gas for end in GASES[other]}
    assert not others & set(lines)


def test_hydrocarbon_below_r32_below_r410a() -> None:
    one, two, three = (WORKS.grave(of_all(refrigerant=x)) for x in ("r290", "r32", "r410a"))
    assert one + 200 < two < three - 200


# --- physics --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "account",
    ["electricity", "steel_coated", "copper_tube", "aluminium_fin", "hips", "control_boards",
     "motors", "compressor_magnet", "compressor_steel", "kit_copper", "kit_insulation",
     "refrigerant_used", "cartons"],
)  # fmt: skip
def test_more_of_anything_is_more(account: str) -> None:
    assert WORKS.gate(booked(account, F(103, 100))) > WORKS.gate()


@settings(max_examples=4)
@given(
    st.sampled_from(MODEL.enum("market").ids),
    st.fractions(0, 1500, max_denominator=10),
    st.fractions(0, 1500, max_denominator=10),
    st.fractions(F(1, 2), 2, max_denominator=10),
)
def test_seasons_are_proportional_and_never_touch_the_gate(
    market: str, cooling: F, heating: F, ratio: F
) -> None:
    changed = of_all(
        market=market, cooling_energy=cooling, heating_energy=heating, real_per_standard=ratio
    )
    result = WORKS.footprint(changed)
    told = amounts(result)
    loss = 1 if market == "cn" else 1 + F("0.104689266")
    for line, energy in (("use-cooling", cooling), ("use-heating", heating)):
        assert float(told[line]) == pytest.approx(float(energy * ratio * 10 * loss), abs=1e-6)
    gate = float(result.figures[GATE].total(EXCLUDING))
    assert gate == pytest.approx(WORKS.gate(), abs=1e-6)


def test_cooling_only_has_no_heating_line() -> None:
    told = amounts(WORKS.footprint(of_all(function="cooling", heating_energy=F(0))))
    assert "use-heating" not in told and "use-cooling" in told


# --- what a verifier asks -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("sets-and-pieces", booked("outdoor_units", F(1, 2))),
        ("sets-and-pieces", booked("indoor_units", F(2))),
        ("indoor-per-outdoor", booked("indoor_units", F(105, 100))),
        ("refrigerant-account", booked("refrigerant_used", F(9, 10))),
        ("refrigerant-account", booked("refrigerant_used", F(12, 10))),
        ("charge-for-capacity", of_all(capacity=F(12))),
        ("kit-copper", booked("kit_copper", F(1, 4))),
        ("copper-for-capacity", booked("copper_tube", F(3))),
        ("sheet-yield", booked("steel_coated", F(2))),
        ("mass-balance", booked("compressors", F(1, 4))),
        ("compressor-bill", without("compressor_steel")),
        ("energy-for-capacity", of_all(cooling_energy=F(4000))),
        ("heating-of-cooling-only", of_all(function="cooling")),
        ("electricity-per-set", booked("electricity", F(8))),
        ("r410a-abroad", of_all(refrigerant="r410a")),
    ],
)
def test_what_is_odd_is_asked(check: str, change: Change) -> None:
    assert check in WORKS.checks(change)
    assert check not in WORKS.checks()


def test_output_counted_in_pieces_is_refused() -> None:
    """Twice the output from the same units in store: half the footprint, were it not noticed."""
    halved = (booked("indoor_units", F(1, 2)), booked("outdoor_units", F(1, 2)))
    made = WORKS.built(*halved)
    assert made.system is None
    assert "sets-and-pieces" in fired(made)


REQUIRED = ("electricity", "steel_coated", "copper_tube", "aluminium_fin", "compressors", "motors",
            "control_boards", "refrigerant_used", "kit_copper", "indoor_units")  # fmt: skip


@pytest.mark.parametrize("account", REQUIRED)
def test_a_required_account_cannot_be_forgotten(account: str) -> None:
    found = WORKS.built(without(account)).findings
    assert any(one.severity is Severity.ERROR for one in found)

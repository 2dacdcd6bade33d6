"""The washing-machine model and its example plant: programmes, cycles, what a verifier asks."""

from __future__ import annotations

from fractions import Fraction as F
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.findings import Severity
from lca.inventory import GATE, GRAVE
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

ID = "washing-machine"
WORKS = Works(ID)
MODEL = WORKS.rules
EXPORT, DOMESTIC = "EX-XQG-80", "EX-XQG-100"
FAMILIES = (EXPORT, DOMESTIC)
PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "washing-machine.md"


def test_the_page_prints_the_figures_of_the_example() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for family in FAMILIES:
        changes = () if family == EXPORT else (subject(family),)
        row = f"| {family} | {WORKS.gate(*changes):.0f} | {WORKS.grave(*changes):.0f} |"
        assert row in page


# --- use ------------------------------------------------------------------------------------------


@settings(max_examples=8)
@given(
    st.sampled_from(MODEL.enum("market").ids),
    st.fractions(50, 600, max_denominator=4),
    st.fractions(5, 20, max_denominator=4),
    st.fractions(0, F(1, 2), max_denominator=20),
    st.fractions(0, F(1, 2), max_denominator=20),
    st.fractions(0, 150, max_denominator=4),
)
def test_use_is_the_mix_times_the_cycles_and_never_touches_the_gate(
    market: str, cycles: F, life: F, hot: F, quick: F, dose: F
) -> None:
    changed = of_all(
        market=market, cycles_per_year=cycles, life=life, share_hot=hot, share_quick=quick,
        detergent=dose,
    )  # fmt: skip
    result = WORKS.footprint(changed)
    told = amounts(result)
    rest = 1 - hot - quick
    loss = 1 if market == "cn" else 1 + F("0.104689266")
    kwh = (rest * F("0.47") + hot * F("1.15") + quick * F("0.25")) * cycles * life * loss
    litres = (rest * 48 + hot * 62 + quick * 40) * cycles * life
    powder = dose / 1000 * cycles * life
    assert float(told["use-electricity"]) == pytest.approx(float(kwh), rel=1e-9)
    assert float(told["use-water"]) == pytest.approx(float(litres / 1000), rel=1e-9)
    assert told["use-water"] == told["use-wastewater"]
    assert float(told["detergent-fillers"]) == pytest.approx(float(powder * F("0.835")), abs=1e-9)
    gate = float(result.figures[GATE].total(EXCLUDING))
    assert gate == pytest.approx(WORKS.gate(), abs=1e-6)


def test_what_is_bought_in_use_stands_in_use() -> None:
    """Surfactants come from the same cracker as plastics; only the plastics count at the gate."""
    lines = WORKS.footprint().figures[GRAVE].lines
    stages = {one.exchange.stage for one in lines if one.id.startswith(("surfactant", "detergent"))}
    assert stages == {"use"}
    assert WORKS.grave(of_all(detergent=F(0))) < WORKS.grave() - 50


def test_hot_fill_is_heat_from_the_house() -> None:
    told = amounts(WORKS.footprint(of_all(hot_fill=F(30), market="cn")))
    assert float(told["use-hot-water"]) == pytest.approx(30 * 0.0465 * 220 * 10)
    assert amounts(WORKS.footprint())["use-hot-water"] == 0


# --- physics --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "account",
    ["electricity", "natural_gas", "steel_coated", "stainless", "steel_parts", "concrete",
     "aluminium", "pp", "rubber", "glass", "motor_lamination", "motor_copper", "pumps",
     "control_boards", "foam_pads"],
)  # fmt: skip
def test_more_of_anything_is_more(account: str) -> None:
    assert WORKS.gate(booked(account, F(103, 100))) > WORKS.gate()


def test_modelled_polypropylene_lies_near_the_oil_route() -> None:
    """Per kg: 1.59 (China, oil route, CPCD), 2.0 (France); coal routes 6 to 8."""
    lines = WORKS.footprint().figures[GATE].lines
    made = [one for one in lines if one.exchange.process in ("cracker", "polypropylene")]
    resin = next(F(one.amount) for one in made if one.id == "polymerising") / F("0.4")
    assert 1.2 < sum(float(one.value(EXCLUDING)) for one in made) / float(resin) < 2.0


# --- what a verifier asks -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("programme-mix", of_all(share_hot=F(6, 10), share_quick=F(6, 10))),
        ("cycles", of_all(cycles_per_year=F(60))),
        ("energy-per-cycle", of_all(energy_standard=F(3), energy_hot=F(4), energy_quick=F(2))),
        ("water-per-cycle", of_all(water_standard=F(250), water_hot=F(250), water_quick=F(250))),
        ("hot-is-hotter", of_all(energy_hot=F(1, 10))),
        ("detergent-dose", of_all(detergent=F(5))),
        ("counterweight", booked("concrete", F(1, 20))),
        ("sheet-yield", booked("steel_coated", F(2))),
        ("mass-balance", booked("concrete", F(1, 4))),
        ("electricity-per-machine", booked("electricity", F(6))),
    ],
)
def test_what_is_odd_is_asked(check: str, change: Change) -> None:
    assert check in WORKS.checks(change)
    assert check not in WORKS.checks()


def test_a_top_loader_needs_no_counterweight() -> None:
    light = (of_all(type="top"), without("concrete"))
    assert "counterweight" not in fired(WORKS.built(*light))
    assert "counterweight" in fired(WORKS.built(without("concrete")))


REQUIRED = ("electricity", "steel_coated", "pp", "motor_lamination", "control_boards", "water",
            "cartons", "metal_scrap")  # fmt: skip


@pytest.mark.parametrize("account", REQUIRED)
def test_a_required_account_cannot_be_forgotten(account: str) -> None:
    found = WORKS.built(without(account)).findings
    assert any(one.severity is Severity.ERROR for one in found)


def test_every_market_and_type_computes() -> None:
    for market in MODEL.enum("market").ids:
        sound(WORKS.footprint(of_all(market=market, type="top")))

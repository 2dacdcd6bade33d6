"""The knitted-fabric model and its example works: what physics and a verifier expect."""

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
    booked,
    of_family,
    sound,
    subject,
    values,
)

WORKS = Works("textile-knit")
POLY, COTTON = "POLY-160", "COTTON-200"
BANDS = {POLY: (5.2, 8.0), COTTON: (6.0, 14.5)}


@pytest.mark.parametrize("fibre", ["cotton", "blend"])
def test_supercritical_carbon_dioxide_is_refused_for_cotton(fibre: str) -> None:
    told = (subject(COTTON), of_family(COTTON, fibre=fibre, dyeing="supercritical-co2"))
    made = WORKS.built(*told)
    refused = [one for one in blocking(made.findings) if one.code == "MODEL-CHECK-ERROR"]
    assert "supercritical-cotton" in {dict(one.params)["id"] for one in refused}


def test_supercritical_carbon_dioxide_is_taken_for_polyester() -> None:
    assert "supercritical-cotton" not in WORKS.checks(subject(POLY))
    assert not blocking(WORKS.built(subject(POLY)).findings)


def test_carbon_dioxide_topped_up_is_released_and_no_more() -> None:
    result = WORKS.footprint()
    bought = F(135000 + 8000 - 6000) / 900000
    assert float(values(result)["co2-released"]) == pytest.approx(float(bought), rel=1e-9)
    assert WORKS.gate(booked("co2_makeup", F(2))) > WORKS.gate() + float(bought)


def test_the_sub_meter_of_the_machines_is_inside_the_main_meter() -> None:
    """It is asked to be held against the whole and adds nothing."""
    assert WORKS.gate(booked("co2_machine_power", F(11, 10))) == pytest.approx(WORKS.gate())
    assert "co2-machine-inside" in WORKS.checks(booked("co2_machine_power", F(4)))
    assert "co2-machine" in WORKS.checks(booked("co2_machine_power", F(0)))


def test_cotton_gives_back_what_it_took_up_and_polyester_took_nothing() -> None:
    cotton = WORKS.footprint(subject(COTTON)).figures[GRAVE]
    assert float(cotton.total(INCLUDING)) == pytest.approx(float(cotton.total(EXCLUDING)), abs=1e-9)
    poly = WORKS.footprint(subject(POLY)).figures[GATE]
    assert poly.parts["biogenic_co2_removal"] == 0


def test_land_use_needs_evidence_where_there_is_cotton() -> None:
    unknown = of_family(COTTON, cotton_land_use="unknown")
    assert blocking(WORKS.built(subject(COTTON), unknown).findings)
    assert not blocking(
        WORKS.built(subject(POLY), of_family(POLY, cotton_land_use="unknown")).findings
    )


def test_recycled_polyester_keeps_spinning_and_texturing() -> None:
    new, old = (
        values(WORKS.footprint(of_family(POLY, recycled_polyester=F(one)))) for one in (0, 100)
    )
    assert old["polyester-naphtha"] == 0 < new["polyester-naphtha"]
    assert 0 < old["polyester-coal-burnt"] < new["polyester-coal-burnt"]
    assert float(old["polyester-texturing"]) == pytest.approx(float(new["polyester-texturing"]))


@pytest.mark.parametrize(
    "account",
    ["polyester_yarn", "electricity", "natural_gas", "purchased_steam", "dyes", "caustic"],
)
def test_more_of_anything_is_never_less(account: str) -> None:
    family = COTTON if account == "caustic" else POLY
    assert WORKS.gate(subject(family), booked(account, F(11, 10))) > WORKS.gate(subject(family))


ANSWERS = st.fixed_dictionaries(
    {
        "area_mass": st.fractions(60, 500, max_denominator=4),
        "texturing_power": st.fractions(F(1, 2), 6, max_denominator=10),
        "recycled_polyester": st.fractions(0, 100, max_denominator=4),
        "washes": st.integers(0, 200).map(F),
        "market": st.sampled_from(WORKS.rules.enum("market").ids),
    }
)


@settings(max_examples=6, deadline=None)
@given(ANSWERS)
def test_any_works_computes(told: dict[str, str | F]) -> None:
    sound(WORKS.footprint(of_family(POLY, **told)))


@pytest.mark.parametrize(
    ("family", "change", "check"),
    [
        (COTTON, booked("cotton_yarn", F(13, 10)), "yarn-balance"),
        (POLY, booked("co2_makeup", F(10)), "co2-makeup"),
        (POLY, booked("wastewater", F(10)), "supercritical-water"),
        (COTTON, booked("glauber_salt", F(1, 20)), "cotton-salt"),
        (COTTON, booked("purchased_steam", F(4)), "heat"),
        (COTTON, booked("electricity", F(4)), "power"),
        (COTTON, booked("water", F(3)), "water-use"),
        (COTTON, booked("cod_treated", F(1, 100)), "cod"),
        (POLY, of_family(POLY, recycled_polyester=F(50)), "recycled"),
    ],
)
def test_what_a_verifier_asks(family: str, change: Change, check: str) -> None:
    assert check in WORKS.checks(subject(family), change)


def test_one_change_is_bridged_without_rest() -> None:
    before, after = WORKS.footprint(), WORKS.footprint(booked("natural_gas", F(9, 10)))
    moved = after.figures[GATE].value - before.figures[GATE].value
    was, now = values(before), values(after)
    steps = {name: now[name] - was[name] for name in was if now[name] != was[name]}
    assert set(steps) == {"gas-burnt", "gas-supply"}
    assert float(sum(steps.values())) == pytest.approx(float(moved), abs=1e-9)


def test_the_page_on_the_model_tells_these_figures() -> None:
    """docs/explanation/textile-knit.md: what it prints of the example is current."""
    page = Path(__file__).parents[3] / "docs" / "explanation" / "textile-knit.md"
    printed = page.read_text(encoding="utf-8")
    told_of = [f"{WORKS.gate(subject(family)):.3g}" for family in (POLY, COTTON)]
    assert not [one for one in told_of if one not in printed]

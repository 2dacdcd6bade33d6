"""The frozen-seafood model and its example works: what physics and a verifier expect."""

from __future__ import annotations

from fractions import Fraction as F
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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

WORKS = Works("frozen-seafood")
FILLET, SQUID = "POLLOCK-FILLET", "SQUID-RING"
BANDS = {FILLET: (1.0, 2.1), SQUID: (3.57, 12.2)}


def test_wild_fish_takes_up_what_is_breathed_out_again() -> None:
    """From sea to plate the fish carbon is nothing; at the gate the product still holds it."""
    result = WORKS.footprint()
    grave, gate = result.figures[GRAVE], result.figures[GATE]
    assert float(grave.total(INCLUDING)) == pytest.approx(float(grave.total(EXCLUDING)), abs=1e-9)
    held = float(gate.total(EXCLUDING) - gate.total(INCLUDING))
    assert held == pytest.approx(0.12 * 44 / 12, abs=1e-6)


def test_offal_bears_fish_and_its_way_but_nothing_of_the_freezing() -> None:
    worth, worthless = (WORKS.footprint(answered(offal_price=F(one))) for one in ("6", "0"))
    rich, poor = values(worth), values(worthless)
    assert rich["abroad-fuel-burnt"] < poor["abroad-fuel-burnt"]
    assert rich["import-freight"] < poor["import-freight"]
    assert float(rich["electricity"]) == pytest.approx(float(poor["electricity"]), abs=1e-10)


def test_glaze_is_carried_but_never_counted_as_fish() -> None:
    thin, thick = (WORKS.footprint(of_family(FILLET, glaze=F(one))) for one in ("0", "0.5"))
    same, other = (float(one.figures[GATE].value) for one in (thin, thick))
    assert same == pytest.approx(other, abs=1e-10)
    assert values(thick, GRAVE)["sea-freight"] > values(thin, GRAVE)["sea-freight"]


def test_imported_fish_crosses_the_sea_twice() -> None:
    lines = values(WORKS.footprint(), GRAVE)
    assert lines["import-freight"] > 0 and lines["sea-freight"] > 0
    far = WORKS.gate(of_family(FILLET, raw_sea_distance=F(20000)))
    assert far > WORKS.gate() + 0.15


def test_a_gear_mean_weighs_what_the_gear_burns() -> None:
    weighed = [
        WORKS.gate(of_family(FILLET, catch_data="gear", gear=gear))
        for gear in ("seine", "pelagic-trawl", "longline", "bottom-trawl", "gillnet", "line")
    ]
    assert weighed == sorted(weighed)


@pytest.mark.parametrize(
    "account", ["fish_imported", "electricity", "purchased_steam", "cartons", "bags", "phosphates"]
)
def test_more_of_anything_is_never_less(account: str) -> None:
    assert WORKS.gate(booked(account, F(11, 10))) > WORKS.gate()


ANSWERS = st.fixed_dictionaries(
    {
        "glaze": st.fractions(0, F(7, 10), max_denominator=20),
        "live_per_raw": st.fractions(1, 3, max_denominator=20),
        "vessel_leak": st.fractions(0, 500, max_denominator=4),
        "product_price": st.fractions(3, 400, max_denominator=4),
        "rented_months": st.fractions(0, 18, max_denominator=2),
        "gear": st.sampled_from(WORKS.rules.enum("gear").ids),
        "vessel_gas": st.sampled_from(WORKS.rules.enum("vessel_gas").ids),
        "market": st.sampled_from(WORKS.rules.enum("market").ids),
        "catch_data": st.just("gear"),
    }
)


@settings(max_examples=6, deadline=None)
@given(st.sampled_from([FILLET, SQUID]), ANSWERS)
def test_any_works_computes(family: str, told: dict[str, str | F]) -> None:
    sound(WORKS.footprint(subject(family), of_family(family, **told)))


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (booked("fish_imported", F(7, 10)), "more-fish-out"),
        (of_family(FILLET, live_per_raw=F(1)), "glaze-as-fish"),
        (of_family(FILLET, live_per_raw=F(1)), "live-factor"),
        (booked("fish_imported", F(5)), "low-yield"),
        (of_family(FILLET, catch_fuel_recorded=F("0.02")), "catch-fuel"),
        (of_family(FILLET, vessel_gas="r22"), "vessel-refrigerant"),
        (booked("phosphates", F(5)), "phosphate-dose"),
        (of_family(FILLET, glaze=F("0.5")), "heavy-glaze"),
        (of_family(FILLET, raw_sea_distance=F(300)), "short-import"),
        (booked("electricity", F(5)), "works-electricity"),
        (booked("water", F(4)), "water-use"),
    ],
)
def test_what_a_verifier_asks(change: Change, check: str) -> None:
    assert check not in WORKS.checks()
    assert check in WORKS.checks(change)


def test_glaze_booked_as_fish_stops_the_footprint() -> None:
    """Frozen water sold as fish: more leaves the works than came in, which is an error."""
    made = WORKS.built(booked("fish_imported", F(7, 10)))
    fired = [one for one in made.findings if one.code == "MODEL-CHECK-ERROR"]
    assert {dict(one.params)["id"] for one in fired} == {"more-fish-out"}


def test_one_change_is_bridged_without_rest() -> None:
    before, after = WORKS.footprint(), WORKS.footprint(booked("bags", F(9, 10)))
    moved = after.figures[GATE].value - before.figures[GATE].value
    was, now = values(before), values(after)
    steps = {name: now[name] - was[name] for name in was if now[name] != was[name]}
    assert set(steps) == {"bags", "minor-transport"}
    assert float(sum(steps.values())) == pytest.approx(float(moved), abs=1e-9)


def test_the_page_on_the_model_tells_these_figures() -> None:
    """docs/explanation/frozen-seafood.md: what it prints of the example is current."""
    page = Path(__file__).parents[3] / "docs" / "explanation" / "frozen-seafood.md"
    printed = page.read_text(encoding="utf-8")
    told_of = [f"{WORKS.gate(subject(family)):.3g}" for family in (FILLET, SQUID)]
    assert not [one for one in told_of if one not in printed]

"""The glass-bottle model and its example works: what physics and a verifier expect."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.footprint import compute
from lca.inventory import GATE, GRAVE
from tests.lca.models.works import (
    RULES,
    Change,
    Works,
    answered,
    booked,
    cut_off,
    factors,
    left_out,
    of_family,
    rebooked,
    sound,
    subject,
    values,
)

WORKS = Works("glass-bottle")
BEER, WINE = "BEER-500", "WINE-750"
FAMILIES = (BEER, WINE)
BATCH = ("sand", "soda_ash", "limestone", "dolomite", "feldspar", "salt_cake")


def test_each_hot_spot_left_out_is_noticed() -> None:
    whole = WORKS.footprint()
    for line in whole.figures[GATE].lines:
        if line.exchange.hot_spot and line.id in ("gas-burnt", "electricity", "carbonates"):
            assert GATE in cut_off(compute(left_out(whole, {line.id}), factors(), RULES)), line.id


def test_own_returns_are_a_loop_that_moves_nothing() -> None:
    """A kilogram packed needs what the meters say, however much was melted twice."""
    less, more = (WORKS.gate(of_family(BEER, glass_melted=F(one))) for one in ("1.06", "1.5"))
    assert less == pytest.approx(more, rel=1e-9)


def test_carbonates_follow_the_batch_not_the_fuel() -> None:
    now = values(WORKS.footprint())["carbonates"]
    hotter = values(WORKS.footprint(booked("natural_gas", F(2))))["carbonates"]
    assert float(hotter) == pytest.approx(float(now), abs=1e-10)
    stones = booked("limestone", F(2))
    assert values(WORKS.footprint(stones))["carbonates"] > now
    batch = {entry.account: entry for entry in WORKS.handed_in().accounts}
    assert set(BATCH) <= set(batch)


@pytest.mark.parametrize(
    "account", ["electricity", "natural_gas", "soda_ash", "dolomite", "cartons", "diesel", "moulds"]
)
def test_more_of_anything_is_never_less(account: str) -> None:
    assert WORKS.gate(booked(account, F(11, 10))) > WORKS.gate()


def swapped(share: F) -> tuple[Change, ...]:
    """Cullet instead of part of the batch, and three percent less gas for ten points more."""
    less = 1 - share
    gas = booked("natural_gas", 1 - F(3, 10) * share * F(6, 10))
    return (*(booked(one, less) for one in BATCH), booked("cullet", 1 + share * F(13, 7)), gas)


@settings(max_examples=6, deadline=None)
@given(st.fractions(F(1, 20), F(3, 5), max_denominator=20))
def test_cullet_in_place_of_batch_weighs_less(share: F) -> None:
    assert WORKS.gate(*swapped(share)) < WORKS.gate()


def test_coal_gas_weighs_more_than_natural_gas_and_natural_soda_differs() -> None:
    coal = rebooked("natural_gas", "coal", "t", F("0.038931") / F("23.204"))
    assert WORKS.gate(coal) > 1.2 * WORKS.gate()
    natural = WORKS.footprint(answered(soda_origin="natural"))
    assert values(natural)["soda-calcined"] > 0


def test_market_touches_the_grave_only() -> None:
    here, abroad = (WORKS.footprint(of_family(BEER, market=one)) for one in ("cn", "eu"))
    same, other = (float(one.figures[GATE].value) for one in (here, abroad))
    assert same == pytest.approx(other, abs=1e-10)
    assert here.figures[GRAVE].value < abroad.figures[GRAVE].value


ANSWERS = st.fixed_dictionaries(
    {
        "glass_melted": st.fractions(F(105, 100), F(3, 2), max_denominator=100),
        "bottle_mass": st.fractions(100, 900, max_denominator=4),
        "distribution_distance": st.fractions(0, 3000, max_denominator=10),
        "market": st.sampled_from(WORKS.rules.enum("market").ids),
    }
)


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(FAMILIES), ANSWERS, st.sampled_from(["ammonia", "natural"]))
def test_any_works_computes(family: str, told: dict[str, str | F], soda: str) -> None:
    sound(WORKS.footprint(subject(family), of_family(family, **told), answered(soda_origin=soda)))


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (booked("sand", F(1, 2)), "mass-balance"),
        (booked("cullet", F(3, 2)), "mass-balance"),
        (booked("limestone", F(6)), "carbonates-missing"),
        (booked("natural_gas", F(1, 20)), "no-fuel"),
        (booked("natural_gas", F(1, 2)), "furnace-heat"),
        (booked("natural_gas", F(2)), "works-energy"),
        (booked("electricity", F(1, 4)), "electricity-use"),
        (of_family(BEER, glass_melted=F("1.4")), "pack-to-melt"),
    ],
)
def test_what_a_verifier_asks(change: Change, check: str) -> None:
    assert check in WORKS.checks(change)


def test_one_change_is_bridged_without_rest() -> None:
    before, after = WORKS.footprint(), WORKS.footprint(booked("natural_gas", F(9, 10)))
    moved = after.figures[GATE].value - before.figures[GATE].value
    was, now = values(before), values(after)
    steps = {name: now[name] - was[name] for name in was if now[name] != was[name]}
    assert set(steps) == {"gas-burnt", "gas-supply"}
    assert float(sum(steps.values())) == pytest.approx(float(moved), abs=1e-9)

"""Methods for recycled content and end of life: identities, bounds, bridge, pools."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction as F
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.end_of_life import (
    AVOIDED_BURDEN,
    CIRCULAR,
    CUT_OFF_ENERGY_USER,
    CUT_OFF_PRODUCT,
    METHODS,
    Material,
    bridge,
    check,
    outcome,
)
from lca.pool import Pool
from lca.pool import check as check_pool

# cff_invariants: R1 = R2, E_rec = E_recEoL, E_V = E*_V, quality 1, no energy recovery
LOOP = Material(
    r1=F("0.6"),
    r2=F("0.6"),
    r3=F(0),
    a=F("0.5"),
    virgin=F("1.5"),
    virgin_replaced=F("1.5"),
    recycled=F("0.5"),
    recycling=F("0.5"),
    disposal=F("0.1"),
)

shares = st.fractions(0, 1, max_denominator=1000)
factors = st.fractions(-5, 20, max_denominator=1000)
FACTORS = ("virgin", "recycled", "recycling", "virgin_replaced", "recovery", "energy_replaced")


@st.composite
def materials(draw: Any) -> Material:
    r2 = draw(shares)
    named = {name: draw(shares) for name in ("r1", "a", "b", "q_in", "q_out")}
    numbers = {name: draw(factors) for name in (*FACTORS, "disposal")}
    return Material(r2=r2, r3=(1 - r2) * draw(shares), **named, **numbers)


def value(material: Material, method: str) -> F:
    return outcome(material, method).value


@pytest.mark.parametrize("a", ["0", "0.2", "0.5", "0.8", "1"])
def test_in_a_closed_loop_a_drops_out(a: str) -> None:
    assert value(replace(LOOP, a=F(a)), CIRCULAR) == F("0.94")


def test_without_recycling_every_method_is_virgin_plus_disposal() -> None:
    straight = replace(LOOP, r1=F(0), r2=F(0))
    assert {value(straight, method) for method in METHODS} == {F("1.6")}


@given(materials())
def test_a_and_b_of_one_give_the_cut_off_with_the_energy_user_bearing_burning(m: Material) -> None:
    assert value(replace(m, a=F(1), b=F(1)), CIRCULAR) == value(m, CUT_OFF_ENERGY_USER)


@given(materials())
def test_b_of_one_removes_all_of_energy_recovery(m: Material) -> None:
    assert outcome(replace(m, b=F(1)), CIRCULAR).parts["energy"] == 0


@given(materials())
def test_the_two_cut_offs_differ_by_burning_and_nothing_else(m: Material) -> None:
    apart = value(m, CUT_OFF_PRODUCT) - value(m, CUT_OFF_ENERGY_USER)
    assert apart == m.r3 * m.recovery


def test_fossil_co2_of_burning_does_not_vanish_from_the_default_cut_off() -> None:
    tyre = replace(LOOP, r2=F(0), r3=F(1), recovery=F("2.5"), energy_replaced=F("1.8"))
    assert outcome(tyre, CUT_OFF_PRODUCT).terms["energy-recovery"] == F("2.5")
    assert outcome(tyre, CUT_OFF_PRODUCT).terms["energy-replaced"] == 0


@given(materials())
def test_avoided_burdens_stand_apart_and_never_count(m: Material) -> None:
    found = outcome(m, AVOIDED_BURDEN)
    assert found.value == value(m, CUT_OFF_PRODUCT)
    net = (m.r2 - m.r1) * (m.recycling - m.virgin_replaced * m.q_out) - m.r3 * m.energy_replaced
    assert sum(found.apart.values()) == net


def test_scrap_that_only_closes_the_loop_earns_nothing_apart() -> None:
    assert sum(outcome(LOOP, AVOIDED_BURDEN).apart.values()) == 0


@given(materials(), st.sampled_from(METHODS), st.sampled_from(METHODS))
def test_a_bridge_leaves_no_remainder(m: Material, one: str, other: str) -> None:
    first, second = outcome(m, one), outcome(m, other)
    assert sum(bridge(first, second).values()) == second.value - first.value
    assert sum(second.parts.values()) == second.value


@given(materials(), st.sampled_from(METHODS))
def test_methods_are_linear_in_the_factors(m: Material, method: str) -> None:
    doubled = replace(m, **{name: 2 * getattr(m, name) for name in (*FACTORS, "disposal")})
    assert value(doubled, method) == 2 * value(m, method)


def test_the_formula_written_out() -> None:
    """Every parameter different, against the formula of the published case written as one sum."""
    m = Material(*(F(k + 1, 31) for k in range(len(fields(Material)))))
    r1, r2, r3, a, b, qi, qo, ev, er, ere, evs, eer, heat, ed = (
        getattr(m, field.name) for field in fields(Material)
    )
    assert value(m, CIRCULAR) == (
        (1 - r1) * ev
        + r1 * (a * er + (1 - a) * ev * qi)
        + (1 - a) * r2 * (ere - evs * qo)
        + (1 - b) * r3 * (eer - heat)
        + (1 - r2 - r3) * ed
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"r1": F(2)}, "EOL-RANGE"),
        ({"b": F(-1)}, "EOL-RANGE"),
        ({"r3": F("0.5")}, "EOL-SHARES"),
        ({"a": F(1)}, "EOL-A"),
        ({"a": F("0.1")}, "EOL-A"),
        ({}, None),
    ],
)
def test_parameters_that_cannot_be_right(change: dict[str, F], code: str | None) -> None:
    found = list(check(replace(LOOP, **change), "glass"))
    assert [one.code for one in found] == ([code] if code else [])
    assert all(one.render("zh") and one.render("en") for one in found)


# --- pools ---------------------------------------------------------------------------------------


def test_trips_are_fills_over_new_bottles() -> None:
    pool = Pool(opening=F(100_000), purchases=F(50_000), closing=F(100_000), fills=F(1_000_000))
    assert (pool.trips, pool.bought_per_fill) == (F(20), F(1, 20))
    assert list(check_pool(pool)) == []


@given(*(st.fractions(0, 10**6, max_denominator=1) for _ in range(3)))
def test_a_pool_loses_no_bottle(opening: F, purchases: F, closing: F) -> None:
    pool = Pool(opening, purchases, closing, fills=F(10))
    assert pool.opening + pool.purchases == pool.closing + pool.retired
    assert pool.retired_per_fill * pool.fills == pool.retired


@pytest.mark.parametrize(
    ("pool", "code"),
    [
        (Pool(F(100), F(10), F(50), F(1000)), "POOL-UNSTEADY"),
        (Pool(F(100), F(0), F(90), F(1000)), "POOL-UNSTEADY"),
        (Pool(F(100), F(10), F(500), F(1000)), "POOL-ACCOUNT"),
        (Pool(F(100), F(10), F(100), F(0)), "POOL-ACCOUNT"),
    ],
)
def test_a_pool_that_cannot_be_or_lives_on_its_stock(pool: Pool, code: str) -> None:
    assert [one.code for one in check_pool(pool)] == [code]


def test_a_period_without_purchases_proves_no_trips() -> None:
    assert Pool(F(100), F(0), F(100), F(1000)).trips is None

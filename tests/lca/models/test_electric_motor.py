"""The electric-motor model and its example works: what physics and a verifier expect."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.footprint import Footprint, compute
from lca.inventory import GATE, GRAVE
from tests.lca.models.works import (
    EXCLUDING,
    RULES,
    Change,
    Works,
    booked,
    cut_off,
    factors,
    left_out,
    of_family,
    sound,
    subject,
    values,
)

WORKS = Works("electric-motor")
BIG, SMALL, FAN = "YE3-160M-4", "YS-80-4", "FAN-60"
FAMILIES = (BIG, SMALL, FAN)


# --- a use stage must not hide a factory ----------------------------------------------------------


def test_without_its_factory_the_gate_figure_fails_though_the_life_hardly_moves() -> None:
    whole = WORKS.footprint()
    factory = {one.id for one in whole.system.exchanges if one.stage == "manufacturing"}
    factory -= {"motor"}  # the link that hands the motor on
    bare = compute(left_out(whole, factory), factors(), RULES)
    assert cut_off(whole) == set()
    assert cut_off(bare) == {GATE}
    moved = {
        name: 1 - bare.figures[name].value / whole.figures[name].value for name in (GATE, GRAVE)
    }
    assert moved[GATE] > RULES.cut_off.total > RULES.cut_off.single > moved[GRAVE]
    assert moved[GATE] > RULES.materiality > moved[GRAVE]
    assert moved[GATE] > RULES.change_threshold > moved[GRAVE]
    assert bare.strictest.omitted > RULES.cut_off.total


def test_each_hot_spot_left_out_is_noticed() -> None:
    whole = WORKS.footprint()
    for line in whole.figures[GATE].lines:
        if line.exchange.hot_spot:
            assert GATE in cut_off(compute(left_out(whole, {line.id}), factors(), RULES)), line.id


# --- use ----------------------------------------------------------------------------------------


def losses(result: Footprint) -> F:
    return next(F(line.amount) for line in result.figures[GRAVE].lines if line.id == "losses")


def test_losses_are_counted_and_total_input_is_the_other_convention() -> None:
    """11 kW at 60 % load, 91.6 %, 4000 h, 15 a; a European mix adds the share of the grid."""
    shaft = F(11) * F(60, 100) * 4000 * 15
    eta = F("0.916")
    assert float(losses(WORKS.footprint())) == pytest.approx(
        float(shaft * (1 / eta - 1) * (1 + F("0.104689266")))
    )
    names = {one.id: one.formula.text for one in WORKS.rules.quantities}
    assert names["total_input"] == "shaft_energy / efficiency"
    assert not [one for one in WORKS.rules.exchanges if "total_input" in one.amount.names]


@settings(max_examples=5, deadline=None)
@given(st.fractions(85, 95, max_denominator=10), st.fractions(F(1, 10), 2, max_denominator=10))
def test_better_motors_lose_less_and_the_gate_does_not_move(efficiency: F, more: F) -> None:
    poor = WORKS.footprint(of_family(BIG, efficiency=efficiency))
    good = WORKS.footprint(of_family(BIG, efficiency=efficiency + more))
    assert losses(good) < losses(poor)
    gates = (float(one.figures[GATE].value) for one in (poor, good))
    assert next(gates) == pytest.approx(next(gates), rel=1e-9)


def test_a_component_has_no_use_stage_and_says_why() -> None:
    result = WORKS.footprint(subject(FAN))
    assert "losses" not in {line.id for line in result.lines}
    assert "component-gate" in WORKS.checks(subject(FAN))


# --- materials ------------------------------------------------------------------------------------


def test_skeletons_count_and_what_is_sold_takes_nothing_off() -> None:
    """Steel is booked gross: more scrap sold leaves the figure, more steel raises it."""
    now = WORKS.gate()
    assert WORKS.gate(booked("scrap_sold", F(9, 10))) == pytest.approx(now, rel=1e-9)
    assert WORKS.gate(booked("electrical_steel", F(11, 10))) > now


@pytest.mark.parametrize(
    "account", ["copper_wire", "aluminium", "cast_iron", "electricity", "natural_gas", "resin"]
)
def test_more_of_anything_is_never_less(account: str) -> None:
    assert WORKS.gate(booked(account, F(11, 10))) > WORKS.gate()


def test_magnets_weigh_heavily() -> None:
    """The magnets of a permanent-magnet rotor are asked for as soon as it is one."""
    told = of_family(SMALL, magnets="ndfeb")
    assert "magnet-share" in WORKS.checks(subject(SMALL), told)


def test_modelled_steel_lies_near_the_published_values() -> None:
    """Electrical steel of China is published as 3.02; cold-rolled sheet of Germany as 2.43."""
    result = WORKS.footprint()
    steel = {"crude-steel", "electrical-steel", "ferrosilicon"}
    lines = [one for one in result.figures[GATE].lines if one.exchange.process in steel]
    power = next(F(one.amount) for one in lines if one.id == "esteel-rolling") / F("0.452244")
    crude = next(F(one.amount) for one in lines if one.id == "steel-ore") / F("1.37")
    per_crude = (
        sum(one.value(EXCLUDING) for one in lines if one.exchange.process == "crude-steel") / crude
    )
    own = sum(one.value(EXCLUDING) for one in lines if one.exchange.process != "crude-steel")
    assert 1.9 < float(per_crude) < 2.4
    assert 2.4 < float(per_crude * F("1.0526") + own / power) < 3.1


# --- every kind of motor --------------------------------------------------------------------------

ANSWERS = st.fixed_dictionaries(
    {
        "market": st.sampled_from(WORKS.rules.enum("market").ids),
        "efficiency": st.fractions(60, 97, max_denominator=10),
        "load": st.fractions(10, 110, max_denominator=10),
        "hours": st.fractions(100, 8000, max_denominator=1),
        "life": st.fractions(1, 25, max_denominator=2),
        "distribution_distance": st.fractions(0, 3000, max_denominator=10),
    }
)


@settings(max_examples=10, deadline=None)
@given(st.sampled_from((BIG, SMALL)), ANSWERS)
def test_any_motor_computes(family: str, told: dict[str, str | F]) -> None:
    sound(WORKS.footprint(subject(family), of_family(family, **told)))


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (booked("electrical_steel", F(7, 10)), "stamping-ratio"),
        (booked("electrical_steel", F(13, 10)), "stamping-ratio"),
        (booked("scrap_sold", F(3)), "mass-balance"),
        (booked("copper_wire", F(1, 10)), "copper-share"),
        (booked("aluminium", F(1, 100)), "no-aluminium-cage"),
        (booked("electricity", F(1, 10)), "electricity-use"),
        (booked("electricity", F(1, 50)), "test-energy"),
        (of_family(BIG, efficiency=F(88)), "efficiency-class"),
        (of_family(BIG, rated_power=F(3)), "power-and-size-11"),
        (of_family(BIG, size="small"), "power-and-size"),
    ],
)
def test_what_a_verifier_asks(change: Change, check: str) -> None:
    assert check in WORKS.checks(change)


def test_one_change_is_bridged_without_rest() -> None:
    before, after = WORKS.footprint(), WORKS.footprint(booked("copper_wire", F(11, 10)))
    was, now = values(before), values(after)
    steps = {
        name: now[name] - was[name] for name in was if abs(now[name] - was[name]) > F(1, 10**6)
    }
    assert set(steps) == {"copper-wire-1", "copper-wire-transport-1"}
    moved = after.figures[GATE].value - before.figures[GATE].value
    assert float(sum(steps.values())) == pytest.approx(float(moved), abs=1e-6)

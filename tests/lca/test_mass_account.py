"""Refrigerants and blowing agents: nothing put in can disappear, and no more comes out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.mass_account import Life, MassAccount, check, factory_loss, lived

shares = st.fractions(0, 1, max_denominator=100)
small = st.fractions(0, F(1, 10), max_denominator=1000)

# an air-conditioner without top-ups: 5 % a year on the current charge, 15 % recovered at the end
SEALED = Life(years=10, leak=F("0.05"), recovered=F("0.15"))


@st.composite
def lives(draw: st.DrawFn) -> Life:
    recovered = draw(shares)
    return Life(
        years=draw(st.integers(0, 15)),
        leak=draw(shares),
        top_up_below=draw(shares),
        factory=draw(small),
        installation=draw(small),
        service=draw(small),
        recovered=recovered,
        destroyed=(1 - recovered) * draw(shares),
    )


@given(st.fractions(F(1, 100), 10, max_denominator=100), lives())
def test_no_more_is_emitted_than_charge_and_top_ups(charge: F, life: Life) -> None:
    account = lived("r32", charge, life)
    assert account.lost <= account.supplied
    assert account.gap == 0
    assert list(check(account)) == []


def test_the_leak_is_of_the_charge_that_is_there() -> None:
    account = lived("r32", F(1), SEALED)
    assert account.emitted["use"] == 1 - F("0.95") ** 10
    assert account.lost < 1
    full = lived("r32", F(1), replace(SEALED, top_up_below=F(1)))
    assert full.emitted["use"] == full.top_ups == F("0.5")


def test_old_stock_values_lose_more_than_was_charged() -> None:
    """5 % of the nameplate for ten years and 85 % at the end: 135 % of the charge."""
    wrong = MassAccount("r32", F(1), emitted={"use": F("0.5"), "end-of-life": F("0.85")})
    assert [one.code for one in check(wrong)] == ["MASS-EMITTED"]


@pytest.mark.parametrize(
    ("account", "code"),
    [
        (MassAccount("r32", F(1), emitted={"use": F("0.5")}), "MASS-BALANCE"),
        (MassAccount("r32", F(1), emitted={"use": F("0.5")}, recovered=F("0.6")), "MASS-BALANCE"),
        (MassAccount("r32", F(1), emitted={"factory": F("-0.1")}), "MASS-NEGATIVE"),
    ],
)
def test_accounts_that_cannot_be(account: MassAccount, code: str) -> None:
    found = list(check(account))
    assert found[0].code == code
    assert all(one.render("zh") and one.render("en") for one in found)


def test_a_tolerance_is_relative_to_what_was_supplied() -> None:
    nearly = MassAccount("r32", F(100), emitted={"use": F(99)})
    assert list(check(nearly, tolerance=F("0.01"))) == []
    assert [one.code for one in check(nearly, tolerance=F("0.009"))] == ["MASS-BALANCE"]


@given(*(st.fractions(0, 1000, max_denominator=10) for _ in range(4)))
def test_the_factory_loses_what_neither_stock_nor_products_hold(
    opening: F, purchases: F, closing: F, charged: F
) -> None:
    loss = factory_loss(opening, purchases, closing, charged)
    assert opening + purchases == closing + charged + loss

"""How numbers of record are spelt on paper (certificate-format: numbers of record)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.figures import (
    digits_for,
    rounded,
    shown,
    shown_share,
    step_below,
    unit_for,
)

D = Decimal


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        ("31.4159", 3, "31.4"),
        ("0.4083", 3, "0.408"),
        ("9.996", 3, "10.0"),
        ("0.0995", 2, "0.10"),
        ("612.5", 3, "613"),
        ("612.4", 2, "610"),
        ("0.125", 2, "0.13"),
        ("-0.125", 2, "\N{MINUS SIGN}0.13"),
        ("0", 3, "0"),
        ("-0.0", 2, "0"),
        ("12345.6", 3, "12\N{NARROW NO-BREAK SPACE}300"),
        ("1E-10", 2, "0.00000000010"),
    ],
)
def test_significant_digits_are_rounded_half_up(value: str, digits: int, expected: str) -> None:
    assert shown(D(value), digits) == expected


def test_a_part_is_at_most_one_place_finer_than_its_total() -> None:
    step = step_below(D("31.37"), 3)
    stages = [shown(D(v), 3, step) for v in ("22.9412", "1.1187", "6.9382", "0.4087", "0.0004")]
    assert stages == ["22.9", "1.12", "6.94", "0.41", "<0.01"]


def test_a_small_negative_never_becomes_zero() -> None:
    assert shown(D("-0.0004"), 3, D("0.01")) == "\N{MINUS SIGN}<0.01"


@pytest.mark.parametrize(
    ("kilograms", "symbol"),
    [
        ("0.6123", "g"),
        ("0.9996", "kg"),
        ("31.4", "kg"),
        ("999.4", "kg"),
        ("999.6", "t"),
        ("0", "kg"),
    ],
)
def test_unit_keeps_the_figure_between_1_and_999(kilograms: str, symbol: str) -> None:
    assert unit_for(D(kilograms), 3).symbol == symbol


def test_digits_follow_the_uncertainty() -> None:
    assert [digits_for(u) for u in (D("0.10"), D("0.1001"), None)] == [3, 2, 2]


@pytest.mark.parametrize(
    ("share", "expected"),
    [("0.731", "73"), ("0.0357", "3.6"), ("0.9996", "100"), ("0.00001", "<0.1")],
)
def test_shares(share: str, expected: str) -> None:
    assert shown_share(D(share)) == expected + "\N{NO-BREAK SPACE}%"


@given(st.decimals("-1e9", "1e9", allow_nan=False, places=12), st.integers(1, 6))
def test_rounding_moves_by_at_most_half_a_step(value: Decimal, digits: int) -> None:
    result = rounded(value, digits)
    exponent = int(result.as_tuple().exponent)
    assert abs(result - value) * 2 <= D(1).scaleb(exponent)
    assert result == 0 or len(str(abs(result.scaleb(-exponent)))) <= digits

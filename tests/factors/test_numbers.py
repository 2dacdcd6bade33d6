"""Exact numbers: what is let in, at how many digits, and how it is written again."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest

from factors.numbers import decimal_text, fifteen, parse_decimal

GOOD = {
    "0": Fraction(0),
    "-12.50": Fraction(-25, 2),
    "0.1": Fraction(1, 10),
    "3.6e6": Fraction(3_600_000),
    "1E-30": Fraction(1, 10**30),
    "1e+30": Fraction(10**30),
    "9" * 40: Fraction(10**40 - 1),
}
HOSTILE = [
    "",
    " 1",
    "1 ",
    "1\n",
    "+1",
    ".5",
    "5.",
    "1,000",
    "1_000",
    "1/3",
    "0x10",
    "nan",
    "NaN",
    "inf",
    "-Infinity",
    "1e",
    "e5",
    "--1",
    "1e31",
    "1e-31",
    "1e999999999",
    "1e99999999999999999999999999999999999999",
    "9" * 41,
    "１２",  # full width
    "١٢",  # Arabic-Indic
    "²",
    "1.2万",
    "一",
    "−1",  # minus sign, not hyphen
    "1\x00",
    "\ud800",
]


@pytest.mark.parametrize("text", GOOD)
def test_a_plain_decimal_is_exact(text: str):
    assert parse_decimal(text) == GOOD[text]


@pytest.mark.parametrize("text", HOSTILE)
def test_anything_else_is_refused(text: str):
    with pytest.raises(ValueError, match=r"not a plain decimal|exponent outside"):
        parse_decimal(text)


@pytest.mark.parametrize(
    ("cell", "exact"),
    [
        (0.1, Fraction(1, 10)),
        (0.1 + 0.2, Fraction(3, 10)),
        (1234.5, Fraction(2469, 2)),
        (1 / 3, Fraction(333333333333333, 10**15)),
        (123456789012345678, Fraction(123456789012346000)),
        (Fraction(2, 3), Fraction(666666666666667, 10**15)),
        (Decimal("1.0000000000000000001"), Fraction(1)),
        (0, Fraction(0)),
        (-0.0, Fraction(0)),
    ],
)
def test_a_cell_enters_at_fifteen_digits(cell: float | Fraction | Decimal, exact: Fraction):
    assert fifteen(cell) == exact


def test_a_tie_goes_to_the_even_digit():
    assert fifteen(Fraction("1.000000000000005")) == 1
    assert fifteen(Fraction("1.000000000000015")) == Fraction("1.00000000000002")


INSANE = {
    "nan": math.nan,
    "inf": math.inf,
    "-inf": -math.inf,
    "decimal nan": Decimal("NaN"),
    "signalling nan": Decimal("sNaN"),
    "decimal infinity": Decimal("Infinity"),
    "true": True,
    "false": False,
    "large": 1.1e31,
    "huge": 1e300,
    "subnormal": 5e-324,
    "long": 10**5000,
    "negative": -(10**31),
    "tiny": Fraction(1, 10**31),
}


@pytest.mark.parametrize("cell", INSANE.values(), ids=INSANE)
def test_a_cell_that_is_no_sane_number_is_refused(cell: float | Fraction | Decimal):
    with pytest.raises(ValueError, match=r"not a finite number|magnitude outside"):
        fifteen(cell)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(1, 10), "0.1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1.0, "1"),
        (100, "100"),
        (1e22, "10000000000000000000000"),
        (1e-7, "0.0000001"),
        (-2.5, "-2.5"),
        (-0.0, "0"),
        (Fraction(0), "0"),
        (Fraction(-1, 10**400), "0"),
        (Fraction(1, 3), "0.3333333333333333"),
    ],
)
def test_a_number_is_written_plainly(number: Fraction | float, text: str):
    assert decimal_text(number) == text


@pytest.mark.parametrize("number", [math.nan, math.inf, Fraction(10**400)])
def test_what_has_no_decimal_is_refused(number: Fraction | float):
    with pytest.raises(ValueError, match=r"not a finite number|too large"):
        decimal_text(number)

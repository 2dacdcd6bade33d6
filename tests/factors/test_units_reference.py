"""Every spelling, and over 500 conversions, against values typed from definitions elsewhere.

``units_reference.toml`` shares nothing with the data of the product but the spellings themselves,
and the last test here holds the two lists of spellings against each other, both ways.
"""

import tomllib
from collections.abc import Iterator
from decimal import Context, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from factors.allowlist import allow_list, normal
from factors.errors import UnitError
from factors.units import unit

REFERENCE: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("units_reference.toml").read_text(encoding="utf-8")
)


def written_out() -> Iterator[tuple[str, str, Fraction]]:
    """Spelling, base unit, number, of what the reference writes out."""
    for row in REFERENCE["spelling"]:
        for spelling in row["spellings"]:
            yield spelling, row["in"], Fraction(row["is"])


SIZE = {normal(spelling): (base, number) for spelling, base, number in written_out()}
STEMS = {normal(stem): Fraction(number) for stem, number in REFERENCE["stem"].items()}


def qualified() -> Iterator[tuple[str, str, Fraction]]:
    """The same of stem and qualifier: as many of the other base as the stem has kg or MJ."""
    for row in REFERENCE["qualified"]:
        for stem in row["stems"]:
            number = STEMS[normal(stem)] if normal(stem) in STEMS else in_kg_or_mj(stem)
            for qualifier in row["qualifiers"]:
                yield stem + qualifier, row["in"], number * Fraction(row["times"])


def in_kg_or_mj(stem: str) -> Fraction:
    base, number = SIZE[normal(stem)]
    return number / {"kg": 1, "J": 10**6}[base]


ALL = [*written_out(), *qualified()]
WORDS = {word: Fraction(number) for word, number in REFERENCE["multiple"].items()}
CONVERSIONS = {
    tuple(pair.split(" -> ")): Fraction(number) for pair, number in REFERENCE["conversion"].items()
}


@pytest.mark.parametrize(("spelling", "base", "number"), ALL, ids=[one[0] for one in ALL])
def test_a_spelling_has_its_reference_size(spelling: str, base: str, number: Fraction):
    assert unit(spelling).factor_to(unit(base)) == number


@pytest.mark.parametrize(("here", "there"), CONVERSIONS)
def test_a_conversion_is_exact(here: str, there: str):
    assert unit(here).factor_to(unit(there)) == CONVERSIONS[here, there]
    assert unit(there).factor_to(unit(here)) * CONVERSIONS[here, there] == 1


@pytest.mark.parametrize(
    "row",
    REFERENCE["published"],
    ids=[f"{row['one']}-{row['is']}" for row in REFERENCE["published"]],
)
def test_a_published_value_is_ours_rounded_to_its_digits(row: dict[str, str]):
    printed = Decimal(row["is"])
    exact = unit(row["one"]).factor_to(unit(row["in"]))
    rounding = Context(prec=len(printed.as_tuple().digits))
    assert rounding.divide(Decimal(exact.numerator), Decimal(exact.denominator)) == printed


def test_a_number_word_multiplies_its_unit():
    checked = 0
    for spelling, base, number in ALL:
        for word, times in WORDS.items():
            key = normal(word + spelling)
            if key in allow_list().exact and key not in SIZE:
                assert unit(word + spelling).factor_to(unit(base)) == times * number
                checked += 1
    assert checked > 1000


def test_the_reference_knows_every_spelling_and_no_other():
    known = {normal(spelling) for spelling, _, _ in ALL}
    multiples = {normal(word + spelling) for word in WORDS for spelling in known}
    for entry in allow_list().entries:
        for spelling in map(normal, entry.spellings):
            assert spelling in (multiples if entry.word else known), spelling
    assert known <= allow_list().exact.keys()


def test_the_reference_is_as_large_as_promised():
    assert len({one[0] for one in written_out()}) >= 180
    assert len(CONVERSIONS) + len(REFERENCE["published"]) >= 300
    assert all(row["source"] for row in (*REFERENCE["spelling"], *REFERENCE["published"]))


@pytest.mark.parametrize(("here", "there"), [("ton", "kg"), ("kgg", "kg"), ("kg", "L")])
def test_control_what_is_no_conversion_fails(here: str, there: str):
    with pytest.raises(UnitError):
        unit(here).factor_to(unit(there))

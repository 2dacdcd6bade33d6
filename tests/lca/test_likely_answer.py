"""An answer outside its limits: the finding, and beside it the unit that was likely meant."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.findings import Finding, Severity
from factors.units import unit
from lca import ruleset
from lca.build import build
from lca.inputs import Input
from lca.model import load
from lca.model_parts import Parameter
from lca.questions import number
from lca.submission import Cell
from lca.workbook.read import read
from lca.workbook.write import workbook
from tests.lca.test_answers import cell, fridge
from tests.lca.test_beer_model import example

MODEL = load("beer")
RULES = ruleset.load("iso14067-generic")


def likely(value: str, own: str = "", name: str = "energy_use") -> tuple[Finding, ...]:
    """The finding about an answer, if it names what was probably meant."""
    told = fridge(parameters={name: cell(F(value), own, "B4")}).findings
    assert [(found.code, found.where.cell) for found in told] in ([], [("ANSWER-RANGE", "B4")])
    return tuple(found for found in told if dict(found.params)["likely_en"])


@pytest.mark.parametrize(
    ("value", "own", "meant"),
    [
        ("0.2", "", "0.2 MWh/(machine·year) = 200 kWh/(machine·year)"),
        ("200000", "", "200000 Wh/(machine·year) = 200 kWh/(machine·year)"),
        ("5040", "", "5040 MJ/(machine·year) = 1400 kWh/(machine·year)"),
        ("200", "MWh/(machine·year)", "200 kWh/(machine·year) = 0.2 MWh/(machine·year)"),
    ],
)
def test_both_readings_stand_at_the_cell(value: str, own: str, meant: str) -> None:
    (found,) = likely(value, own)
    assert found.severity is Severity.ERROR
    assert all(meant in found.render(lang) for lang in ("zh", "en"))
    assert "50 to 1500 kWh/(machine·year)" in found.render("en")


@pytest.mark.parametrize("value", ["50", "200", "1500", "-200", "0", "0.001", "12345678912345678"])
def test_nothing_is_proposed_within_the_limits_or_without_a_known_slip(value: str) -> None:
    assert likely(value) == ()


def asked(value: F | int, least: str | None, most: str | None, symbol: str = "km") -> list[Finding]:
    """The findings of one answer to one question."""
    question = Parameter(
        "way", "site", unit(symbol), True, {"zh": "距离", "en": "way"}, {"zh": "", "en": ""},
        least=None if least is None else F(least), most=None if most is None else F(most),
    )  # fmt: skip
    inputs: dict[str, Input] = {}
    return list(number(question, Cell(F(value)), {}, inputs, MODEL, Cell(None).where))


def meant(found: Finding) -> str:
    return dict(found.params)["likely_en"]


def test_a_limit_of_zero_is_shown_as_it_is() -> None:
    (found,) = asked(450_000, "0", "5000")
    assert "450000 m = 450 km" in meant(found)
    assert "0 to 5000 km" in found.render("en")


def test_an_open_limit_is_shown_as_open() -> None:
    (found,) = asked(F("0.5"), "10", None)
    assert "10 to … km" in found.render("en")


@pytest.mark.parametrize(
    ("symbol", "value", "most"),
    [
        ("km", 30_000, "5000"),  # neither a month nor hundredths
        ("month", 33, "18"),
        ("%", 130, "100"),
        ("kg", 900, "400"),  # no pounds
        ("g", 45_400, "900"),  # not two places either
    ],
)
def test_slips_that_nobody_makes_here_are_not_proposed(symbol: str, value: int, most: str) -> None:
    (found,) = asked(value, "1", most, symbol)
    assert "0.0833" not in meant(found) and "0.01" not in meant(found) and "lb" not in meant(found)


def test_a_fraction_or_hundredths_of_per_cent_are_proposed() -> None:
    assert "0.4 × 100 = 40 %" in meant(asked(F("0.4"), "5", "60", "%")[0])
    assert "4500 × 0.01 = 45 %" in meant(asked(4500, "5", "60", "%")[0])


@pytest.mark.parametrize(
    ("least", "most", "value"),
    [("-40", "60", 90), ("-40", "-5", 4), (None, "0", 5), ("0", None, -5)],
)
def test_where_no_ratio_makes_sense_nothing_is_proposed(least, most, value) -> None:
    assert [meant(found) for found in asked(value, least, most)] == [""]


@given(
    st.fractions(-(10**9), 10**9, max_denominator=1000),
    st.sampled_from([("0", "5000"), ("10", None), (None, "10"), ("-5", "5"), ("1", "60")]),
)
def test_one_answer_has_one_finding_at_most(value: F, limits: Any) -> None:
    codes = [found.code for found in asked(value, *limits)]
    assert codes in ([], ["ANSWER-RANGE"])


@pytest.mark.parametrize(
    ("name", "written", "meant"),
    [
        ("container_mass", "0.25", "0.25 kg/item = 250 g/item"),
        ("pack_volume", "0.5", "0.5 L = 500 mL"),
    ],
)
def test_a_filled_workbook_is_answered_at_its_cell(name: str, written: str, meant: str) -> None:
    """A brewery that writes the bottle in kg or L into the column of g or mL."""
    filled = example()
    filled["family"][0]["parameters"][name] = written
    submission = read(workbook(MODEL, "zh", filled), "beer.xlsx")
    assert submission.findings == ()
    (subject,) = [one for one in submission.families if one.family == filled["family"][0]["family"]]
    found = {one.code: one for one in build(submission, MODEL, RULES).findings}
    assert found["ANSWER-RANGE"].where == subject.parameters[name].where
    assert found["ANSWER-RANGE"].where.cell
    assert meant in found["ANSWER-RANGE"].render("zh")
    clean = build(replace(submission, families=submission.families[1:]), MODEL, RULES)
    assert "ANSWER-RANGE" not in {one.code for one in clean.findings}

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
    told = fridge(parameters={name: cell(F(value), own, "B4")}).findings
    assert {found.where.cell for found in told} <= {"B4"}
    assert [found.code for found in told][:1] == ["ANSWER-RANGE"] * bool(told)
    return tuple(found for found in told if found.code == "UNIT-LIKELY")


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
    assert found.severity is Severity.WARNING
    for lang in ("zh", "en"):
        shown = found.render(lang)
        assert f"{value} {unit(own or 'kWh/(machine·year)')}" in shown
        assert meant in shown
        assert "50 ... 1500 kWh/(machine·year)" in shown


@pytest.mark.parametrize("value", ["50", "200", "1500", "-200", "0", "0.001", "12345678912345678"])
def test_nothing_is_proposed_within_the_limits_or_without_a_known_slip(value: str) -> None:
    assert likely(value) == ()


def asked(value: F | int, least: str | None, most: str | None) -> list[Finding]:
    """The findings of one answer in km to one question."""
    question = Parameter(
        "way", "site", unit("km"), True, {"zh": "距离", "en": "way"}, {"zh": "", "en": ""},
        least=None if least is None else F(least), most=None if most is None else F(most),
    )  # fmt: skip
    inputs: dict[str, Input] = {}
    return list(number(question, Cell(F(value)), {}, inputs, MODEL, Cell(None).where))


def test_a_limit_of_zero_is_shown_as_it_is() -> None:
    first, second = asked(450_000, "0", "5000")
    assert (first.code, second.code) == ("ANSWER-RANGE", "UNIT-LIKELY")
    assert "450000 m = 450 km" in second.render("en")
    assert "0 ... 5000 km" in second.render("en")


def test_an_open_limit_is_shown_as_open() -> None:
    (_, found) = asked(F("0.5"), "10", None)
    assert "10 ... … km" in found.render("en")


@pytest.mark.parametrize(
    ("least", "most", "value"),
    [("-40", "60", 90), ("-40", "-5", 4), (None, "0", 5), ("0", None, -5)],
)
def test_where_no_ratio_makes_sense_nothing_is_proposed(least, most, value) -> None:
    assert [found.code for found in asked(value, least, most)] == ["ANSWER-RANGE"]


@given(
    st.fractions(-(10**9), 10**9, max_denominator=1000),
    st.sampled_from([("0", "5000"), ("10", None), (None, "10"), ("-5", "5"), ("1", "60")]),
)
def test_a_proposal_only_ever_stands_beside_the_error(value: F, limits: Any) -> None:
    codes = [found.code for found in asked(value, *limits)]
    assert codes in ([], ["ANSWER-RANGE"], ["ANSWER-RANGE", "UNIT-LIKELY"])


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
    assert {"ANSWER-RANGE", "UNIT-LIKELY"} <= set(found)
    assert found["UNIT-LIKELY"].where == subject.parameters[name].where
    assert found["UNIT-LIKELY"].where.cell
    assert meant in found["UNIT-LIKELY"].render("zh")
    clean = build(replace(submission, families=submission.families[1:]), MODEL, RULES)
    assert "UNIT-LIKELY" not in {one.code for one in clean.findings}

"""A choice ranks, explains, says what it passed over and how far the result would move."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.choose import Choice, choose, headline, place_tier
from factors.compare import compare, contradictions
from factors.errors import FactorError, UnitError
from factors.factor import Boundary, Use
from factors.gwp import gwp_set
from factors.match import matches, normalise, search
from factors.store import load
from factors.texts import LANGS

FACTORS = load()
NAMES = ["炭黑", "电力", "diesel", "glass", "carbn blak", "天燃气", "铝", "rail", "nothing like it"]


def ids(choice: Choice) -> list[str]:
    return [option.factor.id for option in choice.options]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("carbn blak", "carbon-black-derived"),
        ("天燃气", "natural-gas-cn-upstream"),
        ("聚乙稀", "polyethylene-incineration"),
        ("raliway", "rail-cn"),
        ("镀锌刚板", "steel-galvanised-de"),
    ],
)
def test_typing_errors_are_forgiven_and_said(typed, found):
    hits = {hit.factor.id: hit for hit in search(FACTORS, typed, limit=60)}
    assert hits[found].reason == "typing"
    assert hits[found].score < 60


def test_a_name_that_is_found_brings_no_look_alikes():
    assert {hit.reason for hit in search(FACTORS, "炭黑", limit=60)}.isdisjoint({"typing"})


@given(st.sampled_from(NAMES), st.sampled_from(["CN", "CN-SD", "DE", "US"]))
def test_every_row_that_answers_is_offered_or_passed_over_once(name, place):
    choice = choose(FACTORS, name, place)
    offered, passed = ids(choice), [one.factor.id for one in choice.passed_over]
    assert sorted(offered + passed) == sorted(
        hit.factor.id for hit in matches(FACTORS, normalise(name))
    )
    orders = [option.fit.order for option in choice.options]
    assert orders == sorted(orders)
    assert all(option.factor.use is Use.INPUT for option in choice.options)


@given(st.sampled_from(NAMES))
def test_reasons_are_two_lines_in_both_languages_and_passed_over_rows_say_why(name):
    choice = choose(FACTORS, name)
    for lang in LANGS:
        for option in choice.options:
            first, second = option.reasons(choice.need, lang)
            assert option.factor.place in first
            assert str(option.factor.boundary) in second
        assert all(one.explain(lang) for one in choice.passed_over)


def test_a_choice_names_no_best_row():
    assert not {"best", "chosen", "factor"} & set(dir(choose(FACTORS, "炭黑")))


def test_carbon_black_is_offered_once_and_every_other_row_says_why_not():
    choice = choose(FACTORS, "炭黑")
    assert ids(choice) == ["carbon-black-derived"]
    over = {one.factor.id: one.reason for one in choice.passed_over}
    assert over["carbon-black-direct-ipcc"] == "use"


def test_the_national_footprint_leads_and_co2_alone_is_never_offered():
    choice = choose(FACTORS, "electricity", "CN", date(2024, 6, 1), "kWh")
    assert ids(choice)[0] == "electricity-cn-footprint-2024"
    assert not any(option.factor.co2_only for option in choice.options)


def test_the_year_of_the_activity_decides_between_editions():
    assert ids(choose(FACTORS, "全国平均", on=date(2024, 1, 1)))[0].endswith("footprint-2024")
    older = choose(FACTORS, "电力碳足迹因子", on=date(2003, 1, 1))
    assert [option.fit.years for option in older.options[:2]] == [20, 21]


@pytest.mark.parametrize(
    ("has", "wanted", "tier"),
    [
        ("CN", "CN", 0),
        ("CN", "CN-SD", 1),
        ("CN-SD", "CN", 1),
        ("EU", "DE", 2),
        ("EU", "CN", 4),
        ("GLO", "CN", 3),
        ("GB", "CN", 4),
        ("XX", "CN", 5),
    ],
)
def test_places_have_an_order(has, wanted, tier):
    assert place_tier(has, wanted) == tier


def test_unit_and_boundary_pass_rows_over():
    choice = choose(FACTORS, "diesel", per="GJ(LHV)", boundary=Boundary.UPSTREAM)
    assert {option.factor.boundary for option in choice.options} == {Boundary.UPSTREAM}
    reasons = {one.reason for one in choice.passed_over}
    assert {"unit", "boundary"} <= reasons
    with pytest.raises(UnitError):
        choose(FACTORS, "diesel", per="ton")


@given(st.sampled_from(["MJ", "kWh", "GJ"]), st.integers(1, 10**6))
def test_moves_do_not_depend_on_the_unit_and_changes_are_amount_times_difference(per, amount):
    usual = choose(FACTORS, "electricity", per="kWh")
    other = choose(FACTORS, "electricity", per=per, amount=Fraction(amount))
    assert ids(usual) == ids(other)
    assert [one.move for one in usual.options] == [one.move for one in other.options]
    base = next(one.value for one in other.options if one.factor.id == other.against)
    assert [one.change for one in other.options] == [
        amount * (one.value - base) for one in other.options
    ]
    low, high = other.span or (0, 0)
    assert low <= 0 <= high


@pytest.mark.parametrize("per", ["kg", "L", "GJ(LHV)"])
def test_a_fuel_is_compared_in_any_unit_that_its_properties_lead_to(per):
    choice = choose(FACTORS, "diesel", per=per, boundary=Boundary.UPSTREAM)
    values = {option.factor.id: float(option.value) for option in choice.options}
    assert {"diesel-cn-upstream", "diesel-gb-upstream"} <= set(values)
    ratio = values["diesel-cn-upstream"] / values["diesel-gb-upstream"]
    by_mass = choose(FACTORS, "diesel", per="kg", boundary=Boundary.UPSTREAM)
    usual = {option.factor.id: float(option.value) for option in by_mass.options}
    assert ratio == pytest.approx(
        usual["diesel-cn-upstream"] / usual["diesel-gb-upstream"], rel=0.02
    )


def test_a_row_in_use_of_another_kind_of_unit_is_compared_with_nothing():
    choice = choose(FACTORS, "electricity", per="kWh", current="carbon-black-derived")
    assert {option.move for option in choice.options} == {None}
    assert choice.span is None


def test_moves_are_told_from_the_row_in_use():
    now = "electricity-cn-footprint-2023"
    choice = choose(FACTORS, "electricity", per="kWh", current=now)
    newer = next(x for x in choice.options if x.factor.id == "electricity-cn-footprint-2024")
    assert choice.against == now
    assert newer.move == Fraction("0.5777") / Fraction("0.6205") - 1
    with pytest.raises(FactorError):
        choose(FACTORS, "electricity", current="no-such-row")


def test_a_gas_without_gwp_passes_the_row_over_instead_of_counting_zero():
    missing = [
        row for row in FACTORS if row.use is Use.INPUT and headline(row, gwp_set("AR6-100")) is None
    ]
    for row in missing:
        choice = choose(FACTORS, row.id)
        assert row.id not in ids(choice)
        assert row.id in {one.factor.id for one in choice.passed_over if one.reason == "gwp"}


def test_contradicting_rows_are_those_of_one_activity_with_another_value():
    row = FACTORS.get("carbon-black-derived")
    found = {one.factor.id: one.ratio for one in contradictions(FACTORS, row)}
    assert found["carbon-black-cabot-2014"] == Fraction("2.28") / Fraction("3.823")
    assert row.id not in found
    power = FACTORS.get("electricity-cn-footprint-2024")
    places = {one.factor.place[:2] for one in contradictions(FACTORS, power)}
    assert places == {"CN"}
    assert contradictions(FACTORS, FACTORS.get("electricity-cn-wind-2024")) == ()


def test_burning_is_not_compared_with_extraction():
    gas = FACTORS.get("natural-gas-cn-combustion")
    assert {one.factor.boundary for one in contradictions(FACTORS, gas)} == {Boundary.COMBUSTION}


def test_rows_side_by_side_show_what_differs():
    two = compare(FACTORS, ["electricity-cn-footprint-2024", "electricity-cn-footprint-2023"])
    differing = {one.field for one in two.fields if one.differs}
    assert {"valid_from", "values", "release"} <= differing
    assert "unit" not in differing
    assert list(two.ratios) == [Fraction(1), Fraction("0.6205") / Fraction("0.5777")]
    assert compare(FACTORS, ["diesel-cn-combustion", "carbon-black-derived"]).ratios[1] is None


@given(st.text(max_size=120))
def test_any_text_gets_a_choice(activity):
    choice = choose(FACTORS, activity)
    assert len(choice.options) <= 20

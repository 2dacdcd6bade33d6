"""The generic model: what it demands of any product, and why it never is more than a screening."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.findings import Severity, blocking
from lca.footprint import compute
from lca.inventory import GATE, GRAVE, ProductSystem
from lca.submission import Cell, Submission
from tests.lca.models.works import (
    EXCLUDING,
    INCLUDING,
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

WORKS = Works("generic")
BOX, SHELF = "BOX-20", "SHELF-4"


def supplied(account: str, factor: str) -> Change:
    """Another row of the library, named for every supplier of a material."""

    def change(told: Submission) -> Submission:
        named = tuple(
            replace(one, factor=factor) if one.account == account else one for one in told.suppliers
        )
        return replace(told, suppliers=named)

    return change


def dropped(account: str) -> Change:
    """An account that nobody booked."""

    def change(told: Submission) -> Submission:
        kept = tuple(one for one in told.accounts if one.account != account)
        bought = tuple(one for one in told.suppliers if one.account != account)
        return replace(told, accounts=kept, suppliers=bought)

    return change


@pytest.mark.parametrize("family", [BOX, SHELF])
def test_example_raises_no_question_but_says_what_it_is(family: str) -> None:
    made = WORKS.built(subject(family))
    assert not [one for one in made.findings if one.severity is not Severity.NOTE]
    assert WORKS.checks(subject(family)) == {"screening"}
    result = WORKS.footprint(subject(family))
    sound(result)
    assert not [one for one in result.findings if one.severity is not Severity.NOTE]
    assert result.grade == "screening"


def proven(system: ProductSystem) -> ProductSystem:
    """The same system, had somebody read in a source that the inventory is complete."""

    def read(origin: dict[str, object]) -> dict[str, object]:
        inputs = origin.get("inputs", ())
        assert isinstance(inputs, (list, tuple))
        told = [
            {**one, "status": "read-in-source"} if one["name"] == "completeness" else one
            for one in inputs
        ]
        return {**origin, "inputs": told} if inputs else origin

    kept = tuple(replace(one, origin=read(dict(one.origin))) for one in system.exchanges)
    return replace(system, exchanges=kept)


def test_rows_of_the_right_country_do_not_lift_it_above_a_screening() -> None:
    """All rows Chinese: what is left to object is the assumed completeness, and it alone."""
    result = WORKS.footprint(supplied("plastics", "aluminium-cn"), subject(BOX, GATE))
    assert result.grade == "screening"
    codes = {one.code for one in result.reasons}
    assert codes == {"GRADE-WEAK-ROW", "GRADE-WEAK-SUM"}
    rows = {dict(one.params)["factor"] for one in result.reasons if one.code == "GRADE-WEAK-ROW"}
    assert rows == {"completeness"}
    control = compute(proven(result.system), factors(), RULES)
    assert control.grade == "certifiable"


def test_every_line_rests_on_the_assumed_completeness() -> None:
    result = WORKS.footprint(subject(SHELF))
    for line in result.figures[GRAVE].lines:
        inputs = line.exchange.origin.get("inputs", ())
        assert "completeness" in {one["name"] for one in inputs}, line.id


@pytest.mark.parametrize("family", [BOX, SHELF])
def test_heaviest_lines_are_hot_spots_and_their_loss_is_noticed(family: str) -> None:
    whole = WORKS.footprint(subject(family))
    figure = whole.figures[GATE]
    hot = {line.id.removesuffix("-1") for line in figure.lines if line.exchange.hot_spot}
    heavy = {line.id for line in figure.lines if figure.share([line]) > F(8, 100)}
    assert len(hot) >= 4 and {line.removesuffix("-1") for line in heavy} <= hot
    for line in heavy:
        assert GATE in cut_off(compute(left_out(whole, {line}), factors(), RULES)), line


@pytest.mark.parametrize("account", ["electricity", "water", "wastewater"])
def test_what_every_site_has_is_demanded(account: str) -> None:
    assert blocking(WORKS.built(dropped(account)).findings)


@pytest.mark.parametrize("name", ["left_out", "mass_left_out", "unit_mass", "product_carbon"])
def test_no_answer_is_no_zero(name: str) -> None:
    def silent(told: Submission) -> Submission:
        return replace(
            told,
            families=tuple(
                replace(one, parameters={**one.parameters, name: Cell(None)})
                for one in told.families
            ),
        )

    assert blocking(WORKS.built(silent).findings)


def test_what_is_left_out_counts_against_the_cut_off() -> None:
    assert cut_off(WORKS.footprint()) == set()
    assert GATE in cut_off(WORKS.footprint(of_family(BOX, left_out=F("0.5"))))


def test_wood_in_the_product_is_taken_up_and_given_back() -> None:
    wooden = WORKS.footprint(of_family(BOX, product_carbon=F("0.4")))
    gate, grave = wooden.figures[GATE], wooden.figures[GRAVE]
    held = float(gate.total(EXCLUDING) - gate.total(INCLUDING))
    assert held == pytest.approx(0.4 * 44 / 12, abs=1e-6)
    assert float(grave.total(INCLUDING)) == pytest.approx(float(grave.total(EXCLUDING)), abs=1e-9)


def test_crops_need_evidence_on_land() -> None:
    assert blocking(WORKS.built(of_family(BOX, crops="yes", crop_land_use="unknown")).findings)


@pytest.mark.parametrize(
    "account", ["plastics", "electricity", "cartons", "diesel", "waste_landfilled"]
)
def test_more_of_anything_is_never_less(account: str) -> None:
    assert WORKS.gate(booked(account, F(11, 10))) > WORKS.gate()


ANSWERS = st.fixed_dictionaries(
    {
        "unit_mass": st.fractions(F(1, 4), 5000, max_denominator=4),
        "product_carbon": st.fractions(0, F(1, 2), max_denominator=10),
        "use_electricity": st.fractions(0, 500, max_denominator=4),
        "recycled_at_end": st.integers(0, 100).map(F),
        "unit_of_sale": st.sampled_from(WORKS.rules.enum("unit_of_sale").ids),
        "market": st.sampled_from(WORKS.rules.enum("market").ids),
    }
)


@settings(max_examples=6, deadline=None)
@given(st.sampled_from([BOX, SHELF]), ANSWERS)
def test_any_product_computes_and_is_a_screening(family: str, told: dict[str, str | F]) -> None:
    result = WORKS.footprint(subject(family), of_family(family, **told))
    sound(result)
    assert result.grade == "screening"


@pytest.mark.parametrize(
    ("family", "change", "check"),
    [
        (BOX, booked("plastics", F(1, 2)), "materials-missing"),
        (BOX, booked("plastics", F(3)), "materials-surplus"),
        (BOX, of_family(BOX, mass_left_out=F(8)), "too-much-left-out"),
        (BOX, of_family(BOX, left_out=F(2)), "much-left-out"),
        (BOX, of_family(BOX, crops="yes", crop_land_use="plot-history"), "crops-named"),
    ],
)
def test_what_a_verifier_asks(family: str, change: Change, check: str) -> None:
    assert check in WORKS.checks(subject(family), change)


def test_one_change_is_bridged_without_rest() -> None:
    before, after = WORKS.footprint(), WORKS.footprint(booked("plastic_packaging", F(9, 10)))
    moved = after.figures[GATE].value - before.figures[GATE].value
    was, now = values(before), values(after)
    steps = {name: now[name] - was[name] for name in was if now[name] != was[name]}
    assert set(steps) == {"plastic-packaging", "minor-transport"}
    assert float(sum(steps.values())) == pytest.approx(float(moved), abs=1e-9)


def test_the_page_on_the_model_tells_these_figures() -> None:
    """docs/explanation/generic.md: what it prints of the example is current."""
    page = Path(__file__).parents[3] / "docs" / "explanation" / "generic.md"
    printed = page.read_text(encoding="utf-8")
    told_of = [f"{WORKS.gate(subject(family)):.3g}" for family in (BOX, SHELF)]
    assert not [one for one in told_of if one not in printed]

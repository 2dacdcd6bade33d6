"""The ladder of evidence on land-use change, and the answers of a model held against it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.answers import answer
from lca.build import build
from lca.land_use import Evidence, check, climb
from lca.land_use import answered as answered_lines
from lca.ruleset_parts import LandUse
from tests.lca.test_beer_model import MODEL, RULES, answered, handed_in
from tests.lca.test_build import MODEL as SILENT

ISO = LandUse(look_back_years=20, default="highest-plausible-origin")
ORIGINS = {"BR": F(3), "US": F("0.1"), "AR": F(2)}
values = st.fractions(0, 30, max_denominator=1000)


def codes(evidence: Evidence, taken: str, rules: LandUse = ISO) -> list[str]:
    found = list(check(evidence, F(taken), rules))
    assert all(one.render("zh") and one.render("en") for one in found)
    return [one.code for one in found]


def test_each_rung_has_its_value() -> None:
    shown = Evidence("soy", history=F(20), country="BR", average=F(3), origins=ORIGINS)
    for evidence, expected in (
        (shown, ("plot-history", F(0))),
        (replace(shown, history=F(19)), ("country-average", F(3))),
        (replace(shown, history=None), ("country-average", F(3))),
        (Evidence("soy", origins=ORIGINS), ("unknown", F(3))),
    ):
        rung = climb(evidence, ISO)
        assert rung and (rung.name, rung.value) == expected


@given(values, st.dictionaries(st.sampled_from("ABCDE"), values, min_size=1))
def test_better_evidence_never_costs_more(average: F, origins: dict[str, F]) -> None:
    """The country is one of the plausible origins: to know it cannot raise the value."""
    plausible = {**origins, "X": average}
    unknown = climb(Evidence("soy", origins=plausible), ISO)
    country = climb(Evidence("soy", country="X", average=average, origins=plausible), ISO)
    shown = climb(Evidence("soy", F(25), "X", average, plausible), ISO)
    assert unknown and country and shown
    assert unknown.value >= country.value >= shown.value == 0


def test_zero_without_evidence_is_an_error() -> None:
    assert codes(Evidence("rubber"), "0") == ["LAND-USE-ZERO"]
    assert codes(Evidence("rubber", origins=ORIGINS), "0") == ["LAND-USE-LOW"]
    assert codes(Evidence("rubber", origins=ORIGINS), "3") == []


def test_the_cut_off_date_of_a_law_is_no_look_back() -> None:
    five_years = Evidence("rubber", history=F(5))
    assert codes(five_years, "0") == ["LAND-USE-LOOK-BACK"]
    assert codes(replace(five_years, history=F(20)), "0") == []
    longer = replace(ISO, look_back_years=25)
    assert codes(replace(five_years, history=F(20)), "0", longer) == ["LAND-USE-LOOK-BACK"]


def test_less_than_the_evidence_allows_is_an_error() -> None:
    assert codes(Evidence("soy", country="BR", average=F(3)), "2.9") == ["LAND-USE-LOW"]


def test_an_average_of_zero_needs_statistics() -> None:
    assert codes(Evidence("barley", country="FR", average=F(0)), "0") == ["LAND-USE-AVERAGE-ZERO"]


def test_a_rule_set_may_give_unknown_origins_no_rung() -> None:
    strict = replace(ISO, default="country-average")
    assert codes(Evidence("soy", origins=ORIGINS), "0", strict) == ["LAND-USE-ZERO"]


# --- the answers of the beer model ----------------------------------------------------------------


def of_beer(evidence: str, dluc: str = "0", years: int = 20) -> set[str]:
    told = answered(grain_land_use=evidence, grain_dluc=F(dluc))(handed_in())
    rules = replace(RULES, land_use=replace(RULES.land_use, look_back_years=years))
    found = build(told, MODEL, rules).findings
    return {one.code for one in found if one.code.startswith("LAND-USE")}


@pytest.mark.parametrize(
    ("evidence", "dluc", "years", "expected"),
    [
        ("plot-history", "0", 20, set()),
        ("plot-history", "0", 30, {"LAND-USE-LOOK-BACK"}),
        ("country-average", "0.2", 20, set()),
        ("country-average", "0", 20, {"LAND-USE-AVERAGE-ZERO"}),
        ("unknown", "0", 20, {"LAND-USE-ZERO"}),
    ],
)
def test_answers_of_a_brewery_are_held_against_the_rule_set(
    evidence: str, dluc: str, years: int, expected: set[str]
) -> None:
    assert of_beer(evidence, dluc, years) == expected


def test_a_model_that_does_not_ask_has_no_evidence() -> None:
    made = build(handed_in(), MODEL, RULES)
    assert made.system is not None
    told = answer(SILENT, {}, {}, {})
    found = list(answered_lines(told, made.system.exchanges, RULES.land_use))
    assert {one.code for one in found} == {"LAND-USE-ZERO"}
    assert all(one.where.path for one in found)

"""Search finds a factor under any of its names and says how."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.match import normalise, search, synonyms
from factors.store import load

FACTORS = load()


def ids(query: str, **options) -> list[str]:
    return [hit.factor.id for hit in search(FACTORS, query, **options)]


def test_every_factor_is_found_first_by_its_id_and_early_by_its_names():
    for factor in list(FACTORS)[::9]:
        assert ids(factor.id)[0] == factor.id
        assert factor.id in ids(factor.activity_zh)[:3], factor.activity_zh
        assert factor.id in ids(factor.activity_en)[:3], factor.activity_en
    for factor in list(FACTORS)[::40]:
        assert ids(factor.reference)[0] == factor.id


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("电力", "electricity-cn-footprint-2024"),
        ("electricity", "electricity-cn-footprint-2024"),
        ("ＥＬＥＣＴＲＩＣＩＴＹ", "electricity-cn-footprint-2024"),
        ("大麦", "barley-cn-east"),
        ("cullet", "container-glass-cn-cullet-modelled"),
        ("易拉罐", "aluminium-cn"),
        ("烧碱", "caustic-soda"),
        ("caustic soda", "caustic-soda"),
        ("hop", "hops-pellets-us"),
        ("天然气上游", "natural-gas-cn-upstream"),
        ("R134a", "refrigerant-r134a-release"),
        ("瓦楞", "corrugated-board-cn"),
    ],
)
def test_common_names_lead_to_the_row(query, first):
    assert ids(query)[0] == first


def test_a_synonym_finds_what_the_name_does_not_contain():
    assert "高粱" not in "".join(factor.activity_zh for factor in FACTORS)
    assert ids("高粱") == []
    assert "railway" not in " ".join(factor.activity_en for factor in FACTORS).lower()
    assert "rail-cn" in ids("railway")
    hit = search(FACTORS, "railway")[0]
    assert hit.reason == "synonym"


def test_every_candidate_says_how_it_was_found_in_both_languages():
    reasons = set()
    for query in (
        "glass-primary-gb",
        "primary-gb",
        "primary",
        "玻璃填埋",
        "玻璃",
        "railway",
        "truck rigid gb",
    ):
        for hit in search(FACTORS, query):
            reasons.add(hit.reason)
            assert hit.matched in hit.explain("zh")
            assert hit.matched in hit.explain("en")
    assert reasons == {"id", "id-part", "name", "name-start", "name-part", "synonym", "words"}


def test_the_place_asked_for_comes_first_among_equals():
    assert ids("railway", place="CN")[0] == "rail-cn"
    assert ids("railway", place="GB")[0] == "rail-gb"


def test_candidates_are_ranked_and_limited():
    hits = search(FACTORS, "electricity", limit=5)
    assert len(hits) == 5
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@given(st.text(max_size=200))
def test_any_text_gets_an_answer(query):
    hits = search(FACTORS, query)
    assert len(hits) <= 20
    if not normalise(query[:100]):
        assert hits == ()


@given(st.sampled_from(["电", "bottle", "naoh", "海运", "gasoline"]))
def test_synonyms_go_both_ways(term):
    assert all(term in synonyms(other) for other in synonyms(term))


@pytest.mark.parametrize(("asked", "never"), [("steam", "wheat"), ("heat", "wheat-fr")])
def test_a_latin_name_inside_a_word_is_not_that_name(asked, never):
    found = search(load(), asked)
    assert found
    assert not any(never in hit.factor.id for hit in found[:10])
    assert not any(hit.reason == "synonym" and never in hit.factor.id for hit in found)

"""The PEF data quality rating: published ratings, means over hot spots, levels, refusals."""

from __future__ import annotations

from dataclasses import astuple
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.dqr import HOT_SPOTS, Rating, hot_spots, level, read, study_rating
from factors.errors import FactorError
from factors.findings import Where
from factors.pedigree import read as read_pedigree

PUBLISHED = {
    "beer, regular": ("1.45", "4.45", "2.86", "2.59", "2.84"),
    "chips, frozen": ("2.84", "3.13", "2.19", "3.57", "2.93"),
    "fish, breaded, frozen": ("4.3", "2.62", "2.34", "4.82", "3.52"),
    "ice cream": ("4.23", "3.42", "3.82", "2.34", "3.45"),
    "pizza, cheese and tomato": ("1.98", "3.25", "2.31", "3.61", "2.79"),
    "shrimp, frozen": ("4.51", "2.45", "2.5", "5", "3.62"),
    "Abondance cheese": ("2.84", "2.05", "1.18", "2.87", "2.24"),
}
"""P, TiR, GR, TeR and DQR of AGRIBALYSE 3 (ADEME, INRAE), table of the products; two decimals."""

scores = st.fractions(1, 5, max_denominator=100)
ratings = st.builds(Rating, scores, scores, scores, scores)
amounts = st.dictionaries(
    st.sampled_from("abcdefgh"), st.fractions(-10, 10, max_denominator=50), min_size=1
)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_rating_is_the_mean_of_the_published_scores(name):
    p, tir, ger, ter, published = map(F, PUBLISHED[name])
    told = Rating(technology=ter, geography=ger, time=tir, precision=p)
    assert told.dqr == (p + tir + ger + ter) / 4
    assert abs(told.dqr - published) <= F("0.005")  # half of the last published digit


@given(ratings, st.integers(0, 3))
def test_a_rating_lies_between_its_scores_and_follows_each(rating, place):
    values = list(astuple(rating))
    assert min(values) <= rating.dqr <= max(values)
    values[place] = F(5)
    assert Rating(*values).dqr >= rating.dqr


@given(ratings, st.permutations(range(4)))
def test_scores_are_read_by_name_in_any_order(rating, order):
    told = Rating(*(F(str(round(float(one), 2))) for one in astuple(rating)))
    scheme, _, pairs = str(told).partition(":")
    shuffled = [pairs.split(";")[i] for i in order]
    assert read(f"{scheme}:{';'.join(shuffled)}") == told


@pytest.mark.parametrize(
    "told",
    ["", "2.84", "TeR=2;GeR=1;TiR=3", "TeR=2;GeR=1;TiR=3;P=2;P=2", "TeR=2;GeR=1;TiR=3;Q=2",
     "TeR=0.9;GeR=1;TiR=3;P=2", "TeR=5.1;GeR=1;TiR=3;P=2", "TeR=nan;GeR=1;TiR=3;P=2",
     "2;1;3;2", "TeR=2,GeR=1,TiR=3,P=2"],
)  # fmt: skip
def test_bad_scores_are_refused_at_their_place(told):
    with pytest.raises(FactorError) as refusal:
        read(f"pef-dqr:{told}", Where(file="factors.csv"))
    (found,) = refusal.value.findings
    assert (found.code, found.where.file) == ("DQR-SCORES", "factors.csv")
    for lang in ("zh", "en"):
        assert "{" not in found.render(lang)


def test_a_rating_made_by_hand_is_checked_too():
    with pytest.raises(FactorError, match="DQR-SCORES"):
        Rating(F(1), F(1), F(0), F(1))


def test_schemes_do_not_convert():
    for text in ("", "agribalyse-dqr:2.84", "pedigree-ecoinvent-2:2,3,1,2,4", "cpcd-class:2"):
        assert read(text) is None
    assert read_pedigree("pef-dqr:TeR=2;GeR=1;TiR=3;P=2") is None


@given(amounts)
def test_hot_spots_are_the_fewest_that_reach_the_share(contributions):
    hot = hot_spots(contributions)
    whole = sum(map(abs, contributions.values()))
    sizes = sorted((abs(one) for one in contributions.values()), reverse=True)
    assert sum(abs(contributions[one]) for one in hot) >= HOT_SPOTS * whole
    assert not hot or sum(sizes[: len(hot) - 1]) < HOT_SPOTS * whole


@given(amounts, st.lists(ratings, min_size=8, max_size=8), st.randoms())
def test_a_study_is_a_mean_of_its_hot_spots_in_any_order(contributions, given_ratings, random):
    by_name = dict(zip("abcdefgh", given_ratings, strict=True))
    told = study_rating(contributions, by_name)
    names = list(contributions)
    random.shuffle(names)
    assert study_rating({name: contributions[name] for name in names}, by_name) == told
    assert study_rating({k: 7 * v for k, v in contributions.items()}, by_name) == told
    hot = [by_name[name].dqr for name in hot_spots(contributions)]
    assert (told is None) == (not hot)
    if told is not None:
        assert min(hot) <= told.dqr <= max(hot)


def test_weights_are_the_contributions_of_the_hot_spots_alone():
    good, bad = Rating(F(1), F(2), F(1), F(2)), Rating(F(3), F(4), F(5), F(4))
    ugly = Rating(F(5), F(5), F(5), F(5))
    contributions = {"glass": F(6), "malt": F(-3), "labels": F(1)}  # a credit counts by its size
    told = study_rating(contributions, {"glass": good, "malt": bad, "labels": ugly})
    assert told == Rating(F(5, 3), F(8, 3), F(7, 3), F(8, 3))
    assert told.dqr == F(7, 3)
    assert study_rating(contributions, {"glass": good, "malt": bad}) == told


def test_a_hot_spot_without_scores_is_named_and_not_left_out():
    with pytest.raises(FactorError) as refusal:
        study_rating({"glass": F(6), "malt": F(3)}, {"glass": Rating(*[F(1)] * 4)})
    (found,) = refusal.value.findings
    assert found.code == "DQR-UNRATED" and "malt" in found.render("en")


@pytest.mark.parametrize(
    ("dqr", "now", "pilot"),
    [("1", "excellent", "excellent"), ("1.5", "excellent", "excellent"),
     ("1.55", "very-good", "excellent"), ("1.61", "very-good", "very-good"),
     ("2", "very-good", "very-good"), ("3", "good", "good"), ("3.01", "fair", "fair"),
     ("4", "fair", "fair"), ("4.01", "poor", "poor"), ("5", "poor", "poor")],
)  # fmt: skip
def test_levels_by_edition(dqr, now, pilot):
    assert level(F(dqr)) == now
    assert level(F(dqr), "pef-pilot") == pilot


def test_an_unknown_edition_is_refused():
    with pytest.raises(FactorError, match="DQR-EDITION"):
        level(F(2), "pef-1999")

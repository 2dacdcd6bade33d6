"""Pedigree scores: published worked values, the laws of the formula, refusals not guesses."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction as F
from math import exp, log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.errors import FactorError
from factors.findings import Where
from factors.pedigree import (
    INDICATORS,
    Measure,
    Pedigree,
    gsd,
    pedigree_set,
    pedigree_sets,
    read,
    stated_spread,
)
from factors.rows import read_row
from tests.factors.rows import cells

TWO, CIROTH, REPEATED, THREE = (
    "pedigree-ecoinvent-2",
    "pedigree-ciroth-2016",
    "pedigree-ciroth-2016-repeated",
    "pedigree-ecoinvent-3",
)

WORKED = [
    (TWO, (2, 3, 1, 2, 4), "1.05", 1.513307),
    (CIROTH, (2, 3, 1, 2, 4), "1.05", 2.347566),
    (REPEATED, (2, 3, 1, 2, 4), "1.05", 2.347566),
    (THREE, (2, 3, 1, 2, 4), "0.0006", 1.505347),
    (TWO, (4, 4, 5, 4, 3), "2", 2.337326),
]
"""Squared GSD of CO2 from combustion and of a transport, worked by hand from the factor tables of
biosteam_lca (pedigree data of ecoinvent 2 and of Ciroth et al.) and of Ocelot (ecoinvent 3)."""

MADE = {REPEATED: "1.05", TWO: "1.05", CIROTH: "1.05", THREE: "0.0006"}
"""Every set with a basic uncertainty in its measure."""

score = st.integers(1, 5)
five = st.tuples(score, score, score, score, score)
whole = st.sampled_from([TWO, REPEATED, THREE])
"""Sets without an open factor."""


def refused(text: str) -> str:
    where = Where(file="factors.csv", cell="L2")
    with pytest.raises(FactorError) as refusal:
        stated_spread(f"{text}{'' if 'basic' in text else ' basic=1.05'}", where)
    (found,) = refusal.value.findings
    assert found.where == where
    for lang in ("zh", "en"):
        assert "{" not in found.render(lang)
    return found.code


@pytest.mark.parametrize(("scheme", "scores", "basic", "squared"), WORKED)
def test_published_values(scheme, scores, basic, squared):
    told = Pedigree(scheme, scores, F(basic))
    assert told.gsd_squared == pytest.approx(squared, rel=1e-6)
    assert told.gsd == pytest.approx(squared**0.5, rel=1e-6)
    assert gsd(scores, scheme, F(basic)) == told.gsd


def test_which_quantity_is_which():
    """Tools print exp(sigma / 2) and exp(2 sigma) as the GSD, which is exp(sigma)."""
    told = Pedigree(TWO, (2, 3, 1, 2, 4), F("1.05"))
    sigma = sqrt(told.log_variance)
    assert told.gsd == pytest.approx(1.230166, rel=1e-6) == exp(sigma)
    assert told.gsd_squared == pytest.approx(exp(2 * sigma))


def test_variances_are_added_exactly():
    assert Pedigree(THREE, (2, 3, 1, 2, 4), F("0.0006")).log_variance == 0.041825


def test_the_sets_of_ecoinvent_are_the_same_up_to_rounding():
    """Variance = (ln U / 2)^2, rounded; two factors were revised."""
    old, new = pedigree_set(TWO), pedigree_set(THREE)
    revised = {("technological", 2), ("geographical", 4)}
    for indicator in INDICATORS[:5]:
        for one in range(1, 6):
            variance = (log(old.number(indicator, one)) / 2) ** 2
            same = new.number(indicator, one) == pytest.approx(variance, rel=0.15, abs=1e-6)
            assert same == ((indicator, one) not in revised)


@pytest.mark.parametrize("scheme", MADE)
def test_a_set_names_its_publication_and_is_whole(scheme):
    told = pedigree_set(scheme)
    assert told.version and told.source and told.locator and told.read_in and told.note
    assert list(told.factors)[:5] == list(INDICATORS[:5])
    for row in told.factors.values():
        known = [one for one in row if one is not None]
        assert len(row) == 5
        assert known[0] == (1 if told.measure is Measure.GSD_SQUARED else 0)
        assert known == sorted(known)


def test_every_set_is_tried_here():
    assert set(pedigree_sets()) == set(MADE)


@given(whole, five, st.integers(0, 4))
def test_a_worse_score_never_narrows_the_spread(scheme, scores, place):
    basic = F(MADE[scheme])
    worse = tuple(min(5, one + (i == place)) for i, one in enumerate(scores))
    assert gsd(worse, scheme, basic) >= gsd(scores, scheme, basic)


@given(whole, five, st.fractions("1.01", "10"))
def test_the_spread_lies_between_its_largest_part_and_the_product_of_all(scheme, scores, basic):
    if scheme == THREE:
        basic = basic / 1000
    told = Pedigree(scheme, scores, basic)
    alone = Pedigree(scheme, (1,) * 5, basic)
    parts = [Pedigree(scheme, tuple(one if i == j else 1 for j in range(5))).gsd
             for i, one in enumerate(scores)]  # fmt: skip
    product = alone.gsd
    for one in parts:
        product *= one
    assert max(alone.gsd, *parts) * (1 - 1e-12) <= told.gsd <= product * (1 + 1e-12)
    assert alone.gsd > 1


@given(st.permutations(range(5)), five)
def test_indicators_combine_in_any_order(order, scores):
    """Adding the indicators one at a time, in any order, ends at the same variance."""
    told, variance = [1] * 5, 0.0
    for place in order:
        before = Pedigree(TWO, tuple(told)).log_variance
        told[place] = scores[place]
        variance += Pedigree(TWO, tuple(told)).log_variance - before
    assert variance == pytest.approx(Pedigree(TWO, scores).log_variance, abs=1e-12)


@given(whole, five)
def test_the_best_scores_leave_the_basic_uncertainty(scheme, scores):
    best = Pedigree(scheme, (1,) * 5)
    assert best.gsd == 1 <= Pedigree(scheme, scores).gsd


@given(st.sampled_from(sorted(MADE)), five, st.booleans())
def test_the_text_is_read_back(scheme, scores, with_basic):
    told = Pedigree(scheme, scores, F(MADE[scheme]) if with_basic else None)
    assert read(str(told)) == told


def test_sample_size_is_a_sixth_score_of_ecoinvent_2_only():
    bare, sixth = Pedigree(TWO, (2, 2, 2, 2, 2)), Pedigree(TWO, (2, 2, 2, 2, 2, 5))
    assert Pedigree(TWO, (2, 2, 2, 2, 2, 1)).gsd == bare.gsd < sixth.gsd
    assert refused(f"{THREE}:2,2,2,2,2,5") == "PEDIGREE-SCORES"


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_factor_that_was_never_published_is_not_invented(place):
    scores = tuple(5 if i == place else 1 for i in range(5))
    text = ",".join(map(str, scores))
    assert read(f"{CIROTH}:{text}") == Pedigree(CIROTH, scores)  # the raw scores are kept
    assert refused(f"{CIROTH}:{text}") == "PEDIGREE-NO-FACTOR"
    four = tuple(min(one, 4) for one in scores)
    assert gsd(scores, REPEATED) == gsd(four, CIROTH)


@pytest.mark.parametrize(
    "told",
    ["", "2,3,1,2", "2,3,1,2,4,1,1", "0,3,1,2,4", "2,3,1,2,6", "2,3,1,2,4.5", "2, 3, 1, 2, 4",
     "2,3,1,2,n/a", "23124", "-2,3,1,2,4", "２,3,1,2,4", "2,3,1,2,4 basic=", "2,3,1,2,4 basic=nan",
     "2,3,1,2,4 basic=1.05 ", "2,3,1,2," + "4" * 5000, "2,3,1,2,4 basic=" + "1" * 5000],
)  # fmt: skip
def test_bad_scores_are_refused_at_their_place(told):
    assert refused(f"{TWO}:{told}") == "PEDIGREE-SCORES"


@pytest.mark.parametrize("scheme", ["pedigree-ecoinvent-1", "pedigree-", "pedigree-Ecoinvent-2"])
def test_an_unknown_set_is_refused_with_the_names_there_are(scheme):
    assert refused(f"{scheme}:2,3,1,2,4") == "PEDIGREE-SCHEME"


@pytest.mark.parametrize(
    "text",
    [f"{TWO}:1,1,1,1,1 basic=0.0006", f"{THREE}:1,1,1,1,1 basic=1.05", f"{TWO}:1,1,1,1,1 basic=1e9",
     f"{TWO}:1,1,1,1,1 basic=0", f"{THREE}:1,1,1,1,1 basic=-0.1"],
)  # fmt: skip
def test_a_basic_uncertainty_of_the_other_measure_is_refused(text):
    assert refused(text) == "PEDIGREE-BASIC"


@pytest.mark.parametrize("scheme", MADE)
def test_published_basic_uncertainties_fit_the_measure_of_their_set(scheme):
    for basic in pedigree_set(scheme).basic.values():
        assert Pedigree(scheme, (1,) * 5, basic).gsd > 1


@pytest.mark.parametrize("text", ["", "agribalyse-dqr:2.84", "pef-dqr:TeR=1;GeR=1;TiR=1;P=1",
                                  "pedigree:2,3,1,2,4", "cpcd-class:2", "2,3,1,2,4"])  # fmt: skip
def test_other_schemes_are_left_alone(text):
    assert read(text) is None
    assert stated_spread(text) is None


def test_a_spread_needs_the_basic_uncertainty_too():
    assert stated_spread(f"{TWO}:2,3,1,2,4") is None
    told = stated_spread(f"{TWO}:2,3,1,2,4 basic=1.05")
    assert told is not None and told.kind == "lognormal"
    assert float(told.spread[0]) == pytest.approx(1.230166, rel=1e-6)


@given(st.text(max_size=60))
def test_any_text_is_a_pedigree_or_none_or_a_finding(told):
    for text in (told, f"{TWO}:{told}", f"pedigree-{told}"):
        with suppress(FactorError):
            found = read(text)
            assert found is None or found.gsd >= 1


@pytest.mark.parametrize(
    ("quality", "code"),
    [
        ("pedigree-ecoinvent-2:1,2", "PEDIGREE-SCORES"),
        ("pedigree-of-nobody:1,2,3,4,5", "PEDIGREE-SCHEME"),
        ("pef-dqr:TeR=1", "DQR-SCORES"),
    ],
)
def test_a_row_with_unreadable_scores_is_refused_at_its_line(quality: str, code: str) -> None:
    _, findings = read_row(
        cells(quality=quality), "own/1", Where(file="factors.csv", path="line 2"), private=True
    )
    assert [(one.code, one.where.path) for one in findings] == [(code, "line 2")]

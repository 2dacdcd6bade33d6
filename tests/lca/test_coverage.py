"""Coverage of the models by the library, and what rests on a row."""

from __future__ import annotations

import dataclasses
import json
from fractions import Fraction
from pathlib import Path

import pytest

from factors.errors import FactorError, FindingsError
from factors.texts import LANGS
from lca.coverage import HOT, Covered, coverage, page
from lca.example_study import example_study
from lca.examples import examples
from lca.impact import impact
from tests.lca.systems import factors

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "coverage.md"


@pytest.fixture(scope="module")
def covered() -> tuple[Covered, ...]:
    return coverage(factors())


def test_the_page_is_current(covered):
    current = PAGE.read_text(encoding="utf-8")
    assert current == page(covered, "en"), f"renew it: python -m lca.coverage {PAGE.name}"


def test_every_example_is_covered(covered):
    assert tuple(one.model for one in covered) == examples()


def test_hot_spots_are_the_inputs_of_five_per_cent_and_stand_ins_are_named(covered):
    for one in covered:
        result = example_study(one.model, factors()).footprint
        assert result is not None
        for name, figure in result.figures.items():
            sums: dict[str, float] = {}
            for line in figure.lines:
                sums[line.source] = sums.get(line.source, 0) + figure.share([line])
            heavy = {source for source, share in sums.items() if share >= HOT}
            listed = {spot.factor.id for spot in one.hot_spots if spot.factor}
            assert {source for source in heavy if source in factors()} <= listed
            assert one.without_proxy[name] == 1 - result.quality[name].proxy
        assert list(one.gaps) == [spot for spot in one.hot_spots if spot.proxy]
        assert all(0 < share < HOT for share in one.small.values())
        worst = max(1 - share for share in one.without_proxy.values())
        named = sum(max(spot.shares.values()) for spot in one.gaps) + sum(one.small.values())
        assert named >= worst - Fraction(1, 100), "a gap has no name"
        for spot in one.gaps:
            assert all(factors().get(row).place.startswith("CN") for row in spot.nearer)


def test_the_page_names_every_row_in_both_languages(covered):
    for lang in LANGS:
        told = page(covered, lang)
        for one in covered:
            assert all(spot.factor is None or spot.factor.id in told for spot in one.hot_spots)
    assert json.dumps([one.to_json() for one in covered])


def test_a_model_without_example_is_refused():
    with pytest.raises(FindingsError) as refusal:
        coverage(factors(), ["no-such-model"])
    assert [found.code for found in refusal.value.findings] == ["COVERAGE-NO-EXAMPLE"]


def test_what_rests_on_a_row_is_found_in_models_rule_sets_and_examples():
    found = impact(factors(), "electricity-cn-footprint-2024")
    kinds = {one.kind for one in found}
    assert {"exchange", "ruleset", "example"} <= kinds
    (beer,) = [one for one in found if one.kind == "example" and one.of == "beer"]
    assert set(beer.shares) == {"cradle-to-gate", "cradle-to-grave"}
    assert all(one.told(lang) for one in found for lang in LANGS)
    assert json.dumps([one.to_json() for one in found])


def test_defaults_and_tables_rest_on_property_rows():
    (default,) = impact(factors(), "malting-yield", worked=False)
    assert (default.kind, default.of, default.place) == (
        "default",
        "beer",
        "parameter[malting_yield]",
    )


@pytest.mark.parametrize(
    ("row", "kind", "of", "place"),
    [
        ("pollutant-ind-gas-nox", "pollutant", "lca/pollutants.toml", "natural-gas-cn-combustion"),
        ("natural-gas-cn-combustion", "pollutant", "lca/pollutants.toml", "pollutant-ind-gas-nox"),
        ("polystyrene-carbon", "burnt", "lca/burnt.toml", "eps"),
        ("plastics-fossil-carbon-share", "burnt", "lca/burnt.toml", "plastic"),
        ("diesel-cn-ncv", "fuel", "beer", "account[diesel].fuel"),
        ("aluminium-cn", "end-of-life", "beer", "factors.virgin"),
    ],
)
def test_tables_conversions_and_methods_rest_on_rows(row, kind, of, place):
    found = [one for one in impact(factors(), row, worked=False) if one.kind == kind]
    assert any(one.of == of and place in one.place for one in found)
    assert all(one.told(lang) for one in found for lang in LANGS)


def test_a_corrected_row_names_its_correction():
    old = factors().get("tyre-filler-saving-car-claim")
    new = dataclasses.replace(
        old, id="tyre-saving-again", release="qdlt-press/2024", corrects=old.reference
    )
    later = dataclasses.replace(factors(), factors={**factors().factors, new.id: new})
    assert [(one.kind, one.of) for one in impact(later, old.id, worked=False)] == [
        ("correction", new.id)
    ]


def test_nothing_rests_on_a_row_nobody_uses_and_an_unknown_row_is_refused():
    assert impact(factors(), "tyre-filler-saving-car-claim") == ()
    with pytest.raises(FactorError):
        impact(factors(), "no-such-row")

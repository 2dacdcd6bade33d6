"""Families and sites: every one computed, one figure for all, or a finding that says split."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction as F
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from factors.errors import FindingsError
from lca.booking import keep_books
from lca.family import Choice, Family, of_articles, of_sites, shares_of
from lca.family_member import booked_for, members_of, outputs, ratio
from lca.footprint import compute
from lca.inventory import GATE, GRAVE
from lca.model import load
from lca.submission import Cell, MemberEntry, Submission
from lca.system_file import canonical, read
from tests.lca.models.works import RULES, Works, factors, subject

ROOT = Path(__file__).parents[2]
BEER, TIRE = "EX-500-OW", "PCR-205"
MEAN, WORST = Choice(), Choice("worst-case")


@cache
def handed_in(model: str) -> Submission:
    return Works(model).handed_in("en")


@cache
def beer(choice: Choice = MEAN) -> Family:
    return of_articles(handed_in("beer"), load("beer"), RULES, factors(), choice, BEER)


def with_bottle(grams: str) -> Submission:
    """The family with an article in a bottle of another weight."""
    told = handed_in("beer")
    return replace(
        told,
        members=tuple(
            replace(one, parameters={"container_mass": Cell(F(grams), "g/item")})
            if one.member == "EX-500-GB"
            else one
            for one in told.members
        ),
    )


def tires() -> Submission:
    """The tire works with two articles of its car tires, one a third heavier."""
    told = handed_in("tire")
    mass = next(x for x in told.families if x.family == TIRE).parameters["tire_mass"]
    assert mass.number is not None
    members = tuple(
        MemberEntry(
            family=TIRE,
            member=code,
            name={"zh": code, "en": code},
            output=Cell(output, "tyre"),
            mass=Cell(mass.number * times, "kg"),
        )
        for code, output, times in (("LIGHT", F(3), F(3, 4)), ("HEAVY", F(1), F(1)))
    )
    return replace(told, members=members)


def test_every_article_is_computed_and_the_mean_is_theirs() -> None:
    made = beer()
    assert set(made.results) == {"EX-500-OW", "EX-500-LT", "EX-500-GB"}
    shares = shares_of(made.outputs)
    assert sum(shares.values()) == 1
    for figure in (GATE, GRAVE):
        mean = sum(shares[name] * one.figures[figure].value for name, one in made.results.items())
        assert float(made.declared.figures[figure].value) == pytest.approx(float(mean), rel=1e-10)
    assert made.allowed and not made.findings
    heavy = made.results["EX-500-GB"].figures[GATE].value
    assert heavy > made.declared.figures[GATE].value > made.results["EX-500-OW"].figures[GATE].value


def test_lines_and_stages_of_a_mean_sum_to_it() -> None:
    declared = beer().declared
    figure = declared.figures[GATE]
    assert sum(line.value(figure.headline) for line in figure.lines) == figure.value
    staged = sum(line.value(declared.headline) for _, lines in declared.stages() for line in lines)
    assert staged == declared.declared.value


def test_worst_case_is_the_highest_and_a_representative_is_itself() -> None:
    worst = beer(WORST)
    assert worst.declared.figures[GATE].value == max(
        one.figures[GATE].value for one in worst.results.values()
    )
    light = beer(Choice("representative", "EX-500-LT"))
    own = light.results["EX-500-LT"]
    assert light.declared.figures[GATE].value == own.figures[GATE].value
    assert light.declared.system.product["id"] == "EX-500-LT"
    with pytest.raises(FindingsError) as refusal:
        beer(Choice("representative", "EX-NOBODY"))
    assert refusal.value.findings[0].code == "FAMILY-REPRESENTATIVE"


def test_a_member_beyond_the_tolerance_splits_the_family() -> None:
    wide = of_articles(with_bottle("480"), load("beer"), RULES, factors(), MEAN, BEER)
    assert not wide.allowed
    assert {one.code for one in wide.findings} == {"FAMILY-SPLIT"}
    assert abs(wide.deviations["EX-500-GB"]) > wide.tolerance
    again = compute(read(canonical(wide.declared.system)), factors(), RULES)
    assert "FAMILY-SPLIT" in {one.code for one in again.findings}


def test_the_declared_system_computes_to_the_same_bytes() -> None:
    made = beer()
    again = compute(read(canonical(made.declared.system)), factors(), RULES)
    assert again.to_json() == made.declared.to_json()
    told = again.to_json()["family"]
    assert told["label"]["en"] == "average of 3 models, weighted by output"
    assert [one["id"] for one in told["members"]] == list(made.results)


def test_what_the_family_used_is_shared_out_by_mass_without_rest() -> None:
    told, model = tires(), load("tire")
    family = next(x for x in told.families if x.family == TIRE)
    books, made = keep_books(told, model), outputs(told, model, family)
    assert made == {"LIGHT": F(3), "HEAVY": F(1)}
    own = {
        one.member: booked_for(books, told, model, family, one).amounts[TIRE]
        for one in members_of(told, TIRE)
    }
    scaled = 0
    for account, whole in books.amounts[TIRE].items():
        used = sum(made[name] * amounts[account].amount for name, amounts in own.items())
        assert used == sum(made.values()) * whole.amount
        scaled += own["LIGHT"][account].amount != own["HEAVY"][account].amount
    assert scaled
    light, heavy = (ratio(told, model, family, one) for one in members_of(told, TIRE))
    assert light / heavy == F(3, 4)


def test_outputs_that_do_not_sum_are_noticed() -> None:
    told = handed_in("beer")
    short = replace(told, members=told.members[:2])
    made = of_articles(short, load("beer"), RULES, factors(), MEAN, BEER)
    assert "FAMILY-OUTPUT" in {one.code for one in made.findings}


def test_a_family_without_articles_is_refused() -> None:
    bare = replace(handed_in("beer"), members=())
    with pytest.raises(FindingsError) as refusal:
        of_articles(bare, load("beer"), RULES, factors(), MEAN, BEER)
    assert refusal.value.findings[0].code == "FAMILY-NO-MEMBERS"


def test_sites_stand_singly_with_mean_and_spread() -> None:
    north, south = handed_in("beer"), with_more_power("beer", F(13, 10))
    made = of_sites({"N": north, "S": south}, load("beer"), RULES, factors(), BEER)
    low, high = (made.results[name].figures[GATE].value for name in ("N", "S"))
    middle = made.declared.figures[GATE].value
    assert low < middle < high
    assert float(middle) == pytest.approx(float((low + high) / 2), rel=1e-10)
    assert made.to_json()["label"]["en"] == "average of 2 sites, weighted by output"
    other = replace(south, cover={**south.cover, "boundary": Cell(GATE)})
    with pytest.raises(FindingsError) as refusal:
        of_sites({"N": north, "S": other}, load("beer"), RULES, factors(), BEER)
    assert refusal.value.findings[0].code == "FAMILY-UNLIKE"


def with_more_power(model: str, times: F) -> Submission:
    """The same works with more electricity, whatever its meters are."""
    told = subject(BEER)(handed_in(model))

    def more(cell: Cell) -> Cell:
        return cell if cell.number is None else replace(cell, value=cell.number * times)

    return replace(
        told,
        accounts=tuple(
            replace(one, months=tuple(map(more, one.months)), control_total=more(one.control_total))
            if one.account == "electricity"
            else one
            for one in told.accounts
        ),
    )


def test_documents_fit_their_schemas() -> None:
    made, schemas = beer(), ROOT / "docs/schemas"
    for name, document in (
        ("family-1", made.to_json()),
        ("footprint-1", made.declared.to_json()),
        ("system-1", json.loads(canonical(made.declared.system))),
    ):
        schema = json.loads((schemas / f"{name}.schema.json").read_text(encoding="utf-8"))
        jsonschema.validate(document, schema)

"""Spreads assumed of what states none: by rules, marked, and never before what a source states."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from factors.factor import SourceClass
from factors.pedigree import gsd
from lca.model_standing import QUALITY as KINDS
from lca.result import Figure
from lca.spread import spread
from lca.uncertainty.assumed import NOTHING, Assumed, assume
from lca.uncertainty.correlated import read_pairs
from lca.uncertainty.figure import first_order, study, uncertain
from tests.evidence import ROOT
from tests.lca.systems import document, footprint, gwp, line, own, process

RULES: dict[str, Any] = tomllib.loads(
    (files("lca.uncertainty") / "assumed.toml").read_text(encoding="utf-8")
)
PAGE = ROOT / "docs" / "explanation" / "uncertainty.md"


def figure(*lines: Any, **row: Any) -> Figure:
    given = lines or (line("a", "p", "own:a", "2", place="CN"),)
    doc = document([process("p")], list(given), factors=[own("a", **row)])
    return footprint(doc).declared


def scores(found: Figure, year: int | None = 2025) -> tuple[int, ...]:
    return assume([found], gwp(), year).factors["own:a"].scores


@pytest.mark.parametrize(
    ("place", "score"), [("CN", 1), ("CN-SD", 1), ("GLO", 2), ("XX", 5), ("DE", 4)]
)
def test_geography_is_scored_by_the_places(place: str, score: int) -> None:
    assert scores(figure(place=place))[3] == score


def test_a_line_without_a_place_scores_worst() -> None:
    assert scores(figure(line("a", "p", "own:a", "1"), place="CN"))[3] == 5


@pytest.mark.parametrize(
    ("row", "score"),
    [
        ({"valid_from": "2024-01-01", "valid_to": "2025-12-31"}, 1),
        ({"valid_from": "2018-01-01", "valid_to": "2019-12-31"}, 2),
        ({"valid_from": "2016-01-01"}, 3),
        ({"valid_from": "2011-01-01"}, 4),
        ({"valid_from": "1999-01-01"}, 5),
        ({}, 5),
    ],
)
def test_time_is_scored_by_the_years_between(row: dict[str, str], score: int) -> None:
    assert scores(figure(**row))[2] == score


def test_a_product_without_a_period_scores_worst() -> None:
    assert scores(figure(valid_from="2025-01-01"), None)[2] == 5


def test_a_factor_on_several_lines_has_the_worst_score_of_any() -> None:
    lines = (
        line("a", "p", "own:a", "1", place="CN"),
        line("b", "p", "own:a", "1", place="DE", factor_kind="proxy"),
    )
    assert scores(figure(*lines, place="CN"))[3:] == (4, 4)
    one, other = (figure(each, place="CN") for each in lines)
    assert assume([one, other], gwp(), 2025).factors["own:a"].scores[3:] == (4, 4)
    assert assume([one], gwp(), 2025).factors["own:a"].scores[3:] == (1, 2)


@pytest.mark.parametrize(
    ("gases", "basic"),
    [
        ("fossil.CO2", "co2-combustion"),
        ("unspecified.CO2e", "co2-combustion"),
        ("biogenic_non_co2.CH4-non-fossil", "ch4-combustion"),
        ("fossil.N2O", "n2o-combustion"),
    ],
)
def test_the_basic_uncertainty_is_that_of_the_main_gas(gases: str, basic: str) -> None:
    lump = gases.endswith("CO2e")
    more = {} if lump else {"gwp_set": "by-gas"}
    found = assume([figure(values={gases: "1"}, **more)], gwp(), 2025).factors["own:a"]
    five = scores(figure(values={gases: "1"}, **more))
    published = {"co2-combustion": "1.05", "ch4-combustion": "1.5", "n2o-combustion": "1.5"}
    assert str(found).endswith(f"basic={published[basic]}")
    assert found.gsd == pytest.approx(gsd(five, RULES["scheme"], found.basic))


def test_what_a_source_states_goes_first() -> None:
    found = figure(uncertainty="lognormal gsd=1.2")
    terms = uncertain(found, gwp(), assumed=assume([found], gwp(), 2025))
    assert terms.assumed == {"amount:a"}
    assert terms.covers == terms.stated == 1
    bare = figure()
    terms = uncertain(bare, gwp(), assumed=assume([bare], gwp(), 2025))
    assert terms.covers == 1 and terms.stated == 0
    assert terms.assumed == {"amount:a", "factor:own:a"}


def test_better_known_amounts_spread_less() -> None:
    def of(kind: str) -> float:
        found = figure(line("a", "p", "own:a", "1", activity_kind=kind))
        return assume([found], gwp(), 2025).amounts["a"].gsd

    found = [of(kind) for kind in ("metered", "invoiced", "calculated", "estimated", "literature")]
    assert found == sorted(found) and found[0] > 1
    assert of("") == found[-1]


def test_assumptions_widen_and_are_said() -> None:
    found = figure(uncertainty="lognormal gsd=1.2")
    plain = study(found, gwp(), 4000)
    more = study(found, gwp(), 4000, assumed=assume([found], gwp(), 2025))
    assert more.sample.sd > plain.sample.sd
    assert "assumed" in more.remarks and "assumed" not in plain.remarks
    assert uncertain(found, gwp()) == uncertain(found, gwp(), assumed=NOTHING)
    assert Assumed().factor("x") is None


def test_to_first_order_stated_spreads_are_those_of_the_footprint() -> None:
    lines = [line(name, "p", f"own:{name}", "2") for name in "abc"]
    told = {"a": "lognormal gsd=1.2", "b": "relative 30%", "c": "range 0.5..2"}
    rows = [own(name, uncertainty=one) for name, one in told.items()]
    found = footprint(document([process("p")], lines, factors=rows)).declared
    one, other = first_order(uncertain(found, gwp())), spread(found, gwp())
    assert one.standard == pytest.approx(other.standard)
    assert one.relative == pytest.approx(other.relative)
    assert [x.factor for x in one.factors] == [x.factor for x in other.factors]
    shares = [x.share for x in other.factors]
    assert [x.share for x in one.factors] == pytest.approx(shares)


# --- the table -----------------------------------------------------------------------------------


def test_every_class_of_source_and_kind_of_data_has_a_score() -> None:
    for table in ("reliability", "completeness"):
        assert set(RULES[table]) == {*SourceClass, "recalled"}
    assert set(RULES["technological"]) == {"supplier-verified", "supplier", "database", "proxy"}
    assert set(RULES["amount"]) - {"basic"} == set(KINDS)


def test_the_page_prints_the_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for table in ("reliability", "completeness"):
        for name, score in RULES[table].items():
            assert re.search(rf"^\| `{name}` \|.*\b{score}\b", page, re.MULTILINE), (table, name)
    for name, score in RULES["amount"].items():
        if name != "basic":
            assert f"{name} {score}" in page, name


def test_the_examples_of_the_page_print_what_they_say(capsys: pytest.CaptureFixture[str]) -> None:
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(block, str(PAGE), "exec"), {})
        printed = capsys.readouterr().out.splitlines()
        said = re.findall(r"# (.*)$", block, re.MULTILINE)
        assert printed == said


def test_the_page_names_tests_that_there_are() -> None:
    told = re.findall(r"`(?:(tests/\S+)/)?(test_\w+\.py)::(test_\w+)`", PAGE.read_text("utf-8"))
    assert len(told) > 10
    for folder, module, name in told:
        source = (ROOT / (folder or "tests/lca/uncertainty") / module).read_text(encoding="utf-8")
        assert f"\ndef {name}(" in source, f"{module}::{name}"


def test_the_table_of_correlated_pairs_on_the_page_is_one() -> None:
    (block,) = re.findall(r"```csv\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(read_pairs(block.encode())) == 2

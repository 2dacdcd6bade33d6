"""What comes back from a file with ordinary slips: one finding for each, at its cell."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import pytest

from factors.findings import Finding
from factors.texts import LANGS, Lang
from lca import study
from lca.model import load
from lca.workbook.answer import answer
from lca.workbook.write import workbook
from tests.seeded_errors.book import Book, Spot, Value, address
from tests.seeded_errors.places import Line, accounts
from tests.seeded_errors.places import answer as answer_of


@cache
def book(model: str, lang: Lang) -> Book:
    text = (files("lca") / "models" / "examples" / f"{model}.toml").read_text(encoding="utf-8")
    return Book.of(workbook(load(model), lang, tomllib.loads(text)), model)


def row(of: Book, account: str) -> Line:
    return next(line for line in accounts(of) if line.id == account)


def told(of: Book, edits: Mapping[Spot, Value]) -> tuple[Finding, ...]:
    return study.study(of.spoilt(edits), "f.xlsx").findings


def at(found: Finding) -> str:
    return f"{found.where.sheet}!{found.where.cell}"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("model", ["refrigerator", "tire", "steel-eaf"])
def test_three_mistakes_are_three_findings_at_their_cells(model: str, lang: Lang) -> None:
    of = book(model, lang)
    power, gas = row(of, "electricity"), row(of, "natural_gas")
    wrong = {power.spot("m3"): "14 ton", gas.spot("m7"): None, gas.spot("unit"): "MWh"}
    errors = [one for one in told(of, wrong) if one.blocks]
    assert {(one.code, at(one)) for one in errors} == {
        ("CELL-UNIT-IN-NUMBER", address(power.spot("m3"))),
        ("CELL-MONTH-MISSING", address(gas.spot("m7"))),
        ("CELL-UNIT-ROW", address(gas.spot("unit"))),
    }
    for found in errors:
        assert all(found.sentence(part, lang) for part in ("saw", "expected", "todo"))


def test_a_heat_without_its_basis_is_asked_about_where_both_are_understood() -> None:
    of = book("beer", "zh")
    spot = row(of, "natural_gas").spot("unit")
    (found,) = [one for one in told(of, {spot: "MWh"}) if one.blocks]
    assert (found.code, at(found)) == ("CELL-HEAT-BASIS", address(spot))
    assert "MWh(LHV)" in found.render("zh") and "MWh(HHV)" in found.render("en")


def test_a_heat_of_a_fuel_that_is_counted_net_only_is_told_so() -> None:
    of = book("beer", "en")
    line = row(of, "diesel")
    (found,) = [one for one in told(of, {line.spot("unit"): "GJ"}) if one.code.startswith("CELL-")]
    assert (found.code, at(found)) == ("CELL-HEAT-NET", address(line.spot("unit")))
    for lang in LANGS:
        assert "GJ(LHV)" in found.sentence("expected", lang)
        assert "GJ(LHV)" in found.sentence("todo", lang) and "HHV" not in found.render(lang)


@pytest.mark.parametrize("text", ["14 ton", "14ton", "1,400 ton", "14 吨煤"])
def test_a_unit_that_cannot_be_of_the_row_is_no_question_of_which_ton(text: str) -> None:
    of = book("refrigerator", "zh")
    codes = [one.code for one in told(of, {row(of, "electricity").spot("m3"): text}) if one.blocks]
    assert "UNIT-AMBIGUOUS" not in codes and len(codes) == 1


def test_an_ambiguous_unit_of_the_row_is_still_a_question() -> None:
    of = book("steel-eaf", "zh")
    codes = [one.code for one in told(of, {row(of, "scrap_heavy").spot("m3"): "14 ton"})]
    assert "UNIT-AMBIGUOUS" in codes


@pytest.mark.parametrize(
    ("saw", "code"), [("NO-SUCH", "CELL-FAMILY-UNKNOWN"), (None, "CELL-MISSING")]
)
def test_a_family_that_does_not_exist_is_said_once(saw: str | None, code: str) -> None:
    of = book("beer", "zh")
    spot = answer_of(of, "cover", "subject")
    assert spot is not None
    assert [one.code for one in told(of, {spot: saw}) if at(one) == address(spot)] == [code]


def test_the_status_line_never_says_complete_of_what_could_not_be_read() -> None:
    of = book("beer", "zh")
    name = answer_of(of, "cover", "model")
    assert name is not None
    for edits, word in (
        ({}, "必填项已填齐"),
        ({name: "no-such-model"}, "无法判断"),
        ({row(of, "electricity").spot("m3"): "many"}, "但有 1 处要改正"),
        ({row(of, "electricity").spot("m3"): None}, "还有 1 处必填项未填"),
    ):
        assert word in answer(told(of, edits), "zh", "f.xlsx").status

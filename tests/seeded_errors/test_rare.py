"""Findings that no single planted cell raises: each by the file, or the call, that does."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest

from factors.errors import FactorError
from factors.findings import Finding
from lca import study
from lca.booking import keep_books
from lca.inventory import Exchange
from lca.model import load
from lca.submission import SupplierEntry
from lca.supplied import own_factor
from lca.workbook.read import read
from lca.workbook.write import workbook
from tests.lca.test_abnormal import JULY
from tests.seeded_errors import corpus, ours
from tests.seeded_errors.corpus import Spoilt
from tests.seeded_errors.fault import Kind, at
from tests.seeded_errors.places import MONTHS, lines, subject

MODEL = load("beer")


def example(**more: Any) -> bytes:
    text = (files("lca") / "models" / "examples" / "beer.toml").read_text("utf-8")
    return workbook(MODEL, "zh", {**tomllib.loads(text), **more})


def codes(found: tuple[Finding, ...]) -> set[str]:
    return {one.code for one in found}


def test_a_year_of_abnormal_months_leaves_nothing_to_compute() -> None:
    rows = [{**JULY, "month": month} for month in MONTHS]
    found = codes(study.study(example(abnormal=rows), "f.xlsx").findings)
    assert {"ABNORMAL-ALONE", "ABNORMAL-MANY", "ABNORMAL-MONTH"} <= found


def test_a_low_season_is_not_abnormal() -> None:
    text = (files("lca") / "models" / "examples" / "beer.toml").read_text("utf-8")
    told = tomllib.loads(text)
    made = told["family"][0]["output"]
    for month in (0, 1, 11):
        made[month] = str(round(float(made[6]) / 4))
    told["abnormal"] = [{**JULY, "month": "m1"}]
    found = study.study(workbook(MODEL, "zh", told), "f.xlsx").findings
    (asked,) = [one for one in found if one.code == "THINK-ABNORMAL-SEASON"]
    assert dict(asked.params)["others"] == "2, 12"


def test_a_family_that_made_nothing_is_said_at_the_family() -> None:
    book = corpus.clean("beer")
    rows = [one for one in lines(book, "output") if one.id in MONTHS]
    spoilt = at("x", Kind.SUM, {one.spot(subject(book)): 0 for one in rows})
    seen = ours.check_quickly(Spoilt("beer", "x", (spoilt,)))
    assert "LEDGER-NO-OUTPUT" in {one.code for one in seen}


def test_an_output_of_another_kind_is_refused_by_the_ledger_as_well() -> None:
    told = read(example(), "f.xlsx")
    families = tuple(replace(one, output_unit="kg") for one in told.families)
    books = keep_books(replace(told, families=families), MODEL)
    assert "LEDGER-OUTPUT-UNIT" in codes(books.findings)
    assert books.unmeasured == {one.family for one in families}


def test_a_supplier_without_a_figure_gives_no_factor(line: Exchange) -> None:
    told = SupplierEntry("malt", "示例", read(example(), "f.xlsx").suppliers[0].share)
    with pytest.raises(FactorError) as refusal:
        own_factor(line, told, "kg")
    assert codes(refusal.value.findings) == {"BUILD-SUPPLIER-FIGURE"}


@pytest.fixture(scope="module")
def line() -> Exchange:
    system = study.convert(example(), "f.xlsx").system
    assert system is not None
    return system.exchanges[0]

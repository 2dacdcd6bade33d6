"""The Excel files for Brightway, read by the rules that bw2io documents, and solved by bw2calc.

What bw2io itself makes of them is `make deep-brightway`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import bw2calc
import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.errors import FindingsError
from factors.texts import Lang
from lca.exchange.brightway_data import database_name, datasets, safe
from lca.exchange.brightway_xlsx import brightway_workbook, method_workbook
from lca.exchange.datapackage import to_datapackage
from lca.exchange.from_footprint import network, size_of
from lca.exchange.losses import BRIGHTWAY, loss_report
from lca.exchange.network import Network
from lca.footprint import Footprint
from lca.result import EXCLUDING, HEADLINES
from tests.lca.systems import document, factors, footprint, line, own, process
from tests.lca.systems import random_document as random_one

Rows = list[list[Any]]


def made(seed: int) -> tuple[Footprint, Network]:
    found = footprint(random_one(seed))
    return found, network(found, factors())


def workbook(seed: int, lang: Lang = "en") -> bytes:
    found, whole = made(seed)
    return brightway_workbook(whole, loss_report(found, whole, BRIGHTWAY, lang), lang)


def sheets(data: bytes) -> dict[str, Rows]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    return {page.title: [list(row) for row in page.iter_rows(values_only=True)] for page in book}


def activities(rows: Rows) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Metadata and exchanges of each activity, as ``bw2io.ExcelImporter`` finds them."""
    at = 0
    while at < len(rows):
        if rows[at][0] != "Activity":
            at += 1
            continue
        head, exchanges = {"name": rows[at][1]}, []
        at += 1
        while at < len(rows) and rows[at][0] not in (None, "Exchanges"):
            head[rows[at][0]] = rows[at][1]
            at += 1
        if at < len(rows) and rows[at][0] == "Exchanges":
            columns, at = [one for one in rows[at + 1] if one], at + 2
            while at < len(rows) and any(one is not None for one in rows[at]):
                exchanges.append(dict(zip(columns, rows[at], strict=False)))
                at += 1
        yield head, exchanges


def solved(data: bytes, method: bytes) -> float:
    """The score of the file by a dense solve of what stands in it."""
    found = list(activities(sheets(data)["Database"]))
    codes = [head["code"] for head, _ in found if head["type"] == "process"]
    place = {code: at for at, code in enumerate(codes)}
    weights = {
        row[3].split("::")[1]: float(row[2]) for row in next(iter(sheets(method).values()))[1:]
    }
    matrix, burdens = np.zeros((len(codes), len(codes))), np.zeros(len(codes))
    for head, exchanges in found:
        for one in exchanges:
            code, taker = one["input"].split("::")[1], place[head["code"]]
            sign = 1 if one["type"] == "production" else -1
            if one["type"] == "biosphere":
                burdens[taker] += float(one["amount"]) * weights.get(code, 0.0)
            else:
                matrix[place[code], taker] += sign * float(one["amount"])
    demand = np.zeros(len(codes))
    demand[place["product"]] = 1
    return float(burdens @ np.linalg.solve(matrix, demand))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("total", HEADLINES)
def test_what_stands_in_the_files_is_the_figure(seed: int, total: str) -> None:
    found, whole = made(seed)
    score = solved(workbook(seed), method_workbook(whole, total, "en"))
    size = size_of(found)
    assert score == pytest.approx(float(found.declared.total(total)), abs=1e-9 * size)


def test_the_same_footprint_gives_the_same_bytes() -> None:
    assert workbook(2) == workbook(2) != workbook(2, "zh")


def test_sheets_for_people_are_skipped_and_hold_the_losses() -> None:
    found, whole = made(2)
    pages = sheets(workbook(2))
    assert [rows[0][0] for rows in pages.values()] == ["Database", "skip", "skip"]
    told = [row[0] for row in pages["Losses"]]
    report = loss_report(found, whole, BRIGHTWAY, "en")
    assert told[2:] == [loss.sentence("en") for loss in report.losses]


def test_hostile_names_neither_begin_a_section_nor_become_numbers_or_formulas() -> None:
    names = ["Activity", "Database", "=1+1", "007", "a::b", "nan", "True", "(Unknown)", "Exchanges"]
    lines = [
        line(f"l{n}", "p", f"own:x{n}", "1") | {"name": {"zh": name, "en": name}}
        for n, name in enumerate(names)
    ]
    more = [own(f"x{n}", activity_zh=name, activity_en=name) for n, name in enumerate(names)]
    doc = document([process("p", name={"zh": "1e5", "en": "1e5"})], lines, factors=more)
    found = footprint(doc)
    whole = network(found, factors())
    data = brightway_workbook(whole, loss_report(found, whole, BRIGHTWAY, "en"), "en")
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for row in book["Database"].iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert len(list(activities(sheets(data)["Database"]))) == len(whole.nodes)
    assert solved(data, method_workbook(whole, EXCLUDING, "en")) == pytest.approx(len(names))


@given(st.text())
def test_a_safe_text_is_read_back_as_a_text(words: str) -> None:
    """The importer makes a tuple of ``a::b``, a number of what float() reads, a boolean of true."""
    told = safe(words)
    assert told and "::" not in told and told.lower() not in ("true", "false", "(unknown)")
    with pytest.raises(ValueError, match="could not convert"):
        float(told)


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lca.exchange.brightway_xlsx.MOST_ROWS", 1)
    with pytest.raises(FindingsError) as caught:
        workbook(2)
    assert caught.value.findings[0].code == "EXPORT-SIZE"


def test_spreads_are_those_of_stats_arrays() -> None:
    rows = [
        own("a", uncertainty="lognormal gsd=1.2", values={"fossil.CO2": "2"}, gwp_set="by-gas"),
        own("b", uncertainty="relative 20%"),
        own("c"),
    ]
    lines = [line(name, "p", f"own:{name}", "1") for name in "abc"]
    found = footprint(document([process("p")], lines, factors=rows))
    whole = network(found, factors())
    told = {
        one["code"]: one["exchanges"][1]
        for one in datasets(whole, database_name(whole), "en")
        if one["code"].startswith("factor:")
    }
    a, b, c = (told[f"factor:own:{name}"] for name in "abc")
    assert (a["uncertainty type"], a["negative"]) == (2, False)
    assert (a["loc"], a["scale"]) == (pytest.approx(np.log(2)), pytest.approx(np.log(1.2)))
    assert (b["uncertainty type"], b["minimum"], b["maximum"]) == (4, 0.8, 1.2)
    assert "uncertainty type" not in c


# --- datapackage ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("total", HEADLINES)
def test_bw2calc_scores_the_datapackage(seed: int, total: str) -> None:
    found, whole = made(seed)
    package = to_datapackage(whole, total)
    lca = bw2calc.LCA({package.ids["product"]: 1}, data_objs=[package.package])
    lca.lci()
    lca.lcia()
    size = size_of(found)
    assert lca.score == pytest.approx(float(found.declared.total(total)), abs=1e-9 * size)


def test_bw2calc_draws_from_the_datapackage() -> None:
    row = own("a", uncertainty="lognormal gsd=1.3")
    found = footprint(document([process("p")], [line("a", "p", "own:a", "3")], factors=[row]))
    package = to_datapackage(network(found, factors()))
    lca = bw2calc.LCA(
        {package.ids["product"]: 1},
        data_objs=[package.package],
        use_distributions=True,
        seed_override=1,
    )
    lca.lci()
    lca.lcia()
    scores = [lca.score for _ in zip(range(400), lca, strict=False)]
    assert np.median(scores) == pytest.approx(3, rel=0.05)
    assert np.std(np.log(scores)) == pytest.approx(np.log(1.3), rel=0.12)

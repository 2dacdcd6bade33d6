"""What the example says comes back: from our file, from LibreOffice's, in both languages."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lca.submission import Cell, Submission
from lca.workbook.parse import parse
from lca.workbook.read import interpret, read
from lca.workbook.write import workbook
from tests.lca.workbook.desk import HERE, clean, clean_grid, example, model, place


def number(text: str) -> Fraction:
    return Fraction(text.split()[0])


def value_of(cell: Cell) -> tuple[object, str]:
    return cell.value, cell.unit


def check_against_example(got: Submission) -> None:
    """Compare field by field with the example as its author wrote it."""
    wanted = example()
    assert got.findings == ()
    assert {name: cell.text for name, cell in got.cover.items() if cell.text} == wanted["cover"]
    assert (got.period_from, got.period_to) == (date(2025, 1, 1), date(2025, 12, 31))
    assert got.months[0] == "2025-01"
    assert len(got.months) == 12
    assert [(s.site, s.name, s.address, s.country) for s in got.sites] == [
        (s["site"], s["name"], s["address"], s["country"]) for s in wanted["site"]
    ]
    assert got.answers["sewer"].value == "river"
    assert value_of(got.answers["boiler_efficiency"]) == (91, "%")
    check_families(got, wanted["family"])
    check_accounts(got, wanted["account"])
    (key,) = got.keys
    assert {t: c.value for t, c in key.values.items()} == {
        t: number(v) for t, v in wanted["key"][0]["values"].items()
    }
    assert [(c.centre, c.kind, c.name) for c in got.centres] == [
        (c["centre"], c["kind"], c["name"]) for c in wanted["centre"]
    ]
    for entry, said in zip(got.suppliers, wanted["supplier"], strict=True):
        words = (entry.account, entry.name, entry.country, entry.mode)
        assert words == tuple(said[name] for name in ("account", "name", "country", "mode"))
        assert value_of(entry.share) == (number(said["share"]), "1")
        assert value_of(entry.distance) == (number(said["distance"]), "km")
    assert value_of(got.suppliers[1].pcf) == (Fraction("0.45"), "kg CO2e/kg")
    (instrument,) = got.instruments
    assert (instrument.instrument, instrument.technology) == ("GEC-EXAMPLE-0001", "wind")
    assert value_of(instrument.amount) == (120, "MWh")
    assert instrument.vintage.value == date(2025, 1, 1)
    assert instrument.retired_for == "示例饮料有限公司"
    assert [(e.evidence, e.kind, e.title) for e in got.evidence] == [
        (e["evidence"], e["kind"], e["title"]) for e in wanted["evidence"]
    ]
    assert got.evidence[0].dated.value == date(2026, 1, 5)


def check_families(got: Submission, wanted: list[dict[str, Any]]) -> None:
    assert [(f.family, f.name, f.output_unit) for f in got.families] == [
        (f["family"], f["name"], f["output_unit"]) for f in wanted
    ]
    for family, said in zip(got.families, wanted, strict=True):
        assert [c.value for c in family.output] == [number(v) for v in said["output"]]
        assert [c.value for c in family.rejects] == [number(v) for v in said.get("rejects", ())]
        assert {n: c.text for n, c in family.enums.items()} == said["enums"]
        told = {n: c.value for n, c in family.parameters.items() if c.value is not None}
        assert told == {n: number(v) for n, v in said["parameters"].items()}


def check_accounts(got: Submission, wanted: list[dict[str, Any]]) -> None:
    def order(account: str, unit: str) -> tuple[str, str]:
        return account, unit

    said = sorted(wanted, key=lambda a: order(a["account"], a.get("unit", "")))
    booked = sorted(got.accounts, key=lambda a: order(a.account, a.unit))
    assert [a.account for a in booked] == [a["account"] for a in said]
    for entry, told in zip(booked, said, strict=True):
        assert entry.unit == told.get("unit", model().account(entry.account).unit.symbol)
        assert [c.value for c in entry.months] == [number(v) for v in told.get("months", ())]
        for name in ("multiplier", "opening", "closing", "returned", "control_total"):
            value = getattr(entry, name).value
            assert value == (number(told[name]) if name in told else None)
        assert {f: c.value for f, c in entry.per_unit.items()} == {
            f: number(v) for f, v in told.get("per_unit", {}).items()
        }
        assert entry.key == told.get("key", "")
        assert entry.evidence == tuple(told.get("evidence", ()))
        assert entry.form == ("unit" if "per_unit" in told else "period")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_example_comes_back(lang: str):
    check_against_example(interpret(parse(clean(lang)), "drink.xlsx", "0" * 64, model()))


def test_the_whole_way_through_the_child_process():
    got = read(clean(), "drink.xlsx", model())
    check_against_example(got)
    assert got.sha256 == hashlib.sha256(clean()).hexdigest()
    assert (got.file, got.model, got.model_version) == ("drink.xlsx", "test-drink", "1.2.0")


def libre_office(data: bytes, folder: Path) -> bytes:
    """Open and save a workbook with LibreOffice."""
    source, out = folder / "drink.xlsx", folder / "out"
    source.write_bytes(data)
    home = (folder / "home").as_uri()
    subprocess.run(
        ["soffice", f"-env:UserInstallation={home}", "--headless", "--convert-to", "xlsx",
         "--outdir", str(out), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return (out / "drink.xlsx").read_bytes()


@pytest.mark.needs("soffice")
def test_a_file_saved_by_libreoffice_says_the_same(tmp_path: Path):
    saved = libre_office(clean(), tmp_path)
    assert saved != clean()
    check_against_example(read(saved, "drink.xlsx", model()))
    shown = {s.name: s for s in parse(saved).sheets}["能源与公用工程"]
    results = {at: float(c.value) for at, c in shown.cells.items()
               if c.formula and c.kind == "number"}  # fmt: skip
    assert [value for at, value in results.items() if at[0] > 1] == [1116420.0, 12.0]
    assert [value for at, value in results.items() if at[0] == 1] == [1.0, 1.0]
    assert {s.name: s for s in parse(saved).sheets}["封面"].text(5, 2) == "✔ 100 %"


@pytest.mark.needs("soffice")
def test_a_half_filled_workbook_says_how_far_it_is(tmp_path: Path):
    some = {**example(), "period": {}, "cover": {**example()["cover"], "maker_id": ""}}
    saved = libre_office(workbook(model(), "en", some), tmp_path)
    shown = {sheet.name: sheet.text(5, 2) for sheet in parse(saved).sheets}
    assert shown["Cover"].startswith("◔ 9")
    assert shown["Cover"].endswith("Cover 1   Sites and period 2   ")
    assert shown["Sites and period"].endswith("still missing: 2")
    assert shown["Products"] == "✔ 100 %"


def test_a_blank_workbook_asks_for_everything_that_is_mandatory():
    blank = workbook(model(), "en")
    got = interpret(parse(blank), "blank.xlsx", "0" * 64, model())
    assert {f.code for f in got.findings} == {
        "CELL-MISSING", "CELL-MONTH-MISSING", "CELL-ACCOUNT-MISSING", "WORKBOOK-PROGRESS"
    }  # fmt: skip
    assert not (got.accounts or got.suppliers or got.families)


PROGRAM = """
import hashlib, sys, tomllib
from lca.model import load
from lca.workbook.write import workbook
model, example = load(sys.argv[1]), tomllib.load(open(sys.argv[2], "rb"))
print(hashlib.sha256(workbook(model, "zh", example) + workbook(model, "en")).hexdigest())
"""


def test_same_bytes_in_every_process():
    def run(seed: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, HERE / "drink.toml", HERE / "drink_example.toml"],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC-{seed}"},
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout

    assert run("1") == run("7")


def test_user_text_is_never_a_formula():
    book = openpyxl.load_workbook(io.BytesIO(clean()))
    ours = {"consumed", "sum"}
    cells = [c for ws in book.worksheets for row in ws.iter_rows() for c in row]
    formulas = [c for c in cells if c.data_type == "f"]
    theirs = re.compile(r"=(IF\(COUNT\(|IF\(\(\(|COUNTA\(|SUMPRODUCT\(|MIN\(1,COUNT\(|[0-9])")
    assert [c.value for c in formulas if not theirs.match(str(c.value))] == []
    risky = [c for c in cells if str(c.value).startswith("=示例")]
    assert [(c.data_type, c.quotePrefix) for c in risky] == [("s", True)]
    assert ours


def test_every_answer_has_a_place_that_the_reader_knows():
    """No two cells of the layout share an address, and each value of the example is in the grid."""
    texts = {c.value for s in clean_grid().sheets for c in s.cells.values()}
    for name in ("EX-500", "示例糖厂", "GEC-EXAMPLE-0001", "205-1 表", "2025年电费单 1-12 月"):
        assert name in texts


def test_an_example_with_an_unknown_field_is_its_authors_fault():
    with pytest.raises(ValueError, match="unknown"):
        workbook(model(), "zh", {**example(), "acounts": []})
    with pytest.raises(ValueError, match="unknown"):
        workbook(model(), "zh", {**example(), "cover": {"subjekt": "A"}})
    with pytest.raises(ValueError, match="choice"):
        workbook(model(), "zh", {**example(), "cover": {"boundary": "gate"}})


def test_a_model_with_few_accounts_has_few_sheets():
    few = replace(model(), accounts=model().accounts[:5])
    blank = workbook(few, "en", families=1, centres=1)
    titles = [ws.title for ws in openpyxl.load_workbook(io.BytesIO(blank)).worksheets]
    assert titles == [
        "Cover", "Sites and period", "Products", "Amounts", "Allocation keys", "Suppliers",
        "Green power", "Evidence", "_lists",
    ]  # fmt: skip
    got = interpret(parse(blank), "few.xlsx", "0" * 64, few)
    missing = [f for f in got.findings if f.code == "CELL-ACCOUNT-MISSING"]
    assert [dict(f.params)["account_en"] for f in missing] == ["Electricity", "Sugar"]


def test_required_and_optional_are_told_apart_without_colour():
    texts = [c.value for s in clean_grid("en").sheets for c in s.cells.values()]
    for word in ("● required", "○ optional", "◐ if it applies", "∑ calculated"):
        assert word in texts


def test_answers_are_open_and_what_the_reader_goes_by_is_locked():
    book = openpyxl.load_workbook(io.BytesIO(clean()))
    for name in ("energy.electricity.m1", "energy.electricity.unit", "energy.+1.name",
                 "cover.maker_id.value", "suppliers.+2.share", "family.loss.family:1"):  # fmt: skip
        sheet, row, column = place(name)
        assert not book[sheet].cell(row, column).protection.locked, name
    for name in ("energy.electricity.A", "energy.@.m1", "energy.#.m1", "energy.electricity.name",
                 "energy.electricity.consumed", "cover.model.value"):  # fmt: skip
        sheet, row, column = place(name)
        assert book[sheet].cell(row, column).protection.locked, name
    for sheet_ in book.worksheets[:-1]:
        assert sheet_.protection.sheet
        assert not sheet_.protection.password
        assert not sheet_.protection.insertRows
        assert not sheet_.column_dimensions["C"].protection.locked


def test_drop_downs_offer_units_of_the_row_only():
    book = openpyxl.load_workbook(io.BytesIO(clean()))
    lists = {
        column[0].value: [c.value for c in column[1:] if c.value is not None]
        for column in book["_lists"].iter_cols()
    }
    assert lists["unit:Nm3"] == ["Nm3"]
    assert set(lists["unit:kWh"]) == {"kWh", "MWh", "MJ", "GJ"}
    assert lists["supplied"] == ["煤", "白砂糖", "柠檬酸"]


def test_the_file_holds_no_clock_and_no_user():
    with zipfile.ZipFile(io.BytesIO(clean())) as archive:
        assert {m.date_time for m in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z" in archive.read("docProps/core.xml")

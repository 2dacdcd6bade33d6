"""Use and end of life by market: a column of the sheet is a scenario like any other."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from factors.store import load as library
from labels.cli.markets import column, show_markets
from lca import life
from lca.after_gate import questions_after_gate
from lca.changes import parse
from lca.model import load, models
from lca.scenario import scenario
from lca.workbook.read import read
from lca.workbook.write import workbook

EU = {
    "scenario": "EU",
    "name": {"zh": "欧盟", "en": "European Union"},
    "enums": {"market": "eu"},
    "parameters": {"annual_energy": "180.5", "distribution_distance": "120"},
}
JP = {"scenario": "JP", "name": {"zh": "日本", "en": "Japan"}, "enums": {"market": "jp"}}
FILE = """
format = "carbonlabel-changes/1"
name = { zh = "欧盟", en = "European Union" }
[[group]]
id = "eu"
name = { zh = "欧盟", en = "European Union" }
answers = { market = "eu", annual_energy = "180.5", distribution_distance = "120" }
"""


def filled(*columns: dict[str, Any], boundary: str = "cradle-to-grave") -> bytes:
    text = (files("lca") / "models" / "examples" / "refrigerator.toml").read_text("utf-8")
    told = tomllib.loads(text)
    told["cover"]["boundary"] = boundary
    return workbook(load("refrigerator"), "zh", {**told, "scenario": list(columns)})


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("life") / "fridge.xlsx"
    path.write_bytes(filled(EU, JP))
    return path


def test_a_column_gives_what_the_same_answers_in_a_file_give(book: Path) -> None:
    sheet = column(book, "EU")
    assert sheet is not None
    data = book.read_bytes()
    ours, theirs = (
        scenario(data, book.name, changes, library())
        for changes in (sheet, parse(FILE.encode(), "f"))
    )
    assert ours.after.figures == theirs.after.figures
    assert ours.after.figures["cradle-to-grave"] != ours.before.figures["cradle-to-grave"]
    gates = [float(end.figures["cradle-to-gate"].value) for end in (ours.before, ours.after)]
    assert gates[0] == pytest.approx(gates[1], rel=1e-9)


def test_a_declaration_to_the_gate_is_told_its_whole_life() -> None:
    gate, grave = (
        read(filled(JP, boundary=boundary), "f.xlsx")
        for boundary in ("cradle-to-gate", "cradle-to-grave")
    )
    changes = [life.changes_of(one, one.scenarios[0]).groups[0].changes for one in (gate, grave)]
    assert changes[0]["boundary", ""].to == "cradle-to-grave"
    assert ("boundary", "") not in changes[1]


def test_all_columns_stand_side_by_side(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_markets(book, "", "en", as_json=False) == 0
    shown = capsys.readouterr().out
    assert "EU" in shown and "JP" in shown and "not part of any label" in shown


def test_a_code_that_is_no_column_is_left_to_the_scenarios_of_the_model(book: Path) -> None:
    assert column(book, "r134a") is None


@pytest.mark.parametrize("model", models())
def test_the_sheet_asks_what_touches_nothing_before_the_gate(model: str) -> None:
    """Where the product goes is one of the questions wherever a model asks it."""
    asked = {one.id for one in questions_after_gate(load(model))}
    assert "market" in asked
    assert {"output", "compressor_data", "pack"}.isdisjoint(asked)

"""Every model that ships: its workbook can be written, its example comes back without a finding."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from lca.model import load, models
from lca.workbook.layout import EVERY_SHEET
from lca.workbook.parse import parse
from lca.workbook.read import interpret
from lca.workbook.stream import check
from lca.workbook.write import workbook

EXAMPLES = sorted(
    entry.name.removesuffix(".toml")
    for entry in (files("lca") / "models" / "examples").iterdir()
    if entry.name.endswith(".toml")
)

UNFILLED = {"CELL-MISSING", "CELL-MONTH-MISSING", "CELL-ACCOUNT-MISSING", "WORKBOOK-PROGRESS"}


@pytest.mark.parametrize("name", models())
def test_a_blank_workbook_with_every_sheet_is_safe_and_ours(name: str):
    data = workbook(load(name), "zh", sheets=EVERY_SHEET)
    check(data, f"{name}.xlsx")
    told = interpret(parse(data), f"{name}.xlsx", "0" * 64)
    assert (told.model, told.model_version) == (name, load(name).version)
    assert {found.code for found in told.findings} <= UNFILLED


@pytest.mark.parametrize("name", models())
def test_a_small_workbook_of_every_model_has_five_sheets(name: str):
    grid = parse(workbook(load(name), "en", families=1, small=True))
    assert len(grid.sheets) == 6  # with the list of choices
    told = interpret(grid, f"{name}.xlsx", "0" * 64)
    assert {found.code for found in told.findings} <= UNFILLED


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_shipped_example_has_no_finding(name: str, lang: str):
    source = files("lca") / "models" / "examples" / f"{name}.toml"
    example = tomllib.loads(source.read_text(encoding="utf-8"))
    data = workbook(load(name), "zh" if lang == "zh" else "en", example)
    told = interpret(parse(data), f"{name}.xlsx", "0" * 64)
    assert told.findings == ()
    assert len(told.families) == len(example["family"])
    assert len(told.accounts) == len(example["account"])
    assert len(told.suppliers) == len(example.get("supplier", ()))


def test_there_is_an_example():
    assert "beer" in EXAMPLES


@pytest.mark.parametrize(
    ("name", "account", "fits"),
    [
        ("refrigerator", "solar_electricity", True),  # keys: sub-meter, pieces
        ("beer", "electricity", True),  # volume among them
        ("steel-eaf", "electricity", True),  # mass
        ("tire", "electricity", False),  # sub-meter, machine-hours, mass: a tyre is a piece
    ],
)
def test_output_counts_in_what_the_product_is_declared_in(name: str, account: str, fits: bool):
    source = files("lca") / "models" / "examples" / f"{name}.toml"
    example = tomllib.loads(source.read_text(encoding="utf-8"))
    rows = [{**row, "key": "output"} if row["account"] == account else row
            for row in example["account"]]  # fmt: skip
    data = workbook(load(name), "en", {**example, "account": rows})
    told = interpret(parse(data), f"{name}.xlsx", "0" * 64)
    found = [one for one in told.findings if one.code == "CELL-KEY-KIND"]
    assert bool(found) is not fits

"""Every model that ships: its workbook can be written, its example comes back without a finding."""

from __future__ import annotations

from importlib.resources import files

import pytest

from lca.examples import examples, filled
from lca.model import load, models
from lca.workbook.layout import EVERY_SHEET
from lca.workbook.parse import parse
from lca.workbook.read import interpret
from lca.workbook.stream import check
from lca.workbook.write import workbook

EXAMPLES = [(name, False) for name in examples()] + [
    (name, True) for name in examples(certifiable=True)
]
"""Model and whether it is the example on top, with suppliers' verified reports."""

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
@pytest.mark.parametrize(("name", "certifiable"), EXAMPLES)
def test_a_shipped_example_has_no_finding(name: str, certifiable: bool, lang: str):
    example = filled(name, certifiable=certifiable)
    data = workbook(load(name), "zh" if lang == "zh" else "en", example)
    told = interpret(parse(data), f"{name}.xlsx", "0" * 64)
    assert told.findings == ()
    assert len(told.families) == len(example["family"])
    assert len(told.accounts) == len(example["account"])
    assert len(told.suppliers) == len(example.get("supplier", ()))


def test_every_model_has_an_example_and_no_file_is_forgotten():
    folder = files("lca") / "models" / "examples"
    lying = {entry.name for entry in folder.iterdir() if entry.name.endswith(".toml")}
    read = {f"{name}{'.certifiable' if over else ''}.toml" for name, over in EXAMPLES}
    assert lying == read
    assert examples() == models()


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
    example = filled(name)
    rows = [{**row, "key": "output"} if row["account"] == account else row
            for row in example["account"]]  # fmt: skip
    data = workbook(load(name), "en", {**example, "account": rows})
    told = interpret(parse(data), f"{name}.xlsx", "0" * 64)
    found = [one for one in told.findings if one.code == "CELL-KEY-KIND"]
    assert bool(found) is not fits

"""Another validator, and files for validators that run somewhere else: the whole way."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import openpyxl
import pytest

from tests.seeded_errors.__main__ import main

ONE = ["--models", "glass-bottle", "--only", "^unit-money.account$"]
VALIDATOR = """
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
seen = [
    {"sheet": sheet.title, "cell": cell.coordinate, "code": "MONEY"}
    for sheet in book for row in sheet.iter_rows() for cell in row if cell.value in ("元", "CNY")
]
print(json.dumps({"findings": seen if sys.argv[1:2] and KEEN else []}))
"""


@pytest.mark.parametrize(("keen", "recall"), [(True, "100.0%"), (False, "0.0%")])
def test_a_command_is_measured(
    keen: bool, recall: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    script = tmp_path / "validator.py"
    script.write_text(VALIDATOR.replace("KEEN", str(keen)), encoding="utf-8")
    assert main([*ONE, "--validator", f"{sys.executable} {script}"]) == 0
    assert f"| **all but nothing** | 1 | {int(keen)} | 0 | {int(not keen)} | {recall} |" in (
        capsys.readouterr().out
    )


def test_the_files_are_written_with_what_was_planted(tmp_path: Path):
    assert main([*ONE, "--corpus", str(tmp_path)]) == 0
    clean, spoilt = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert (clean["file"], clean["planted"]) == ("glass-bottle.xlsx", [])
    (planted,) = spoilt["planted"]
    assert (planted["fault"], planted["kind"]) == ("unit-money.account", "unit")
    sheet, _, cell = planted["cells"][0].rpartition("!")
    value = openpyxl.load_workbook(tmp_path / spoilt["file"])[sheet][cell].value
    assert value != openpyxl.load_workbook(tmp_path / clean["file"])[sheet][cell].value

"""The commands of a programme, as its office types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from factors.errors import FindingsError, ModelError
from labels.cli.main import app
from labels.programme.folder import WORK
from labels.registry.setup import init_demo
from labels.times import parse_utc
from tests.labels.programme.made import bare

NOW = parse_utc("2026-11-20T02:00:00Z")


def call(*words: str | Path) -> str:
    done = CliRunner().invoke(app, ["programme", *map(str, words)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return str(done.stdout)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return bare(tmp_path / "programme", {"example-01/good.json": b"{}"})


def test_a_programme_is_run_looked_at_and_reported(root: Path, tmp_path: Path):
    assert "1" in call("run", root, "--workers", "1", "--lang", "en")
    assert (root / WORK / "summary.xlsx").read_bytes().startswith(b"PK")
    assert "example-01" in call("status", root, "--lang", "zh")
    told = json.loads(call("status", root, "--json"))
    assert told["enterprises"][0]["step"] == "checked"
    call("report", root, "-o", tmp_path / "report.json")
    made = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert made["reached"]["checked"] == 1 and "example-01" not in json.dumps(made)


def test_a_published_report_is_kept_and_the_groups_are_the_citys(root: Path, tmp_path: Path):
    call("report", root, "-o", tmp_path / "draft.json")
    assert not (root / "published").exists()
    for _ in range(2):
        call("report", root, "-o", tmp_path / "report.json", "--publish")
    assert len(list((root / "published").iterdir())) == 1
    call("groups", root)
    assert "钢铁" in call("groups", root, "--lang", "zh")
    (root / "export-groups.toml").write_text("[[group", encoding="utf-8")
    with pytest.raises(ModelError, match="TOML-UNREADABLE"):
        call("groups", root)


def test_the_summary_has_no_formula_of_a_files_name(tmp_path: Path):
    root = bare(tmp_path / "formulas", {"example-01/=HYPERLINK(1).json": b"{}"})
    call("run", root, "--workers", "1")
    book = load_workbook(root / WORK / "summary.xlsx")
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert "=HYPERLINK(1).json" in [cell.value for cell in cells]
    assert not [cell.value for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("example", "{root}"), "PROGRAMME-EXISTS"),
        (("report", "{root}", "-o", "{root}/report.docx"), "PROGRAMME-FORMAT"),
        (("reprice", "{root}", "--factor", "a=b"), "PROGRAMME-REGISTRY"),
        (("status", "{root}/enterprises"), "PROGRAMME-FOLDER"),
    ],
)
def test_refusals(root: Path, words: tuple[str, ...], code: str):
    with pytest.raises(FindingsError, match=code):
        call(*(word.replace("{root}", str(root)) for word in words))


def test_a_swap_has_two_sides(root: Path):
    init_demo(root / "registry", NOW).close()
    with pytest.raises(FindingsError, match="PROGRAMME-SWAP"):
        call("reprice", root, "--factor", "only-one")
    assert call("reprice", root, "--gwp", "AR5-100")


def test_a_year_is_rehearsed_once_and_in_samples_only(root: Path):
    (root / "registry").mkdir()
    with pytest.raises(FindingsError, match="PROGRAMME-EXISTS"):
        call("rehearse", root)

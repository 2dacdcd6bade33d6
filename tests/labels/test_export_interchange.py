"""``export`` for other LCA software: the file, the report of losses beside it, and refusals."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from factors.texts import LANGS
from labels.cli.main import app
from tests.evidence import ROOT
from tests.lca.systems import random_document

TESTS = ROOT / "tests"
FINDINGS = ROOT / "templates" / "texts" / "findings"
SCHEMA = json.loads((ROOT / "docs/schemas/losses-1.schema.json").read_text("utf-8"))
FORMS = [("brightway", ".xlsx"), ("brightway-method", ".xlsx"), ("openlca", ".zip")]


@pytest.fixture
def system(tmp_path: Path) -> Path:
    path = tmp_path / "system.json"
    doc = random_document(3, shared=False) | {"boundary": "cradle-to-gate"}
    path.write_text(json.dumps(doc), encoding="utf-8")
    return path


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, ["export", *map(str, arguments)])


def code_of(result: Any) -> str:
    return str(result.exception.findings[0].code)


@pytest.mark.parametrize(("form", "ending"), FORMS)
@pytest.mark.parametrize("lang", LANGS)
def test_every_format_is_written_with_its_losses(
    system: Path, tmp_path: Path, form: str, ending: str, lang: str
) -> None:
    outs = [tmp_path / f"{name}{ending}" for name in ("one", "two")]
    for out in outs:
        result = run(system, "--format", form, "-o", out, "--lang", lang)
        assert result.exit_code == 0, result.output
    assert outs[0].read_bytes() == outs[1].read_bytes()
    report = json.loads((tmp_path / f"one{ending}.losses.json").read_text("utf-8"))
    jsonschema.validate(report, SCHEMA)
    shown = re.sub(r"\s+", "", result.stderr)
    for loss in report["losses"]:
        assert re.sub(r"\s+", "", loss[lang]) in shown


def test_a_linked_factor_is_left_to_the_other_database(system: Path, tmp_path: Path) -> None:
    doc = json.loads(system.read_text("utf-8"))
    used = {one["from"].get("factor") for one in doc["exchanges"]}
    name, unit = next((one["id"], one["unit"]) for one in doc["factors"] if one["id"] in used)
    links = tmp_path / "links.csv"
    links.write_text(f"factor,database,code,unit\n{name},theirs,c,{unit}\n", encoding="utf-8")
    plain, linked = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    assert run(system, "--format", "brightway", "-o", plain).exit_code == 0
    assert run(system, "--format", "brightway", "-o", linked, "--link", links).exit_code == 0
    assert plain.read_bytes() != linked.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--format", "openlca", "-o", "x.xlsx"], "EXPORT-ENDING"),
        (["--format", "brightway", "-o", "x.zip"], "EXPORT-ENDING"),
        (["--format", "openlca", "-o", "x.zip", "--link", "links.csv"], "EXPORT-LINKS"),
        (["--format", "summary", "-o", "x.pdf", "--project", "mine"], "EXPORT-LINKS"),
        (["--format", "word", "-o", "x.docx"], "EXPORT-FORMAT"),
    ],
)
def test_what_does_not_fit_is_refused(
    system: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: str
) -> None:
    monkeypatch.chdir(system.parent)
    result = run(system, *arguments)
    assert code_of(result) == code
    assert not Path(arguments[3]).exists()


def test_a_blocked_footprint_is_not_exported(tmp_path: Path) -> None:
    path = tmp_path / "system.json"
    path.write_text('{"schema": "carbonlabel-system/1"}', encoding="utf-8")
    out = tmp_path / "x.xlsx"
    assert run(path, "--format", "brightway", "-o", out).exit_code == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("form", "package"), [("brightway-project", "bw2data"), ("openlca", "olca_schema")]
)
def test_without_its_extra_a_format_says_what_to_install(
    system: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, package: str
) -> None:
    monkeypatch.setattr("labels.cli.extras.find_spec", lambda name: None)
    out = tmp_path / ("x.json" if form == "brightway-project" else "x.zip")
    more = ["--project", "mine"] if form == "brightway-project" else []
    result = run(system, "--format", form, "-o", out, *more)
    assert code_of(result) == "EXTRA-MISSING"
    assert dict(result.exception.findings[0].params)["package"] == package


@pytest.mark.parametrize("room", ["interchange", "batch"])
def test_every_code_of_these_rooms_is_triggered_by_a_test(room: str) -> None:
    told = tomllib.loads((FINDINGS / f"{room}.toml").read_text(encoding="utf-8"))
    files = [*(TESTS / "lca" / "exchange").glob("*.py"), *(TESTS / "lca" / "batch").glob("*.py")]
    source = "".join(path.read_text("utf-8") for path in [*files, Path(__file__)])
    assert [code for code in told if f'"{code}"' not in source] == []

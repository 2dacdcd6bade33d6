"""The auditor's tutorial: every command in it is run, in its order, as it stands."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from labels.cli.main import app
from labels.verification.case import open_case

PAGE = Path(__file__).parents[3] / "docs" / "tutorials" / "auditor.md"
PROMPT = "$ carbonlabel "


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def commands() -> list[str]:
    lines = "".join(blocks("console")).splitlines()
    return [line.removeprefix(PROMPT) for line in lines if line.startswith(PROMPT)]


def run(command: str) -> str:
    result = CliRunner().invoke(app, [*shlex.split(command), "--lang", "en"])
    told = getattr(result.exception, "findings", ())
    assert result.exit_code == 0, (command, result.output, [one.render("en") for one in told])
    return result.stdout


def plain(command: str) -> str:
    """A command as it stands; the tutorial's own language option is not given twice."""
    return command.replace(" --lang en", "")


def lines_of_plan() -> list[str]:
    told = json.loads(run("verification plan case --json"))
    return [one["id"] for one in told["lines"]]


def figures() -> dict[str, str]:
    told = json.loads(run("footprint client.xlsx --json"))
    return {name: one["excluding_biogenic_co2"] for name, one in told["figures"].items()} | {
        told["boundary"]: told["totals"][told["headline"]]["value"]
    }


def test_an_auditor_gets_from_a_workbook_to_a_signed_statement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("agreed.toml").write_text(blocks("toml")[0], encoding="utf-8")
    Path("document.txt").write_text("示例 Example: a bill\n", encoding="utf-8")
    draft = ""
    for command in map(plain, commands()):
        if " LINE " in command:
            for line in lines_of_plan():
                run(command.replace(" LINE ", f" {line} "))
        elif "GATE" in command:
            told = figures()
            known = command.replace("=GATE", f"={told['cradle-to-gate']}")
            run(known.replace("=GRAVE", f"={told['cradle-to-grave']}"))
        else:
            out = run(command.replace("DRAFT", draft))
            draft = out.strip() if command.startswith("submit") else draft
    body = json.loads(Path("out/public/certificate.json").read_text(encoding="utf-8"))
    assert body["kind"] == "verification_statement"
    digest = open_case(Path("case")).contents.sha256
    assert body["verification"]["sha256"] == digest
    run(f"verification status case --against {digest}")


def test_commands_shown_without_being_run_exist() -> None:
    shown = re.findall(r"carbonlabel verification ([a-z]+)", PAGE.read_text(encoding="utf-8"))
    help_text = CliRunner().invoke(app, ["verification", "--help"]).output
    assert [name for name in shown if f" {name} " not in help_text] == []

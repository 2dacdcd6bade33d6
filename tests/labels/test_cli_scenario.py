"""``carbonlabel scenario``: the document's example is what the command prints."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from labels.cli.scenario import show_scenario, signed

ROOT = Path(__file__).parents[2]
SYSTEM = ROOT / "docs/explanation/bridge.system.json"
PAGE = (ROOT / "docs/explanation/bridge.md").read_text("utf-8")
SCHEMA = json.loads((ROOT / "docs/schemas/bridge-1.schema.json").read_text("utf-8"))


def block(kind: str) -> str:
    """The first block of the page in a language."""
    found = re.search(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def changes(tmp_path: Path) -> Path:
    path = tmp_path / "lighter.toml"
    path.write_text(block("toml"), encoding="utf-8")
    return path


def test_the_example_of_the_page_is_what_the_command_prints(
    changes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show_scenario(SYSTEM, changes, "", "en", as_json=False) == 0
    shown = [text.rstrip() for text in capsys.readouterr().out.splitlines()]
    command, *expected = block("console").splitlines()
    assert command.startswith("$ carbonlabel scenario docs/explanation/bridge.system.json")
    assert shown == expected


def test_both_languages_say_that_it_is_not_part_of_a_label(
    changes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for lang, words in (("zh", "假设情形，不属于任何标签"), ("en", "not part of any label")):
        assert show_scenario(SYSTEM, changes, "", lang, as_json=False) == 0  # type: ignore[arg-type]
        assert words in capsys.readouterr().out


def test_the_json_obeys_its_schema_and_sums(
    changes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show_scenario(SYSTEM, changes, "", "en", as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, SCHEMA)
    (figure,) = document["figures"]
    values = {step["id"]: step["value"] for step in figure["steps"]}
    # glass 0.86 kg CO2e/kg; -0.05 kg alone is -0.043, gas alone -0.02625, both share +0.00525
    assert values == {"weight": "-0.040375", "furnace": "-0.023625", "power": "-0.0048"}
    assert (figure["before"], figure["after"]) == ("0.263", "0.1942")


def test_a_second_file_is_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = json.loads(SYSTEM.read_text("utf-8"))
    other["exchanges"][0]["amount"] = "0.2"
    path = tmp_path / "other.json"
    path.write_text(json.dumps(other), encoding="utf-8")
    assert show_scenario(SYSTEM, path, "", "en", as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, SCHEMA)
    assert document["what_if"] is False
    assert [step["id"] for step in document["figures"][0]["steps"]] == ["activity"]


def test_markup_in_names_is_shown_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.toml"
    path.write_text(block("toml").replace("200 g instead", "[bold]200 g[/] instead"), "utf-8")
    assert show_scenario(SYSTEM, path, "", "en", as_json=False) == 0
    assert "[bold]200 g[/] instead" in capsys.readouterr().out


def test_signs_are_those_of_print() -> None:
    assert [signed(text) for text in ("-0.5", "0.25", "0")] == ["−0.5", "+0.25", "0"]

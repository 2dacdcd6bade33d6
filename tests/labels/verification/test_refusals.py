"""What is refused before a case is looked at: paths, inputs, first pages, other results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from factors.errors import FindingsError, IssueError
from labels.cli.casedesk import cell, known_finding, pairs, ranges
from labels.cli.main import app
from labels.verification import acts, demo, folder
from labels.verification.case import open_case
from labels.verification.looked import look
from labels.verification.undone import undone
from tests.labels.verification.casework import T0, Casework, casework, filled, handed, library


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Casework:
    return casework(tmp_path_factory.mktemp("begun")).begin(filled())


def codes(act: Callable[[], object]) -> set[str]:
    with pytest.raises((FindingsError, IssueError)) as refused:
        act()
    for one in refused.value.findings:
        assert one.render("zh") != one.render("en")
    return {one.code for one in refused.value.findings}


def test_no_case_and_something_else_in_its_place(tmp_path: Path) -> None:
    assert codes(lambda: open_case(tmp_path)) == {"CASE-MISSING"}
    assert codes(lambda: folder.create(tmp_path, {})) == {"CASE-EXISTS"}
    (tmp_path / "case.json").write_text("{}")
    assert codes(lambda: open_case(tmp_path)) == {"CASE-UNREADABLE"}


def test_a_result_of_other_software_is_named(tmp_path: Path) -> None:
    other = replace(handed(filled()), footprint=b"{}")
    roster = demo.people(T0, demo.demo_keys(T0)).to_bytes()
    acts.begin(tmp_path / "case", "other", roster, other, T0)
    assert codes(lambda: look(tmp_path / "case", library())) == {"CASE-FOOTPRINT"}


def test_lines_that_nobody_looked_at_are_named(begun: Casework) -> None:
    found = {one.code for one in undone(look(begun.root, library()))}
    assert {"CASE-SAMPLE", "CASE-VISIT", "CASE-NO"} <= found
    assert "CASE-SITES" not in found


def test_a_finding_that_there_is_not(begun: Casework) -> None:
    assert codes(lambda: known_finding(begun.root, "F09")) == {"CASE-FINDING-UNKNOWN"}


INPUTS: dict[str, Callable[[], object]] = {
    "a figure without a number": lambda: pairs(["gate"], "effect"),
    "a number that is none": lambda: pairs(["gate=much"], "effect"),
    "a cell without a sheet": lambda: cell("A1"),
    "a month that is none": lambda: ranges(["May"]),
    "months the wrong way round": lambda: ranges(["12-1"]),
    "no month": lambda: ranges(["0"]),
    "digits of another script": lambda: ranges(["²"]),
    "a whole library of months": lambda: ranges(["1-99999999"]),
}


@pytest.mark.parametrize("what", INPUTS)
def test_inputs_of_another_form(what: str) -> None:
    assert codes(INPUTS[what]) == {"CASE-INPUT"}


def test_documents_as_they_are_typed() -> None:
    assert ranges(["1-3", "7", "2"]) == ["1", "2", "3", "7"]
    assert cell("a!b!C3") == ("a!b", "C3")


def test_a_model_without_a_certifiable_example(tmp_path: Path) -> None:
    told = ["template", "beer", "--certifiable", "-o", str(tmp_path / "x.xlsx")]
    ended = CliRunner().invoke(app, told)
    assert {one.code for one in getattr(ended.exception, "findings", ())} == {"CASE-NO-EXAMPLE"}
    assert not (tmp_path / "x.xlsx").exists()

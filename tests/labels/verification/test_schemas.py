"""Schemas of everything a case writes or prints, held against what it really writes and prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from labels.cli.comparing import to_json
from labels.verification.acts import Told
from labels.verification.case import open_case
from labels.verification.event import KINDS
from labels.verification.gate import refusals
from labels.verification.listing import findings_json, misstatements_json, status_json
from labels.verification.looked import look
from labels.verification.planning import plan_json
from labels.verification.yearly import compare_years
from lca import ruleset, system_file
from lca.outcome import State
from tests.labels.verification.casework import (
    ENERGY,
    Casework,
    casework,
    edited,
    filled,
    handed,
    library,
    value_of,
)

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
METER = (ENERGY, "J9")


def schema(name: str) -> Draft202012Validator:
    found = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Casework:
    """A closed case in which every kind of act stands."""
    wrong = edited(filled(), {METER: float(str(value_of(filled(), METER))) * 1.1})
    work = casework(tmp_path_factory.mktemp("worked")).begin(wrong)
    work.plan()
    effects = {"cradle-to-gate": "0.001", "cradle-to-grave": "0.001"}
    told = Told("misstatement", "x", "y", "electricity", (METER,), effects=effects)
    name = work.find(told)
    work.misstate(name, effects)
    work.answer(name)
    work.hand_in(filled())
    work.settle(name)
    for _ in range(4):
        work.plan()
        work.look_at(handed(filled()))
    work.visit()
    work.recalculate()
    work.finish()
    return work


def documents(work: Casework) -> Iterator[tuple[str, Any]]:
    """Every document with the name of its schema."""
    yield "case-1", json.loads((work.root / "case.json").read_bytes())
    yield "roster-1", json.loads((work.root / "people" / "0001.json").read_bytes())
    for path in sorted((work.root / "log").rglob("*.json")):
        yield "case-event-1", json.loads(path.read_bytes())
    looked = look(work.root, library())
    case = open_case(work.root)
    left = refusals(work.root, library())
    yield "verification-status-1", status_json(case, looked.state, looked.desk, left)
    yield "verification-findings-1", findings_json(looked)
    yield "verification-misstatements-1", misstatements_json(looked)
    yield "verification-plan-1", plan_json(looked.desk, looked.desk.footprint.system, ("S1",))


def test_what_a_case_writes_and_prints_is_of_its_schema(worked: Casework) -> None:
    kinds = set()
    for name, told in documents(worked):
        schema(name).validate(json.loads(json.dumps(told)))
        if name == "case-event-1":
            kinds.add(told["payload"]["kind"])
    assert kinds == set(KINDS)


def test_a_case_in_the_middle_is_of_its_schema(tmp_path: Path) -> None:
    """With faults in the folder and much that is missing."""
    work = casework(tmp_path).begin(filled())
    left = refusals(work.root, library())
    looked = look(work.root, library())
    schema("verification-status-1").validate(
        status_json(looked.case, looked.state, looked.desk, left)
    )
    schema("verification-status-1").validate(status_json(looked.case, looked.state, None, left))
    assert left


def test_a_comparison_is_of_its_schema() -> None:
    states = []
    for data in (filled(), edited(filled(), {METER: float(str(value_of(filled(), METER))) * 1.1})):
        system = system_file.read(handed(data).system)
        states.append(State(system, ruleset.load(system.ruleset)))
    schema("comparison-1").validate(to_json(compare_years(states[0], states[1], library())))


def test_what_is_of_another_shape_is_refused(worked: Casework) -> None:
    """The control: a document with a key too many, or one too few, does not pass."""
    for name, told in documents(worked):
        plain = json.loads(json.dumps(told))
        outer = plain["payload"]["data"] if name == "case-event-1" else plain
        outer["more"] = 1
        assert not schema(name).is_valid(plain), name
        del outer["more"]
        assert schema(name).is_valid(plain), name
        outer.pop(next(iter(outer)))
        assert not schema(name).is_valid(plain), name

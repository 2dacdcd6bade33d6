"""A whole case for tests: four fictitious people, a certifiable example, a clock."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

from factors.numbers import decimal_text
from factors.store import FactorSet, load
from labels.keys import SigningKey
from labels.verification import acts, demo
from labels.verification.acts import Actor, Told
from labels.verification.looked import Looked, look
from labels.verification.planning import plan_json
from labels.verification.submissions import Submitted, submitted
from lca.model import load as load_model
from lca.workbook.write import workbook

T0 = dt.datetime(2026, 11, 20, 2, 0, tzinfo=dt.UTC)
MODEL = "glass-bottle"
ENERGY, OUTPUT = "能源与公用工程", "产品与产量"


@cache
def library() -> FactorSet:
    return load()


@cache
def filled() -> bytes:
    """The example workbook of a model whose result is certifiable."""
    text = (files("lca") / "models" / "examples" / f"{MODEL}.toml").read_text(encoding="utf-8")
    return workbook(load_model(MODEL), "zh", tomllib.loads(text))


def edited(data: bytes, cells: Mapping[tuple[str, str], float]) -> bytes:
    """A workbook with other values in some cells."""
    book = load_workbook(BytesIO(data))
    for (sheet, place), value in cells.items():
        book[sheet][place] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def value_of(data: bytes, cell: tuple[str, str]) -> object:
    return load_workbook(BytesIO(data))[cell[0]][cell[1]].value


@cache
def handed(data: bytes) -> Submitted:
    return submitted(data, "filled.xlsx", "", library())


AGREED = {
    "client": demo.CLIENT,
    "criteria": ["ISO 14067:2018", "rule set iso14067-generic 2018-1"],
    "objective": "Whether the stated figures are fairly stated in all material respects",
    "scope": "Glass bottle, cradle to gate and to grave, calendar year 2025",
    "level": "reasonable",
    "type": "verification",
    "kind": "verification_statement",
    "materiality": "0.05",
    "performance": "0.75",
    "sites": ["S1"],
}


@dataclass
class Casework:
    """A case folder, its people, and a clock that goes a minute on with every act."""

    root: Path
    keys: Mapping[str, SigningKey]
    moment: dt.datetime = T0
    agreed: dict[str, object] = field(default_factory=lambda: dict(AGREED))

    def actor(self, who: str) -> Actor:
        self.moment += dt.timedelta(minutes=1)
        return Actor(self.root, self.keys[who], self.moment)

    def begin(self, data: bytes) -> Casework:
        roster = demo.people(T0, self.keys).to_bytes()
        acts.begin(self.root, "example-case", roster, handed(data), self.moment)
        acts.act(self.actor("verifier"), "engagement", "", self.agreed)
        risk = {"what": "key of two families", "level": "high", "response": "trace the key"}
        acts.act(self.actor("verifier"), "risk", "allocation", risk)
        for who in self.keys:
            self.declare(who)
        return self

    def declare(self, who: str, consultancy: str = "none", interests: str = "none") -> None:
        data = {
            "consultancy": consultancy,
            "interests": interests,
            "sector": "glass",
            "competence": "example: five years of product footprints",
        }
        acts.act(self.actor(who), "declaration", who, data)

    def plan(self) -> None:
        acts.record_plan(self.actor("verifier"), library())

    def look_at(self, truth: Submitted) -> list[str]:
        """Look at every planned line and hold it against the truth; return lines that differ."""
        looked = look(self.root, library())
        right = {line.id: Fraction(line.amount) for line in truth.computed.lines}
        stated = {line.id: Fraction(line.amount) for line in looked.desk.footprint.lines}
        documents = planned_documents(looked)
        wrong = []
        for line in looked.desk.left:
            gap = abs(stated[line] - right[line])
            differs = gap > abs(right[line]) / 10**6
            found = decimal_text(right[line]) if differs else None
            result = "differs" if differs else "agrees"
            proof = f"document of {line}".encode()
            seen = documents.get(line, ["1"])
            acts.record_sample(self.actor("verifier"), line, result, found, "", seen, [proof])
            if differs:
                wrong.append(line)
        return wrong

    def find(self, told: Told) -> str:
        return acts.raise_finding(self.actor("verifier"), told, library(), [b"note"])[0]

    def misstate(self, name: str, effects: Mapping[str, str]) -> None:
        acts.act(self.actor("verifier"), "misstatement", name, {"effects": dict(effects)})

    def answer(self, name: str) -> None:
        data = {"cause": "typed wrongly", "correction": "corrected", "action": "second reader",
                "version": 1}  # fmt: skip
        acts.act(self.actor("preparer"), "answer", name, data)

    def settle(self, name: str, how: str = "corrected") -> None:
        data = {"how": how, "basis": "document seen"}
        acts.act(self.actor("verifier"), "settled", name, data, [b"closing evidence"])

    def hand_in(self, data: bytes) -> Mapping[str, object]:
        return acts.hand_in(self.actor("preparer"), handed(data), library()).data

    def visit(self) -> None:
        data = {"start": "2026-11-18", "end": "2026-11-18", "people": ["示例 works manager"],
                "processes": ["melting", "packing"], "exceptions": ""}  # fmt: skip
        acts.act(self.actor("verifier"), "visit", "S1", data, [b"photograph of a meter"])

    def recalculate(self) -> None:
        looked = look(self.root, library())
        figures = {name: decimal_text(one.value) for name, one in looked.desk.limits.items()}
        data = {"version": looked.state.version, "figures": figures, "means": "verifier-xlsx"}
        acts.act(self.actor("verifier"), "recalculation", "", data, [b"recalculation.xlsx"])

    def judge(self, opinion: str = "unmodified", qualification: str = "") -> None:
        acts.give_opinion(self.actor("verifier"), opinion, qualification, library())

    def review(self, *, agrees: bool = True) -> None:
        acts.act(self.actor("reviewer"), "review", "", {"agrees": agrees, "notes": ""})

    def decide(self, *, grant: bool = True) -> None:
        acts.act(self.actor("decision"), "decision", "", {"issue": grant, "notes": ""})

    def close(self) -> None:
        acts.close(self.actor("decision"), library())

    def work(self, truth: Submitted) -> None:
        """Everything an honest case without errors needs, up to the opinion."""
        self.plan()
        assert self.look_at(truth) == []
        self.visit()
        self.recalculate()

    def finish(self) -> None:
        self.judge()
        self.review()
        self.decide()
        self.close()


def planned_documents(looked: Looked) -> dict[str, list[str]]:
    """The documents that the plan draws inside each line."""
    made = plan_json(looked.desk, looked.desk.footprint.system, ())
    return {one["id"]: [str(number) for number in one["documents"]] for one in made["lines"]}


def casework(folder: Path) -> Casework:
    return Casework(folder / "case", demo.demo_keys(T0))

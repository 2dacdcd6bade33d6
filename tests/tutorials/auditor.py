"""The auditor's tutorial as it happens: an honest client with eight errors, and one who is not.

``python -m tests.tutorials.auditor [--pictures]`` makes the regions of both pages anew. The case is
carried through once; what only shows something is run in both languages, and an act that prints
something is tried on a copy for the other one.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

import openpyxl
from typer.main import get_command
from typer.testing import CliRunner

from factors.numbers import decimal_text
from factors.store import FactorSet, load
from labels.canonical import canonical
from labels.cli.main import app
from labels.verification.looked import look as looked_at
from labels.verification.planning import plan_json
from labels.verification.submissions import Submitted, submitted
from tests.tutorials.auditor_pictures import pictures
from tests.tutorials.facts import HERE, Place
from tests.tutorials.page import renewed
from tests.tutorials.typing_in import addresses, tables

ROOT = HERE.parents[1]
PAGES = {
    "en": ROOT / "docs" / "tutorials" / "auditor.md",
    "zh": ROOT / "docs" / "tutorials" / "auditor.zh.md",
}
LANGS = tuple(PAGES)
BEGIN = re.compile(r"^```(toml|text)\n(.*?)^```", re.DOTALL | re.MULTILINE)

MASKS: Mapping[str, tuple[str, str]] = {
    "time": (r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", "DAY"),
    "hash": (r"\b[0-9a-f]{8,64}\b…?", "HASH"),
    "number-of-record": (r"\d+\.\d+", "N"),
    "white": (r"[\s─━]+", " "),
}
"""What may differ between two runs: days, hashes, digits after a new release of factors."""


SAVED = re.compile(rb"(<dcterms:(?:modified|created)[^>]*>)[^<]*")


@dataclass(frozen=True, slots=True)
class Planted:
    """One error of the client's file.

    Attributes
    ----------
    typed
        Place to what the client typed.
    line
        A line that rests on it.
    grade
        Class of the finding it becomes.
    """

    id: str
    typed: Mapping[Place, float]
    line: str
    grade: str
    seen: str
    requirement: str
    effects: tuple[str, ...] = ()
    """Where it is not the amount in proportion: FIGURE=KG, what the file says too much."""


BOTH = ("cradle-to-gate", "cradle-to-grave")


EIGHT: tuple[Planted, ...] = (
    Planted("hours", {("family", "hours", "family:1"): 3600}, "losses", "misstatement",
            "hours a year: 3600 typed, the study named as source says 4000", "ISO 14067 6.3.8"),
    Planted("month", {("materials", "aluminium", "m5"): 13186}, "aluminium-1", "misstatement",
            "issues of May: 13186 typed, the ERP says 23186", "ISO 14067 6.3.5"),
    Planted("digits", {("materials", "copper_wire", "m4"): 25036}, "copper-wire-1", "misstatement",
            "issues of April: 25036 typed, the ERP says 20536", "ISO 14067 6.3.5"),
    Planted("report", {("records", "figure", "record:3"): 1.25}, "cast-iron-1", "major",
            "R3: 1.25 typed, the supplier's statement says 2.15 on page 3", "rule set 6.3.6",
            tuple(f"{figure}=-5.4" for figure in BOTH)),
    Planted("shares", {("suppliers", "+4", "share"): 0.3, ("suppliers", "+5", "share"): 0.7},
            "cast-iron-2", "misstatement",
            "shares of the two foundries are exchanged", "ISO 14067 6.3.5",
            tuple(f"{figure}=2" for figure in BOTH)),
    Planted("key", {("keys", "+1", "family:1"): 280000}, "electricity", "misstatement",
            "sub-meter of the 11 kW line: 280 MWh typed, its readings say 360", "ISO 14067 6.4.6"),
    Planted("gas", {("energy", "natural_gas", "m2"): 16196}, "gas-burnt", "misstatement",
            "February: 16196 typed, the bill says 11696", "ISO 14067 6.3.5"),
    Planted("road", {("suppliers", "+2", "distance"): 24}, "copper-wire-transport-1", "minor",
            "distance of the wire: 24 km typed, the delivery notes say 240", "ISO 14067 6.3.5"),
)  # fmt: skip


@cache
def library() -> FactorSet:
    return load()


@dataclass
class Desk:
    """A folder in which the tutorial happens, and what it printed by language and region."""

    folder: Path
    both: bool = True
    """Whether acts that print something are tried in the second language as well."""
    made: dict[str, dict[str, str]] = field(default_factory=lambda: {one: {} for one in LANGS})

    def run(self, command: str, lang: str = "en") -> tuple[str, int]:
        """Run a command here; its regular output with that for people."""
        return run_in(self.folder, command, lang)

    def act(self, command: str) -> str:
        """Run an act that must be done."""
        printed, code = self.run(command)
        if code:
            raise RuntimeError(f"{command}\n{printed}")
        return printed

    def show(self, region: str, *commands: str, code: int | None = 0) -> None:
        """Run commands that change nothing, in both languages, and keep what they print."""
        for lang in LANGS:
            blocks = []
            for command in commands:
                printed, ended = self.run(command, lang)
                if code is not None and ended != code:
                    raise RuntimeError(f"{command} ended {ended}\n{printed}")
                blocks.append((command, printed))
            self.made[lang][region] = console(blocks)

    def show_act(self, region: str, *commands: str) -> None:
        """Run acts whose words are shown: the other language on a copy of the folder."""
        if self.both:
            with tempfile.TemporaryDirectory() as name:
                copied = Path(name) / "copy"
                shutil.copytree(self.folder, copied)
                told = [(one, run_in(copied, one, "zh")[0]) for one in commands]
            self.made["zh"][region] = console(told)
        self.made["en"][region] = console([(one, self.act(one)) for one in commands])


@cache
def commands() -> object:
    """The tree of commands; typer would build it anew, half a second, for every one that is run."""
    return get_command(app)


def run_in(folder: Path, command: str, lang: str) -> tuple[str, int]:
    arguments = [*shlex.split(command), "--lang", lang]
    before = Path.cwd()
    os.chdir(folder)
    try:
        with (
            patch.dict(os.environ, {"COLUMNS": "120", "NO_COLOR": "1", "TERM": "dumb"}),
            patch("typer.testing._get_command", return_value=commands()),
        ):
            ended = CliRunner().invoke(app, arguments)
    finally:
        os.chdir(before)
    told = getattr(ended.exception, "findings", ())
    refusals = "\n".join(one.render(lang) for one in told)
    return (ended.output + refusals).rstrip(), ended.exit_code


def console(blocks: list[tuple[str, str]]) -> str:
    """Commands and what they printed, as one block."""
    lines: list[str] = []
    for command, printed in blocks:
        lines += [f"$ carbonlabel {command}", *(one.rstrip() for one in printed.splitlines())]
    return "\n".join(["```console", *lines, "```"])


def masked(text: str) -> str:
    for pattern, blank in MASKS.values():
        text = re.sub(pattern, blank, text)
    return text


# --- the client ----------------------------------------------------------------------------------


def typed(source: Path, target: Path, values: Mapping[Place, float]) -> None:
    """Open a workbook, type numbers into it, save it under another name."""
    book = openpyxl.load_workbook(source)
    found = tables(book)
    for (block, row, column), value in values.items():
        found[block].cell(row, column).value = value
    book.save(target)
    target.write_bytes(timeless(target.read_bytes()))


def timeless(data: bytes) -> bytes:
    """The same workbook without the time at which it was saved: the plan's seed is its hash."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            part = SAVED.sub(rb"\g<1>2026-01-01T00:00:00Z", old.read(entry))
            new.writestr(zipfile.ZipInfo(entry.filename), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def client_files(folder: Path) -> None:
    """Write what the documents say, and what the client typed."""
    run_in(folder, "template electric-motor --example --certifiable -o documents.xlsx", "en")
    wrong = {place: value for one in EIGHT for place, value in one.typed.items()}
    typed(folder / "documents.xlsx", folder / "client.xlsx", wrong)
    # His first correction: May's aluminium with two digits swapped.
    typed(folder / "documents.xlsx", folder / "corrected.xlsx",
          {("materials", "aluminium", "m5"): 23816})  # fmt: skip
    typed(folder / "documents.xlsx", folder / "corrected-2.xlsx", {})


def cells(folder: Path) -> dict[str, list[str]]:
    """Sheet and address of every planted error."""
    where = addresses(folder / "client.xlsx")
    return {one.id: ["!".join(where[place]) for place in one.typed] for one in EIGHT}


@cache
def computed(data: bytes) -> Submitted:
    return submitted(data, "file.xlsx", "", library())


# --- the case ------------------------------------------------------------------------------------

PEOPLE = {
    "preparer": "prepared the file",
    "verifier": "five years of footprints",
    "reviewer": "ten years of footprints",
    "decision": "head of the body",
}
V, P = "--key office/verifier.key", "--key office/preparer.key"


def regions(folder: Path, *, both: bool = True) -> Mapping[str, Mapping[str, str]]:
    """Carry the case through and return what was printed, by language and region."""
    desk = Desk(folder, both)
    begin(desk)
    look(desk)
    corrections(desk)
    judgement(desk)
    papers(desk)
    documents(desk)
    dishonest(desk)
    return desk.made


def begin(desk: Desk) -> None:
    client_files(desk.folder)
    (desk.folder / "bill.txt").write_text("示例 Example: a document\n", encoding="utf-8")
    agreed = BEGIN.search(PAGES["en"].read_text("utf-8"))
    if agreed is None:
        raise ValueError("the page has no agreed.toml")
    (desk.folder / "agreed.toml").write_text(agreed.group(2), encoding="utf-8")
    desk.show_act("office", "verification demo office --certifies")
    desk.show("grade", "footprint client.xlsx")
    people = "--people office/people.json --agreed agreed.toml"
    desk.show_act(
        "init",
        f"verification init case client.xlsx {people} {V}",
        *(
            f"verification declare case --key office/{who}.key --sector motors --competence '{why}'"
            for who, why in PEOPLE.items()
        ),
    )


def stated(desk: Desk, name: str) -> dict[str, Fraction]:
    made = computed((desk.folder / name).read_bytes()).computed
    return {one.id: Fraction(one.amount) for one in made.lines}


def sample_commands(desk: Desk, handed: str, lines: list[dict[str, object]]) -> Iterator[str]:
    """One command per planned line: what the documents say against what was handed in."""
    said, right = stated(desk, handed), stated(desk, "documents.xlsx")
    for one in lines:
        line, numbers = str(one["id"]), one["documents"]
        seen = "--month 1-12" if isinstance(numbers, list) and len(numbers) > 1 else ""
        differs = abs(said[line] - right[line]) > abs(right[line]) / 10**6
        result = f"differs --found {decimal_text(right[line])}" if differs else "agrees"
        yield " ".join(f"verification sample case {line} {result} {seen} --evidence bill.txt {V}"
                       .split())  # fmt: skip


def plan_lines(desk: Desk) -> list[dict[str, object]]:
    """Planned lines that nobody has looked at, with their documents."""
    seen = looked_at(desk.folder / "case", library())
    told = plan_json(seen.desk, seen.desk.footprint.system, ())
    return [one for one in told["lines"] if one["id"] in seen.desk.left]


def look(desk: Desk) -> None:
    """Plan, see documents, write findings down, plan again."""
    desk.show_act("plan", f"verification plan case {V}")
    commands = list(sample_commands(desk, "client.xlsx", plan_lines(desk)))
    desk.show_act("samples", *commands)
    found = cells(desk.folder)
    raised = [
        " ".join([
            f"verification finding case open --class {one.grade} --line {one.line}",
            *(f"--cell '{place}'" for place in found[one.id]),
            *(f"--effect {told}" for told in one.effects),
            f'--seen "{one.seen}"',
            f"--requirement '{one.requirement}' --evidence bill.txt {V}",
        ])
        for one in EIGHT
    ]  # fmt: skip
    desk.show_act("findings", *raised)
    desk.show_act(
        "promoted",
        "verification finding case promote FACTOR-RECALLED --class clarification "
        f"--requirement 'rule set 6.3.6' {V}",
    )
    desk.show_act(
        "forward",
        "verification finding case open --class forward --due 2027-03-31 --seen "
        f"'the main meter is due for calibration' --requirement 'programme 4.2' {V}",
    )
    desk.show("replanned", "verification plan case")
    desk.act(f"verification plan case {V}")
    commands = list(sample_commands(desk, "client.xlsx", plan_lines(desk)))
    for command in commands:
        desk.act(command)
    desk.show("misstatements", "verification misstatement case")
    desk.show("refused", f"verification opinion case unmodified {V}", code=None)


def corrections(desk: Desk) -> None:
    """Answers, a first correction with a new slip, a second; findings settled on evidence."""
    names = [f"F{number:02d}" for number in range(1, len(EIGHT) + 2)]
    for name in names:
        desk.act(
            f"verification finding case answer {name} --cause 'typed by hand' "
            f"--correction 'see the corrected file' --prevent 'second reader' {P}"
        )
    desk.show_act("version", f"verification version case corrected.xlsx {P}")
    desk.act(f"verification plan case {V}")
    again = list(sample_commands(desk, "corrected.xlsx", plan_lines(desk)))
    for command in again:
        desk.act(command)
    desk.show_act("again", *[one for one in again if "differs" in one])
    desk.show_act("version-2", f"verification version case corrected-2.xlsx {P}")
    settled = [
        f"verification finding case settle {name} --how "
        f"{'explained' if name == 'F09' else 'corrected'} --basis 'document seen' "
        f"--evidence bill.txt {V}"
        for name in names
    ]
    desk.show_act("settled", *settled)
    for _ in range(5):
        desk.act(f"verification plan case {V}")
        left = plan_lines(desk)
        if not left:
            break
        for command in sample_commands(desk, "corrected-2.xlsx", left):
            desk.act(command)
    desk.show("log", "verification findings case")
    desk.show("status", "verification status case", code=1)


def judgement(desk: Desk) -> None:
    told = computed((desk.folder / "corrected-2.xlsx").read_bytes()).computed.figures
    figures = " ".join(f"--figure {name}={decimal_text(one.value)}" for name, one in told.items())
    desk.show_act(
        "site",
        "verification visit case S1 --from 2026-11-18 --met '示例 works manager' "
        f"--process winding --process 'die casting' --evidence bill.txt {V}",
        "export corrected-2.xlsx --format verifier-xlsx -o recalculation.xlsx",
        f"verification recalculation case {figures} --evidence recalculation.xlsx {V}",
    )
    desk.show_act(
        "judged",
        f"verification opinion case unmodified {V}",
        "verification review case --agree --notes 'plan, samples and effects traced' "
        "--key office/reviewer.key",
        "verification decide case --issue --key office/decision.key",
        "verification close case --key office/decision.key",
    )
    desk.show("ready", "verification status case")


def papers(desk: Desk) -> None:
    """The working papers; in both languages where they are drawn."""
    for lang in LANGS if desk.both else LANGS[:1]:
        run_in(desk.folder, f"verification documents case --out papers-{lang}", lang)
    shown = console([("verification documents case --out papers", "")])
    for lang in LANGS:
        desk.made[lang]["papers"] = shown


def issue_commands(draft: str, out: str) -> list[str]:
    registry = "--registry office/registry"
    return [
        *(
            f"approve {draft} --role {role} {registry} --key office/{role}.key"
            for role in ("preparer", "verifier", "reviewer", "decision")
        ),
        f"issue {draft} {registry} --out {out}",
    ]


KINDS = {
    "statement": "--kind verification_statement",
    "certificate": "--kind certificate_of_conformity --until 2029-11-19",
}


def submit(desk: Desk, told: str) -> str:
    command = f"submit corrected-2.xlsx --registry office/registry {told} --case case"
    printed, code = desk.run(command)
    if code:
        raise RuntimeError(printed)
    return next(one for one in printed.split() if one.startswith("D-"))


def documents(desk: Desk) -> None:
    """A statement, then the certificate that rests on it, with its label."""
    for out, told in KINDS.items():
        draft = submit(desk, told)
        asked = f"submit corrected-2.xlsx --registry office/registry {told} --case case"
        blocks = [(asked, "DRAFT")]
        for command in issue_commands(draft, out):
            printed = desk.act(command).replace(draft, "DRAFT")
            blocks.append((command.replace(draft, "DRAFT"), printed))
        for lang in LANGS:
            desk.made[lang][out] = console(blocks)


def dishonest(desk: Desk) -> None:
    """The other client: the file is edited after the review."""
    typed(desk.folder / "corrected-2.xlsx", desk.folder / "edited.xlsx",
          {("materials", "aluminium", "m5"): 13186})  # fmt: skip
    register = "--registry office/registry --kind verification_statement --case"
    desk.show("edited", f"submit edited.xlsx {register} case", code=None)
    desk.show("late", f"verification version case edited.xlsx {P}", code=None)
    digest = json.loads(desk.run("verification status case --json")[0])["sha256"]
    (desk.folder / "forged").mkdir()
    shutil.copytree(desk.folder / "case", desk.folder / "forged" / "case")
    log = desk.folder / "forged" / "case" / "log" / "verifier"
    act = next(one for one in sorted(log.iterdir()) if b'"kind":"sample"' in one.read_bytes())
    told = json.loads(act.read_bytes())
    told["payload"]["data"]["note"] = "never mind"
    act.write_bytes(canonical(told))
    desk.show("forged", f"submit corrected-2.xlsx {register} forged/case", code=None)
    desk.show("against", f"verification status forged/case --against {digest}", code=None)


def main() -> None:
    """Run the tutorial and write what came out into its pages."""
    parser = argparse.ArgumentParser(prog="python -m tests.tutorials.auditor", description=__doc__)
    parser.add_argument("--pictures", action="store_true", help="draw the documents as well")
    parser.add_argument("--keep", help="folder to leave everything in")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(asked.keep or name)
        folder.mkdir(parents=True, exist_ok=True)
        made = regions(folder)
        (folder / "regions.json").write_text(json.dumps(made, ensure_ascii=False), "utf-8")
        for lang, page in PAGES.items():
            page.write_text(renewed(page.read_text("utf-8"), made[lang]), "utf-8")
        if asked.pictures:
            pictures(folder)


if __name__ == "__main__":
    main()

"""The commands ``verification``: one per act; each prints what was written, or why it was not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.numbers import parse_decimal
from factors.texts import Lang, text
from labels.cli.files import read_file
from labels.cli.keyring import open_key
from labels.cli.shelf import library
from labels.cli.show import console, findings_table, plain
from labels.keys import Purpose
from labels.times import now
from labels.verification import acts, agreed, demo
from labels.verification.acts import Actor, Told
from labels.verification.case import add_roster, open_case
from labels.verification.event import Event
from labels.verification.gate import look, refusals, same_folder
from labels.verification.materiality import percent
from labels.verification.planning import plan_json
from labels.verification.state import State, state_of
from labels.verification.submissions import submitted, system_of
from labels.verification.work import Cell

OK, NOT_OK = 0, 1
ACTIONS = ("open", "promote", "answer", "settle")


def make_demo(folder: Path, lang: Lang) -> None:
    """Make a demo registry with four fictitious people and their keys."""
    demo.make(folder, now())
    console(err=True).print(text("verification.demo_made", lang, path=folder))


def init(
    root: Path, source: Path, people: Path, agreement: Path, key: Path, rules: str, lang: Lang
) -> None:
    """Make a case of a submission: folder, engagement, risks."""
    engagement, risks = agreed.parse(read_file(agreement), agreement.name)
    actor = _actor(root, key, lang)
    handed = submitted(read_file(source), source.name, rules, library())
    acts.begin(root, _slug(root.name), read_file(people), handed, actor.now)
    acts.act(actor, "engagement", "", engagement)
    for name, risk in risks.items():
        acts.act(_actor(root, key, lang), "risk", name, risk)
    console(err=True).print(text("verification.started", lang, path=root))


def declare(
    root: Path,
    key: Path,
    consultancy: str,
    interests: str,
    sector: str,
    competence: str,
    lang: Lang,
) -> None:
    """Declare impartiality and competence."""
    actor = _actor(root, key, lang)
    person = open_case(root).roster.holder(actor.key.kid)
    data = {
        "consultancy": consultancy,
        "interests": interests,
        "sector": sector,
        "competence": competence,
    }
    _tell(acts.act(actor, "declaration", person.id if person else "", data), lang)


def plan(root: Path, key: Path | None, lang: Lang, *, as_json: bool) -> None:
    """Show the plan of the present version; with a key, write it down."""
    looked = look(root, library())
    if key is not None:
        _tell(acts.record_plan(_actor(root, key, lang), library()), lang)
    system = system_of(looked.case.contents, looked.state.present)
    sites = looked.state.engagement.sites if looked.state.engagement else ()
    made = plan_json(looked.desk, system, sites)
    if as_json:
        plain(made)
    else:
        console().print(_plan_table(made, lang))


def sample(
    root: Path,
    line: str,
    result: str,
    key: Path,
    found: str,
    note: str,
    months: Sequence[str],
    evidence: Sequence[Path],
    lang: Lang,
) -> None:
    """Write down what was found at a line."""
    actor = _actor(root, key, lang)
    files = [read_file(one) for one in evidence]
    _tell(acts.record_sample(actor, line, result, found or None, note, months, files), lang)


def finding_command(
    root: Path,
    action: str,
    name: str,
    key: Path,
    told: Mapping[str, str],
    lists: Mapping[str, Sequence[str]],
    evidence: Sequence[Path],
    lang: Lang,
) -> None:
    """Do one thing to a finding: open, promote, answer or settle it."""
    if action == "open":
        cells = tuple(map(cell, lists["cell"]))
        grade, seen, requirement = (told[one] for one in ("grade", "seen", "requirement"))
        whole = Told(grade, seen, requirement, line=told["line"], due=told["due"], cells=cells)
        open_finding(root, key, whole, lists["effect"], evidence, lang)
    elif action == "promote":
        promote(root, key, name, told["grade"], told["requirement"], lang)
    elif action == "answer":
        cause, correction = told["cause"], told["correction"]
        answer(root, name, key, cause, correction, told["prevent"], evidence, lang)
    elif action == "settle":
        settle(root, name, key, told["how"], told["basis"], evidence, lang)
    else:
        raise _input("action", f"{action}: not one of {', '.join(ACTIONS)}")


def open_finding(
    root: Path,
    key: Path,
    told: Told,
    effects: Sequence[str],
    evidence: Sequence[Path],
    lang: Lang,
) -> None:
    """Open a finding; without --effect, the effect of a differing sample of its line."""
    actor = _actor(root, key, lang)
    stated = pairs(effects, "effect") if effects else None
    whole = Told(
        told.grade, told.seen, told.requirement, told.line, told.cells, told.due, told.code, stated
    )
    files = [read_file(one) for one in evidence]
    name, event = acts.raise_finding(actor, whole, library(), files)
    _tell(event, lang)
    console().print(name)


def promote(root: Path, key: Path, code: str, grade: str, requirement: str, lang: Lang) -> None:
    """Make a verifier's finding of one that the tool made."""
    looked = look(root, library())
    known = [one for one in looked.desk.footprint.findings if one.code == code]
    if not known:
        codes = ", ".join(sorted({one.code for one in looked.desk.footprint.findings}))
        raise FindingsError(finding("CASE-FINDING-UNKNOWN", Where(), id=code, known=codes))
    one = known[0]
    cells: tuple[Cell, ...] = ((one.where.sheet, one.where.cell),) if one.where.cell else ()
    told = Told(grade, one.render(lang), requirement or one.code, "", cells, "", code)
    open_finding(root, key, told, (), (), lang)


def answer(
    root: Path,
    name: str,
    key: Path,
    cause: str,
    correction: str,
    action: str,
    evidence: Sequence[Path],
    lang: Lang,
) -> None:
    """Answer a finding, as the client."""
    _known(root, name)
    number = state_of(open_case(root)).version
    data = {"cause": cause, "correction": correction, "action": action, "version": number}
    files = [read_file(one) for one in evidence]
    _tell(acts.act(_actor(root, key, lang), "answer", name, data, files), lang)


def settle(
    root: Path, name: str, key: Path, how: str, basis: str, evidence: Sequence[Path], lang: Lang
) -> None:
    """Settle a finding, as the verifier, on evidence."""
    _known(root, name)
    files = [read_file(one) for one in evidence]
    data = {"how": how, "basis": basis}
    _tell(acts.act(_actor(root, key, lang), "settled", name, data, files), lang)


def misstatement(
    root: Path, name: str, key: Path | None, effects: Sequence[str], lang: Lang
) -> None:
    """Write down what a finding comes to, or show the table of all."""
    if name and key is not None:
        _known(root, name)
        data = {"effects": pairs(effects, "effect")}
        _tell(acts.act(_actor(root, key, lang), "misstatement", name, data), lang)
    looked = look(root, library())
    for log in looked.state.findings.values():
        for figure, effect in log.raised.effects.items():
            share = percent(looked.desk.limits[figure].share(effect))
            told = {"id": log.id, "figure": figure, "share": share, "kg": f"{float(effect):.6g}"}
            console().print(text("verification.effect", lang, **told))


def hand_in(root: Path, source: Path, key: Path, rules: str, lang: Lang) -> None:
    """Hand in a corrected version, as the client."""
    handed = submitted(read_file(source), source.name, rules, library())
    before = {log.id: log.reopened for log in state_of(open_case(root)).findings.values()}
    event = acts.hand_in(_actor(root, key, lang), handed, library())
    _tell(event, lang)
    state = state_of(open_case(root))
    again = [log.id for log in state.findings.values() if log.reopened > before[log.id]]
    none = text("verification.none", lang)
    count, ids = len(event.data["cells"]), ", ".join(again) or none
    console().print(text("verification.moved", lang, count=count, ids=ids))
    for name, figures in event.data["effects"].items():
        for figure, kg in figures.items():
            told = {"id": name, "figure": figure, "share": "", "kg": kg}
            console().print(text("verification.effect", lang, **told))


def visit(
    root: Path,
    site: str,
    key: Path,
    days: tuple[str, str],
    met: Sequence[str],
    walked: Sequence[str],
    exceptions: str,
    evidence: Sequence[Path],
    lang: Lang,
) -> None:
    """Write down a visit."""
    data = {
        "start": days[0],
        "end": days[1] or days[0],
        "people": list(met),
        "processes": list(walked),
        "exceptions": exceptions,
    }
    files = [read_file(one) for one in evidence]
    _tell(acts.act(_actor(root, key, lang), "visit", site, data, files), lang)


def recalculation(
    root: Path, key: Path, figures: Sequence[str], means: str, evidence: Sequence[Path], lang: Lang
) -> None:
    """Write down figures that were calculated apart from the product."""
    data = {
        "version": state_of(open_case(root)).version,
        "figures": pairs(figures, "figure"),
        "means": means,
    }
    files = [read_file(one) for one in evidence]
    _tell(acts.act(_actor(root, key, lang), "recalculation", "", data, files), lang)


def opinion(root: Path, told: str, qualification: str, key: Path, lang: Lang) -> None:
    """Give the lead verifier's opinion."""
    _tell(acts.give_opinion(_actor(root, key, lang), told, qualification, library()), lang)


def review(root: Path, key: Path, notes: str, lang: Lang, *, agrees: bool) -> None:
    """Review the file, as somebody who took no part."""
    data = {"agrees": agrees, "notes": notes}
    _tell(acts.act(_actor(root, key, lang), "review", "", data), lang)


def decide(root: Path, key: Path, notes: str, lang: Lang, *, grant: bool) -> None:
    """Decide whether a document may be issued."""
    data = {"issue": grant, "notes": notes}
    _tell(acts.act(_actor(root, key, lang), "decision", "", data), lang)


def close(root: Path, key: Path, lang: Lang) -> None:
    """Close the case; refused with everything that is not in order."""
    acts.close(_actor(root, key, lang), library())
    digest = open_case(root).contents.sha256
    console().print(text("verification.closed", lang, hash=digest))


def renew_people(root: Path, people: Path, lang: Lang) -> None:
    """Put the next edition of the roster into the case."""
    roster = add_roster(root, read_file(people))
    told = {"what": f"people {roster.edition}", "path": root}
    console(err=True).print(text("verification.done", lang, **told))


def status(root: Path, against: str, lang: Lang, *, as_json: bool) -> int:
    """Show where a case stands and everything that keeps it from being closed."""
    if against:
        wrong = same_folder(root, against)
        findings_table(wrong, lang)
        return NOT_OK if wrong else OK
    case = open_case(root)
    state = state_of(case)
    found = refusals(root, library())
    if as_json:
        plain(status_json(case.contents.sha256, state, found))
        return NOT_OK if found else OK
    if state.closed is not None:
        console().print(text("verification.closed", lang, hash=case.contents.sha256))
    _numbers(root, lang, readable=not case.findings)
    if found:
        console().print(text("verification.not_closed", lang))
        findings_table(found, lang)
    else:
        console().print(text("verification.ready", lang))
    return NOT_OK if found else OK


def status_json(digest: str, state: State, found: Iterable[Any]) -> dict[str, Any]:
    """Return where a case stands as plain data."""
    return {
        "schema": "carbonlabel-verification-status/1",
        "sha256": digest,
        "version": state.version,
        "closed": state.closed is not None,
        "samples": {line: one.result for line, one in state.samples.items()},
        "open": [log.id for log in state.open_findings],
        "findings": [one.to_json() for one in found],
    }


def pairs(told: Sequence[str], field: str) -> dict[str, str]:
    """Read FIGURE=KG pairs.

    Raises
    ------
    FindingsError
        CASE-INPUT.
    """
    found = {}
    for one in told:
        name, equals, value = one.partition("=")
        try:
            parse_decimal(value)
        except ValueError as error:
            raise _input(field, str(error)) from error
        if not equals or not name:
            raise _input(field, one)
        found[name] = value
    return found


def cell(told: str) -> Cell:
    """Read SHEET!A1.

    Raises
    ------
    FindingsError
        CASE-INPUT.
    """
    sheet, mark, place = told.rpartition("!")
    if not mark or not sheet or not place:
        raise _input("cell", told)
    return sheet, place


def _input(field: str, reason: str) -> FindingsError:
    return FindingsError(finding("CASE-INPUT", Where(), field=field, reason=reason))


def _known(root: Path, name: str) -> None:
    known = state_of(open_case(root)).findings
    if name not in known:
        told = ", ".join(known) or "-"
        raise FindingsError(finding("CASE-FINDING-UNKNOWN", Where(), id=name, known=told))


def _actor(root: Path, key: Path, lang: Lang) -> Actor:
    return Actor(root, open_key(key, lang, Purpose.APPROVAL), now())


def _tell(event: Event, lang: Lang) -> None:
    what = f"{event.kind} {event.subject}".strip()
    console(err=True).print(text("verification.done", lang, what=what, path=event.path))


def _numbers(root: Path, lang: Lang, *, readable: bool) -> None:
    if not readable:
        return
    looked = look(root, library())
    told = "enough" if looked.desk.enough else "not_enough"
    console().print(
        text(
            "verification.status",
            lang,
            version=looked.state.version,
            planned=len(looked.desk.plan.lines),
            looked=len(looked.desk.plan.lines) - len(looked.desk.left),
            open=len(looked.state.open_findings),
            enough=text(f"verification.{told}", lang),
        )
    )


def _plan_table(made: Mapping[str, Any], lang: Lang) -> Table:
    table = Table(title=text("verification.plan_title", lang), title_justify="left", box=None)
    for head in ("line", "why", "share", "documents"):
        table.add_column(text(f"verification.head_{head}", lang), overflow="fold")
    for one in made["lines"]:
        why = {text(f"verification.why_{reason}", lang) for reason in one["why"].values()}
        table.add_row(
            Text(f"{one['id']}  {one['name'][lang]}"),
            "; ".join(sorted(why)),
            " / ".join(one["share"].values()),
            str(len(one["documents"])),
        )
    return table


def _slug(name: str) -> str:
    kept = "".join(char if char.isascii() and char.isalnum() else "-" for char in name.lower())
    return "-".join(filter(None, kept.split("-")))[:60] or "case"

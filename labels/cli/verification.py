"""The commands ``verification``: one per act; each prints what was written, or why it was not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from factors.errors import FindingsError, IssueError
from factors.numbers import parse_decimal
from factors.texts import Lang, text
from labels.cli.casedesk import acting, pairs, ranges, slug, tell
from labels.cli.files import read_file
from labels.cli.shelf import library
from labels.cli.show import console, findings_table, plain
from labels.times import now
from labels.verification import acts, agreed, demo
from labels.verification.acts import Actor
from labels.verification.case import add_roster, open_case
from labels.verification.corrections import JOINT, OTHER
from labels.verification.gate import refusals, same_folder
from labels.verification.listing import status_json
from labels.verification.looked import Looked, look
from labels.verification.materiality import percent
from labels.verification.planning import plan_json
from labels.verification.state import state_of
from labels.verification.submissions import submitted, system_of

OK, NOT_OK = 0, 1
MORE = (OTHER, JOINT)
SEED_SHOWN = 12


def make_demo(folder: Path, lang: Lang, *, certifies: bool) -> None:
    """Make a demo registry with four fictitious people and their keys."""
    demo.make(folder, now(), certifies=certifies)
    console(err=True).print(text("verification.demo_made", lang, path=folder))


def init(
    root: Path, source: Path, people: Path, agreement: Path, key: Path, rules: str, lang: Lang
) -> None:
    """Make a case of a submission: folder, engagement, risks."""
    terms = agreed.parse(read_file(agreement), agreement.name)
    actor = acting(root, key, lang)
    handed = submitted(read_file(source), source.name, rules, library())
    acts.begin(root, slug(root.name), read_file(people), handed, actor.now)
    _record_terms(actor, terms)
    console(err=True).print(text("verification.started", lang, path=root))


def agree(root: Path, agreement: Path, key: Path, lang: Lang) -> None:
    """Record the engagement anew, with its risks: what a killed init left out, or a change."""
    actor = acting(root, key, lang)
    _record_terms(actor, agreed.parse(read_file(agreement), agreement.name))
    tell(open_case(root).events[-1], lang)


def _record_terms(actor: Actor, terms: agreed.Terms) -> None:
    """Record what has not been recorded in these words before."""
    engagement, risks = terms
    known = {event.about: dict(event.data) for event in open_case(actor.root).events}
    wanted = [("engagement", "", engagement), *(("risk", n, dict(r)) for n, r in risks.items())]
    for kind, subject, data in wanted:
        if known.get((kind, subject)) != {**data, "objects": []}:
            acts.act(actor, kind, subject, data)


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
    actor = acting(root, key, lang)
    person = open_case(root).roster.holder(actor.key.kid)
    data = {
        "consultancy": consultancy,
        "interests": interests,
        "sector": sector,
        "competence": competence,
    }
    tell(acts.act(actor, "declaration", person.id if person else "", data), lang)


def plan(root: Path, key: Path | None, lang: Lang, *, as_json: bool) -> None:
    """Show the plan of the present version; with a key, write it down."""
    looked = look(root, library())
    if key is not None:
        tell(acts.record_plan(acting(root, key, lang), library()), lang)
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
    actor = acting(root, key, lang)
    files = [read_file(one) for one in evidence]
    tell(acts.record_sample(actor, line, result, found or None, note, ranges(months), files), lang)


def hand_in(root: Path, source: Path, key: Path, rules: str, lang: Lang) -> None:
    """Hand in a corrected version, as the client."""
    handed = submitted(read_file(source), source.name, rules, library())
    before = {log.id: log.reopened for log in state_of(open_case(root)).findings.values()}
    event = acts.hand_in(acting(root, key, lang), handed, library())
    tell(event, lang)
    state = state_of(open_case(root))
    again = [log.id for log in state.findings.values() if log.reopened > before[log.id]]
    none = text("verification.none", lang)
    count, ids = len(event.data["cells"]), ", ".join(again) or none
    console().print(text("verification.moved", lang, count=count, ids=ids))
    limits = look(root, library()).desk.limits
    for name, figures in event.data["effects"].items():
        for figure, kg in figures.items():
            effect = parse_decimal(kg)
            told = {
                "id": text(f"verification.correction_{name}", lang) if name in MORE else name,
                "figure": text(f"verification.figure_{figure}", lang),
                "share": percent(limits[figure].share(effect)),
                "kg": f"{float(effect):.6g}",
            }
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
    tell(acts.act(acting(root, key, lang), "visit", site, data, files), lang)


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
    tell(acts.act(acting(root, key, lang), "recalculation", "", data, files), lang)


def opinion(root: Path, told: str, qualification: str, key: Path, lang: Lang) -> None:
    """Give the lead verifier's opinion."""
    tell(acts.give_opinion(acting(root, key, lang), told, qualification, library()), lang)


def review(root: Path, key: Path, notes: str, lang: Lang, *, agrees: bool) -> None:
    """Review the file, as somebody who took no part."""
    data = {"agrees": agrees, "notes": notes}
    tell(acts.act(acting(root, key, lang), "review", "", data), lang)


def decide(root: Path, key: Path, notes: str, lang: Lang, *, grant: bool) -> None:
    """Decide whether a document may be issued."""
    data = {"issue": grant, "notes": notes}
    tell(acts.act(acting(root, key, lang), "decision", "", data), lang)


def close(root: Path, key: Path, lang: Lang) -> None:
    """Close the case; refused with everything that is not in order."""
    acts.close(acting(root, key, lang), library())
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
    found = refusals(root, library())
    looked = _computed(root)
    state = state_of(case)
    if as_json:
        plain(status_json(case, state, looked.desk if looked else None, found))
        return NOT_OK if found else OK
    if state.closed is not None:
        console().print(text("verification.closed", lang, hash=case.contents.sha256))
    if looked is not None:
        console().print(_numbers(looked, lang))
    if found:
        console().print(text("verification.not_closed", lang))
        findings_table(found, lang)
    else:
        console().print(text("verification.ready", lang))
    return NOT_OK if found else OK


def _computed(root: Path) -> Looked | None:
    """Return the case with its plan; None where its present version cannot be computed."""
    try:
        return look(root, library())
    except (IssueError, FindingsError):
        return None  # the reason is among what keeps the case from being closed


def _numbers(looked: Looked, lang: Lang) -> str:
    told = "enough" if looked.desk.enough else "not_enough"
    return text(
        "verification.status",
        lang,
        version=looked.state.version,
        planned=len(looked.desk.plan.lines),
        looked=len(looked.desk.plan.lines) - len(looked.desk.left),
        open=len(looked.state.open_findings),
        enough=text(f"verification.{told}", lang),
    )


def _plan_table(made: Mapping[str, Any], lang: Lang) -> Table:
    """Return the plan: each line with its reason, its share of every figure, and documents."""
    figures = [one["figure"] for one in made["figures"]]
    title = text(
        "verification.plan_title",
        lang,
        level=text(f"verification.level_{made['level']}", lang),
        lines=len(made["lines"]),
        of=made["of_lines"],
        items=made["items"],
        of_items=made["of_items"],
        sites=", ".join(made["sites"]) or "-",
        seed=made["seed"][:SEED_SHOWN],
    )
    table = Table(title=title, title_justify="left", box=None)
    for head in ("line", "why"):
        table.add_column(text(f"verification.head_{head}", lang), overflow="fold")
    for figure in figures:
        table.add_column(text(f"verification.figure_{figure}", lang), justify="right")
    table.add_column(text("verification.head_documents", lang), justify="right")
    for one in made["lines"]:
        why = sorted({text(f"verification.why_{reason}", lang) for reason in one["why"].values()})
        if one["along"]:
            why.append(text("verification.plan_along", lang, count=len(one["along"])))
        table.add_row(
            Text(f"{one['id']}  {one['name'][lang]}"),
            "; ".join(why),
            *(one["share"].get(figure, "-") for figure in figures),
            _shortened(one["documents"]),
        )
    return table


def _shortened(numbers: Sequence[int]) -> str:
    """Return numbers of documents as they are typed: a run as ``1-12``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return " ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)

"""``carbonlabel verification finding`` and ``misstatement``: what a verifier finds, and its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.table import Table
from rich.text import Text

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.texts import Lang, text
from labels.cli.casedesk import acting, bad_input, cell, known_finding, pairs, tell
from labels.cli.files import read_file
from labels.cli.shelf import library
from labels.cli.show import console, plain
from labels.verification import acts
from labels.verification.acts import Told
from labels.verification.case import open_case
from labels.verification.listing import findings_json, misstatements_json
from labels.verification.looked import look
from labels.verification.materiality import percent
from labels.verification.state import state_of
from labels.verification.work import NATURES, Cell

ACTIONS = ("open", "promote", "answer", "settle")


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
        if told["nature"] not in ("", *NATURES):
            raise bad_input("nature", f"{told['nature']}: not one of {', '.join(NATURES)}")
        whole = Told(grade, seen, requirement, told["line"], cells, told["due"],
                     nature=told["nature"])  # fmt: skip
        open_finding(root, key, whole, lists["effect"], evidence, lang)
    elif action == "promote":
        promote(root, key, name, told["grade"], told["requirement"], lang)
    elif action == "answer":
        cause, correction = told["cause"], told["correction"]
        answer(root, name, key, cause, correction, told["prevent"], evidence, lang)
    elif action == "settle":
        settle(root, name, key, told["how"], told["basis"], evidence, lang)
    else:
        raise bad_input("action", f"{action}: not one of {', '.join(ACTIONS)}")


def open_finding(
    root: Path,
    key: Path,
    told: Told,
    effects: Sequence[str],
    evidence: Sequence[Path],
    lang: Lang,
) -> None:
    """Open a finding; without --effect, the effect of a differing sample of its line."""
    actor = acting(root, key, lang)
    stated = pairs(effects, "effect") if effects else None
    whole = replace(told, effects=stated)
    files = [read_file(one) for one in evidence]
    name, event = acts.raise_finding(actor, whole, library(), files)
    tell(event, lang)
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
    known_finding(root, name)
    number = state_of(open_case(root)).version
    data = {"cause": cause, "correction": correction, "action": action, "version": number}
    files = [read_file(one) for one in evidence]
    tell(acts.act(acting(root, key, lang), "answer", name, data, files), lang)


def settle(
    root: Path, name: str, key: Path, how: str, basis: str, evidence: Sequence[Path], lang: Lang
) -> None:
    """Settle a finding, as the verifier, on evidence."""
    known_finding(root, name)
    files = [read_file(one) for one in evidence]
    data = {"how": how, "basis": basis}
    tell(acts.act(acting(root, key, lang), "settled", name, data, files), lang)


def misstatement(
    root: Path, name: str, key: Path | None, effects: Sequence[str], lang: Lang, *, as_json: bool
) -> None:
    """Write down what a finding comes to, or show the table of all."""
    if name and key is not None:
        known_finding(root, name)
        data = {"effects": pairs(effects, "effect")}
        tell(acts.act(acting(root, key, lang), "misstatement", name, data), lang)
    looked = look(root, library())
    if as_json:
        plain(misstatements_json(looked))
        return
    for log in looked.state.findings.values():
        for figure, effect in log.raised.effects.items():
            share = percent(looked.desk.limits[figure].share(effect))
            shown = text(f"verification.figure_{figure}", lang)
            told = {"id": log.id, "figure": shown, "share": share, "kg": f"{float(effect):.6g}"}
            console().print(text("verification.effect", lang, **told))


def show_findings(root: Path, lang: Lang, *, as_json: bool) -> None:
    """Show the log of findings: what was seen, the client's answer, how it ended."""
    told = findings_json(look(root, library()))
    if as_json:
        plain(told)
        return
    table = Table(title=text("verification.part_findings", lang), title_justify="left", box=None)
    for head in ("id", "class", "place", "seen", "state"):
        table.add_column(text(f"verification.head_{head}", lang), overflow="fold")
    for one in told["findings"]:
        table.add_row(
            one["id"],
            text(f"verification.class_{one['class']}", lang),
            Text(" ".join(filter(None, (one["line"], *one["cells"])))),
            Text(one["seen"]),
            text(f"verification.how_{one['settled']['how'] if one['settled'] else 'open'}", lang),
        )
    console().print(table)

"""``carbonlabel verification roster``: people, employers, roles and keys in one signed file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.table import Table
from rich.text import Text

from factors.errors import IssueError
from factors.texts import Lang, text
from labels.cli.files import read_file, write_whole
from labels.cli.keyring import open_key
from labels.cli.show import console, findings_table, plain
from labels.keys import Purpose
from labels.times import now, utc_text
from labels.verification.roster import (
    CUSTODIAN,
    Roster,
    check_first,
    check_next,
    parse_roster,
    sign_roster,
)
from labels.verification.roster_file import parse

OK, NOT_OK = 0, 1
KID_SHOWN = 12


def write(source: Path, output: Path, keys: Sequence[Path], after: Path | None, lang: Lang) -> None:
    """Write an edition from its description and sign it with the keys at hand."""
    made = parse(read_file(source), source.name, _before(after), now())
    # What was written by hand is held against the same rules as what comes from elsewhere.
    parse_roster(made.to_bytes(), source.name)
    _signed(made, output, keys, lang)
    console(err=True).print(text("cli.written", lang, path=output))


def sign(people: Path, keys: Sequence[Path], after: Path | None, lang: Lang) -> None:
    """Add signatures to an edition; the file is written whole."""
    _signed(parse_roster(read_file(people), people.name), people, keys, lang)
    show(people, after, lang, as_json=False)


def show(people: Path, after: Path | None, lang: Lang, *, as_json: bool) -> int:
    """Show an edition, and whether it stands."""
    roster = parse_roster(read_file(people), people.name)
    before = _before(after)
    try:
        if before is None:
            check_first(roster, people.name)
        else:
            check_next(roster, before, people.name)
    except IssueError as refused:
        wrong = refused.findings
    else:
        wrong = ()
    if as_json:
        plain({**roster.payload(), "sha256": roster.sha256, "stands": not wrong})
        return NOT_OK if wrong else OK
    console().print(_table(roster, lang))
    if wrong:
        findings_table(wrong, lang)
        return NOT_OK
    console().print(text("verification.roster_stands", lang, hash=roster.sha256))
    return OK


def _signed(roster: Roster, path: Path, keys: Sequence[Path], lang: Lang) -> None:
    fresh = [open_key(one, lang, Purpose.APPROVAL) for one in keys]
    more = dict(sign_roster(roster, fresh).signatures)
    tokens = tuple(sorted({**dict(roster.signatures), **more}.items()))
    write_whole(path, replace(roster, signatures=tokens).to_bytes())


def _before(path: Path | None) -> Roster | None:
    return parse_roster(read_file(path), path.name) if path else None


def _table(roster: Roster, lang: Lang) -> Table:
    """Return everybody with every key: since when, until when, lost when."""
    several = sum(CUSTODIAN in one.roles for one in roster.people)
    title = text(
        "verification.roster_title",
        lang,
        edition=roster.edition,
        issued=utc_text(roster.issued),
        threshold=roster.threshold,
        of=several,
        signed=len(roster.signatures),
    )
    table = Table(title=title, title_justify="left", box=None)
    for head in ("name", "employer", "role", "key", "from", "until", "lost"):
        table.add_column(text(f"verification.head_{head}", lang), overflow="fold")
    for person in roster.people:
        roles = ", ".join(text(f"verification.role_{role}", lang) for role in person.roles)
        for number, key in enumerate(person.keys):
            who = (person.name, person.employer, roles) if not number else ("", "", "")
            ends = (utc_text(end)[:10] if end else "-" for end in (key.start, key.until, key.lost))
            table.add_row(*map(Text, who), key.kid[:KID_SHOWN], *ends)
    return table

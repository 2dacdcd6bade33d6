"""The commands ``submit``, ``approve``, ``issue`` and ``registry recover``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.texts import Lang, text
from labels.cli.aside import Desk, is_draft
from labels.cli.files import read_file
from labels.cli.keyring import open_key
from labels.cli.show import console, findings_table
from labels.cli.stamping import registry_stamping, stamp_copies
from labels.issue import Issued, Office, issue, recover
from labels.keys import Purpose
from labels.kinds import ClosedFile, Kind
from labels.printing import PrintRoom
from labels.registry.desk import Submission, approve, submit
from labels.registry.store import Store, open_store
from labels.times import now, parse_day

OK, NOT_OK = 0, 1
PREPARER = "preparer"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a workbook is handed in for.

    Attributes
    ----------
    rules
        Rule set; empty for the file's own.
    kind
        Kind of document.
    market
        Where the documents go; empty for no market named.
    closed
        Reads the closed verification file that a verified kind rests on; None without one.
    until
        Last day of validity, for a certificate.
    """

    rules: str = ""
    kind: str = Kind.STUDY_REPORT
    market: str = ""
    closed: Callable[[Store, str], ClosedFile] | None = None
    until: str = ""


def submit_workbook(path: Path, wanted: Wanted, location: Path, desk: Desk, lang: Lang) -> int:
    """Turn a workbook into a draft; prints its id."""
    draft = _submit(open_store(location), path, wanted, desk, lang)
    if draft is None:
        return NOT_OK
    console().print(draft)
    return OK


def approve_draft(draft: str, role: str, key: Path, location: Path, lang: Lang) -> None:
    """Sign a draft in a role."""
    store = open_store(location)
    approve(store, draft, role, open_key(key, lang, Purpose.APPROVAL), now())
    console(err=True).print(text("cli.approved", lang, draft=draft, role=role))


def issue_document(
    subject: str,
    wanted: Wanted,
    location: Path,
    seal_key: Path | None,
    out: Path,
    pages: str,
    lang: Lang,
    room: PrintRoom,
    desk: Desk,
) -> int:
    """Issue a draft, or in a demo registry a workbook in one shot.

    ``pages`` is the language of the documents, ``lang`` that of the messages; ``room`` and ``desk``
    have begun to warm up.
    """
    store = open_store(location)
    draft: str | None = subject
    if not is_draft(subject):
        draft = _one_shot(store, subject, wanted, desk, lang)
    if draft is None:
        return NOT_OK
    seal = None if seal_key is None else open_key(seal_key, lang, Purpose.SEAL)
    issued = issue(Office(store, room, seal), draft, pages, out)
    copies = [out / name for name in sorted(issued.files) if name.endswith(".pdf")]
    stamp_copies(copies, registry_stamping(store, location), lang)
    tell_issued(issued, out, lang)
    return OK


def _one_shot(store: Store, subject: str, wanted: Wanted, desk: Desk, lang: Lang) -> str | None:
    """Hand a workbook in and approve it, in a demo registry; None when it is blocked."""
    if not store.issuer.demo:
        raise FindingsError(finding("CLI-ONE-SHOT", Where(file=subject)))
    draft = _submit(store, Path(subject), wanted, desk, lang)
    if draft is not None:
        approve(store, draft, PREPARER, store.key(Purpose.APPROVAL), now())
    return draft


def _submit(store: Store, path: Path, wanted: Wanted, desk: Desk, lang: Lang) -> str | None:
    """Compute a workbook or system file and hand it to the registry; None when it is blocked."""
    data = read_file(path)
    made = desk.study(data, path.name, wanted.rules)
    if made.footprint is None or made.system is None:
        findings_table(made.findings, lang, err=True)
        return None
    handed = Submission(
        footprint=made.footprint,
        system=made.system,
        workbook=(path.name, data) if made.of_workbook else None,
        kind=wanted.kind,
        market=wanted.market,
        closed=None if wanted.closed is None else wanted.closed(store, wanted.kind),
        valid_until=_day(wanted.until) if wanted.until else None,
    )
    return submit(store, handed, now())


def _day(told: str) -> dt.date:
    try:
        return parse_day(told)
    except ValueError as error:
        reason = str(error)
        raise FindingsError(finding("CASE-INPUT", field="until", reason=reason)) from error


def tell_issued(issued: Issued, out: Path, lang: Lang) -> None:
    """Say the number, and which files were handed out."""
    console().print(text("cli.issued", lang, serial=issued.serial))
    for name in sorted(issued.files):
        console().print(f"  {out / name}")


def recover_registry(location: Path, seal_key: Path | None, lang: Lang) -> None:
    """Finish what a dead process left unfinished."""
    seal = None if seal_key is None else open_key(seal_key, lang, Purpose.SEAL)
    with PrintRoom() as room:
        done = recover(Office(open_store(location), room, seal))
    for one in done:
        state = text(f"state.{one.state}", lang)
        console().print(f"{one.serial}  {state}  {one.reason}".rstrip())
    told = "cli.recovered" if done else "cli.nothing_unfinished"
    console().print(text(told, lang, count=len(done)))

"""The commands ``submit``, ``approve``, ``issue`` and ``registry recover``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.texts import Lang, text
from labels.canonical import canonical
from labels.cli.files import read_file
from labels.cli.keyring import open_key
from labels.cli.shelf import library
from labels.cli.show import console, findings_table
from labels.cli.stamping import registry_stamping, stamp_copies
from labels.issue import Issued, Office, issue, recover
from labels.keys import Purpose
from labels.kinds import ClosedFile, Kind, known_kind
from labels.printing import PrintRoom
from labels.registry.desk import Submission, approve, submit
from labels.registry.store import Store, open_store
from labels.times import local_day, now, parse_day
from labels.verification.gate import closed_file
from lca import study, system_file

OK, NOT_OK = 0, 1
DRAFT_MARK = "D-"
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
    case
        Folder of the closed verification file that a verified kind rests on.
    until
        Last day of validity, for a certificate.
    """

    rules: str = ""
    kind: str = Kind.STUDY_REPORT
    market: str = ""
    case: Path | None = None
    until: str = ""


def submit_workbook(path: Path, wanted: Wanted, location: Path, lang: Lang) -> int:
    """Turn a workbook into a draft; prints its id."""
    draft = _submit(open_store(location), path, wanted, lang)
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
) -> int:
    """Issue a draft, or in a demo registry a workbook in one shot.

    ``pages`` is the language of the documents, ``lang`` that of the messages.
    """
    store = open_store(location)
    with PrintRoom() as room:  # warms up while the result is computed
        draft = subject
        if not subject.startswith(DRAFT_MARK):
            made = _one_shot(store, subject, wanted, lang)
            if made is None:
                return NOT_OK
            draft = made
        seal = None if seal_key is None else open_key(seal_key, lang, Purpose.SEAL)
        issued = issue(Office(store, room, seal), draft, pages, out)
    copies = [out / name for name in sorted(issued.files) if name.endswith(".pdf")]
    stamp_copies(copies, registry_stamping(store, location), lang)
    _tell(issued, out, lang)
    return OK


def _one_shot(store: Store, subject: str, wanted: Wanted, lang: Lang) -> str | None:
    """Hand a workbook in and approve it, in a demo registry; None when it is blocked."""
    if not store.issuer.demo:
        raise FindingsError(finding("CLI-ONE-SHOT", Where(file=subject)))
    draft = _submit(store, Path(subject), wanted, lang)
    if draft is not None:
        approve(store, draft, PREPARER, store.key(Purpose.APPROVAL), now())
    return draft


def _submit(store: Store, path: Path, wanted: Wanted, lang: Lang) -> str | None:
    """Compute a workbook or system file and hand it to the registry; None when it is blocked."""
    data = read_file(path)
    made = study.study(data, path.name, wanted.rules, library())
    if made.blocked or made.footprint is None or made.system is None:
        findings_table([found for found in made.findings if found.blocks], lang, err=True)
        return None
    workbook = (path.name, data) if made.system.workbook else None
    handed = Submission(
        footprint=canonical(made.footprint.to_json()),
        system=system_file.canonical(made.system),
        workbook=workbook,
        kind=wanted.kind,
        market=wanted.market,
        closed=None if wanted.case is None else _closed(store, wanted.case, wanted.kind),
        valid_until=_day(wanted.until) if wanted.until else None,
    )
    return submit(store, handed, now())


def _closed(store: Store, case: Path, kind: str) -> ClosedFile:
    """Return what the closed verification file says, if it lets this document through."""
    today = local_day(now(), store.issuer.time_zone)
    return closed_file(case, known_kind(kind), store.issuer, store.trust, today, library())


def _day(told: str) -> dt.date:
    try:
        return parse_day(told)
    except ValueError as error:
        reason = str(error)
        raise FindingsError(finding("CASE-INPUT", field="until", reason=reason)) from error


def _tell(issued: Issued, out: Path, lang: Lang) -> None:
    console().print(text("cli.issued", lang, serial=issued.serial))
    for name in sorted(issued.files):
        console().print(f"  {out / name}")


def recover_registry(location: Path, seal_key: Path | None, lang: Lang) -> None:
    """Finish what a dead process left unfinished."""
    seal = None if seal_key is None else open_key(seal_key, lang, Purpose.SEAL)
    with PrintRoom() as room:
        done = recover(Office(open_store(location), room, seal))
    for one in done:
        console().print(f"{one.serial}  {one.state}  {one.reason}")
    console().print(text("cli.recovered", lang, count=len(done)))

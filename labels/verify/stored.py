"""Every stored document of a registry, verified as a stranger would, against the log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from factors.errors import IssueError
from factors.findings import Finding
from labels.refusal import fault
from labels.registry.endedkeys import known_ends
from labels.registry.export import LogView, view_of
from labels.registry.records import all_reservations, get_files
from labels.registry.state import State, TransitionError
from labels.registry.store import Store
from labels.times import end_of_day, local_day, parse_utc
from labels.verify import verify
from labels.verify.report import Outcome
from labels.verify.status import VALID


def stored_faults(store: Store, now: dt.datetime) -> Iterator[Finding]:
    """Yield what verification has against the stored documents of a registry.

    Digest, receipt, approvals, seal, registered bytes, and the status the log gives; pages are not
    compared. Records without documents and missing files are left to
    :func:`~labels.registry.check.check`.

    Parameters
    ----------
    store
        The registry; its own trust file counts.
    now
        Present time.
    """
    try:
        log = view_of(store)
    except IssueError as error:
        yield from error.findings
        return
    known = known_ends(log.trust, log.chain)
    with store.read() as tx:
        files = {one.serial: get_files(tx, one.serial) for one in all_reservations(tx)}
    for serial, names in files.items():
        for name, digest in names.items():
            pdf = store.blobs.get(digest) if name.endswith(".pdf") else None
            if pdf is None or not log.documents(serial):
                continue
            issued = parse_utc(log.entries(serial)[0]["time"])
            if issued > now:  # nobody can verify it before; CHECK-CLOCK
                continue
            wrong = _wrong(pdf, log, serial, store.issuer.time_zone, now)
            if wrong and any(key.valid_until for key in log.trust.keys):
                # as it was when it was logged: that a key ended later is told by check
                then = replace(log, trust=known.at(issued))
                wrong = _wrong(pdf, then, serial, store.issuer.time_zone, now)
            if wrong:
                yield fault("CHECK-CERTIFICATE", serial, serial=serial, name=name, detail=wrong)


def _expected(log: LogView, serial: str, zone: str, now: dt.datetime) -> str:
    """Return the status that verification must give, empty where the log is told as wrong."""
    today = end_of_day(local_day(now, zone), zone) - dt.timedelta(seconds=1)
    try:
        state = log.status(serial, today, zone)
    except (TransitionError, ValueError, KeyError):
        return ""
    return VALID if state is State.ISSUED else str(state)


def _wrong(pdf: bytes, log: LogView, serial: str, zone: str, now: dt.datetime) -> str:
    """Return what is wrong with a document, empty when nothing is."""
    report = verify(pdf, trust=log.trust, now=now, log=log)
    status = _expected(log, serial, zone, now)
    codes = [
        found.code
        for check in report.checks
        for found in check.findings
        if check.outcome is Outcome.FAIL and check.name != "status"
    ]
    if report.subject.get("serial") != serial:
        codes.append("serial")
    if status and report.status != status:
        codes.append(f"{report.status}, {status}")
    return ", ".join(codes)

"""What is under way: drafts without a number, numbers without documents, live claims."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import Connection, select

from factors.errors import IssueError
from factors.findings import Finding
from labels.refusal import fault
from labels.registry import tables as t
from labels.registry.checkrecord import body_faults, kept_approval_faults, stored_leaves
from labels.registry.entries import Reservation
from labels.registry.records import all_reservations, get_draft, holder
from labels.registry.state import LIVE, Event, State, TransitionError, replay
from labels.registry.succession import replaces
from labels.times import parse_utc
from labels.trust import TrustFile

#: Age from which an unfinished record is nobody's work in hand any more.
STALLED = dt.timedelta(hours=1)


def unfinished_faults(tx: Connection, now: dt.datetime | None) -> Iterator[Finding]:
    """Name the records without documents; what does not replay was reported with the record."""
    for one in all_reservations(tx):
        try:
            state = replay(Event(str(leaf["type"])) for leaf in stored_leaves(tx, one.serial))
            stalled = now is not None and now - parse_utc(one.time) > STALLED
        except (TransitionError, ValueError):
            continue
        if state in (State.RESERVED, State.LOGGED):
            code = "CHECK-STALLED" if stalled else "CHECK-UNFINISHED"
            more = {"time": one.time} if stalled else {}
            yield fault(code, one.serial, state=state, **more)


def waiting_faults(tx: Connection, trust: TrustFile) -> Iterator[Finding]:
    """Check the drafts that have no number yet: they are to be issued."""
    numbered = select(t.reservations.c.draft)
    waiting = select(t.drafts.c.draft).where(t.drafts.c.draft.not_in(numbered))
    for draft in tx.execute(waiting).scalars().all():
        try:
            stored = get_draft(tx, draft)
            yield from body_faults(stored, draft)
            yield from kept_approval_faults(tx, stored, trust)
        except IssueError as error:
            yield fault("CHECK-BODY", draft, detail=type(error).__name__)


def stray_approval_faults(tx: Connection) -> Iterator[Finding]:
    """Name the approvals of drafts that are not there."""
    stray = t.approvals.c.draft.not_in(select(t.bodies.c.draft))
    for draft in tx.execute(select(t.approvals.c.draft).where(stray)).scalars():
        yield fault("CHECK-APPROVAL", draft, detail="no draft")


def claim_faults(tx: Connection) -> Iterator[Finding]:
    """Compare the live claims with what the log says."""
    held = {row.serial: row.claim for row in tx.execute(select(t.claims))}
    for reservation in all_reservations(tx):
        try:
            kinds = [leaf["type"] for leaf in stored_leaves(tx, reservation.serial)]
            state = replay(Event(str(kind)) for kind in kinds)
            claim = get_draft(tx, reservation.draft).claim
            wanted = claim if state in LIVE and not _waits(tx, reservation, state, claim) else None
        except (TransitionError, ValueError, IssueError):
            continue  # reported with the record
        if held.pop(reservation.serial, None) != wanted:
            yield fault("CHECK-CLAIM", reservation.serial, serial=reservation.serial)


def _waits(tx: Connection, reservation: Reservation, state: State, claim: str) -> bool:
    """Whether a successor still leaves its claim to the record it will replace."""
    old = replaces(tx, reservation.serial)
    if old is None or state not in (State.RESERVED, State.LOGGED):
        return False
    return holder(tx, claim) == old

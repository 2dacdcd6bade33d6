"""What is under way: drafts without a number, numbers without documents, live claims."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from factors.errors import IssueError
from factors.findings import Finding
from labels.refusal import fault
from labels.registry import tables as t
from labels.registry.checkrecord import (
    body_faults,
    kept_approval_faults,
    lenient,
    stored_leaves,
)
from labels.registry.entries import Reservation
from labels.registry.records import all_reservations, get_draft, holder
from labels.registry.state import LIVE, Event, State, TransitionError, replay
from labels.registry.succession import replaces
from labels.registry.words import told
from labels.times import parse_utc, utc_text
from labels.trust import TrustFile

#: Age from which an unfinished record is nobody's work in hand any more.
STALLED = dt.timedelta(hours=1)
#: How far the clocks of several hosts may differ.
ASKEW = dt.timedelta(minutes=5)


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
            yield fault(code, one.serial, **told(state=[state]), **more)


def clock_faults(tx: Connection, now: dt.datetime) -> Iterator[Finding]:
    """Name the numbers and entries at which time ran backwards, or that lie ahead of now.

    Nothing that was logged can be mended; a number of last year behind one of this year is to be
    seen. An ``issued`` entry has the time of its number, and may be written later.
    """
    numbers = [(one.serial, one.time) for one in all_reservations(tx)]
    entries = select(t.leaves.c.serial, t.leaves.c.data).order_by(t.leaves.c.position)
    leaves = [(row.serial, lenient(row.data)) for row in tx.execute(entries)]
    others = [(serial, leaf.get("time")) for serial, leaf in leaves if leaf["type"] != Event.ISSUE]
    seen = set()
    for serial, time, former in (*_backwards(numbers, now), *_backwards(others, now)):
        if serial not in seen:
            seen.add(serial)
            yield fault("CHECK-CLOCK", serial, time=time, former=former)


def _backwards(
    told: Sequence[tuple[str, object]], now: dt.datetime
) -> Iterator[tuple[str, str, str]]:
    """Yield serial, time, and what it contradicts; what is no time is skipped."""
    former = None
    for serial, time in told:
        try:
            moment = parse_utc(str(time))
        except ValueError:
            continue
        if former is not None and moment < former - ASKEW:
            yield serial, utc_text(moment), utc_text(former)
        elif moment > now + ASKEW:
            yield serial, utc_text(moment), utc_text(now)
        former = moment


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

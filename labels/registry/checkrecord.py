"""One record, recomputed: body, approvals, leaves, orders and signed files agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from factors.errors import IssueError
from factors.findings import Finding
from labels.canonical import parse_object
from labels.kinds import APPROVALS, Kind
from labels.refusal import fault
from labels.registry import tables as t
from labels.registry.endedkeys import Known
from labels.registry.entries import Reservation, file_hashes, issued_leaf
from labels.registry.identity import disapproved
from labels.registry.log import leaves_of
from labels.registry.orders import OrderFault, check_order
from labels.registry.records import StoredDraft, get_approvals, get_draft, get_files
from labels.registry.soundness import damage
from labels.registry.state import ORDERED_EVENTS, Event, TransitionError, replay
from labels.registry.store import Store
from labels.registry.words import told
from labels.sign import ApprovalFault, check_approval
from labels.times import parse_utc
from labels.trust import TrustFile


def record_faults(
    store: Store, tx: Connection, reservation: Reservation, known: Known
) -> list[Finding]:
    """Check one record; rows damaged beyond reading are a finding too."""
    found: list[Finding] = []
    try:
        found.extend(_record(store, tx, reservation, known))
    except (IssueError, ValueError, KeyError, TypeError) as error:
        found.append(fault("CHECK-BODY", reservation.serial, detail=type(error).__name__))
    return found


def _record(
    store: Store, tx: Connection, reservation: Reservation, known: Known
) -> Iterator[Finding]:
    draft = get_draft(tx, reservation.draft)
    yield from body_faults(draft, reservation.serial)
    yield from kept_approval_faults(tx, draft, known.trust)
    yield from _approvals(tx, draft, known.at(parse_utc(reservation.time)))
    leaves = stored_leaves(tx, reservation.serial)
    try:
        replay(Event(str(leaf["type"])) for leaf in leaves)
    except (TransitionError, ValueError) as error:
        yield fault("CHECK-STATE", reservation.serial, detail=error)
        return
    yield from _issued(leaves, reservation, draft)
    yield from _orders(tx, reservation.serial, known)
    yield from _files(store, tx, reservation.serial, leaves)


def body_faults(draft: StoredDraft, where: str) -> Iterator[Finding]:
    """Check that a draft is what was handed in and approved."""
    wrong = damage(draft)
    if wrong:
        yield fault("CHECK-BODY", where, detail=wrong)


def kept_approval_faults(tx: Connection, draft: StoredDraft, trust: TrustFile) -> Iterator[Finding]:
    """Check each row of an approval of a draft, with a number or without."""
    for row in tx.execute(select(t.approvals).where(t.approvals.c.draft == draft.draft)):
        wrong = disapproved(row.role, row.record, draft, trust)
        if wrong:
            yield fault("CHECK-APPROVAL", draft.draft, detail=wrong)


def _approvals(tx: Connection, draft: StoredDraft, trust: TrustFile) -> Iterator[Finding]:
    records = get_approvals(tx, draft.draft)
    roles = sorted(record["payload"]["role"] for record in records)
    if roles != sorted(APPROVALS[Kind(draft.kind)]):
        yield fault("CHECK-APPROVAL", draft.draft, detail=roles)
    for record in records:
        try:
            check_approval(record, draft.body_hash, trust)
        except ApprovalFault as error:
            yield fault("CHECK-APPROVAL", draft.draft, detail=error)


def _issued(
    leaves: list[dict[str, Any]], reservation: Reservation, draft: StoredDraft
) -> Iterator[Finding]:
    validity = draft.fields["validity"]
    if (reservation.valid_from, reservation.valid_until) != (validity["from"], validity["until"]):
        yield fault("CHECK-NUMBER", reservation.serial, detail="validity")
    wanted = issued_leaf(reservation, draft.fields, draft.body_hash)
    for leaf in leaves:
        if leaf["type"] == Event.ISSUE and any(leaf.get(k) != v for k, v in wanted.items()):
            yield fault("CHECK-LEAF", reservation.serial, detail="issued leaf")


def _orders(tx: Connection, serial: str, known: Known) -> Iterator[Finding]:
    """Every change after issue was ordered by an entitled person."""
    leaves = leaves_of(tx, serial)
    for place, data in enumerate(leaves):
        leaf = lenient(data)
        if leaf["type"] not in ORDERED_EVENTS:
            continue
        try:
            check_order(leaf, leaves[:place], known.at(parse_utc(leaf["time"])))
        except OrderFault as error:
            event = told(event=[Event(leaf["type"])])
            yield fault("CHECK-ORDER", serial, **event, detail=error)


def _files(
    store: Store, tx: Connection, serial: str, leaves: list[dict[str, Any]]
) -> Iterator[Finding]:
    stored = get_files(tx, serial)
    for name, digest in stored.items():
        if store.blobs.get(digest) is None:
            yield fault("CHECK-FILE", f"{serial} {name}", name=name)
    pdfs = {name: digest for name, digest in stored.items() if name.endswith(".pdf")}
    for leaf in leaves:
        if leaf["type"] == Event.DOCUMENT and file_hashes(leaf) != pdfs:
            yield fault("CHECK-FILE", serial, name="documents")


def stored_leaves(tx: Connection, serial: str) -> list[dict[str, Any]]:
    """Return the leaves of a record, parsed."""
    return [lenient(data) for data in leaves_of(tx, serial)]


def lenient(data: bytes) -> dict[str, Any]:
    """Parse a leaf; a broken one is reported with the log."""
    try:
        return {"type": "", "files": [], **parse_object(data)}
    except ValueError:
        return {"type": "", "files": []}

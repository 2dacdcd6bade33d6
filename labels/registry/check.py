"""The registry's own check: everything is recomputed from stored bytes, every problem is a finding.

What is not trusted: stored hashes, roots, claims. What is trusted: the trust file given by the
caller (the registry's own by default) and, if given, a checkpoint kept elsewhere as a witness.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from factors.errors import IssueError
from factors.findings import Finding, Where, finding
from labels.canonical import canonical, parse_object, sha256
from labels.issuer import IssuerProfile
from labels.keys import Purpose
from labels.kinds import APPROVALS, Kind
from labels.merkle import Peaks, grow, leaf_hash, root_of
from labels.refusal import refusal
from labels.registry import tables as t
from labels.registry.entries import Reservation, file_hashes, issued_leaf
from labels.registry.identity import disapproved, misnumbered, other_issuer
from labels.registry.keyfiles import unfit
from labels.registry.log import leaves_of, log_size
from labels.registry.note import Checkpoint, open_note
from labels.registry.orders import OrderFault, check_order
from labels.registry.records import (
    StoredDraft,
    all_reservations,
    get_approvals,
    get_draft,
    get_files,
    holder,
)
from labels.registry.rotation import check_rotation
from labels.registry.soundness import damage
from labels.registry.state import (
    LIVE,
    ORDERED_EVENTS,
    Event,
    State,
    TransitionError,
    replay,
)
from labels.registry.store import KEYS, TRUST, Store
from labels.registry.succession import replaces
from labels.registry.tiles import WIDTH, perfect
from labels.sign import ApprovalFault, check_approval
from labels.times import parse_utc
from labels.trust import TrustFile, parse_trust

#: Age from which an unfinished record is nobody's work in hand any more.
STALLED = dt.timedelta(hours=1)


def check(
    store: Store, witness: str | None = None, now: dt.datetime | None = None
) -> tuple[Finding, ...]:
    """Check a registry from end to end.

    Parameters
    ----------
    store
        The registry.
    witness
        A signed checkpoint kept outside the registry: the log must still contain it.
    now
        Present time: a record unfinished for longer than :data:`STALLED` is then an error, as is a
        kept key out of its time. None leaves the age of records and the times of keys alone.

    Returns
    -------
    tuple of Finding
        Empty when everything holds; ``CHECK-UNFINISHED`` is a warning, ``CHECK-LEFTOVER`` a note,
        the rest are errors.

    Raises
    ------
    IssueError
        ``REGISTRY-STORAGE`` when the database cannot be read at all.
    """
    trust = store.trust
    with store.read() as tx:
        return (
            *_database(store, tx),
            *_trust(store, tx),
            *_keys(store, tx, trust, now),
            *_issuer(tx, trust),
            *_numbers(tx, store.issuer),
            *_log(tx, trust, witness),
            *(found for r in all_reservations(tx) for found in _sound(store, tx, r, trust)),
            *_unfinished(tx, now),
            *_waiting(tx, trust),
            *_stray_approvals(tx),
            *_claims(tx),
            *_leftovers(store),
        )


def _fault(code: str, where: str, **params: object) -> Finding:
    return finding(code, Where(path=where), **params)


def _database(store: Store, tx: Connection) -> Iterator[Finding]:
    for fault in store.database.faults(tx):
        yield _fault(fault.code, fault.where, **fault.params)


def _trust(store: Store, tx: Connection) -> Iterator[Finding]:
    """Follow the signed steps from the first trust file to the last, and look at the copy."""
    files = [row.data for row in tx.execute(select(t.trust).order_by(t.trust.c.version))]
    steps = {row.version: row.record for row in tx.execute(select(t.rotations))}
    for version in range(2, len(files) + 1):
        try:
            old, new = (parse_trust(files[place - 1]) for place in (version - 1, version))
            check_rotation(steps.get(version, b""), old, new)
        except (ValueError, IssueError) as fault:
            yield _fault("CHECK-TRUST", f"version {version}", detail=fault)
    copy = store.location / TRUST
    if not copy.is_file() or copy.read_bytes() != files[-1]:
        yield _fault("CHECK-TRUST", TRUST, detail="differs from the database")


def _keys(
    store: Store, tx: Connection, trust: TrustFile, now: dt.datetime | None
) -> Iterator[Finding]:
    """Name the kept keys that no longer sign: every command that needs one would be refused."""
    size = log_size(tx)
    for purpose in Purpose:
        if unfit(store.location / KEYS, purpose, trust, size, now):
            yield _fault("CHECK-KEY", f"{KEYS}/{purpose}.json", purpose=purpose)


def _issuer(tx: Connection, trust: TrustFile) -> Iterator[Finding]:
    """Compare the issuer profile with the trust file and with every body, which repeat it."""
    data = tx.execute(select(t.settings.c.data).where(t.settings.c.name == "issuer")).scalar_one()
    wrong = other_issuer(data, trust)
    bodies = [] if wrong else tx.execute(select(t.bodies).order_by(t.bodies.c.draft)).all()
    for row in bodies:
        whole = sha256(row.body) == row.body_hash  # another body is reported as such
        if whole and canonical(_lenient(row.body).get("issuer")) != data:
            wrong = row.draft
    if wrong:
        yield _fault("CHECK-ISSUER", "settings", detail=wrong)


def _numbers(tx: Connection, issuer: IssuerProfile) -> Iterator[Finding]:
    """Numbers run from 1 without a gap, and each serial is made of its own."""
    former = 0
    for one in all_reservations(tx):
        wrong = misnumbered(one, former, issuer)
        if wrong:
            yield _fault("CHECK-NUMBER", one.serial, detail=wrong)
        former = one.number


def _log(tx: Connection, trust: TrustFile, witness: str | None) -> Iterator[Finding]:
    """Hash every leaf again and compare every checkpoint with the tree at its size."""
    notes = {row.size: row for row in tx.execute(select(t.checkpoints))}
    roots: dict[int, bytes] = {}
    peaks: Peaks = ()
    hashes: list[bytes] = []
    for size, row in enumerate(tx.execute(select(t.leaves).order_by(t.leaves.c.position))):
        yield from _leaf(row, size)
        hashes.append(leaf_hash(row.data))
        peaks = grow(peaks, size, hashes[-1])
        roots[size + 1] = root_of(peaks)
        yield from _checkpoint(notes.pop(size + 1, None), size + 1, peaks, trust)
    for size in notes:
        yield _fault("CHECK-CHECKPOINT", str(size), detail="covers leaves that are not there")
    yield from _tiles(tx, hashes)
    if witness is not None:
        yield from _witness(witness, roots, trust)


def _tiles(tx: Connection, row: list[bytes]) -> Iterator[Finding]:
    """Compare the stored tiles with the leaves, level by level; a missing one only costs time."""
    stored = {(one.level, one.number): one for one in tx.execute(select(t.tiles))}
    level = 0
    while row:
        above = []
        for number in range(len(row) // WIDTH):
            hashes = row[number * WIDTH : (number + 1) * WIDTH]
            above.append(perfect(hashes))
            one = stored.pop((level, number), None)
            if one is not None and (one.hashes, one.root) != (b"".join(hashes), above[-1]):
                yield _fault("CHECK-TILE", f"tile {level}/{number}", detail="content")
        level, row = level + 1, above
    for level, number in stored:
        yield _fault("CHECK-TILE", f"tile {level}/{number}", detail="no leaves")


def _leaf(row: Any, position: int) -> Iterator[Finding]:
    where = f"leaf {position}"
    if row.position != position:
        yield _fault("CHECK-LEAF", where, detail=f"position {row.position}")
    try:
        leaf = parse_object(row.data)
        sound = canonical(leaf) == row.data and leaf["serial"] == row.serial
        sound = sound and leaf["type"] == row.kind and leaf_hash(row.data) == row.hash
    except (ValueError, KeyError):
        sound = False
    if not sound:
        yield _fault("CHECK-LEAF", where, detail="content")


def _checkpoint(row: Any, size: int, peaks: Peaks, trust: TrustFile) -> Iterator[Finding]:
    expected = Checkpoint(trust.origin, size, root_of(peaks))
    try:
        if row is None or open_note(row.note, trust) != expected:
            yield _fault("CHECK-CHECKPOINT", str(size), detail="does not match the leaves")
        elif row.root != expected.root or row.peaks != b"".join(peaks):
            yield _fault("CHECK-CHECKPOINT", str(size), detail="stored root or peaks")
    except ValueError as error:
        yield _fault("CHECK-CHECKPOINT", str(size), detail=error)


def _witness(note: str, roots: dict[int, bytes], trust: TrustFile) -> Iterator[Finding]:
    try:
        seen = open_note(note, trust)
    except ValueError as error:
        raise refusal("WITNESS-UNREADABLE", "", reason=str(error)) from error
    if roots.get(seen.size) != seen.root:
        yield _fault("CHECK-WITNESS", str(seen.size), size=seen.size)


def _sound(
    store: Store, tx: Connection, reservation: Reservation, trust: TrustFile
) -> list[Finding]:
    """Check one record; rows damaged beyond reading are a finding too."""
    found: list[Finding] = []
    try:
        found.extend(_record(store, tx, reservation, trust))
    except (IssueError, ValueError, KeyError, TypeError) as error:
        found.append(_fault("CHECK-BODY", reservation.serial, detail=type(error).__name__))
    return found


def _record(
    store: Store, tx: Connection, reservation: Reservation, trust: TrustFile
) -> Iterator[Finding]:
    draft = get_draft(tx, reservation.draft)
    yield from _body(draft, reservation.serial)
    yield from _kept_approvals(tx, draft, trust)
    yield from _approvals(tx, draft, trust)
    leaves = _leaves(tx, reservation.serial)
    try:
        replay(Event(str(leaf["type"])) for leaf in leaves)
    except (TransitionError, ValueError) as error:
        yield _fault("CHECK-STATE", reservation.serial, detail=error)
        return
    yield from _issued(leaves, reservation, draft)
    yield from _orders(tx, reservation.serial, trust)
    yield from _files(store, tx, reservation.serial, leaves)


def _unfinished(tx: Connection, now: dt.datetime | None) -> Iterator[Finding]:
    """Name the records without documents; what does not replay was reported with the record."""
    for one in all_reservations(tx):
        try:
            state = replay(Event(str(leaf["type"])) for leaf in _leaves(tx, one.serial))
            stalled = now is not None and now - parse_utc(one.time) > STALLED
        except (TransitionError, ValueError):
            continue
        if state in (State.RESERVED, State.LOGGED):
            code = "CHECK-STALLED" if stalled else "CHECK-UNFINISHED"
            more = {"time": one.time} if stalled else {}
            yield _fault(code, one.serial, state=state, **more)


def _leaves(tx: Connection, serial: str) -> list[dict[str, Any]]:
    rows = tx.execute(
        select(t.leaves.c.data).where(t.leaves.c.serial == serial).order_by(t.leaves.c.position)
    )
    return [_lenient(row.data) for row in rows]


def _lenient(data: bytes) -> dict[str, Any]:
    """Parse a leaf; a broken one was reported by :func:`_leaf` already."""
    try:
        return {"type": "", "files": [], **parse_object(data)}
    except ValueError:
        return {"type": "", "files": []}


def _body(draft: StoredDraft, where: str) -> Iterator[Finding]:
    wrong = damage(draft)
    if wrong:
        yield _fault("CHECK-BODY", where, detail=wrong)


def _waiting(tx: Connection, trust: TrustFile) -> Iterator[Finding]:
    """Check the drafts that have no number yet: they are to be issued."""
    numbered = select(t.reservations.c.draft)
    waiting = select(t.drafts.c.draft).where(t.drafts.c.draft.not_in(numbered))
    for draft in tx.execute(waiting).scalars().all():
        try:
            stored = get_draft(tx, draft)
            yield from _body(stored, draft)
            yield from _kept_approvals(tx, stored, trust)
        except IssueError as error:
            yield _fault("CHECK-BODY", draft, detail=type(error).__name__)


def _kept_approvals(tx: Connection, draft: StoredDraft, trust: TrustFile) -> Iterator[Finding]:
    """Check each row of an approval of a draft, with a number or without."""
    for row in tx.execute(select(t.approvals).where(t.approvals.c.draft == draft.draft)):
        wrong = disapproved(row.role, row.record, draft, trust)
        if wrong:
            yield _fault("CHECK-APPROVAL", draft.draft, detail=wrong)


def _stray_approvals(tx: Connection) -> Iterator[Finding]:
    """Name the approvals of drafts that are not there."""
    stray = t.approvals.c.draft.not_in(select(t.bodies.c.draft))
    for draft in tx.execute(select(t.approvals.c.draft).where(stray)).scalars():
        yield _fault("CHECK-APPROVAL", draft, detail="no draft")


def _approvals(tx: Connection, draft: StoredDraft, trust: TrustFile) -> Iterator[Finding]:
    records = get_approvals(tx, draft.draft)
    roles = sorted(record["payload"]["role"] for record in records)
    if roles != sorted(APPROVALS[Kind(draft.kind)]):
        yield _fault("CHECK-APPROVAL", draft.draft, detail=roles)
    for record in records:
        try:
            check_approval(record, draft.body_hash, trust)
        except ApprovalFault as fault:
            yield _fault("CHECK-APPROVAL", draft.draft, detail=fault)


def _issued(
    leaves: list[dict[str, Any]], reservation: Reservation, draft: StoredDraft
) -> Iterator[Finding]:
    validity = draft.fields["validity"]
    if (reservation.valid_from, reservation.valid_until) != (validity["from"], validity["until"]):
        yield _fault("CHECK-NUMBER", reservation.serial, detail="validity")
    wanted = issued_leaf(reservation, draft.fields, draft.body_hash)
    for leaf in leaves:
        if leaf["type"] == Event.ISSUE and any(leaf.get(k) != v for k, v in wanted.items()):
            yield _fault("CHECK-LEAF", reservation.serial, detail="issued leaf")


def _orders(tx: Connection, serial: str, trust: TrustFile) -> Iterator[Finding]:
    """Every change after issue was ordered by an entitled person."""
    leaves = leaves_of(tx, serial)
    for place, data in enumerate(leaves):
        leaf = _lenient(data)
        if leaf["type"] not in ORDERED_EVENTS:
            continue
        try:
            check_order(leaf, leaves[:place], trust)
        except OrderFault as fault:
            yield _fault("CHECK-ORDER", serial, event=leaf["type"], detail=fault)


def _files(
    store: Store, tx: Connection, serial: str, leaves: list[dict[str, Any]]
) -> Iterator[Finding]:
    stored = get_files(tx, serial)
    for name, digest in stored.items():
        if store.blobs.get(digest) is None:
            yield _fault("CHECK-FILE", f"{serial} {name}", name=name)
    pdfs = {name: digest for name, digest in stored.items() if name.endswith(".pdf")}
    for leaf in leaves:
        if leaf["type"] == Event.DOCUMENT and file_hashes(leaf) != pdfs:
            yield _fault("CHECK-FILE", serial, name="documents")


def _claims(tx: Connection) -> Iterator[Finding]:
    """Compare the live claims with what the log says."""
    held = {row.serial: row.claim for row in tx.execute(select(t.claims))}
    for reservation in all_reservations(tx):
        try:
            kinds = [leaf["type"] for leaf in _leaves(tx, reservation.serial)]
            state = replay(Event(str(kind)) for kind in kinds)
            claim = get_draft(tx, reservation.draft).claim
            wanted = claim if state in LIVE and not _waits(tx, reservation, state, claim) else None
        except (TransitionError, ValueError, IssueError):
            continue  # reported with the record
        if held.pop(reservation.serial, None) != wanted:
            yield _fault("CHECK-CLAIM", reservation.serial, serial=reservation.serial)


def _waits(tx: Connection, reservation: Reservation, state: State, claim: str) -> bool:
    """Whether a successor still leaves its claim to the record it will replace."""
    old = replaces(tx, reservation.serial)
    if old is None or state not in (State.RESERVED, State.LOGGED):
        return False
    return holder(tx, claim) == old


def _leftovers(store: Store) -> Iterator[Finding]:
    for path in store.blobs.leftovers():
        yield _fault("CHECK-LEFTOVER", path.name, name=path.name)

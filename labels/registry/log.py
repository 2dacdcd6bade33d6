"""The log: leaves appended one by one, each under a checkpoint signed in the same transaction.

Before a checkpoint is signed, everything it covers since the last one is hashed again from the
stored bytes and the last checkpoint's own signature and root are checked; nothing inconsistent is
ever signed. Every :data:`RECOUNT_EVERY` leaves the whole tree is recomputed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select

from labels.keys import SigningKey
from labels.merkle import Peaks, grow, leaf_hash, merkle_root, root_of
from labels.refusal import refusal
from labels.registry import tables as t
from labels.registry.entries import Appended, leaf_bytes
from labels.registry.note import Checkpoint, open_note, signed_note
from labels.registry.state import Event, State, TransitionError, after, replay
from labels.registry.tiles import store_full
from labels.times import utc_text
from labels.trust import TrustFile

RECOUNT_EVERY = 10_000


def append(
    tx: Connection,
    leaf: Mapping[str, Any],
    trust: TrustFile,
    keys: Sequence[SigningKey],
    now: dt.datetime,
) -> Appended:
    """Append a leaf and sign the checkpoint that covers it.

    Parameters
    ----------
    tx
        A writing transaction.
    leaf
        Plain data with ``type`` and ``serial``.
    trust
        The registry's trust file; the new checkpoint must satisfy it.
    keys
        Checkpoint keys.
    now
        Time of writing.

    Raises
    ------
    IssueError
        ``LOG-TRANSITION`` when the record's state forbids the event; ``LOG-DAMAGED`` when stored
        bytes, roots and signatures do not agree.
    """
    serial, event = leaf["serial"], Event(leaf["type"])
    try:
        after(state_of(tx, serial), event)
    except TransitionError as error:
        raise refusal("LOG-TRANSITION", serial, event=event, state=state_of(tx, serial)) from error
    size, peaks = _trusted_peaks(tx, trust)
    data = leaf_bytes(leaf)
    tx.execute(
        insert(t.leaves).values(
            position=size, kind=str(event), serial=serial, data=data, hash=leaf_hash(data)
        )
    )
    grown = grow(peaks, size, _stored_hash(tx, size))
    note = _sign(Checkpoint(trust.origin, size + 1, root_of(grown)), trust, keys)
    tx.execute(
        insert(t.checkpoints).values(
            size=size + 1,
            root=root_of(grown),
            peaks=b"".join(grown),
            note=note,
            time=utc_text(now),
        )
    )
    store_full(tx, size + 1)
    return Appended(size, note, tuple(reversed(peaks)))


def appended(tx: Connection, position: int) -> Appended:
    """Return position, checkpoint and proof of a leaf as they were when it was appended."""
    row = tx.execute(select(t.checkpoints.c.note).where(t.checkpoints.c.size == position + 1)).one()
    return Appended(position, row.note, tuple(reversed(_peaks(tx, position))))


def state_of(tx: Connection, serial: str) -> State:
    """Return the state of a reserved record as the log tells it, expiry left aside."""
    rows = tx.execute(
        select(t.leaves.c.kind).where(t.leaves.c.serial == serial).order_by(t.leaves.c.position)
    )
    return replay(Event(row.kind) for row in rows)


def find_leaf(tx: Connection, serial: str, kind: str) -> tuple[int, bytes] | None:
    """Return position and bytes of the last leaf of a kind for a serial, if there is one."""
    row = tx.execute(
        select(t.leaves.c.position, t.leaves.c.data)
        .where(t.leaves.c.serial == serial, t.leaves.c.kind == kind)
        .order_by(t.leaves.c.position.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.position, row.data)


def leaves_of(tx: Connection, serial: str) -> tuple[bytes, ...]:
    """Return the bytes of the leaves of one serial in order."""
    rows = tx.execute(
        select(t.leaves.c.data).where(t.leaves.c.serial == serial).order_by(t.leaves.c.position)
    )
    return tuple(row.data for row in rows)


def all_leaves(tx: Connection) -> tuple[bytes, ...]:
    """Return the bytes of every leaf in order."""
    rows = tx.execute(select(t.leaves.c.data).order_by(t.leaves.c.position))
    return tuple(row.data for row in rows)


def log_size(tx: Connection) -> int:
    """Return the number of leaves, by the position of the last one."""
    last = select(func.coalesce(func.max(t.leaves.c.position), -1))
    return int(tx.execute(last).scalar_one()) + 1


def last_note(tx: Connection) -> str | None:
    """Return the newest signed checkpoint, None for an empty log."""
    newest = select(t.checkpoints.c.note).order_by(t.checkpoints.c.size.desc()).limit(1)
    return tx.execute(newest).scalar_one_or_none()


def _trusted_peaks(tx: Connection, trust: TrustFile) -> tuple[int, Peaks]:
    """Return size and peaks of the log after checking them against the last signed checkpoint."""
    size = log_size(tx)
    if size == 0:
        return 0, ()
    note = last_note(tx)
    peaks = _peaks(tx, size)
    try:
        checkpoint = open_note(note or "", trust)
    except ValueError as error:
        raise _damaged(str(error)) from error
    newest = grow(_peaks(tx, size - 1), size - 1, _stored_hash(tx, size - 1))
    if (checkpoint.size, checkpoint.root) != (size, root_of(peaks)) or newest != peaks:
        raise _damaged("the last checkpoint does not cover the stored leaves")
    if size % RECOUNT_EVERY == 0:
        _recount(tx, checkpoint)
    return size, peaks


def _recount(tx: Connection, checkpoint: Checkpoint) -> None:
    if merkle_root([leaf_hash(data) for data in all_leaves(tx)]) != checkpoint.root:
        raise _damaged("the whole log does not give the signed root")


def _peaks(tx: Connection, size: int) -> Peaks:
    if size == 0:
        return ()
    raw = tx.execute(
        select(t.checkpoints.c.peaks).where(t.checkpoints.c.size == size)
    ).scalar_one_or_none()
    if raw is None or len(raw) != 32 * size.bit_count():
        raise _damaged(f"no checkpoint of size {size}")
    return tuple(raw[start : start + 32] for start in range(0, len(raw), 32))


def _stored_hash(tx: Connection, position: int) -> bytes:
    """Hash a leaf again from its stored bytes."""
    row = tx.execute(select(t.leaves).where(t.leaves.c.position == position)).one()
    if leaf_hash(row.data) != row.hash:
        raise _damaged(f"leaf {position}")
    return bytes(row.hash)


def _sign(checkpoint: Checkpoint, trust: TrustFile, keys: Sequence[SigningKey]) -> str:
    try:
        note = signed_note(checkpoint, keys)
        open_note(note, trust)
    except ValueError as error:
        raise refusal("CHECKPOINT-KEY", checkpoint.origin, reason=str(error)) from error
    return note


def _damaged(detail: str) -> Exception:
    return refusal("LOG-DAMAGED", "", detail=detail)

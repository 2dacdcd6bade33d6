"""The log: leaves appended one by one, each under a checkpoint signed in the same transaction.

Before a checkpoint is signed, everything it covers since the last one is hashed again from the
stored bytes and the last checkpoint's own signature and root are checked; nothing inconsistent is
ever signed. Every :data:`RECOUNT_EVERY` leaves the whole tree is recomputed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from factors.errors import IssueError
from labels.keys import SigningKey
from labels.merkle import Peaks, grow, leaf_hash, merkle_root, root_of
from labels.refusal import refusal
from labels.registry import tables as t
from labels.registry.entries import Appended, leaf_bytes
from labels.registry.note import Checkpoint, open_note, signed_note
from labels.registry.prepared import Prepared
from labels.registry.state import Event, State, TransitionError, after, following, replay
from labels.registry.tiles import store_full
from labels.registry.words import told
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
        raise forbidden(serial, event, state_of(tx, serial)) from error
    size, peaks = _trusted_peaks(tx, trust)
    data = leaf_bytes(leaf)
    row = {"position": size, "kind": str(event), "serial": serial, "data": data}
    _ADD_LEAF.add(tx, {**row, "hash": leaf_hash(data)})
    grown = grow(peaks, size, _stored_hash(_LAST_LEAF.row(tx)))
    point = Checkpoint(trust.origin, size + 1, root_of(grown))
    note = _sign(point, trust, keys)
    signed = {"size": point.size, "root": point.root, "peaks": b"".join(grown), "note": note}
    _ADD_CHECKPOINT.add(tx, {**signed, "time": utc_text(now)})
    store_full(tx, point.size)
    return Appended(size, note, tuple(reversed(peaks)))


def appended(tx: Connection, position: int) -> Appended:
    """Return position, checkpoint and proof of a leaf as they were when it was appended."""
    rows = {row.size: row for row in _CHECKPOINTS.rows(tx, size=position + 1)}
    proof = tuple(reversed(_peaks(rows.get(position), position)))
    return Appended(position, rows[position + 1].note, proof)


def state_of(tx: Connection, serial: str) -> State:
    """Return the state of a reserved record as the log tells it, expiry left aside.

    Raises
    ------
    IssueError
        ``LOG-DAMAGED`` when its leaves contradict the table of states.
    """
    try:
        return replay(map(Event, _KINDS.column(tx, serial=serial)))
    except (TransitionError, ValueError) as error:
        raise _damaged(f"{serial}: {error}") from error


def find_leaf(tx: Connection, serial: str, kind: str) -> tuple[int, bytes] | None:
    """Return position and bytes of the last leaf of a kind for a serial, if there is one."""
    row = _LAST_OF_KIND.row(tx, serial=serial, kind=str(kind))
    return None if row is None else (row.position, row.data)


def leaves_of(tx: Connection, serial: str) -> tuple[bytes, ...]:
    """Return the bytes of the leaves of one serial in order."""
    return tuple(_DATA.column(tx, serial=serial))


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
    return _LAST_NOTE.value(tx)


def _trusted_peaks(tx: Connection, trust: TrustFile) -> tuple[int, Peaks]:
    """Return size and peaks of the log after checking them against the last signed checkpoint."""
    leaf = _LAST_LEAF.row(tx)
    if leaf is None:
        return 0, ()
    size = leaf.position + 1
    newest = _LAST_CHECKPOINTS.rows(tx)
    rows = {row.size: row for row in newest}
    peaks = _peaks(rows.get(size), size)
    try:
        checkpoint = _opened(newest[0].note, trust)
    except ValueError as error:
        raise _damaged(str(error)) from error
    grown = grow(_peaks(rows.get(size - 1), size - 1), size - 1, _stored_hash(leaf))
    if (checkpoint.size, checkpoint.root) != (size, root_of(peaks)) or grown != peaks:
        raise _damaged("the last checkpoint does not cover the stored leaves")
    if size % RECOUNT_EVERY == 0:
        _recount(tx, checkpoint)
    return size, peaks


def _recount(tx: Connection, checkpoint: Checkpoint) -> None:
    if merkle_root([leaf_hash(data) for data in all_leaves(tx)]) != checkpoint.root:
        raise _damaged("the whole log does not give the signed root")


def _peaks(row: Any, size: int) -> Peaks:
    """Return the peaks that stand beside the checkpoint of a size."""
    if size == 0:
        return ()
    if row is None or len(row.peaks) != 32 * size.bit_count():
        raise _damaged(f"no checkpoint of size {size}")
    return tuple(row.peaks[start : start + 32] for start in range(0, len(row.peaks), 32))


def _stored_hash(leaf: Any) -> bytes:
    """Hash a leaf again from its stored bytes."""
    if leaf_hash(leaf.data) != leaf.hash:
        raise _damaged(f"leaf {leaf.position}")
    return bytes(leaf.hash)


def _sign(checkpoint: Checkpoint, trust: TrustFile, keys: Sequence[SigningKey]) -> str:
    try:
        note = signed_note(checkpoint, keys)
        _opened(note, trust)
    except ValueError as error:
        raise refusal("CHECKPOINT-KEY", checkpoint.origin, reason=str(error)) from error
    return note


@lru_cache(maxsize=4)
def _opened(note: str, trust: TrustFile) -> Checkpoint:
    """Open a note; the one just signed is the last one of the next leaf."""
    return open_note(note, trust)


def forbidden(serial: str, event: Event, state: State) -> IssueError:
    """Return the refusal of an event that cannot follow a state."""
    fields = told(event=[event], state=[state], possible=following(state))
    return refusal("LOG-TRANSITION", serial, **fields)


def _damaged(detail: str) -> Exception:
    return refusal("LOG-DAMAGED", "", detail=detail)


_OF_SERIAL = t.given(t.leaves.c.serial)
_IN_ORDER, _NEWEST = t.leaves.c.position, t.leaves.c.position.desc()
_KINDS = Prepared(select(t.leaves.c.kind).where(_OF_SERIAL).order_by(_IN_ORDER))
_DATA = Prepared(select(t.leaves.c.data).where(_OF_SERIAL).order_by(_IN_ORDER))
_LAST_OF_KIND = Prepared(
    select(t.leaves.c.position, t.leaves.c.data)
    .where(_OF_SERIAL, t.given(t.leaves.c.kind))
    .order_by(_NEWEST)
    .limit(1)
)
_LAST_LEAF = Prepared(
    select(t.leaves.c.position, t.leaves.c.data, t.leaves.c.hash).order_by(_NEWEST).limit(1)
)
_LARGEST = t.checkpoints.c.size.desc()
_LAST_CHECKPOINTS = Prepared(select(t.checkpoints).order_by(_LARGEST).limit(2))
_LAST_NOTE = Prepared(select(t.checkpoints.c.note).order_by(_LARGEST).limit(1))
#: The checkpoint of a size and the one before it.
_CHECKPOINTS = Prepared(
    select(t.checkpoints).where(
        t.checkpoints.c.size.between(bindparam("size") - 1, bindparam("size"))
    )
)
_ADD_LEAF, _ADD_CHECKPOINT = Prepared(insert(t.leaves)), Prepared(insert(t.checkpoints))

"""One record among a million: its leaves, and the proofs that the newest checkpoint covers them.

Nothing else of the log is read. That a later leaf about the record was not held back is seen from
the whole log only: by ``registry check``, and by whoever reads the published copy.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from labels.canonical import parse_object
from labels.merkle import leaf_hash
from labels.refusal import refusal
from labels.registry import tables as t
from labels.registry.life import Life
from labels.registry.log import last_note
from labels.registry.note import open_note
from labels.registry.state import State
from labels.registry.store import Store
from labels.registry.tiles import Nodes
from labels.registry.tree import Proof, included, inclusion_path


@dataclass(frozen=True, slots=True)
class Entry:
    """A leaf of the log with its audit path in the newest tree."""

    position: int
    data: bytes
    proof: Proof


@dataclass(frozen=True, slots=True)
class Found:
    """What the registry says of a serial.

    Attributes
    ----------
    serial
        The record.
    state
        Where it stands at the moment asked for.
    entries
        Its leaves, oldest first, each proven.
    note
        The signed checkpoint that the proofs lead to.
    """

    serial: str
    state: State
    entries: tuple[Entry, ...]
    note: str


def look_up(store: Store, serial: str, now: dt.datetime) -> Found:
    """Return the entries and the state of a record, proven against the newest checkpoint.

    Raises
    ------
    IssueError
        ``SERIAL-UNKNOWN`` when the log has no leaf of it; ``LOG-DAMAGED`` when a proof does not
        hold; ``REGISTRY-STORAGE``.
    """
    trust = store.trust
    mine = select(t.leaves.c.position, t.leaves.c.data).where(t.leaves.c.serial == serial)
    with store.read() as tx:
        rows = tx.execute(mine.order_by(t.leaves.c.position)).all()
        if not rows:
            raise refusal("SERIAL-UNKNOWN", serial, serial=serial)
        note = last_note(tx) or ""
        try:
            point = open_note(note, trust)
            nodes = Nodes(tx, point.size)
            paths = [inclusion_path(row.position, point.size, nodes.root) for row in rows]
        except ValueError as error:
            raise refusal("LOG-DAMAGED", serial, detail=str(error)) from error
    pairs = zip(rows, paths, strict=True)
    entries = tuple(Entry(row.position, row.data, path) for row, path in pairs)
    for one in entries:
        hashed = leaf_hash(one.data)
        if not included(hashed, one.position, point.size, one.proof, point.root):
            raise refusal("LOG-DAMAGED", serial, detail=f"leaf {one.position}")
    life = Life(tuple(parse_object(one.data) for one in entries))
    return Found(serial, life.state(store.issuer.time_zone, now, trust), entries, note)

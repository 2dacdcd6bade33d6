"""The log, recomputed: leaves, checkpoints, tiles from stored bytes; a witness from outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from factors.findings import Finding
from labels.canonical import canonical, parse_object
from labels.merkle import Peaks, grow, leaf_hash, root_of
from labels.refusal import fault, refusal
from labels.registry import tables as t
from labels.registry.note import Checkpoint, open_note
from labels.registry.tiles import WIDTH, perfect
from labels.trust import TrustFile


def log_faults(tx: Connection, trust: TrustFile, witness: str | None) -> Iterator[Finding]:
    """Hash every leaf again and compare every checkpoint with the tree at its size.

    Parameters
    ----------
    tx
        A transaction of the registry.
    trust
        Whose checkpoints count.
    witness
        A signed checkpoint kept outside the registry, if any.

    Raises
    ------
    IssueError
        ``WITNESS-UNREADABLE``.
    """
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
        yield fault("CHECK-CHECKPOINT", str(size), detail="covers leaves that are not there")
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
                yield fault("CHECK-TILE", f"tile {level}/{number}", detail="content")
        level, row = level + 1, above
    for level, number in stored:
        yield fault("CHECK-TILE", f"tile {level}/{number}", detail="no leaves")


def _leaf(row: Any, position: int) -> Iterator[Finding]:
    where = f"leaf {position}"
    if row.position != position:
        yield fault("CHECK-LEAF", where, detail=f"position {row.position}")
    try:
        leaf = parse_object(row.data)
        sound = canonical(leaf) == row.data and leaf["serial"] == row.serial
        sound = sound and leaf["type"] == row.kind and leaf_hash(row.data) == row.hash
    except (ValueError, KeyError):
        sound = False
    if not sound:
        yield fault("CHECK-LEAF", where, detail="content")


def _checkpoint(row: Any, size: int, peaks: Peaks, trust: TrustFile) -> Iterator[Finding]:
    expected = Checkpoint(trust.origin, size, root_of(peaks))
    try:
        if row is None or open_note(row.note, trust) != expected:
            yield fault("CHECK-CHECKPOINT", str(size), detail="does not match the leaves")
        elif row.root != expected.root or row.peaks != b"".join(peaks):
            yield fault("CHECK-CHECKPOINT", str(size), detail="stored root or peaks")
    except ValueError as error:
        yield fault("CHECK-CHECKPOINT", str(size), detail=error)


def _witness(note: str, roots: dict[int, bytes], trust: TrustFile) -> Iterator[Finding]:
    try:
        seen = open_note(note, trust)
    except ValueError as error:
        raise refusal("WITNESS-UNREADABLE", "", reason=str(error)) from error
    if roots.get(seen.size) != seen.root:
        yield fault("CHECK-WITNESS", str(seen.size), size=seen.size)

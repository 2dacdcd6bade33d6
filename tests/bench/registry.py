"""The registry at a million entries: look-up, proof, entry under a signed checkpoint; and issuing.

``python -m tests.bench.registry [ENTRIES [RECORDS]]``. The rows come from a log filled for the
purpose, in processor time, which a busy machine stretches least. The peer of issuing is the least
that could do the job: a loop that only commits and syncs as often, in turn with ours.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import insert

from labels.issue import issue
from labels.keys import Purpose
from labels.merkle import Peaks, grow, leaf_hash, root_of
from labels.registry import tables as t
from labels.registry.blobs import write_durably
from labels.registry.desk import announce, conclude, keep_files, reserve
from labels.registry.entries import event_leaf
from labels.registry.log import append
from labels.registry.lookup import look_up
from labels.registry.note import Checkpoint, signed_note
from labels.registry.sqlite import SETTINGS
from labels.registry.state import Event
from labels.registry.store import Store
from labels.registry.tiles import WIDTH, consistency, inclusion, store_full
from tests.labels.desk_help import T0, approved_draft, demo_store, office, submission

ENTRIES = 1_000_000
#: Writing transactions of one issue: reserve, issued, the rows of the files, documents.
COMMITS = 4
#: What issuing consists of, one commit each; the files are synced besides.
PARTS = ("number", "log", "files", "documents")

Answer = TypeVar("Answer")


def median(job: Callable[[], object], runs: int) -> float:
    """Return the median processor seconds of a job."""
    durations = []
    for _ in range(runs):
        start = time.process_time()
        job()
        durations.append(time.process_time() - start)
    return statistics.median(durations)


def filled(folder: Path, entries: int) -> Store:
    """Return a registry with three records and a log of an odd number of leaves, signed."""
    store = demo_store(folder)
    for number in range(3):
        issue(office(store), approved_draft(store, submission(f"EX-{number}")))
    row = {"kind": "suspended", "serial": "SAMPLE-1"}
    peaks: Peaks = ()
    with store.write() as tx:
        for size, one in enumerate(tx.execute(t.leaves.select()).all()):
            peaks = grow(peaks, size, one.hash)
        size = len(tx.execute(t.leaves.select()).all())
        while size < entries:
            end = min(entries, size - size % WIDTH + WIDTH)
            batch = []
            for position in range(size, end):
                hashed = leaf_hash(b"%d" % position)
                peaks = grow(peaks, position, hashed)
                batch.append(
                    {**row, "position": position, "data": b"%d" % position, "hash": hashed}
                )
            tx.execute(insert(t.leaves), batch)
            store_full(tx, end)
            size = end
        _sign(store, tx.execute, size, peaks)
        _sign(store, tx.execute, size - 1, peaks[:-1])  # of an odd tree the last leaf is a peak
    return store


def _sign(store: Store, execute: Callable[..., object], size: int, peaks: Peaks) -> None:
    point = Checkpoint(store.trust.origin, size, root_of(peaks))
    note = signed_note(point, [store.key(Purpose.CHECKPOINT)])
    values = {"root": point.root, "peaks": b"".join(peaks), "note": note, "time": ""}
    execute(insert(t.checkpoints).values(size=size, **values))


def large(folder: Path, entries: int) -> list[tuple[str, float, float | None]]:
    """Return the rows measured on the large log."""
    odd = entries - 1 + entries % 2
    store = filled(folder, odd)
    rng, turn = random.Random(1), itertools.cycle((Event.SUSPEND, Event.RESUME))
    keys, trust = [store.key(Purpose.CHECKPOINT)], store.trust

    def entry() -> None:
        leaf = event_leaf(next(turn), "SAMPLE-2", "data-doubted", T0)
        with store.write() as tx:
            append(tx, leaf, trust, keys, T0)

    def proof() -> None:
        with store.read() as tx:
            inclusion(tx, rng.randrange(odd), odd)

    def prefix() -> None:
        with store.read() as tx:
            consistency(tx, rng.randrange(1, odd), odd)

    return [
        ("look-up of a record, proven", median(lambda: look_up(store, "SAMPLE-3", T0), 51), 0.005),
        ("entry under a signed checkpoint", median(entry, 51), 0.005),
        ("inclusion proof", median(proof, 101), 0.001),
        ("consistency proof", median(prefix, 101), None),
    ]


def bare(folder: Path) -> Callable[[int], None]:
    """Return the peer of issuing: as many synced commits and synced files, and nothing else."""
    folder.mkdir()
    database = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    for name, value in SETTINGS.items():
        database.execute(f"PRAGMA {name} = {value}")
    database.execute("CREATE TABLE rows (data BLOB)")

    def record(number: int) -> None:
        for _ in range(COMMITS):
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO rows VALUES (?)", (bytes(400),))
            database.execute("COMMIT")
        write_durably(folder / str(number), b"%d" % number)

    return record


@dataclass(slots=True)
class Spent:
    """Seconds of the wall clock and of this process's processor time."""

    wall: float = 0.0
    cpu: float = 0.0

    def on(self, job: Callable[[], Answer]) -> Answer:
        """Do something and add its time."""
        wall, cpu = time.perf_counter(), time.process_time()
        done = job()
        self.wall += time.perf_counter() - wall
        self.cpu += time.process_time() - cpu
        return done


def issuing(folder: Path, records: int) -> tuple[Spent, dict[str, Spent]]:
    """Return what the peer and the parts of issuing took: no pages, no seal, one file.

    The two take turns, record by record, so that a neighbour on the disk slows both.
    """
    store = demo_store(folder / "desk")
    drafts = [approved_draft(store, submission(f"EX-{n}")) for n in range(records + 1)]
    key, peer, later = store.key(Purpose.CHECKPOINT), bare(folder / "bare"), dt.timedelta(seconds=1)
    parts: dict[str, Spent] = {}
    for number, draft in enumerate(drafts):
        if number < 2:  # the first one warms up
            spent, parts = Spent(), {name: Spent() for name in PARTS}
        spent.on(partial(peer, number))
        taken = parts["number"].on(partial(reserve, store, draft, "both", T0))
        parts["log"].on(partial(announce, store, taken, key, T0))
        pages = {"public/label.pdf": draft.encode()}
        parts["files"].on(partial(keep_files, store, taken.serial, pages))
        parts["documents"].on(partial(conclude, store, taken.serial, key, T0 + later))
    return spent, parts


def tell_issuing(folder: Path, records: int) -> None:
    """Print issuing beside its peer."""
    peer, parts = issuing(folder, records)
    ours = sum(part.wall for part in parts.values())
    print(f"issuing {records} records without pages and seal, in turn with its peer on one disk:")
    print(f"  {COMMITS} commits (WAL, synchronous=FULL), one file synced and renamed, each")
    print(f"{'':<14}{'ms':>8}{'of it CPU':>12}")
    rows = {"peer": peer, **parts}
    for name, part in rows.items():
        print(f"  {name:<12}{part.wall / records * 1000:8.2f}{part.cpu / records * 1000:12.2f}")
    print(f"  ratio {peer.wall / ours:.2f}   aim 0.8")


def main(entries: int = ENTRIES, records: int = 100) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"a log of {entries:,} entries, ms of processor time")
        for job, seconds, aim in large(folder / "large", entries):
            told = "" if aim is None else f"   aim {aim * 1000:.0f} ms"
            print(f"  {job:<34}{seconds * 1000:9.2f} ms{told}")
        tell_issuing(folder, records)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

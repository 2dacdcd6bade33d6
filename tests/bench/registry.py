"""The registry at a million entries: look-up, proof, entry under a signed checkpoint; and issuing.

``python -m tests.bench.registry [ENTRIES]``. The rows come from a log filled for the purpose; the
peer of issuing is the least that could do the job: a loop that only commits and syncs as often. A
shared machine is noisy, so compare rows of one run only.
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
from pathlib import Path

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


def median(job: Callable[[], object], runs: int) -> float:
    """Return the median seconds of a job."""
    durations = []
    for _ in range(runs):
        start = time.perf_counter()
        job()
        durations.append(time.perf_counter() - start)
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


def bare(folder: Path, records: int) -> float:
    """Return records a second of a loop that only commits and syncs as often as issuing does."""
    folder.mkdir()
    database = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    for name, value in SETTINGS.items():
        database.execute(f"PRAGMA {name} = {value}")
    database.execute("CREATE TABLE rows (data BLOB)")
    start = time.perf_counter()
    for record in range(records):
        for _ in range(COMMITS):
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO rows VALUES (?)", (bytes(400),))
            database.execute("COMMIT")
        write_durably(folder / str(record), b"%d" % record)
    return records / (time.perf_counter() - start)


def issuing(folder: Path, records: int) -> float:
    """Return records a second of the registry's part of issuing: no pages, no seal, one file."""
    store = demo_store(folder)
    drafts = [approved_draft(store, submission(f"EX-{n}")) for n in range(records)]
    key = store.key(Purpose.CHECKPOINT)
    start = time.perf_counter()
    for draft in drafts:
        reservation = reserve(store, draft, "both", T0)
        announce(store, reservation, key, T0)
        keep_files(store, reservation.serial, {"public/label.pdf": draft.encode()})
        conclude(store, reservation.serial, key, T0 + dt.timedelta(seconds=1))
    return records / (time.perf_counter() - start)


def main(entries: int = ENTRIES, records: int = 100) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"a log of {entries:,} entries")
        for job, seconds, aim in large(folder / "large", entries):
            told = "" if aim is None else f"   aim {aim * 1000:.0f} ms"
            print(f"  {job:<34}{seconds * 1000:9.2f} ms{told}")
        peer, ours = bare(folder / "bare", records), issuing(folder / "desk", records)
        print(f"issuing without pages and seal            {ours:9.0f} a second")
        print(f"  peer: {COMMITS} synced commits, one synced file {peer:9.0f} a second")
        print(f"  ratio                                   {ours / peer:9.2f}      aim 0.8")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

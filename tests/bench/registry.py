"""The registry at a million entries: look-up, proof, entry under a signed checkpoint; and issuing.

``python -m tests.bench.registry [ENTRIES [RECORDS]]``. The rows come from a log filled for the
purpose, in processor time, which a busy machine stretches least. The peer of issuing is a loop that
only commits as often; a second one syncs as many files, too. Both take turns with ours.

How near ours comes depends on the disk, for its own work is fixed. An issue checks three signatures
and makes two (0.4 ms together, in C); brings the body and every line it commits to into canonical
form again and compares (1 ms); reads JSON and some thirty rows. None of it can be left out: nothing
is numbered or signed that is not what was approved. So where a sync takes next to nothing the bare
loop has nothing to wait for, and the ratio is the price of these checks. With fewer commits, a
process that dies would leave files nobody can tell from leftovers: the record were sealed twice.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf
from sqlalchemy import insert

from labels.issue import issue
from labels.keys import Purpose
from labels.merkle import Peaks, grow, leaf_hash, root_of
from labels.registry import tables as t
from labels.registry.blobs import sync_folder
from labels.registry.desk import announce, conclude, keep_files, reserve
from labels.registry.entries import event_leaf
from labels.registry.log import append
from labels.registry.lookup import look_up
from labels.registry.note import Checkpoint, signed_note
from labels.registry.sqlite import SETTINGS
from labels.registry.state import Event
from labels.registry.store import Store
from labels.registry.tiles import WIDTH, consistency, inclusion, store_full
from labels.view import DocumentView
from tests.labels.desk_help import (
    T0,
    PlainPages,
    approved_draft,
    demo_store,
    office,
    submission,
)

ENTRIES = 1_000_000
#: Writing transactions of one issue: reserve, issued, the rows of the files, documents.
COMMITS = 4
#: Files of one issue: label, report, sealed report, what they were drawn with.
FORMS, FILES = ("label.pdf", "report.pdf"), 4
#: What issuing consists of, one commit each.
PARTS = ("number", "entry", "files", "documents")


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


def blank() -> bytes:
    """Return an empty page."""
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


class Blank(PlainPages):
    """Pages that cost nothing to draw."""

    def documents(
        self, view: DocumentView, *, forms: Collection[str] | None = None
    ) -> Mapping[str, bytes]:
        return {name: PAGE for name in FORMS if forms is None or name in forms}


PAGE = blank()


def bare(folder: Path) -> Callable[[], None]:
    """Return the peer of issuing: as many synced commits, and nothing else."""
    folder.mkdir()
    database = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    for name, value in SETTINGS.items():
        database.execute(f"PRAGMA {name} = {value}")
    database.execute("CREATE TABLE rows (data BLOB)")

    def record() -> None:
        for _ in range(COMMITS):
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO rows VALUES (?)", (bytes(400),))
            database.execute("COMMIT")

    return record


def bare_files(folder: Path) -> Callable[[], None]:
    """Return what a record's files cost alone: each written and synced, then their folder."""
    folder.mkdir()
    names = itertools.count()

    def record() -> None:
        for _ in range(FILES):
            with (folder / str(next(names))).open("xb") as file:
                file.write(PAGE)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(folder)

    return record


@dataclass(slots=True)
class Laps:
    """Seconds by the clock and of this process's processor time, between the steps of issuing."""

    spent: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    last: tuple[float, float] = (0.0, 0.0)

    def start(self) -> None:
        """Begin to measure."""
        self.last = time.perf_counter(), time.process_time()

    def __call__(self, step: str) -> None:
        """Note what a step took since the one before it."""
        now = time.perf_counter(), time.process_time()
        self.spent.setdefault(step, []).append((now[0] - self.last[0], now[1] - self.last[1]))
        self.start()

    def median(self, *steps: str) -> tuple[float, float]:
        """Return the medians of the sums of some steps: clock, processor; in milliseconds."""
        rounds = zip(*(self.spent[step] for step in steps), strict=True)
        sums = [tuple(map(sum, zip(*one, strict=True))) for one in rounds]
        wall, cpu = (statistics.median(column) * 1000 for column in zip(*sums, strict=True))
        return wall, cpu


def issuing(folder: Path, records: int) -> Laps:
    """Return what the peer and the four transactions of issuing took: no pages, no seal.

    The two take turns, record by record, so that a neighbour on the disk slows both.
    """
    store, laps = demo_store(folder / "desk"), Laps()
    drafts = [approved_draft(store, submission(f"EX-{n}")) for n in range(records + 1)]
    commits, files = bare(folder / "bare"), bare_files(folder / "files")
    key, later = store.key(Purpose.CHECKPOINT), T0 + dt.timedelta(seconds=1)
    for number, draft in enumerate(drafts):
        if number == 1:  # the first one warms up
            laps.spent.clear()
        laps.start()
        commits()
        laps("commits")
        files()
        laps("synced")
        taken = reserve(store, draft, "both", T0)
        laps("number")
        announce(store, taken, key, T0)
        laps("entry")
        pages = {f"{n}.pdf": f"{draft} {n}".encode() + PAGE for n in range(FILES)}
        keep_files(store, taken.serial, pages)
        laps("files")
        conclude(store, taken.serial, key, later)
        laps("documents")
    return laps


def whole(folder: Path, records: int) -> Laps:
    """Return what :func:`~labels.issue.issue` took from step to step, with blank pages."""
    store, laps = demo_store(folder), Laps()
    at = office(store, renderer=Blank(), step=laps)
    for number in range(records):
        draft = approved_draft(store, submission(f"EX-{number}"))
        laps.start()
        issue(at, draft)
        laps("answered")
    return laps


def tell_issuing(folder: Path, records: int) -> None:
    """Print issuing beside its peers."""
    laps, done = issuing(folder, records), whole(folder / "whole", records // 3)
    ours, cpu = laps.median(*PARTS)
    print(f"issuing {records} records without pages and seals, in turn with its peers:")
    print(f"  {COMMITS} commits (WAL, synchronous=FULL) and {FILES} files synced, each; medians")
    print(f"{'':<32}{'ms':>8}{'of it CPU':>12}")
    peers = {"commits alone": ("commits",), "commits and files": ("commits", "synced")}
    rows = {f"peer: {told}": steps for told, steps in peers.items()}
    rows |= {f"  {part}": (part,) for part in PARTS} | {"issuing": PARTS}
    for told, steps in rows.items():
        print("  {:<30}{:8.2f}{:12.2f}".format(told, *laps.median(*steps)))
    for told, steps in peers.items():
        print(f"  ratio to {told:<21}{laps.median(*steps)[0] / ours:8.2f}   aim 0.8")
    needed = 4 * (cpu - laps.median(*peers["commits and files"])[1]) / (COMMITS + FILES + 1)
    print(f"  0.8 of the second where a sync takes {needed:.1f} ms or more")
    more = [step for step in done.spent if step != "sealed"]
    print("  issue(), keys and answer too  {:8.2f}{:12.2f}".format(*done.median(*more)))
    print("  its three seals               {:8.2f}{:12.2f}".format(*done.median("sealed")))


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

"""Power cuts at any moment of issuing: what was acknowledged is there, with its documents.

Needs strace, and a kernel that lets it watch. The control is SQLite's ``synchronous=NORMAL``.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pytest

from labels.canonical import sha256
from labels.issue import recover
from labels.registry.check import check
from labels.registry.store import DATABASE, DOCUMENTS, open_store
from tests.campaigns import session
from tests.campaigns.disk import Call, Disk, calls, record
from tests.evidence import campaign
from tests.labels.desk_help import demo_store, office

FULL, NORMAL = 2, 1
#: Cuts of a seed; of these, how many end with recovery and the whole check.
CUTS, CHECKED = 500, 2


@dataclass(frozen=True, slots=True)
class Session:
    """A recorded session: the folder as it was, the calls, the folder's name."""

    before: Path
    calls: list[Call]
    folder: Path


def recorded(folder: Path, records: int, synchronous: int) -> Session:
    """Issue records while strace watches."""
    place = folder / "desk" / "registry"
    place.parent.mkdir(parents=True)
    demo_store(place).close()
    before = shutil.copytree(place.parent, folder / "before")
    asked = [str(place), str(records), "--synchronous", str(synchronous)]
    arguments = ["-m", "tests.campaigns.session", *asked]
    record(arguments, folder / "trace")
    return Session(before, calls(folder / "trace", place.parent), place.parent)


@dataclass(slots=True)
class Scratch:
    """A folder in which one cut after another is laid out: only what changed is written.

    Attributes
    ----------
    place
        The registry in it.
    files
        Content of each file of documents as it was laid out.
    """

    folder: Path
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def place(self) -> Path:
        return self.folder / "registry"

    def lay_out(self, files: Iterable[tuple[Path, bytes]]) -> None:
        """Make the registry one of exactly these files (their paths are relative)."""
        for name in ("", "keys", DOCUMENTS):
            (self.place / name).mkdir(parents=True, exist_ok=True)
        for path in self.place.glob(f"{DATABASE}*"):
            path.unlink()  # SQLite writes to them when it looks
        former, self.files = self.files, {}
        for path, data in files:
            document = DOCUMENTS in path.parts
            if not document or former.get(path.name) is not data:
                (self.folder / path).write_bytes(data)
            if document:
                self.files[path.name] = data
        for name in former.keys() - self.files.keys():
            (self.place / DOCUMENTS / name).unlink()

    def whole(self, digest: str) -> bool:
        """Whether a document is there with its hash."""
        return digest in self.files and hashed(self.files[digest]) == digest


hashed = lru_cache(maxsize=1000)(sha256)


def cuts(
    session_: Session, seed: int, count: int, scratch: Scratch
) -> Iterator[tuple[Scratch, set[str]]]:
    """Yield the folder after each of some cuts, and what had been acknowledged before."""
    draw = random.Random(f"power {seed}")
    moments = sorted(draw.randrange(len(session_.calls) + 1) for _ in range(count))
    disk, done, told = Disk(session_.before).moved(session_.before, session_.folder), 0, ""
    for moment in moments:
        for call in session_.calls[done:moment]:
            disk.apply(call)
            told += call.data.decode() if is_acknowledgement(call) else ""
        done = moment
        left = ((Path(name).relative_to(session_.folder), data) for name, data in disk.cut(draw))
        # SQLite makes the last one anew when nobody has the file open
        scratch.lay_out((name, data) for name, data in left if not name.name.endswith("-shm"))
        yield scratch, set(told.split())


def is_acknowledgement(call: Call) -> bool:
    return call.name == "write" and Path(call.path).name == session.ACKNOWLEDGED


def lost(scratch: Scratch, acknowledged: set[str]) -> bool:
    """Whether the database is damaged, or a record or document that was promised is not there."""
    return gone(scratch.place, acknowledged, scratch.whole)


def gone(place: Path, acknowledged: set[str], whole: Callable[[str], bool]) -> bool:
    """Whether something promised is not there; ``whole`` tells it of a document, by its hash."""
    try:
        with closing(sqlite3.connect(place / DATABASE)) as database:
            if database.execute("PRAGMA quick_check").fetchone() != ("ok",):
                return True
            there = {
                row[0]
                for row in database.execute("SELECT serial FROM leaves WHERE kind = 'documents'")
            }
            files = database.execute("SELECT serial, sha256 FROM files").fetchall()
    except sqlite3.DatabaseError:
        return True
    promised = {digest for serial, digest in files if serial in there}
    return not acknowledged <= there or not all(map(whole, promised))


def checked(place: Path) -> None:
    """Open, recover and check as the next morning's desk would."""
    store = open_store(place)
    recover(office(store))
    assert not [found for found in check(store) if found.blocks]
    store.close()


def losses(session_: Session, seed: int, count: int, scratch: Scratch) -> int:
    return sum(lost(*cut) for cut in cuts(session_, seed, count, scratch))


# Tests --------------------------------------------------------------------------------------------


@pytest.mark.needs("strace")
def test_power_cuts_lose_nothing_and_the_control_does(memory: Path) -> None:
    kept = recorded(memory / "full", 4, FULL)
    assert sum(map(is_acknowledgement, kept.calls)) == 4
    assert losses(kept, 1, 150, Scratch(memory / "scratch")) == 0
    *_, (cut, acknowledged) = cuts(kept, 2, 20, Scratch(memory / "checked"))
    assert acknowledged and not lost(cut, acknowledged)
    checked(cut.place)
    cut.files.popitem()
    assert lost(cut, acknowledged)  # control: a document that is gone
    careless = recorded(memory / "normal", 4, NORMAL)
    assert losses(careless, 1, 150, Scratch(memory / "careless")) > 0


@pytest.mark.needs("strace")
@pytest.mark.deep("power")
def test_power_cuts_in_depth(memory: Path) -> None:
    with campaign("power") as run:
        kept = recorded(memory / "full", 40, FULL)
        careless = recorded(memory / "normal", 40, NORMAL)
        for seed in run.seeds():
            scratch = Scratch(memory / str(seed))
            for number, (cut, acknowledged) in enumerate(cuts(kept, seed, CUTS, scratch)):
                assert not lost(cut, acknowledged), (seed, number)
                if number % (CUTS // CHECKED) == 0:
                    checked(shutil.copytree(cut.place, memory / "checked"))
                    shutil.rmtree(memory / "checked")
            shutil.rmtree(scratch.folder)
            found = losses(careless, seed, CUTS // 10, Scratch(memory / f"careless-{seed}"))
            shutil.rmtree(memory / f"careless-{seed}")
            assert found > 0  # the control
            run.count("cuts", CUTS)
            run.count("whole_checks", CHECKED)
            run.count("lost_by_the_control", found)

"""Power cuts at any moment of issuing: what was acknowledged is there, with its documents.

Needs strace, and a kernel that lets it watch. The control is SQLite's ``synchronous=NORMAL``.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
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


def cuts(
    session_: Session, seed: int, count: int, scratch: Path
) -> Iterator[tuple[Path, set[str]]]:
    """Yield the folder after each of some cuts, and what had been acknowledged before."""
    draw = random.Random(f"power {seed}")
    moments = sorted(draw.randrange(len(session_.calls) + 1) for _ in range(count))
    disk, done, told = _disk(session_), 0, ""
    for moment in moments:
        for call in session_.calls[done:moment]:
            disk.apply(call)
            told += call.data.decode() if is_acknowledgement(call) else ""
        done = moment
        yield _laid_out(disk, draw, session_.folder, scratch), set(told.split())


def is_acknowledgement(call: Call) -> bool:
    return call.name == "write" and Path(call.path).name == session.ACKNOWLEDGED


def _disk(session_: Session) -> Disk:
    """The disk before the session, under the names that the calls have."""
    disk = Disk(session_.before)
    for names in (disk.names, disk.safe_names):
        renamed = {
            n.replace(str(session_.before), str(session_.folder), 1): f for n, f in names.items()
        }
        names.clear()
        names.update(renamed)
    return disk


def _laid_out(disk: Disk, draw: random.Random, folder: Path, scratch: Path) -> Path:
    shutil.rmtree(scratch, ignore_errors=True)
    for place in ("", "keys", DOCUMENTS):
        (scratch / "registry" / place).mkdir(parents=True, exist_ok=True)
    for name, data in disk.cut(draw):
        path = scratch / Path(name).relative_to(folder)
        if not path.name.endswith("-shm"):  # SQLite makes it anew when nobody has the file open
            path.write_bytes(data)
    return scratch / "registry"


def lost(place: Path, acknowledged: set[str]) -> bool:
    """Whether the database is damaged, or a record or document that was promised is not there."""
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
    return not acknowledged <= there or not all(map(whole_file(place), promised))


def whole_file(place: Path) -> Callable[[str], bool]:
    def whole(digest: str) -> bool:
        path = place / DOCUMENTS / digest
        return path.is_file() and sha256(path.read_bytes()) == digest

    return whole


def checked(place: Path) -> None:
    """Open, recover and check as the next morning's desk would."""
    store = open_store(place)
    recover(office(store))
    assert not [found for found in check(store) if found.blocks]
    store.close()


def losses(session_: Session, seed: int, count: int, scratch: Path) -> int:
    return sum(lost(*cut) for cut in cuts(session_, seed, count, scratch))


# Tests --------------------------------------------------------------------------------------------


@pytest.mark.needs("strace")
def test_power_cuts_lose_nothing_and_the_control_does(tmp_path: Path) -> None:
    kept = recorded(tmp_path / "full", 4, FULL)
    assert sum(map(is_acknowledgement, kept.calls)) == 4
    assert losses(kept, 1, 150, tmp_path / "scratch") == 0
    for place, _ in cuts(kept, 2, 2, tmp_path / "scratch"):
        checked(place)
    careless = recorded(tmp_path / "normal", 4, NORMAL)
    assert losses(careless, 1, 150, tmp_path / "scratch") > 0


@pytest.mark.needs("strace")
@pytest.mark.deep("power")
def test_power_cuts_in_depth(tmp_path: Path) -> None:
    with campaign("power") as run:
        kept = recorded(tmp_path / "full", 40, FULL)
        careless = recorded(tmp_path / "normal", 40, NORMAL)
        scratch = tmp_path / "scratch"
        for seed in run.seeds():
            for number, (place, acknowledged) in enumerate(cuts(kept, seed, CUTS, scratch)):
                assert not lost(place, acknowledged), (seed, number)
                if number % (CUTS // CHECKED) == 0:
                    checked(place)
            found = losses(careless, seed, CUTS // 10, scratch)
            assert found > 0  # the control
            run.count("cuts", CUTS)
            run.count("whole_checks", CHECKED)
            run.count("lost_by_the_control", found)

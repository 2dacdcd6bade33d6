"""SIGKILL at random moments of issuing: nothing acknowledged is lost, nothing is issued twice.

The named steps, one by one, stand in ``tests/labels/test_issue.py``.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from labels.canonical import sha256
from labels.issue import Office, issue, recover
from labels.registry.check import check
from labels.registry.export import view_of
from labels.registry.records import all_reservations
from labels.registry.state import State
from labels.registry.store import Store, open_store
from tests.evidence import campaign
from tests.labels.desk_help import (
    T0,
    OnePage,
    approved_draft,
    demo_store,
    office,
    submission,
)

#: Kills that one registry goes through; checking it takes longer the more it holds.
CYCLES = 10
#: Longest life of a process that is killed, in times of an issue.
LONGEST = 1.5

Context = ForkContext | ForkServerContext

#: Of many kills, each process is forked from a small one that has issued before.
SMALL = multiprocessing.get_context("forkserver")
SMALL.set_forkserver_preload([__name__, "tests.campaigns.warm"])
#: Of few, from the tests themselves.
FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Desk:
    """A registry, what was handed out of it, and what was acknowledged."""

    place: Path

    @property
    def registry(self) -> Path:
        return self.place / "registry"

    @property
    def world(self) -> Path:
        return self.place / "world"

    @property
    def journal(self) -> Path:
        return self.place / "acknowledged"

    def acknowledged(self) -> list[str]:
        return self.journal.read_text().split()


def founded(place: Path) -> Desk:
    demo_store(place / "registry").close()
    desk = Desk(place)
    desk.journal.touch()
    return desk


def issue_until_killed(desk: Desk, cycle: int, ready: Connection) -> None:
    """Acknowledge each record, durably, when it is issued."""
    store = open_store(desk.registry)
    with desk.journal.open("a") as file:
        ready.send(None)
        for number in range(1000):
            product = f"EX-{cycle}-{number}"
            draft = approved_draft(store, submission(product))
            serial = issue(one_page(store), draft, out=desk.world / product).serial
            file.write(f"{serial}\n")
            file.flush()
            os.fsync(file.fileno())


def one_page(store: Store) -> Office:
    return office(store, renderer=OnePage())


def started(desk: Desk, cycle: int, context: Context) -> BaseProcess:
    """Return a process that has opened the registry and begins to issue."""
    ready, told = context.Pipe(duplex=False)
    process = context.Process(target=issue_until_killed, args=(desk, cycle, told))
    process.start()
    ready.recv()
    return process


def killed(process: BaseProcess) -> None:
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL  # it was at work, not dead of an error


def seconds_of_an_issue(desk: Desk, context: Context) -> float:
    """How long a process needs to issue once, so that kills meet every part of it."""
    process = started(desk, 0, context)
    start = time.monotonic()
    while not desk.acknowledged():
        time.sleep(0.001)
    pace = time.monotonic() - start
    killed(process)
    return pace


def killed_once(desk: Desk, moment: float, cycle: int, context: Context) -> int:
    """Kill an issuing process, recover and check; return how many records had to be finished."""
    process = started(desk, cycle, context)
    time.sleep(moment)
    killed(process)
    store = open_store(desk.registry)
    finished = len(recover(one_page(store)))
    assert not [f for f in check(store) if f.blocks]
    with store.read() as tx:
        known = {one.serial for one in all_reservations(tx)}
    assert set(desk.acknowledged()) <= known
    assert strangers(store, desk.world) == set()
    store.close()
    return finished


def sealed_files(world: Path) -> Mapping[Path, str]:
    """Every signed PDF that was handed out, those in half-made folders included."""
    return {path: sha256(path.read_bytes()) for path in world.rglob("*.pdf")}


def strangers(store: Store, world: Path) -> set[Path]:
    """Sealed files in the world that no finished record of the registry names."""
    view = view_of(store)
    known = {d for serial in view.lives() for d in (view.documents(serial) or {}).values()}
    return {path for path, digest in sealed_files(world).items() if digest not in known}


def check_acknowledged(desk: Desk) -> int:
    """Check that every acknowledged record is there once and issued; return their number."""
    acknowledged = desk.acknowledged()
    store = open_store(desk.registry)
    view, later = view_of(store), T0 + dt.timedelta(days=1)
    # A slow machine may kill one registry every time before its first acknowledgement; the
    # campaign demands that not all went that way.
    assert {view.status(serial, later, "UTC") for serial in acknowledged} <= {State.ISSUED}
    assert len(set(acknowledged)) == len(acknowledged)
    store.close()
    return len(acknowledged)


def moments(seed: int, pace: float) -> list[float]:
    """When to kill the processes of a registry, in seconds after they began."""
    draw = random.Random(f"kill {seed}")
    return [draw.uniform(0, LONGEST) * pace for _ in range(CYCLES)]


def test_killed_at_random_moments(memory: Path) -> None:
    pace = seconds_of_an_issue(founded(memory / "pace"), FORK)
    desk = founded(memory / "desk")
    for cycle, moment in enumerate(moments(0, pace)[:2]):
        killed_once(desk, moment, cycle, FORK)
    check_acknowledged(desk)


def test_the_control_a_sealed_file_that_the_registry_does_not_know_is_found(memory: Path) -> None:
    world = memory / "world"
    store, other = demo_store(memory / "registry"), demo_store(memory / "other")
    issue(office(store), approved_draft(store), out=world)
    assert len(sealed_files(world)) == 3
    assert strangers(store, world) == set()
    issue(office(other), approved_draft(other), out=world / "other")
    assert {path.parts[-3] for path in strangers(store, world)} == {"other"}


@pytest.mark.deep("kill")
def test_killed_at_random_moments_in_depth(memory: Path) -> None:
    """No sealed file is unknown either; the kills met both finished and unfinished work."""
    with campaign("kill") as run:
        for seed in run.seeds():
            desk = founded(memory / str(seed))
            if (seed - run.first) % CYCLES == 0:  # the machine's pace changes with its load
                pace = seconds_of_an_issue(founded(memory / f"pace-{seed}"), SMALL)
            when = enumerate(moments(seed, pace))
            finished = sum(killed_once(desk, moment, cycle, SMALL) for cycle, moment in when)
            run.count("sealed_files_in_the_world", len(sealed_files(desk.world)))
            run.count("acknowledged", check_acknowledged(desk))
            run.count("finished_by_recovery", finished)
            run.count("kills", CYCLES)
            shutil.rmtree(desk.place)
        assert run.counters["acknowledged"] and run.counters["finished_by_recovery"]

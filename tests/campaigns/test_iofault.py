"""Each of the first file-system calls of issuing fails, or is the last one; the disk is full.

A call is made to fail by strace. Whatever fails: what was acknowledged is there, the registry is
whole after recovery, and the caller hears a coded refusal. A failed sync ends the session: the
caller asks again, and nothing is written any more. Not so where SQLite folds its journal into the
database: the journal was synced with each commit and stays until both are on disk.
"""

from __future__ import annotations

import random
import re
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from labels.canonical import sha256
from labels.registry.blobs import TEMPORARY
from labels.registry.store import DATABASE, DOCUMENTS
from tests.campaigns import session
from tests.campaigns.disk import Call, calls
from tests.campaigns.memory import in_memory
from tests.campaigns.test_power import Session, checked, gone
from tests.campaigns.watched import Asked, recorded, run
from tests.evidence import campaign
from tests.labels.desk_help import demo_store

KILL = "signal=KILL"
ERRORS = ("error=EIO", "error=ENOSPC", KILL)
#: Calls looked at, records of a session, and sizes at which no file can grow any more.
FIRST, RECORDS, SIZES = 200, 2, 50
#: The registry, in the folder of a desk.
REGISTRY = "registry"


@dataclass(frozen=True, slots=True)
class Fault:
    """What fails how; no call where the disk is full at a size of any file (bytes).

    Attributes
    ----------
    promise
        Whether the call is a sync that an acknowledgement rests on.
    """

    call: Call | None
    error: str = ""
    largest: int = 0
    promise: bool = False

    @property
    def is_failed_sync(self) -> bool:
        return self.promise and self.error != KILL


@pytest.fixture(scope="module")
def plain() -> Iterator[Session]:
    """A session in which nothing fails."""
    with in_memory() as memory:
        desk = memory / "desk"
        demo_store(desk / REGISTRY).close()
        before = shutil.copytree(desk, memory / "before")
        recorded(Asked(desk / REGISTRY, RECORDS), memory / "trace")
        yield Session(before, calls(memory / "trace", desk), desk)


def first_calls(plain: Session) -> list[Call]:
    """The first calls of the registry; the caller's own journal is no part of it."""
    mine = [call for call in plain.calls if Path(call.path).name != session.ACKNOWLEDGED]
    assert len(mine) > FIRST
    return mine[:FIRST]


def promised_syncs(plain: Session) -> list[Call]:
    """The syncs of the first calls, those before and after the journal is folded left out.

    And those of SQLite that nobody rests on: the registry named the journal durably before.
    """
    calls = first_calls(plain)
    return [
        call
        for call, following in pairwise((*calls, calls[-1]))
        if call.name == "sync"
        and (call.kernel, Path(call.path).name) != ("fdatasync", REGISTRY)
        and not is_folding(call)
        and not is_folding(following)
    ]


def is_folding(call: Call) -> bool:
    """Whether a call brings what stands in the journal to the database, or makes it last there."""
    return call.name in ("write", "sync") and Path(call.path).name == DATABASE


def all_faults(plain: Session) -> list[Fault]:
    full = [Fault(None, largest=4096 * (1 + 8 * n)) for n in range(SIZES)]
    promises = promised_syncs(plain)
    calls = [(call, call in promises) for call in first_calls(plain)]
    return [Fault(call, error, 0, promise) for call, promise in calls for error in ERRORS] + full


def run_with(fault: Fault, desk: Path, habit: str = "") -> tuple[int, bool]:
    """Run a session with a fault; return how it ended, and whether it met the very call."""
    asked = Asked(desk / REGISTRY, RECORDS, habit, fault.largest or None)
    trace = desk.with_suffix(".trace")
    options = ["-y", "-s", "0", "-e", "signal=none", "-o", str(trace)]
    if fault.call is None:
        return run(asked, [*options, "-e", "trace=none"]), True
    name, number = fault.call.kernel, fault.call.number
    options += ["-e", f"trace={name}", "-e", f"inject={name}:{fault.error}:when={number}"]
    ended = run(asked, options)
    return ended, any(is_met(fault, line) for line in trace.read_text().splitlines())


def is_met(fault: Fault, line: str) -> bool:
    """Whether a line of strace tells of the fault, at the file where it was to be."""
    told = "= ?" if fault.error == KILL else "(INJECTED)"
    return fault.call is not None and told in line and nameless(fault.call.path) in nameless(line)


def nameless(text: str) -> str:
    """Names of temporary files are drawn anew each time."""
    return re.sub(rf"{re.escape(TEMPORARY)}[0-9a-f]+", TEMPORARY, text)


def wrong(fault: Fault, plain: Session, habit: str = "") -> str:
    """Let a session meet a fault in a fresh registry; say what went wrong, if anything."""
    desk, place = plain.folder, plain.folder / REGISTRY
    shutil.rmtree(desk)
    shutil.copytree(plain.before, desk)
    ended, met = run_with(fault, desk, habit)
    journal = desk / session.ACKNOWLEDGED
    acknowledged = set(journal.read_text().split()) if journal.exists() else set()
    issued = (session.DONE, session.AGAIN)
    ends = (-signal.SIGKILL,) if fault.error == KILL else (*issued, session.REFUSED)
    if not met:
        return "not met"
    if ended not in ends:
        return f"ended with {ended}"
    if ended in issued and (fault.is_failed_sync or len(acknowledged) != RECORDS):
        return "went on"
    if gone(place, acknowledged, whole_file(place)):
        return "lost"
    checked(place)
    return ""


def whole_file(place: Path) -> Callable[[str], bool]:
    def whole(digest: str) -> bool:
        path = place / DOCUMENTS / digest
        return path.is_file() and sha256(path.read_bytes()) == digest

    return whole


def chosen(plain: Session) -> Sequence[Fault]:
    """One fault of each kind for every day."""
    calls = first_calls(plain)
    syncs = promised_syncs(plain)
    writes = [call for call in calls if call.name == "write" and call.path.endswith("-wal")]
    renames = [call for call in calls if call.name == "rename"]
    named = next(call for call in syncs if Path(call.path).name == REGISTRY)
    return (
        Fault(named, ERRORS[1], promise=True),
        Fault(syncs[len(syncs) // 2], ERRORS[0], promise=True),
        Fault(writes[len(writes) // 2], ERRORS[1]),
        Fault(renames[0], ERRORS[2]),
        Fault(None, largest=4096 * 40),
    )


@pytest.mark.needs("strace")
def test_whatever_fails_nothing_false_is_acknowledged(plain: Session) -> None:
    for fault in chosen(plain):
        assert wrong(fault, plain) == "", fault


@pytest.mark.needs("strace")
def test_the_controls_a_hasty_desk_a_deaf_and_a_forgetful_one_are_found_out(
    plain: Session,
) -> None:
    calls = first_calls(plain)
    renamed = next(call for call in calls if call.name == "rename")
    synced = next(call for call in calls if call.kernel == "fsync" and TEMPORARY in call.path)
    hasty = Fault(renamed, ERRORS[2])
    assert wrong(hasty, plain, session.EARLY) == "lost"
    for habit in (session.DEAF, session.FORGETFUL):
        fault = Fault(synced, ERRORS[0], promise=True)
        assert wrong(fault, plain, habit) == "went on"


@pytest.mark.needs("strace")
def test_the_control_a_fault_that_no_call_meets_is_found_out(plain: Session) -> None:
    beyond = replace(first_calls(plain)[-1], number=10_000)
    assert wrong(Fault(beyond, ERRORS[0]), plain) == "not met"


@pytest.mark.needs("strace")
@pytest.mark.deep("iofault")
def test_faults_in_depth(plain: Session) -> None:
    """Every fault once, in an order that is no order; a seed is a fault."""
    faults = all_faults(plain)
    random.Random("iofault").shuffle(faults)
    with campaign("iofault") as told:
        test_the_controls_a_hasty_desk_a_deaf_and_a_forgetful_one_are_found_out(plain)
        for seed in told.seeds():
            fault = faults[seed % len(faults)]
            assert wrong(fault, plain) == "", fault
            told.count("faults")
            told.count("failed_syncs", fault.is_failed_sync)

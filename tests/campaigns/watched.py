"""Sessions under strace from their first call on, in processes that have issued before.

A fresh Python imports for longer than it works here. So each session is forked from a small process
that has issued once (:mod:`tests.campaigns.warm`), and waits until strace holds it. Recorded and
disturbed ones begin in the same state: their calls have the same numbers.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.campaigns import session
from tests.campaigns.disk import RECORDING

#: The process others are forked from; whoever starts it first says what it has imported.
SMALL = multiprocessing.get_context("forkserver")
SMALL.set_forkserver_preload([__name__, "tests.campaigns.warm"])
#: prctl(2): any process of this user may watch this one, also where only parents may.
_SET_PTRACER, _ANY = 0x59616D61, ctypes.c_ulong(-1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A session: registry, number of records, habit, and the size no file may exceed (bytes)."""

    place: Path
    records: int
    habit: str = ""
    largest: int | None = None


def run(asked: Asked, options: Sequence[str]) -> int:
    """Run a session under strace; return how it ended, less than zero for a signal."""
    mine, its = SMALL.Pipe()
    process = SMALL.Process(target=wait_and_work, args=(its, asked))
    process.start()
    mine.recv()
    with (
        mine,
        subprocess.Popen(
            ["strace", "-f", "-p", str(process.pid), *options], stderr=subprocess.PIPE, text=True
        ) as strace,
    ):
        attached = strace.stderr.readline() if strace.stderr else ""
        assert "attached" in attached, attached
        mine.send(None)
        process.join()
    return process.exitcode or 0


def recorded(asked: Asked, trace: Path) -> None:
    """Run a session and record the calls that change files."""
    assert run(asked, (*RECORDING, "-o", str(trace))) == session.DONE


def wait_and_work(pipe: Connection, asked: Asked) -> None:
    """Work once strace is there; end as if the power went."""
    ctypes.CDLL(None).prctl(_SET_PTRACER, _ANY, 0, 0, 0)
    if asked.habit == session.DEAF:
        os.fsync = session.deaf(os.fsync)  # type: ignore[assignment]
    if asked.largest is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (asked.largest, asked.largest))
    pipe.send(None)
    pipe.recv()
    os._exit(session.work(asked.place, asked.records, asked.habit))

"""SIGKILL at random moments of a programme's run: it goes on where it stopped.

Kills at chosen moments, with workbooks, stand in ``tests/labels/programme``.
"""

from __future__ import annotations

import multiprocessing
import random
import shutil
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from labels.programme.run import run
from tests.evidence import campaign
from tests.labels.programme.made import bare, hashes, stamps

FILES = {f"example-{n % 4:02d}/{n}.json": b"{" * n for n in range(48)}
MOST = 6
"""Results that a run may store, at most, before it is killed."""


def told_run(root: Path, tell: Connection) -> None:
    run(root, 1, told=lambda progress: tell.send_bytes(b"."))


def killed(root: Path, results: int, moment: float) -> bool:
    """Run in a process of its own; kill it a moment after so many results.

    Return whether it was still at work. By results and not by the clock alone: how much a second
    is worth depends on what else the machine does.
    """
    mine, its = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=told_run, args=(root, its))
    process.start()
    its.close()
    try:
        for _ in range(results):
            mine.recv_bytes()
        time.sleep(moment)
    except EOFError:
        pass  # it ended before
    process.kill()
    process.join()
    mine.close()
    return process.exitcode == -signal.SIGKILL


@pytest.mark.deep("programme")
def test_killed_at_random_moments_until_it_is_done_in_depth(memory: Path) -> None:
    """Nothing stored is done again, and the end is that of a run nobody killed."""
    run(bare(memory / "first", FILES), workers=1)  # reads what every later run has in memory
    whole, start = bare(memory / "whole", FILES), time.monotonic()
    run(whole, workers=1)
    expected, pace = hashes(whole), (time.monotonic() - start) / len(FILES)
    with campaign("programme") as asked:
        for seed in asked.seeds():
            draw, root = random.Random(f"programme {seed}"), bare(memory / str(seed), FILES)
            stored, alive = stamps(root), True
            while alive:
                former = stored
                alive = killed(root, draw.randint(0, MOST), draw.uniform(0, pace))
                stored = stamps(root)
                assert former.items() <= stored.items()
                asked.count("kills", alive)
                between = alive and len(former) < len(stored) < len(FILES)
                asked.count("kills_between_two_results", between)
            assert hashes(root) == expected
            shutil.rmtree(root)
        assert asked.counters["kills_between_two_results"]

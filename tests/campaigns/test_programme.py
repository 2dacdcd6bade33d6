"""SIGKILL at random moments of a programme's run: it goes on where it stopped.

Kills at chosen moments, with workbooks, stand in ``tests/labels/programme``.
"""

from __future__ import annotations

import multiprocessing
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from labels.programme.run import run
from tests.evidence import campaign
from tests.labels.programme.made import bare, hashes, stamps

FILES = {f"example-{n % 4:02d}/{n}.json": b"{" * n for n in range(24)}


def killed(root: Path, moment: float) -> bool:
    """Run in a process of its own and kill it; whether it was still at work."""
    process = multiprocessing.get_context("fork").Process(target=run, args=(root, 1))
    process.start()
    time.sleep(moment)
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


@pytest.mark.deep("programme")
def test_killed_at_random_moments_until_it_is_done_in_depth(memory: Path) -> None:
    """Nothing stored is done again, and the end is that of a run nobody killed."""
    run(bare(memory / "first", FILES), workers=1)  # reads what every later run has in memory
    whole, start = bare(memory / "whole", FILES), time.monotonic()
    run(whole, workers=1)
    expected, pace = hashes(whole), time.monotonic() - start
    with campaign("programme") as asked:
        for seed in asked.seeds():
            draw, root = random.Random(f"programme {seed}"), bare(memory / str(seed), FILES)
            stored, idle = stamps(root), 0
            while killed(root, draw.uniform(0, pace / 4) * (1 + idle)):
                former, stored = stored, stamps(root)
                idle = idle + 1 if former == stored else 0  # a machine that became slower
                assert former.items() <= stored.items()
                asked.count("kills")
                asked.count("kills_between_two_results", len(former) < len(stored) < len(FILES))
            assert stored.items() <= stamps(root).items()
            assert hashes(root) == expected
            shutil.rmtree(root)
        assert asked.counters["kills_between_two_results"]

"""Ten thousand spoilt workbooks, and a million in the campaign: findings or a refusal, no more."""

from __future__ import annotations

import json
import multiprocessing
import random
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from factors.errors import UnsafeFileError
from lca.workbook.read import read
from tests.evidence import campaign
from tests.lca.workbook import fuzzing
from tests.lca.workbook.desk import NAME, model

EVERYDAY, BATCH = 10_000, 2_000
SECONDS, MEGABYTES = 2.0, 300.0
GUIDED, GUIDED_EVERY = find_spec("atheris") is not None, 5
CORPUS = Path(__file__).parents[3] / "out" / "fuzz"


def looked(first: int, count: int) -> dict[str, Any]:
    """Look at inputs in a process with the memory of the child that parses."""
    command = [sys.executable, "-m", "tests.lca.workbook.fuzzing", str(first), str(count)]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert child.returncode == 0, (first, child.returncode, child.stderr[-500:])
    told: dict[str, Any] = json.loads(child.stdout)
    return told


@pytest.mark.parametrize("first", range(0, EVERYDAY, BATCH))
def test_spoilt_workbooks_end_in_findings_or_a_refusal(first: int):
    told = looked(first, BATCH)
    assert told["raised"] == []
    assert sum(told["told"].values()) == BATCH
    assert told["kB"][0] < 1000 * MEGABYTES
    assert {ended.partition(":")[0] for ended in told["told"]} == set(fuzzing.WAYS)


def test_spoiling_reaches_every_room():
    """Zip, XML, parser and reader all have their say; else the fuzzing looks at nothing."""
    ends = Counter(fuzzing.one(seed) for seed in range(400))
    assert {"FILE-DAMAGED", "FILE-TRUNCATED", "FILE-XML", "FILE-UNREADABLE", "findings"} <= set(
        ends
    )


def test_the_whole_way_ends_as_the_short_one():
    """The same few files through the child of the product."""
    for seed in range(6):
        spoil = (fuzzing.zipped, fuzzing.marked_up)[seed % 2]
        data = spoil(random.Random(seed))
        ended = fuzzing.file_read(data)
        assert _end_of_reading(data) == ended


def _end_of_reading(data: bytes) -> str:
    try:
        return "findings" if read(data, NAME, model()).findings else "read"
    except UnsafeFileError as refusal:
        return refusal.findings[0].code


def looked_apart() -> dict[str, Any]:
    """Look in a process of its own: the most memory that this one ever held counts for ever."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(fuzzing.look, (49, 1))


def test_a_planted_defect_is_seen(monkeypatch: pytest.MonkeyPatch):
    """The control: an exception, and fifty megabytes, are told with their seed."""

    def greedy(rng: random.Random) -> str:
        held = bytearray(rng.randbytes(1) * 50_000_000)
        raise RecursionError(len(held))

    before = looked_apart()
    monkeypatch.setitem(fuzzing.WAYS, "cell", greedy)
    told = looked_apart()
    assert told["raised"] == [(49, "RecursionError: 50000000")]
    assert told["kB"][0] > before["kB"][0] + 40_000


def guided(seed: int) -> None:
    """Read inputs that coverage leads to; what was kept of them stays for the next run."""
    command = [sys.executable, "-m", "tests.lca.workbook.guided", str(CORPUS), f"-runs={BATCH}"]
    child = subprocess.run(
        [*command, f"-seed={seed + 1}"], capture_output=True, text=True, check=False
    )
    assert child.returncode == 0, (seed, child.returncode, child.stderr[-500:])


@pytest.mark.deep("fuzz")
def test_a_million_spoilt_workbooks():
    with campaign("fuzz") as run:
        for seed in run.seeds():
            told = looked(EVERYDAY + seed * BATCH, BATCH)
            run.worst("seconds", told["seconds"][0])
            run.worst("MB", told["kB"][0] / 1000)
            for ended, times in told["told"].items():
                run.count(ended.partition(":")[0], times)
            assert told["raised"] == []
            assert told["seconds"][0] <= SECONDS, told["seconds"]
            assert told["kB"][0] <= 1000 * MEGABYTES, told["kB"]
            run.count("inputs", BATCH)
            if GUIDED and seed % GUIDED_EVERY == 0:
                guided(seed)
                run.count("guided", BATCH)

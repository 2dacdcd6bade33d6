"""Handing drafts in: killed anywhere, the next run loses nothing and does nothing twice."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from labels.canonical import sha256
from labels.programme import drafts as desk
from labels.programme.drafts import ASKED, STEPS, drafts, known_drafts
from labels.programme.folder import Handed
from labels.programme.results import Result
from labels.programme.work import FOOTPRINT, SYSTEM
from labels.registry.check import check
from labels.registry.store import Store, open_store
from tests.labels.desk_help import T0, WORKBOOK, demo_store, submission

COUNT = 4


@pytest.fixture
def results(tmp_path: Path) -> list[Result]:
    """Results of four enterprises, as a run has stored them."""
    several = []
    for number in range(COUNT):
        place = tmp_path / f"example-0{number}"
        place.mkdir()
        handed = submission(f"EX-{number}")
        (place / FOOTPRINT).write_bytes(handed.footprint)
        (place / SYSTEM).write_bytes(handed.system)
        (place / "filled.xlsx").write_bytes(WORKBOOK)
        record = {"files": {FOOTPRINT: ""}, "findings": [], "sha256": sha256(WORKBOOK)}
        several.append(Result(Handed(place.name, place / "filled.xlsx"), place, record))
    return several


def handed_in(store: Store) -> Counter[str]:
    """How many drafts there are of each footprint; nothing else may have been done."""
    with store.read() as tx:
        assert not tx.exec_driver_sql("select count(*) from reservations").scalar_one()
        assert not tx.exec_driver_sql("select count(*) from approvals").scalar_one()
        rows = tx.exec_driver_sql("select footprint_sha256 from drafts").scalars()
        return Counter(map(str, rows))


def in_child(work: Callable[[], object]) -> multiprocessing.process.BaseProcess:
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    return process


def dying(location: Path, results: list[Result], name: str, which: int) -> Callable[[], None]:
    """Hand in, and be killed after a step was done for the so-manieth time."""
    seen: Counter[str] = Counter()

    def step(done: str) -> None:
        seen[done] += 1
        if done == name and seen[done] == which:
            os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        drafts(open_store(location), results, T0, step)

    return work


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("which", [1, 3])
def test_killed_at_a_step_and_resumed(
    results: list[Result], tmp_path: Path, name: str, which: int
) -> None:
    location = tmp_path / "registry"
    demo_store(location).close()
    process = in_child(dying(location, results, name, which))
    process.join(60)
    asked_once = name == ASKED and which > 1
    assert process.exitcode == (0 if asked_once else -signal.SIGKILL)
    store = open_store(location)
    before = known_drafts(store)
    made = drafts(store, results, T0)
    assert [one.fresh for one in made].count(False) == len(before)
    assert {one.draft for one in made} >= set(before.values())
    assert set(handed_in(store).values()) == {1} and len(handed_in(store)) == COUNT
    assert check(store) == ()


def test_killed_at_random_and_resumed_until_it_is_done(
    results: list[Result], tmp_path: Path
) -> None:
    location, rng = tmp_path / "registry", random.Random(5)
    demo_store(location).close()
    kills = 0
    while True:
        process = in_child(dying(location, results, "never", 0))
        time.sleep(rng.uniform(0, 0.03) * (1 + kills / 5))
        process.kill()
        process.join(60)
        if process.exitcode == 0:
            break
        kills += 1
        assert set(handed_in(open_store(location)).values()) <= {1}
    assert kills
    store = open_store(location)
    assert set(handed_in(store).values()) == {1} and len(handed_in(store)) == COUNT
    assert check(store) == ()


def test_without_the_journal_a_resumed_run_hands_in_twice(
    results: list[Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = demo_store(tmp_path / "registry")
    drafts(store, results[:2], T0)
    monkeypatch.setattr(desk, "known_drafts", lambda store: {})
    drafts(store, results, T0)
    assert max(handed_in(store).values()) == 2


def test_drafts_are_handed_in_once(results: list[Result], tmp_path: Path) -> None:
    store = demo_store(tmp_path / "registry")
    first, second = drafts(store, results, T0), drafts(store, results, T0)
    assert [one.fresh for one in first] == [True] * COUNT
    assert [one.fresh for one in second] == [False] * COUNT
    assert [one.draft for one in first] == [one.draft for one in second]
    (results[0].folder / "filled.xlsx").write_bytes(b"another")
    other = demo_store(tmp_path / "other")
    assert drafts(other, results, T0)[0].draft == "", "a file that changed meanwhile waits"

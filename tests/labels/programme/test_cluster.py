"""A programme on a cluster that loses a worker midway: the same results, the same summary."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from factors.errors import FindingsError
from labels.programme import cluster
from labels.programme.cluster import on_cluster
from labels.programme.look import look
from labels.programme.pool import Done
from labels.programme.run import run
from labels.programme.tables import summary_workbook
from labels.programme.work import Job, failed
from labels.times import parse_utc
from lca.batch import cluster as batch
from tests.labels.programme.made import bare, hashes, programme
from tests.lca.batch.loopback import (
    scheduler,
    scheduler_and_process,
    until_there_are,
    worker,
)

NOW = parse_utc("2026-11-20T02:00:00Z")
#: A steel works, a broken unit, HTML in the name of a file.
SEVERAL = (12, 25, 27)


def summary(root: Path) -> bytes:
    again = run(root, workers=1)
    assert again.fresh == 0
    return summary_workbook(again, look(root, None, NOW), "en")


def test_a_cluster_that_loses_a_worker_gives_the_same_summary(tmp_path: Path) -> None:
    here, there = (programme(tmp_path / name / "p", *SEVERAL) for name in ("here", "there"))
    run(here, workers=1)
    with ExitStack() as stack:
        address = scheduler(stack)
        crew = [worker(stack, address) for _ in range(2)]
        until_there_are(2, address)

        def losing_one(jobs: Iterable[Job]) -> Iterator[Done]:
            for number, done in enumerate(on_cluster(jobs, address)):
                if not number:
                    os.kill(crew[0].pid, signal.SIGKILL)
                    crew[0].wait()
                yield done

        assert run(there, runner=losing_one).fresh == len(SEVERAL)
        assert crew[1].poll() is None
    assert hashes(there) == hashes(here)
    assert summary(there) == summary(here)


def test_a_run_whose_scheduler_is_killed_midway_keeps_what_it_has_and_goes_on(
    tmp_path: Path,
) -> None:
    files = {f"example-01/{number}.json": b"{" * number for number in range(3)}
    here, there = (bare(tmp_path / name / "p", files) for name in ("here", "there"))
    run(here, workers=1)
    with ExitStack() as stack:
        address, process = scheduler_and_process(stack)
        worker(stack, address)
        until_there_are(1, address)

        def losing_it(jobs: Iterable[Job]) -> Iterator[Done]:
            for done in on_cluster(jobs, address):
                process.kill()
                process.wait()
                yield done

        with pytest.raises(FindingsError, match="BATCH-GONE"):
            run(there, runner=losing_it)
    assert run(there, workers=1).fresh == len(files) - 1
    assert hashes(there) == hashes(here)


def test_a_file_that_kills_its_workers_is_given_up_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [Job("example-01", name, b"", "zh") for name in ("good.json", "worst.json")]
    made = [(jobs[0], failed(jobs[0], ValueError())), (jobs[1], MemoryError())]
    monkeypatch.setattr(cluster, "in_cluster", lambda *_: iter(made))
    told = {job.name: files["result.json"] for job, files in on_cluster(jobs, "tcp://x")}
    assert b"MemoryError" in told["worst.json"] and b"ValueError" in told["good.json"]


def test_where_nobody_answers_the_run_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "SECONDS", 0.5)
    with pytest.raises(FindingsError, match="BATCH-SCHEDULER"):
        list(on_cluster([], "tcp://127.0.0.1:1"))

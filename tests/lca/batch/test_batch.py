"""A batch gives the same bytes in one process, in several, and on a cluster that loses a worker."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import jsonschema
import pytest
from distributed import KilledWorker

from factors.errors import FindingsError
from factors.texts import LANGS
from labels.cli.batch import here, run_batch
from lca.batch import cluster
from lca.batch.cluster import on_cluster
from lca.batch.pool import in_pool
from lca.batch.work import Job, document, done, failed, standing
from tests.evidence import ROOT
from tests.lca.batch.loopback import (
    scheduler,
    scheduler_and_process,
    until_there_are,
    worker,
)
from tests.lca.systems import random_document as random_one

FILES = 16
GATE = {"boundary": "cradle-to-gate"}
SCHEMA = json.loads((ROOT / "docs/schemas/batch-1.schema.json").read_text("utf-8"))


def jobs(count: int = FILES) -> list[Job]:
    made = [
        Job(f"{seed}.json", json.dumps(random_one(seed, shared=False) | GATE).encode())
        for seed in range(count - 2)
    ]
    return [*made, Job("bad.json", b"{"), Job("odd.xlsx", b"PK no workbook")]


def codes(caught: pytest.ExceptionInfo[FindingsError]) -> set[str]:
    return {found.code for found in caught.value.findings}


def test_several_processes_give_the_bytes_of_one() -> None:
    some = jobs(8)
    one = document(in_pool(some, 1))
    assert document(in_pool(some, 2)) == one
    told = json.loads(one)
    jsonschema.validate(told, SCHEMA)
    assert [entry["file"] for entry in told["files"]] == [job.name for job in some]
    assert [bool(entry["footprint"]) for entry in told["files"]] == [True] * 6 + [False] * 2
    assert all(entry["findings"] for entry in told["files"][-2:])


def test_an_entry_does_not_depend_on_its_company() -> None:
    some = jobs(6)
    assert list(in_pool(some, 1))[2] == done(some[2]) == next(iter(in_pool(some[2:3])))
    assert failed([done(some[-1])]) == 1


def test_the_command_writes_one_document_and_tells_of_bad_files(tmp_path: Path) -> None:
    for job in jobs(5):
        (tmp_path / job.name).write_bytes(job.data)
    good = [tmp_path / f"{seed}.json" for seed in range(3)]
    out = tmp_path / "out" / "batch.json"
    assert run_batch(good, out, "", "en", here(1)) == 0
    assert len(json.loads(out.read_bytes())["files"]) == 3
    assert run_batch([*good, tmp_path / "bad.json"], out, "", "zh", here(1)) == 1
    with pytest.raises(FindingsError) as caught:
        run_batch([good[0], tmp_path / "elsewhere" / "0.json"], out, "", "en", here(1))
    assert codes(caught) == {"BATCH-NAMES"}


# --- a cluster on loopback -----------------------------------------------------------------------


def test_a_cluster_that_loses_a_worker_midway_gives_the_same_bytes() -> None:
    some = jobs()
    expected = document(in_pool(some, 1))
    with ExitStack() as stack:
        address = scheduler(stack)
        crew = [worker(stack, address) for _ in range(2)]
        until_there_are(2, address)
        entries, running = [], on_cluster(some, address)
        entries.append(next(running))
        os.kill(crew[0].pid, signal.SIGKILL)
        assert crew[0].wait() == -signal.SIGKILL
        entries.extend(running)
        assert crew[1].poll() is None
    assert document(entries) == expected


def test_a_batch_whose_scheduler_is_killed_midway_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    some = jobs(6)
    for job in some:
        (tmp_path / job.name).write_bytes(job.data)
    with ExitStack() as stack:
        address, process = scheduler_and_process(stack)
        worker(stack, address)
        until_there_are(1, address)

        def losing_it(all_of: Sequence[Job]) -> Iterator[bytes]:
            for entry in on_cluster(all_of, address):
                process.kill()
                process.wait()
                yield entry

        files, out = [tmp_path / job.name for job in some], tmp_path / "batch.json"
        with pytest.raises(FindingsError) as caught:
            run_batch(files, out, "", "zh", losing_it)
    assert codes(caught) == {"BATCH-GONE"}
    assert all(address in caught.value.findings[0].render(lang) for lang in LANGS)
    assert not out.exists()
    assert not caplog.records  # Dask's own traceback stays away


def test_a_worker_with_another_library_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = standing()
    cluster._check(mine, {"tcp://a": mine}, "tcp://x")
    other = {**mine, "factor_set": "0" * 64}
    with pytest.raises(FindingsError) as caught:
        cluster._check(mine, {"tcp://a": mine, "tcp://b": other}, "tcp://x")
    assert codes(caught) == {"BATCH-WORKER"}
    assert dict(caught.value.findings[0].params)["worker"] == "tcp://b"
    with pytest.raises(FindingsError) as caught:
        cluster._check(mine, {}, "tcp://x")
    assert codes(caught) == {"BATCH-SCHEDULER"}


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense"])
def test_where_nobody_answers_the_command_says_so(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(cluster, "SECONDS", 0.5)
    start = time.monotonic()
    with pytest.raises(FindingsError) as caught:
        list(on_cluster(jobs(3), address))
    assert codes(caught) == {"BATCH-SCHEDULER"}
    assert time.monotonic() - start < 60


def test_workers_that_keep_dying_end_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying:
        def __enter__(self) -> Dying:
            return self

        def __exit__(self, *_: object) -> None: ...

        def run(self, job: object) -> dict[str, dict[str, str]]:
            return {"tcp://a": standing()}

        def map(self, *_: object, **__: object) -> list[Dying]:
            return [self]

        def exception(self, timeout: float) -> KilledWorker:
            return KilledWorker("task", "worker", 4)  # type: ignore[arg-type]

    monkeypatch.setattr(cluster, "_client", lambda _: Dying())
    with pytest.raises(FindingsError) as caught:
        list(on_cluster(jobs(3), "tcp://x"))
    assert codes(caught) == {"BATCH-LOST"}

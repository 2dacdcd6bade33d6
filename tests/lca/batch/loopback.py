"""A Dask scheduler and workers on loopback, each a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from distributed import Client

from tests.evidence import ROOT


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A program of Dask in a process of its own, ended by its own id."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__ADMIN__LOG_LENGTH": "0"}
    program = subprocess.Popen(
        [sys.executable, "-m", *arguments], cwd=ROOT, env=env, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield program
    finally:
        program.kill()
        program.wait()


def scheduler(stack: ExitStack) -> str:
    address, _ = scheduler_and_process(stack)
    return address


def scheduler_and_process(stack: ExitStack) -> tuple[str, subprocess.Popen[str]]:
    program = stack.enter_context(
        started("distributed.cli.dask_scheduler", "--host", "tcp://127.0.0.1", "--port", "0",
                "--no-dashboard")
    )  # fmt: skip
    assert program.stderr is not None
    for line in program.stderr:
        if found := re.search(r"Scheduler at:\s+(tcp://\S+)", line):
            return found.group(1), program
    raise AssertionError("no scheduler")


def worker(stack: ExitStack, address: str) -> subprocess.Popen[str]:
    return stack.enter_context(
        started("distributed.cli.dask_worker", address, "--host", "127.0.0.1", "--nthreads", "1",
                "--no-nanny", "--no-dashboard")
    )  # fmt: skip


def until_there_are(count: int, address: str) -> None:
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=60)

"""Many files on a Dask cluster; importing this module needs the extra ``dask``.

The scheduler and its workers are the user's own. Before anything is sent every worker says which
versions and which factor library it has; one that differs would compute another result, and
nothing is sent. A worker that dies is the scheduler's business: what it had is computed again by
the others, and because an entry depends on its file alone, the result has the same bytes. When the
scheduler itself dies, what has arrived stays and the rest is refused.

Dask workers run what they are sent and check nobody: keep the scheduler on a private network.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import TypeVar

from distributed import Client, Future, KilledWorker

from factors.errors import FindingsError
from factors.findings import Finding, finding
from lca.batch.work import Job, done, standing

SECONDS = 30
"""How long to wait for a scheduler."""

BEAT = 2.0
"""How often, while waiting, to look whether the scheduler is still there (seconds)."""

RETRIES = 5
"""How often a file is tried again where a worker fails with it."""

Handed = TypeVar("Handed")
Made = TypeVar("Made")
Standing = Callable[[], Mapping[str, str]]


def on_cluster(jobs: Sequence[Job], scheduler: str) -> Iterator[bytes]:
    """Yield the entry of every file, in the order of the files.

    Parameters
    ----------
    scheduler
        Address, ``tcp://host:port`` or ``tls://host:port``.

    Raises
    ------
    FindingsError
        BATCH-SCHEDULER when nobody answers or there is no worker; BATCH-WORKER for every worker
        whose versions or factor library are not ours; BATCH-LOST when workers keep dying;
        BATCH-GONE when the scheduler does not answer any more.
    """
    for _, entry in in_cluster(jobs, scheduler, done, standing):
        if isinstance(entry, KilledWorker):
            raise FindingsError(finding("BATCH-LOST", scheduler=scheduler)) from entry
        if isinstance(entry, BaseException):
            raise entry
        yield entry


def in_cluster(
    jobs: Sequence[Handed], scheduler: str, work: Callable[[Handed], Made], mine: Standing
) -> Iterator[tuple[Handed, Made | BaseException]]:
    """Yield every job, in their order, with what a worker made of it or what became of the worker.

    Parameters
    ----------
    work
        What is done with a job; a function of a module that workers have.
    mine
        What results depend on besides their jobs, asked here and of every worker.

    Raises
    ------
    FindingsError
        BATCH-SCHEDULER, BATCH-WORKER, BATCH-GONE, as for :func:`on_cluster`.
    """
    with _quiet(), _client(scheduler) as client, _answering(scheduler):
        _check(mine(), client.run(mine), scheduler)
        for job, future in zip(
            jobs, client.map(work, jobs, pure=False, retries=RETRIES), strict=True
        ):
            yield job, _ended(client, future)


def _ended(client: Client, future: Future[Made]) -> Made | BaseException:
    """Wait for a job; a future whose scheduler is gone may never hear of it, so ask for that too.

    Raises
    ------
    ConnectionError, CancelledError
        When the scheduler is gone.
    """
    while True:
        try:
            # distributed says it is typed and leaves this one out.
            error: BaseException | None = future.exception(timeout=BEAT)  # type: ignore[no-untyped-call]
            return error or future.result()
        except TimeoutError:
            if client.status != "running":
                raise ConnectionError from None


@contextmanager
def _answering(scheduler: str) -> Iterator[None]:
    """Refuse what a scheduler that is gone has left undone."""
    try:
        yield
    except (CancelledError, OSError) as error:  # the second: a connection that closed
        raise FindingsError(finding("BATCH-GONE", scheduler=scheduler)) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask from printing the traceback of what a finding says."""
    log = logging.getLogger("distributed.client")
    former = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(former)


def _client(scheduler: str) -> Client:
    try:
        # distributed says it is typed and leaves this one out.
        return Client(scheduler, timeout=SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError) as error:
        # A time-out is an OSError; a malformed address one of the others.
        told = {"scheduler": scheduler, "reason": type(error).__name__}
        raise FindingsError(finding("BATCH-SCHEDULER", **told)) from None


def _check(mine: Mapping[str, str], told: Mapping[str, Mapping[str, str]], scheduler: str) -> None:
    """Refuse a cluster without workers and workers that are not like this process."""
    if not told:
        raise FindingsError(finding("BATCH-SCHEDULER", scheduler=scheduler, reason="no worker"))
    found: list[Finding] = []
    for worker, theirs in sorted(told.items()):
        differ = [name for name in mine if theirs.get(name) != mine[name]]
        if differ:
            what = ", ".join(f"{name} {theirs.get(name, '-')[:12]}" for name in differ)
            found.append(finding("BATCH-WORKER", worker=worker, differs=what))
    if found:
        raise FindingsError(*found)

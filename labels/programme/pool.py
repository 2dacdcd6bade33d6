"""Many jobs in processes of this machine; one that kills its worker takes nothing else with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from itertools import islice

from labels.programme.work import Job, done, failed

AHEAD = 3
"""Jobs in hand per worker: enough to keep it busy, few to keep in memory."""

Files = Mapping[str, bytes]
Work = Callable[[Job], Files]
Done = tuple[Job, Files]


def in_pool(jobs: Iterable[Job], workers: int = 0, work: Work = done) -> Iterator[Done]:
    """Yield every job with its files, in the order in which they get done.

    Jobs are drawn as they are needed. When a worker dies, whatever was in hand is done again, each
    job in a process of its own; only one that kills that too is given up.

    Parameters
    ----------
    workers
        Number of processes; 0: one per core, 1: a thread of this one.
    """
    count = workers or os.cpu_count() or 1
    waiting = iter(jobs)
    while lost := (yield from _until_broken(waiting, count, work)):
        for job in lost:
            yield job, _alone(job, work)


def _until_broken(jobs: Iterator[Job], count: int, work: Work) -> Generator[Done, None, list[Job]]:
    """Yield jobs done; return those in hand when a worker died, none at the end."""
    in_hand: dict[Future[Files], Job] = {}
    with _executor(count) as pool, _let_go(pool):
        while True:
            for job in islice(jobs, AHEAD * count - len(in_hand)):
                in_hand[_submitted(pool, work, job)] = job
            if not in_hand:
                return []
            ready, _ = wait(in_hand, return_when=FIRST_COMPLETED)
            for future in ready:
                error = future.exception()
                if isinstance(error, BrokenExecutor):
                    return list(in_hand.values())
                job = in_hand.pop(future)
                yield job, failed(job, error) if error else future.result()


def _submitted(pool: Executor, work: Work, job: Job) -> Future[Files]:
    """Hand a job to a pool; one that broke in the meantime answers through the future.

    Processes it starts are deaf to Ctrl-C until they can end by it without a word, see
    :func:`_quiet`.
    """
    former = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(work, job)
    except BrokenExecutor as broken:
        lost: Future[Files] = Future()
        lost.set_exception(broken)
        return lost
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


@contextmanager
def _let_go(pool: Executor) -> Iterator[None]:
    """Drop what no worker has begun when the run is stopped."""
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def _alone(job: Job, work: Work) -> Files:
    with _process(1) as pool:
        future = _submitted(pool, work, job)
        error = future.exception()
        return failed(job, error) if error else future.result()


def _executor(count: int) -> Executor:
    return ThreadPoolExecutor(1) if count == 1 else _process(count)


def _process(count: int) -> Executor:
    """Return processes that are started fresh: forking one that has threads is unsound."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, mp_context=context, initializer=_quiet)


def _quiet() -> None:
    """End at Ctrl-C without a word: who stopped the run hears it from the one who runs it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

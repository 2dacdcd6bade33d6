"""A batch in a pool of processes on this machine.

Processes are started fresh (``spawn``): forking a process that has threads is unsound, and a fresh
one is what a cluster has. Below a handful of files the start costs more than it saves, and the
batch runs here.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from lca.batch.work import Job, done

FEW = 4
"""Files that one process computes sooner than others have started."""


def in_pool(jobs: Sequence[Job], workers: int = 0) -> Iterator[bytes]:
    """Yield the entry of every file, in the order of the files.

    Parameters
    ----------
    workers
        Number of processes; 0: one per core, 1: this one.
    """
    count = min(workers or os.cpu_count() or 1, len(jobs))
    if count <= 1 or (not workers and len(jobs) < FEW):
        yield from map(done, jobs)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        yield from pool.map(done, jobs)

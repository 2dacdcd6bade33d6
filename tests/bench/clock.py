"""Time of jobs beside each other, so that a busy machine slows all of them alike.

Processor time (all threads of the process) is what a ratio is made of: it does not count waiting
for others. Wall time is shown beside it. Jobs take turns; the best turn of each counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Job = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of the processor and of the clock on the wall."""

    cpu: float
    wall: float

    def over(self, count: float) -> Spent:
        """Return the time of one of so many."""
        return Spent(self.cpu / count, self.wall / count)


def spent(job: Job) -> Spent:
    """Return the time of one run of a job."""
    wall, cpu = time.perf_counter(), time.process_time()
    job()
    return Spent(time.process_time() - cpu, time.perf_counter() - wall)


def best(*jobs: Job, turns: int = 5) -> list[Spent]:
    """Return the least time of every job, the jobs taking turns."""
    found = [[spent(job) for job in jobs] for _ in range(turns)]
    return [_least(list(times)) for times in zip(*found, strict=True)]


def _least(times: Sequence[Spent]) -> Spent:
    return Spent(min(one.cpu for one in times), min(one.wall for one in times))

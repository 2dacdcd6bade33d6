"""A programme's files on a Dask cluster, as a batch's; importing this needs the extra ``dask``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from labels.programme.pool import Done
from labels.programme.work import Job, done, failed, standing
from lca.batch.cluster import in_cluster


def on_cluster(jobs: Iterable[Job], scheduler: str) -> Iterator[Done]:
    """Yield every job with its files; one that keeps killing workers is given up alone.

    Raises
    ------
    FindingsError
        BATCH-SCHEDULER, BATCH-WORKER, as for :func:`lca.batch.cluster.on_cluster`; a worker with
        another label font is refused too, because it would print other documents.
    """
    for job, made in in_cluster(tuple(jobs), scheduler, done, standing):
        yield job, failed(job, made) if isinstance(made, BaseException) else made

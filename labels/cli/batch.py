"""``carbonlabel batch``: many workbooks or system files into one result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from factors.errors import FindingsError
from factors.findings import finding
from factors.texts import Lang, text
from labels.cli.files import read_file, write_whole
from labels.cli.show import console
from lca.batch.pool import in_pool
from lca.batch.work import Job, document, failed

OK, NOT_OK = 0, 1
Runner = Callable[[Sequence[Job]], Iterable[bytes]]


def run_batch(sources: Sequence[Path], output: Path, rules: str, lang: Lang, runner: Runner) -> int:
    """Compute every file and write one document; 1 when some file has no footprint.

    Raises
    ------
    FindingsError
        BATCH-NAMES; what the runner refuses.
    """
    twice = [name for name, n in Counter(path.name for path in sources).items() if n > 1]
    if twice:
        raise FindingsError(*(finding("BATCH-NAMES", name=name) for name in twice))
    jobs = [Job(path.name, read_file(path), rules) for path in sources]
    entries = list(runner(jobs))
    write_whole(output, document(entries))
    bad = failed(entries)
    told = {"count": len(entries), "bad": bad, "path": output}
    console(err=True).print(text("batch.done", lang, **told))
    return NOT_OK if bad else OK


def here(workers: int) -> Runner:
    """Return the runner that uses processes of this machine."""
    return lambda jobs: in_pool(jobs, workers)

"""``programme run``: every workbook checked and computed, documents and drafts prepared.

It prepares and never decides: nothing here approves, reserves a number or issues. Every result is
stored under the hash of what it depends on and written whole, so that a run that was killed goes on
where it stopped and does nothing twice.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from factors.errors import FindingsError
from factors.findings import Finding, Where, finding
from factors.texts import Lang
from labels.programme.drafts import Drafted
from labels.programme.folder import WORK, Folder, Handed, folder
from labels.programme.pool import Done, in_pool
from labels.programme.results import Result, place_of, stale, store, stored
from labels.programme.work import Job, standing

LOCK = "lock"
Runner = Callable[[Iterable[Job]], Iterator[Done]]
"""What computes jobs, in whatever order it yields them."""

HandIn = Callable[[Sequence[Result]], tuple[Drafted, ...]]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: files done, all that there are to do, and the last one."""

    done: int
    total: int
    name: str


@dataclass(frozen=True, slots=True)
class Run:
    """What a run came to.

    Attributes
    ----------
    found
        The folder.
    results
        A result for every file that could be read, enterprise by enterprise.
    fresh
        How many of them were computed now; the others were there.
    findings
        Files that could not be read.
    drafted
        What the registry has of them.
    """

    found: Folder
    results: tuple[Result, ...]
    fresh: int
    findings: tuple[Finding, ...]
    drafted: tuple[Drafted, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """A file and where its result belongs."""

    handed: Handed
    place: Path


def run(
    root: Path,
    workers: int = 0,
    told: Callable[[Progress], None] = lambda progress: None,
    runner: Runner | None = None,
    hand_in: HandIn = lambda results: (),
) -> Run:
    """Check and compute every file of a programme that has no result yet.

    Parameters
    ----------
    workers
        Processes; 0: one per core. The results have the same bytes for any number.
    told
        Called once at the beginning and after every file.
    runner
        What computes, such as a cluster; processes of this machine by default.
    hand_in
        Takes the results to a registry, while no other run is under way.

    Raises
    ------
    FindingsError, ModelError
        PROGRAMME-FOLDER, PROGRAMME-BUSY, faulty settings.
    """
    with _alone(root):
        found = folder(root)
        hashed = standing()
        due, unread = _due(found, hashed)
        todo = [one for one in due if stored(one.handed, one.place) is None]
        told(Progress(0, len(todo), ""))
        runner = runner or partial(in_pool, workers=min(workers, len(todo)))
        _compute(found, todo, hashed, runner, told)
        results = tuple(made for one in due if (made := stored(one.handed, one.place)))
        for place in stale(root, frozenset(one.place for one in due)):
            shutil.rmtree(place)
        return Run(found, results, len(todo), (*found.findings, *unread), hand_in(results))


def standing_results(found: Folder) -> tuple[Result, ...]:
    """Return the results that are there for the files as they are now; computes nothing."""
    due, _ = _due(found, standing())
    return tuple(made for one in due if (made := stored(one.handed, one.place)))


def _due(found: Folder, hashed: Mapping[str, str]) -> tuple[list[Due], list[Finding]]:
    """Return every file with the place of its result, and what could not be read."""
    due: list[Due] = []
    log: list[Finding] = []
    for handed in found.files:
        try:
            job = _job(found, handed)
        except FindingsError as refused:
            log.extend(refused.findings)
            continue
        due.append(Due(handed, place_of(found.root, handed, job.key(hashed))))
    return due, log


def _job(found: Folder, handed: Handed) -> Job:
    lang: Lang = "en" if found.settings.lang == "en" else "zh"
    return Job(handed.enterprise, handed.name, handed.read(), lang)


def _compute(
    found: Folder,
    todo: list[Due],
    hashed: Mapping[str, str],
    runner: Runner,
    told: Callable[[Progress], None],
) -> None:
    handed = {(one.handed.enterprise, one.handed.name): one.handed for one in todo}
    for number, (job, files) in enumerate(runner(_jobs(found, todo)), start=1):
        place = place_of(found.root, handed[job.enterprise, job.name], job.key(hashed))
        store(place, files)
        told(Progress(number, len(todo), f"{job.enterprise}/{job.name}"))


def _jobs(found: Folder, todo: list[Due]) -> Iterator[Job]:
    """Yield what is to be done; a file that went away meanwhile is the next run's business."""
    for one in todo:
        with suppress(FindingsError):
            yield _job(found, one.handed)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Hold the programme's folder; the system lets go of it when the process dies."""
    if not root.is_dir():
        raise FindingsError(finding("PROGRAMME-FOLDER", Where(file=str(root))))
    (root / WORK).mkdir(exist_ok=True)
    with (root / WORK / LOCK).open("w") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise FindingsError(finding("PROGRAMME-BUSY", Where(file=str(root)))) from None
        yield

"""A small programme for tests: a few of the example's enterprises, and workers that do little."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from labels.programme.example import Firm, firms, write
from labels.programme.folder import ENTERPRISES, WORK
from labels.programme.settings import PROGRAMME
from labels.programme.work import RESULT, Job, failed
from labels.registry.blobs import TEMPORARY

COUNT = 40
KILLER = "killer.json"


def some(*numbers: int) -> tuple[Firm, ...]:
    return tuple(firm for firm in firms(COUNT) if firm.number in numbers)


def programme(root: Path, *numbers: int) -> Path:
    write(root, some(*numbers))
    return root


def bare(root: Path, files: Mapping[str, bytes]) -> Path:
    """A programme of files whose content nobody looks at, ``enterprise/name`` to bytes."""
    write(root, ())
    for name, data in files.items():
        place = root / ENTERPRISES / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(data)
    return root


def settings_with(root: Path, old: str, new: str) -> None:
    place = root / PROGRAMME
    told = place.read_text(encoding="utf-8")
    assert old in told
    place.write_text(told.replace(old, new), encoding="utf-8")


def hashes(root: Path) -> dict[str, str]:
    """Every prepared file with its hash."""
    base = root / WORK / "results"
    return {
        str(path.relative_to(base)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(base.rglob("*"))
        if path.is_file()
    }


def stamps(root: Path) -> dict[Path, int]:
    """When every stored result was written; not those in a folder that has no name yet."""
    found = (root / WORK).glob("results/*/*/result.json")
    return {one: one.stat().st_mtime_ns for one in found
            if not one.parent.name.startswith(TEMPORARY)}  # fmt: skip


def light(job: Job) -> Mapping[str, bytes]:
    """A worker that computes nothing, and dies of one file."""
    if job.name == KILLER:
        os.kill(os.getpid(), signal.SIGKILL)
    if job.name == "broken.json":
        raise MemoryError
    return {RESULT: failed(job, ValueError())[RESULT]}

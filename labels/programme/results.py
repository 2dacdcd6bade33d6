"""What ``programme run`` has prepared in ``work/results``: written whole, read checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from labels.canonical import parse_object, sha256
from labels.programme.folder import WORK, Handed
from labels.programme.work import FOOTPRINT, RESULT, SYSTEM
from labels.registry.blobs import write_folder

RESULTS = "results"
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")
SHORT = 16


@dataclass(frozen=True)
class Result:
    """What came of one file.

    Attributes
    ----------
    handed
        The file.
    folder
        Where its prepared documents lie.
    record
        ``result.json``.
    """

    handed: Handed
    folder: Path
    record: Mapping[str, Any]

    @property
    def computed(self) -> bool:
        """Whether it has a footprint."""
        return FOOTPRINT in self.record["files"]

    @cached_property
    def footprint(self) -> Mapping[str, Any]:
        """The document ``carbonlabel-footprint/1``."""
        found: Mapping[str, Any] = parse_object((self.folder / FOOTPRINT).read_bytes())
        return found

    @cached_property
    def ledger(self) -> Mapping[str, Any]:
        """The site ledger of the system file."""
        found: Mapping[str, Any] = parse_object((self.folder / SYSTEM).read_bytes())
        return found.get("ledger") or {}

    @property
    def errors(self) -> tuple[Mapping[str, Any], ...]:
        """Findings that must be mended."""
        return tuple(one for one in self.record["findings"] if one["severity"] == "error")


def place_of(root: Path, handed: Handed, key: str) -> Path:
    """Return the folder of a result: readable, safe, and named by what it depends on."""
    stem = _UNSAFE.sub("-", handed.path.stem).strip("-").lower()[:40] or "file"
    return root / WORK / RESULTS / handed.enterprise / f"{stem}-{key[:SHORT]}"


def store(place: Path, files: Mapping[str, bytes]) -> None:
    """Write a result, synced, all of it or nothing.

    Raises
    ------
    OSError
        When the disk refuses.
    """
    write_folder(place, files)


def stored(handed: Handed, place: Path) -> Result | None:
    """Return a result that is whole, None when it is missing or something in it was changed."""
    try:
        record = parse_object((place / RESULT).read_bytes())
        whole = all(sha256((place / name).read_bytes()) == told
                    for name, told in record["files"].items())  # fmt: skip
    except (OSError, ValueError, KeyError, AttributeError):
        return None
    return Result(handed, place, record) if whole else None


def stale(root: Path, kept: frozenset[Path]) -> Iterator[Path]:
    """Yield result folders that no file stands behind any more."""
    base = root / WORK / RESULTS
    for enterprise in sorted(base.iterdir()) if base.is_dir() else ():
        for place in sorted(enterprise.iterdir()):
            if place not in kept:
                yield place

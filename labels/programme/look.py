"""One call from a programme's folder to where everybody stands."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from labels.programme.folder import folder
from labels.programme.pipeline import Pipeline, pipeline
from labels.programme.records import Record, records, works
from labels.programme.run import standing_results
from labels.registry.store import open_store
from labels.times import local_day

ZONE = "Asia/Shanghai"
"""Where a day begins when there is no registry whose issuer says so."""


def registry_in(root: Path, name: str, registry: Path | None) -> Path | None:
    """Return the registry that was named, else the one in the programme's folder, if any."""
    if registry is not None:
        return registry
    return root / name if name and (root / name).is_dir() else None


def look(root: Path, registry: Path | None, now: dt.datetime) -> Pipeline:
    """Return where everybody in a programme stands; computes and writes nothing.

    Parameters
    ----------
    registry
        The registry; None for the one in the programme's folder.

    Raises
    ------
    FindingsError, ModelError, IssueError
        As for :func:`~labels.programme.folder.folder` and the registry.
    """
    found = folder(root)
    place = registry_in(root, found.settings.registry, registry)
    known: tuple[Record, ...] = ()
    zone = ZONE
    if place is not None:
        store = open_store(place)
        known, zone = records(store, now), store.issuer.time_zone
    done, faults = works(found)
    results = standing_results(found)
    day = local_day(now, zone)
    return pipeline(found, results, done, known, day, (*found.findings, *faults))

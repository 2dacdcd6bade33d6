"""What ``submit --case`` hands in: the closed verification file behind a verified document."""

from __future__ import annotations

from pathlib import Path

from labels.cli.shelf import library
from labels.kinds import ClosedFile, known_kind
from labels.registry.store import Store
from labels.times import local_day, now
from labels.verification.gate import closed_file


def closed_case(case: Path, store: Store, kind: str) -> ClosedFile:
    """Return what a closed case says, if it lets a document of this kind through today."""
    today = local_day(now(), store.issuer.time_zone)
    return closed_file(case, known_kind(kind), store.issuer, store.trust, today, library())

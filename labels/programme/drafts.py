"""Drafts in the registry for what was computed: handed in once, never approved, never issued."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from factors.errors import CarbonLabelError
from factors.findings import Finding
from labels.canonical import sha256
from labels.kinds import Kind
from labels.programme.results import Result
from labels.programme.work import FOOTPRINT, SYSTEM
from labels.registry import tables as t
from labels.registry.desk import Submission, submit
from labels.registry.store import Store
from lca.study import is_system

ASKED, READ, HANDED = STEPS = ("asked", "read", "handed-in")
"""The registry asked what it has; a result read; its draft in the registry."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """The draft of a result: its id and whether it was made now; or why there is none."""

    result: Result
    draft: str
    fresh: bool
    findings: tuple[Finding, ...] = ()


def known_drafts(store: Store) -> Mapping[str, str]:
    """Return the first draft of every footprint that the registry has, by the footprint's hash."""
    rows = select(t.drafts.c.footprint_sha256, t.drafts.c.draft).order_by(t.drafts.c.time.desc())
    with store.read() as tx:
        return {row.footprint_sha256: row.draft for row in tx.execute(rows)}


def drafts(
    store: Store,
    results: Iterable[Result],
    now: dt.datetime,
    step: Callable[[str], None] = lambda name: None,
) -> tuple[Drafted, ...]:
    """Hand in as a study report what the registry does not have yet.

    The registry itself is the journal: a draft is written whole with the hash of its footprint, and
    what is there by that hash is not handed in again. A run that was killed anywhere has therefore
    lost nothing, and the next one does nothing twice.

    Parameters
    ----------
    step
        Called after each step of :data:`STEPS`.
    """
    known = dict(known_drafts(store))
    step(ASKED)
    return tuple(_drafted(store, one, known, now, step) for one in results if one.computed)


def _drafted(
    store: Store,
    result: Result,
    known: dict[str, str],
    now: dt.datetime,
    step: Callable[[str], None],
) -> Drafted:
    footprint = (result.folder / FOOTPRINT).read_bytes()
    digest = sha256(footprint)
    if digest in known:
        return Drafted(result, known[digest], fresh=False)
    workbook = None
    if not is_system(result.handed.name):
        data = result.handed.read()
        if sha256(data) != result.record["sha256"]:
            return Drafted(result, "", fresh=False)
        workbook = (result.handed.name, data)
    handed = Submission(
        footprint=footprint,
        system=(result.folder / SYSTEM).read_bytes(),
        workbook=workbook,
        kind=Kind.STUDY_REPORT,
    )
    step(READ)
    try:
        known[digest] = submit(store, handed, now)
    except CarbonLabelError as refused:
        return Drafted(result, "", fresh=False, findings=refused.findings)
    step(HANDED)
    return Drafted(result, known[digest], fresh=True)

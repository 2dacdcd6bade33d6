"""Whether a static copy says what the registry says: log, status lists, pages, public files.

All of it is made again from the registry, for the moment at which the copy was made, and compared
byte by byte; of the status lists, whose signature needs the log's key, every bit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Generator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from factors.errors import IssueError
from factors.findings import Finding
from labels.refusal import fault
from labels.registry.export import ENTRIES, ROTATIONS, LogView, log_files, read_view, view_of
from labels.registry.publish import Pages, site_files, standings_of, status_places
from labels.registry.statuslist import PURPOSES, bits
from labels.registry.store import TRUST, Store
from labels.verify.case import MALFORMED
from labels.verify.lists import StatusList, open_list, read_lists

#: Endings of files that a visitor may take for the registry's word.
TELLING = frozenset({".html", ".json", ".jsonl", ".jwt", ".pdf"})


def published_faults(
    store: Store, folder: Path, pages: Pages, now: dt.datetime
) -> Iterator[Finding]:
    """Yield where a static copy differs from the registry, and whether it is out of date.

    Parameters
    ----------
    store
        The registry.
    folder
        The copy.
    pages
        The renderer that made its pages.
    now
        Present time.
    """
    try:
        mine, theirs = view_of(store), read_view(folder)
        size = len(theirs.leaves)
        if mine.leaves[:size] != theirs.leaves:
            yield _differs(ENTRIES, "log")
            return
        if size < len(mine.leaves):
            yield fault("CHECK-SITE-OLD", ENTRIES, detail=f"{size} < {len(mine.leaves)}")
        yield from _rotated(mine, theirs)
        lists = yield from _lists(folder, mine, now)
        if lists:
            log = replace(mine, leaves=theirs.leaves, note=theirs.note)
            yield from _content(store, folder, (log, lists, pages))
    except IssueError as error:
        yield from error.findings


def _differs(file: str, detail: object) -> Finding:
    return fault("CHECK-SITE", file, file=file, detail=detail)


def _rotated(mine: LogView, theirs: LogView) -> Iterator[Finding]:
    """A copy may have a former trust file, with the steps up to it, and no other."""
    if theirs.chain != mine.chain[: len(theirs.chain)]:
        yield _differs(ROTATIONS, "chain")
    elif len(theirs.chain) < len(mine.chain):
        yield fault("CHECK-SITE-OLD", TRUST, detail=TRUST)
        if theirs.chain and theirs.trust.to_bytes() != theirs.chain[-1].trust:
            yield _differs(TRUST, "chain")
    elif theirs.trust != mine.trust:
        yield _differs(TRUST, "chain")


def _lists(
    folder: Path, mine: LogView, now: dt.datetime
) -> Generator[Finding, None, Mapping[str, StatusList]]:
    """Yield what is wrong with the status lists by themselves; return them when all can be read."""
    lists, found = read_lists(folder), {}
    for purpose in PURPOSES:
        try:
            token = lists.tokens[purpose] if lists else b""
            found[purpose] = open_list(token, purpose, mine.trust)
        except MALFORMED as error:
            yield _differs(f"status/{purpose}.jwt", type(error).__name__)
    if any(one.until <= now for one in found.values()):
        until = min(one.until for one in found.values())
        yield fault("CHECK-SITE-OLD", "status", detail=f"{until:%Y-%m-%d}")
    return found if len(found) == len(PURPOSES) else {}


def _content(
    store: Store, folder: Path, copy: tuple[LogView, Mapping[str, StatusList], Pages]
) -> Iterator[Finding]:
    """Make the copy again, as of the moment its lists name, and compare every file."""
    log, lists, pages = copy
    made = max(one.made for one in lists.values())
    standings = standings_of(store, log, made)
    states = status_places(store, standings)
    for purpose, listed in lists.items():
        wanted = bits(place for place, state in states.items() if state in PURPOSES[purpose])
        if listed.bits != wanted or listed.made != made:
            yield _differs(f"status/{purpose}.jwt", "bits")
    files, _ = site_files(store, standings, pages, made)
    seen_before = {TRUST, ROTATIONS}
    files |= {name: data for name, data in log_files(log) if name not in seen_before}
    for name, data in files.items():
        if not _same(folder / name, data):
            yield _differs(name, "content" if (folder / name).exists() else "missing")
    yield from _surplus(folder, {*files, *seen_before, *(f"status/{p}.jwt" for p in PURPOSES)})


def _same(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _surplus(folder: Path, known: Collection[str]) -> Iterator[Finding]:
    """Name the files that a visitor may take for the registry's and that it never wrote."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in TELLING and path.is_file() and name not in known:
            yield _differs(name, "surplus")

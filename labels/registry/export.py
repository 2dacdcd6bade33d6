"""The log as anyone may hold it: leaves, newest checkpoint, and what they say of a serial.

A static export is a folder with ``checkpoint`` (signed note), ``entries.jsonl`` (one canonical leaf
per line), ``trust.json``, ``trust-rotations.jsonl`` (signed steps between trust files) and tiles
(C2SP tlog-tiles, ``tile/``). It needs no server and no secret, and answers as a registry does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labels.canonical import parse_object
from labels.merkle import leaf_hash, merkle_root
from labels.refusal import refusal
from labels.registry.blobs import write_durably
from labels.registry.entries import file_hashes
from labels.registry.life import Life
from labels.registry.log import all_leaves, last_note
from labels.registry.note import open_note
from labels.registry.rotation import Link
from labels.registry.state import Event, State, TransitionError
from labels.registry.store import TRUST, Store, is_registry, open_store
from labels.registry.tiles import tile_files
from labels.times import parse_day, parse_utc
from labels.trust import TrustFile, parse_trust

CHECKPOINT = "checkpoint"
ENTRIES = "entries.jsonl"
ROTATIONS = "trust-rotations.jsonl"
#: Steps between trust files that are read of an export: a life of keys, and no more work than that.
MOST_STEPS = 1_000


@dataclass(frozen=True, slots=True)
class LogView:
    """All leaves of a log under a checkpoint that was checked.

    Attributes
    ----------
    trust
        The trust file that came with the log.
    leaves
        Bytes of every leaf.
    note
        The signed checkpoint; empty for an empty log.
    chain
        Signed steps from the first trust file to the one in force.
    """

    trust: TrustFile
    leaves: tuple[bytes, ...]
    note: str
    chain: tuple[Link, ...] = ()

    def root_at(self, size: int) -> bytes | None:
        """Return the root of the first leaves, None when there are fewer."""
        if not 0 < size <= len(self.leaves):
            return None
        return merkle_root([leaf_hash(data) for data in self.leaves[:size]])

    def life(self, serial: str) -> Life:
        """Return what the log says of one serial."""
        return Life(self.entries(serial))

    def lives(self) -> Mapping[str, Life]:
        """Return the life of every serial, in the order of their first leaves."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        for leaf in (parse_object(data) for data in self.leaves):
            found.setdefault(leaf["serial"], []).append(leaf)
        return {serial: Life(tuple(leaves)) for serial, leaves in found.items()}

    def entries(self, serial: str) -> tuple[Mapping[str, Any], ...]:
        """Return the leaves of one serial, in order."""
        parsed = (parse_object(data) for data in self.leaves)
        return tuple(leaf for leaf in parsed if leaf.get("serial") == serial)

    def documents(self, serial: str) -> Mapping[str, str] | None:
        """Return name to SHA-256 of the signed files, None before they were logged."""
        return self.life(serial).documents()

    def status(
        self, serial: str, at: dt.datetime, zone: str, trust: TrustFile | None = None
    ) -> State:
        """Return the state of a record at a moment; see :meth:`Life.state`.

        Parameters
        ----------
        serial
            The record.
        at
            The moment asked for.
        zone
            The issuer's time zone: validity ends with the last day there.
        trust
            Whose orders count; the trust file that came with the log by default.

        Raises
        ------
        TransitionError
            When the leaves of the record contradict the transition table.
        """
        return self.life(serial).state(zone, at, trust or self.trust)


def view_of(store: Store) -> LogView:
    """Return the log of an opened registry.

    Raises
    ------
    IssueError
        ``LOG-DAMAGED`` when leaves and checkpoint disagree.
    """
    with store.read() as tx:
        leaves, note = all_leaves(tx), last_note(tx)
    return _checked(store.trust, leaves, note or "", store.chain())


def read_view(location: Path) -> LogView:
    """Read a registry folder or a static export.

    Raises
    ------
    IssueError
        ``REGISTRY-MISSING``, ``REGISTRY-STORAGE``, ``TRUST-UNREADABLE`` or ``LOG-DAMAGED``.
    """
    if is_registry(location):
        store = open_store(location)
        try:
            return view_of(store)
        finally:
            store.close()
    if not (location / ENTRIES).is_file():
        raise refusal("REGISTRY-MISSING", str(location))
    try:
        trust = parse_trust((location / TRUST).read_bytes())
        leaves = (location / ENTRIES).read_bytes().split(b"\n")[:-1]
        note = (location / CHECKPOINT).read_text(encoding="utf-8")
        chain = _read_chain(location / ROTATIONS)
    except (OSError, UnicodeError) as error:
        raise refusal("REGISTRY-STORAGE", str(location), reason=str(error)) from error
    return _checked(trust, tuple(leaves), note, chain)


def export_log(store: Store, folder: Path) -> None:
    """Write the static export of a registry.

    Raises
    ------
    IssueError
        ``LOG-DAMAGED`` or ``REGISTRY-STORAGE``.
    """
    log = view_of(store)
    try:
        for name, data in log_files(log):
            _write(folder / name, data)
    except OSError as error:
        raise refusal("REGISTRY-STORAGE", str(folder), reason=str(error)) from error


def log_files(log: LogView) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the files of a log, the checkpoint last."""
    yield TRUST, log.trust.to_bytes()
    lines = [part for link in log.chain for part in (link.record, link.trust)]
    yield ROTATIONS, b"".join(line + b"\n" for line in lines)
    yield ENTRIES, b"".join(leaf + b"\n" for leaf in log.leaves)
    yield from tile_files(log.leaves)
    yield CHECKPOINT, log.note.encode("utf-8")


def _write(path: Path, data: bytes) -> None:
    """Write a file unless it stands: most tiles never change."""
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, data)


def _read_chain(path: Path) -> tuple[Link, ...]:
    """Read the steps between trust files: a record and the file it leads to, line by line."""
    lines = path.read_bytes().split(b"\n")[:-1] if path.is_file() else []
    pairs = zip(lines[::2], lines[1::2], strict=False)
    return tuple(Link(*pair) for pair in pairs)[:MOST_STEPS]


def _checked(
    trust: TrustFile, leaves: tuple[bytes, ...], note: str, chain: tuple[Link, ...]
) -> LogView:
    if not leaves and not note:
        return LogView(trust, (), "", chain)
    view = LogView(trust, leaves, note, chain)
    try:
        checkpoint = open_note(note, trust)
        for data in leaves:
            _check_entry(parse_object(data))
    except (ValueError, KeyError, TypeError) as error:
        raise refusal("LOG-DAMAGED", "", detail=str(error)) from error
    if (checkpoint.size, checkpoint.root) != (len(leaves), view.root_at(len(leaves))):
        raise refusal("LOG-DAMAGED", "", detail="root")
    return view


def _check_entry(leaf: Mapping[str, Any]) -> None:
    """Make sure that a leaf has what :class:`LogView` reads of it."""
    event = Event(leaf["type"])
    parse_utc(leaf["time"])
    if event is Event.ISSUE and leaf["valid_until"] is not None:
        parse_day(leaf["valid_until"])
    if event is Event.DOCUMENT:
        file_hashes(leaf)


__all__ = ["LogView", "TransitionError", "export_log", "read_view", "view_of"]

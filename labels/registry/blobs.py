"""Signed files on disk, by content: temporary file, fsync, rename, fsync of the folder."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from labels.canonical import sha256
from labels.plainfile import plain_file

TEMPORARY = ".part-"
_HASH = re.compile(r"[0-9a-f]{64}")


def write_durably(path: Path, data: bytes) -> None:
    """Write a file so that after return it survives a power cut, whole or not at all.

    Raises
    ------
    OSError
        When the disk refuses; nothing half-written is left under the final name.
    """
    _write_whole(path, data)
    sync_folder(path.parent)


def _write_whole(path: Path, data: bytes) -> None:
    """Write a file, synced before it takes its name; the name itself awaits the folder's sync."""
    part = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make renames inside a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Replace a folder by one with exactly these files; readers never see a mixture.

    Raises
    ------
    OSError
        When the disk refuses.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    stale = target.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    fresh.mkdir()
    for name, data in files.items():
        _write_whole(fresh / name, data)
    sync_folder(fresh)
    if target.exists():
        target.rename(stale)
    fresh.rename(target)
    sync_folder(target.parent)
    _remove(stale)


class Documents(Protocol):
    """Signed files of a registry by content, wherever they lie."""

    def put(self, *contents: bytes) -> tuple[str, ...]:
        """Store files durably and return their hashes."""
        ...

    def get(self, digest: str) -> bytes | None:
        """Return stored bytes, None when they are missing or no longer have their hash."""
        ...

    def names(self) -> frozenset[str]:
        """Return the hashes under which something is stored."""
        ...

    def leftovers(self) -> tuple[Path, ...]:
        """Return temporary files that a killed process left behind."""
        ...

    def strangers(self) -> tuple[Path, ...]:
        """Return what lies there and was not put there by the registry."""
        ...

    def sweep(self, older_than: float) -> None:
        """Delete leftovers last written before a POSIX time; younger ones may be in use."""
        ...


class Blobs:
    """A folder of files named by their SHA-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, *contents: bytes) -> tuple[str, ...]:
        """Store files durably and return their hashes."""
        hashes = tuple(map(sha256, contents))
        for digest, data in zip(hashes, contents, strict=True):
            if not (self.folder / digest).is_file():
                _write_whole(self.folder / digest, data)
        sync_folder(self.folder)  # of a file that was there, too: who named it may have died
        return hashes

    def get(self, digest: str) -> bytes | None:
        """Return stored bytes, None when they are missing or no longer have their hash."""
        try:
            with plain_file(self.folder / digest, links=True) as opened:
                data = opened.read()
        except OSError:
            return None
        return data if sha256(data) == digest else None

    def names(self) -> frozenset[str]:
        """Return the hashes under which something is stored."""
        found = (path.name for path in self.folder.iterdir())
        return frozenset(name for name in found if not name.startswith(TEMPORARY))

    def leftovers(self) -> tuple[Path, ...]:
        """Return temporary files that a killed process left behind."""
        return tuple(sorted(filter(Path.is_file, self.folder.glob(f"{TEMPORARY}*"))))

    def strangers(self) -> tuple[Path, ...]:
        """Return what lies there and was not put there by the registry.

        A file named by a hash that no record knows is none: an issue that was killed leaves it.
        """
        found = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        return tuple(path for path in found if not (_is_ours(path.name) and path.is_file()))

    def sweep(self, older_than: float) -> None:
        """Delete leftovers last written before a POSIX time; younger ones may be in use."""
        for path in self.leftovers():
            with suppress(FileNotFoundError):  # it got its name meanwhile
                if path.stat().st_mtime < older_than:
                    path.unlink()


def _is_ours(name: str) -> bool:
    return name.startswith(TEMPORARY) or _HASH.fullmatch(name) is not None


def _remove(folder: Path) -> None:
    if not folder.exists():
        return
    for entry in folder.iterdir():
        entry.unlink()
    folder.rmdir()

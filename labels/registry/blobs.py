"""Signed files on disk, by content: temporary file, fsync, rename, fsync of the folder."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from labels.canonical import sha256

TEMPORARY = ".part-"


def write_durably(path: Path, data: bytes) -> None:
    """Write a file so that after return it survives a power cut, whole or not at all.

    Raises
    ------
    OSError
        When the disk refuses; nothing half-written is left under the final name.
    """
    part = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)


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
        write_durably(fresh / name, data)
    if target.exists():
        target.rename(stale)
    fresh.rename(target)
    sync_folder(target.parent)
    _remove(stale)


class Documents(Protocol):
    """Signed files of a registry by content, wherever they lie."""

    def put(self, data: bytes) -> str:
        """Store bytes durably and return their hash."""
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

    def sweep(self, older_than: float) -> None:
        """Delete leftovers last written before a POSIX time; younger ones may be in use."""
        ...


class Blobs:
    """A folder of files named by their SHA-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        """Store bytes durably and return their hash."""
        digest = sha256(data)
        if (self.folder / digest).exists():
            sync_folder(self.folder)  # who renamed it may have died before that
        else:
            write_durably(self.folder / digest, data)
        return digest

    def get(self, digest: str) -> bytes | None:
        """Return stored bytes, None when they are missing or no longer have their hash."""
        try:
            data = (self.folder / digest).read_bytes()
        except OSError:
            return None
        return data if sha256(data) == digest else None

    def names(self) -> frozenset[str]:
        """Return the hashes under which something is stored."""
        found = (path.name for path in self.folder.iterdir())
        return frozenset(name for name in found if not name.startswith(TEMPORARY))

    def leftovers(self) -> tuple[Path, ...]:
        """Return temporary files that a killed process left behind."""
        return tuple(sorted(self.folder.glob(f"{TEMPORARY}*")))

    def sweep(self, older_than: float) -> None:
        """Delete leftovers last written before a POSIX time; younger ones may be in use."""
        for path in self.leftovers():
            if path.stat().st_mtime < older_than:
                path.unlink(missing_ok=True)


def _remove(folder: Path) -> None:
    if not folder.exists():
        return
    for entry in folder.iterdir():
        entry.unlink()
    folder.rmdir()

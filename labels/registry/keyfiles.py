"""The keys a registry keeps itself: one file per purpose that signs, others beside it.

A file beside it has the beginning of its key's id in its name: a new key before the trust file
lists it, a former one afterwards. Which of them signs follows from the trust file alone, so a
process may die at any moment of a rotation and no key is lost.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from pathlib import Path

from labels.canonical import parse_object
from labels.keys import Purpose, SigningKey, read_key, write_key
from labels.registry.blobs import TEMPORARY, sync_folder
from labels.trust import TrustFile


def key_file(folder: Path, purpose: Purpose) -> Path:
    """Return where the key of a purpose lies, if the registry keeps one."""
    return folder / f"{purpose}.json"


def put_beside(folder: Path, key: SigningKey) -> None:
    """Keep a key beside the one that signs; durable, whole or not at all."""
    path = folder / f"{key.purpose}-{key.kid[:16]}.json"
    part = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    try:
        write_key(part, key)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(folder)


def waiting(folder: Path, purpose: Purpose, trust: TrustFile) -> Path | None:
    """Return the kept key that should sign and is not in its place yet, if there is one.

    Only a key that the trust file has ended, or an empty place, makes room.
    """
    beside = sorted(folder.glob(f"{purpose}-*.json"))
    place = key_file(folder, purpose)
    if not beside or (place.is_file() and not _listed(place, purpose, trust, ended=True)):
        return None
    able = [path for path in beside if _listed(path, purpose, trust, ended=False)]
    return able[0] if len(able) == 1 else None


def settle(folder: Path, trust: TrustFile) -> None:
    """Put every waiting key in its place; the former one goes beside it.

    Two processes may do so at once: each step leaves the same files whoever takes it.

    Raises
    ------
    IssueError
        ``KEY-UNREADABLE``.
    OSError
        When the disk refuses.
    """
    for purpose in Purpose:
        coming, place = waiting(folder, purpose, trust), key_file(folder, purpose)
        if coming is None:
            continue
        if place.is_file():
            put_beside(folder, read_key(place, purpose))
        with contextlib.suppress(FileNotFoundError):  # another process was first
            coming.replace(place)
        sync_folder(folder)


def unfit(
    folder: Path, purpose: Purpose, trust: TrustFile, size: int, now: dt.datetime | None
) -> bool:
    """Whether the kept key of a purpose may no longer sign, or is not yet in its place.

    Parameters
    ----------
    folder, purpose, trust
        The keys, which of them, and who decides it.
    size
        Leaves in the log: a retired checkpoint key speaks for no larger tree.
    now
        Present time; None leaves the end of validity alone.
    """
    if waiting(folder, purpose, trust) is not None:
        return True
    place = key_file(folder, purpose)
    if not place.is_file():
        return False
    key = trust.find(_kid(place), purpose)
    if key is None or (key.last_size is not None and key.last_size <= size):
        return True
    return now is not None and key.valid_until is not None and key.valid_until <= now


def _listed(path: Path, purpose: Purpose, trust: TrustFile, *, ended: bool) -> bool:
    key = trust.find(_kid(path), purpose)
    return key is not None and (key.valid_until is not None) == ended


def _kid(path: Path) -> str:
    """Return the id a key file states, empty when it cannot be read."""
    try:
        return str(parse_object(path.read_bytes(), 1 << 20)["kid"])
    except (OSError, ValueError, KeyError):
        return ""

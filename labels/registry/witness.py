"""What an older registry must not overwrite: whatever says that the log was once longer."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from labels.refusal import refusal
from labels.registry.backup import CHECKPOINT as IN_BACKUP
from labels.registry.export import CHECKPOINT as IN_COPY
from labels.registry.export import LogView
from labels.registry.note import open_note

#: More than any signed checkpoint has.
MOST_BYTES = 1 << 16


def refuse_rollback(log: LogView, place: Path) -> None:
    """Refuse to replace a checkpoint, a backup or a static copy that this log does not contain.

    A registry put back from an old copy is sound in itself; the pages it would publish are not:
    what was withdrawn since would be in force again, and the newest backup would be gone.

    Parameters
    ----------
    log
        The log that is about to be written.
    place
        File or folder to be replaced; one that is not there yet, and a copy of an empty log, say
        nothing.

    Raises
    ------
    IssueError
        ``CHECK-WITNESS``; ``WITNESS-UNREADABLE`` for what nobody can read, or another log's.
    """
    try:
        note = _note(place)
        seen = open_note(note, log.trust) if note else None
    except (ValueError, OSError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise refusal("WITNESS-UNREADABLE", str(place), reason=str(error)) from error
    if seen is not None and log.root_at(seen.size) != seen.root:
        raise refusal("CHECK-WITNESS", str(place), size=seen.size)


def _note(place: Path) -> str:
    """Return the checkpoint that a file or folder holds, empty where there is none."""
    if place.is_dir():
        place = place / IN_COPY
    if not place.exists():
        return ""
    if not zipfile.is_zipfile(place):
        with place.open("rb") as file:
            return file.read(MOST_BYTES).decode("utf-8")
    with zipfile.ZipFile(place) as archive, archive.open(IN_BACKUP) as member:
        return member.read(MOST_BYTES).decode("utf-8")

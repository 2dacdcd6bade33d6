"""Reading files within bounds; writing them whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from factors.errors import FindingsError
from factors.findings import Where, finding

LARGEST_FILE = 20 * 1024 * 1024


def write_whole(path: Path, data: bytes) -> None:
    """Write through a temporary file in the same folder, synced and renamed into place.

    Raises
    ------
    OSError
        With the name of the file that was asked for; nothing is left behind.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, data)
    except OSError as refusal:
        raise OSError(refusal.errno, refusal.strerror, str(path)) from refusal


def _write(path: Path, data: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as opened:
        temporary = Path(opened.name)
        try:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
            temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def read_file(path: Path) -> bytes:
    """Read a file, but never more than a workbook can sensibly hold."""
    with path.open("rb") as opened:
        data = opened.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise FindingsError(finding("CLI-FILE-SIZE", Where(file=str(path))))
    return data

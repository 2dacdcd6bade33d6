"""Folders in memory, for campaigns not about the disk: a killed process loses no writes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")


@contextmanager
def in_memory() -> Iterator[Path]:
    """Make a folder in memory, or on disk where the machine offers none; gone afterwards."""
    parent = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=parent, prefix="cl-") as folder:
        yield Path(folder)

"""Files that are files: a pipe or a device is not waited for, and no folder is taken for one."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def plain_file(path: Path, *, links: bool) -> Iterator[BinaryIO]:
    """Open a plain file for reading.

    Parameters
    ----------
    path
        The file.
    links
        Whether a link to one will do.

    Raises
    ------
    OSError
        When it cannot be opened, or is something else.
    """
    follow = 0 if links else os.O_NOFOLLOW
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | follow)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "not a plain file", str(path))
        with os.fdopen(handle, "rb", closefd=False) as opened:
            yield opened
    finally:
        os.close(handle)

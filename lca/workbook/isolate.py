"""Work on a workbook in a child process that cannot take the caller down with it.

The child has 1 GB of address space and a few seconds; a file that kills it is refused and nothing
else happens. What comes back is JSON text, never pickled objects.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import lca
from lca.workbook.grid import Grid, answer_of
from lca.workbook.guard import ZIP_MAGIC, container, refuse

WALL_SECONDS = 120.0
"""For a child that hangs; what one may compute is limited by its processor time."""
MEMORY = 1 << 30
CPU_SECONDS = 20


def parse_apart(data: bytes, name: str, wall_seconds: float = WALL_SECONDS) -> Grid:
    """Return the grid of a workbook of unknown origin.

    Raises
    ------
    UnsafeFileError
        When a guard refuses the file, or the child that parses it dies or takes too long.
    """
    container(data, name)
    return answer_of(_run("lca.workbook.parse", name, data, wall_seconds).decode("ascii"))


def edit_apart(module: str, name: str, data: bytes, wall_seconds: float = WALL_SECONDS) -> bytes:
    """Return the workbook that a module run as a program makes of its standard input.

    Raises
    ------
    UnsafeFileError
        When the child refuses the file, dies or takes too long.
    """
    made = _run(module, name, data, wall_seconds)
    if not made.startswith(ZIP_MAGIC):
        answer_of(made.decode("ascii"))
        refuse("FILE-UNREADABLE", name)
    return made


def limits() -> None:
    """Limit memory and time of this process; the first thing a child does."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def _run(module: str, name: str, data: bytes, wall_seconds: float) -> bytes:
    # Our own packages come first, the current folder never (-P): no module of the same name there.
    home = str(Path(lca.__file__).parents[1])
    surroundings = {**os.environ, "PYTHONPATH": home, "OPENBLAS_NUM_THREADS": "1"}
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-P", "-m", module, name],
            input=data,
            capture_output=True,
            timeout=wall_seconds,
            env=surroundings,
            check=False,
        )
    except subprocess.TimeoutExpired:
        refuse("FILE-TOO-HARD", name)
    if child.returncode < 0:
        refuse("FILE-TOO-HARD", name)
    if child.returncode:
        refuse("FILE-UNREADABLE", name)
    return child.stdout

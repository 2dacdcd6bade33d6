"""A child: a module of ours in a process beside this one, with a socket to talk through.

It starts at once and imports while its caller does something else; it ends when the caller hangs
up. Messages are frames (:mod:`labels.frames`).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import labels


@dataclass(slots=True)
class Child:
    """A running child and the socket to it."""

    process: subprocess.Popen[bytes]
    line: socket.socket

    def end(self) -> None:
        """Stop the child, whatever it does."""
        self.line.close()
        self.process.kill()
        self.process.wait()


def start(module: str, *arguments: str) -> Child:
    """Start a module; it is told the number of its end of the socket before the arguments."""
    ours, theirs = socket.socketpair()
    # Our own packages come first, the current folder never (-P): no module of the same name there.
    home = str(Path(labels.__file__).parents[1])
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-P", "-m", module, str(theirs.fileno()), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("CARBONLABEL_DEBUG") else subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": home, "OPENBLAS_NUM_THREADS": "1"},
            pass_fds=(theirs.fileno(),),
        )
    return Child(process, ours)

"""A sign of life on a terminal while a command is quiet for more than a second.

It stands on standard error, never in a file or a pipe, and is wiped off before anything is printed
or asked.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event, Thread
from typing import TextIO

from factors.texts import Lang, text

SECOND = 1.0
WIPED = "\r\x1b[K"


class Sign:
    """The running seconds on a terminal, from the first full one until :meth:`wipe`."""

    def __init__(self, stream: TextIO, lang: Lang) -> None:
        self._stream, self._lang, self._over = stream, lang, Event()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def wipe(self) -> None:
        """Stop counting, and clear the line if there is one."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        seconds = 0
        while not self._over.wait(SECOND):
            seconds += 1
            self._stream.write(f"\r{text('cli.working', self._lang, seconds=seconds)}")
            self._stream.flush()
        if seconds:
            self._stream.write(WIPED)
            self._stream.flush()


_sign: ContextVar[Sign | None] = ContextVar("sign", default=None)


@contextmanager
def sign_of_life(lang: Lang) -> Iterator[None]:
    """Show one while the block is quiet, where standard error is a terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    token = _sign.set(Sign(sys.stderr, lang))
    try:
        yield
    finally:
        wipe()
        _sign.reset(token)


def wipe() -> None:
    """Clear the terminal for what comes; the command speaks for itself from here on."""
    if (sign := _sign.get()) is not None:
        sign.wipe()

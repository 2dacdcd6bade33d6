"""Signed files in the database, by content: one promise with the log, on every host."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection, insert, select

from labels.canonical import sha256
from labels.registry import tables as t

Transaction = Callable[[], AbstractContextManager[Connection]]


class TableBlobs:
    """The table ``documents``; the same questions and answers as a folder of files.

    Parameters
    ----------
    write, read
        Transactions of the registry.
    """

    def __init__(self, write: Transaction, read: Transaction) -> None:
        self._write, self._read = write, read

    def put(self, *contents: bytes) -> tuple[str, ...]:
        """Store files durably and return their hashes."""
        files = {sha256(data): data for data in contents}
        with self._write() as tx:
            named = select(t.documents.c.sha256).where(t.documents.c.sha256.in_(files))
            there = set(tx.execute(named).scalars())
            for digest in files.keys() - there:
                tx.execute(insert(t.documents).values(sha256=digest, data=files[digest]))
        return tuple(map(sha256, contents))

    def get(self, digest: str) -> bytes | None:
        """Return stored bytes, None when they are missing or no longer have their hash."""
        wanted = select(t.documents.c.data).where(t.documents.c.sha256 == digest)
        with self._read() as tx:
            data = tx.execute(wanted).scalar_one_or_none()
        return data if data is not None and sha256(data) == digest else None

    def names(self) -> frozenset[str]:
        """Return the hashes under which something is stored."""
        with self._read() as tx:
            return frozenset(tx.execute(select(t.documents.c.sha256)).scalars())

    def leftovers(self) -> tuple[Path, ...]:
        """Nothing: what was not committed is not there."""
        return ()

    def strangers(self) -> tuple[Path, ...]:
        """Nothing: the table takes a hash alone, and the check names what lost its content."""
        return ()

    def sweep(self, older_than: float) -> None:
        """Do nothing, see :meth:`leftovers`."""
        del older_than

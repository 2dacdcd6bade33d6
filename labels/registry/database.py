"""What the store asks of a database, whichever it is: SQLite in the folder, or PostgreSQL.

Both keep the same promises: a transaction that ended is on disk, one writer at a time, and rows of
facts are neither changed nor deleted by whoever uses the tables as they were made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

#: Execution option that turns a transaction into a reading one.
READ_ONLY = "registry_read_only"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the database itself: a key of the findings catalogue and its fields."""

    code: str
    where: str
    params: Mapping[str, object]


class Database(Protocol):
    """A place for the registry's tables."""

    @property
    def holds_documents(self) -> bool:
        """Whether signed files lie in the database, too."""
        ...

    def engine(self) -> Engine:
        """Return an engine whose every connection has its settings asserted."""
        ...

    def prepare(self) -> None:
        """Make the tables, or those that came since; what exists is never changed."""
        ...

    def outdated(self, connection: Connection) -> bool:
        """Whether numbered SQL files were never run on this database."""
        ...

    def unsure(self, error: Exception) -> bool:
        """Whether after an error of the database what was written before may not be on disk."""
        ...

    def faults(self, connection: Connection) -> Iterator[Fault]:
        """Yield what is wrong with storage, settings and schema."""
        ...


def schema_faults(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield every object of a database that is missing, surplus or altered."""
    for name in sorted(set(wanted) | set(found)):
        if wanted.get(name) != found.get(name):
            yield Fault("CHECK-SCHEMA", name, {"name": name})

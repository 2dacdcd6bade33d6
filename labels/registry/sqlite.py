"""SQLite as the registry's database: settings that keep promises, asserted on every connection.

``synchronous=FULL``: with NORMAL a power cut loses certificates that were already acknowledged.
``recursive_triggers=ON``: without it REPLACE deletes log rows without asking the triggers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from labels.canonical import sha256
from labels.registry.blobs import sync_folder
from labels.registry.database import READ_ONLY, Fault, schema_faults
from labels.registry.prepared import driver

SETTINGS: dict[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "recursive_triggers": 1,
    "foreign_keys": 1,
}
#: Primary result codes after which nothing more is written: see :meth:`SqliteDatabase.unsure`.
UNSURE = frozenset(
    {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
)
#: How long a writer waits for another one (milliseconds).
PATIENCE = 30_000
#: Mark of a connection whose journal has a lasting name.
_SYNCED = "journal named"


@dataclass(frozen=True, slots=True)
class SqliteDatabase:
    """A database file; signed files lie beside it."""

    path: Path
    holds_documents: bool = False

    def engine(self) -> Engine:
        """Return an engine whose every connection has its settings asserted."""
        return open_engine(self.path)

    def prepare(self) -> None:
        """Make the tables, or those that came since."""
        create_schema(self.path)

    def outdated(self, connection: Connection) -> bool:
        """Whether numbered SQL files were never run on this database."""
        rows = connection.exec_driver_sql("SELECT name FROM schema_files")
        return not {row[0] for row in rows}.issuperset(sql_files())

    def unsure(self, error: Exception) -> bool:
        """Whether the file could not be read, written or synced, or is not what it should be."""
        code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0)
        return code & 0xFF in UNSURE

    def faults(self, connection: Connection) -> Iterator[Fault]:
        """Yield what is wrong with storage, settings and schema."""
        said = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
        if said != "ok":
            yield Fault("CHECK-DATABASE", "integrity_check", {"detail": said})
        raw = connection.connection.dbapi_connection
        if current_settings(raw) != SETTINGS:
            yield Fault("CHECK-DATABASE", "settings", {"detail": "settings"})
        yield from schema_faults(wanted_schema(), stored_schema(raw))


def open_engine(path: Path) -> Engine:
    """Return an engine whose every connection has the settings and begins explicitly.

    Parameters
    ----------
    path
        An existing database file, or one to be created by :func:`create_schema`.
    """
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "begin", _naming_its_journal(path.parent))
    return engine


def current_settings(connection: Any) -> dict[str, str | int]:
    """Return the settings as the database itself reports them.

    Parameters
    ----------
    connection
        A DB-API connection.
    """
    return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in SETTINGS}


def create_schema(path: Path) -> None:
    """Create the database, or bring an older one up to date, by the numbered SQL files.

    A file that ran before never runs again; tables that exist are never changed.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        _prepare(connection, None)
        connection.execute("BEGIN IMMEDIATE")
        done = _done(connection)
        scripts = {name: script for name, script in sql_files().items() if name not in done}
        for statement in (part for script in scripts.values() for part in statements(script)):
            connection.execute(statement)
        rows = [(name, sha256(script.encode())) for name, script in scripts.items()]
        connection.executemany("INSERT INTO schema_files VALUES (?, ?)", rows)
        connection.execute("COMMIT")
    finally:
        connection.close()


def statements(script: str) -> list[str]:
    """Split a SQL file into its statements, those with semicolons inside a trigger included."""
    found, rest = [], ""
    for line in script.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            found.append(rest)
            rest = ""
    return found


def wanted_schema() -> dict[str, str]:
    """Return name to SQL of every table, index and trigger that the numbered files make."""
    connection = sqlite3.connect(":memory:")
    try:
        for script in sql_files().values():
            connection.executescript(script)
        return stored_schema(connection)
    finally:
        connection.close()


def stored_schema(connection: Any) -> dict[str, str]:
    """Return name to SQL of every table, index and trigger of a database.

    Parameters
    ----------
    connection
        A DB-API connection.
    """
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: sql for name, sql in rows.fetchall() if not name.startswith("sqlite_")}


def sql_files() -> dict[str, str]:
    """Return name and text of the numbered SQL files, in their order."""
    folder = files("labels.registry") / "sql" / "sqlite"
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return {e.name: e.read_text(encoding="utf-8") for e in entries if e.name.endswith(".sql")}


def _done(connection: Any) -> set[str]:
    """Return the names of the files that made this database."""
    if "schema_files" not in stored_schema(connection):
        return set()
    return {row[0] for row in connection.execute("SELECT name FROM schema_files")}


def _prepare(connection: Any, record: Any) -> None:
    del record
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {PATIENCE}")
    for name, value in SETTINGS.items():
        connection.execute(f"PRAGMA {name} = {value}")
    if current_settings(connection) != SETTINGS:
        raise sqlite3.OperationalError(f"database refuses its settings: {SETTINGS}")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    statement = "BEGIN" if options.get(READ_ONLY) else "BEGIN IMMEDIATE"
    with driver(connection, statement) as cursor:
        cursor.execute(statement)


def _naming_its_journal(folder: Path) -> Callable[[Connection], None]:
    """Make the journal's name last before a connection writes; SQLite goes on where that fails."""

    def sync_once(connection: Connection) -> None:
        if not connection.get_execution_options().get(READ_ONLY) and _SYNCED not in connection.info:
            sync_folder(folder)
            connection.info[_SYNCED] = True

    return sync_once

"""PostgreSQL as the registry's database, for several hosts: settings, roles, one writer at a time.

Two roles: the owner makes the tables and then stays away; the issuer's role may read and add. A
writer takes an advisory lock as its first statement, at READ COMMITTED: every later statement then
sees what the former writer committed. (At a higher level the view would be older than the lock.)
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from labels.canonical import sha256
from labels.refusal import refusal
from labels.registry.database import READ_ONLY, Fault, schema_faults
from labels.registry.prepared import driver

SCHEMA = "carbonlabel"
#: Key of the advisory lock that a writer holds until its transaction ends.
WRITER = 0x6361_7262_6F6E
#: How long a writer waits for another one (milliseconds).
PATIENCE = 30_000
#: What the server itself must answer on every connection.
SETTINGS: dict[str, str] = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "session_replication_role": "origin",
    "search_path": f"{SCHEMA}, pg_temp",
    "powers": "none",
}
#: Number of things of the schema that the role at work owns or could rewrite.
_POWERS = """
SELECT has_schema_privilege('carbonlabel', 'CREATE')::int + count(*)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'carbonlabel' AND c.relkind = 'r' AND (
  pg_has_role(current_user, c.relowner, 'MEMBER')
  OR has_table_privilege(c.oid, 'UPDATE, TRUNCATE, TRIGGER, REFERENCES')
  OR has_any_column_privilege(c.oid, 'UPDATE')
  OR (c.relname <> 'claims' AND has_table_privilege(c.oid, 'DELETE')))
"""
_OBJECTS = """
SELECT 'column ' || c.relname || '.' || a.attname,
  format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
  || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE n.nspname = 'carbonlabel' AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
UNION ALL
SELECT 'constraint ' || c.relname || '.' || k.conname,
  pg_get_constraintdef(k.oid) || CASE WHEN k.convalidated THEN '' ELSE ' unchecked' END
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'carbonlabel' AND k.contype IN ('p', 'u', 'f', 'c', 'x')
UNION ALL
SELECT 'index ' || i.relname, pg_get_indexdef(i.oid)
FROM pg_class i JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE n.nspname = 'carbonlabel' AND i.relkind = 'i'
UNION ALL
SELECT 'trigger ' || g.tgname, pg_get_triggerdef(g.oid) || ' enabled ' || g.tgenabled::text
FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'carbonlabel' AND NOT g.tgisinternal
UNION ALL
SELECT 'rule ' || r.tablename || '.' || r.rulename, r.definition
FROM pg_rules r WHERE r.schemaname = 'carbonlabel'
UNION ALL
SELECT 'function ' || p.proname, p.prosrc || ' security ' || p.prosecdef::text
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'carbonlabel'
"""


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """A database reached by an address without a password (that stands in libpq's password file).

    Attributes
    ----------
    address
        ``postgresql://issuer@host/database``: the role that issues.
    owner
        The same with the role that makes the tables; asked for once and never stored.
    """

    address: str
    owner: str = ""
    holds_documents: bool = True

    def engine(self) -> Engine:
        """Return an engine whose every connection has its settings asserted.

        Raises
        ------
        IssueError
            ``DATABASE-ADDRESS`` or ``DATABASE-DRIVER``.
        """
        engine = _engine(database_url(self.address))
        event.listen(engine, "connect", _assert)
        event.listen(engine, "begin", _begin)
        return engine

    def prepare(self) -> None:
        """Make the tables as the owner and let the issuer's role read and add.

        Raises
        ------
        IssueError
            ``DATABASE-OWNER`` without an owner, and the codes of :meth:`engine`.
        """
        issuer = database_url(self.address)  # first: what is refused for a secret is not repeated
        if not self.owner:
            raise refusal("DATABASE-OWNER", issuer.database or "")
        engine = _engine(database_url(self.owner))
        try:
            with engine.connect() as connection, connection.begin():
                _make(connection, issuer.username or "")
        except engine.dialect.loaded_dbapi.Error as error:
            raise _refused(str(error)) from error
        finally:
            engine.dispose()

    def outdated(self, connection: Connection) -> bool:
        """Whether numbered SQL files were never run on this database."""
        there = connection.exec_driver_sql("SELECT to_regclass('schema_files') IS NOT NULL")
        return not there.scalar_one() or not _done(connection) >= set(sql_files())

    def unsure(self, error: Exception) -> bool:
        """Never: after a failed sync the server itself stops, and replays its log."""
        del error
        return False

    def faults(self, connection: Connection) -> Iterator[Fault]:
        """Yield what is wrong with settings, rights and schema."""
        found = current_settings(connection)
        for name, value in SETTINGS.items():
            if found[name] != value:
                yield Fault("CHECK-DATABASE", name, {"detail": f"{name}: {found[name]}"})
        yield from schema_faults(wanted_schema(), stored_schema(connection))


def database_url(address: str) -> URL:
    """Read an address.

    Raises
    ------
    IssueError
        ``DATABASE-ADDRESS`` for anything but PostgreSQL, and for a password in it.
    """
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise refusal("DATABASE-ADDRESS", "", reason="postgresql://...") from error
    if url.get_backend_name() != "postgresql" or not url.username or not url.database:
        raise refusal("DATABASE-ADDRESS", "", reason="postgresql://USER@HOST/DATABASE")
    if url.password is not None or "password" in url.query:
        raise refusal("DATABASE-ADDRESS", "", reason="password")
    return url.set(drivername="postgresql+psycopg")


def current_settings(connection: Connection) -> dict[str, str]:
    """Return the settings as the server itself reports them, and what the role could rewrite."""
    names = [name for name in SETTINGS if name != "powers"]
    asked = ", ".join(f"current_setting('{name}')" for name in names)
    row = connection.exec_driver_sql(f"SELECT {asked}").one()
    count = connection.exec_driver_sql(_POWERS).scalar_one()
    return {**dict(zip(names, row, strict=True)), "powers": str(count) if count else "none"}


def stored_schema(connection: Connection) -> dict[str, str]:
    """Return name to definition of every column, constraint, index, trigger and function."""
    rows = connection.exec_driver_sql(_OBJECTS)
    return {row[0]: row[1] for row in rows}


def wanted_schema() -> dict[str, str]:
    """Return :func:`stored_schema` as it is right after the numbered files ran."""
    shipped = _folder().joinpath("schema.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(shipped)
    return found


def sql_files() -> dict[str, str]:
    """Return name and text of the numbered SQL files, in their order."""
    entries = sorted(_folder().iterdir(), key=lambda entry: entry.name)
    return {e.name: e.read_text(encoding="utf-8") for e in entries if e.name.endswith(".sql")}


def _folder() -> Any:
    return files("labels.registry") / "sql" / "postgresql"


def _engine(url: URL) -> Engine:
    try:
        return create_engine(url)
    except ModuleNotFoundError as error:
        raise refusal("DATABASE-DRIVER", url.database or "") from error


def _make(connection: Connection, issuer: str) -> None:
    """Run the files that never ran, inside one transaction of the owner."""
    raw: Any = connection.connection.dbapi_connection
    quoted = connection.dialect.identifier_preparer.quote(issuer)
    raw.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    raw.execute(f"SET LOCAL search_path = {SCHEMA}, pg_temp")
    made = raw.execute("SELECT to_regclass('schema_files') IS NOT NULL").fetchone()[0]
    done = _done(connection) if made else set()
    for name, script in sql_files().items():
        if name not in done:
            raw.execute(script)
            raw.execute("INSERT INTO schema_files VALUES (%s, %s)", (name, sha256(script.encode())))
    raw.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {quoted}")
    raw.execute(f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA {SCHEMA} TO {quoted}")
    raw.execute(f"GRANT DELETE ON claims TO {quoted}")


def _done(connection: Connection) -> set[str]:
    return {row[0] for row in connection.exec_driver_sql("SELECT name FROM schema_files")}


def _assert(connection: Any, record: Any) -> None:
    """Refuse a connection whose server would not keep the promises."""
    del record
    connection.autocommit = True
    connection.execute(f"SET search_path = {SCHEMA}, pg_temp")
    connection.execute(f"SET lock_timeout = {PATIENCE}")
    names = [name for name in SETTINGS if name != "powers"]
    for name in names:
        found = connection.execute(f"SELECT current_setting('{name}')").fetchone()[0]
        if found != SETTINGS[name]:
            raise _refused(f"database refuses its settings: {name} = {found}")
    if connection.execute(_POWERS).fetchone()[0]:
        raise _refused("this role could rewrite, or owns, tables of the registry")
    connection.autocommit = False


def _refused(reason: str) -> OperationalError:
    return OperationalError(reason, {}, ValueError(reason))


def _begin(connection: Connection) -> None:
    """Begin in one message: a writer's lock belongs to its first statement."""
    mode = f"READ COMMITTED; SELECT pg_advisory_xact_lock({WRITER})"
    if connection.get_execution_options().get(READ_ONLY):
        mode = "REPEATABLE READ, READ ONLY"
    statement = f"SET TRANSACTION ISOLATION LEVEL {mode}"
    with driver(connection, statement) as cursor:
        cursor.execute(statement)

"""A real PostgreSQL for tests: one cluster for the session, reached by a socket, never as root.

Databases are copied from one another as templates; each test has its own.
``python -m tests.labels.postgres_help`` renews the schema as shipped, after a new SQL file.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from labels.canonical import canonical
from labels.registry import postgresql
from labels.registry.postgresql import PostgresDatabase, stored_schema
from labels.registry.store import ADDRESS, ADDRESS_SCHEMA

SHIPPED = Path(postgresql.__file__).parent / "sql" / "postgresql" / "schema.json"
#: Who runs the server where the tests run as root, which PostgreSQL refuses.
SERVER_USER = "postgres"
OWNER, ISSUER, ADMIN = "carbonlabel_owner", "carbonlabel_issuer", "carbonlabel_admin"


def program(name: str) -> str:
    """Return a program of the server; Debian keeps them off the path, by version."""
    found = shutil.which(name)
    if found:
        return found
    return str(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))[-1])


@dataclass(slots=True)
class Cluster:
    """A running server with the three roles."""

    sockets: Path
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def address(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={self.sockets}"

    def connect(self, database: str = "postgres", role: str = ADMIN) -> psycopg.Connection:
        """A connection that commits every statement; the admin is a superuser."""
        connection = psycopg.connect(self.address(role, database), autocommit=True)
        connection.execute("SET search_path = carbonlabel, pg_temp")
        return connection

    def database(self, template: str = "template0") -> str:
        """Make a database, empty or a copy."""
        name = f"register_{next(self.numbers)}"
        with self.connect() as admin:
            admin.execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        with self.connect() as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def of(self, name: str) -> PostgresDatabase:
        return PostgresDatabase(self.address(ISSUER, name), self.address(OWNER, name))

    def name(self, folder: Path, database: str) -> None:
        """Let a registry's folder name another database."""
        record = {"schema": ADDRESS_SCHEMA, "address": self.of(database).address}
        (folder / ADDRESS).write_bytes(canonical(record))


@contextmanager
def running(*, roles: bool = True) -> Iterator[Cluster]:
    """Start a server on a socket of its own, with the two roles, and stop it at the end."""
    memory = Path("/dev/shm")
    parent = memory if os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="cl-pg-", dir=parent))
    user = SERVER_USER if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)

    def run(*arguments: str) -> None:
        subprocess.run(
            arguments, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, env=_clean()
        )

    data, log = folder / "data", folder / "log"
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=80"
    run(program("initdb"), "-D", str(data), "-U", ADMIN, "-A", "trust", "-E", "UTF8", "--locale=C")
    try:
        run(program("pg_ctl"), "-D", str(data), "-l", str(log), "-o", options, "-w", "start")
        cluster = Cluster(folder)
        with cluster.connect() as admin:
            for role in (OWNER, ISSUER) if roles else ():
                admin.execute(f"CREATE ROLE {role} LOGIN")
        yield cluster
    finally:
        run(program("pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


# Statements of the attack tests, written for SQLite, as PostgreSQL spells them.

SPELLINGS = (
    (r"CAST\(replace\((\w+), ('[^']*'), ('[^']*')\) AS BLOB\)",
     r"convert_to(replace(convert_from(\1, 'UTF8'), \2, \3), 'UTF8')"),
    (r"CAST\((\w+) \|\| ' ' AS BLOB\)", r"\1 || '\\x20'::bytea"),
    (r"zeroblob\((\d+)\)", r"decode(repeat('00', \1), 'hex')"),
    (r"x'([0-9a-f]*)'", r"'\\x\1'::bytea"),
)  # fmt: skip


def spelt(statement: str) -> str:
    for pattern, replacement in SPELLINGS:
        statement = re.sub(pattern, replacement, statement)
    return statement


def shipped_schema() -> dict[str, str]:
    """What the numbered files make of an empty database here and now."""
    with running() as cluster:
        database = cluster.of(cluster.database())
        database.prepare()
        engine = database.engine()
        with engine.connect() as connection:
            return stored_schema(connection)


if __name__ == "__main__":
    made = json.dumps(shipped_schema(), indent=1, sort_keys=True, ensure_ascii=False)
    SHIPPED.write_text(f"{made}\n", encoding="utf-8")

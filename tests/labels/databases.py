"""Where registries of tests lie: in files, or in a PostgreSQL of their own; the same questions."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from labels.registry.backup import backup, restore
from labels.registry.setup import init_demo
from labels.registry.store import DATABASE, KEYS, open_store
from tests.labels.desk_help import T0, demo_store
from tests.labels.postgres_help import Cluster, running

BOTH = ("sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres")))


class Server(Protocol):
    """Where registries lie: each test has a copy of one that was made once."""

    def found(self, folder: Path) -> Path: ...

    def copy(self, prototype: Path, folder: Path) -> Path: ...

    def drop(self, place: Path) -> None: ...

    def drop_index(self, place: Path) -> None: ...


class Files:
    """SQLite."""

    def found(self, folder: Path) -> Path:
        store = demo_store(folder)
        store.close()
        return folder

    def copy(self, prototype: Path, folder: Path) -> Path:
        shutil.copytree(prototype, folder)
        return folder

    def drop(self, place: Path) -> None:
        shutil.rmtree(place)

    def drop_index(self, place: Path) -> None:
        database = sqlite3.connect(place / DATABASE, isolation_level=None)
        database.execute("DROP TABLE claims")
        database.execute("CREATE TABLE claims (claim TEXT NOT NULL, serial TEXT NOT NULL) STRICT")
        database.close()


@dataclass(slots=True)
class Servers:
    """PostgreSQL."""

    cluster: Cluster

    def found(self, folder: Path) -> Path:
        store = init_demo(folder, T0, self.cluster.of(self.cluster.database()))
        store.close()
        return folder

    def copy(self, prototype: Path, folder: Path) -> Path:
        shutil.copytree(prototype, folder)
        self.cluster.name(folder, self.cluster.database(template=database_of(prototype)))
        return folder

    def moved(self, place: Path, folder: Path) -> Path:
        """Move a registry from its file to the server."""
        store = open_store(place)
        backup(store, folder.with_suffix(".zip"), T0)
        store.close()
        database = self.cluster.of(self.cluster.database())
        restore(folder.with_suffix(".zip"), folder, database=database)
        shutil.copytree(place / KEYS, folder / KEYS, dirs_exist_ok=True)
        return folder

    def drop(self, place: Path) -> None:
        self.cluster.drop(database_of(place))
        shutil.rmtree(place)

    def drop_index(self, place: Path) -> None:
        with self.cluster.connect(database_of(place)) as admin:
            admin.execute("ALTER TABLE claims DROP CONSTRAINT claims_pkey")


def database_of(place: Path) -> str:
    store = open_store(place)
    store.close()
    return str(store.engine.url.database)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server for all tests of a process."""
    with running() as started:
        yield started


@pytest.fixture(scope="module", params=BOTH)
def server(request: pytest.FixtureRequest) -> Server:
    """Each of the two databases."""
    return Files() if request.param == "sqlite" else Servers(request.getfixturevalue("cluster"))

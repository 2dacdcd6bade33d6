"""Founding a registry: its folder appears whole, with its database and its keys, or not at all."""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.exc import SQLAlchemyError

from labels.canonical import canonical
from labels.issuer import IssuerProfile
from labels.keys import SigningKey, write_key
from labels.refusal import refusal
from labels.registry import tables as t
from labels.registry.blobs import TEMPORARY, sync_folder, write_durably
from labels.registry.database import Database
from labels.registry.postgresql import PostgresDatabase
from labels.registry.sqlite import SqliteDatabase
from labels.registry.store import (
    ADDRESS,
    ADDRESS_SCHEMA,
    DATABASE,
    DOCUMENTS,
    KEYS,
    Store,
    is_registry,
    open_store,
    refuse_other_issuer,
)
from labels.trust import TrustFile


def create_store(
    location: Path,
    issuer: IssuerProfile,
    trust: TrustFile,
    keys: tuple[SigningKey, ...],
    now: dt.datetime,
    database: PostgresDatabase | None = None,
) -> Store:
    """Create a registry in a folder that does not hold one.

    Parameters
    ----------
    location
        The folder; absent or empty. It appears whole or not at all.
    issuer, trust
        Who issues and with which keys.
    keys
        Private keys to keep in the registry's ``keys`` folder, at most one per purpose.
    now
        Time of creation.
    database
        A PostgreSQL database for several hosts; None for SQLite in the folder.

    Raises
    ------
    IssueError
        ``REGISTRY-EXISTS``, ``REGISTRY-STORAGE``, ``TRUST-OTHER-ISSUER``, the codes of
        :class:`~labels.registry.postgresql.PostgresDatabase`.
    """
    refuse_other_issuer(issuer, trust)
    with new_folder(location) as part:
        found_store(part, issuer, keys, database, lambda store: store.renew_trust(trust, now))
    return open_store(location)


@contextmanager
def new_folder(location: Path) -> Iterator[Path]:
    """Make a registry's folder under another name; it gets its own when the block ends well.

    Raises
    ------
    IssueError
        ``REGISTRY-EXISTS`` or ``REGISTRY-STORAGE``.
    """
    location = location.absolute()
    if is_registry(location):
        raise refusal("REGISTRY-EXISTS", str(location))
    part = location.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    try:
        part.mkdir(mode=0o700, parents=True)  # recipes lie in it
        (part / KEYS).mkdir(mode=0o700)
        yield part
        part.rename(location)  # an empty folder may stand there already
        sync_folder(location.parent)
    except (OSError, SQLAlchemyError, sqlite3.Error) as error:
        reason = str(getattr(error, "orig", None) or error)
        raise refusal("REGISTRY-STORAGE", str(location), reason=reason) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def found_store(
    folder: Path,
    issuer: IssuerProfile,
    keys: tuple[SigningKey, ...],
    database: PostgresDatabase | None,
    fill: Callable[[Store], object],
) -> None:
    """Make the registry in a folder nobody looks at yet.

    Parameters
    ----------
    folder
        From :func:`new_folder`.
    issuer, keys, database
        See :func:`create_store`.
    fill
        Puts in what the registry begins with: the first trust file, or a backup.
    """
    for key in keys:
        write_key(folder / KEYS / f"{key.purpose}.json", key)
    chosen: Database = database or SqliteDatabase(folder / DATABASE)
    if database is None:
        (folder / DOCUMENTS).mkdir()
    else:
        record = {"schema": ADDRESS_SCHEMA, "address": database.address}
        write_durably(folder / ADDRESS, canonical(record))
    chosen.prepare()
    store = Store(folder, chosen, chosen.engine(), issuer)
    try:
        with store.write() as tx:
            if tx.execute(select(t.settings.c.name)).first() is not None:
                raise refusal("REGISTRY-EXISTS", store.engine.url.database or "")
            tx.execute(insert(t.settings).values(name="issuer", data=canonical(issuer.to_json())))
        fill(store)
    finally:
        store.close()

"""The store: a folder with the database, the signed files and the trust file.

Every writing transaction begins with BEGIN IMMEDIATE; facts are only added. The statements are
SQLAlchemy Core; what is special to SQLite stands in :mod:`labels.registry.sqlite`.
"""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import SQLAlchemyError

from labels.canonical import canonical, parse_object
from labels.issuer import IssuerProfile, profile_from
from labels.keys import Purpose, SigningKey, read_key, write_key
from labels.refusal import refusal
from labels.registry import tables as t
from labels.registry.blobs import TEMPORARY, Blobs, sync_folder, write_durably
from labels.registry.rotation import Link, refuse_unsound
from labels.registry.sqlite import READ_ONLY, create_schema, open_engine, sql_files
from labels.times import utc_text
from labels.trust import TrustFile, parse_trust

DATABASE = "registry.sqlite"
TRUST = "trust.json"
DOCUMENTS = "documents"
KEYS = "keys"


class Store:
    """An opened registry folder.

    Parameters
    ----------
    location
        The folder.
    engine
        Its database.
    issuer
        Who issues from it.
    """

    def __init__(self, location: Path, engine: Engine, issuer: IssuerProfile) -> None:
        self.location = location
        self.engine = engine
        self.issuer = issuer
        self.blobs = Blobs(location / DOCUMENTS)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a writing transaction; durable when the block ends, gone when it raises."""
        with self._transaction(read_only=False) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a reading transaction: one consistent view."""
        with self._transaction(read_only=True) as connection:
            yield connection

    @contextmanager
    def _transaction(self, *, read_only: bool) -> Iterator[Connection]:
        try:
            with self.engine.connect() as plain:
                connection = plain.execution_options(**{READ_ONLY: read_only})
                with connection.begin():
                    yield connection
        except (SQLAlchemyError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error)
            raise refusal("REGISTRY-STORAGE", self.location.name, reason=reason) from error

    @property
    def trust(self) -> TrustFile:
        """The newest trust file of the registry."""
        with self.read() as tx:
            newest = select(t.trust.c.data).order_by(t.trust.c.version.desc()).limit(1)
            return parse_trust(tx.execute(newest).scalar_one())

    def renew_trust(self, trust: TrustFile, now: dt.datetime, rotation: bytes = b"") -> int:
        """Put a new trust file in force; the former ones stay on record.

        Parameters
        ----------
        trust
            The new file.
        now
            Present time.
        rotation
            The signed step from the file in force; only the first file has none.

        Returns
        -------
        int
            Its version, from 1.

        Raises
        ------
        IssueError
            ``TRUST-OTHER-ISSUER``, ``TRUST-HISTORY`` or ``TRUST-UNSIGNED``.
        """
        _check_trust(self.issuer, trust)
        with self.write() as tx:
            former = tx.execute(select(t.trust.c.data).order_by(t.trust.c.version)).scalars().all()
            if former:
                refuse_unsound(rotation, parse_trust(former[-1]), trust)
            number = len(former) + 1
            tx.execute(
                insert(t.trust).values(version=number, data=trust.to_bytes(), time=utc_text(now))
            )
            if former:
                tx.execute(insert(t.rotations).values(version=number, record=rotation))
        write_durably(self.location / TRUST, trust.to_bytes())
        return number

    def chain(self) -> tuple[Link, ...]:
        """Return the signed steps from the first trust file to the one in force."""
        joined = t.trust.join(t.rotations, t.trust.c.version == t.rotations.c.version)
        steps = select(t.rotations.c.record, t.trust.c.data).select_from(joined)
        with self.read() as tx:
            rows = tx.execute(steps.order_by(t.trust.c.version)).all()
        return tuple(Link(row.record, row.data) for row in rows)

    def key(self, purpose: Purpose) -> SigningKey:
        """Return the registry's own key of a purpose from its ``keys`` folder.

        Raises
        ------
        IssueError
            ``KEY-MISSING`` and whatever :func:`~labels.keys.read_key` raises; ``KEY-DEMO`` for a
            demo key outside a demo registry.
        """
        path = self.location / KEYS / f"{purpose}.json"
        if not path.is_file():
            raise refusal("KEY-MISSING", f"{KEYS}/{purpose}.json", purpose=purpose)
        return self.admit(read_key(path, purpose))

    def admit(self, key: SigningKey) -> SigningKey:
        """Refuse a demo key outside a demo registry, and a key the trust file does not list.

        Raises
        ------
        IssueError
            ``KEY-DEMO`` or ``KEY-NOT-TRUSTED``.
        """
        if key.demo and not self.issuer.demo:
            raise refusal("KEY-DEMO", key.name, kid=key.kid)
        if self.trust.find(key.kid, key.purpose) is None:
            raise refusal("KEY-NOT-TRUSTED", key.name, kid=key.kid, purpose=key.purpose)
        return key

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def create_store(
    location: Path,
    issuer: IssuerProfile,
    trust: TrustFile,
    keys: tuple[SigningKey, ...],
    now: dt.datetime,
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

    Raises
    ------
    IssueError
        ``REGISTRY-EXISTS``, ``REGISTRY-STORAGE``, ``TRUST-OTHER-ISSUER``.
    """
    location = location.absolute()
    if (location / DATABASE).exists():
        raise refusal("REGISTRY-EXISTS", str(location))
    _check_trust(issuer, trust)
    part = location.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    try:
        part.mkdir(parents=True)
        _found(part, issuer, trust, keys, now)
        part.rename(location)  # an empty folder may stand there already
        sync_folder(location.parent)
    except OSError as error:
        raise refusal("REGISTRY-STORAGE", str(location), reason=str(error)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return open_store(location)


def _found(
    folder: Path,
    issuer: IssuerProfile,
    trust: TrustFile,
    keys: tuple[SigningKey, ...],
    now: dt.datetime,
) -> None:
    """Make the registry in a folder nobody looks at yet."""
    (folder / DOCUMENTS).mkdir()
    (folder / KEYS).mkdir(mode=0o700)
    for key in keys:
        write_key(folder / KEYS / f"{key.purpose}.json", key)
    create_schema(folder / DATABASE)
    store = Store(folder, open_engine(folder / DATABASE), issuer)
    with store.write() as tx:
        tx.execute(insert(t.settings).values(name="issuer", data=canonical(issuer.to_json())))
    store.renew_trust(trust, now)
    store.close()


def _check_trust(issuer: IssuerProfile, trust: TrustFile) -> None:
    mine = (issuer.id, issuer.origin, issuer.demo)
    if (trust.issuer, trust.origin, trust.demo) != mine:
        raise refusal("TRUST-OTHER-ISSUER", TRUST, issuer=trust.issuer, wanted=issuer.id)


def open_store(location: Path) -> Store:
    """Open an existing registry; one is never created by accident.

    A registry made by an earlier version gets the tables that came since.

    Raises
    ------
    IssueError
        ``REGISTRY-MISSING`` or ``REGISTRY-STORAGE``.
    """
    if not (location / DATABASE).is_file():
        raise refusal("REGISTRY-MISSING", str(location))
    engine = open_engine(location / DATABASE)
    try:
        with engine.connect() as connection:
            done = {row.name for row in connection.execute(select(t.schema_files.c.name))}
        if not done.issuperset(sql_files()):
            create_schema(location / DATABASE)
        with engine.connect() as connection:
            row = select(t.settings.c.data).where(t.settings.c.name == "issuer")
            data: Any = connection.execute(row).scalar_one()
        return Store(location, engine, profile_from(parse_object(data)))
    except (SQLAlchemyError, sqlite3.Error, ValueError) as error:
        engine.dispose()
        reason = str(getattr(error, "orig", None) or error)
        raise refusal("REGISTRY-STORAGE", str(location), reason=reason) from error

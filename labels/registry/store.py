"""The store: a folder with the database, the signed files and the trust file.

One writer at a time; facts are only added. The statements are SQLAlchemy Core; what is special to a
database stands in :mod:`labels.registry.sqlite` and :mod:`labels.registry.postgresql`. With
PostgreSQL the folder holds the address of the database and the keys of one host.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from json import JSONDecodeError
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import NoResultFound, SQLAlchemyError

from labels.canonical import parse_object
from labels.issuer import IssuerProfile, profile_from
from labels.keys import Purpose, SigningKey, read_key
from labels.refusal import refusal
from labels.registry import tables as t
from labels.registry.blobs import Blobs, Documents, write_durably
from labels.registry.database import READ_ONLY, Database
from labels.registry.documents import TableBlobs
from labels.registry.keyfiles import key_file, settle
from labels.registry.postgresql import PostgresDatabase, database_url
from labels.registry.prepared import Prepared
from labels.registry.rotation import Link, refuse_unsound
from labels.registry.sqlite import SqliteDatabase
from labels.times import utc_text
from labels.trust import TrustFile, parse_trust

DATABASE = "registry.sqlite"
#: File that names the database where it is not in the folder.
ADDRESS = "database.json"
ADDRESS_SCHEMA = "carbonlabel-database/1"
TRUST = "trust.json"
DOCUMENTS = "documents"
KEYS = "keys"


class Store:
    """An opened registry folder.

    Parameters
    ----------
    location
        The folder.
    database
        What its database is.
    engine
        An engine of it.
    issuer
        Who issues from it.
    """

    def __init__(
        self, location: Path, database: Database, engine: Engine, issuer: IssuerProfile
    ) -> None:
        self.location = location
        self.database = database
        self.engine = engine
        self._reading = engine.execution_options(**{READ_ONLY: True})
        self.issuer = issuer
        self._stopped = ""
        self.blobs: Documents = Blobs(location / DOCUMENTS)
        if database.holds_documents:
            self.blobs = TableBlobs(self.write, self.read)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a writing transaction; durable when the block ends, gone when it raises."""
        with self.storing(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a reading transaction: one consistent view."""
        with (
            self.storing(read_only=True),
            self._reading.connect() as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def storing(self, *, read_only: bool = False) -> Iterator[None]:
        """Write to storage; a failure is a refusal, and may be the last thing this store does.

        After a failed sync nobody knows which of the former writes are on disk, and the next sync
        may well succeed without them: whatever was acknowledged upon it could be lost. So nothing
        is written any more through this store; who opens the registry again starts from what is
        there.

        Raises
        ------
        IssueError
            ``REGISTRY-STORAGE``; ``REGISTRY-STOPPED`` ever after.
        """
        if self._stopped and not read_only:
            raise refusal("REGISTRY-STOPPED", self.location.name, reason=self._stopped)
        try:
            yield
        except (SQLAlchemyError, OSError, JSONDecodeError, UnicodeDecodeError) as error:
            # the last two: stored bytes that are no longer what was stored
            reason = str(getattr(error, "orig", None) or error)
            written = isinstance(error, OSError) and not read_only
            if written or self.database.unsure(error):
                self._stopped = reason
                self.engine.dispose()  # SQLite writes its journal's content anew when all close
            raise refusal("REGISTRY-STORAGE", self.location.name, reason=reason) from error

    @property
    def trust(self) -> TrustFile:
        """The newest trust file of the registry."""
        with self.read() as tx:
            return newest_trust(tx)

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
        refuse_other_issuer(self.issuer, trust)
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
        with self.storing():
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
        """Return the registry's own key of a purpose; see :meth:`keys`."""
        (key,) = self.keys(purpose)
        return key

    def keys(self, *purposes: Purpose) -> tuple[SigningKey, ...]:
        """Return the registry's own keys of some purposes from its ``keys`` folder.

        Raises
        ------
        IssueError
            ``KEY-MISSING`` and whatever :func:`~labels.keys.read_key` raises; ``KEY-DEMO`` for a
            demo key outside a demo registry; ``REGISTRY-STORAGE``.
        """
        trust = self.settle()
        return tuple(self._admitted(self._kept(purpose), trust) for purpose in purposes)

    def _kept(self, purpose: Purpose) -> SigningKey:
        path = key_file(self.location / KEYS, purpose)
        if not path.is_file():
            raise refusal("KEY-MISSING", f"{KEYS}/{purpose}.json", purpose=purpose)
        return read_key(path, purpose)

    def settle(self) -> TrustFile:
        """Finish a rotation that a process died over: the kept key files and the trust file's copy.

        Returns
        -------
        TrustFile
            The one in force.

        Raises
        ------
        IssueError
            ``REGISTRY-STORAGE``, ``KEY-UNREADABLE``.
        """
        with self.storing(read_only=True):
            with self.read() as tx:
                known = _TRUSTS.column(tx)
            trust = _newest(known)
            settle(self.location / KEYS, trust)
            _renew_copy(self.location / TRUST, known)
        return trust

    def admit(self, key: SigningKey) -> SigningKey:
        """Refuse a demo key outside a demo registry, and a key the trust file does not list.

        Raises
        ------
        IssueError
            ``KEY-DEMO`` or ``KEY-NOT-TRUSTED``.
        """
        return self._admitted(key, self.trust)

    def _admitted(self, key: SigningKey, trust: TrustFile) -> SigningKey:
        if key.demo and not self.issuer.demo:
            raise refusal("KEY-DEMO", key.name, kid=key.kid)
        if trust.find(key.kid, key.purpose) is None:
            raise refusal("KEY-NOT-TRUSTED", key.name, kid=key.kid, purpose=key.purpose)
        return key

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def newest_trust(tx: Connection) -> TrustFile:
    """Return the trust file in force, as a transaction sees it."""
    return _newest(_TRUST.column(tx))


def _newest(known: Sequence[bytes]) -> TrustFile:
    if not known:
        raise NoResultFound("no trust file")
    return _parsed(known[-1])


@lru_cache(maxsize=8)
def _parsed(data: bytes) -> TrustFile:
    """Read a trust file, the same bytes once."""
    return parse_trust(data)


def refuse_other_issuer(issuer: IssuerProfile, trust: TrustFile) -> None:
    """Refuse a trust file of another issuer.

    Raises
    ------
    IssueError
        ``TRUST-OTHER-ISSUER``.
    """
    mine = (issuer.id, issuer.origin, issuer.demo)
    if (trust.issuer, trust.origin, trust.demo) != mine:
        raise refusal("TRUST-OTHER-ISSUER", TRUST, issuer=trust.issuer, wanted=issuer.id)


def is_registry(location: Path) -> bool:
    """Whether a folder holds a registry or names one's database."""
    return (location / DATABASE).is_file() or (location / ADDRESS).is_file()


def open_store(location: Path) -> Store:
    """Open an existing registry; one is never created by accident.

    A registry in a file made by an earlier version gets the tables that came since.

    Raises
    ------
    IssueError
        ``REGISTRY-MISSING``, ``REGISTRY-STORAGE``, ``DATABASE-ADDRESS``, ``DATABASE-OWNER``.
    """
    if not is_registry(location):
        raise refusal("REGISTRY-MISSING", str(location))
    database = _database(location)
    engine = database.engine()
    reading = engine.execution_options(**{READ_ONLY: True})  # who opens waits for no writer
    try:
        with reading.connect() as connection:
            outdated = database.outdated(connection)
        if outdated:
            database.prepare()
        with reading.connect() as connection:
            row = select(t.settings.c.data).where(t.settings.c.name == "issuer")
            data: Any = connection.execute(row).scalar_one()
        store = Store(location, database, engine, profile_from(parse_object(data)))
    except (SQLAlchemyError, sqlite3.Error, ValueError) as error:
        engine.dispose()
        reason = str(getattr(error, "orig", None) or error)
        raise refusal("REGISTRY-STORAGE", str(location), reason=reason) from error
    if database.holds_documents:
        with store.read() as tx:
            _renew_copy(location / TRUST, _TRUSTS.column(tx))
    return store


def upgrade(location: Path, owner: str) -> None:
    """Make the tables that came with a newer version, in a database of a server.

    Parameters
    ----------
    location
        Folder of the registry.
    owner
        Address of its database for the role that owns the tables.

    Raises
    ------
    IssueError
        ``REGISTRY-MISSING``, ``DATABASE-ADDRESS``, ``REGISTRY-STORAGE``.
    """
    if not is_registry(location):
        raise refusal("REGISTRY-MISSING", str(location))
    database = _database(location)
    if isinstance(database, PostgresDatabase):
        database = PostgresDatabase(database.address, owner)
    try:
        database.prepare()
    except (SQLAlchemyError, sqlite3.Error) as error:
        reason = str(getattr(error, "orig", None) or error)
        raise refusal("REGISTRY-STORAGE", str(location), reason=reason) from error


def _database(location: Path) -> Database:
    if (location / DATABASE).is_file():
        return SqliteDatabase(location / DATABASE)
    try:
        record = parse_object((location / ADDRESS).read_bytes())
        if record["schema"] != ADDRESS_SCHEMA or not isinstance(record["address"], str):
            raise ValueError(ADDRESS_SCHEMA)
    except (OSError, ValueError, KeyError) as error:
        raise refusal("DATABASE-ADDRESS", ADDRESS, reason=str(error)) from error
    database_url(record["address"])
    return PostgresDatabase(record["address"])


def _renew_copy(copy: Path, known: Sequence[bytes]) -> None:
    """Bring trust.json up to date: another host renewed the trust, or a process died before it.

    Only an earlier file of the registry itself is replaced; any other content is left for the
    check to name.
    """
    if copy.is_file() and copy.read_bytes() in known[:-1]:
        write_durably(copy, known[-1])


_TRUSTS = Prepared(select(t.trust.c.data).order_by(t.trust.c.version))
_TRUST = Prepared(select(t.trust.c.data).order_by(t.trust.c.version.desc()).limit(1))

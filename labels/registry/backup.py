"""Backup and restoring: one file, the same for every database, checked before it counts.

The file is a zip: ``manifest.json``, the newest ``checkpoint``, ``tables/NAME.jsonl`` (a row a
line) and ``documents/SHA256``. It is read from one consistent view of the database, so it may be
made while documents are issued. Private keys are not in it unless asked for, and then behind a
passphrase.
"""

from __future__ import annotations

import base64
import datetime as dt
import itertools
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from factors.errors import FindingsError
from factors.findings import blocking
from labels.canonical import canonical, parse_object
from labels.issuer import IssuerProfile, profile_from
from labels.keys import Purpose, read_key, write_key
from labels.refusal import refusal
from labels.registry import tables as t
from labels.registry.blobs import TEMPORARY, sync_folder, write_durably
from labels.registry.check import check
from labels.registry.founding import found_store, new_folder
from labels.registry.log import last_note
from labels.registry.postgresql import PostgresDatabase
from labels.registry.store import KEYS, TRUST, Store, open_store
from labels.times import utc_text

SCHEMA = "carbonlabel-backup/1"
MANIFEST, CHECKPOINT = "manifest.json", "checkpoint"
#: Tables in an order in which every row finds those it refers to.
TABLES: tuple[Table, ...] = (
    t.settings,
    t.trust,
    t.rotations,
    t.drafts,
    t.bodies,
    t.approvals,
    t.reservations,
    t.successions,
    t.claims,
    t.files,
    t.leaves,
    t.checkpoints,
    t.tiles,
)
#: Most bytes a packed byte may become, and most bytes of a line or a document: else it is a bomb.
MOST_RATIO, MOST_BYTES = 200, 1 << 28
#: Rows that are added at once.
BATCH = 500


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds: leaves of the log, documents, and the checkpoint it ends with."""

    leaves: int
    documents: int
    note: str


def backup(store: Store, path: Path, now: dt.datetime, passphrase: bytes | None = None) -> Made:
    """Write everything a registry holds to one file.

    Parameters
    ----------
    store
        The registry; it may go on issuing.
    path
        The file; it appears whole or not at all, readable by its owner only.
    now
        Present time.
    passphrase
        With it the private keys of the registry's folder are put in, protected by it.

    Raises
    ------
    IssueError
        ``REGISTRY-STORAGE``, also where a signed file is missing or damaged.
    """
    part = path.with_name(f"{TEMPORARY}{path.name}")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive, store.read() as tx:
            made = _write(store, tx, archive, now, passphrase)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(path)
        sync_folder(path.absolute().parent)
    except OSError as error:
        raise refusal("REGISTRY-STORAGE", path.name, reason=str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    return made


def restore(
    path: Path,
    location: Path,
    witness: str | None = None,
    passphrase: bytes | None = None,
    database: PostgresDatabase | None = None,
) -> Made:
    """Make a registry from a backup; it appears checked, or not at all.

    Parameters
    ----------
    path
        The backup.
    location
        Folder of the registry to be made; absent or empty.
    witness
        A checkpoint kept elsewhere: a backup that does not contain it is refused.
    passphrase
        Opens the private keys, if the backup holds any.
    database
        An empty PostgreSQL database to restore into; it is touched only after everything was
        checked in a folder.

    Raises
    ------
    IssueError
        ``BACKUP-UNREADABLE``, ``REGISTRY-EXISTS``, ``REGISTRY-STORAGE``, those of keys.
    FindingsError
        What :func:`~labels.registry.check.check` finds: nothing is restored then.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            if database is not None:
                with TemporaryDirectory(dir=location.absolute().parent) as trial:
                    _restored(archive, manifest, Path(trial) / "registry", (witness, None, None))
            _restored(archive, manifest, location, (witness, passphrase, database))
    except _UNREADABLE as error:
        reason = str(error) or type(error).__name__
        raise refusal("BACKUP-UNREADABLE", path.name, reason=reason) from error
    return Made(manifest["tables"]["leaves"], len(manifest["documents"]), manifest["checkpoint"])


# Writing ------------------------------------------------------------------------------------------


def _write(
    store: Store,
    tx: Connection,
    archive: zipfile.ZipFile,
    now: dt.datetime,
    passphrase: bytes | None,
) -> Made:
    tables = {table.name: _write_table(tx, archive, table) for table in TABLES}
    named = select(t.files.c.sha256).distinct().order_by(t.files.c.sha256)
    documents = list(tx.execute(named).scalars())
    for digest in documents:
        data = store.blobs.get(digest)
        if data is None:
            reason = "a stored file is missing or damaged"
            raise refusal("REGISTRY-STORAGE", digest, reason=reason)
        archive.writestr(f"documents/{digest}", data)
    keys = _write_keys(store, archive, passphrase) if passphrase else []
    note = last_note(tx) or ""
    manifest = {
        "schema": SCHEMA,
        "made": utc_text(now),
        "checkpoint": note,
        "tables": tables,
        "documents": documents,
        "keys": keys,
    }
    archive.writestr(CHECKPOINT, note)
    archive.writestr(MANIFEST, canonical(manifest))
    return Made(tables["leaves"], len(documents), note)


def _write_table(tx: Connection, archive: zipfile.ZipFile, table: Table) -> int:
    """Write a table row by row and return how many there are."""
    count = 0
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as file:
        for row in tx.execute(select(table).order_by(table.columns[0])):
            values = [_told(value) for value in row]
            file.write(json.dumps(values, ensure_ascii=False).encode() + b"\n")
            count += 1
    return count


def _write_keys(store: Store, archive: zipfile.ZipFile, passphrase: bytes) -> list[str]:
    """Put the registry's key files in, each protected by the passphrase."""
    names = []
    with TemporaryDirectory() as folder:
        for path in sorted(filter(Path.is_file, (store.location / KEYS).glob("*.json"))):
            purpose = Purpose(parse_object(path.read_bytes())["purpose"])
            write_key(Path(folder) / path.name, read_key(path, purpose), passphrase)
            archive.write(Path(folder) / path.name, f"keys/{path.name}")
            names.append(path.name)
    return names


def _told(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


# Reading ------------------------------------------------------------------------------------------

_UNREADABLE = (zipfile.BadZipFile, ValueError, KeyError, TypeError, OSError, EOFError, zlib.error)
_KEY_FILE = re.compile(r"[a-z]+(-[0-9A-Za-z_-]{16})?\.json")
Chosen = tuple[str | None, bytes | None, PostgresDatabase | None]


def _manifest(archive: zipfile.ZipFile) -> Mapping[str, Any]:
    """Read what the backup says it holds, and refuse what it could not be."""
    for info in archive.infolist():
        if info.file_size > MOST_RATIO * max(info.compress_size, 10_000):
            raise ValueError(f"{info.filename}: {info.file_size} bytes")
    manifest = parse_object(_read(archive, MANIFEST), MOST_BYTES)
    if manifest["schema"] != SCHEMA:
        raise ValueError(f"schema {manifest['schema']}")
    wanted = {
        MANIFEST,
        CHECKPOINT,
        *(f"tables/{table.name}.jsonl" for table in TABLES),
        *(f"documents/{digest}" for digest in manifest["documents"]),
        *(f"keys/{name}" for name in manifest["keys"]),
    }
    if sorted(archive.namelist()) != sorted(wanted):
        raise ValueError("the members are not those the manifest names")
    if not all(_KEY_FILE.fullmatch(name) for name in manifest["keys"]):
        raise ValueError("keys")
    return manifest


def _restored(
    archive: zipfile.ZipFile, manifest: Mapping[str, Any], location: Path, chosen: Chosen
) -> None:
    """Make the registry in a folder nobody looks at yet, and check it there."""
    witness, passphrase, database = chosen
    issuer = _issuer(archive)
    with new_folder(location) as part:
        found_store(part, issuer, (), database, lambda store: _fill(store, archive, manifest))
        if passphrase:
            _read_keys(part, archive, manifest["keys"], passphrase)
        store = open_store(part)
        try:
            found = blocking(check(store, witness))
        finally:
            store.close()
        if found:
            raise FindingsError.of(found)


def _issuer(archive: zipfile.ZipFile) -> IssuerProfile:
    rows = {row["name"]: row["data"] for row in _rows(archive, t.settings)}
    return profile_from(parse_object(rows["issuer"]))


def _fill(store: Store, archive: zipfile.ZipFile, manifest: Mapping[str, Any]) -> None:
    """Add every row and document; the database's own rules hold for them as for new ones."""
    for digest in manifest["documents"]:
        if store.blobs.put(_read(archive, f"documents/{digest}")) != (digest,):
            raise ValueError(f"document {digest}")
    with store.write() as tx:
        for table in TABLES[1:]:
            count = 0
            for batch in _batches(_rows(archive, table)):
                tx.execute(insert(table), batch)
                count += len(batch)
            if count != manifest["tables"][table.name]:
                raise ValueError(f"{table.name}: {count} rows")
        newest = select(t.trust.c.data).order_by(t.trust.c.version.desc()).limit(1)
        trust = tx.execute(newest).scalar_one()
    write_durably(store.location / TRUST, trust)


def _read_keys(folder: Path, archive: zipfile.ZipFile, names: list[str], passphrase: bytes) -> None:
    with TemporaryDirectory() as trial:
        for name in names:
            path = Path(trial) / name
            path.write_bytes(_read(archive, f"keys/{name}"))
            purpose = Purpose(name.removesuffix(".json").partition("-")[0])
            write_key(folder / KEYS / name, read_key(path, purpose, passphrase))


def _values(line: bytes) -> list[Any]:
    """Read a row; what is none is the backup's fault, not that of the storage it is read into."""
    try:
        found: list[Any] = json.loads(line)
    except ValueError as error:
        raise ValueError(f"row: {error}") from error
    return found


def _rows(archive: zipfile.ZipFile, table: Table) -> Iterator[dict[str, Any]]:
    names = table.columns.keys()
    with archive.open(f"tables/{table.name}.jsonl") as file:
        while line := file.readline(MOST_BYTES):
            values = _values(line)
            yield dict(zip(names, map(_meant, values), strict=True))


def _meant(value: Any) -> Any:
    if isinstance(value, dict):
        return base64.b64decode(value["base64"], validate=True)
    if value is not None and not isinstance(value, (str, int)):
        raise TypeError(f"a value of type {type(value).__name__}")
    return value


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(itertools.islice(rows, BATCH)):
        yield batch


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"{name} is too large")
    return data

"""The case folder on disk: files that are written once, whole, and never again.

::

    case.json               what was handed in, hash of the first roster
    people/0001.json        editions of the roster
    log/<person>/00001.json events, one file each
    objects/<sha256>        evidence, workbooks, systems, footprints

A file is written under a temporary name, synced, and linked to its name only if nobody else has
taken it; so a killed command leaves either the whole act or none of it, and two commands at once
cannot both be number 5.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from labels.canonical import canonical, sha256
from labels.refusal import refusal
from labels.registry.blobs import TEMPORARY, sync_folder

SCHEMA = "carbonlabel-case-folder/1"
CASE, PEOPLE, LOG, OBJECTS = "case.json", "people", "log", "objects"
MOST_FILES = 20_000
LARGEST = 64 << 20


@dataclass(frozen=True, slots=True)
class Contents:
    """What lies in a folder.

    Attributes
    ----------
    root
        The folder.
    files
        Path inside the folder to SHA-256; without hidden and temporary files.
    """

    root: Path
    files: Mapping[str, str]

    @property
    def sha256(self) -> str:
        """Hash of the whole: of every path with the hash of its bytes."""
        return folder_hash(self.files)

    def under(self, folder: str) -> tuple[str, ...]:
        """Return the paths in one folder, sorted."""
        return tuple(sorted(path for path in self.files if path.startswith(f"{folder}/")))

    def read(self, path: str) -> bytes:
        """Return the bytes of a file that is listed.

        Raises
        ------
        IssueError
            ``CASE-FILE``, when it has changed since.
        """
        data = _bytes(self.root / path, path)
        if sha256(data) != self.files[path]:
            raise refusal("CASE-FILE", path, reason="changed while it was read")
        return data

    def object(self, digest: str) -> bytes:
        """Return an object.

        Raises
        ------
        IssueError
            ``CASE-OBJECT``, when it is missing or not what its name says.
        """
        path = f"{OBJECTS}/{digest}"
        found = self.files.get(path)
        if found != digest:
            raise refusal("CASE-OBJECT", path, stated=digest, found=found or "-")
        return self.read(path)


def folder_hash(files: Mapping[str, str]) -> str:
    """Return the hash of a folder with these files."""
    return sha256(canonical({"schema": SCHEMA, "files": dict(files)}))


def contents(root: Path) -> Contents:
    """List a case folder.

    Raises
    ------
    IssueError
        ``CASE-MISSING``, ``CASE-FILE``.
    """
    if not (root / CASE).is_file():
        raise refusal("CASE-MISSING", str(root))
    files = {path: sha256(_bytes(root / path, path)) for path in _paths(root)}
    return Contents(root, files)


def create(root: Path, files: Mapping[str, bytes]) -> None:
    """Make a case folder with its first files, whole or not at all.

    Raises
    ------
    IssueError
        ``CASE-EXISTS``, ``CASE-FILE``.
    """
    if root.exists():
        raise refusal("CASE-EXISTS", str(root))
    fresh = root.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        fresh.mkdir()
        for folder in (PEOPLE, LOG, OBJECTS):
            (fresh / folder).mkdir()
        for path, data in files.items():
            write_once(fresh / path, data)
        fresh.rename(root)
        sync_folder(root.parent)
    except OSError as error:
        raise refusal("CASE-FILE", str(root), reason=str(error.strerror)) from error


def put_object(root: Path, data: bytes) -> str:
    """Store bytes under their hash and return it."""
    digest = sha256(data)
    path = root / OBJECTS / digest
    if not path.exists():
        write_once(path, data, again=True)
    return digest


def write_once(path: Path, data: bytes, *, again: bool = False) -> None:
    """Write a file that must not exist yet; after return it survives a power cut.

    Parameters
    ----------
    again
        Whether it is no fault when the file is there: its name says what is in it.

    Raises
    ------
    IssueError
        ``CASE-BUSY``, when somebody else wrote it first; ``CASE-FILE``.
    """
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True)
            sync_folder(path.parent.parent)
        part = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
        try:
            with part.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.link(part, path)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(path.parent)
    except FileExistsError as error:
        if not again:
            raise refusal("CASE-BUSY", path.name) from error
    except OSError as error:
        raise refusal("CASE-FILE", path.name, reason=str(error.strerror)) from error


def _paths(root: Path) -> Iterator[str]:
    """Yield every file that belongs to the case; hidden names are of version control."""
    count = 0
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                count += 1
                if count > MOST_FILES:
                    raise refusal("CASE-FILE", str(root), reason=f"more than {MOST_FILES} files")
                yield (Path(folder) / name).relative_to(root).as_posix()


def _bytes(path: Path, shown: str) -> bytes:
    """Read a plain file of the folder; a link could lead anywhere."""
    if path.is_symlink() or not path.is_file():
        raise refusal("CASE-FILE", shown, reason="not a plain file")
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise refusal("CASE-FILE", shown, reason="too large")
    return data

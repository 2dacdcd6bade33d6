"""A dozen ways in which a file that is handed in can be faulty, for the example programme."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

Blemish = Callable[[Path, str, bytes], None]
BOMB = 64 * 1024 * 1024


def _bytes(change: Callable[[bytes], bytes]) -> Blemish:
    """Return a blemish that changes the bytes and keeps the name."""

    def put(place: Path, name: str, data: bytes) -> None:
        (place / name).write_bytes(change(data))

    return put


def _renamed(change: Callable[[str], str]) -> Blemish:
    """Return a blemish that changes the name and keeps the bytes."""

    def put(place: Path, name: str, data: bytes) -> None:
        (place / change(name)).write_bytes(data)

    return put


def _link(place: Path, name: str, data: bytes) -> None:
    del data
    (place / name).symlink_to("../../programme.toml")


def _folder(place: Path, name: str, data: bytes) -> None:
    (place / name).mkdir()
    (place / name / "inside.xlsx").write_bytes(data)


def _pipe(place: Path, name: str, data: bytes) -> None:
    del data
    os.mkfifo(place / name)


def _parts(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Return a package with other parts; a part that becomes None is left out."""
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            part = change(info.filename, old.read(info))
            if part is not None:
                new.writestr(info, part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _sheets_gone(data: bytes) -> bytes:
    return _parts(data, lambda name, part: None if name.startswith("xl/worksheets/") else part)


def _bomb(data: bytes) -> bytes:
    return _parts(
        data, lambda name, part: part + b" " * BOMB if name.endswith("sheet1.xml") else part
    )


def _units(data: bytes) -> bytes:
    """Return the workbook with a unit that does not exist where kWh stood."""
    return _parts(data, lambda name, part: part.replace(b">kWh<", b">kWhh<"))


def _doctype(data: bytes) -> bytes:
    """Return the workbook with an entity declaration, as an attacker would write one."""
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    return _parts(
        data,
        lambda name, part: (
            part.replace(b"?>", b"?>" + entity, 1) if name.endswith("workbook.xml") else part
        ),
    )


BLEMISHES: Mapping[str, Blemish] = {
    "cut-short": _bytes(lambda data: data[: len(data) // 2]),
    "no-zip": _bytes(lambda data: b"<html>not a workbook</html>"),
    "empty": _bytes(lambda data: b""),
    "unit": _bytes(_units),
    "old-excel": _bytes(lambda data: bytes.fromhex("d0cf11e0a1b11ae1") + data[:4096]),
    "bomb": _bytes(_bomb),
    "no-sheets": _bytes(_sheets_gone),
    "entity": _bytes(_doctype),
    "html-name": _renamed(lambda name: f"<img src=x onerror=alert(1)> {name}"),
    "link": _link,
    "folder": _folder,
    "pipe": _pipe,
}
"""What a file becomes, by the name of its fault."""

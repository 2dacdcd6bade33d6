"""A disk that forgets: what may be left of a folder when the power goes between two system calls.

The calls of a process are recorded with strace. After a cut, bytes written since the last sync of
their file are there, gone, or torn at 512 bytes, each write by itself; entries of a folder changed
since its last sync are there up to some point of their order.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

SECTOR = 512
CALLS = "openat,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat"
#: How strace writes them down: with their files, and every byte.
RECORDING = ("-y", "-xx", "-s", "4194304", "-e", "signal=none", "-e", f"trace={CALLS}")
_LINE = re.compile(r"^\d+ +(\w+)\((.*)\) = (\d+)(?:<.*>)?$")


@dataclass(frozen=True, slots=True)
class Call:
    """A system call that succeeded.

    Attributes
    ----------
    name
        What it does.
    path
        Of the file or folder.
    data
        Bytes written, or the new name.
    place
        Where they were written (-1: at the end), or the new length.
    kernel, number
        Its name in the kernel, and the how manieth of that name it was.
    """

    name: str
    path: str
    data: bytes = b""
    place: int = 0
    kernel: str = ""
    number: int = 0


@dataclass(slots=True)
class File:
    """An inode: what is safe, and what was written since.

    A pending change is (place, bytes), or (length, None) where the file was cut to a length.
    """

    safe: bytearray = field(default_factory=bytearray)
    still: bytes | None = None  # what is safe, as long as nothing was written since
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    length: int = 0


def record(arguments: Sequence[str], trace: Path) -> None:
    """Run a Python module under strace."""
    strace = ["strace", "-f", *RECORDING, "-o", str(trace)]
    subprocess.run([*strace, sys.executable, *arguments], check=True)


def calls(trace: Path, folder: Path) -> list[Call]:
    """The recorded calls that concern a folder, in their order."""
    found, numbers = [], Counter[str]()
    with trace.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            numbers[line.split("(")[0].split()[-1]] += 1
            matched = _LINE.match(line.rstrip())
            call = matched and _call(matched[1], matched[2], int(matched[3]))
            if matched and call and call.path.startswith(str(folder)):
                found.append(replace(call, kernel=matched[1], number=numbers[matched[1]]))
    return found


def _call(name: str, arguments: str, result: int) -> Call | None:
    texts = [_bytes(text) for text in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', arguments)]
    if name == "openat":
        return Call("create", texts[0].decode()) if "O_CREAT" in arguments else None
    if name.startswith("rename"):
        return Call("rename", texts[0].decode(), texts[1])
    if name.startswith("unlink"):
        return Call("unlink", texts[0].decode())
    opened = re.match(r"\d+<([^>]*)>", arguments)
    path = _bytes(opened[1]).decode(errors="replace") if opened else ""
    if name == "ftruncate":
        return Call("truncate", path, place=int(arguments.rsplit(", ", 1)[1]))
    if name in ("fsync", "fdatasync"):
        return Call("sync", path)
    place = int(arguments.rsplit(", ", 1)[1]) if name == "pwrite64" else -1
    return Call("write", path, texts[0][:result], place)


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode()


class Disk:
    """A folder and everything below it, as the process sees it and as it would be after a cut."""

    def __init__(self, folder: Path) -> None:
        self.names: dict[str, File] = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                data = path.read_bytes()
                self.names[str(path)] = File(bytearray(data), length=len(data))
        self.safe_names = dict(self.names)
        self.changes: list[tuple[str, dict[str, File | None]]] = []

    def moved(self, old: Path, new: Path) -> Disk:
        """Call the folder by another name."""
        for names in (self.names, self.safe_names):
            renamed = {name.replace(str(old), str(new), 1): file for name, file in names.items()}
            names.clear()
            names.update(renamed)
        return self

    def apply(self, call: Call) -> None:
        """Let the process go one call further."""
        name, file = call.path, self.names.get(call.path)
        if call.name == "create" and file is None:
            self._rename({name: File()})
        elif call.name == "rename" and file is not None:
            self._rename({name: None, call.data.decode(): file})
        elif call.name == "unlink" and file is not None:
            self._rename({name: None})
        elif call.name == "sync":
            self._sync(name, file)
        elif call.name == "truncate" and file is not None:
            file.pending.append((call.place, None))
            file.length = call.place
        elif call.name == "write" and file is not None:
            place = file.length if call.place < 0 else call.place
            file.pending.append((place, call.data))
            file.length = max(file.length, place + len(call.data))

    def _rename(self, change: dict[str, File | None]) -> None:
        self.changes.append((str(Path(next(iter(change))).parent), change))
        _renamed(self.names, change)

    def _sync(self, name: str, file: File | None) -> None:
        if file is not None:
            for place, data in file.pending:
                _written(file.safe, place, data)
                file.still = None
            file.pending.clear()
            return
        for folder, change in self.changes:
            if folder == name:
                _renamed(self.safe_names, change)
        self.changes = [one for one in self.changes if one[0] != name]

    def cut(self, draw: random.Random) -> Iterator[tuple[str, bytes]]:
        """Yield name and content of the files that are there after a cut."""
        names = dict(self.safe_names)
        for _, change in self.changes[: draw.randint(0, len(self.changes))]:
            _renamed(names, change)
        for name, file in names.items():
            yield name, _left(file, draw)


def _left(file: File, draw: random.Random) -> bytes:
    """Content of a file after a cut; the very same bytes as before where nothing was pending."""
    if file.pending:
        left = bytearray(file.safe)
        for place, data in file.pending:
            _written(left, place, _torn(data, draw))
        return bytes(left)
    if file.still is None:
        file.still = bytes(file.safe)
    return file.still


def _renamed(names: dict[str, File], change: dict[str, File | None]) -> None:
    for name, file in change.items():
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file


def _written(content: bytearray, place: int, data: bytes | None) -> None:
    if data is None:
        del content[place:]
        content.extend(bytes(place - len(content)))
    elif data:
        content.extend(bytes(max(0, place - len(content))))
        content[place : place + len(data)] = data


def _torn(data: bytes | None, draw: random.Random) -> bytes | None:
    """What a write left: all, nothing, or its beginning up to a sector's end."""
    kind = draw.randrange(3)
    if data is None or kind == 0:
        return data
    return b"" if kind == 1 else data[: SECTOR * draw.randint(0, len(data) // SECTOR)]

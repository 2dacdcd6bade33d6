"""Messages between a process and its child: a head in JSON and named bytes, never pickled objects.

A frame is the length of its head (4 bytes, big-endian), the head, and the bytes it announces under
``files`` as pairs of name and length.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from struct import Struct
from typing import Any

from factors.findings import Finding, Where

#: Longest head and longest content of one frame (bytes): a frame beyond is no message of ours.
MOST_HEAD, MOST_CONTENT = 1 << 27, 1 << 29
_LENGTH = Struct(">I")


@dataclass(frozen=True, slots=True)
class Frame:
    """One message."""

    head: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)

    def packed(self) -> bytes:
        """Return the bytes that :func:`receive` reads."""
        listed = [[name, len(data)] for name, data in self.files.items()]
        head = json.dumps({"head": self.head, "files": listed}, ensure_ascii=True).encode("ascii")
        return b"".join((_LENGTH.pack(len(head)), head, *self.files.values()))


def receive(read: Callable[[int], bytes]) -> Frame:
    """Read one frame.

    Parameters
    ----------
    read
        Returns at most so many bytes; fewer than one at the end of the stream.

    Raises
    ------
    EOFError
        When the other side has gone.
    ValueError
        For anything that is no frame.
    """
    (length,) = _LENGTH.unpack(_exactly(read, _LENGTH.size))
    if length > MOST_HEAD:
        raise ValueError("head too long")
    told = json.loads(_exactly(read, length))
    sizes = [(str(name), int(size)) for name, size in told["files"]]
    if any(size < 0 for _, size in sizes) or sum(size for _, size in sizes) > MOST_CONTENT:
        raise ValueError("content too long")
    return Frame(told["head"], {name: _exactly(read, size) for name, size in sizes})


def _exactly(read: Callable[[int], bytes], count: int) -> bytes:
    parts: list[bytes] = []
    while count:
        part = read(count)
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def sent(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings as they stand in a head."""
    return [
        {"code": one.code, "where": one.where.to_json(), "params": dict(one.params)}
        for one in findings
    ]


def received(listed: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Return the findings of a head."""
    return tuple(
        Finding(one["code"], Where(**one["where"]), tuple(sorted(one["params"].items())))
        for one in listed
    )

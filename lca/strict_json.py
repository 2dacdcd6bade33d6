"""Hostile JSON: bytes to plain data, with every oddity that JSON parsers wave through refused.

Python's parser keeps the last of two equal keys, reads ``NaN`` and numbers of a million digits, and
recurses as deep as the file says. Here each of these is a finding at its key path, and all of them
are collected in one pass.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from factors.errors import FindingsError
from factors.findings import Finding, Where, finding

MAX_BYTES = 20_000_000
MAX_DEPTH = 40
MAX_FINDINGS = 200
"""A file with more than this many faults is listed only so far."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)
_HARMLESS = re.compile(
    r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]*"
)


@dataclass(frozen=True, slots=True)
class Refused:
    """A number token that has no place in the file: NaN, an infinity, a float, a huge integer."""

    token: str


class Pairs(dict[str, Any]):
    """A JSON object that remembers which of its keys stood there twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counts = Counter(key for key, _ in pairs) if len(self) != len(pairs) else Counter[str]()
        self.twice = tuple(key for key, count in counts.items() if count > 1)


def loads(raw: bytes, *, file: str = "") -> tuple[Any, tuple[Finding, ...]]:
    """Return the data of a JSON file and what is wrong with its tokens.

    Raises
    ------
    FindingsError
        When the file cannot be read at all: too large, not UTF-8, nested too deep, no JSON.
    """
    where = Where(file=file)
    if len(raw) > MAX_BYTES:
        raise FindingsError(finding("SYSTEM-SIZE", where, bytes=len(raw), limit=MAX_BYTES))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FindingsError(finding("SYSTEM-UTF8", where, at=error.start)) from None
    if _depth(text) > MAX_DEPTH:
        raise FindingsError(finding("SYSTEM-DEPTH", where, limit=MAX_DEPTH))
    try:
        data = json.loads(
            text,
            object_pairs_hook=Pairs,
            parse_constant=Refused,
            parse_float=Refused,
            parse_int=lambda token: int(token) if len(token) <= 15 else Refused(token),
        )
    except json.JSONDecodeError as error:
        place = f"{error.lineno}:{error.colno}"
        raise FindingsError(finding("SYSTEM-JSON", where, at=place, reason=error.msg)) from None
    return data, tuple(islice(token_findings(data, file), MAX_FINDINGS))


def token_findings(
    data: Any, file: str = "", path: str = "", room: int = MAX_DEPTH
) -> Iterator[Finding]:
    """Yield what is wrong with keys, texts and numbers, wherever they stand; works on any data."""
    if _sound(data, room):
        return
    where = Where(file=file, path=path)
    if isinstance(data, Mapping | list | tuple) and not room:
        yield finding("SYSTEM-DEPTH", where, limit=MAX_DEPTH)
    elif isinstance(data, Mapping):
        yield from _key_findings(data, where)
        for key, value in data.items():
            inner = f"{path}.{key}" if path else str(key)
            yield from token_findings(value, file, inner, room - 1)
    elif isinstance(data, list | tuple):
        for index, value in enumerate(data):
            yield from token_findings(value, file, f"{path}[{index}]", room - 1)
    elif isinstance(data, str):
        if not _HARMLESS.fullmatch(data):
            yield finding("SYSTEM-TEXT", where, text=data)
    elif not (data is None or isinstance(data, bool) or _small(data)):
        token = data.token if isinstance(data, Refused) else repr(data)
        yield finding("SYSTEM-NUMBER-TOKEN", where, token=token)


def _sound(data: Any, room: int) -> bool:
    """Whether plain data hold nothing to report; in doubt no, and the search for places says why.

    Every printable text is harmless, and that is the quicker question.
    """
    kind = type(data)
    if kind is str:
        return bool(data.isprintable())
    if kind is dict or (kind is Pairs and not data.twice):
        values = data.values() if _printable(data) else (Refused,)
    elif kind is list or kind is tuple:
        values = data
    else:
        return data is None or kind is bool or (kind is int and _small(data))
    for value in values if room else (Refused,):
        if not (value.isprintable() if type(value) is str else _sound(value, room - 1)):
            return False
    return True


def _printable(keys: Mapping[Any, Any]) -> bool:
    """Whether all keys of an object are printable texts."""
    try:
        return "".join(keys).isprintable()
    except TypeError:
        return False


def _key_findings(data: Mapping[Any, Any], where: Where) -> Iterator[Finding]:
    """Yield what is wrong with the keys of one object."""
    for key in getattr(data, "twice", ()):
        yield finding("SYSTEM-KEY-TWICE", where, key=key)
    for key in data:
        if not isinstance(key, str) or not _HARMLESS.fullmatch(key):
            yield finding("SYSTEM-TEXT", where, text=key)


def _small(data: Any) -> bool:
    """Whether a value is an integer that every JSON reader keeps exactly."""
    return isinstance(data, int) and abs(data) < 10**15


def _depth(text: str) -> int:
    """Return how deep brackets nest outside strings."""
    depth = deepest = 0
    for token in _TOKEN.finditer(text):
        mark = text[token.start()]
        if mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}":
            depth -= 1
    return deepest

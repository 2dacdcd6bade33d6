"""Canonical JSON (RFC 8785), hashes, and a strict reader for JSON that strangers hand in.

Numbers of record travel as decimal strings; a JSON float never enters a signed document.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import rfc8785

#: Longest JSON document that is read at all (bytes): an inventory of some 100,000 lines.
LONGEST = 64 * 1024 * 1024
#: Largest integer that every reader of JSON takes for the same number (RFC 8785, 3.2.2.3).
_LARGEST = 2**53 - 1
#: The standard library's encoder, ten times faster than the reference implementation. It spells
#: strings and integers alike; it sorts keys by code point, not UTF-16, which is the same in ASCII.
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 bytes of plain data.

    Raises
    ------
    ValueError
        For floats, non-string keys, integers beyond 2^53 and anything that is not plain data.
    """
    try:
        if _usual(value):
            return _ENCODER.encode(value).encode("utf-8")
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as error:
        raise ValueError(f"not canonical JSON data: {error}") from error


def parse(data: bytes, longest: int = LONGEST) -> Any:
    """Read JSON strictly: UTF-8, no duplicate keys, no floats, no NaN, bounded length and depth.

    Raises
    ------
    ValueError
        Naming what is wrong.
    """
    if len(data) > longest:
        raise ValueError(f"longer than {longest} bytes")
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_pairs,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def parse_object(data: bytes, longest: int = LONGEST) -> Mapping[str, Any]:
    """Read a JSON object strictly; see :func:`parse`."""
    value = parse(data, longest)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def base64url(data: bytes) -> str:
    """Return base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Decode base64url and refuse every spelling but the canonical one.

    Raises
    ------
    ValueError
        For padding, foreign characters or unused bits that are not zero.
    """
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, UnicodeError) as error:
        raise ValueError("not base64url") from error
    if base64url(data) != text:
        raise ValueError("not canonical base64url")
    return data


def _usual(value: Any) -> bool:
    """Whether plain data have ASCII keys alone: then both encoders write the same bytes.

    Floats have more than one decimal spelling; RFC 8785 would accept them.
    """
    stack, usual = [value], True
    while stack:
        item = stack.pop()
        if isinstance(item, str) or item is None:
            continue
        if isinstance(item, dict):
            usual = usual and _ascii(item)
            stack.extend(item.values())
        elif isinstance(item, (list, tuple)):
            stack.extend(item)
        elif isinstance(item, float):
            raise ValueError("a float in a canonical document; write a decimal string")
        else:
            usual = usual and isinstance(item, int) and abs(item) <= _LARGEST
    return usual


def _ascii(keys: Iterable[Any]) -> bool:
    try:
        return "".join(keys).isascii()
    except TypeError:
        return False  # not even text


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key occurs twice")
    return result


def _no_float(text: str) -> Any:
    raise ValueError(f"number {text[:40]} is not an integer; write a decimal string")

"""Taking plain data of strangers apart: every accessor refuses what is not what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LONGEST = 4000
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DIGEST = re.compile(r"[0-9a-f]{64}")


def table(value: object, *members: str) -> Mapping[str, Any]:
    """Return a mapping with exactly these members (any, when none are named).

    Raises
    ------
    ValueError
        For anything else; so do all functions of this module.
    """
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise ValueError("not an object")
    if members and set(value) != set(members):
        raise ValueError(f"members {sorted(value)}, expected {sorted(members)}")
    return value


def rows(value: object) -> list[Any]:
    """Return a list."""
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value


def words(value: object) -> str:
    """Return a text of bounded length without control characters other than line ends."""
    if not isinstance(value, str) or len(value) > LONGEST:
        raise ValueError("not a text")
    if not all(char.isprintable() or char == "\n" for char in value):
        raise ValueError("control characters in a text")
    return value


def slug(value: object) -> str:
    """Return a short id: small letters, digits, single hyphens."""
    told = words(value)
    if not SLUG.fullmatch(told) or len(told) > 60:
        raise ValueError(f"not an id: {told[:40]}")
    return told


def digest(value: object) -> str:
    """Return a SHA-256 in lower-case hex."""
    told = words(value)
    if not DIGEST.fullmatch(told):
        raise ValueError("not a SHA-256")
    return told


def whole(value: object) -> int:
    """Return a non-negative whole number."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("not a count")
    return value


def one_of(value: object, options: tuple[str, ...]) -> str:
    """Return one of the options."""
    told = words(value)
    if told not in options:
        raise ValueError(f"{told[:40]}: not one of {', '.join(options)}")
    return told

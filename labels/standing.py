"""Where a record stands at a moment, as its page and the status lists tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Standing:
    """What the registry says of one serial when its pages are made.

    Attributes
    ----------
    serial
        The record.
    state
        ``issued``, ``suspended``, ``revoked``, ``superseded``, ``expired`` or ``void``.
    checked
        When this was looked up, in the issuer's time zone.
    since, reason
        Time (the same zone) and reason of the last change after issue; empty when nothing changed.
    by, replaces
        Serial that took this one's place, and the one whose place this one took.
    index, size
        Position of its first leaf and size of the log.
    files
        Name to SHA-256 of the signed files.
    """

    serial: str
    state: str
    checked: str
    since: str = ""
    reason: str = ""
    by: str = ""
    replaces: str = ""
    index: int = 0
    size: int = 0
    files: Mapping[str, str] = field(default_factory=dict)

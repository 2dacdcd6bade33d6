"""What may differ between two runs of a command: the one list of rules, each with its name."""

from __future__ import annotations

import re
from collections.abc import Mapping

MASKS: Mapping[str, tuple[str, str]] = {
    # Signatures, salts, log roots and the hashes of files that hold them.
    "hash": (r"\b[0-9a-f]{12,64}\b…?", "HASH"),
    # Key ids and public keys, base64url.
    "key": (r"\b[A-Za-z0-9_-]{43}\b", "KEY"),
    # Acts are dated when they are done.
    "time": (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z?", "TIME"),
    "day": (r"\b20\d\d-\d\d-\d\d\b", "DAY"),
    # Versions of this program and of what it stands on.
    "version": (r"\b\d+\.\d+\.\d+(\.\w+)?\b", "VERSION"),
    # Two engines that agree differ in the last digits, by machine.
    "last-digits": (r"\b\d(\.\d+)?[eE]-1\d\b", "TINY"),
    # Where a temporary folder lies.
    "folder": (r"(/[\w.-]+)*/pytest-[\w./-]+", "FOLDER"),
    # A longer word moves the columns of a table and the ends of its lines.
    "white": (r"[\s─━]+", " "),
}
"""Name of a rule to its pattern and what stands for it, applied in this order to both sides."""


def masked(text: str) -> str:
    """Return a text with everything volatile made alike."""
    for pattern, blank in MASKS.values():
        text = re.sub(pattern, blank, text)
    return text.strip()

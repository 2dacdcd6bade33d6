"""What the label font must be able to set."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files

# Unicode blocks from which the label font takes whatever its source offers.
SYMBOL_BLOCKS: tuple[tuple[int, int, str], ...] = (
    (0x0020, 0x024F, "Latin"),
    (0x0370, 0x045F, "Greek and Cyrillic"),
    (0x2000, 0x206F, "general punctuation"),
    (0x2070, 0x20CF, "superscripts, subscripts, currency"),
    (0x2100, 0x22FF, "letter-like symbols, number forms, arrows, mathematics"),
    (0x2460, 0x24FF, "enclosed numbers"),
    (0x2500, 0x27BF, "boxes, geometric shapes, symbols, dingbats"),
    (0x3000, 0x303F, "Chinese punctuation"),
    (0x3200, 0x33FF, "enclosed and squared forms"),
    (0xFF00, 0xFFEF, "full-width forms"),
)


@cache
def standard_characters() -> str:
    """Return the 8,105 characters of the Table of General Standard Chinese Characters (2013)."""
    table = (files("templates") / "fonts" / "standard-characters.txt").read_text(encoding="utf-8")
    return "".join(line for line in table.splitlines() if not line.startswith("#"))


@cache
def gb2312() -> frozenset[str]:
    """Return the characters of GB 2312-1980, by way of Python's codec."""
    rows, columns = range(0xA1, 0xF8), range(0xA1, 0xFF)
    decoded = (
        bytes((row, column)).decode("gb2312", "ignore") for row in rows for column in columns
    )
    return frozenset(filter(None, decoded))


@cache
def wanted() -> frozenset[str]:
    """Return every character that the label font is asked to keep.

    Invisible format characters (soft hyphen, zero-width and direction marks) are left out on
    purpose: in a name they are a way to deceive, so they must show up as characters without glyph.
    """
    blocks = {chr(code) for low, high, _ in SYMBOL_BLOCKS for code in range(low, high + 1)}
    visible = {char for char in blocks if unicodedata.category(char) not in ("Cc", "Cf", "Cn")}
    return gb2312() | visible | frozenset(standard_characters())

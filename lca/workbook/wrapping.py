"""How many lines a text takes in a cell."""

from __future__ import annotations


def lines(text: str, width: float) -> int:
    """Estimate how many lines a text takes; a Chinese character is as wide as two letters."""
    return sum(
        1 + int(sum(2 if ord(char) > 0x2E7F else 1 for char in line) / (width * 1.05))
        for line in text.split("\n")
    )

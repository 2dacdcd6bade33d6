"""Texts before they are drawn: tidied, then checked against the font, in one pass.

Names come from other people's workbooks. What cannot be shown as it was written is a finding, not a
box, a borrowed system font or a silent change of meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from factors.findings import Finding, Where, finding
from labels.wordpair import Words, tidy

#: Longest text anywhere in a document; the label's own fields are bounded by their boxes.
LONGEST = 600
#: Drawn by other means than a glyph: lowered digits, thin gaps.
_DRAWN = frozenset("₀₁₂₃₄₅₆₇₈₉")


def check_texts(data: object, characters: frozenset[str], path: str = "") -> Iterator[Finding]:
    """Yield a finding for every text that the font cannot show as it was written.

    Parameters
    ----------
    data
        Plain data (mappings, sequences, texts) whose every text may be printed.
    characters
        Characters the font draws in both weights.
    path
        Key path of ``data``, for the finding's place.
    """
    if isinstance(data, str):
        yield from _check_text(tidy(data), characters, path)
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from check_texts(value, characters, f"{path}.{key}" if path else str(key))
    elif isinstance(data, Sequence):
        for index, value in enumerate(data):
            yield from check_texts(value, characters, f"{path}[{index}]")


def too_long(text: str, path: str, place: str) -> Finding:
    """Return the finding for a text that fits nowhere."""
    where = Where(path=path)
    return finding(
        "LABEL-TEXT-TOO-LONG", where, text=text[:60], length=len(text), place=place, limit=LONGEST
    )


def place(words: Words, key: str) -> str:
    """Name a field of the label as it is printed there."""
    return words.text(f"label.{key}").joined(" / ")


def _check_text(text: str, characters: frozenset[str], path: str) -> Iterator[Finding]:
    if len(text) <= LONGEST and text.isprintable() and characters.issuperset(text):
        return
    unsafe = {char for char in text if not char.isprintable()}
    missing = {c for c in text if c not in characters} - unsafe - _DRAWN
    if len(text) > LONGEST:
        yield too_long(text, path, path)
    if unsafe:
        yield finding("LABEL-TEXT-UNSAFE", Where(path=path), characters=_codes(unsafe))
    if missing:
        yield finding("LABEL-GLYPH-MISSING", Where(path=path), characters=_codes(missing))


def _codes(chars: set[str]) -> str:
    named: list[Any] = [f"U+{ord(c):04X}" + (f" {c}" if c.isprintable() else "") for c in chars]
    return ", ".join(sorted(named)[:12])

"""FontSet: the two faces a document is set in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError

from factors.errors import IssueError
from factors.findings import Where, finding

BUILD_COMMAND = "python -m labels.fonts build"
COLLECTION = b"ttcf"
LAYOUT_CONTROLS = frozenset("\t\n\r")


@dataclass(frozen=True, slots=True)
class FontSet:
    """A regular and a bold face.

    Attributes
    ----------
    name
        Family name of the font, for messages; documents call every font set ``CFSans``.
    regular, bold
        The font files; the same file where a system font has one weight only.
    sha256
        Hash over the bytes of the regular and then of the bold face, hexadecimal. Documents are
        reproducible to the byte per font set.
    """

    name: str
    regular: Path
    bold: Path
    sha256: str

    @classmethod
    def of(cls, name: str, regular: Path, bold: Path) -> FontSet:
        """Read both faces and hash them.

        Raises
        ------
        IssueError
            FONT-UNREADABLE when a file cannot be read.
        """
        digest = hashlib.sha256(face_bytes(regular) + face_bytes(bold)).hexdigest()
        return cls(name, regular, bold, digest)

    @property
    def characters(self) -> frozenset[str]:
        """Characters that both faces can set."""
        return face_characters(self.regular) & face_characters(self.bold)

    def missing(self, text: str) -> frozenset[str]:
        """Return the characters of a text for which a face has no glyph.

        Tabs and line ends never reach the page as glyphs and do not count; every other character
        does, invisible ones included.
        """
        return frozenset(text) - self.characters - LAYOUT_CONTROLS


@lru_cache(maxsize=8)
def face_bytes(path: Path) -> bytes:
    """Return one face as the bytes of a stand-alone font, the first face of a collection.

    Raises
    ------
    IssueError
        FONT-UNREADABLE.
    """
    try:
        content = path.read_bytes()
        return _first_face(content) if content.startswith(COLLECTION) else content
    except (OSError, TTLibError) as error:
        raise _unreadable(path, error) from error


@lru_cache(maxsize=8)
def face_characters(path: Path) -> frozenset[str]:
    """Return the characters a face maps to a glyph.

    Raises
    ------
    IssueError
        FONT-UNREADABLE.
    """
    try:
        with TTFont(BytesIO(face_bytes(path)), lazy=True) as font:
            return frozenset(map(chr, font.getBestCmap()))
    except (KeyError, TTLibError) as error:
        raise _unreadable(path, error) from error


def _first_face(content: bytes) -> bytes:
    with TTCollection(BytesIO(content), lazy=True) as collection:
        alone = BytesIO()
        face = collection.fonts[0]
        face.recalcTimestamp = False
        face.save(alone, reorderTables=None)
    return alone.getvalue()


def _unreadable(path: Path, error: Exception) -> IssueError:
    where = Where(file=str(path))
    return IssueError(finding("FONT-UNREADABLE", where, reason=error, command=BUILD_COMMAND))

"""FontSet: the two faces a document is set in."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError

from factors.errors import IssueError
from factors.findings import Where, finding

BUILD_COMMAND = "python -m labels.fonts build"
COLLECTION = b"ttcf"
# What fontTools raises on a damaged file, depending on where the damage sits.
DAMAGE = (OSError, TTLibError, struct.error, AssertionError, EOFError, LookupError, ValueError)
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
            FONT-UNREADABLE when a file is missing, damaged or no font.
        """
        digest = hashlib.sha256(read_face(regular).content + read_face(bold).content).hexdigest()
        return cls(name, regular, bold, digest)

    @property
    def characters(self) -> frozenset[str]:
        """Characters that both faces can set."""
        return read_face(self.regular).characters & read_face(self.bold).characters

    def missing(self, text: str) -> frozenset[str]:
        """Return the characters of a text for which a face has no glyph.

        Tabs and line ends never reach the page as glyphs and do not count; every other character
        does, invisible ones included.
        """
        return frozenset(text) - self.characters - LAYOUT_CONTROLS


def face_bytes(path: Path) -> bytes:
    """Return a face as the bytes of a stand-alone TrueType font, ready to be embedded.

    Raises
    ------
    IssueError
        FONT-UNREADABLE.
    """
    return read_face(path).content


@dataclass(frozen=True, slots=True)
class Face:
    """One face as the bytes of a stand-alone font, and the characters it maps to a glyph."""

    content: bytes
    characters: frozenset[str]


@lru_cache(maxsize=8)
def read_face(path: Path) -> Face:
    """Read a font file, or the first face of a collection, and see that it is whole.

    Raises
    ------
    IssueError
        FONT-UNREADABLE.
    """
    try:
        content = path.read_bytes()
        if content.startswith(COLLECTION):
            content = _first_face(content)
        return Face(content, _characters(content))
    except DAMAGE as error:
        raise IssueError(
            finding("FONT-UNREADABLE", Where(file=str(path)), reason=error, command=BUILD_COMMAND)
        ) from error


def _characters(content: bytes) -> frozenset[str]:
    with TTFont(BytesIO(content), lazy=True) as font:
        if any(entry.offset + entry.length > len(content) for entry in font.reader.tables.values()):
            raise TTLibError("the file is cut short")
        return frozenset(map(chr, font.getBestCmap()))


def _first_face(content: bytes) -> bytes:
    with TTCollection(BytesIO(content), lazy=True) as collection:
        alone = BytesIO()
        face = collection.fonts[0]
        face.recalcTimestamp = False
        face.save(alone, reorderTables=None)
    return alone.getvalue()

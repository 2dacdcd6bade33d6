"""What comes out of a zip, watched as it passes: counted bytes, and XML as a stream of events.

A zip directory may lie about sizes, and XML that is small on disk may be a tower, a flood or a
riddle once it is read. So every part goes through here exactly once, in blocks: :class:`Unpacked`
counts what really comes out, and a :class:`Watch` sees every element. The parser is expat itself.
It fetches nothing; a document type, without which no entity can be declared, ends the reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO
from xml.parsers.expat import ExpatError, ParserCreate

from lca.workbook.guard import MAX_UNPACKED, PROBLEMS, container, opened, refuse
from lca.workbook.namespaces import MAIN, STRICT

MAX_ROW = 100_000
MAX_COLUMN = 200
MAX_TEXT = 32_767  # characters in one cell, the limit of Excel itself
MAX_TOKEN = 1_000_000  # bytes of one tag, comment or instruction
MAX_DEPTH = 64
MAX_ELEMENTS = 1_700_000
"""Elements in a whole file; 50,000 rows with ten texts, the costliest kind, have 1.6 million."""

MAX_CELLS = 640_000
"""Cells in a whole file, empty ones too; 50,000 rows of twelve, and the rest of a workbook."""

_BLOCK = 65_536
_ONE_TEXT = 6 * MAX_TEXT  # bytes; one text arrives in one event
_ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "iso-8859-1"})
"""Those that expat knows by itself; the format allows the first two."""

_COLUMNS = {
    first + second: 26 * (ord(first) - 64 if first else 0) + ord(second) - 64
    for first in ("", *"ABCDEFGH")
    for second in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
}
_DIGITS = "0123456789"
_SHEET = f"{MAIN} worksheet"
_ROW, _CELL = f"{MAIN} row", f"{MAIN} c"

Attributes = Mapping[str, str]


class Unpacked:
    """The members of a zip that passed :func:`lca.workbook.guard.container`.

    Bytes and elements of all parts together are limited.

    Parameters
    ----------
    data
        The file as received.
    name
        Its name, for refusals.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self._archive = opened(data, name)
        self._members = {one.filename.lower(): one for one in self._archive.infolist()}
        self._left, self._elements, self._cells = MAX_UNPACKED, MAX_ELEMENTS, MAX_CELLS
        self._seen: set[str] = set()

    def __contains__(self, part: str) -> bool:
        """Whether there is a part of this name; capitals make no difference."""
        return part.lower() in self._members

    def stream(self, part: str, watch: Watch) -> None:
        """Read one XML part, event by event.

        Raises
        ------
        UnsafeFileError
            When the part is damaged, too large, not XML, or holds what is never allowed.
        """
        self._seen.add(part.lower())
        parser = ParserCreate(namespace_separator=" ")
        parser.buffer_text, parser.buffer_size = True, _ONE_TEXT
        parser.XmlDeclHandler = watch.declaration
        parser.StartDoctypeDeclHandler = watch.document_type
        parser.StartNamespaceDeclHandler = watch.vocabulary
        parser.StartElementHandler, parser.EndElementHandler = watch.start, watch.end
        parser.CharacterDataHandler = watch.text
        fed = 0
        try:
            for block in self._blocks(part):
                parser.Parse(block, False)
                fed += len(block)
                flood = watch.count > self._elements or watch.cells > self._cells
                if flood or fed - parser.CurrentByteIndex > MAX_TOKEN:
                    refuse("FILE-TOO-HARD", self.name)
            parser.Parse(b"", True)
        except ExpatError:
            refuse("FILE-XML", self.name, part=part)
        self._elements -= watch.count
        self._cells -= watch.cells

    def rest(self) -> None:
        """Read every part that was not read yet, to its end."""
        for member in self._archive.infolist():
            part = member.filename
            if member.is_dir() or part.lower() in self._seen:
                continue
            if part.lower().endswith((".xml", ".rels", ".vml")):
                self.stream(part, Watch(part, self.name))
            else:
                for _ in self._blocks(part):
                    pass

    def _blocks(self, part: str) -> Iterator[bytes]:
        """Yield a member block by block; its length and checksum are tested at the end."""
        with self._open(part) as source:
            while True:
                try:
                    block = source.read(_BLOCK)
                except PROBLEMS:
                    refuse("FILE-DAMAGED", self.name, part=part)
                if not block:
                    return
                self._left -= len(block)
                if self._left < 0:
                    refuse("FILE-BOMB", self.name, part=part, size=f"{MAX_UNPACKED / 1e6:.0f}+")
                yield block

    def _open(self, part: str) -> IO[bytes]:
        try:
            return self._archive.open(self._members[part.lower()])
        except (*PROBLEMS, RuntimeError, NotImplementedError):
            refuse("FILE-DAMAGED", self.name, part=part)


def check(data: bytes, name: str) -> None:
    """Look at a whole file, its container and every part, and keep nothing.

    Parameters
    ----------
    data
        The file as received.
    name
        Its name, for messages only; the content decides.

    Raises
    ------
    UnsafeFileError
        With one finding that says what the file is and what to do.
    """
    container(data, name)
    Unpacked(data, name).rest()


class Watch:
    """Looks at the elements of one part as they pass; keeps nothing.

    Names are those of expat: vocabulary, a blank, the word. What a sheet is, its root says and
    not the folder it lies in.

    Attributes
    ----------
    depth
        How many elements are open.
    count, cells
        How many elements there were, and how many of them were cells.
    told
        Text since the last tag.
    row, column
        Where the reading of a sheet stands; 0 before the first.
    """

    __slots__ = (
        "_row_text", "_sheet", "cells", "column", "count", "depth", "name", "part", "row", "told",
    )  # fmt: skip

    def __init__(self, part: str, name: str) -> None:
        self.part, self.name = part, name
        self.depth = self.count = self.cells = self.row = self.column = 0
        self.told = self._row_text = ""
        self._sheet = False

    # -- events --------------------------------------------------------------------------------

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        """Refuse an encoding that the parser would have to ask others about."""
        if encoding and encoding.lower() not in _ENCODINGS:
            refuse("FILE-XML", self.name, part=self.part)

    def document_type(self, *_told: object) -> None:
        """Refuse a document type before anything in it is looked at."""
        refuse("FILE-DOCTYPE", self.name, part=self.part)

    def vocabulary(self, _prefix: str | None, uri: str | None) -> None:
        """Refuse the strict edition of the format, whose names are all different."""
        if not self.depth and uri and uri.startswith(STRICT):
            refuse("FILE-STRICT", self.name)

    def start(self, name: str, attributes: Attributes) -> None:
        """Enter an element."""
        self.count += 1
        self.depth = depth = self.depth + 1
        self.told = ""
        if depth == 1:
            self._sheet = name == _SHEET
        elif depth > MAX_DEPTH:
            refuse("FILE-XML", self.name, part=self.part)
        elif self._sheet:
            if name == _CELL:
                self.enter_cell(attributes.get("r"))
            elif name == _ROW:
                self.enter_row(attributes.get("r"))
        elif name.endswith(" Relationship"):
            self.link(attributes)
        elif name.endswith((" Override", " Default")):
            self._kind(attributes.get("ContentType", "").lower())

    def end(self, _name: str) -> None:
        """Leave an element."""
        self.depth -= 1
        self.told = ""

    def text(self, told: str) -> None:
        """Take text; in one piece, unless something stands in between."""
        self.told = told = self.told + told
        if len(told) > MAX_TEXT:
            refuse("FILE-LONG-TEXT", self.name, part=self.part, limit=MAX_TEXT)

    # -- rows and cells ------------------------------------------------------------------------
    #
    # They must lie within the limits and stand in order, each once. Programs differ in what they
    # make of a second row 5, so that a file could show one number to a person and give another
    # to us.

    def enter_row(self, told: str | None) -> None:
        """Go to a row; without a number it is the next one."""
        row = self.row + 1
        if told is not None:
            if not (told.isascii() and told.isdigit() and len(told) < 10):
                refuse("FILE-XML", self.name, part=self.part)
            row = int(told)
        if row <= self.row:
            self.disorder(told or str(row))
        self.row, self.column, self._row_text = row, 0, str(row)
        if row > MAX_ROW:
            self._beyond(told or f"R{row}")

    def enter_cell(self, told: str | None) -> None:
        """Go to a cell; without an address it is the next one."""
        self.cells += 1
        if told is None:
            column = self.column + 1
        else:
            letters = told.rstrip(_DIGITS)
            column = _COLUMNS.get(letters, 0)
            if not column or told[len(letters) :] != self._row_text:
                self._stray(told, letters)
            if column <= self.column:
                self.disorder(told)
        if column > MAX_COLUMN:
            self._beyond(told or f"R{self.row}C{column}")
        self.column = column

    def disorder(self, place: str) -> None:
        """Refuse what stands twice or in the wrong place."""
        refuse("FILE-ORDER", self.name, part=self.part, cell=place)

    def _stray(self, told: str, letters: str) -> None:
        """Refuse an address that is none, is beyond the limits or belongs to another row."""
        digits = told[len(letters) :]
        sound = letters.isascii() and letters.isalpha() and letters.isupper() and len(letters) < 5
        if not (sound and digits and len(digits) < 10):
            refuse("FILE-XML", self.name, part=self.part)
        if digits != self._row_text:
            self.disorder(told)
        self._beyond(told)

    def _beyond(self, place: str) -> None:
        limits = {"rows": MAX_ROW, "columns": MAX_COLUMN}
        refuse("FILE-LIMITS", self.name, part=self.part, cell=place, **limits)

    # -- indexes -------------------------------------------------------------------------------

    def _kind(self, kind: str) -> None:
        if "macroenabled" in kind or "vbaproject" in kind:
            refuse("FILE-MACRO", self.name, part=kind)

    def link(self, told: Attributes) -> None:
        """Refuse a relationship that leads out of the package, or to macros."""
        kind, target = told.get("Type", ""), told.get("Target", "")
        outside = told.get("TargetMode", "").lower() == "external"
        if outside and not kind.endswith("/hyperlink"):
            refuse("FILE-EXTERNAL", self.name, part=target)
        if kind.rsplit("/", 1)[-1].lower() in ("vbaproject", "xlmacrosheet", "attachedtoolbars"):
            refuse("FILE-MACRO", self.name, part=kind)
        if not outside and not _inside(self.part, target):
            refuse("FILE-PATH", self.name, part=target)


def _inside(part: str, target: str) -> bool:
    """Whether the target of a relationship stays inside the package."""
    # The .rels file lies in <folder>/_rels/; a target that starts with "/" counts from the top.
    depth = 0 if target.startswith("/") else len(part.split("/")) - 2
    for step in target.split("/"):
        depth += -1 if step == ".." else 0 if step in ("", ".") else 1
        if depth < 0:
            return False
    return True

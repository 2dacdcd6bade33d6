"""Sheets with live formulas: marked cells, addresses, and text that never becomes a formula.

Every cell that holds a number says what it is by fill **and** by a sign in front of the number, so
that the meaning survives black-and-white print: an answer of the exporter, a number taken as given,
a row of the factor library, a definition, a number the product printed. Everything else is a
formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from factors.texts import Lang, text
from lca.workbook.canvas import Canvas, letter
from lca.workbook.package import sealed
from lca.workbook.style import FONTS, INK, LINE, Style

MOST_CHARACTERS = 8000
"""A formula may have 8,192 characters; beyond this its value is taken as given."""

MOST_ROWS = 20_000
"""Rows that a person can still look through; above, an export is refused."""


_WIDE, _VERY_WIDE, _MOST_LINES = 170, 250, 5


class Mark(StrEnum):
    """What a cell is."""

    INPUT = "input"
    GIVEN = "given"
    FACTOR = "factor"
    CONSTANT = "constant"
    STATED = "stated"
    FORMULA = "formula"


_LOOKS: Mapping[Mark, tuple[str, str]] = {
    Mark.INPUT: ("D8EFDA", '"▶ "General;"▶ -"General'),
    Mark.GIVEN: ("FBE3C8", '"○ "General;"○ -"General'),
    Mark.FACTOR: ("DCE8F6", '"◆ "General;"◆ -"General'),
    Mark.CONSTANT: ("F0F0F0", '"≡ "General;"≡ -"General'),
    Mark.STATED: ("F3E6F5", '"※ "General;"※ -"General'),
    Mark.FORMULA: ("FFFFFF", "General"),
}
_THIN = Side(style="thin", color=LINE)
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_STRONG = Border(left=_THIN, right=_THIN, top=Side(style="medium", color=INK), bottom=_THIN)


@dataclass(frozen=True, slots=True)
class Ref:
    """The address of a cell; as text it is absolute and carries its sheet."""

    sheet: str
    row: int
    column: int

    def __str__(self) -> str:
        return f"{quoted(self.sheet)}!${letter(self.column)}${self.row}"


@dataclass(frozen=True, slots=True)
class Span:
    """A rectangle of cells; as text it is absolute and carries its sheet."""

    first: Ref
    last: Ref

    def __str__(self) -> str:
        return f"{self.first}:${letter(self.last.column)}${self.last.row}"


def quoted(title: str) -> str:
    """Return the title of a sheet as formulas spell it."""
    return "'" + title.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of an export."""

    page: Worksheet
    lang: Lang

    @property
    def title(self) -> str:
        """Its name."""
        return str(self.page.title)

    @property
    def canvas(self) -> Canvas:
        """The same sheet with the ways of drawing that all our workbooks share."""
        return Canvas(self.page, Style(self.lang), {})

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell."""
        return self.canvas.cell(row, column)

    def say(self, key: str, **params: object) -> str:
        """Return a text of the catalogue's table ``export``."""
        return text(f"export.{key}", self.lang, **params)

    # -- words -----------------------------------------------------------------------------

    def heading(self, title: str, note: str = "", width: int = 8) -> int:
        """Write the title of the sheet and what it is for; return the next free row."""
        canvas = self.canvas
        canvas.style.title(canvas.text(1, 1, title))
        canvas.height(1, 26)
        if not note:
            return 3
        canvas.style.note(canvas.text(2, 1, note))
        canvas.merge(2, 1, width)
        reach = sum(
            float(self.page.column_dimensions[letter(c)].width) for c in range(1, width + 1)
        )
        canvas.height(2, 14.5 * (1 + int(_length(note) / max(20.0, reach * 0.95))) + 4)
        return 4

    def section(self, row: int, title: str) -> int:
        """Write the title of a block; return the next row."""
        canvas = self.canvas
        canvas.style.section(canvas.text(row, 1, title))
        canvas.height(row, 20)
        return row + 1

    def columns(self, row: int, titles: Sequence[str], first: int = 1) -> int:
        """Write the heads of columns; return the next row."""
        canvas = self.canvas
        high = 1
        for column, title in enumerate(titles, start=first):
            canvas.style.heading(canvas.text(row, column, title))
            width = float(self.page.column_dimensions[letter(column)].width)
            high = max(high, 1 + int(_length(title) / max(4.0, width * 0.85)))
        canvas.height(row, 14.5 * high + 6)
        return row + 1

    def words(self, row: int, column: int, words: str, *, bold: bool = False) -> Ref:
        """Write text that stays text."""
        cell = self.canvas.text(row, column, words)
        cell.font = Font(name=FONTS[self.lang], size=9, bold=bold, color="1D2A33")
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        cell.border = _BOX
        return Ref(self.title, row, column)

    def note(self, row: int, column: int, words: str, last: int) -> None:
        """Write running text over several columns."""
        canvas = self.canvas
        canvas.style.note(canvas.text(row, column, words))
        canvas.merge(row, column, last)
        width = sum(
            float(self.page.column_dimensions[letter(c)].width) for c in range(column, last + 1)
        )
        canvas.height(row, 14.5 * (1 + int(_length(words) / max(10.0, width * 1.15))) + 3)

    # -- numbers ---------------------------------------------------------------------------

    def number(self, row: int, column: int, value: Fraction, mark: Mark) -> Ref:
        """Write a number and what it is."""
        cell = self.cell(row, column)
        cell.value = int(value) if value.denominator == 1 else float(value)
        self._dress(cell, mark)
        return Ref(self.title, row, column)

    def formula(self, row: int, column: int, formula: object, *, strong: bool = False) -> Ref:
        """Write a formula without its equals sign."""
        cell = self.cell(row, column)
        cell.value = f"={formula}"
        self._dress(cell, Mark.FORMULA, strong=strong)
        return Ref(self.title, row, column)

    def gap(self, row: int, column: int, here: Ref, printed: Ref) -> Ref:
        """Write the difference between a calculated cell and what the product printed."""
        ref = self.formula(row, column, f"{here}-{printed}")
        self.cell(row, column).number_format = "0.0E+00"
        return ref

    def array(self, row: int, column: int, size: tuple[int, int], formula: str) -> Span:
        """Write one formula that fills a rectangle."""
        first, last = (
            Ref(self.title, row, column),
            Ref(self.title, row + size[0] - 1, column + size[1] - 1),
        )
        reach = f"{letter(first.column)}{first.row}:{letter(last.column)}{last.row}"
        self.page[reach.partition(":")[0]] = ArrayFormula(reach, f"={formula}")
        for r in range(first.row, last.row + 1):
            for c in range(first.column, last.column + 1):
                self._dress(self.cell(r, c), Mark.FORMULA)
        return Span(first, last)

    def answer(self, row: int, column: int, value: str, mark: Mark) -> Ref:
        """Write a word that formulas look at."""
        cell = self.canvas.text(row, column, value)
        self._dress(cell, mark)
        cell.alignment = Alignment(horizontal="left", vertical="top")
        return Ref(self.title, row, column)

    def _dress(self, cell: Cell, mark: Mark, *, strong: bool = False) -> None:
        fill, shape = _LOOKS[mark]
        cell.font = Font(name=FONTS[self.lang], size=9, bold=strong, color="10202A")
        cell.fill = PatternFill("solid", fgColor=fill)
        cell.border = _STRONG if strong else _BOX
        cell.number_format = shape
        cell.alignment = Alignment(horizontal="right", vertical="top")

    def finish(self, widths: Mapping[int, float], freeze: str = "", footer: str = "footer") -> None:
        """Set the frame of the printed page; ``freeze`` is the first cell that scrolls."""
        whole = sum(widths.values())
        self.page.sheet_view.showGridLines = False
        self.canvas.page(self.say(footer), "&P / &N", wide=whole > _WIDE)
        self.page.page_setup.fitToWidth = max(1, round(whole / _VERY_WIDE))
        if freeze:
            self.page.freeze_panes = freeze
            column, row = coordinate_from_string(freeze)
            self.page.print_title_rows = f"{int(row) - 1}:{int(row) - 1}"
            if column != "A":
                self.page.print_title_cols = f"A:{letter(column_index_from_string(column) - 1)}"

    def settle(self) -> None:
        """Make every row that has no height yet as high as its wrapped text takes."""
        for row, cells in enumerate(self.page.iter_rows(), start=1):
            if self.page.row_dimensions[row].height is None:
                high = max(map(self._lines, cells), default=1)
                self.canvas.height(row, 12.5 * min(high, _MOST_LINES) + 2.5)

    def _lines(self, cell: Cell | MergedCell) -> int:
        if not (isinstance(cell.value, str) and cell.alignment.wrap_text):
            return 1
        width = float(self.page.column_dimensions[letter(int(cell.column))].width)
        return sum(
            1 + int(_length(line) / max(3.0, 1.1 * width)) for line in cell.value.split("\n")
        )


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook under construction."""

    raw: Workbook
    lang: Lang

    @classmethod
    def new(cls, lang: Lang) -> Book:
        """Return a workbook without sheets."""
        raw = Workbook()
        raw.remove(raw.worksheets[0])
        return cls(raw, lang)

    def sheet(self, key: str, widths: Mapping[int, float] | None = None) -> Sheet:
        """Add a sheet named in the catalogue."""
        page = self.raw.create_sheet(text(f"export.sheet_{key}", self.lang))
        made = Sheet(page, self.lang)
        made.canvas.widths(widths or {})
        return made

    def name(self, name: str, ref: Ref) -> str:
        """Give a cell a name that formulas can use."""
        self.raw.defined_names[name] = DefinedName(name, attr_text=str(ref))
        return name

    def done(self, order: Sequence[str]) -> bytes:
        """Return the bytes; they depend on the content only.

        Parameters
        ----------
        order
            Keys of the sheets as a reader meets them.
        """
        titles = [text(f"export.sheet_{key}", self.lang) for key in order]
        for page in self.raw.worksheets:
            Sheet(page, self.lang).settle()
        pages = sorted(self.raw.worksheets, key=lambda page: titles.index(str(page.title)))
        for place, page in enumerate(pages):
            self.raw.move_sheet(page, place - self.raw.worksheets.index(page))
        self.raw.active = 0
        self.raw.calculation.fullCalcOnLoad = True
        return sealed(self.raw)


def _length(words: str) -> int:
    """Width of a text in letters; a Chinese character is as wide as two."""
    return sum(2 if ord(char) > 0x2E7F else 1 for char in words)

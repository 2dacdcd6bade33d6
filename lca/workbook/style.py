"""How the workbook looks: fonts, fills, borders. Meaning never rests on colour alone."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.cell_style import StyleArray

from factors.texts import Lang
from lca.workbook.colours import FONTS, INK, LINE, PAPER, SHADE
from lca.workbook.layout import Need

__all__ = ["FONTS", "INK", "LINE", "PAPER", "SHADE", "Style", "put_text"]

_THIN = Side(style="thin", color=LINE)
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_MUST = Border(left=Side(style="medium", color=INK), right=_THIN, top=_THIN, bottom=_THIN)
_FILLS = {
    Need.REQUIRED: PatternFill("solid", fgColor="FFF6D6"),
    Need.CONDITIONAL: PatternFill("solid", fgColor="FFFBEC"),
    Need.OPTIONAL: PatternFill("solid", fgColor=PAPER),
    Need.COMPUTED: PatternFill("solid", fgColor="E3E8EC"),
}
_HATCH = PatternFill("lightUp", fgColor=LINE, bgColor=PAPER)
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Style:
    """The styles of one workbook in one language.

    Attributes
    ----------
    known
        Looks that were made already, as the workbook numbers them: to make one takes long.
    """

    lang: Lang
    known: dict[tuple[object, ...], StyleArray] = field(default_factory=dict)

    def _dress(self, cell: Any, look: tuple[object, ...], make: Callable[[Cell], None]) -> None:
        """Give a cell a look, made once; the stubs do not know where a cell keeps its number."""
        if look not in self.known:
            make(cell)
            self.known[look] = copy(cell._style)
        else:
            cell._style = copy(self.known[look])

    def _font(self, **how: Any) -> Font:
        return Font(**{"name": FONTS[self.lang], "size": 10, "color": "1D2A33", **how})

    def title(self, cell: Cell) -> None:
        """Dress the title of a sheet."""
        cell.font = self._font(size=16, bold=True, color=INK)
        cell.alignment = Alignment(vertical="center")

    def section(self, cell: Cell) -> None:
        """Dress the title of a block."""
        cell.font = self._font(size=12, bold=True, color=INK)
        cell.border = Border(bottom=Side(style="medium", color=INK))
        cell.alignment = Alignment(vertical="center")

    def note(self, cell: Cell) -> None:
        """Dress running text."""
        cell.font = self._font(color="44555F")
        cell.alignment = Alignment(wrap_text=True, vertical="top")

    def legend(self, cell: Cell) -> None:
        """Dress the line that explains the marks."""
        cell.font = self._font(size=9, color="44555F")

    def status(self, cell: Cell) -> None:
        """Dress the line that says how far a sheet is."""
        cell.font = self._font(bold=True, color=INK)

    def heading(self, cell: Cell) -> None:
        """Dress the heading of a column."""

        def make(cell: Cell) -> None:
            cell.font = self._font(bold=True, color=PAPER)
            cell.fill = PatternFill("solid", fgColor=INK)
            cell.border = _BOX
            cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")

        self._dress(cell, ("heading",), make)

    def label(self, cell: Cell, *, bold: bool = False) -> None:
        """Dress a question."""

        def make(cell: Cell) -> None:
            cell.font = self._font(bold=bold)
            cell.fill = PatternFill("solid", fgColor=SHADE)
            cell.border = _BOX
            cell.alignment = Alignment(wrap_text=True, vertical="center")

        self._dress(cell, ("label", bold), make)

    def remark(self, cell: Cell) -> None:
        """Dress help beside a question."""

        def make(cell: Cell) -> None:
            cell.font = self._font(size=9, color="44555F")
            cell.border = _BOX
            cell.alignment = Alignment(wrap_text=True, vertical="center")

        self._dress(cell, ("remark",), make)

    def answer(self, cell: Cell, need: Need, *, number: bool = False, middle: bool = False) -> None:
        """Dress a cell to be filled in, or one that is calculated."""

        def make(cell: Cell) -> None:
            computed = need is Need.COMPUTED
            cell.font = self._font(italic=computed, color="44555F" if computed else "10202A")
            cell.fill = _FILLS[need]
            cell.border = _MUST if need is Need.REQUIRED else _BOX
            cell.protection = Protection(locked=computed)
            side = "center" if middle else "right" if number else "left"
            cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=not number)

        self._dress(cell, ("answer", need, number, middle), make)

    def pale(self, cell: Cell) -> None:
        """Weaken a mandatory cell of a row that need not be used."""
        cell.fill = _FILLS[Need.CONDITIONAL]

    def barred(self, cell: Cell) -> None:
        """Hatch a cell that does not belong to this row."""
        cell.fill = _HATCH
        cell.border = _BOX


def put_text(cell: Cell, text: str) -> None:
    """Write text that stays text, whatever it begins with."""
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.value = clean
    cell.data_type = "s"
    if clean.startswith(_RISKY):
        cell.quotePrefix = True

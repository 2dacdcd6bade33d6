"""One sheet to draw on: text that stays text, drop-downs, rules, page set-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl.cell.cell import Cell
from openpyxl.styles import Protection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from lca.workbook.grid import address
from lca.workbook.marks import DECOR
from lca.workbook.style import Style, put_text
from lca.workbook.wrapping import lines

A4, A3 = 9, 8
_FREE_COLUMNS = 60
_ALLOWED = ("formatCells", "formatColumns", "formatRows", "insertRows", "insertColumns",
            "insertHyperlinks", "deleteRows", "sort", "autoFilter")  # fmt: skip
_PROMPT = 250  # characters that fit an input message


@dataclass(frozen=True, slots=True)
class Canvas:
    """A worksheet with its style and the sources of its drop-downs."""

    sheet: Worksheet
    style: Style
    sources: Mapping[str, str]

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell."""
        found = self.sheet.cell(row, column)
        assert isinstance(found, Cell)
        return found

    def text(self, row: int, column: int, text: str) -> Cell:
        """Write text that stays text."""
        cell = self.cell(row, column)
        put_text(cell, text)
        return cell

    def label(self, row: int, column: int, text: str) -> None:
        """Write a question or a fixed word beside it."""
        self.style.label(self.text(row, column, text), bold=column == 2)

    def remark(self, row: int, column: int, text: str) -> None:
        """Write help beside a question."""
        self.style.remark(self.text(row, column, text))

    def decor(self, *rows: int) -> None:
        """Mark rows that hold no data."""
        for row in rows:
            self.text(row, 1, DECOR)

    def merge(self, row: int, first: int, last: int) -> None:
        """Join cells of one row that hold running text."""
        self.sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)

    def link(self, row: int, column: int, title: str) -> None:
        """Let a cell lead to another sheet."""
        cell = self.cell(row, column)
        target = title.replace("'", "''")
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{target}'!A1")

    def drop_down(self, cell: Cell, source: str, prompt: str = "", error: str = "") -> None:
        """Offer a list; with ``error`` nothing else may be typed."""
        rule = DataValidation(type="list", formula1=self.sources[source], allow_blank=True)
        if error:
            rule.error, rule.showErrorMessage = error, True
        self._rule(cell, rule, prompt)

    def number(self, cell: Cell, least: str, prompt: str, error: str) -> None:
        """Let only numbers be typed."""
        rule = DataValidation(
            type="decimal", operator="greaterThanOrEqual", formula1=least, allow_blank=True
        )
        rule.error, rule.showErrorMessage = error, True
        self._rule(cell, rule, prompt)

    def prompt(self, cell: Cell, prompt: str) -> None:
        """Show help when the cell is entered."""
        self._rule(cell, DataValidation(type=None), prompt)

    def _rule(self, cell: Cell, rule: DataValidation, prompt: str) -> None:
        """Attach a rule to one cell; one range per rule keeps the order of the file fixed."""
        if prompt:
            rule.prompt, rule.showInputMessage = prompt[:_PROMPT], True
        rule.add(cell.coordinate)
        self.sheet.add_data_validation(rule)

    def widths(self, widths: Mapping[int, float]) -> None:
        """Set the widths of columns."""
        for column, width in widths.items():
            self.sheet.column_dimensions[letter(column)].width = width

    def hide_ids(self, *rows: int) -> None:
        """Hide column A and the rows of ids."""
        self.sheet.column_dimensions["A"].hidden = True
        for row in rows:
            self.sheet.row_dimensions[row].hidden = True

    def protect(self, columns: int) -> None:
        """Lock what the program reads by, without a password; answers and free space stay open."""
        for column in range(2, columns + 2):
            self.sheet.column_dimensions[letter(column)].protection = Protection(locked=False)
        beyond = self.sheet.column_dimensions[letter(columns + 1)]
        beyond.min, beyond.max = columns + 1, _FREE_COLUMNS
        rules = self.sheet.protection
        rules.sheet, rules.objects, rules.scenarios = True, False, False
        for allowed in _ALLOWED:
            setattr(rules, allowed, False)  # the format says what is forbidden

    def fit(self, row: int, last: int, least: float) -> None:
        """Make a row as high as its longest wrapped text takes."""
        high = 1
        for column in range(2, last + 1):
            cell = self.cell(row, column)
            if isinstance(cell.value, str) and cell.alignment.wrap_text:
                width = self.sheet.column_dimensions[letter(column)].width
                fitting = width * (8 if cell.font.bold else 9) / float(cell.font.size or 10)
                high = max(high, lines(cell.value, fitting))
        self.height(row, max(least, 13.5 * high + 4))

    def height(self, row: int, height: float) -> None:
        """Set the height of a row."""
        self.sheet.row_dimensions[row].height = height

    def page(self, left: str, right: str, *, wide: bool) -> None:
        """Print landscape and one page wide, with a footer."""
        sheet = self.sheet
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = A3 if wide else A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_margins.left = sheet.page_margins.right = 0.4
        sheet.page_margins.top, sheet.page_margins.bottom = 0.5, 0.7
        sheet.page_margins.footer = 0.3
        footer = sheet.oddFooter
        assert footer is not None
        for part, text in ((footer.left, left), (footer.center, "&A"), (footer.right, right)):
            assert part is not None
            part.text = text

    def repeat(self, row: int) -> None:
        """Print a row on top of every page."""
        self.sheet.print_title_rows = f"{row}:{row}"


def letter(column: int) -> str:
    """Return the letters of a column."""
    return address(1, column).removesuffix("1")

"""A network as the Excel file that Brightway imports, and its methods as another.

``bw2io.ExcelImporter`` of current Brightway and of brightway2 2.4.7 both read the database.
Suppliers stand in the column ``input`` as ``database::code``: nothing is left to matching by name.
``bw2io.ExcelLCIAImporter`` reads a method. Sheets whose first cell is ``skip`` are for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from factors.errors import FindingsError
from factors.findings import finding
from factors.texts import Lang, text
from lca.exchange.brightway_data import (
    Dataset,
    database_name,
    datasets,
    key_of,
    method_name,
    method_rows,
)
from lca.exchange.losses import LossReport
from lca.exchange.network import Network
from lca.exchange.sheets import MOST_ROWS
from lca.result import HEADLINES
from lca.workbook.canvas import Canvas, letter
from lca.workbook.package import sealed
from lca.workbook.style import FONTS, Style

SKIP = "skip"
LONGEST = 30_000
"""Characters of a cell; Excel keeps 32,767."""

_FIRST = ("amount", "input", "type", "name", "unit", "location", "categories", "comment")
_SPREAD = ("uncertainty type", "loc", "scale", "minimum", "maximum", "negative")
_WIDTHS = {1: 26.0, 2: 44.0, 3: 14.0, 4: 44.0, 5: 14.0, 6: 10.0, 7: 12.0, 8: 40.0}


def brightway_workbook(made: Network, report: LossReport, lang: Lang) -> bytes:
    """Return a network as an Excel file for ``bw2io.ExcelImporter``.

    Parameters
    ----------
    report
        What the file cannot hold; written on a sheet of its own.
    lang
        Language of names.

    Raises
    ------
    FindingsError
        EXPORT-SIZE.
    """
    if len(made.arcs) > MOST_ROWS:
        raise FindingsError(finding("EXPORT-SIZE", count=len(made.arcs), limit=MOST_ROWS))
    book = Workbook()
    book.remove(book.worksheets[0])
    page = _Page(book.create_sheet("Database"), lang)
    database = database_name(made)
    page.row(["Database", database], bold=True)
    page.row(["carbonlabel gwp set", made.gwp])
    page.row([])
    for dataset in datasets(made, database, lang):
        _dataset(page, dataset)
    _for_people(book, made, report, lang)
    return sealed(book)


def method_workbook(made: Network, total: str, lang: Lang) -> bytes:
    """Return the weights of a total as an Excel file for ``bw2io.ExcelLCIAImporter``."""
    book = Workbook()
    book.remove(book.worksheets[0])
    page = _Page(book.create_sheet("Method"), lang)
    page.row(["name", "categories", "amount", "input"], bold=True)
    database = database_name(made)
    for node, weight in method_rows(made, total):
        page.row([node.name[lang], "air", weight, "::".join(key_of(node, database))])
    return sealed(book)


class _Page:
    """A sheet that is filled row by row; text never becomes a formula."""

    def __init__(self, sheet: Worksheet, lang: Lang) -> None:
        self.canvas, self.lang, self.at = Canvas(sheet, Style(lang), {}), lang, 0
        self.canvas.widths(_WIDTHS)
        sheet.freeze_panes = None

    def row(self, cells: Sequence[Any], *, bold: bool = False) -> None:
        self.at += 1
        for column, value in enumerate(cells, start=1):
            if value is None or value == "":
                continue
            cell = self.canvas.cell(self.at, column)
            if isinstance(value, bool | int | float):
                cell.value = value
            else:
                self.canvas.text(self.at, column, _told(value))
            cell.font = Font(name=FONTS[self.lang], size=9, bold=bold)


def _told(value: object) -> str:
    words = "::".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return words[:LONGEST]


def _dataset(page: _Page, dataset: Dataset) -> None:
    page.row(["Activity", dataset["name"]], bold=True)
    for field, value in dataset.items():
        if field not in ("name", "exchanges", "database"):
            page.row([field, value])
    if dataset["exchanges"]:
        page.row(["Exchanges"])
        columns = _columns(dataset["exchanges"])
        page.row(columns)
        for exchange in dataset["exchanges"]:
            page.row([exchange.get(column) for column in columns])
    page.row([])


def _columns(exchanges: Iterable[Dataset]) -> list[str]:
    """Return the columns that some exchange fills; the amount first, because it is no word.

    A row whose first cell is a word like ``activity`` would begin a new section.
    """
    used = dict.fromkeys(field for one in exchanges for field in one)
    known = [column for column in (*_FIRST, *_SPREAD) if column in used]
    return known + [column for column in used if column not in known]


def _for_people(book: Workbook, made: Network, report: LossReport, lang: Lang) -> None:
    page = _Page(book.create_sheet(text("interchange.sheet_losses", lang)), lang)
    page.row([SKIP])
    page.row([report.title(lang)], bold=True)
    for loss in report.losses:
        page.row([loss.sentence(lang)])
    page = _Page(book.create_sheet(text("interchange.sheet_methods", lang)), lang)
    page.row([SKIP])
    for total in HEADLINES:
        page.row([str(method_name(made, total))], bold=True)
        for node, weight in method_rows(made, total):
            page.row([node.code, weight, f"kg CO2e/{node.unit}"])
        page.row([])
    page.canvas.sheet.column_dimensions[letter(1)].width = 60.0

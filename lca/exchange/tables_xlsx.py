"""Plain tables as an Excel file: typed numbers and days, text that never becomes a formula."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from factors.texts import Lang
from lca.workbook.canvas import Canvas, letter
from lca.workbook.package import sealed
from lca.workbook.style import FONTS, Style

WIDTH, COLUMNS, LEAST = 30.0, 8, 13.5
DAY = "yyyy-mm-dd"
Value = str | int | Decimal | dt.date


def tables_workbook(documents: Sequence[Mapping[str, Any]], lang: Lang) -> bytes:
    """Return documents as the sheets of one workbook; the same documents give the same bytes.

    Parameters
    ----------
    documents
        Each with ``title``, ``note`` and ``parts`` (``title``, ``head``, ``rows`` of values);
        where wanted with ``widths`` of its columns and ``frozen``, to keep what stands above the
        rows of the first part in sight.
    lang
        Language of the font.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    for document in documents:
        page = book.create_sheet(_title(str(document["title"])))
        _write(page, document, lang)
    return sealed(book)


def _write(page: Worksheet, document: Mapping[str, Any], lang: Lang) -> None:
    canvas = Canvas(page, Style(lang), {})
    for column, width in enumerate(document.get("widths", [WIDTH] * COLUMNS), start=1):
        page.column_dimensions[letter(column)].width = width
    row = _row(canvas, 1, [document["title"]], lang, bold=True)
    row = _row(canvas, row, [document["note"]], lang) + 1
    for part in document["parts"]:
        row = _row(canvas, row, [part["title"]], lang, bold=True)
        if part["head"]:
            row = _row(canvas, row, part["head"], lang, bold=True)
        if document.get("frozen") and page.freeze_panes is None:
            page.freeze_panes = canvas.cell(row, 1)
            page.print_title_rows = f"{row - 1}:{row - 1}"
            canvas.page("&F", "&P / &N", wide=False)
        for cells in part["rows"]:
            row = _row(canvas, row, cells, lang)
        row += 1


def _row(
    canvas: Canvas, row: int, cells: Sequence[Value], lang: Lang, *, bold: bool = False
) -> int:
    for column, value in enumerate(cells, start=1):
        if isinstance(value, str):
            cell = canvas.text(row, column, value)
        else:
            cell = canvas.cell(row, column)
            cell.value = value
            cell.number_format = DAY if isinstance(value, dt.date) else "General"
        cell.font = Font(name=FONTS[lang], size=9, bold=bold)
        cell.alignment = Alignment(vertical="top", wrap_text=len(cells) > 1)
    if len(cells) > 1:
        canvas.fit(row, len(cells), LEAST)
    return row + 1


def _title(words: str) -> str:
    """Return a name that a sheet may have."""
    return "".join(" " if char in "[]:*?/\\" else char for char in words)[:31]

"""Plain tables as an Excel file: a sheet per document, text that never becomes a formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from factors.texts import Lang
from lca.workbook.canvas import Canvas, letter
from lca.workbook.package import sealed
from lca.workbook.style import FONTS, Style

WIDTH, COLUMNS = 30.0, 8


def tables_workbook(documents: Sequence[Mapping[str, Any]], lang: Lang) -> bytes:
    """Return documents as the sheets of one workbook; the same documents give the same bytes.

    Parameters
    ----------
    documents
        Each with ``title``, ``note`` and ``parts`` (``title``, ``head``, ``rows`` of texts).
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
    for column in range(1, COLUMNS + 1):
        page.column_dimensions[letter(column)].width = WIDTH
    row = _row(canvas, 1, [document["title"]], lang, bold=True)
    row = _row(canvas, row, [document["note"]], lang) + 1
    for part in document["parts"]:
        row = _row(canvas, row, [part["title"]], lang, bold=True)
        if part["head"]:
            row = _row(canvas, row, part["head"], lang, bold=True)
        for cells in part["rows"]:
            row = _row(canvas, row, cells, lang)
        row += 1


def _row(canvas: Canvas, row: int, cells: Sequence[str], lang: Lang, *, bold: bool = False) -> int:
    for column, words in enumerate(cells, start=1):
        cell = canvas.text(row, column, str(words))
        cell.font = Font(name=FONTS[lang], size=9, bold=bold)
        cell.alignment = Alignment(vertical="top", wrap_text=len(cells) > 1)
    return row + 1


def _title(words: str) -> str:
    """Return a name that a sheet may have."""
    return "".join(" " if char in "[]:*?/\\" else char for char in words)[:31]

"""What people do to a real file as a whole: delete column A, merge, hide, filter - by openpyxl."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from lca.submission import Submission
from lca.workbook.parse import parse
from lca.workbook.read import interpret
from tests.lca.workbook.desk import NAME, clean, model, place
from tests.lca.workbook.test_structure import values_of

Book = Any
ENERGY, PRODUCTS, COVER = "能源与公用工程", "产品与产量", "封面"


def damaged(change: Callable[[Book], None]) -> Submission:
    book = openpyxl.load_workbook(io.BytesIO(clean()))
    change(book)
    saved = io.BytesIO()
    book.save(saved)
    return interpret(parse(saved.getvalue()), NAME, "0" * 64, model())


def right() -> object:
    return values_of(damaged(lambda book: None))


def cut(*titles: str) -> Callable[[Book], None]:
    """Delete column A, as a person does who finds it in the way."""

    def change(book: Book) -> None:
        for title in titles:
            sheet = book[title]
            for joined in list(sheet.merged_cells.ranges):
                sheet.unmerge_cells(str(joined))
            sheet.delete_cols(1)

    return change


def emptied(title: str) -> Callable[[Book], None]:
    def change(book: Book) -> None:
        for row in book[title].iter_rows(max_col=1):
            row[0].value = None

    return change


SHEETS = [ENERGY, PRODUCTS, COVER, "分摊依据", "供应商", "水与废弃物", "工厂与期间", "证据"]


@pytest.mark.parametrize("title", SHEETS)
def test_a_sheet_without_its_column_of_ids_says_the_same(title: str):
    told = damaged(cut(title))
    assert {(f.code, f.where.sheet) for f in told.findings} == {("WORKBOOK-LABELS-ONLY", title)}
    assert values_of(told) == right()


def test_a_whole_file_without_columns_of_ids_says_the_same():
    titles = [sheet.title for sheet in openpyxl.load_workbook(io.BytesIO(clean())).worksheets]
    told = damaged(cut(*titles[:-1]))
    assert {f.code for f in told.findings} == {"WORKBOOK-LABELS-ONLY"}
    assert values_of(told) == right()


def test_a_column_of_ids_that_was_emptied_is_like_one_that_was_deleted():
    told = damaged(emptied(ENERGY))
    assert {f.code for f in told.findings} == {"WORKBOOK-LABELS-ONLY"}
    assert values_of(told) == right()


def test_a_row_whose_words_were_changed_too_is_asked_about():
    def change(book: Book) -> None:
        _, row, column = place("cover.maker_id.label")
        book[COVER].cell(row, column).value = "代码"
        cut(COVER)(book)

    codes = [f.code for f in damaged(change).findings]
    assert "WORKBOOK-ROW-STRAY" in codes
    assert "WORKBOOK-ROW-MISSING" in codes


def test_merged_answers_are_named():
    sheet, row, first = place("energy.electricity.m1")

    def change(book: Book) -> None:
        book[sheet].merge_cells(
            start_row=row, end_row=row, start_column=first, end_column=first + 2
        )

    told = {f.code: f for f in damaged(change).findings}
    assert set(told) == {"WORKBOOK-MERGED", "CELL-MONTH-MISSING"}
    assert dict(told["WORKBOOK-MERGED"].params)["span"].startswith("G")


def test_a_merged_heading_or_note_is_nobodys_business():
    def change(book: Book) -> None:
        book[ENERGY].merge_cells("B2:F2")

    assert damaged(change).findings == ()


def test_hidden_rows_are_read_and_named():
    sheet, row, _ = place("energy.electricity.m1")

    def hide(book: Book) -> None:
        book[sheet].row_dimensions[row].hidden = True
        book[sheet].auto_filter.ref = f"B{row - 1}:T{row + 4}"

    told = damaged(hide)
    assert {f.code for f in told.findings} == {"WORKBOOK-HIDDEN"}
    assert values_of(told) == right()


def test_a_hidden_row_without_answers_is_not_mentioned():
    def hide(book: Book) -> None:
        sheet, row, _ = place("energy-unit.coal.A")
        book[sheet].row_dimensions[row].hidden = True

    assert damaged(hide).findings == ()

"""What people do to a real file as a whole: delete column A, merge, hide, filter - by openpyxl."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from lca.model import load, models
from lca.submission import Submission
from lca.workbook.grid import letters
from lca.workbook.layout import EVERY_SHEET, Form, layout
from lca.workbook.parse import parse
from lca.workbook.plan import columns_of
from lca.workbook.read import interpret
from lca.workbook.sheet_reader import COLUMN_IDS
from lca.workbook.write import workbook
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
            sheet.column_dimensions["A"].hidden = False  # openpyxl leaves widths where they are

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


def test_hidden_columns_are_read_and_named():
    """One month, and the column of suppliers; a hidden column of help holds no answer."""
    sheet, _, column = place("energy.electricity.m1")

    def hide(book: Book) -> None:
        book[sheet].column_dimensions[letters(column)].hidden = True
        for shut in "FG":
            book[COVER].column_dimensions[shut].hidden = True

    told = damaged(hide)
    (found,) = told.findings
    assert (found.code, found.where.sheet) == ("WORKBOOK-HIDDEN-COLUMNS", sheet)
    assert dict(found.params)["columns"] == letters(column)
    assert values_of(told) == right()


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_read_and_named(state: str):
    def hide(book: Book) -> None:
        book[ENERGY].sheet_state = state

    told = damaged(hide)
    assert {(f.code, f.where.sheet) for f in told.findings} == {("WORKBOOK-HIDDEN-SHEET", ENERGY)}
    assert values_of(told) == right()


def test_a_hidden_sheet_without_answers_is_not_mentioned():
    source = workbook(model(), "en", sheets=EVERY_SHEET)
    book = openpyxl.load_workbook(io.BytesIO(source))
    book["By-products and scrap"].sheet_state = "hidden"
    saved = io.BytesIO()
    book.save(saved)
    told = interpret(parse(saved.getvalue()), NAME, "0" * 64, model())
    assert "WORKBOOK-HIDDEN-SHEET" not in {found.code for found in told.findings}


def test_every_sheet_is_known_by_its_column_ids_alone():
    """Of a sheet without marks only the first rows are kept, unless two ids stand in one row."""
    for name in models():
        for sheet in layout(load(name), sheets=EVERY_SHEET).sheets:
            first = sheet.blocks[0]
            units = isinstance(first, Form) and first.units
            assert len(COLUMN_IDS.intersection(columns_of(first, units))) > 1, (name, sheet.id)


def test_a_long_list_of_evidence_without_column_a_is_read_to_its_end():
    def change(book: Book) -> None:
        sheet = book["证据"]
        for row in range(10, 40):
            for column, value in enumerate((f"X{row}", "其他", "示例", None, "1"), 2):
                sheet.cell(row, column, value)
        cut("证据")(book)

    told = damaged(change)
    assert {f"X{row}" for row in range(10, 40)} <= {one.evidence for one in told.evidence}


def test_one_finding_for_a_sheet_that_many_cells_speak_of():
    def drop(book: Book) -> None:
        del book["证据"]

    (found,) = damaged(drop).findings
    assert found.code == "WORKBOOK-SHEET-MISSING"


def test_a_hidden_row_without_answers_is_not_mentioned():
    def hide(book: Book) -> None:
        sheet, row, _ = place("energy-unit.coal.A")
        book[sheet].row_dimensions[row].hidden = True

    assert damaged(hide).findings == ()

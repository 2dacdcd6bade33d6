"""Whatever a person typed, what we write of it is text: in a marked copy, in a filled workbook."""

from __future__ import annotations

import io
from functools import cache

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.findings import Where, finding
from lca.workbook.annotated import annotated
from lca.workbook.answer import answer
from lca.workbook.write import workbook
from tests.lca.workbook.desk import clean, example, model

risky = st.builds(
    lambda start, rest: start + rest,
    st.sampled_from(["=", "+", "-", "@", "\t=", "＝", "=HYPERLINK(", "=cmd|' /C calc'!A0"]),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20),
)


def formulas(data: bytes) -> set[tuple[str, str]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {(sheet.title, cell.coordinate)
            for sheet in book for row in sheet.iter_rows() for cell in row
            if cell.data_type == "f"}  # fmt: skip


@cache
def meant() -> set[tuple[str, str]]:
    """The formulas of a workbook that nobody wrote into."""
    return formulas(clean())


@settings(max_examples=4)
@given(st.lists(risky, min_size=20, max_size=40))
def test_texts_in_the_marked_copy(texts: list[str]):
    told = [finding("CELL-CHOICE", Where("d.xlsx", "封面", f"D{row}"), label_zh=text, label_en=text,
                    saw=text, options_zh=text, options_en=text, of_close_zh=text, of_close_en=text)
            for row, text in enumerate(texts, 9)]  # fmt: skip
    made = annotated(clean(), answer(told, "zh", "d.xlsx"))
    assert formulas(made) == meant()


@settings(max_examples=4)
@given(st.lists(risky, min_size=4, max_size=4))
def test_texts_of_a_filled_workbook(texts: list[str]):
    cover = {**example()["cover"]}
    names = ("product_name_zh", "product_name_en", "maker_name_zh", "maker_name_en")
    filled = {**example(), "cover": {**cover, **dict(zip(names, texts, strict=True))}}
    assert formulas(workbook(model(), "zh", filled)) == meant()


def test_control_a_formula_is_seen():
    book = openpyxl.load_workbook(io.BytesIO(clean()))
    book.worksheets[0]["Z1"] = "=1+1"
    raw = io.BytesIO()
    book.save(raw)
    assert len(formulas(raw.getvalue()) - meant()) == 1

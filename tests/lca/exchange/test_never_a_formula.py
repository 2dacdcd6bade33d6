"""Whatever a person named things, an export holds the formulas that it means and no other."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import Cell

from factors.texts import Lang
from lca.exchange.lines_xlsx import lines_workbook
from lca.exchange.tables_xlsx import tables_workbook
from lca.exchange.verifier_xlsx import verifier_workbook
from lca.footprint import Footprint
from tests.lca.systems import factors, footprint, random_document

EXPORTS: dict[str, Callable[[Footprint, Lang], bytes]] = {
    "lines": lambda made, lang: lines_workbook(made, factors(), lang),
    "verifier": lambda made, lang: verifier_workbook(made, factors(), lang),
}

risky = st.builds(
    lambda start, rest: start + rest,
    st.sampled_from(["=", "+", "-", "@", "\t=", "\r=", "＝", "=HYPERLINK(", "=cmd|' /C calc'!A0"]),
    st.text(st.characters(categories=("L", "N", "P", "S")), max_size=12),
)
names = risky.filter(lambda words: "\r" not in words)  # a system file refuses that character

RISKY = ("=", "+", "-", "@", "\t", "\r")
Places = dict[tuple[str, str], str]


def cells(data: bytes) -> list[Cell]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = (row for sheet in book for row in sheet.iter_rows())
    return [cell for row in rows for cell in row if cell.value is not None]


def formulas(found: list[Cell]) -> Places:
    """Formulas by place; one that fills several cells is an object of its own there."""
    return {(cell.parent.title, cell.coordinate): str(getattr(cell.value, "text", cell.value))
            for cell in found if cell.data_type == "f"}  # fmt: skip


def unquoted(found: list[Cell]) -> list[str]:
    """Risky texts that a cell would turn into a formula when somebody edits it."""
    texts = (cell for cell in found if cell.data_type == "s" and not cell.quotePrefix)
    return [str(cell.value) for cell in texts if str(cell.value).startswith(RISKY)]


def renamed(value: Any, words: str) -> Any:
    """The document with every name that a person gives exchanged for a text."""
    match value:
        case {"zh": str(), "en": str()}:
            return {"zh": words, "en": words}
        case dict():
            return {key: renamed(one, words) for key, one in value.items()}
        case list():
            return [renamed(one, words) for one in value]
        case _:
            return value


def named(seed: int, words: str) -> Footprint:
    """A random system whose product, stages, processes and lines all carry one name."""
    document = random_document(seed)
    for process in document["processes"]:
        process["name"] = {"zh": "-", "en": "-"}
    return footprint(renamed(document, words))


@cache
def meant(export: str, lang: Lang) -> Places:
    """The formulas of an export whose names are harmless."""
    return formulas(cells(EXPORTS[export](named(1, "plain"), lang)))


@pytest.mark.parametrize(("export", "lang"), [("lines", "zh"), ("verifier", "en")])
@settings(max_examples=5, phases=[Phase.reuse, Phase.generate])
@given(words=names)
def test_names_in_an_export(export: str, lang: Lang, words: str):
    made = cells(EXPORTS[export](named(1, words), lang))
    assert formulas(made) == meant(export, lang) != {}
    assert unquoted(made) == []


texts = st.lists(risky, min_size=3, max_size=3)


@settings(max_examples=25)
@given(st.lists(texts, min_size=1, max_size=4), texts)
def test_texts_of_tables(rows: list[list[str]], head: list[str]):
    document = {"title": "T", "note": head[0],
                "parts": [{"title": head[1], "head": head, "rows": rows}]}  # fmt: skip
    made = cells(tables_workbook([document, {**document, "title": head[2]}], "en"))
    assert formulas(made) == {}
    assert unquoted(made) == []


def test_control_a_formula_and_a_bare_text_are_seen():
    book = openpyxl.Workbook()
    page: Any = book.active
    page["A1"], page["A2"] = "=1+1", "-1 €"
    raw = io.BytesIO()
    book.save(raw)
    found = cells(raw.getvalue())
    assert formulas(found) == {("Sheet", "A1"): "=1+1"}
    assert unquoted(found) == ["-1 €"]

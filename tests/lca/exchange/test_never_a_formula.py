"""Whatever a person named things, an export holds the formulas that it means and no other."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
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


def cells(data: bytes) -> Iterator[Cell]:
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        yield from (cell for row in sheet.iter_rows() for cell in row if cell.value is not None)


def formulas(data: bytes) -> Places:
    """Formulas by place; one that fills several cells is an object of its own there."""
    return {(cell.parent.title, cell.coordinate): str(getattr(cell.value, "text", cell.value))
            for cell in cells(data) if cell.data_type == "f"}  # fmt: skip


def unquoted(data: bytes) -> list[str]:
    """Risky texts that a cell would turn into a formula when somebody edits it."""
    texts = (cell for cell in cells(data) if cell.data_type == "s" and not cell.quotePrefix)
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


@pytest.mark.parametrize(("export", "lang"), [("lines", "zh"), ("verifier", "en")])
@settings(max_examples=5, phases=[Phase.reuse, Phase.generate])
@given(words=names)
def test_names_in_an_export(export: str, lang: Lang, words: str):
    meant = formulas(EXPORTS[export](named(1, "plain"), lang))
    made = EXPORTS[export](named(1, words), lang)
    assert meant
    assert formulas(made) == meant
    assert unquoted(made) == []


texts = st.lists(risky, min_size=3, max_size=3)


@settings(max_examples=25)
@given(st.lists(texts, min_size=1, max_size=4), texts)
def test_texts_of_tables(rows: list[list[str]], head: list[str]):
    document = {"title": "T", "note": head[0],
                "parts": [{"title": head[1], "head": head, "rows": rows}]}  # fmt: skip
    made = tables_workbook([document, {**document, "title": head[2]}], "en")
    assert formulas(made) == {}
    assert unquoted(made) == []


def test_control_a_formula_and_a_bare_text_are_seen():
    book = openpyxl.Workbook()
    page: Any = book.active
    page["A1"], page["A2"] = "=1+1", "-1 €"
    raw = io.BytesIO()
    book.save(raw)
    assert formulas(raw.getvalue()) == {("Sheet", "A1"): "=1+1"}
    assert unquoted(raw.getvalue()) == ["-1 €"]

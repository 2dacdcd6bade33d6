"""Whatever stands in the cells: findings or values, never an exception."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from lca.submission import Cell
from lca.workbook.cells import CellReader
from lca.workbook.grid import Grid, GridCell, GridSheet, answer_of, grid_text
from lca.workbook.read import interpret
from lca.workbook.values import typed_day, typed_month
from tests.lca.workbook.desk import NAME, clean_grid, model, spot_of

texts = st.one_of(
    st.text(max_size=40),
    st.from_regex(r"[+-]?[0-9０-９,. ]{1,12}(万|亿|%|kWh|e[0-9]{1,4})?", fullmatch=True),
    st.from_regex(r"[0-9]{1,5}[-/年.][0-9]{1,3}[-/月.]?[0-9]{0,3}日?", fullmatch=True),
    st.sampled_from(
        ["NaN", "inf", "-", "=1+1", "@block", "#", "+", "output", "kg", "\x00", "一" * 600]
    ),
)
numbers = st.one_of(st.floats(), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
cells = st.one_of(
    st.builds(GridCell, st.just("text"), texts),
    st.builds(
        lambda x, f: GridCell("number", repr(x), f), numbers, st.sampled_from(["", "0%", "@"])
    ),
    st.builds(lambda d: GridCell("date", f"{d.isoformat()}T00:00:00"), st.dates()),
    st.builds(GridCell, st.just("error"), st.sampled_from(["#REF!", "#N/A", "#DIV/0!"])),
    st.builds(GridCell, st.sampled_from(["bool", "time"]), st.sampled_from(["TRUE", "12:00:00"])),
    st.builds(lambda t: GridCell("empty", "", "", f"={t}"), st.text(max_size=10)),
)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """The clean workbook with up to twelve cells, ids included, exchanged for anything."""
    sheets = []
    for sheet in clean_grid().sheets:
        places = st.one_of(
            st.sampled_from(sorted(sheet.cells)), st.tuples(st.integers(1, 60), st.integers(1, 40))
        )
        edits = draw(st.dictionaries(places, cells, max_size=12))
        sheets.append(GridSheet(sheet.name, {**sheet.cells, **edits}))
    return Grid(tuple(sheets))


@settings(max_examples=80)
@given(grids())
def test_no_cell_value_ever_raises(grid: Grid):
    told = interpret(grid, NAME, "0" * 64, model())
    for found in told.findings:
        assert found.render("zh")
        assert found.render("en")
    for account in told.accounts:
        for cell in (*account.months, account.opening, *account.per_unit.values()):
            assert well_formed(cell)


def well_formed(cell: Cell) -> bool:
    """An exact number of at most 15 digits, or nothing."""
    if cell.value is None:
        return True
    assert isinstance(cell.value, Fraction)
    return cell.value == 0 or len(f"{float(cell.value):.15g}".replace(".", "").lstrip("-0")) <= 20


@given(texts)
def test_no_text_makes_the_reading_of_dates_fail(text: str):
    assert typed_day(text) is None or isinstance(typed_day(text), date)
    assert typed_month(text) is None or isinstance(typed_month(text), date)


@given(st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_a_plain_number_typed_as_text_is_that_number(digits: int, places: int):
    value = Fraction(digits, 10**places)
    typed = f"{digits // 10**places if digits >= 0 else -(-digits // 10**places)}"
    text = (
        f"{'-' if digits < 0 else ''}{typed.lstrip('-')}.{abs(digits) % 10**places:0{places or 1}d}"
    )
    reader = CellReader(frozenset())
    at = spot_of(GridCell("text", text))
    assert reader.number(at).value == value
    assert [found.code for found in reader.findings] == ["CELL-NUMBER-AS-TEXT"]


@settings(max_examples=25)
@given(grids())
def test_the_pipe_carries_every_cell(grid: Grid):
    assert answer_of(grid_text(grid)) == grid

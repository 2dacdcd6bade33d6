"""What a person does to a workbook as a whole: moves, renames, copies, deletes, sorts."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from lca.submission import Submission
from lca.workbook.grid import Grid, GridCell, GridSheet
from lca.workbook.layout import SHEET_OF, layout
from lca.workbook.parse import parse
from lca.workbook.read import interpret
from tests.lca.workbook.desk import NAME, clean, clean_grid, model, place, spoil, told
from tests.lca.workbook.hostile import pack, unpack

Change = Callable[[Grid], Grid]


def read_changed(change: Change) -> Submission:
    return interpret(change(clean_grid()), NAME, "0" * 64, model())


def values_of(told: Submission) -> object:
    """Everything that was read, without the places; accounts in any order."""
    accounts = [(a.account, a.unit, [c.value for c in a.months], a.key, a.evidence)
                for a in told.accounts]  # fmt: skip
    return [
        sorted(accounts, key=str),
        [(f.family, [c.value for c in f.output], {k: v.value for k, v in f.parameters.items()})
         for f in told.families],
        [(s.account, s.share.value, s.mode) for s in told.suppliers],
        {name: cell.value for name, cell in told.cover.items()},
    ]  # fmt: skip


def on(title: str, change: Callable[[GridSheet], GridSheet]) -> Change:
    """Change one sheet."""
    return lambda grid: Grid(tuple(change(s) if s.name == title else s for s in grid.sheets))


def shift(rows: int = 0, columns: int = 0, from_row: int = 1, from_column: int = 1):
    """Insert rows or columns."""

    def change(sheet: GridSheet) -> GridSheet:
        cells: Mapping[tuple[int, int], GridCell] = {
            (r + (rows if r >= from_row else 0), c + (columns if c >= from_column else 0)): cell
            for (r, c), cell in sheet.cells.items()
        }
        return replace(sheet, cells=cells)

    return change


def swap_rows(first: int, second: int, *, with_ids: bool):
    """Exchange two rows, with or without the hidden column."""

    def change(sheet: GridSheet) -> GridSheet:
        other = {first: second, second: first}
        return replace(sheet, cells={
            (other.get(r, r) if c > 1 or with_ids else r, c): cell
            for (r, c), cell in sheet.cells.items()
        })  # fmt: skip

    return change


def rename(sheet: GridSheet) -> GridSheet:
    return replace(sheet, name="Sheet1")


def without_row(row: int):
    return lambda sheet: replace(
        sheet, cells={at: cell for at, cell in sheet.cells.items() if at[0] != row}
    )


def without_column(column: int):
    return lambda sheet: replace(
        sheet, cells={at: cell for at, cell in sheet.cells.items() if at[1] != column}
    )


def without_sheet(title: str) -> Change:
    return lambda grid: Grid(tuple(sheet for sheet in grid.sheets if sheet.name != title))


ENERGY, PRODUCTS, COVER = "能源与公用工程", "产品与产量", "封面"
M1 = place("energy.electricity.m1")[2]
IDS, IDS_UNIT = place("energy.@.A")[1], place("energy-unit.@.A")[1]

HARMLESS: list[tuple[str, Change]] = [
    ("a sheet renamed", on(ENERGY, rename)),
    ("sheets in another order", lambda grid: Grid(tuple(reversed(grid.sheets)))),
    ("a row inserted on top", on(ENERGY, shift(rows=1))),
    ("a column inserted at the left", on(ENERGY, shift(columns=1))),
    ("a column inserted in between", on(ENERGY, shift(columns=2, from_column=M1))),
    ("rows inserted between blocks", on(ENERGY, shift(rows=3, from_row=14))),
    ("rows moved with their ids", on(ENERGY, swap_rows(9, 10, with_ids=True))),
    ("headings renamed",
     lambda grid: spoil(grid, {"energy.#.m1": "Januar", "output.#.label": "?"})),
    ("an item renamed", lambda grid: spoil(grid, {"energy.electricity.name": "1 号变压器"})),
    ("the drop-down lists deleted", without_sheet("_lists")),
    ("an optional row deleted", on(ENERGY, without_row(10))),
]  # fmt: skip


@pytest.mark.parametrize("change", [c[1] for c in HARMLESS], ids=[c[0] for c in HARMLESS])
def test_the_workbook_is_understood_all_the_same(change):
    found = read_changed(change)
    assert found.findings == ()
    assert values_of(found) == values_of(read_changed(lambda grid: grid))


def test_an_optional_sheet_may_be_deleted():
    found = read_changed(without_sheet("绿色电力"))
    assert found.findings == ()
    assert found.instruments == ()


BROKEN: list[tuple[str, Change, set[tuple[str, str]]]] = [
    ("no sheet of ours", lambda _: Grid((GridSheet("Sheet1", {(1, 1): GridCell("text", "x")}),)),
     {("WORKBOOK-SHEET-EXTRA", "Sheet1"), ("WORKBOOK-NOT-OURS", "")}),
    ("a sheet of one's own",
     lambda g: Grid((*g.sheets, GridSheet("草稿", {(3, 3): GridCell("number", "1")}))),
     {("WORKBOOK-SHEET-EXTRA", "草稿")}),
    ("a sheet copied", lambda g: Grid((*g.sheets, replace(g.sheets[0], name="封面 (2)"))),
     {("WORKBOOK-SHEET-TWICE", "封面 (2)")}),
    ("a mandatory sheet deleted", without_sheet("水与废弃物"),
     {("WORKBOOK-SHEET-MISSING", "")}),
    ("the cover deleted", without_sheet("封面"), {("WORKBOOK-SHEET-MISSING", "")}),
    ("a row added to a form",
     lambda g: spoil(g, {"cover.preparer_contact.A": None, "cover.gtin.A": None}),
     {("WORKBOOK-ROW-STRAY", f"{COVER}!B14")}),
    ("a format to come", on("绿色电力", lambda s: replace(
        s, cells={**s.cells, (1, 1): GridCell("text", "carbonlabel-workbook/9 instruments")})),
     {("WORKBOOK-FORMAT", "绿色电力")}),
    ("the row of ids deleted", on("绿色电力", without_row(place("instruments.@.A")[1])),
     {("WORKBOOK-IDS-RESTORED", "绿色电力!B8")}),
    ("the row of ids deleted of a table by month", on(ENERGY, without_row(IDS)),
     {("WORKBOOK-IDS-RESTORED", f"{ENERGY}!B8")}),
    ("the row of ids deleted of a second table", on(ENERGY, without_row(IDS_UNIT)),
     {("WORKBOOK-IDS-RESTORED", f"{ENERGY}!B{IDS_UNIT + 1}")}),
    ("the row of ids deleted of a form", on(PRODUCTS, without_row(place("output.@.A")[1])),
     {("WORKBOOK-IDS-RESTORED", f"{PRODUCTS}!B{place('output.@.A')[1] + 1}")}),
    ("the row of ids deleted and a heading changed", lambda g: spoil(
        on("绿色电力", without_row(place("instruments.@.A")[1]))(g),
        {"instruments.#.retired_for": "● 注销的受益人"}),
     {("WORKBOOK-IDS-RESTORED", "绿色电力!B8"), ("WORKBOOK-HEADING-CLOSE", "绿色电力!G8"),
      ("WORKBOOK-COLUMN-MISSING", "绿色电力"), ("CELL-MISSING", "绿色电力!B9")}),
    ("the first row deleted", on(ENERGY, without_row(1)), {("WORKBOOK-MARK-RESTORED", ENERGY)}),
    ("the first row of the cover deleted", on(COVER, without_row(1)),
     {("WORKBOOK-MARK-RESTORED", COVER)}),
    ("dates from 1904", lambda g: replace(g, from_1904=True), {("WORKBOOK-DATES-1904", "")}),
    ("ids and headings deleted", lambda g: on(
        "绿色电力", without_row(place("instruments.#.A")[1]))(on(
            "绿色电力", without_row(place("instruments.@.A")[1]))(g)),
     {("WORKBOOK-BLOCK-MISSING", "绿色电力")}),
    ("a column deleted", on("绿色电力", without_column(place("instruments.@.retired_for")[2])),
     {("WORKBOOK-COLUMN-MISSING", "绿色电力"), ("CELL-MISSING", "绿色电力!B9")}),
    ("a column copied", lambda g: spoil(g, {"energy.@.m2": "m1"}),
     {("WORKBOOK-COLUMN-TWICE", f"{ENERGY}!H7"), ("WORKBOOK-COLUMN-MISSING", ENERGY),
      ("CELL-MONTH-MISSING", f"{ENERGY}!B9"), ("CELL-MONTH-MISSING", f"{ENERGY}!B12")}),
    ("a mandatory row deleted", on(COVER, without_row(place("cover.maker_id.value")[1])),
     {("WORKBOOK-ROW-MISSING", COVER)}),
    ("a row there twice", lambda g: spoil(g, {"cover.gtin.A": "preparer"}),
     {("WORKBOOK-ROW-MOVED", f"{COVER}!B14"), ("WORKBOOK-ROW-TWICE", f"{COVER}!B18")}),
    ("a row of another model", lambda g: spoil(g, {"energy.gas.A": "steam"}),
     {("WORKBOOK-ROW-UNKNOWN", f"{ENERGY}!B10")}),
    ("rows sorted without their ids", on(ENERGY, swap_rows(9, 10, with_ids=False)),
     {("WORKBOOK-ROW-MOVED", f"{ENERGY}!B9"), ("WORKBOOK-ROW-MOVED", f"{ENERGY}!B10"),
      ("CELL-UNIT-ROW", f"{ENERGY}!E10")}),
    ("another model", lambda g: spoil(g, {"cover.model.value": "no-such-model"}),
     {("WORKBOOK-MODEL-UNKNOWN", f"{COVER}!D21")}),
    ("a newer model", lambda g: spoil(g, {"cover.model_version.value": "1.10.0"}),
     {("WORKBOOK-MODEL-NEWER", f"{COVER}!D21")}),
    ("an older model", lambda g: spoil(g, {"cover.model_version.value": "1.1.9"}),
     {("WORKBOOK-MODEL-OLDER", f"{COVER}!D21")}),
    ("a template of the first edition", lambda g: spoil(g, {
        "cover.edition.A": None, "cover.edition.label": None, "cover.edition.value": None,
        "cover.edition.need": None, "cover.edition.help": None,
        "suppliers.@.record": None, "instruments.@.state": None, "evidence.@.valid_to": None}),
     {("WORKBOOK-EDITION", "")}),
    ("a column of no family", lambda g: spoil(g, {
        "family.family.family:2": None, "family.name_zh.family:2": None,
        "family.name_en.family:2": None, "family.output_unit.family:2": None,
        "family.pack.family:2": None, "family.pack_volume.family:2": None,
        **{f"output.m{n}.family:2": None for n in range(1, 13)}}),
     {("CELL-SLOT-EMPTY", "分摊依据!F18")}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"), [c[1:] for c in BROKEN], ids=[c[0] for c in BROKEN]
)
def test_what_cannot_be_understood_is_said(change, expected):
    assert told(read_changed(change).findings) == expected


@pytest.mark.parametrize("block", ["instruments", "energy", "energy-unit", "output", "keys"])
def test_a_table_found_by_its_headings_says_the_same(block):
    sheet, row, _ = place(f"{block}.@.A")
    found = read_changed(on(sheet, without_row(row)))
    assert {f.code for f in found.findings} == {"WORKBOOK-IDS-RESTORED"}
    assert values_of(found) == values_of(read_changed(lambda grid: grid))


def test_the_sheet_of_every_block_is_known():
    for sheet in layout(model()).sheets:
        for block in sheet.blocks:
            assert SHEET_OF[block.id.removesuffix("-unit")] == sheet.id


def test_dates_counted_from_1904_are_the_dates_that_excel_shows():
    book = openpyxl.load_workbook(io.BytesIO(clean()))
    book.epoch = CALENDAR_MAC_1904
    saved = io.BytesIO()
    book.save(saved)
    found = interpret(parse(saved.getvalue()), NAME, "0" * 64, model())
    assert {f.code for f in found.findings} == {"WORKBOOK-DATES-1904"}
    assert (found.period_from, found.period_to) == (date(2025, 1, 1), date(2025, 12, 31))
    wrong = re.sub(rb' date1904="1"', b"", unpack(saved.getvalue())["xl/workbook.xml"])
    control = pack({**unpack(saved.getvalue()), "xl/workbook.xml": wrong})
    read_wrong = interpret(parse(control), NAME, "0" * 64, model())
    assert read_wrong.period_from == date(2020, 12, 31)


def test_a_file_that_cannot_be_read_still_gives_a_whole_submission():
    told_by = read_changed(without_sheet(COVER))
    assert set(told_by.cover) == set(read_changed(lambda grid: grid).cover)
    assert told_by.accounts == ()


def test_rows_that_changed_places_without_their_ids_change_no_account_silently():
    """The control: with ids the same change is harmless (see HARMLESS)."""
    found = read_changed(on(ENERGY, swap_rows(9, 10, with_ids=False)))
    assert any(f.code == "WORKBOOK-ROW-MOVED" and f.blocks for f in found.findings)

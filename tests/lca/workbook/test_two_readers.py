"""Our reader of sheets and openpyxl, which shares no line with it, make the same of a file."""

from __future__ import annotations

import io
import random
import tomllib
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.formula.translate import Translator
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from factors.errors import UnsafeFileError
from factors.texts import Lang
from lca.model import load, models
from lca.workbook.grid import Grid, GridCell, address
from lca.workbook.layout import EVERY_SHEET
from lca.workbook.parse import parse
from lca.workbook.shared_formula import moved
from lca.workbook.write import workbook
from tests.lca.workbook import fuzzing
from tests.lca.workbook.by_openpyxl import grid_of, told_alike
from tests.lca.workbook.desk import clean
from tests.lca.workbook.hostile import HEAD, MAIN, ODD, SHEET, pack, sheet, unpack

LANGS: dict[str, Lang] = {
    name: "zh" if number % 2 else "en" for number, name in enumerate(models())
}
"""Half of the models in each language: the reader knows no words."""


def alike(data: bytes, *, shapes: bool = True) -> None:
    ours, theirs = told_alike(parse(data)), told_alike(grid_of(data, shapes=shapes))
    assert (ours if shapes else bare(ours)) == theirs


def bare(grid: Grid) -> Grid:
    """Without joined cells and hidden rows."""
    return replace(grid, sheets=tuple(replace(s, merged=(), hidden=()) for s in grid.sheets))


# -- workbooks of the product ----------------------------------------------------------------


@pytest.mark.parametrize("name", models())
def test_the_workbook_of_every_model(name: str):
    lang = LANGS[name]
    source = files("lca") / "models" / "examples" / f"{name}.toml"
    if source.is_file():
        alike(
            workbook(load(name), lang, tomllib.loads(source.read_text(encoding="utf-8"))),
            shapes=False,
        )
    else:
        alike(workbook(load(name), lang, sheets=EVERY_SHEET), shapes=False)


def test_control_a_cell_more_is_seen():
    book = openpyxl.load_workbook(io.BytesIO(clean()))
    book.worksheets[0]["Z1"] = 1
    raw = io.BytesIO()
    book.save(raw)
    assert told_alike(parse(clean())) != told_alike(grid_of(raw.getvalue()))


@pytest.mark.parametrize("name", ODD)
def test_odd_files(name: str):
    """openpyxl gives up on some of them; where it reads, it reads the same."""
    try:
        told = grid_of(ODD[name]())
    except (ValueError, TypeError, KeyError, IndexError):
        return
    other = name == "a part in capitals"  # it misses a part whose name is written otherwise
    assert (told_alike(told) == told_alike(parse(ODD[name]()))) is not other


# -- workbooks that openpyxl writes ------------------------------------------------------------

plain = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(
    lambda text: "_x" not in text  # it leaves characters escaped by number as they are
)
texts = st.one_of(plain, st.sampled_from([" a ", "<b>&amp;</b>", "一\n二", "=", "#REF!", "1"]))
numbers = st.one_of(
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, 0.1, -0.0, 1e300, 5e-324, 45678.25]),
)
days = st.one_of(
    st.datetimes(datetime(1905, 1, 1), datetime(2199, 1, 1)),  # noqa: DTZ001
    st.dates(date(1905, 1, 1), date(2199, 1, 1)),
    st.times(),
    st.timedeltas(timedelta(0), timedelta(days=900)),
)
formulas = st.sampled_from(["=1+1", "=SUM(A1:B2)", '=IF(A1="","",A1)', "='a b'!C3*2"])
formats = st.sampled_from(
    ["General", "0%", "#,##0,", '0"万"', "yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "h:mm", "[h]:mm",
     "[Red]0.0;;;", '0" kWh"', "@", r"0\h", "_m0", "[$-804]m/d;@", "0.00E+00", "# ?/?"]
)  # fmt: skip
cells = st.tuples(
    st.one_of(texts, numbers, days, formulas, st.booleans(), st.none()), st.none() | formats
)
places = st.tuples(st.integers(1, 40), st.integers(1, 60))


def made(content: dict[tuple[int, int], Any], *, from_1904: bool, ours: bool) -> bytes:
    book = openpyxl.Workbook()
    if from_1904:
        book.epoch = CALENDAR_MAC_1904
    page: Any = book.active
    page.title = "一 & 2"
    for (row, column), (value, shape) in content.items():
        cell = page.cell(row, column, value)
        if shape is not None:
            cell.number_format = shape
    if ours:
        page["A1"] = "carbonlabel-workbook/1 cover"
    page.row_dimensions[3].hidden = True
    page.merge_cells("BA50:BC52")
    book.create_sheet("empty")
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


@settings(max_examples=60)
@given(st.dictionaries(places, cells, max_size=12), st.booleans(), st.booleans())
def test_any_workbook(content: dict[tuple[int, int], Any], from_1904: bool, ours: bool):
    alike(made(content, from_1904=from_1904, ours=ours))


# -- sheets as other programs write them -------------------------------------------------------

STRINGS = (
    "<si><t>plain</t></si><si><t xml:space='preserve'> two </t></si><si><r><t>rich</t></r><r><rPr>"
    "<b/></rPr><t> text</t></r><rPh sb='0' eb='1'><t>fu</t></rPh></si><si><t/></si><si/>"
)
values = st.sampled_from(
    ["", "<v/>", "<v>0</v>", "<v>1</v>", "<v>2.50</v>", "<v>1E3</v>", "<v>-0</v>", "<v>3</v>",
     "<v>45678.5</v>", "<v>007</v>", "<v>1e-7</v>", "<v><![CDATA[4]]></v>"]
)  # fmt: skip
written_formulas = st.sampled_from(
    ["", "<f>A1*2</f>", "<f t='shared' si='0' ref='A1:C9'>BZ1+$B$2</f>", "<f t='shared' si='0'/>",
     "<f t='array' ref='A1:A2'>SUM(B1:B2)</f>", "<f>IF(A1&lt;2,\"x\",\"y\")</f>", "<f/>"]
)  # fmt: skip
kinds = st.sampled_from(["", "t='n'", "t='s'", "t='str'", "t='b'", "t='e'", "t='inlineStr'"])
inlines = st.sampled_from(
    ["<is><t>in</t></is>", "<is><r><t>a</t></r><r><t>b</t></r></is>", "<is/>"]
)


@st.composite
def foreign_sheets(draw: st.DrawFn) -> str:
    """Rows of a sheet: gaps, no addresses, cached results, shared and array formulas."""
    rows, number = [], 0
    for _ in range(draw(st.integers(1, 4))):
        number += draw(st.integers(1, 3))
        cells_, column = [], 0
        for _ in range(draw(st.integers(0, 5))):
            addressed = draw(st.booleans())
            column += draw(st.integers(1, 9)) if addressed else 1
            where = f"r='{address(number, column)}'" if addressed else ""
            cells_.append(draw(_cell(where)))
        hidden = draw(st.sampled_from(["", "hidden='1'", "hidden='0'"]))
        rows.append(f"<row r='{number}' {hidden}>{''.join(cells_)}</row>")
    return "".join(rows)


@st.composite
def _cell(draw: st.DrawFn, where: str) -> str:
    kind = draw(kinds)
    formula = draw(written_formulas) if where else ""  # without address openpyxl moves none
    value = draw(inlines) if kind == "t='inlineStr'" else draw(values)
    if kind in ("t='s'", "t='b'"):
        value = draw(st.sampled_from(["<v>0</v>", "<v>1</v>"]))
    style = draw(st.sampled_from(["", "s='0'", "s='1'"]))
    return f"<c {where} {kind} {style}>{formula}{value}</c>"


def foreign(rows: str) -> bytes:
    """The fuzzing's small workbook with another first sheet and shared texts."""
    parts = unpack(fuzzing.small())
    body = f"<worksheet xmlns='{MAIN}'><sheetData>{rows}</sheetData></worksheet>"
    table = f"<sst xmlns='{MAIN}'>{STRINGS}</sst>".encode()
    links = parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rIdS" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    )
    kinds_ = parts["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
        b'officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    )
    return pack({**parts, "xl/sharedStrings.xml": HEAD + table, "[Content_Types].xml": kinds_,
                 "xl/_rels/workbook.xml.rels": links, SHEET: HEAD + body.encode()})  # fmt: skip


@settings(max_examples=40)
@given(foreign_sheets())
def test_any_sheet_of_another_program(rows: str):
    data = foreign(rows)
    first = (told_alike(parse(data)).sheets[0], told_alike(grid_of(data)).sheets[0])
    assert first[0] == first[1]


def test_what_the_two_read_differently_on_purpose():
    """A result that is the empty text was calculated; days of Chinese formats are days."""
    empty = "<row r='1'><c r='A1' t='str'><f>B1</f><v></v></c><c r='B1'><f>1</f><v/></c></row>"
    cells_ = parse(sheet(empty)()).sheets[0].cells
    assert cells_[1, 1] == GridCell("text", "", "", "=B1")
    assert cells_[1, 2] == GridCell("empty", "", "", "=1")
    parts = unpack(sheet("<row r='1'><c r='A1' s='1'><v>45678</v></c></row>")())
    styles = parts["xl/styles.xml"]
    start = styles.index(b"<cellXfs")
    second = styles.index(b"<xf ", styles.index(b"<xf ", start) + 1)
    for number, kind in ((b"31", "date"), (b"58", "date"), (b"14", "date"), (b"4", "number")):
        end = styles.index(b'"', styles.index(b'numFmtId="', second) + 10)
        changed = styles[: styles.index(b'numFmtId="', second) + 10] + number + styles[end:]
        assert parse(pack({**parts, "xl/styles.xml": changed})).sheets[0].cells[1, 1].kind == kind


def test_characters_written_by_their_number_are_read():
    rows = "<row r='1'><c r='A1' t='str'><v>a_x000D_b_x005F_x0041_</v></c></row>"
    assert parse(sheet(rows)()).sheets[0].cells[1, 1].value == "a\rb_x0041_"


# -- shared formulas ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "formula",
    ["A1+$B2*C$3-$D$4", "SUM(A1:B9)", 'IF(A1="A1",\'A1 b\'!A1,0)', "LOG10(A1)+A1B",
     "SUM($A:B,3:$4)", "Sheet2!B7&Table1[[A1]:[B2]]", "-A1%", "A1.B2", "MAX(a1,b2)", "x_A1+A1_x"],
)  # fmt: skip
@pytest.mark.parametrize("place", [(1, 1), (5, 3), (40, 30)])
def test_a_shared_formula_moves_as_openpyxl_moves_it(formula: str, place: tuple[int, int]):
    theirs = Translator(f"={formula}", "A1").translate_formula(address(*place))
    assert moved(formula, (1, 1), place).upper() == theirs[1:].upper()


def test_a_place_that_is_moved_off_the_sheet_is_lost():
    assert moved("A1+B2", (2, 2), (1, 1)) == "#REF!+A1"


# -- files that were spoilt --------------------------------------------------------------------


def test_spoilt_sheets_are_refused_or_read_alike():
    """What both can read of the fuzzing's XML, they read the same; there must be enough of it."""
    both = 0
    for seed in range(250):
        data = fuzzing.marked_up(random.Random(seed))
        try:
            ours = told_alike(parse(data))
            theirs = told_alike(grid_of(data))
        except UnsafeFileError:
            continue
        except Exception:  # noqa: BLE001 - openpyxl gives up in many ways
            continue
        both += 1
        known = {one.name: one for one in theirs.sheets}  # with what is linked as something else
        assert all(one == known[one.name] for one in ours.sheets), seed
    assert both > 30


def test_times_are_times():
    data = made({(2, 2): (time(6, 30), None), (2, 3): (timedelta(hours=30), None)},
                from_1904=False, ours=True)  # fmt: skip
    cells_ = parse(data).sheets[0].cells
    assert cells_[2, 2] == GridCell("time", "06:30:00")
    assert cells_[2, 3] == GridCell("time", "1 day, 6:00:00")

"""The same file back, marked: nothing else changes, marks are replaced, marks go away."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from openpyxl.styles import NamedStyle, PatternFill

from factors.errors import FindingsError, UnsafeFileError
from factors.findings import Finding, Where, finding
from factors.texts import LANGS, Lang
from labels.cli.marking import annotate_workbook
from lca.workbook import stream
from lca.workbook.annotate import annotate
from lca.workbook.annotated import annotated
from lca.workbook.answer import answer
from lca.workbook.grid import address
from lca.workbook.looks import MARKS
from lca.workbook.marks import COMMENT_MARK as MARK
from lca.workbook.parse import parse
from lca.workbook.read import interpret, read
from lca.workbook.write import workbook
from tests.lca.workbook.desk import (
    NAME,
    Edits,
    Formula,
    cell_of,
    clean,
    model,
    place,
    spoilt_file,
)
from tests.lca.workbook.hostile import pack, unpack
from tests.lca.workbook.test_round_trip import libre_office

EL = "energy.electricity"
BAD: Edits = {
    f"{EL}.m1": "twelve",
    f"{EL}.m3": -5,
    "cover.maker_id.value": None,
    "cover.gtin.value": "6900000000008",
    "materials.sugar.m2": "0.21万",
    "suppliers.+2.share": 0.3,
}
INDEXES = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}


@cache
def bad() -> bytes:
    return spoilt_file(BAD)


def found_in(data: bytes) -> tuple[Finding, ...]:
    return interpret(parse(data), NAME, "0" * 64, model()).findings


def marked(data: bytes, findings: Iterable[Finding] | None = None, lang: Lang = "zh") -> bytes:
    told = found_in(data) if findings is None else findings
    return annotated(data, answer(told, lang, NAME))


def at(sheet: str, cell: str, code: str = "CELL-MISSING") -> Finding:
    words = {"label_zh": "格", "label_en": "cell"}
    return finding(code, Where(file=NAME, sheet=sheet, cell=cell), **words)


def book(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def colours(data: bytes, place_: str) -> str:
    sheet, cell = place_.split("!")
    return str(book(data)[sheet][cell].fill.fgColor.rgb)


def shape(cell: Any) -> str:
    """Everything of a format but its fill."""
    return repr((cell.number_format, cell.font, cell.border, cell.alignment, cell.protection))


def note(cell: Any) -> str:
    """Text of a comment."""
    return str(cell.comment.text)


def canonical(data: bytes) -> dict[str, bytes]:
    """Parts of a package, XML in canonical form."""
    return {
        name: etree.tostring(etree.fromstring(raw), method="c14n2")
        if name.endswith((".xml", ".rels", ".vml"))
        else raw
        for name, raw in unpack(data).items()
    }


# -- what changes and what does not ----------------------------------------------------------


def test_every_part_that_is_not_concerned_is_the_same_byte_for_byte():
    source = bad()
    before, after = unpack(source), unpack(marked(source))
    flagged = {f.where.sheet for f in found_in(source)}
    titles = book(source).sheetnames
    concerned = {f"xl/worksheets/sheet{titles.index(title) + 1}.xml" for title in flagged}
    assert 0 < len(concerned) < len(titles)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == concerned | INDEXES
    new = {name for name in after if name not in before}
    assert all(
        name.startswith(("xl/comments", "xl/drawings/vmlDrawing", "xl/worksheets/")) for name in new
    )
    assert list(after)[: len(before)] == list(before)


def test_cells_keep_their_content_and_formulas_their_stored_results():
    """A formula with a result that no library computed must come back with it."""
    parts = unpack(spoilt_file({f"{EL}.m3": -5, f"{EL}.m1": Formula("=B1*2", None)}))
    titles = book(clean()).sheetnames
    part = f"xl/worksheets/sheet{titles.index(place(EL + '.m1')[0]) + 1}.xml"
    assert b"<f>B1*2</f><v/>" in parts[part] or b"<f>B1*2</f><v></v>" in parts[part]
    raw = parts[part].replace(b"<f>B1*2</f><v/>", b"<f>B1*2</f><v>2100</v>")
    raw = raw.replace(b"<f>B1*2</f><v></v>", b"<f>B1*2</f><v>2100</v>")
    source = pack({**parts, part: raw})
    out = marked(source)
    assert {s.name: s.cells for s in parse(source).sheets}.items() <= {
        s.name: s.cells for s in parse(out).sheets
    }.items()
    sheet, cell = cell_of(f"{EL}.m1").split("!")
    stored = openpyxl.load_workbook(io.BytesIO(out), data_only=True)[sheet][cell].value
    assert stored == 2100
    saved = io.BytesIO()  # the control: loading and saving loses it
    book(out).save(saved)
    assert openpyxl.load_workbook(saved, data_only=True)[sheet][cell].value is None


@pytest.mark.parametrize("lang", LANGS)
def test_flagged_cells_have_colour_and_comment_and_the_others_have_not(lang: Lang):
    source = bad()
    findings, out = found_in(source), book(marked(source, lang=lang))
    flagged = {(f.where.sheet, f.where.cell) for f in findings}
    before = book(source)
    for title in before.sheetnames:
        for row in out[title].iter_rows():
            for cell in row:
                if (title, cell.coordinate) in flagged:
                    assert cell.fill.fgColor.rgb[2:] in MARKS.values()
                    assert note(cell).startswith(MARK)
                else:
                    assert cell.comment is None
                    assert repr(cell.fill) == repr(before[title][cell.coordinate].fill)
                assert shape(cell) == shape(before[title][cell.coordinate])
    for f in findings:
        text = note(out[f.where.sheet][f.where.cell])
        assert f.code in text
        assert all(f.sentence(part, lang) in text for part in ("saw", "expected", "todo"))


@pytest.mark.parametrize(("lang", "title"), [("zh", "检查结果"), ("en", "Findings")])
def test_the_first_sheet_lists_every_finding_with_a_link_to_its_cell(lang: Lang, title: str):
    source = bad()
    findings, out = found_in(source), book(marked(source, lang=lang))
    assert out.sheetnames == [title, *book(source).sheetnames]
    sheet = out[title]
    texts = {str(c.value) for row in sheet.iter_rows() for c in row if c.value}
    links = {c.hyperlink.location for row in sheet.iter_rows() for c in row if c.hyperlink}
    for f in findings:
        assert {f.code, f.sentence("saw", lang), f.sentence("todo", lang)} <= texts
        assert f"'{f.where.sheet}'!{f.where.cell}" in links
    assert not any(c.data_type == "f" for row in sheet.iter_rows() for c in row)


def test_what_a_person_typed_is_no_formula_in_the_findings_sheet():
    source = spoilt_file({"period.from.value": "=HYPERLINK(1)", f"{EL}.m1": "=cmd|' /C calc'!A0"})
    sheet = book(marked(source)).worksheets[0]
    cells = [c for row in sheet.iter_rows() for c in row if c.value is not None]
    assert {c.data_type for c in cells} == {"s"}
    assert all(c.quotePrefix for c in cells)


@pytest.mark.parametrize("lang", LANGS)
def test_a_blank_file_is_told_how_far_it_is(lang: Lang):
    blank = workbook(model(), lang)
    (progress,) = [f for f in found_in(blank) if f.code == "WORKBOOK-PROGRESS"]
    sheet = book(marked(blank, lang=lang)).worksheets[0]
    assert sheet["B3"].value == progress.sentence("saw", lang)


# -- again and again -------------------------------------------------------------------------


def test_checking_an_annotated_file_finds_the_same():
    source = bad()
    assert found_in(marked(source)) == found_in(source)
    assert found_in(marked(marked(source, lang="en"))) == found_in(source)


def test_annotating_again_replaces_the_marks():
    once = marked(bad(), lang="en")
    assert marked(once, lang="en") == once
    titles = book(marked(once, lang="zh")).sheetnames
    assert titles[0] == "检查结果"
    assert "Findings" not in titles


def test_what_was_mended_loses_its_mark():
    """Marked, mended in a spreadsheet program (here: a library), checked again."""
    source = bad()
    work = book(marked(source))
    sheet, cell = cell_of(f"{EL}.m3").split("!")
    work[sheet][cell].value = 2100
    saved = io.BytesIO()
    work.save(saved)
    out = book(marked(saved.getvalue()))
    clean_cell = book(source)[sheet][cell]
    assert out[sheet][cell].comment is None
    assert repr(out[sheet][cell].fill) == repr(clean_cell.fill)
    other = cell_of(f"{EL}.m1").split("!")[1]
    assert out[sheet][other].comment is not None
    assert repr(out[sheet][other].fill) != repr(clean_cell.fill)


places = st.tuples(
    st.sampled_from(book(clean()).sheetnames), st.integers(1, 60), st.integers(1, 45)
)
findings_ = st.lists(
    st.builds(
        lambda where, code: at(where[0], address(where[1], where[2]), code),
        places,
        st.sampled_from(["CELL-MISSING", "CELL-GTIN", "CELL-NUMBER-AS-TEXT", "CELL-DATE"]),
    ),
    max_size=12,
).map(
    lambda many: [
        finding(f.code, f.where, **{**dict(f.params), "saw": "<&\x00\ud800>", "understood": "1"})
        for f in many
    ]
)


@settings(max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(findings_, findings_)
def test_any_findings_give_a_sound_file_and_leave_no_trace(
    first: list[Finding], second: list[Finding]
):
    """The law of replacement: what was marked before makes no difference to what is marked now."""
    one = marked(clean(), first)
    stream.check(one, NAME)
    assert found_in(one) == ()
    two = marked(one, second, "en")
    assert canonical(two) == canonical(marked(clean(), second, "en"))
    untouched = {f"xl/worksheets/sheet{n}.xml" for n, title in
                 enumerate(book(clean()).sheetnames, start=1)
                 if title not in {f.where.sheet for f in first}}  # fmt: skip
    before, after = unpack(clean()), unpack(one)
    assert all(before[name] == after[name] for name in untouched)


# -- files of other people -------------------------------------------------------------------


def furnished() -> bytes:
    """The clean workbook with a person's comments, a chart, a style, a name and a filter."""
    work = book(clean())
    sheet: Any = work["能源与公用工程"]
    sheet["G9"].comment = Comment("抄表员：示例", "Example")
    sheet["H9"].comment = Comment("see bill", "Example")
    sheet.add_chart(BarChart(), "A40")
    style = NamedStyle("Example", fill=PatternFill("solid", fgColor="FF00AA00"))
    sheet["I9"].style = style
    sheet.print_title_rows = "1:3"
    work.active = 3
    raw = io.BytesIO()
    work.save(raw)
    return raw.getvalue()


def test_comments_charts_styles_and_names_of_a_person_stay():
    source = furnished()
    title = "能源与公用工程"
    findings = [at(title, "G9"), at(title, "I9"), at(title, "K9")]
    out = marked(source, findings)
    work = book(out)
    sheet = work[title]
    assert note(sheet["G9"]).startswith("抄表员：示例\n\n" + MARK)
    assert note(sheet["H9"]) == "see bill"
    assert note(sheet["K9"]).startswith(MARK)
    assert sheet.print_title_rows == "$1:$3"
    assert [ws.title for ws in work.worksheets if ws is work.active] == [title]
    back = book(marked(out, []))
    assert note(back[title]["G9"]) == "抄表员：示例"
    assert back[title]["K9"].comment is None
    assert back[title]["I9"].style == "Example"
    assert back[title]["I9"].fill.fgColor.rgb == "FF00AA00"
    assert [name for name in back.named_styles if str(name).startswith("carbonlabel")] == [
        "carbonlabel"
    ]
    same = {n for n in unpack(source) if "drawings/drawing" in n or "charts/" in n}
    assert len(same) >= 2
    assert all(unpack(source)[n] == unpack(out)[n] for n in same)


def test_a_copied_mark_is_taken_away_too():
    """A person copies a marked cell, and one of the findings sheet, to other places."""
    work = book(marked(bad()))
    sheet, cell = cell_of(f"{EL}.m3").split("!")
    work[sheet]["Z40"]._style = work[sheet][cell]._style
    work[sheet]["Z41"]._style = work["检查结果"]["C8"]._style
    saved = io.BytesIO()
    work.save(saved)
    out = book(marked(saved.getvalue(), []))
    assert repr(out[sheet]["Z40"].fill) == repr(book(clean())[sheet][cell].fill)
    assert out[sheet]["Z41"].fill.fill_type is None


def test_a_sheet_of_the_same_title_is_left_alone():
    work = book(clean())
    work.create_sheet("检查结果")["A1"] = "mine"
    saved = io.BytesIO()
    work.save(saved)
    out = book(marked(saved.getvalue(), []))
    assert out.sheetnames[0] == "检查结果 (2)"
    assert out["检查结果"]["A1"].value == "mine"


@pytest.mark.needs("soffice", "pdftotext")
def test_libreoffice_opens_it_and_a_file_it_saved_is_marked_and_cleared(tmp_path: Path):
    source = bad()
    first = marked(source)
    saved = libre_office(first, tmp_path)
    sheet, cell = cell_of(f"{EL}.m3").split("!")
    shown = book(saved)[sheet][cell]
    assert shown.comment.text.startswith(MARK)
    assert shown.fill.fgColor.rgb[2:] == MARKS["error"]
    assert found_in(saved) == found_in(source)
    again = book(marked(saved))
    assert again.sheetnames == ["检查结果", *book(source).sheetnames]
    assert note(again[sheet][cell]).count(MARK) == 1
    cleared = book(marked(saved, []))
    assert cleared[sheet][cell].comment is None
    assert cleared[sheet][cell].fill.fgColor.rgb[2:] == colours(source, f"{sheet}!{cell}")[2:]


# -- the whole way ---------------------------------------------------------------------------


def test_through_the_child_process_and_into_a_file(tmp_path: Path):
    path, out = tmp_path / "drink.xlsx", tmp_path / "checked.xlsx"
    path.write_bytes(bad())
    findings = read(path.read_bytes(), path.name, model()).findings
    annotate_workbook(path, out, findings, "zh")
    assert out.read_bytes() == annotated(path.read_bytes(), answer(findings, "zh", path.name))
    assert read(out.read_bytes(), path.name, model()).findings == findings


@pytest.mark.parametrize(
    ("name", "code"), [("drink.xlsx", "MARKING-ORIGINAL"), ("drink.pdf", "MARKING-NAME")]
)
def test_the_original_is_never_written_over(tmp_path: Path, name: str, code: str):
    path = tmp_path / "drink.xlsx"
    path.write_bytes(clean())
    with pytest.raises(FindingsError) as caught:
        annotate_workbook(path, tmp_path / name, (), "zh")
    assert [f.code for f in caught.value.findings] == [code]
    assert path.read_bytes() == clean()
    assert all("{" not in f.render(lang) for f in caught.value.findings for lang in LANGS)


def test_an_unsafe_file_is_refused_by_the_child():
    raw = pack({**unpack(clean()), "xl/media/x.xml": b"<!DOCTYPE a><a/>"})
    with pytest.raises(UnsafeFileError) as caught:
        annotate(raw, NAME, (), "en")
    assert [f.code for f in caught.value.findings] == ["FILE-DOCTYPE"]


def test_a_flood_of_findings_stays_bounded():
    """Comments are limited, the list is limited and says so; every cell is still coloured."""
    many = [at("封面", f"{c}{r}") for r in range(1, 601) for c in "FGHIJKLMNO"]
    out = marked(clean(), many)
    stream.check(out, NAME)
    work = book(out)
    noted = [c for row in work["封面"].iter_rows() for c in row if c.comment is not None]
    assert len(noted) == 1000
    assert work["封面"]["O600"].fill.fgColor.rgb[2:] == MARKS["missing"]
    assert "1000" in str(work.worksheets[0].cell(work.worksheets[0].max_row, 2).value)


# -- long files ------------------------------------------------------------------------------

LONG = 50_000


@cache
def long_file() -> bytes:
    """The clean workbook with a long list of evidence; some of it wrong, one result computed."""
    sheet, row, first = place("evidence.+1.evidence")
    part = f"xl/worksheets/sheet{book(clean()).sheetnames.index(sheet) + 1}.xml"
    parts = unpack(clean())
    kept, _, behind = parts[part].partition(f'<row r="{row}"'.encode())
    tail = behind[behind.index(b"</sheetData>") :]
    lines = []
    for number in range(row, row + LONG):
        code = "no code!" if number % 1000 == 0 else f"L{number}"
        values = {1: "+", first: code, first + 1: "invoice", first + 2: f"Bill {number} &amp; co"}
        texts = "".join(
            f'<c r="{address(number, column)}" t="inlineStr"><is><t>{value}</t></is></c>'
            for column, value in values.items()
        )
        page = f'<c r="{address(number, first + 4)}"><f>{number}+1</f><v>{number + 1}</v></c>'
        lines.append(f'<row r="{number}">{texts}{page if number % 100 == 0 else ""}</row>')
    return pack({**parts, part: kept + "".join(lines).encode() + tail})


def test_fifty_thousand_lines_come_back_with_marks_and_nothing_else():
    """Other parts byte for byte, stored results kept, the same cells; and no trace afterwards."""
    source = long_file()
    before = parse(source)
    findings = interpret(before, NAME, "0" * 64, model()).findings
    wrong = [f for f in findings if f.code == "CELL-CODE"]
    assert len(wrong) == LONG // 1000
    out = marked(source, findings)
    assert parse(out).sheets[1:] == before.sheets
    old, new = unpack(source), unpack(out)
    flagged = {f.where.sheet for f in findings}
    places = [number for number, one in enumerate(before.sheets, start=1) if one.name in flagged]
    touched = {f"xl/worksheets/sheet{number}.xml" for number in places}
    assert {name for name in old if old[name] != new[name]} <= touched | INDEXES
    assert len(touched) < len(before.sheets)
    longest = max((new[name] for name in touched), key=len)
    coloured = set(re.findall(rb'<c r="([A-Z]+[0-9]+)" t="inlineStr" s="', longest))
    assert {f.where.cell.encode() for f in wrong} <= coloured
    assert canonical(marked(out, [])) == canonical(marked(source, []))

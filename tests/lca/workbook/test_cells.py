"""Every kind of bad cell has its own finding, at its own cell, and nothing else is found."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from factors import store
from factors.texts import LANGS
from lca.workbook.parse import parse
from lca.workbook.read import interpret
from tests.lca.workbook.bad_cells import CELLS, EL, NUMBERS
from tests.lca.workbook.desk import (
    NAME,
    Formula,
    Shown,
    Spoilt,
    as_grid,
    cell_of,
    clean_grid,
    model,
    place,
    read_spoilt,
    spoil,
    spoilt_file,
    told,
)


@pytest.mark.parametrize(
    ("edits", "expected"), [case[1:] for case in CELLS], ids=[c[0] for c in CELLS]
)
def test_the_finding_stands_at_the_cell(edits, expected):
    findings = read_spoilt(edits).findings
    assert told(findings) == {(code, cell_of(name.strip())) for name, code in expected.items()}
    for found in findings:
        for lang in LANGS:
            assert "{" not in found.render(lang)
            assert found.sentence("todo", lang)


def test_the_grid_edits_are_what_a_real_file_gives():
    """The cases above edit the grid; here the same edits go through a saved file and the parser."""
    values: list[Spoilt] = [value for _, edits, _ in NUMBERS for value in edits.values()]
    places = [f"output.m{n}.family:{f}" for f in (1, 2) for n in range(1, 13)]
    places += [f"rejects.m{n}.family:{f}" for f in (1, 2) for n in range(1, 13)]
    edits = {
        name: Formula(value.text) if isinstance(value, Formula) else value
        for name, value in zip(places, values, strict=False)
    }
    sheets = {sheet.name: sheet for sheet in parse(spoilt_file(edits)).sheets}
    for name, value in edits.items():
        sheet, row, column = place(name)
        cell, expected = sheets[sheet].cells[row, column], as_grid(value)
        assert expected is not None
        assert (cell.kind, cell.formula) == (expected.kind, expected.formula)
        if expected.kind == "number":
            assert float(cell.value) == float(expected.value)
        else:
            assert cell.value == expected.value
        if expected.format:
            assert cell.format == expected.format


@pytest.mark.parametrize(
    ("typed", "value", "unit"),
    [
        ("２，１００．５", Fraction("2100.5"), "kWh"),
        ("0.21万", Fraction(2100), "kWh"),
        ("1 234 567", Fraction(1234567), "kWh"),
        ("+7", Fraction(7), "kWh"),
        ("2100 kWh", Fraction(2100), "kWh"),
        ("2100度", Fraction(2100), "kWh"),
        (0.1, Fraction(1, 10), "kWh"),
        (1 / 3, Fraction(333333333333333, 10**15), "kWh"),
    ],
)
def test_a_number_is_taken_as_a_person_means_it(typed, value, unit):
    account = read_spoilt({f"{EL}.m1": typed}).accounts[0]
    assert (account.months[0].value, account.unit) == (value, unit)


@pytest.mark.parametrize("typed", ["60%", "60 ％", 0.6, Shown(0.6, "0%")])
def test_a_share_is_a_ratio_however_it_is_typed(typed):
    cell = read_spoilt({"suppliers.+1.share": typed}).suppliers[0].share
    assert (cell.value, cell.unit) == (Fraction(3, 5), "1")


@pytest.mark.parametrize(
    ("typed", "value", "unit"),
    [(1.5, Fraction(3, 2), "%"), (Shown(0.015, "0.0%"), Fraction(3, 200), "1")],
)
def test_a_percentage_is_1_5_or_1_5_percent_and_never_0_015_percent(typed, value, unit):
    cell = read_spoilt({"family.loss.family:1": typed}).families[0].parameters["loss"]
    assert (cell.value, cell.unit) == (value, unit)


def test_an_unusable_cell_is_empty_and_says_where():
    cell = read_spoilt({f"{EL}.m1": "twelve"}).accounts[0].months[0]
    assert cell.value is None
    assert f"{cell.where.sheet}!{cell.where.cell}" == cell_of(f"{EL}.m1")


def test_a_vintage_may_be_a_year_or_a_month():
    for typed, day in ((2025, date(2025, 1, 1)), ("2025-06", date(2025, 6, 1))):
        assert read_spoilt({"instruments.+1.vintage": typed}).instruments[0].vintage.value == day


def test_findings_come_in_the_order_of_the_file():
    edits: dict[str, Spoilt] = {
        "suppliers.+2.share": 0.3,
        f"{EL}.m11": "x",
        f"{EL}.m2": "x",
        "output.m3.family:1": -1,
        "cover.maker_id.value": None,
    }
    found = [f"{f.where.sheet}!{f.where.cell}" for f in read_spoilt(edits).findings]
    assert found == [cell_of(name) for name in reversed(edits)]


def test_all_problems_come_in_one_pass():
    edits: dict[str, Spoilt] = {
        f"{EL}.m1": "x",
        "cover.maker_id.value": None,
        "output.m3.family:1": -1,
    }
    assert len(read_spoilt(edits).findings) == 3


def test_a_half_filled_file_says_how_far_it_is():
    edits: dict[str, Spoilt] = {f"cover.{name}.value": None for name in ("maker_id", "preparer")}
    edits |= {f"output.m{n}.family:1": None for n in range(1, 13)}
    (told_,) = [f for f in read_spoilt(edits).findings if f.code == "WORKBOOK-PROGRESS"]
    said = dict(told_.params)
    assert said["sheets"] == "封面 2, 产品与产量 1"
    assert (int(said["count"]), 80 < int(said["percent"]) < 100) == (3, True)
    assert f"{said['percent']} %" in told_.sentence("saw", "en")


def test_a_factor_that_the_library_does_not_know_is_found_at_its_cell():
    grid = spoil(clean_grid(), {"suppliers.+1.factor": "no-such-factor"})
    library = store.load()
    assert told(interpret(grid, NAME, "0" * 64, model(), library).findings) == {
        ("FACTOR-UNKNOWN", cell_of("suppliers.+1.factor"))
    }
    known = spoil(clean_grid(), {"suppliers.+1.factor": next(iter(library)).id})
    assert interpret(known, NAME, "0" * 64, model(), library).findings == ()

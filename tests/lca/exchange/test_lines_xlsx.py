"""The lines for customers: sums that are sums, and a header that says how far the file may go."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from factors.errors import FindingsError
from lca.exchange import lines_xlsx
from lca.exchange.lines_xlsx import lines_workbook
from lca.exchange.sheets import MOST_ROWS
from lca.footprint import Footprint
from tests.lca.exchange.office import faults, recalculated
from tests.lca.systems import factors, footprint, random_document


def made(seed: int = 1) -> Footprint:
    return footprint(random_document(seed))


@pytest.mark.needs("soffice")
def test_stages_and_total_are_sums_of_the_lines(tmp_path: Path) -> None:
    done = made()
    data = {lang: lines_workbook(done, factors(), lang) for lang in ("zh", "en")}
    got = recalculated(tmp_path, data)
    assert faults(got["en"]) == faults(got["zh"]) == []
    rows = [list(row) for row in got["en"].worksheets[0].iter_rows(values_only=True)]
    total = next(row[4] for row in rows if str(row[0]).startswith("Total") and row[4] is not None)
    assert total == pytest.approx(float(done.declared.value), rel=1e-12)
    stages = [row for row in rows if row[0] == "Sum of the stage"]
    assert len(stages) == len(list(done.stages()))
    assert sum(float(str(row[4])) for row in stages) == pytest.approx(total, rel=1e-12)
    assert sum(float(str(row[5])) for row in stages) == pytest.approx(1)


@pytest.mark.parametrize(("lang", "words"), [("zh", "密封使用"), ("en", "SEALED USE")])
def test_the_file_says_for_whom_it_is_and_that_nobody_signed(lang: str, words: str) -> None:
    data = lines_workbook(made(), factors(), "zh" if lang == "zh" else "en")
    page = load_workbook(io.BytesIO(data)).worksheets[0]
    head = " ".join(str(c.value) for row in page.iter_rows(max_row=8) for c in row if c.value)
    assert words in head and ("未经核查" in head or "not verified" in head)
    assert page.oddFooter is not None
    assert words in str(page.oddFooter.left.text)


def test_only_lines_that_count_are_shown_and_the_rest_is_named() -> None:
    done = made(3)
    other = [line for line in done.lines if not line.counts(done.approach)]
    text = [
        str(cell.value)
        for row in load_workbook(io.BytesIO(lines_workbook(done, factors(), "en")))
        .worksheets[0]
        .iter_rows()
        for cell in row
    ]
    assert any(f"{len(other)} lines of the other electricity" in one for one in text) is bool(other)


def test_the_same_footprint_gives_the_same_bytes() -> None:
    assert lines_workbook(made(), factors(), "en") == lines_workbook(made(), factors(), "en")


def test_more_lines_than_a_person_reads_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_xlsx, "MOST_ROWS", 2)
    assert MOST_ROWS > 2
    with pytest.raises(FindingsError) as caught:
        lines_workbook(made(), factors(), "en")
    assert caught.value.findings[0].code == "EXPORT-SIZE"

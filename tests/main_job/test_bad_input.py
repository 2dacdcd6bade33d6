"""Whatever a person hands in: a coded message at the cell, in both languages, and no traceback."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.main_job.conftest import Job, Told, carbonlabel


def found(told: Told) -> dict[str, list[dict[str, str]]]:
    """Places of the findings by code."""
    places: dict[str, list[dict[str, str]]] = {}
    for one in json.loads(told.out)["findings"]:
        places.setdefault(one["code"], []).append(one["where"])
    return places


def locate(book: openpyxl.Workbook, sheet: str, words: str) -> tuple[int, int]:
    """Row and column of the cell with these words."""
    for row in book[sheet].iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and words in cell.value:
                return cell.row, cell.column
    raise AssertionError(f"{words} not on {sheet}")


def first_number(book: openpyxl.Workbook, sheet: str, words: str) -> openpyxl.cell.Cell:
    """The first number to the right of the cell with these words."""
    row, column = locate(book, sheet, words)
    for cell in book[sheet][row][column:]:
        if isinstance(cell.value, int | float):
            return cell
    raise AssertionError(f"no number beside {words}")


ENERGY, METER = "能源与公用工程", "外购电力"


@pytest.mark.parametrize(
    "value",
    ["about twelve thousand", "NaN", "inf", -5, "=1/0", "#REF!", "12 m3", "1,234", 1e300, True],
    ids=str,
)
def test_a_bad_cell_is_named_by_sheet_and_cell(
    job: Job, tmp_path: Path, value: str | float
) -> None:
    book = openpyxl.load_workbook(job.workbook)
    cell = first_number(book, ENERGY, METER)
    cell.value = value
    bad = tmp_path / "bad.xlsx"
    book.save(bad)
    told = carbonlabel("check", bad, "--json")
    places = [place for code in found(told).values() for place in code]
    assert told.code == 1
    assert (ENERGY, cell.coordinate) in {(p.get("sheet"), p.get("cell")) for p in places}
    assert "Traceback" not in told.err


def file_of(content: bytes, name: str, folder: Path) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("old.xlsx", OLE + b"Workbook" + bytes(600)),
        ("locked.xlsx", OLE + "EncryptedPackage".encode("utf-16-le") + bytes(600)),
        ("table.xlsx", b"month,kWh\n1,200\n"),
        ("page.xlsx", b"<html><body>export</body></html>"),
        ("cut.xlsx", zipped(a=b"x" * 5000)[:-40]),
        ("other.xlsx", zipped(hello=b"world")),
        ("empty.xlsx", b""),
        ("system.json", b"{"),
        ("system.json", b'{"schema": "carbonlabel-system/1", "x": NaN}'),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_file_that_cannot_be_used_is_refused_in_words(
    tmp_path: Path, name: str, content: bytes, lang: str
) -> None:
    told = carbonlabel("check", file_of(content, name, tmp_path), "--lang", lang)
    said = told.out + told.err
    assert told.code in (1, 2)
    assert name in said
    assert "Traceback" not in said
    assert ("请" in said) == (lang == "zh")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    told = carbonlabel("footprint", tmp_path / "nothing.xlsx")
    assert told.code == 2
    assert "nothing.xlsx" in told.err
    assert "Traceback" not in told.err


def test_nothing_is_half_written_when_the_input_is_bad(job: Job, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(job.workbook)
    first_number(book, ENERGY, METER).value = "oops"
    bad = tmp_path / "bad.xlsx"
    book.save(bad)
    system, out = tmp_path / "system.json", tmp_path / "out"
    assert carbonlabel("convert", bad, "-o", system).code == 1
    assert carbonlabel("issue", bad, "--registry", job.registry, "--out", out).code == 1
    assert not system.exists()
    assert not out.exists()
    assert carbonlabel("registry", "check", job.registry).code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("issue", "D-000000000000"),
        ("submit", "{workbook}"),
        ("registry", "show", "EX-1"),
    ],
)
def test_a_missing_registry_is_named(job: Job, tmp_path: Path, words: tuple[str, ...]) -> None:
    told = carbonlabel(
        *(word.format(workbook=job.workbook) for word in words),
        "--registry", tmp_path / "nowhere",
        *(("--out", tmp_path / "out") if words[0] == "issue" else ()),
    )  # fmt: skip
    assert told.code == 1
    assert "REGISTRY-MISSING" in told.err
    assert "Traceback" not in told.err


def test_a_key_of_the_wrong_purpose_is_named(job: Job, tmp_path: Path) -> None:
    key = tmp_path / "log.key"
    made = carbonlabel(
        "keys", "new", "Example", "--purpose", "checkpoint", "-o", key, "--no-passphrase"
    )
    assert made.code == 0
    draft = carbonlabel("submit", job.workbook, "--registry", job.registry).out.strip()
    told = carbonlabel(
        "approve", draft, "--role", "preparer", "--key", key, "--registry", job.registry
    )
    assert told.code == 1
    assert "KEY-PURPOSE" in told.err


def test_no_way_past_the_gate_to_a_verified_document(job: Job) -> None:
    for kind in ("verification_statement", "certificate_of_conformity"):
        told = carbonlabel("submit", job.workbook, "--kind", kind, "--registry", job.registry)
        assert told.code == 1
        assert "KIND-NOT-PERMITTED" in told.err


def test_three_mistakes_in_one_row_are_three_errors_and_nothing_that_only_follows(
    job: Job, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(job.workbook)
    first = first_number(book, ENERGY, METER)
    row = book[ENERGY][first.row]
    first.value = "约一万二"
    row[first.column + 1].value = None  # two months later
    for cell in row:
        if cell.value == "kWh":
            cell.value = "度数"
    bad = tmp_path / "bad.xlsx"
    book.save(bad)
    told = json.loads(carbonlabel("check", bad, "--json").out)
    errors = [one for one in told["findings"] if one["severity"] == "error"]
    assert sorted(one["code"] for one in errors) == [
        "CELL-MONTH-MISSING",
        "NUMBER-FORM",
        "UNIT-UNKNOWN",
    ]
    assert {one["where"]["sheet"] for one in errors} == {ENERGY}

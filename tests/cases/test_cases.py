"""The runner of worked cases: every branch on small cases, and a matrix made on the spot."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cases.__main__ import main, of_file
from tests.cases.case import Case, Unsupported, exact
from tests.cases.matrices import lay_out
from tests.cases.report import MISS, MISSING, OK, UNSUPPORTED, Row
from tests.cases.units import Units, greenhouse_gas, quotient, size
from tests.evidence import campaign

FILES = Path(__file__).parent / "files"

PASSED = {
    "matrix-beside": 2,
    "matrix-both-make-both": 1,
    "matrix-cancelled": 2,
    "matrix-co-product": 3,
    "matrix-first-row": 1,
    "matrix-fuel": 3,
    "matrix-indicators": 4,
    "matrix-turned": 2,
    "matrix-waste": 3,
    "matrix-waste-alone": 2,
    "matrix-zero-demand": 1,
    "matrix-zero-emissions": 4,
    "sum-missing": 2,
    "sum-multipliers": 1,
    "sum-units": 5,
}
"""Figures that must agree; each file's expectation was worked out by hand."""

REASONS = {
    "matrix-array-missing": "the array B is not there",
    "matrix-no-producer": "these processes has no unique solution: p1 -",
    "matrix-not-square": "[ENGINE-NOT-SQUARE] - the system has 1 column and 2 rows",
    "matrix-shapes": "the arrays do not fit together: A (2, 2), B (1, 2), f (3,)",
    "matrix-singular": "these processes has no unique solution: p0, p1 -",
    "other-kind": "kind 'units' is no case for this runner",
    "sum-category": "the factor unit 'MJ' is no amount of CO2e",
    "sum-mismatch": "[SYSTEM-UNIT]",
    "sum-missing": "no row of this stage has a factor",
    "sum-prose": "a sum without feed is prose",
}


def report(name: str) -> list[Row]:
    return list(of_file(FILES / f"{name}.json"))


def test_every_file_is_expected_somewhere() -> None:
    assert {file.stem for file in FILES.glob("*.json")} == {*PASSED, *REASONS, "sum-miss"}


@pytest.mark.parametrize("name", PASSED)
def test_figures_agree(name: str) -> None:
    verdicts = Counter(row.verdict for row in report(name))
    assert verdicts[OK] == PASSED[name]
    assert not verdicts[MISS]


@pytest.mark.parametrize("name", REASONS)
def test_what_is_unsupported_is_named(name: str) -> None:
    rows = [row for row in report(name) if row.verdict == UNSUPPORTED]
    assert rows
    assert all(REASONS[name] in row.text for row in rows)


def test_each_figure_of_an_unsupported_case_has_its_line() -> None:
    assert [row.figure for row in report("sum-prose")] == ["total", "by_stage a"]


def test_a_row_without_factor_is_missing_and_not_zero() -> None:
    rows = report("sum-missing")
    assert [row.figure for row in rows if row.verdict == MISSING] == ["unknown", "unknown too"]
    assert [row.verdict for row in rows if row.figure == "by_stage b"] == [UNSUPPORTED]


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["sum-units", "matrix-fuel"], 0),
        (["sum-units", "other-kind"], 3),
        (["sum-miss", "other-kind"], 1),
    ],
)
def test_exit_code(names: Sequence[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(FILES / f"{name}.json") for name in names]) == code
    assert len(capsys.readouterr().out.splitlines()) == sum(len(report(name)) for name in names)


@pytest.mark.parametrize("content", [None, "{", "[1]", '{"kind": ["matrix"]}'])
def test_a_file_that_is_no_case(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "broken.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    assert [row.verdict for row in of_file(file)] == [UNSUPPORTED]


def matrix_case(folder: Path, expected: Any, **parameters: Any) -> list[Row]:
    """The report of a matrix case written to a folder."""
    case = {
        "id": "made",
        "kind": "matrix",
        "parameters": parameters,
        "expected": {"total": expected, "unit": "1"},
        "tolerance": {"rel": 1e-9},
    }
    file = folder / "made.json"
    file.write_text(json.dumps(case), encoding="utf-8")
    return list(of_file(file))


def economy(size: int, seed: int) -> dict[str, Any]:
    """A dense economy with co-products, in columns of any scale and any order."""
    rng = np.random.default_rng(seed)
    taken = rng.random((size, size))
    a = np.eye(size) - taken / taken.sum(axis=0) * 0.7
    a[rng.integers(size, size=size // 4), rng.integers(size, size=size // 4)] *= -1
    a = (a * 10.0 ** rng.integers(-3, 4, size=size))[:, rng.permutation(size)]
    b = rng.random((7, size)) * 10.0 ** rng.integers(-9, 3, size=(7, 1))
    b[rng.random(b.shape) < 0.3] = 0
    return {"A": a, "B": b, "f": rng.random(size), "CF": rng.random((24, 7))}


def test_a_stored_matrix_with_many_indicators(tmp_path: Path) -> None:
    arrays = economy(60, 4)
    np.savez(tmp_path / "economy.npz", **arrays)
    s = np.linalg.solve(arrays["A"], arrays["f"])
    expected = (arrays["CF"] @ arrays["B"] @ s).tolist()
    rows = matrix_case(tmp_path, expected, arrays="economy.npz")
    assert [row.verdict for row in rows] == [OK] * 24
    expected[5] *= 1 + 1e-8
    rows = matrix_case(tmp_path, expected, arrays="economy.npz")
    assert [row.figure for row in rows if row.verdict == MISS] == ["total [5]"]


@pytest.mark.deep("cases")
def test_many_more_dense_matrices(tmp_path: Path) -> None:
    with campaign("cases") as run:
        for seed in run.seeds():
            edge = 400 if seed % 10 == 0 else 20 + 7 * seed % 380
            run.worst("seconds", dense_matrix(tmp_path, edge, seed))
            run.count("matrices")
            run.count("figures", 24)
            run.count("of_400", edge == 400)


def dense_matrix(folder: Path, edge: int, seed: int) -> float:
    """Check all figures of a random economy; return the seconds of one core."""
    arrays = economy(edge, seed)
    np.savez(folder / "economy.npz", **arrays)
    s = np.linalg.solve(arrays["A"], arrays["f"])
    expected = (arrays["CF"] @ arrays["B"] @ s).tolist()
    start = time.process_time()
    rows = matrix_case(folder, expected, arrays="economy.npz")
    assert [row.verdict for row in rows] == [OK] * 24
    return time.process_time() - start


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"\x93NUMPY"])
def test_a_stored_matrix_that_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "economy.npz").write_bytes(content)
    (row,) = matrix_case(tmp_path, 1, npz="economy.npz")
    assert (row.verdict, row.text[:28]) == (UNSUPPORTED, "economy.npz cannot be read: ")


@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        ([1, 2], "2 numbers for 1 indicators"),
        ({"water": 1}, "no indicator is called water"),
        ("one", "total is no number"),
        (None, "the case expects no figure"),
    ],
)
def test_expectations_that_fit_no_indicator(tmp_path: Path, expected: Any, reason: str) -> None:
    (row,) = matrix_case(tmp_path, expected, A=[[1]], B=[[1]], f=[1])
    assert row.verdict == UNSUPPORTED
    assert reason in row.text


def test_one_number_for_several_indicators_is_the_first(tmp_path: Path) -> None:
    (row,) = matrix_case(tmp_path, 3, A=[[1]], B=[[1]], f=[1], CF=[[3], [4]])
    assert (row.verdict, row.figure) == (OK, "total [first of 2]")


def test_columns_of_one_name_are_one_stage(tmp_path: Path) -> None:
    case = {
        "kind": "matrix",
        "parameters": {
            "columns": ["mill", "mill"],
            "A": [[1, 0], [-1, 1]],
            "B": [[1, 2]],
            "f": [1, 0],
        },
        "expected": {"total": 3, "by_stage": {"mill": 3}},
    }
    file = tmp_path / "made.json"
    file.write_text(json.dumps(case), encoding="utf-8")
    assert [row.verdict for row in of_file(file)] == [OK, OK]


def test_a_figure_may_be_larger_than_its_numbers(tmp_path: Path) -> None:
    (row,) = matrix_case(tmp_path, 2e35, A=[[1e-5]], B=[[2e30]], f=[1])
    assert row.verdict == OK


def test_numbers_too_small_for_a_system_file_are_noted(tmp_path: Path) -> None:
    rows = matrix_case(tmp_path, 1, A=[[1, -1e-40], [0, 1]], B=[[1, 1]], f=[1, 0])
    assert [row.verdict for row in rows] == ["note", OK]
    assert "1 entries below 1e-30" in rows[0].text


@pytest.mark.parametrize("bad", [[["x"]], [[None]], [[float("nan")]], [], "none"])
def test_an_array_that_is_none(tmp_path: Path, bad: Any) -> None:
    (row,) = matrix_case(tmp_path, 1, A=bad, B=[[1]], f=[1])
    assert row.verdict == UNSUPPORTED


def test_products_find_their_processes() -> None:
    """Positive entries come first, the larger product of entries decides; waste is turned."""
    a = np.array([[-1.0, 4.0, 0.0], [9.0, 1.0, 0.0], [2.0, 0.0, -1.0]])
    layout = lay_out(a, np.array([0.0, 1.0, 0.0]))
    assert layout.column_of.tolist() == [1, 0, 2]
    assert layout.entries[2].tolist() == [-2.0, 0.0, 1.0]
    assert layout.reached == (0, 1, 2)


def test_units_of_cases() -> None:
    units = Units()
    assert [units.name(text) for text in ("kg", None, "-", "chair", "ton", "chair")] == [
        "kg", "1", "1", "chair", "counted_2", "chair",
    ]  # fmt: skip
    assert units.unit("counted_2").dimension != units.unit("chair").dimension
    assert quotient("kg CO2e / (t·km)") == ("kg CO2e", "t·km")
    assert quotient("kg CO2e per chair") == ("kg CO2e", "chair")
    assert quotient("kg CO2e/kg/km") == ("kg CO2e", "kg·km")
    assert quotient("kg CO2e/item(s)") == ("kg CO2e", "item(s)")
    assert quotient("kg CO2eq t-1 km⁻¹") == ("kg CO2eq", "t·km")
    assert quotient("kg CO2-eq·kWh^-1") == ("kg CO2-eq", "kWh")
    assert greenhouse_gas("t CO2") == ("fossil.CO2", Fraction(1000))
    assert size("g CO2e/km") == Fraction(1, 1000)
    assert size("points") == 1
    assert size("Mt CO2e") == 10**9
    assert size("lb CO2e") == Fraction("0.45359237")
    with pytest.raises(Unsupported, match="no amount of CO2e"):
        size("ton CO2e")
    with pytest.raises(Unsupported, match="no amount of CO2e"):
        greenhouse_gas("kg SO2e")


def test_tolerance_is_the_wider_of_the_two() -> None:
    def allowed(**keys: float) -> Fraction:
        return Case("x", {"tolerance": keys}, FILES).allowed(Fraction(-200))

    assert allowed(abs=1, rel=0.25) == 50
    assert allowed(abs=60, rel=0.25) == 60
    assert allowed(abs_dqr=9) == 0


@pytest.mark.parametrize("value", [None, True, "1", [1], float("nan"), Decimal("inf"), 10**31])
def test_what_is_no_number(value: Any) -> None:
    with pytest.raises(Unsupported):
        exact(value, "it")

"""Waiting for a workbook: checking, reading and marking, beside bare readers in the same run."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import python_calamine

from factors.findings import Finding, Where, finding
from lca.model import load
from lca.workbook.annotate import annotate
from lca.workbook.grid import answer_of, grid_text
from lca.workbook.parse import parse
from lca.workbook.read import interpret
from lca.workbook.stream import check
from lca.workbook.write import workbook

COMMAND = Path(sys.executable).with_name("carbonlabel")
COLD_LINES, LONG_LINES = 1_000, 50_000
COLD_AIM, LONG_AIM = 1.5, 4.0
FIRST_ROW = 9


def long_workbook(lines: int) -> bytes:
    """The blank beer workbook with so many rows of evidence."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(load("beer"), "en", families=2)))
    sheet = book["Evidence"]
    for number in range(lines):
        row = ("+", f"E{number}", "invoice", f"Document {number}", "2025-12-31", number)
        for column, value in enumerate((*row, None, "Example issuer"), 1):
            sheet.cell(FIRST_ROW + number, column, value)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def seconds(job: Callable[[], object]) -> float:
    """Wall-clock time of one call."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def ours(data: bytes) -> None:
    """All that a workbook goes through, child and pipe included, in this process."""
    check(data, "long.xlsx")
    grid = answer_of(grid_text(parse(data)))
    interpret(grid, "long.xlsx", hashlib.sha256(data).hexdigest())


def calamine(data: bytes) -> None:
    """Every value of every sheet, unguarded, without formulas and formats."""
    book = python_calamine.load_workbook(io.BytesIO(data))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()


def bare_openpyxl(data: bytes) -> None:
    """Every value of every sheet, unguarded."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    for sheet in book:
        for _ in sheet.iter_rows(values_only=True):
            pass


def marks() -> list[Finding]:
    """A thousand findings on the long table."""
    return [
        finding("CELL-MISSING", Where("long.xlsx", "Evidence", f"D{FIRST_ROW + number}"),
                label_zh="-", label_en="-")
        for number in range(1_000)
    ]  # fmt: skip


def _run(*arguments: str) -> None:
    """The command; a blank workbook has findings, so its exit code says nothing."""
    subprocess.run([COMMAND, *arguments], stdout=subprocess.DEVNULL, check=False)


def main() -> None:
    """Measure and print; ratios are what can be compared between machines."""
    short, long = long_workbook(COLD_LINES), long_workbook(LONG_LINES)
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "short.xlsx"
        file.write_bytes(short)
        cold = seconds(lambda: _run("check", str(file)))
    floor = seconds(lambda: _run("models"))
    peer, other = seconds(lambda: calamine(long)), seconds(lambda: bare_openpyxl(long))
    read = seconds(lambda: ours(long))
    marking = seconds(lambda: annotate(long, "long.xlsx", marks(), "en"))
    print(f"check, {COLD_LINES:,} lines, cold             {cold:8.2f} s   aim {COLD_AIM} s")
    print(f"  peer: carbonlabel models              {floor:8.2f} s   {cold / floor:.1f} x")
    print(f"read, {LONG_LINES:,} lines, guard to findings {read:8.2f} s")
    print(f"  peer: calamine, bare values           {peer:8.2f} s   {read / peer:.1f} x, "
          f"aim {LONG_AIM:.0f} x")  # fmt: skip
    print(f"  peer: openpyxl read-only, bare values {other:8.2f} s   {read / other:.1f} x")
    print(f"annotate it, 1,000 marks                {marking:8.2f} s   {marking / other:.1f} x "
          "of the same peer")  # fmt: skip


if __name__ == "__main__":
    main()

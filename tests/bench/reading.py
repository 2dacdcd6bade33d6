"""Waiting for a workbook: checking, reading and marking, beside bare readers in the same run."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.parsers.expat import ParserCreate

import openpyxl
import python_calamine

from factors.findings import Finding, Where, finding
from lca.model import load
from lca.workbook.annotate import annotate
from lca.workbook.grid import Grid, answer_of, grid_text
from lca.workbook.parse import parse
from lca.workbook.read import interpret, uncollected
from lca.workbook.write import workbook
from tests.bench.clock import best

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
    """Processor time of one call; a shared machine makes the clock on the wall worthless."""
    start = time.process_time()
    job()
    return time.process_time() - start


def used(job: Callable[[], object]) -> float:
    """Processor time of the commands that a job runs, the least of three times."""
    spent = []
    for _ in range(3):
        before = os.times()
        job()
        after = os.times()
        ours_, before_ = (one.children_user + one.children_system for one in (after, before))
        spent.append(ours_ - before_)
    return min(spent)


def interpreted(grid: Grid, data: bytes) -> None:
    """From cells to a submission with its findings."""
    interpret(grid, "long.xlsx", hashlib.sha256(data).hexdigest())


def ours(data: bytes) -> None:
    """All that a workbook goes through, pipe included, in this process."""
    interpreted(answer_of(grid_text(parse(data, "long.xlsx"))), data)


def unpacked(data: bytes) -> None:
    """What is under every reader: the parts come out of the zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            archive.read(name)


def events(data: bytes, *, told: bool) -> None:
    """What is under every reader in Python: expat over all XML, its events told or not."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            parser = ParserCreate(namespace_separator=" ")
            parser.buffer_text = True
            if told:
                parser.StartElementHandler = lambda _name, _attributes: None
                parser.EndElementHandler = lambda _name: None
                parser.CharacterDataHandler = lambda _text: None
            if name.endswith(".xml"):
                parser.Parse(archive.read(name), True)


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


def example_of(model: str) -> dict[str, Any]:
    """The answers of the example maker."""
    source = files("lca") / "models" / "examples" / f"{model}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _run(*arguments: str) -> None:
    """The command; a blank workbook has findings, so its exit code says nothing."""
    subprocess.run([COMMAND, *arguments], stdout=subprocess.DEVNULL, check=False)


# -- the child that parses ---------------------------------------------------------------------

HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
FOOT = "</sheetData></worksheet>"


def packed(sheet: str, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook with another first sheet; packed too tightly it would be refused unread."""
    raw = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(long_workbook(1))) as source, zipfile.ZipFile(raw, "w") as out:
        for member in source.infolist():
            first = member.filename == "xl/worksheets/sheet1.xml"
            content = sheet.encode() if first else source.read(member)
            out.writestr(member.filename, content, method if first else zipfile.ZIP_DEFLATED)
    return raw.getvalue()


def cells(rows: int, columns: int, cell: str) -> str:
    """A sheet of ours that is full of one cell."""
    mark = '<row><c t="str"><v>carbonlabel-workbook/1 cover</v></c></row>'
    return f"{HEAD}{mark}{(f'<row>{cell * columns}</row>') * rows}{FOOT}"


def hostile() -> Iterator[tuple[str, bytes]]:
    """Files that cost the most of what the guards let through, or nearly."""
    stored = zipfile.ZIP_STORED
    yield "empty cells, more than are allowed", packed(cells(19_900, 200, "<c/>"), stored)
    yield "filled cells, 19 MB", packed(cells(6_500, 200, "<c><v>1</v></c>"), stored)
    noise = "".join(f"<c t='str'><v>{n * 2654435761 % 2**64:x}</v></c>" for n in range(200))
    yield (
        "filled cells, each with a text, 90 MB",
        packed(
            f"{HEAD}<row><c t='str'><v>@cover</v></c></row>{f'<row>{noise}</row>' * 11_000}{FOOT}"
        ),
    )
    yield "one tag that never ends", packed(f'{HEAD}<row x="{"y" * 18_000_000}"/>{FOOT}', stored)
    yield (
        "one text that never ends",
        packed(f"{HEAD}<row><c t='str'><v>{'y' * 18_000_000}</v></c></row>{FOOT}", stored),
    )
    yield "one comment that never ends", packed(f"{HEAD}<!--{'y' * 18_000_000}-->{FOOT}", stored)


WATCHER = """
import json, resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "lca.workbook.parse", "x.xlsx"], capture_output=True,
                      stdin=sys.stdin.buffer)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
told = json.loads(done.stdout) if done.returncode == 0 else {"refusal": {"code": "killed"}}
ended = told.get("refusal", {"code": "read"})["code"]
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, ended]))
"""


def child(data: bytes) -> tuple[float, float, str]:
    """Processor seconds and peak memory (MB) of the child that parses a file, and how it ended.

    A small process in between starts it: the peak of a child is never below that of its parent.
    """
    with tempfile.TemporaryFile() as given:
        given.write(data)
        given.seek(0)
        told = subprocess.run([sys.executable, "-c", WATCHER], stdin=given, stdout=subprocess.PIPE,
                              check=True)  # fmt: skip
    spent, high, ended = json.loads(told.stdout)
    return spent, high, ended


def parts(long: bytes) -> None:
    """Print what the reading of a long workbook consists of, and what no reader can save.

    The jobs take turns. Objects are made as in the command, without looking for circles.
    """
    with uncollected():
        told = grid_text(parse(long, "long.xlsx"))
        grid = answer_of(told)
        jobs: dict[str, Callable[[], object]] = {
            "  peer: calamine, bare values": lambda: calamine(long),
            f"read, {LONG_LINES:,} lines, guard to findings": lambda: ours(long),
            "  guard and cells, in the child": lambda: parse(long, "long.xlsx"),
            "    floor: unpacked": lambda: unpacked(long),
            "    floor: expat": lambda: events(long, told=False),
            "    floor: expat, its events in Python": lambda: events(long, told=True),
            "  the pipe, both ends": lambda: answer_of(grid_text(grid)),
            "  cells to findings": lambda: interpreted(grid, long),
        }
        times = [spent.cpu for spent in best(*jobs.values(), turns=3)]
    for label, spent in zip(jobs, times, strict=True):
        aim = f", aim {LONG_AIM:.0f} x" if label.startswith("read") else ""
        _row(label, spent, f"{spent / times[0]:.1f} x{aim}")


def main() -> None:
    """Measure and print; ratios are what can be compared between machines."""
    short, long = long_workbook(COLD_LINES), long_workbook(LONG_LINES)
    with tempfile.TemporaryDirectory() as name:
        file, clean = Path(name) / "short.xlsx", Path(name) / "clean.xlsx"
        file.write_bytes(short)
        clean.write_bytes(workbook(load("beer"), "en", example_of("beer")))
        cold = used(lambda: _run("check", str(file)))
        whole = used(lambda: _run("check", str(clean)))
    floor = used(lambda: subprocess.run([sys.executable, "-c", "import bw2calc, pint"], check=True,
                                        stderr=subprocess.DEVNULL))  # fmt: skip
    other = seconds(lambda: bare_openpyxl(long))
    marking = used(lambda: annotate(long, "long.xlsx", marks(), "en"))
    print("processor seconds; of whole commands those of their children too")
    _row(f"check, {COLD_LINES:,} lines with errors, cold", cold, f"aim {COLD_AIM} s")
    _row("check, the clean example, cold", whole)
    _row("  floor: import bw2calc and pint, bare", floor)
    parts(long)
    _row("  peer: openpyxl read-only, bare values", other)
    _row("annotate it, 1,000 marks, its child", marking)
    print(f"{'the child that parses, hostile files':<40} seconds      MB   ended (aim 2 s, 300 MB)")
    for told, data in hostile():
        spent, high, ended = child(data)
        print(f"  {told:<38}{spent:8.2f}{high:8.0f}   {ended}")


def _row(label: str, spent: float, more: str = "") -> None:
    print(f"{label:<40}{spent:8.2f} s   {more}".rstrip())


if __name__ == "__main__":
    main()

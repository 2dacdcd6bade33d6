"""Workbooks spoilt at random at three levels, and what reading makes of them.

A seed is an input. It changes bytes of the zip, tokens of one XML part, or cells; what comes out
goes the way of every workbook: guard, parser, reader. Allowed are a submission with findings or a
coded refusal. Run as a program, ``python -m tests.lca.workbook.fuzzing FIRST COUNT``, it does
so in a process with the memory of that child and tells what happened as JSON.
"""

from __future__ import annotations

import io
import json
import random
import re
import resource
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from factors.errors import UnsafeFileError
from lca.workbook.cells import CellReader
from lca.workbook.grid import Grid, GridCell, GridSheet, answer_of, grid_text
from lca.workbook.isolate import MEMORY
from lca.workbook.parse import parse
from lca.workbook.read import interpret
from tests.lca.workbook.desk import NAME, clean_grid, model, spot_of
from tests.lca.workbook.hostile import pack, unpack

SHA = "0" * 64
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
HIGH = re.compile(r"VmHWM:\s*(\d+) kB")

TOKENS = re.compile(rb'<[^<>]*>|="[^"]*"|[^<>]+')
ATTRIBUTE = re.compile(rb'="[^"]*"')
VALUES = (
    *(text.encode() for text in (
        "", "0", "-1", "1", "9" * 20, "1E+308", "1e999", "NaN", "A1", "XFD1048576",
        "A1:XFD1048576", "rId1", "../../x", "&lt;", "&#0;", "&x;", "true", "s", "inlineStr",
        "http://example.com/" + "a" * 300, "\ufb00\u202e一", "x" * 5000,
    )),
    b"\xff\xfe",
)  # fmt: skip
MOST = 200_000
"""Bytes of one token; multiplied again and again it would fill the memory unread."""

PIECES = (
    b"<c r='A1'><v>1</v></c>", b"<row r='1'/>", b"<v>1e400</v>", b"<f>1+1</f>",
    b"<mergeCell ref='A1:Z9'/>", b"<!-- -->", b"<![CDATA[x]]>", b"<?x y?>", b"<!DOCTYPE a>",
    b"</c>", b"<a>", b"<t>" + b"y" * 40_000 + b"</t>",
)  # fmt: skip
TEXTS = (
    "", " ", "NaN", "-inf", "1e999999999", "1,234", "1.234,5", "12 kWh", "约5", "5±1", "1-2", "½",
    "一百", "١٢", "=1+1", "@block", "@cover", "#", "+", "output", "carbonlabel-workbook/1 cover",
    "\x00", "\u202e", "<b>x</b>", "2025-02-30", "9" * 400, "x" * 40_000, "EX-500", "kg", "%", "万",
    "12万", "1/0", "\ud800",
)  # fmt: skip
NUMBERS = (
    "0",
    "-0.0",
    "1e308",
    "5e-324",
    "nan",
    "inf",
    "0.1",
    "1234567890123456789",
    "45678",
    "-1",
)
KINDS = ("text", "number", "date", "time", "bool", "error", "empty")
FORMATS = ("", "0%", "@", "#,##0,", '0"万"', "yyyy-mm-dd", "[Red]0.0;;;", '0" kWh"', "0" * 300, '"')


@cache
def small() -> bytes:
    """A workbook of a few cells that goes through every room of the reader."""
    book = openpyxl.Workbook()
    cover = book.active
    if cover is None:
        raise RuntimeError("openpyxl made no sheet")
    cover["A1"], cover["A2"], cover["B2"] = "carbonlabel-workbook/1 cover", "#", "title"
    for column, name in enumerate(("@cover", "label", "need", "value", "help"), 1):
        cover.cell(3, column, name)
    for row, name in enumerate(("subject", "model", "gtin"), 4):
        cover.cell(row, 1, name)
        cover.cell(row, 4, {"model": "drink", "gtin": "5"}.get(name, "EX"))
    cover["D8"], cover["D9"] = "=1+1", 0.5
    cover["D9"].number_format = "0%"
    book.create_sheet("notes")["A1"] = "mine"
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


# --- spoiling ------------------------------------------------------------------------------------


def zipped(rng: random.Random) -> bytes:
    """Change, cut off or insert bytes anywhere, or numbers of the zip directory."""
    raw = bytearray(small())
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(raw))
        match rng.randrange(4):
            case 0:
                raw[at] ^= 1 << rng.randrange(8)
            case 1:
                raw[at : at + rng.randrange(5)] = rng.randbytes(rng.randrange(5))
            case 2:
                raw[at:at] = raw[rng.randrange(len(raw)) :][: rng.randrange(60)]
            case _:
                start = raw.find(rng.choice((b"PK\1\2", b"PK\3\4", b"PK\5\6")))
                spot = max(start, 0) + rng.randrange(4, 30)
                struct.pack_into("<H", raw, min(spot, len(raw) - 2), rng.choice((0, 1, 9, 0xFFFF)))
    return bytes(raw[: rng.choice((len(raw), len(raw), rng.randrange(1, len(raw) + 1)))])


def marked_up(rng: random.Random) -> bytes:
    """Change tokens of one XML part: values, texts, elements lost, doubled, put elsewhere."""
    parts = unpack(small())
    name = rng.choice(sorted(parts))
    return pack({**parts, name: spoilt(rng, parts[name])})


def spoilt(rng: random.Random, part: bytes) -> bytes:
    """Change a few tokens of one XML part."""
    tokens = TOKENS.findall(part) or [b""]
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(tokens))
        match rng.randrange(6):
            case 0:
                tokens[at] = ATTRIBUTE.sub(b'="' + rng.choice(VALUES) + b'"', tokens[at], count=1)
            case 1:
                tokens[at] = rng.choice(VALUES)
            case 2:
                tokens.insert(at, rng.choice(PIECES))
            case 3:
                tokens[at : at + rng.randrange(4)] = []
                tokens = tokens or [b""]
            case 4:
                tokens.insert(at, tokens[rng.randrange(len(tokens))])
            case _:
                tokens[at] = (tokens[at] * rng.choice((2, 70)))[:MOST]
    return b"".join(tokens)


def cell(rng: random.Random) -> GridCell:
    """Any cell, also one that no parser would give."""
    kind = rng.choice(KINDS)
    value = rng.choice(NUMBERS) if kind == "number" else rng.choice(TEXTS)
    if kind == "date":
        value = (
            f"{rng.randint(1, 9999):04}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T00:00:00"
        )
    formula = rng.choice(("", "", "=A1", "=" + "(" * 300))
    return GridCell(kind, "" if kind == "empty" else value, rng.choice(FORMATS), formula)  # type: ignore[arg-type]


def grid(rng: random.Random) -> Grid:
    """The whole drink workbook with cells exchanged, ids included."""
    sheets = []
    for sheet in clean_grid().sheets:
        there = sorted(sheet.cells)
        places = [_place(rng, there) for _ in range(rng.randint(0, 9))]
        sheets.append(GridSheet(sheet.name, {**sheet.cells, **{at: cell(rng) for at in places}}))
    return Grid(tuple(sheets), rng.random() < 0.1)


def _place(rng: random.Random, there: list[tuple[int, int]]) -> tuple[int, int]:
    if rng.random() < 0.8:
        return rng.choice(there)
    return rng.randint(1, 60), rng.randint(1, 40)


# --- reading -------------------------------------------------------------------------------------


def file_read(data: bytes) -> str:
    """Take a file the whole way and say how it ended."""
    try:
        parsed = parse(data, NAME)
    except UnsafeFileError as refusal:
        return _refused(refusal)
    return grid_read(answer_of(grid_text(parsed)))


def grid_read(given: Grid) -> str:
    """Interpret cells; whatever they are, nothing may be raised."""
    told = interpret(given, NAME, SHA, model())
    return _rendered(told.findings)


def cell_read(rng: random.Random) -> str:
    """Read one cell in every way a field may ask for."""
    reader = CellReader(frozenset({"bottle"}))
    at = spot_of(cell(rng))
    match rng.randrange(6):
        case 0:
            reader.number(at, rng.choice(("any", "zero-or-more", "above-zero")), "kWh", must=True)
        case 1:
            reader.unit(at, reader.known("kg"), "kg")
        case 2:
            reader.text(at, is_id=True)
        case 3:
            reader.day(at, month=rng.random() < 0.5)
        case 4:
            reader.codes(at)
        case _:
            reader.number(at, "any", rng.choice(("1", "%", "bottle", "")))
    return _rendered(reader.findings)


def _refused(refusal: UnsafeFileError) -> str:
    (found,) = refusal.findings
    return _rendered((found,)) and found.code


def _rendered(findings: Any) -> str:
    """Every finding must be a sentence in both languages."""
    for found in findings:
        if "{" in found.code or not (found.render("zh") and found.render("en")):
            raise AssertionError(found)
    return "findings" if findings else "read"


WAYS: dict[str, Callable[[random.Random], str]] = {
    "zip": lambda rng: file_read(zipped(rng)),
    "xml": lambda rng: file_read(marked_up(rng)),
    "cell": cell_read,
    "grid": lambda rng: grid_read(grid(rng)),
}
SHARES = {"zip": 35, "xml": 14, "cell": 50, "grid": 1}
"""Out of a hundred inputs; a whole workbook costs as much as hundreds of cells."""


def way_of(seed: int) -> str:
    """Which level a seed spoils."""
    place = seed % 100
    for way, share in SHARES.items():
        if place < share:
            return way
        place -= share
    raise AssertionError(seed)


def one(seed: int) -> str:
    """Make the input of a seed and read it; return how it ended."""
    return WAYS[way_of(seed)](random.Random(seed))


# --- as a program --------------------------------------------------------------------------------


def look(first: int, count: int) -> dict[str, Any]:
    """Read ``count`` inputs from ``first`` on.

    Returns
    -------
    dict
        ``told``: how many ended how; ``seconds`` and ``kB``: the largest processor time and peak
        memory, with the seed; ``raised``: seeds that ended in what must not happen.
    """
    told: Counter[str] = Counter()
    slowest, largest = (0.0, first), (0, first)
    raised: list[tuple[int, str]] = []
    for seed in range(first, first + count):
        CLEAR.write_text("5")
        start = time.process_time()
        try:
            ended = one(seed)
        except BaseException as error:  # noqa: BLE001 - this is what the program looks for
            ended = "raised"
            raised.append((seed, f"{type(error).__name__}: {error}"[:200]))
        slowest = max(slowest, (time.process_time() - start, seed))
        largest = max(largest, (_high(), seed))
        told[f"{way_of(seed)}: {ended}"] += 1
    return {"told": dict(told), "seconds": slowest, "kB": largest, "raised": raised}


def main() -> None:
    """Look with the memory of the child that parses; print what happened as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with redirect_stdout(sys.stderr):
        told = look(int(sys.argv[1]), int(sys.argv[2]))
    json.dump(told, sys.stdout)


def _high() -> int:
    """Highest memory of this process since it was last cleared (kB)."""
    found = HIGH.search(STATUS.read_text())
    return int(found[1]) if found else 0


if __name__ == "__main__":
    main()

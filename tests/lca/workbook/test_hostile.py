"""Files of unknown origin: refused with one coded finding, in bounded time, no traceback."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.errors import UnsafeFileError
from factors.texts import LANGS
from lca.workbook import isolate, stream
from lca.workbook.grid import address
from lca.workbook.isolate import parse_apart
from lca.workbook.parse import parse
from lca.workbook.read import read
from tests.lca.workbook.desk import clean, clean_grid, model
from tests.lca.workbook.hostile import FILES, LOST, ODD, SHEET, UNREADABLE, pack, sheet, unpack


def refusal(data: bytes) -> str:
    with pytest.raises(UnsafeFileError) as caught:
        stream.check(data, "handed-in.xlsx")
    (found,) = caught.value.findings
    assert found.where.file == "handed-in.xlsx"
    assert all("{" not in found.render(lang) for lang in LANGS)
    return found.code


@pytest.mark.parametrize("name", FILES)
def test_the_guard_refuses_and_says_why(name: str):
    make, code = FILES[name]
    assert refusal(make()) == code


def test_the_control_passes():
    stream.check(clean(), "drink.xlsx")
    stream.check(clean("en"), "drink.xlsx")


@pytest.mark.parametrize("name", FILES)
def test_the_reader_refuses_it_with_the_same_words(name: str):
    """Reading and guarding are one pass there; no part may slip through between the two."""
    make, code = FILES[name]
    with pytest.raises(UnsafeFileError) as caught:
        parse(make(), name)
    assert [found.code for found in caught.value.findings] == [code]


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_only_the_reader_notices_is_refused_too(name: str):
    make, code = UNREADABLE[name]
    data = make()
    stream.check(data, name)
    with pytest.raises(UnsafeFileError) as caught:
        parse(data, name)
    assert [found.code for found in caught.value.findings] == [code]


def rows_of(count: int, columns: int, cell: str) -> bytes:
    """The clean file with a first sheet of so many rows and columns of one kind of cell."""
    lines = [
        "".join(f"<c r='{address(row, column)}' {cell}" for column in range(1, columns + 1))
        for row in range(1, count + 1)
    ]
    return sheet("".join(f"<row>{line}</row>" for line in lines))()


LONGEST = 50_000
"""Rows of the longest honest workbook that was thought of; they have ten columns or fewer."""


@pytest.mark.parametrize(
    ("columns", "cell"),
    [(10, "t='inlineStr'><is><t>x</t></is></c>"), (12, "s='1'/>")],
    ids=["a text of its own in every cell", "empty cells that have a border"],
)
def test_an_honest_workbook_of_fifty_thousand_lines_passes(columns: int, cell: str):
    stream.check(rows_of(LONGEST, columns, cell), "long.xlsx")


def test_half_as_much_again_is_refused():
    assert refusal(rows_of(LONGEST, 18, "/>")) == "FILE-TOO-HARD"


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_around_the_cells_changes_no_cell(name: str):
    data = ODD[name]()
    assert data != clean()
    assert parse(data, name) == clean_grid()


def test_the_whole_way_gives_the_refusal_of_the_child():
    """The XML guards run in the child; their finding must reach the caller unchanged."""
    make, code = FILES["a book in one cell"]
    with pytest.raises(UnsafeFileError) as caught:
        read(make(), "book.xlsx", model())
    (found,) = caught.value.findings
    assert (found.code, found.where.file) == (code, "book.xlsx")
    assert dict(found.params)["part"] == SHEET


@settings(max_examples=150)
@given(st.data())
def test_no_bytes_make_the_guard_do_anything_but_refuse(data: st.DataObject):
    """Bytes changed, cut off or inserted anywhere: the guard passes or refuses."""
    raw = bytearray(clean())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    cut = data.draw(st.one_of(st.just(len(raw)), st.integers(0, len(raw))))
    _only_refuses(bytes(raw[:cut]))


@settings(max_examples=150)
@given(st.data())
def test_no_xml_makes_the_guard_do_anything_but_refuse(data: st.DataObject):
    parts = unpack(clean())
    name = data.draw(st.sampled_from(sorted(parts)))
    raw = bytearray(parts[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw)))
        added = data.draw(
            st.sampled_from([b"<", b"&x;", b"<c r='A1'/>", b"<!DOCTYPE a>", b"\xff", b""])
        )
        raw[at : at + data.draw(st.integers(0, 8))] = added
    _only_refuses(pack({**parts, name: bytes(raw)}))


def _only_refuses(data: bytes) -> None:
    with contextlib.suppress(UnsafeFileError):
        stream.check(data, "handed-in.xlsx")


def test_a_child_that_takes_too_long_is_ended():
    with pytest.raises(UnsafeFileError) as caught:
        parse_apart(clean(), "slow.xlsx", wall_seconds=0.01)
    assert caught.value.findings[0].code == "FILE-TOO-HARD"


def test_a_child_that_is_killed_takes_nothing_with_it(monkeypatch, tmp_path: Path):
    """The interpreter is exchanged for one that ends itself by a signal, as the kernel would."""
    deadly = tmp_path / "python"
    deadly.write_text("#!/bin/sh\nkill -9 $$\n")
    deadly.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(deadly))
    with pytest.raises(UnsafeFileError) as caught:
        isolate.parse_apart(clean(), "deadly.xlsx")
    assert caught.value.findings[0].code == "FILE-TOO-HARD"


def test_the_real_child_killed_at_work_is_a_refusal_and_nothing_else(tmp_path: Path, monkeypatch):
    """The child that parses is found by its parent and killed while it works."""
    monkeypatch.chdir(tmp_path)
    killed: list[int] = []
    watch = threading.Thread(target=lambda: killed.append(_kill_child_of(os.getpid())))
    watch.start()
    with pytest.raises(UnsafeFileError) as caught:
        parse_apart(clean(), "killed.xlsx")
    watch.join()
    assert killed[0] > 0
    assert [found.code for found in caught.value.findings] == ["FILE-TOO-HARD"]
    assert list(tmp_path.iterdir()) == []
    assert parse_apart(clean(), "next.xlsx") == clean_grid()


def _kill_child_of(parent: int) -> int:
    """Wait for the child that parses, kill it by its number, return the number."""
    for _ in range(2000):
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            for child in children.read_text().split():
                with contextlib.suppress(OSError):  # it may be over before it is looked at
                    if b"lca.workbook.parse" in Path(f"/proc/{child}/cmdline").read_bytes():
                        os.kill(int(child), signal.SIGKILL)
                        return int(child)
        time.sleep(0.005)
    return 0


@pytest.mark.parametrize("name", LOST)
def test_a_sheet_that_is_not_there_is_a_finding(name: str):
    make, code = LOST[name]
    assert code in {found.code for found in read(make(), name, model()).findings}


def test_a_formula_is_text_and_nothing_is_fetched():
    rows = '<row r="1"><c r="A1"><f>WEBSERVICE("http://example.com")</f></c></row>'
    grid = parse_apart(sheet(rows)(), "web.xlsx")
    cell = grid.sheets[0].cells[1, 1]
    assert (cell.kind, cell.formula) == ("empty", '=WEBSERVICE("http://example.com")')


def test_the_current_folder_cannot_lend_the_child_a_module(monkeypatch, tmp_path: Path):
    (tmp_path / "zipfile.py").write_text("raise SystemExit(9)")
    (tmp_path / "lca").mkdir()
    monkeypatch.chdir(tmp_path)
    assert parse_apart(clean(), "drink.xlsx") == clean_grid()

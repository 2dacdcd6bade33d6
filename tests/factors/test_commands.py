"""Commands of modules: help is help, and a wrong call writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from factors import library_pages, lock, unit_table
from lca import coverage

Main = Callable[[Sequence[str]], int]

COMMANDS: list[Main] = [library_pages.main, lock.main, unit_table.main, coverage.main]


@pytest.mark.parametrize("main", COMMANDS)
@pytest.mark.parametrize(("told", "status"), [(["--help"], 0), (["--no-such-thing"], 2)])
def test_a_question_is_no_place_to_write_to(
    main: Main,
    told: list[str],
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        main(told)
    assert end.value.code == status
    assert list(tmp_path.iterdir()) == []
    shown = capsys.readouterr()
    assert "usage: " in (shown.out or shown.err)


@pytest.mark.parametrize("main", [library_pages.main, coverage.main])
def test_a_page_needs_a_place(main: Main, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert "required" in capsys.readouterr().err


def test_the_units_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert unit_table.main([]) == 0
    assert capsys.readouterr().out == unit_table.page()


def test_the_pages_are_written(tmp_path: Path) -> None:
    assert library_pages.main([str(tmp_path / "pages")]) == 0
    assert (tmp_path / "pages" / library_pages.INDEX).is_file()

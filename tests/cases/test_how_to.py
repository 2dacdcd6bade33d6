"""The how-to page of worked cases, followed word by word."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cases.__main__ import main

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "run-a-worked-case.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
LAST_DIGITS = re.compile(
    r"(?<=deviation )[-+]\d\.\d\de-1\d .*relative\)|(?<=deviation )\+0\S* .*relative\)"
)
"""What a figure that agrees differs by is the business of the machine."""


def bodies(kind: str) -> list[str]:
    return [body for found, body in BLOCKS if found == kind]


def test_commands_print_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = list(zip(bodies("json"), bodies("sh"), bodies("text"), strict=True))
    assert shown
    for case, command, output in shown:
        _, _, module, file, *_ = shlex.split(command)
        assert module == "tests.cases"
        Path(file).write_text(case, encoding="utf-8")
        code = main([file])
        printed = capsys.readouterr().out + (f"exit code {code}\n" if code else "")
        assert LAST_DIGITS.sub("", printed) == LAST_DIGITS.sub("", output)


def test_the_python_of_the_page_runs() -> None:
    (code,) = bodies("python")
    exec(compile(code, str(PAGE), "exec"), {})

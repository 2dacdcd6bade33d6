"""A command that a page or a message names in passing exists, with the options it is given."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from factors.texts import LANGS, catalogue
from labels.cli.main import app
from tests.docs.pages import ROOT, all_pages

INLINE = re.compile(r"`(?:\.venv/bin/)?(carbonlabel(?: [^`]*)?)`")
ADVISED = re.compile(r"carbonlabel(?: [a-z-]+)+")
COMMAND: Any = get_command(app)
OPEN = re.compile(r"[A-Z|{…<]")
"""What stands for something else: COMMAND, {model}, submit | approve."""


def problem(words: list[str]) -> str:
    """Say what no command line has; empty where all is well."""
    command = COMMAND
    for word in words:
        if word.startswith("-"):
            known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
            if word.partition("=")[0] not in known | {"--help"}:
                return f"no option {word}"
        elif hasattr(command, "commands"):
            if OPEN.search(word):
                return ""
            if word not in command.commands:
                return f"no command {word}"
            command = command.commands[word]
    return ""


def named(path: Path) -> Iterator[list[str]]:
    for one in INLINE.findall(path.read_text(encoding="utf-8")):
        try:
            yield shlex.split(one)[1:]
        except ValueError:
            continue


def test_a_command_named_in_a_page_exists() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {' '.join(words)}: {problem(words)}"
        for path in all_pages()
        for words in named(path)
        if problem(words)
    ]
    assert not wrong


@pytest.mark.parametrize("lang", LANGS)
def test_a_command_that_a_finding_advises_exists(lang: str) -> None:
    wrong = []
    for code, found in catalogue("findings").items():
        for advised in ADVISED.findall(found[lang]["todo"]):
            group = COMMAND.commands.get(advised.split()[1])
            words = advised.split()[1 : 3 if hasattr(group, "commands") else 2]
            if problem(words):
                wrong.append(f"{code}: {advised}: {problem(words)}")
    assert not wrong


def test_a_command_that_does_not_exist_is_noticed() -> None:
    """The control."""
    assert problem(["frobnicate"]) == "no command frobnicate"
    assert problem(["registry", "chek"]) == "no command chek"
    assert problem(["check", "a.xlsx", "--annotat"]) == "no option --annotat"
    assert problem(["check", "a.xlsx", "--annotate", "b.xlsx"]) == ""

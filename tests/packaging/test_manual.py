"""The manual page and shell completion come from the commands themselves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from labels.cli import manual

ROOT = Path(__file__).resolve().parents[2]
MAN = ROOT / "docs" / "man" / "carbonlabel.1"
COMMAND = Path(sys.executable).with_name("carbonlabel")


def test_the_manual_page_is_current() -> None:
    assert MAN.read_text(encoding="utf-8") == manual.page(), (
        "renew it: python -m labels.cli.manual docs/man/carbonlabel.1"
    )


def test_every_command_has_its_section() -> None:
    sections = set(re.findall(r"^\.SS carbonlabel ([a-z ]+?)(?: [\[{].*)?$", manual.page(), re.M))
    for command in ("footprint", "verify", "factors search", "registry init", "keys new"):
        assert command in sections, command


def test_no_text_becomes_a_macro(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that begins with a dot or a quote, and backslashes, are text."""
    hostile = typer.Typer()

    @hostile.command(help=".SH FORGED \\fBbold 'x")
    def first() -> None: ...

    @hostile.command(help="'nor this - or that")
    def second() -> None: ...

    monkeypatch.setattr(manual, "app", hostile)
    told = manual.page()
    assert "\n\\&.SH FORGED \\efBbold 'x\n" in told
    assert "\n\\&'nor this \\- or that\n" in told
    assert told.count("\n.SH ") == manual.TOP.count("\n.SH ") + manual.END.count(".SH ") + 1


@pytest.mark.parametrize(
    ("shell", "words", "offered"),
    [
        ("bash", {"COMP_WORDS": "carbonlabel foot", "COMP_CWORD": "1"}, "footprint"),
        ("bash", {"COMP_WORDS": "carbonlabel factors se", "COMP_CWORD": "2"}, "search"),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "carbonlabel regis"}, "registry"),
        ("fish", {"_TYPER_COMPLETE_ARGS": "carbonlabel verif",
                  "_TYPER_COMPLETE_FISH_ACTION": "get-args"}, "verification"),
    ],
)  # fmt: skip
def test_a_shell_completes(shell: str, words: dict[str, str], offered: str) -> None:
    asked = {**os.environ, **words, "_CARBONLABEL_COMPLETE": f"complete_{shell}"}
    done = subprocess.run([COMMAND], env=asked, capture_output=True, text=True, check=False)
    assert offered in done.stdout
    assert "doctor" not in done.stdout

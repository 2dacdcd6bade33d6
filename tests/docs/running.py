"""Run the commands of a page in one shell, in a folder of its own, as a reader would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.docs.masks import masked
from tests.docs.pages import ROOT, Command, Page, commands

MARK = "@@end-of-command"
ENDED = re.compile(rf"{MARK} (\d+) (\d+)\n")
CUT = "…"
"""A line of its own in a page: here some lines are left out."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A command, what it printed and how it ended."""

    command: Command
    printed: str
    exits: int

    def problem(self) -> str:
        """Say what differs from the page; empty where nothing does."""
        if self.exits != self.command.exits:
            return f"{self.told} ended with {self.exits}:\n{self.printed}"
        if self.command.printed is None or agrees(self.command.printed, self.printed):
            return ""
        return f"{self.told} printed\n{self.printed}\nthe page says\n{self.command.printed}"

    @property
    def told(self) -> str:
        return f"line {self.command.line}: {self.command.text.splitlines()[0]}"


def agrees(expected: str, printed: str) -> bool:
    """Tell whether a text is the one expected, volatile fields and cut passages aside."""
    passages = re.split(rf"^\s*{CUT}\s*$", expected, flags=re.MULTILINE)
    pattern = ".*".join(re.escape(masked(one)) for one in passages)
    return re.fullmatch(rf"\s*{pattern}\s*", masked(printed), re.DOTALL) is not None


def run_page(page: Page, folder: Path, demo: Path | None = None) -> list[Ran]:
    """Run a page in a folder; commands after one that ended the shell are missing."""
    if demo is not None:
        shutil.copytree(demo, folder / "demo")
    asked = [command for part in page.parts for command in commands(part)]
    return run(asked, folder, page.lang)


def run(asked: Sequence[Command], folder: Path, lang: str) -> list[Ran]:
    """Run commands in one shell, so that a variable set by one is seen by the next."""
    script = "".join(
        f"code=0; {{ set -e; {one.text}\n}} 2>&1 || code=$?; echo; echo '{MARK}' {number} $code\n"
        for number, one in enumerate(asked)
    )
    done = subprocess.run(
        ["bash", "-u", "-c", script],
        cwd=folder,
        env=environment(folder, lang),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1200,
        check=False,
    )
    texts = ENDED.split(done.stdout)
    ran = zip(texts[0:-1:3], texts[1::3], texts[2::3], strict=True)
    return [Ran(asked[int(number)], said.strip("\n"), int(code)) for said, number, code in ran]


def environment(folder: Path, lang: str) -> dict[str, str]:
    """A newcomer's machine: the command on the path, nothing set, a home of its own."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CARBONLABEL")}
    told = {"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    return {**kept, **told, "CARBONLABEL_LANG": lang, "CARBONLABEL_PASSPHRASE": "example"}


def make_demo(folder: Path) -> Path:
    """Run ``make demo`` itself, with the set-up taken as done, into a folder."""
    demo = folder / "demo"
    subprocess.run(
        ["make", "--silent", "-o", ".venv/.run-stamp", "demo", f"DEMO={demo}",
         f"BIN={Path(sys.executable).parent}"],
        cwd=ROOT, env=environment(folder, "en"), check=True, capture_output=True, timeout=1200,
    )  # fmt: skip
    return demo

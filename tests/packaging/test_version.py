"""One version, in pyproject.toml; wherever else it is told it is the same."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
TOLD = {
    "CITATION.cff": r"^version: (\S+)$",
    "CHANGELOG.md": r"^## .*?\(?(\d+\.\d+\.\d+)\)?$",
    "docs/man/carbonlabel.1": r'^\.TH CARBONLABEL 1 "" "carbonlabel (\S+)"',
}
"""Where the version is written, and how; the first is the latest."""


def test_the_command_tells_it() -> None:
    command = Path(sys.executable).with_name("carbonlabel")
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"carbonlabel {VERSION}\n"
    assert version("carbonlabel") == VERSION


@pytest.mark.parametrize("file", TOLD)
def test_a_file_tells_the_same(file: str) -> None:
    found = re.search(TOLD[file], (ROOT / file).read_text(encoding="utf-8"), re.M)
    assert found, file
    assert found[1] == VERSION


@pytest.mark.parametrize("room", ["factors", "lca", "labels", "templates"])
def test_no_module_holds_a_version_of_its_own(room: str) -> None:
    own = re.compile(r"^__version__\b", re.M)
    held = [path for path in (ROOT / room).rglob("*.py") if own.search(path.read_text("utf-8"))]
    assert held == []

"""``carbonlabel doctor`` where a library or the font is hidden: what is said, and what to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LOADER = """
import sys
from cffi import FFI
real, hidden = FFI.dlopen, sys.argv.pop(1)
def dlopen(self, name, *flags):
    if hidden in str(name):
        raise OSError(f"cannot load library {name!r}")
    return real(self, name, *flags)
FFI.dlopen = dlopen
from labels.cli.main import main
main()
"""
"""The command, with one library that the loader does not find."""


def doctor(hidden: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LOADER, hidden, "doctor", *arguments],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def lacking(told: subprocess.CompletedProcess[str]) -> list[str]:
    seen: list[dict[str, Any]] = json.loads(told.stdout)
    return [found["code"] for one in seen if one["state"] == "lacking" for found in one["findings"]]


@pytest.mark.parametrize(
    ("hidden", "code"),
    [("pango-1.0", "DOCTOR-PAGES"), ("harfbuzz-subset", "RENDER-SUBSETTER-MISSING")],
)
def test_a_hidden_library_is_named_and_nothing_else(hidden: str, code: str) -> None:
    told = doctor(hidden, "--json")
    assert told.returncode == 1
    assert lacking(told) == [code]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_to_do_is_said_in_both_languages(lang: str) -> None:
    told = doctor("pango-1.0", "--lang", lang, COLUMNS="300")
    assert told.returncode == 1
    assert "apt-get install libpango-1.0-0" in told.stdout
    assert "Traceback" not in told.stdout + told.stderr


def test_a_hidden_font_is_named(tmp_path: Path) -> None:
    told = doctor("nothing hidden", "--json", CARBONLABEL_FONTS=str(tmp_path))
    assert told.returncode == 1
    assert lacking(told) == ["FONT-FOLDER"]


def test_control_with_nothing_hidden_all_is_well() -> None:
    told = doctor("nothing hidden", "--json")
    assert (told.returncode, lacking(told)) == (0, [])

"""The main job, once: the example workbook through the real commands, as a person types them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Told:
    """What a command answered."""

    code: int
    out: str
    err: str


def carbonlabel(*words: object, cwd: Path | None = None, **environ: str) -> Told:
    """Run one command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "labels.cli.main", *map(str, words)],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
        cwd=cwd or Path(__file__).parents[2],
        env={**os.environ, "LANG": "C.UTF-8", "CARBONLABEL_LANG": "en", **environ},
    )
    return Told(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Job:
    """Where the files of the main job lie."""

    root: Path

    @property
    def workbook(self) -> Path:
        return self.root / "private" / "brewery.xlsx"

    @property
    def registry(self) -> Path:
        return self.root / "registry"

    @property
    def public(self) -> Path:
        return self.root / "out" / "public"

    @property
    def sealed(self) -> Path:
        return self.root / "out" / "sealed"


@pytest.fixture(scope="session")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """The example brewery, issued in a demo registry."""
    made = Job(tmp_path_factory.mktemp("main-job"))
    steps = (
        ("template", "beer", "--example", "-o", made.workbook, "--lang", "zh"),
        ("registry", "init", made.registry, "--demo"),
        ("issue", made.workbook, "--registry", made.registry, "--out", made.root / "out"),
    )
    for words in steps:
        told = carbonlabel(*words)
        assert told.code == 0, (words, told)
    return made

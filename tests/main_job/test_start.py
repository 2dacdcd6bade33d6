"""Starting up: help at once, no heavy imports, no other package of the same name."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from labels.cli.main import app

ROOT = Path(__file__).parents[2]
DRAWING = ("weasyprint", "pydyf", "fontTools", "matplotlib")
COMPUTING = ("bw2calc", "pint", "numpy", "scipy", "openpyxl", "python_calamine")
RECORDS = ("sqlalchemy", "pyhanko", "cryptography")
HEAVY = (*DRAWING, *COMPUTING, *RECORDS)
SPARED = {
    "labels.cli.main": (*HEAVY, "rich"),
    "labels.cli.aside, labels.printing": (*HEAVY, "rich"),
    "labels.cli.issuing": (*DRAWING, *COMPUTING),
    "labels.cli.checking": (*DRAWING, *COMPUTING),
    "labels.cli.records": (*DRAWING, *COMPUTING, "pyhanko"),
    "labels.cli.blanks": (*DRAWING, *RECORDS, "bw2calc", "dask"),
}
"""What must not be imported with a module: the wait of its command would be longer by that."""
GROUPS = (
    *((), ("factors",), ("verification",), ("verification", "roster")),
    *(("keys",), ("registry",), ("programme",)),
)


def imported(module: str, names: tuple[str, ...]) -> str:
    """Import modules in a fresh process and tell which libraries came along."""
    script = f"import sys\nimport {module}\nprint([n for n in {names!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize("module", SPARED)
def test_a_command_imports_nothing_heavy_that_it_does_not_use(module: str) -> None:
    assert imported(module, SPARED[module]) == "[]"


def test_what_came_along_would_be_seen() -> None:
    assert imported("labels.cli.computing", ("bw2calc", "weasyprint")) == "['bw2calc']"


def test_help_imports_nothing_heavy() -> None:
    module = "labels.cli.main, typer.main\ntyper.main.get_command(labels.cli.main.app)"
    assert imported(module, HEAVY) == "[]"


@pytest.mark.parametrize("group", GROUPS, ids=" ".join)
def test_help_tells_every_command_in_a_whole_sentence(group: Sequence[str]) -> None:
    told = CliRunner().invoke(app, [*group, "--help"])
    assert told.exit_code == 0
    command: Any = get_command(app)
    for name in group:
        command = command.commands[name]
    for name, one in command.commands.items():
        sentence = " ".join((one.help or "").split()).split(". ")[0].rstrip(".")
        assert f"{name} {sentence}." in " ".join(told.output.split())


@pytest.mark.parametrize("package", ["factors", "lca", "templates"])
def test_a_folder_of_the_same_name_is_refused_with_an_explanation(
    tmp_path: Path, package: str
) -> None:
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").touch()
    told = subprocess.run(
        [sys.executable, "-m", "labels.cli.main", "models"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2
    assert str(tmp_path) in told.stderr
    assert "环境" in told.stderr
    assert "Traceback" not in told.stderr

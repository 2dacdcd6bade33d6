"""Starting up: help at once, no heavy imports, no other package of the same name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.main_job.conftest import carbonlabel

ROOT = Path(__file__).parents[2]
HEAVY = ("weasyprint", "bw2calc", "pyhanko", "sqlalchemy", "pint", "openpyxl", "numpy")


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom labels.cli.main import app\n"
        "from typer.main import get_command\nget_command(app)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_help_names_every_command() -> None:
    told = carbonlabel("--help")
    assert told.code == 0
    for command in ("template", "check", "footprint", "convert", "issue", "verify", "factors"):
        assert command in told.out


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

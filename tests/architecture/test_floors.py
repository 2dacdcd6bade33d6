"""The import rules of pyproject.toml hold, and each of them can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")

TRESPASSES = {
    "a lower floor imports a higher one": ("factors/units.py", "import lca"),
    "the middle floor imports the top one": ("lca/engine.py", "import labels.verify"),
    "the cellar imports a floor": ("templates/texts.py", "import factors"),
    "a floor imports the cellar": ("labels/render.py", "import templates"),
    "a room of labels imports one above it": ("labels/certificate.py", "import labels.issue"),
    "two rooms of one layer import each other": ("labels/render.py", "import labels.registry"),
    "one engine imports the other": ("lca/oracle.py", "import lca.engine"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINT), "--no-cache", "--config", "pyproject.toml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def small_house(tmp_path: Path) -> Path:
    """Four packages with empty rooms under the project's own contracts."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    rooms = {
        "factors": ["units"],
        "lca": ["system", "engine", "oracle"],
        "labels": ["certificate", "registry", "render", "issue", "verify"],
        "templates": ["texts"],
    }
    for package, modules in rooms.items():
        (tmp_path / package).mkdir()
        for module in ("__init__", *modules):
            (tmp_path / package / f"{module}.py").touch()
    return tmp_path


def test_the_house_keeps_its_contracts():
    outcome = lint(ROOT)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_an_empty_house_keeps_its_contracts(small_house: Path):
    outcome = lint(small_house)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize("trespass", TRESPASSES)
def test_a_trespass_is_found(small_house: Path, trespass: str):
    module, line = TRESPASSES[trespass]
    (small_house / module).write_text(line + "\n")
    outcome = lint(small_house)
    assert outcome.returncode == 1
    assert "BROKEN" in outcome.stdout

"""The suite's own rule about outside tools: a missing one is listed, and in CI it fails the run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.outside import TOOLS

TESTS = Path(__file__).resolve().parents[1]
SAMPLE = """
import pytest

@pytest.mark.needs("qpdf", "sha256sum")
def test_with_a_tool():
    raise AssertionError("ran without its tool")

@pytest.mark.deep("storm")
def test_of_a_campaign():
    raise AssertionError("ran the campaign")

def test_plain():
    pass
"""
PYPROJECT = """
[tool.pytest.ini_options]
pythonpath = ["."]
addopts = ["--strict-markers", "--import-mode=importlib"]
markers = ["needs(*tools): x", "deep(name): x"]
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "tests").mkdir()
    for name in ("__init__.py", "conftest.py", "outside.py"):
        shutil.copy(TESTS / name, tmp_path / "tests" / name)
    (tmp_path / "tests" / "test_sample.py").write_text(SAMPLE)
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    return tmp_path


def run(suite: Path, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    clean = {
        key: value for key, value in os.environ.items() if not key.startswith(("CI", "PYTEST"))
    }
    clean.pop("CARBONLABEL_DEEP", None)
    return subprocess.run(
        command, cwd=suite, env=clean | environ, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["one process", "two processes"])
def test_a_missing_tool_is_listed_and_fails_only_in_ci(suite: Path, processes: tuple[str, ...]):
    nowhere = str(suite / "nothing-here")
    at_home = run(suite, *processes, PATH=nowhere)
    in_ci = run(suite, *processes, PATH=nowhere, CI="true")
    assert at_home.returncode == 0, at_home.stdout + at_home.stderr
    assert in_ci.returncode == 1, in_ci.stdout + in_ci.stderr
    for shown in (at_home.stdout, in_ci.stdout):
        assert "1 passed" in shown
        assert "missing outside tools" in shown
        assert "qpdf                      1   qpdf" in shown


def test_with_the_tools_at_hand_the_test_runs(suite: Path, tmp_path: Path):
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("qpdf", "sha256sum"):
        (tools / name).symlink_to("/bin/true")
    outcome = run(suite, PATH=str(tools))
    assert outcome.returncode == 1
    assert "ran without its tool" in outcome.stdout
    assert "missing outside tools" not in outcome.stdout


def test_a_campaign_runs_when_asked_for(suite: Path):
    outcome = run(suite, "-m", "deep", CARBONLABEL_DEEP="storm")
    assert outcome.returncode == 1
    assert "ran the campaign" in outcome.stdout


def test_an_unknown_tool_is_a_mistake(suite: Path):
    (suite / "tests" / "test_sample.py").write_text(SAMPLE.replace("qpdf", "qdpf"))
    outcome = run(suite)
    assert outcome.returncode == pytest.ExitCode.USAGE_ERROR
    assert "qdpf" in outcome.stderr


def test_continuous_integration_installs_every_tool():
    """What no Debian is without (git, make, coreutils) needs no line in the set-up."""
    setup = (TESTS.parent / "setup.sh").read_text()
    listed = (
        setup.partition('DEBIAN_LIBRARIES="')[2].partition("BREW_")[0].replace('"', " ").split()
    )
    needed = {package for tool in TOOLS.values() for package in tool.debian.split()}
    assert needed - set(listed) <= {"git", "make", "coreutils"}

"""The plan of the mutation testing names what is there, and the tool's words are understood."""

from __future__ import annotations

import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.mutation.__main__ import STATUS, change, configure, end, kind
from tests.mutation.plan import PLAN

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("module", PLAN)
def test_modules_and_their_tests_exist(module: str) -> None:
    assert all((ROOT / file).is_file() for file in (module, *PLAN[module]))


def test_a_difference_is_told_in_one_line() -> None:
    diff = "--- a.py\n+++ a.py\n@@ -1 +1 @@\n def x():\n-    a = 1\n+    a = 2\n"
    assert change(diff) == "- a = 1 + a = 2"


def test_every_status_counts_once() -> None:
    told = "    lca.a.x_b__mutmut_1: killed\n    lca.a.x_b__mutmut_2: no tests\n"
    told += "    lca.a.x_b__mutmut_3: survived\n    lca.a.x_b__mutmut_4: timeout\n"
    kinds = [kind(status) for _, status in STATUS.findall(told)]
    assert kinds == ["noticed", "without_test", "survived", "noticed"]


def test_a_tool_that_does_not_listen_is_ended() -> None:
    """Stopping must not depend on the tool: some of its phases ignore an interrupt."""
    deaf = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print(1, flush=True)"
    command = [sys.executable, "-c", f"{deaf}; time.sleep(600)"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"1\n"
        end(process, patience=0.2)
    assert process.returncode == -signal.SIGKILL


def test_a_copy_is_told_what_to_mutate_and_how_to_draw(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    conftest = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
    (tmp_path / "tests" / "conftest.py").write_text(conftest, encoding="utf-8")
    configure(tmp_path, "factors/gwp.py")
    settings = tomllib.loads((tmp_path / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"]["mutmut"]["only_mutate"] == ["factors/gwp.py"]
    told = (tmp_path / "tests" / "conftest.py").read_text(encoding="utf-8")
    assert "import HealthCheck, Phase, settings" in told
    assert told.endswith('settings.load_profile("mutation")\n')

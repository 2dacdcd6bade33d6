"""The README's two commands on a fresh machine, run as a normal user with sudo.

``make deep-fresh`` needs root, debootstrap and a few minutes; ``machine.py`` tells what a closed
network may hand over. ``make test`` is cut to set-up, ruff, the collection of all tests and the
tests of one room, unless ``CARBONLABEL_FRESH_TESTS=all``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from factors.store import load
from lca.example_study import example_study
from tests.evidence import campaign
from tests.fresh_machine import machine as machines
from tests.fresh_machine.machine import ROOT, Machine, NoMachineError, make

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^(make \w+) +#", README, re.M)
PROMISED = ("public/label.pdf", "public/report.pdf", "private/workbook.xlsx")
CUT = " && ".join(
    (
        "make .venv/.test-stamp",
        ".venv/bin/ruff check",
        ".venv/bin/python -m pytest --collect-only -qq >/dev/null",
        ".venv/bin/python -m pytest -q tests/factors",
    )
)
OUTCOME = re.compile(r"\b(\d+) passed")


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A machine that is gone afterwards; it may hold two gigabytes."""
    root = tmp_path / "machine"
    yield make(root)
    shutil.rmtree(root, ignore_errors=True)


def test_the_readme_names_two_commands_and_the_files_that_are_checked() -> None:
    assert COMMANDS == ["make demo", "make test"]
    for name in PROMISED:
        assert f"`{name}`" in README


@pytest.mark.parametrize("lacking", ["debootstrap", "unshare", "git"])
def test_a_host_that_cannot_make_a_machine_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    monkeypatch.setattr(machines, "which", lambda name: None if name == lacking else name)
    with pytest.raises(NoMachineError, match=f"not installed here: {lacking}"):
        make(tmp_path / "machine", {})


def test_only_root_makes_a_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machines, "which", lambda name: name)
    monkeypatch.setattr(machines, "geteuid", lambda: 1000)
    with pytest.raises(NoMachineError, match="only root"):
        make(tmp_path / "machine", {})


def test_only_named_variables_are_handed_over() -> None:
    outside = {"CARBONLABEL_FRESH_ENV": "PIP_CERT,NOT_SET", "PIP_CERT": "/x", "SECRET": "y"}
    assert machines.handed_over(outside) == {"PIP_CERT": "/x"}
    assert machines.handed_over({"SECRET": "y"}) == {}


@pytest.mark.deep("fresh")
def test_the_two_commands_of_the_readme(machine: Machine) -> None:
    with campaign("fresh") as run:
        for _ in run.seeds():
            demo, test = COMMANDS
            assert (demo, test) == ("make demo", "make test")
            asked(machine, demo)
            what_demo_leaves(machine)
            what_is_said_without(machine, "libpango-1.0-0", "DOCTOR-PAGES")
            what_is_said_without(machine, "libharfbuzz-subset0", "RENDER-SUBSETTER-MISSING")
            asked(machine, demo)  # and again, without a second set-up
            told = asked(machine, test if os.environ.get("CARBONLABEL_FRESH_TESTS") else CUT)
            found = OUTCOME.search(told)
            assert found, told[-2000:]
            run.count("tests", int(found[1]))
            run.count("machines")


def asked(machine: Machine, command: str) -> str:
    """Run a command that must succeed; return what it printed."""
    outcome = machine.as_user(command)
    print(outcome.told[-1500:])
    assert outcome.code == 0, outcome.told[-4000:]
    assert "Traceback" not in outcome.told
    return outcome.told


def what_demo_leaves(machine: Machine) -> None:
    """Check the files that the README promises, the figure, and that no other place was touched."""
    for name in PROMISED:
        held = machine.file(f"out/demo/{name}").read_bytes()
        assert held.startswith(b"%PDF" if name.endswith("pdf") else b"PK"), name
    assert list(machine.file("out/demo/sealed").iterdir())
    there = json.loads(machine.file("out/demo/private/footprint.json").read_bytes())
    assert figures(there) == figures(here())
    home = machine.file("").parent
    assert {path.name for path in home.iterdir()} <= {".cache", "carbonlabel", *SKELETON}
    checked = asked(machine, ".venv/bin/carbonlabel doctor --lang en")
    assert checked.endswith("Ready to use.\n")
    assert "CFSans" in checked
    refused = machine.as_user(f"printf x >> out/demo/public/label.pdf; {VERIFY}")
    assert refused.code == 1, refused.told


def what_is_said_without(machine: Machine, package: str, code: str) -> None:
    """Take a library away, ask the doctor, and give it back."""
    asked(machine, f"sudo dpkg --remove --force-depends {package}")
    told = machine.as_user(".venv/bin/carbonlabel doctor --lang en")
    assert (told.code, told.told.count(code)) == (1, 1), told.told
    assert package in told.told
    asked(machine, f"sudo apt-get install -y -qq --no-install-recommends {package}")


SKELETON = (".bash_logout", ".bashrc", ".profile")
VERIFY = ".venv/bin/carbonlabel verify out/demo/public/label.pdf --registry out/demo/registry"


def here() -> dict[str, Any]:
    """The example's result on this machine."""
    result = example_study("beer", load()).footprint
    assert result is not None
    return result.to_json()


def figures(document: dict[str, Any]) -> dict[str, Any]:
    """The numbers of a result, which no machine may change."""
    return {key: document[key] for key in ("totals", "figures", "stages", "parts")}

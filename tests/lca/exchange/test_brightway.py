"""What bw2io and bw2data make of our exports, each version in an environment of its own.

``make deep-brightway`` makes two environments under ``out/brightway`` with pip (minutes, once):
current Brightway, and brightway2 2.4.7 with the last SciPy on which it runs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

from factors.errors import FindingsError
from factors.store import load
from labels.cli.extras import require
from lca import system_file
from lca.example_study import example_study
from lca.examples import examples
from lca.exchange.brightway_data import database_name
from lca.exchange.brightway_xlsx import brightway_workbook, method_workbook
from lca.exchange.from_footprint import network
from lca.exchange.losses import BRIGHTWAY, loss_report
from tests.evidence import ROOT, campaign

HERE = Path(__file__).parent
HOME = ROOT / "out" / "brightway"
NEEDED = {
    "current": [f"{ROOT}[brightway]"],
    "legacy": ["brightway2==2.4.7", "numpy<2", "scipy<1.14"],
}
LIMIT = 1e-6


def environment(name: str) -> Path:
    """The Python of an environment, made where there is none."""
    folder = HOME / name
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *NEEDED[name]], check=True)
        (folder / "ready").touch()
    return python


def told(python: Path, arguments: list[str], data: Path, path: str = "") -> Any:
    """The JSON document in the last line of what a program prints."""
    data.mkdir(parents=True)
    ours = {"BRIGHTWAY2_DIR": str(data), "PYTHONPATH": path, "HOME": str(data)}
    done = subprocess.run(
        [python, "-W", "ignore", *arguments], env={**os.environ, **ours}, cwd=data,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def exported(folder: Path) -> dict[str, Any]:
    """Write the files of every example; return what is expected of them."""
    library, expected = load(), {}
    for number, name in enumerate(examples()):
        found = example_study(name, library).footprint
        assert found is not None
        whole, lang = network(found, library), "zh" if number % 2 else "en"
        report = loss_report(found, whole, BRIGHTWAY, "en")
        data = brightway_workbook(whole, report, "zh" if lang == "zh" else "en")
        (folder / f"{name}.xlsx").write_bytes(data)
        for total in whole.figures:
            (folder / f"{name}.{total}.xlsx").write_bytes(method_workbook(whole, total, "en"))
        (folder / f"{name}.json").write_bytes(system_file.canonical(found.system))
        expected[name] = {"database": database_name(whole), "figures": dict(whole.figures)}
    (folder / "expected.json").write_text(json.dumps(expected), encoding="utf-8")
    return expected


@pytest.mark.deep("brightway")
def test_both_brightways_score_every_example_as_we_do(tmp_path: Path) -> None:
    with campaign("brightway") as run:
        for seed in run.seeds():
            folder = tmp_path / str(seed)
            folder.mkdir()
            expected = exported(folder)
            for name in NEEDED:
                script = [str(HERE / "brightway_importer.py"), str(folder)]
                found = told(environment(name), script, folder / f"data {name}")
                for example, one in expected.items():
                    for total, figure in one["figures"].items():
                        gap = abs(found["scores"][example][total] / figure - 1)
                        run.worst(f"gap_{name}", gap)
                        assert gap <= LIMIT, (name, example, total)
                        run.count("scores")
            script = ["-m", "tests.lca.exchange.brightway_apart", str(folder)]
            apart = told(environment("current"), script, folder / "data project", str(ROOT))
            for name, gap in apart["gaps"].items():
                run.worst(f"gap_{name.replace(' ', '_')}", gap)
                assert gap <= LIMIT, name


@pytest.mark.deep("brightway")
def test_where_bw2data_is_installed_a_footprint_does_not_import_it(tmp_path: Path) -> None:
    script = "import json, sys, lca.footprint; print(json.dumps('bw2data' in sys.modules))"
    found = told(environment("current"), ["-c", script], tmp_path / "data", str(ROOT))
    assert found is False
    assert not list((tmp_path / "data").iterdir())


def test_without_the_extra_the_command_says_what_to_install() -> None:
    with pytest.raises(FindingsError) as caught:
        require("no_such_package_here", "brightway")
    assert [one.code for one in caught.value.findings] == ["EXTRA-MISSING"]


def test_no_module_that_a_footprint_needs_imports_bw2data() -> None:
    """A package of that name on the path, which fails when it is imported, is never touched."""
    script = (
        "import sys, types\n"
        "class Trap:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        assert not name.startswith('bw2data'), 'imported'\n"
        "sys.meta_path.insert(0, Trap())\n"
        "import lca.footprint, labels.cli.export\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]
    control = subprocess.run(
        [sys.executable, "-c", script.replace("lca.footprint, labels.cli.export", "bw2calc")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "imported" in control.stderr

"""The wheel: it owns the four packages with their data, and works in an empty environment."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("factors", "lca", "labels", "templates")


def run(*command: str | Path, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return subprocess.run(
        command, cwd=cwd, env=clean | environ, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    options = [
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        f"--wheel-dir={folder}",
    ]
    built = run(sys.executable, "-m", "pip", "wheel", *options, ROOT, cwd=folder)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("carbonlabel-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own: our wheel, and the locked libraries lent from this one.

    The libraries' folder stands on a path line, which does not read the path lines inside that
    folder; so the checkout that is installed there stays out of sight.
    """
    place = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(place, symlinks=True)
    python = place / "bin" / "python"
    done = run(
        sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps",
        "--no-index", wheel, cwd=place,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    asked = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=place)
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(asked.stdout.strip(), "lent.pth").write_text("\n".join(sorted(libraries)))
    return place


def data_files() -> set[str]:
    """Every file of the four packages in this checkout, as the wheel should name it."""
    found = {path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()}
    return {path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts}


def test_the_wheel_holds_the_packages_with_their_data_and_nothing_else(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    inside = {name for name in names if ".dist-info/" not in name and ".data/data/" not in name}
    assert inside == data_files()
    assert {f"{package}/py.typed" for package in PACKAGES} <= inside
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_no_font_travels_in_the_wheel(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        endings = {Path(name).suffix for name in archive.namelist()}
    assert not endings & {".ttf", ".otf", ".ttc", ".woff", ".woff2"}


def test_the_packages_come_from_the_environment_not_the_checkout(installed: Path):
    line = "; ".join(f"import {name}; print({name}.__file__)" for name in PACKAGES)
    asked = run(installed / "bin/python", "-c", line, cwd=installed.parent)
    assert asked.returncode == 0, asked.stderr
    places = asked.stdout.split()
    assert len(places) == len(PACKAGES)
    assert all(Path(place).is_relative_to(installed) for place in places)


def test_data_is_read_from_the_environment(installed: Path):
    """Without a font the refusal comes out of the catalogue of texts and says the command."""
    asked = run(
        installed / "bin/python", "-m", "labels.fonts", "show", "--lang", "zh",
        cwd=installed.parent, PATH="", HOME=str(installed), XDG_DATA_HOME="", CARBONLABEL_FONTS="",
    )  # fmt: skip
    assert asked.returncode == 1
    assert asked.stderr.startswith("[FONT-NONE]")
    assert str(installed / "share/carbonlabel/fonts") in asked.stderr
    assert "python -m labels.fonts build" in asked.stderr
    assert str(ROOT) not in asked.stderr


def test_the_command_works(installed: Path):
    shown = run(installed / "bin/carbonlabel", "--help", cwd=installed.parent)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "carbonlabel" in shown.stdout


MAIN_JOB = (
    "template beer --example -o beer.xlsx",
    "check beer.xlsx",
    "footprint beer.xlsx",
    "registry init registry --demo",
    "issue beer.xlsx --registry registry --out issued",
    "verify issued/public/label.pdf --registry registry",
)


def test_the_main_job_runs_outside_the_checkout(installed: Path, tmp_path: Path):
    """Only the label font is lent: it is made once, and no part of the wheel."""
    fonts = ROOT / "share" / "carbonlabel" / "fonts"
    lent = {"CARBONLABEL_FONTS": str(fonts)} if fonts.is_dir() else {}
    for job in MAIN_JOB:
        done = run(installed / "bin/carbonlabel", *job.split(), cwd=tmp_path, **lent)
        assert done.returncode == 0, f"{job}: {done.stdout}{done.stderr}"
        assert str(ROOT / "lca") not in done.stdout
    assert (tmp_path / "issued/public/report.pdf").read_bytes().startswith(b"%PDF")
    changed = tmp_path / "issued/public/label.pdf"
    changed.write_bytes(changed.read_bytes() + b" ")
    refused = run(installed / "bin/carbonlabel", *MAIN_JOB[-1].split(), cwd=tmp_path, **lent)
    assert refused.returncode == 1


def test_the_manual_page_is_where_man_looks(installed: Path):
    held = (installed / "share/man/man1/carbonlabel.1").read_bytes()
    assert held == (ROOT / "docs/man/carbonlabel.1").read_bytes()


def test_the_command_reads_its_own_data(installed: Path):
    """The installed command says the same about the factors as the one of the checkout."""
    asked = ("factors", "sources")
    elsewhere = run(installed / "bin/carbonlabel", *asked, cwd=installed.parent)
    here = run(Path(sys.executable).with_name("carbonlabel"), *asked, cwd=installed.parent)
    assert (elsewhere.returncode, elsewhere.stderr) == (0, "")
    assert elsewhere.stdout == here.stdout
    assert "base-carbone" in elsewhere.stdout

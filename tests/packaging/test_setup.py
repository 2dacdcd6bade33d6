"""setup.sh on machines that lack something: what it installs, and what it says when it cannot.

The machine is played by small programs on the path; the script itself is the real one.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
REAL = ("sh", "dirname", "env", "rm", "cat")


class Machine:
    """A folder that is the whole path, and a copy of the script in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.home = folder / "checkout"
        self.log = folder / "log"
        self.bin.mkdir()
        self.home.mkdir()
        self.log.touch()
        shutil.copy(ROOT / "setup.sh", self.home)
        for name in REAL:
            (self.bin / name).symlink_to(str(shutil.which(name)))
        self.program("uname", "echo Linux")
        self.program("id", "echo 0")
        self.program("apt-get", f'echo "apt-get $*" >> {self.log}')
        self.program("dpkg-query", "printf installed")

    def program(self, name: str, body: str) -> None:
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def setup(self, mode: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.bin / "sh", self.home / "setup.sh", mode],
            env={"PATH": str(self.bin), **environ},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def asked_of_apt(self) -> list[str]:
        return self.log.read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


QPDF_MISSING = '[ "$3" = qpdf ] || printf installed'


def test_nothing_missing_nothing_asked(machine: Machine):
    outcome = machine.setup("tools")
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, "", "")
    assert machine.asked_of_apt == []


def test_root_installs_only_what_is_missing(machine: Machine):
    machine.program("dpkg-query", QPDF_MISSING)
    assert machine.setup("tools").returncode == 0
    assert machine.asked_of_apt == [
        "apt-get update -qq",
        "apt-get install -y -qq --no-install-recommends qpdf",
    ]


def test_a_removed_package_with_its_settings_left_is_missing(machine: Machine):
    machine.program(
        "dpkg-query", 'if [ "$3" = qpdf ]; then printf config-files; else printf installed; fi'
    )
    assert machine.setup("tools").returncode == 0
    assert machine.asked_of_apt[-1].endswith(" qpdf")


def test_another_user_goes_through_sudo(machine: Machine):
    machine.program("dpkg-query", QPDF_MISSING)
    machine.program("id", "echo 1000")
    machine.program("sudo", f'echo sudo >> {machine.log}; exec "$@"')
    assert machine.setup("tools").returncode == 0
    assert machine.asked_of_apt[0] == "sudo"
    assert machine.asked_of_apt[-1].endswith(" qpdf")


def test_without_root_and_sudo_it_says_what_to_ask_for(machine: Machine):
    machine.program("dpkg-query", QPDF_MISSING)
    machine.program("id", "echo 1000")
    outcome = machine.setup("tools")
    assert outcome.returncode == 1
    assert "Neither root nor sudo" in outcome.stderr
    assert "apt-get install qpdf" in outcome.stderr
    assert machine.asked_of_apt == []


def test_an_apt_that_fails_is_named_with_its_packages(machine: Machine):
    machine.program("dpkg-query", QPDF_MISSING)
    machine.program("apt-get", "exit 100")
    outcome = machine.setup("tools")
    assert outcome.returncode == 1
    assert "could not install: qpdf" in outcome.stderr


def test_another_linux_is_told_what_it_needs(machine: Machine):
    (machine.bin / "apt-get").unlink()
    outcome = machine.setup("tools")
    assert outcome.returncode == 0
    assert "no apt-get here" in outcome.stdout
    assert "qpdf" in outcome.stdout


def on_a_mac(machine: Machine) -> Machine:
    """Homebrew's turn; on a real Mac nobody of us has run it."""
    machine.program("uname", "echo Darwin")
    return machine


def test_a_mac_without_homebrew(machine: Machine):
    outcome = on_a_mac(machine).setup("run")
    assert outcome.returncode == 1
    assert "Homebrew is not installed; it is asked for: pango harfbuzz fontconfig" in outcome.stderr


def test_homebrew_installs_what_is_missing_and_is_named_when_it_fails(machine: Machine):
    body = f'echo "brew $*" >> {machine.log}; case "$*" in *list*qpdf|*install*) exit 1;; esac'
    on_a_mac(machine).program("brew", body)
    outcome = machine.setup("tools")
    assert outcome.returncode == 1
    assert "brew could not install qpdf" in outcome.stderr
    assert machine.asked_of_apt[-2:] == ["brew list --formula qpdf", "brew install qpdf"]


DF = 'echo "Filesystem 1024-blocks Used Available Capacity Mounted"; echo "/dev/x 9 9 {} 9% /"'


@pytest.mark.parametrize(("mode", "megabytes"), [("run", 999), ("test", 1999)])
def test_too_little_room_is_refused_before_anything_is_done(
    machine: Machine, mode: str, megabytes: int
):
    machine.program("df", DF.format(megabytes * 1024 + 1023))
    machine.program("dpkg-query", "exit 1")
    outcome = machine.setup(mode)
    assert outcome.returncode == 1
    assert f"{megabytes} MB are free in {machine.home}, {megabytes + 1} MB" in outcome.stderr
    assert machine.asked_of_apt == []


@pytest.mark.parametrize("df", [DF.format(1000 * 1024), "exit 1", "echo odd"])
def test_enough_room_or_room_that_nobody_can_tell_is_no_obstacle(machine: Machine, df: str):
    machine.program("df", df)
    outcome = with_python(machine).setup("run")
    assert (outcome.returncode, outcome.stderr) == (0, "")


def test_a_folder_that_cannot_be_written_is_refused():
    """Root may write anywhere, so this is asked as somebody else."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        machine = Machine(folder)
        machine.home.chmod(0o555)
        nobody: dict[str, Any] = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
        outcome = subprocess.run(
            [machine.bin / "sh", machine.home / "setup.sh", "run"],
            env={"PATH": str(machine.bin)},
            capture_output=True,
            text=True,
            check=False,
            **nobody,
        )
        machine.home.chmod(0o755)
    assert outcome.returncode == 1
    assert f"no right to write into {machine.home}" in outcome.stderr


def test_no_python(machine: Machine):
    outcome = machine.setup("run")
    assert outcome.returncode == 1
    assert "python3 not found. Install Python 3.11 or newer" in outcome.stderr


def test_an_old_python(machine: Machine):
    machine.program("python3", 'case "$*" in -V) echo Python 3.9.2;; *version_info*) exit 1;; esac')
    outcome = machine.setup("run")
    assert outcome.returncode == 1
    assert "Python 3.9.2; Python 3.11 or newer is needed" in outcome.stderr
    assert not (machine.home / ".venv").exists()


def test_a_python_without_its_venv_module(machine: Machine):
    machine.program("python3", 'case "$*" in *ensurepip*) exit 1;; esac')
    outcome = machine.setup("run")
    assert outcome.returncode == 1
    assert "apt-get install python3-venv" in outcome.stderr


PIP = """
case "$*" in
    "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python;;
    *--require-hashes*) {locked};;
    *labels.fonts*) {font};;
esac
"""


def with_python(machine: Machine, locked: str = ":", font: str = ":") -> Machine:
    for name in ("mkdir", "cp"):
        (machine.bin / name).symlink_to(str(shutil.which(name)))
    machine.program("python3", PIP.format(locked=locked, font=font))
    return machine


def test_a_lock_that_cannot_be_installed_stops_the_set_up(machine: Machine):
    outcome = with_python(machine, locked="exit 1").setup("run")
    assert outcome.returncode == 1
    assert "pip could not install the packages of requirements.lock" in outcome.stderr
    assert "label font" not in outcome.stdout


def test_without_the_label_font_it_goes_on_and_says_so(machine: Machine):
    outcome = with_python(machine, font="exit 1").setup("run")
    assert outcome.returncode == 0
    assert "going on without it" in outcome.stdout


def test_tests_get_the_lock_of_the_tests(machine: Machine):
    outcome = with_python(machine, locked=f'echo "$*" >> {machine.log}').setup("test")
    assert outcome.returncode == 0
    assert machine.asked_of_apt[0].endswith("--requirement requirements-test.lock")


@pytest.mark.parametrize("mode", ["", "everything"])
def test_an_unknown_mode_is_refused(machine: Machine, mode: str):
    outcome = machine.setup(mode)
    assert outcome.returncode == 1
    assert "usage" in outcome.stderr


@pytest.mark.needs("make")
def test_a_second_run_does_not_set_up_again(tmp_path: Path):
    """Make runs the set-up once, and again when the lock file changes."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "setup.sh").write_text("mkdir -p .venv; echo set up as $1\n")
    ask = ["make", "--silent", ".venv/.run-stamp"]

    def said() -> str:
        return subprocess.run(
            ask,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"MAKEFLAGS": ""},
        ).stdout

    assert said() == "set up as run\n"
    assert said() == ""
    later = (tmp_path / ".venv/.run-stamp").stat().st_mtime + 5
    os.utime(tmp_path / "requirements.lock", (later, later))
    assert said() == "set up as run\n"

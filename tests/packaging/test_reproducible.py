"""The distributions hold what is committed and nothing else, and anybody builds the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRACKED_ONLY = {"PKG-INFO"}
"""What a source distribution has beside the files of the project."""

pytestmark = pytest.mark.needs("git")


@dataclass(frozen=True, slots=True)
class Built:
    """The two distributions of one build."""

    sdist: Path
    wheel: Path


def tracked() -> list[str]:
    """The files of the project, those that stand here now."""
    told = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [name for name in told.split("\0") if name and (ROOT / name).is_file()]


def copied(folder: Path, mode: int, moment: int) -> Path:
    """A copy of the project with other rights and other times."""
    for name in tracked():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
        target.chmod(mode)
        os.utime(target, (moment, moment))
    return folder


def built(project: Path, out: Path, umask: int, zone: str) -> Built:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", out],
        cwd=project,
        env={**os.environ, "TZ": zone, "PYTHONHASHSEED": str(umask)},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Built(next(out.glob("*.tar.gz")), next(out.glob("*.whl")))


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("one")
    return built(copied(folder / "a", 0o644, 1_000_000_000), folder / "out", 0o022, "UTC")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("another-folder")
    project = copied(folder / "b", 0o600, 1_700_000_001)
    return built(project, folder / "out", 0o077, "Asia/Shanghai")


@pytest.mark.parametrize("kind", ["sdist", "wheel"])
def test_two_folders_umasks_and_time_zones_give_the_same_bytes(
    one: Built, other: Built, kind: str
) -> None:
    first, second = getattr(one, kind), getattr(other, kind)
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_control_another_byte_gives_another_wheel(one: Built, tmp_path: Path) -> None:
    project = copied(tmp_path / "c", 0o644, 1_000_000_000)
    with (project / "lca/models/beer.toml").open("a", encoding="utf-8") as model:
        model.write("\n")
    changed = built(project, tmp_path / "out", 0o022, "UTC")
    assert changed.wheel.read_bytes() != one.wheel.read_bytes()


def test_the_source_distribution_is_the_project(one: Built) -> None:
    with tarfile.open(one.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
        assert {member.uid for member in archive} == {0}
    assert names - TRACKED_ONLY == set(tracked())


def test_a_wheel_from_the_source_distribution_is_the_same(one: Built, tmp_path: Path) -> None:
    with tarfile.open(one.sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (project,) = tmp_path.iterdir()
    again = built(project, tmp_path / "out", 0o022, "UTC")
    assert again.wheel.read_bytes() == one.wheel.read_bytes()
    assert again.sdist.read_bytes() == one.sdist.read_bytes()


def test_the_wheel_brings_the_manual_page_and_its_metadata(one: Built) -> None:
    with zipfile.ZipFile(one.wheel) as archive:
        names = archive.namelist()
        (metadata,) = (name for name in names if name.endswith("METADATA"))
        told = archive.read(metadata).decode()
    assert any(name.endswith(".data/data/share/man/man1/carbonlabel.1") for name in names)
    assert "License-Expression: Apache-2.0" in told
    for extra in ("brightway", "dask", "openlca", "pkcs11", "postgresql"):
        assert f"Provides-Extra: {extra}" in told

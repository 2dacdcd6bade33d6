"""The lock files: every package by hash, for every platform, from any index."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-test.lock")
SET_UP = (
    *LOCKS,
    "Makefile",
    "setup.sh",
    "pyproject.toml",
    ".ci/run",
    "templates/fonts/source.toml",
)
ADDRESS = re.compile(r"://|--(extra-)?index-url|--find-links|--trusted-host|\bfile:")
PINNED = re.compile(r"(?P<name>[\w.-]+)==(?P<version>\S+)(?P<marker> ; .*)?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def entries(lock: str) -> Iterator[tuple[str, list[str]]]:
    """Requirement line and hashes of each entry."""
    joined = lock.replace("\\\n", "")
    for line in joined.splitlines():
        if line and not line.lstrip().startswith("#"):
            requirement, *hashes = re.split(r"\s+(?=--)", line.strip())
            yield requirement, hashes


def versions(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for requirement, _ in entries((ROOT / name).read_text(encoding="utf-8")):
        pinned = PINNED.fullmatch(requirement)
        assert pinned, requirement
        found.setdefault(canonicalize_name(pinned["name"]), set()).add(pinned["version"])
    return found


def declared(project: dict[str, Any], group: str) -> Iterator[Requirement]:
    yield from map(Requirement, project["project"]["dependencies"])
    for entry in project["dependency-groups"][group]:
        if isinstance(entry, str):
            yield Requirement(entry)


@pytest.mark.parametrize("name", LOCKS)
def test_every_entry_is_pinned_by_hash(name: str):
    all_entries = list(entries((ROOT / name).read_text(encoding="utf-8")))
    assert len(all_entries) > 50
    for requirement, hashes in all_entries:
        assert PINNED.fullmatch(requirement), requirement
        assert hashes, requirement
        assert all(HASH.fullmatch(each) for each in hashes), requirement


@pytest.mark.parametrize("name", SET_UP)
def test_no_address_of_an_index_is_written_down(name: str):
    assert ADDRESS.findall((ROOT / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(("name", "group"), [(LOCKS[0], "build"), (LOCKS[1], "test")])
def test_what_is_declared_is_locked(name: str, group: str):
    locked = versions(name)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for requirement in declared(project, group):
        pins = locked.get(canonicalize_name(requirement.name))
        assert pins, f"{requirement.name} is not in {name}: make lock"
        assert all(Version(pin) in requirement.specifier for pin in pins), requirement


def test_tests_run_against_the_versions_that_users_get():
    run, test = map(versions, LOCKS)
    assert {name: test.get(name) for name in run} == run


def test_a_missing_hash_and_an_address_are_seen():
    sample = "--extra-index-url https://index.invalid/simple\nattrs==1.0\n"
    assert ADDRESS.search(sample)
    assert dict(entries(sample))["attrs==1.0"] == []

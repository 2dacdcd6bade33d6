"""A file computed in a child process: same bytes, same refusals, and a child may be lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from factors.errors import FindingsError, UnsafeFileError
from factors.findings import blocking
from labels.canonical import canonical
from labels.cli import aside
from labels.cli.aside import Desk, computing, is_draft
from lca import study, system_file
from tests.main_job.conftest import Job


@pytest.fixture
def desk() -> Iterator[Desk]:
    with computing(soon=True) as opened:
        yield opened


def test_what_was_issued_is_what_this_process_computes(job: Job) -> None:
    made = study.study(job.workbook.read_bytes(), job.workbook.name)
    assert made.footprint is not None and made.system is not None
    assert (job.sealed / "footprint.json").read_bytes() == canonical(made.footprint.to_json())
    assert (job.sealed / "system.json").read_bytes() == system_file.canonical(made.system)
    assert (job.sealed / job.workbook.name).read_bytes() == job.workbook.read_bytes()


def test_a_system_file_is_no_workbook(job: Job, desk: Desk) -> None:
    system = (job.sealed / "system.json").read_bytes()
    made = desk.study(system, "system.json", "")
    assert made.findings == ()
    assert (made.system, made.footprint) == (system, (job.sealed / "footprint.json").read_bytes())
    assert made.of_workbook  # it says which workbook it came from


def test_a_refusal_comes_back_as_it_is(desk: Desk) -> None:
    with pytest.raises(UnsafeFileError) as there:
        desk.study(b"PK\x03\x04", "torn.xlsx", "")
    with pytest.raises(UnsafeFileError) as here:
        study.study(b"PK\x03\x04", "torn.xlsx")
    assert there.value.findings == here.value.findings != ()


def test_what_blocks_comes_back_without_a_figure(desk: Desk) -> None:
    made = desk.study(b"{", "system.json", "")
    assert (made.footprint, made.system) == (None, None)
    assert made.findings == blocking(study.study(b"{", "system.json").findings) != ()


def test_a_child_that_dies_or_cannot_start_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.kill(desk.begin().process.pid, signal.SIGKILL)
    assert lost(desk) == "CLI-STUDY-LOST"
    desk.end()
    monkeypatch.setattr(aside, "CHILD", "labels.cli.no_such_module")
    assert lost(desk) == "CLI-STUDY-LOST"


def lost(desk: Desk) -> str:
    with pytest.raises(FindingsError) as refused:
        desk.study(b"{}", "system.json", "")
    return refused.value.findings[0].code


def test_the_child_ends_with_the_desk_and_starts_only_for_a_file() -> None:
    with computing(soon=True) as desk:
        child = desk.begin().process
        assert desk.begin().process is child
    assert not Path(f"/proc/{child.pid}").exists()
    assert is_draft("D-1234") and not is_draft("workbook.xlsx")
    with computing(soon=False) as idle:
        assert idle._child is None

"""The page "verify without us": its commands and program work as printed and notice tampering."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from labels.canonical import canonical
from labels.issue import issue
from labels.registry.export import export_log
from labels.render import documents as render
from tests.labels.desk_help import approved_draft, demo_store, issued, office

PAGE = Path(__file__).parents[2] / "docs/how-to/verify-without-us.md"
TEXT = PAGE.read_text(encoding="utf-8")
pytestmark = pytest.mark.needs("pdfsig", "pdfdetach", "sha256sum")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a stranger has it: the label, the trust file, the published log."""
    place = tmp_path_factory.mktemp("stranger")
    store = demo_store(place / "registry")
    issued(store, "EX-BEFORE")
    record = issue(office(store, renderer=render), approved_draft(store))
    issued(store, "EX-AFTER")
    (place / "label.pdf").write_bytes(record.files["public/label.pdf"])
    (place / "trust.json").write_bytes(store.trust.to_bytes())
    export_log(store, place / "log")
    (program,) = blocks("python")
    (place / "check.py").write_text(program, encoding="utf-8")
    for block in blocks("sh"):
        assert run(block, place).returncode == 0, block
    return place


def run(script: str, place: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-eu", "-c", script],
        cwd=place,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def copied(folder: Path, place: Path) -> Path:
    for name in ("label.pdf", "trust.json", "check.py", "receipt.json", "approvals.json"):
        (place / name).write_bytes((folder / name).read_bytes())
    (place / "certificate.json").write_bytes((folder / "certificate.json").read_bytes())
    (place / "log").symlink_to(folder / "log")
    return place


def test_every_block_runs_as_printed(folder: Path) -> None:
    assert len(blocks("sh")) == 5
    said = run("python3 check.py label.pdf trust.json", folder)
    assert said.stdout.startswith("approved, logged, sealed: SAMPLE-2")


def test_the_program_is_as_short_as_promised() -> None:
    lines = [line for line in blocks("python")[0].splitlines() if line.strip()]
    assert len(lines) <= 43
    code = [line for line in lines if not line.startswith("#")]
    assert len(code) <= 40


def test_the_seal_commands_notice_a_flip_and_an_extension(folder: Path, tmp_path: Path) -> None:
    place = copied(folder, tmp_path)
    good = (place / "label.pdf").read_bytes()
    middle = len(good) // 3
    for bad in (good + b"\n% junk\n", good[:middle] + b"\x00\x01" + good[middle + 2 :]):
        (place / "label.pdf").write_bytes(bad)
        assert run(blocks("sh")[0], place).returncode != 0
        assert run(blocks("sh")[3], place).returncode != 0


@pytest.mark.parametrize("name", ["certificate", "receipt", "approvals", "trust"])
def test_the_program_notices_each_changed_file(folder: Path, tmp_path: Path, name: str) -> None:
    place = copied(folder, tmp_path)
    path = place / f"{name}.json"
    record = json.loads(path.read_bytes())
    if name == "certificate":
        record["totals"]["excluding_biogenic_co2"]["value"] = "0.1"
    elif name == "receipt":
        record["leaf"]["time"] = "2020-01-01T00:00:00Z"
    elif name == "approvals":
        record[0]["payload"]["time"] = "2020-01-01T00:00:00Z"
    else:
        record = json.loads(demo_store(tmp_path / "other").trust.to_bytes())
    path.write_bytes(canonical(record))
    assert run(blocks("sh")[2], place).returncode != 0


def test_a_log_that_got_shorter_is_noticed(folder: Path, tmp_path: Path) -> None:
    place = copied(folder, tmp_path)
    entries, kept = (
        (place / "log" / name).read_bytes() for name in ("entries.jsonl", "checkpoint")
    )
    (place / "log").unlink()
    (place / "log").mkdir()
    (place / "log" / "checkpoint").write_bytes(kept)
    (place / "log" / "entries.jsonl").write_bytes(entries)
    assert run(blocks("sh")[4], place).returncode == 0
    shorter = b"".join(entries.splitlines(keepends=True)[:-1])
    (place / "log" / "entries.jsonl").write_bytes(shorter)
    assert run(blocks("sh")[4], place).returncode != 0


def test_a_revoked_record_is_noticed(folder: Path, tmp_path: Path) -> None:
    place = copied(folder, tmp_path)
    entries = (place / "log" / "entries.jsonl").read_bytes()
    (place / "log").unlink()
    (place / "log").mkdir()
    revoked = b'{"serial":"SAMPLE-2","type":"revoked"}\n'
    (place / "log" / "entries.jsonl").write_bytes(entries + revoked)
    assert run(blocks("sh")[3], place).returncode != 0

"""The golden drawer: documents of every version verify for ever, and drawers never change."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from labels.canonical import sha256
from labels.extension import split
from tests.golden.drawer import FORMATS, HERE, Kept, expected, report_of, sums

RELEASED = {
    "1": "3c16040d191c19037d13c790219598054447d31988906e0e38ae90d94e1b1024",
    "2": "af904650f0bde7d730280866536a9feb0ee0771781b7e2eceb100974a9def8f1",
}
"""Drawer to the hash of its list of hashes; a row never changes."""
KEPT = [
    pytest.param(name, row, id=f"{name}/{row['file']}@{row['day']}")
    for name in RELEASED
    for row in expected(HERE / name)["kept"]
]


def test_drawers_only_come_and_never_change() -> None:
    found = {path.name for path in HERE.iterdir() if (path / "expected.json").is_file()}
    assert found == set(RELEASED)
    for name, hashed in RELEASED.items():
        stated = (HERE / name / "SHA256SUMS").read_bytes()
        assert sha256(stated) == hashed
        assert sums(HERE / name) == stated.decode()


def test_a_changed_drawer_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    before = sums(tmp_path)
    (tmp_path / "a.json").write_text("{ }")
    assert sums(tmp_path) != before


@pytest.mark.parametrize(("name", "row"), KEPT)
def test_what_was_said_once_is_said_for_ever(name: str, row: dict[str, Any]) -> None:
    """Checks that came later may be added; none may turn, and no reason may change."""
    report = report_of(HERE / name, Kept(row["issuer"], row["file"], row["day"]))
    assert (report.valid, list(report.codes)) == (row["valid"], row["codes"])
    assert (report.status, report.registered) == (row["status"], row["registered_bytes"])
    assert report.deep == row["deep"]
    assert dict(report.subject) == row["subject"]
    now = {check.name: str(check.outcome) for check in report.checks}
    assert row["checks"].items() <= now.items()


def test_a_changed_document_of_the_drawer_is_refused(tmp_path: Path) -> None:
    """The control: what the drawer accepts is looked at."""
    row = expected(HERE / "1")["kept"][0]
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "export").symlink_to(HERE / "1" / "demo" / "export")
    pdf = (HERE / "1" / row["file"]).read_bytes()
    place = len(pdf) // 2
    (tmp_path / "changed.pdf").write_bytes(pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :])
    assert not report_of(tmp_path, Kept("demo", "changed.pdf", row["day"])).valid


def test_the_newest_drawer_holds_the_present_formats() -> None:
    newest = max(RELEASED, key=int)
    assert expected(HERE / newest)["formats"] == FORMATS


def test_a_drawer_covers_forms_languages_and_verdicts() -> None:
    rows = expected(HERE / "1")["kept"]
    forms = {Path(row["file"]).stem for row in rows}
    assert {"public-label", "public-label-50x30", "public-certificate"} <= forms
    assert {"public-statement", "public-report", "sealed-report"} <= forms
    assert {row["status"] for row in rows} == {"valid", "revoked", "expired"}
    assert {row["issuer"] for row in rows} == {"demo", "real"}


def test_a_drawer_holds_documents_with_timestamps_that_others_can_check_later() -> None:
    """PAdES B-LT: certificates and revocation lists lie beside two timestamps of an authority."""
    rows = [row for row in expected(HERE / "2")["kept"] if "stamped" in row["file"]]
    assert {row["checks"]["timestamp"] for row in rows} == {"pass"}
    for row in rows:
        _, (first, second) = split((HERE / "2" / row["file"]).read_bytes())
        assert first.validation == second.validation
        assert first.validation.lists
        assert len(first.validation.certificates) > 1


def test_drawers_stay_small() -> None:
    for name in RELEASED:
        files = [path for path in (HERE / name).rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in files) < 2_000_000


def test_a_drawer_that_exists_is_not_filled_again() -> None:
    again = subprocess.run(
        [sys.executable, "-m", "tests.golden", "1"],
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 2
    assert "never changes" in again.stderr

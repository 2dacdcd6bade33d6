"""The how-to page for a real issuer, followed command by command."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.main_job.conftest import Job

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "open-a-registry.md"
ROOT = Path(__file__).parents[2]


def blocks(language: str) -> list[str]:
    """The code blocks of the page in one language, without their indentation."""
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```", PAGE.read_text("utf-8"), re.DOTALL | re.M)
    return [re.sub(r"^   ", "", block, flags=re.M) for block in found]


def shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = f'carbonlabel() {{ "{sys.executable}" -m labels.cli.main "$@"; }}\nset -e\n{script}'
    environ = {**os.environ, "CARBONLABEL_PASSPHRASE": "correct horse", "CARBONLABEL_LANG": "en"}
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="module")
def office(job: Job, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office")
    shutil.copy(job.workbook, folder / "beer.xlsx")
    (profile,) = blocks("toml")
    (folder / "issuer.toml").write_text(profile, encoding="utf-8")
    for script in blocks("sh"):
        done = shell(script, folder)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_page_leads_to_a_valid_document(office: Path) -> None:
    done = shell("carbonlabel verify issued/public/label.pdf --trust trust.json --json", office)
    report = json.loads(done.stdout)
    assert report["valid"] is True
    assert report["subject"]["serial"].startswith("EXB-")


def test_it_is_no_sample_but_says_not_verified(office: Path) -> None:
    body = json.loads((office / "issued/public/certificate.json").read_bytes())
    assert body["issuer"]["demo"] is False
    assert body["kind"] == "study_report"


@pytest.mark.needs("pdftotext")
def test_its_pages_say_not_verified_and_never_sample(office: Path) -> None:
    for name in ("label.pdf", "report.pdf"):
        text = subprocess.run(
            ["pdftotext", office / "issued/public" / name, "-"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert "NOT VERIFIED" in text
        assert "SAMPLE" not in text


def test_private_keys_are_protected_and_a_wrong_passphrase_is_named(office: Path) -> None:
    assert "ENCRYPTED" in (office / "seal.key").read_text("utf-8")
    wrong = "CARBONLABEL_PASSPHRASE=wrong carbonlabel keys show seal.key"
    done = shell(wrong, office)
    assert done.returncode == 1
    assert "KEY-UNREADABLE" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unapproved_draft_is_not_issued(office: Path) -> None:
    done = shell(
        "carbonlabel footprint beer.xlsx --json > /dev/null\n"
        "DRAFT=$(carbonlabel submit beer.xlsx --registry register --ruleset gbt24067-generic)\n"
        'carbonlabel issue "$DRAFT" --registry register --seal-key seal.key --out second',
        office,
    )
    assert done.returncode == 1
    assert "APPROVAL" in done.stderr
    assert not (office / "second").exists()


def test_a_workbook_is_never_issued_in_one_shot_outside_a_demo(office: Path) -> None:
    done = shell("carbonlabel issue beer.xlsx --registry register --out third", office)
    assert done.returncode == 1
    assert "CLI-ONE-SHOT" in done.stderr

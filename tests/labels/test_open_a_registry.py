"""The page "open a registry": its commands run as printed, in their order, root keys and all."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from labels.tokenkey import SCHEMA

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
TEXT = (HOW_TO / "open-a-registry.md").read_text(encoding="utf-8")


def blocks(language: str, text: str = TEXT) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def run(script: str, place: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "CARBONLABEL_PASSPHRASE": "example passphrase"}
    return subprocess.run(
        ["bash", "-eu", "-c", script],
        cwd=place,
        env={**environment, "CARBONLABEL_LANG": "en"},
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("issuer")
    done = run("\n".join(blocks("sh")), folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "example passphrase" not in done.stdout + done.stderr
    return folder


def test_every_command_runs_in_its_order(place: Path) -> None:
    assert (place / "issued" / "public" / "label.pdf").is_file()
    assert not (place / "root-a.key").exists()


def test_one_root_key_alone_is_refused(place: Path) -> None:
    """The control of the threshold."""
    done = run(
        'carbonlabel keys new "Example Body" --purpose seal -o seal-3.key\n'
        "carbonlabel registry rotate-key seal --registry register --new-key seal-3.key"
        " --root-key safe/root-c.key",
        place,
    )
    assert done.returncode == 1
    assert "TRUST-UNSIGNED" in done.stderr + done.stdout


def test_the_old_seal_key_seals_no_more_and_the_first_trust_file_still_leads_on(
    place: Path,
) -> None:
    done = run("carbonlabel verify issued/public/label.pdf --trust trust.json", place)
    assert done.returncode == 0, done.stdout


def test_the_described_token_is_what_the_reader_expects() -> None:
    (described,) = blocks("toml")
    assert tomllib.loads(described)["schema"] == SCHEMA

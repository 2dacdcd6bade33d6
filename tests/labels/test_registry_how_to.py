"""The pages "keep the register" and "several hosts": their commands run as printed, in order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.labels.postgres_help import running

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
PASSPHRASE = "example passphrase"


def blocks(page: str, language: str) -> str:
    text = (HOW_TO / page).read_text(encoding="utf-8")
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL))


def run(script: str, place: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    told = {"PATH": path, "CARBONLABEL_PASSPHRASE": PASSPHRASE, "CARBONLABEL_LANG": "en"}
    return subprocess.run(
        ["bash", "-eu", "-c", script],
        cwd=place,
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )


def test_keep_the_register(tmp_path: Path) -> None:
    done = run(blocks("keep-the-register.md", "sh"), tmp_path)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert PASSPHRASE not in said
    assert "each proven against the checkpoint" in said
    assert (tmp_path / "stick" / "checkpoint").read_bytes() == (
        tmp_path / "elsewhere" / "checkpoint"
    ).read_bytes()
    old = "carbonlabel registry restore elsewhere/register.zip older --witness stick/checkpoint"
    assert run(old, tmp_path).returncode == 0
    again = "carbonlabel registry restore elsewhere/register.zip older"
    assert "REGISTRY-EXISTS" in run(again, tmp_path).stderr


@pytest.mark.needs("postgres")
def test_several_hosts(tmp_path: Path) -> None:
    page = "run-a-registry-on-several-hosts.md"
    with running(roles=False) as cluster:
        with cluster.connect() as admin:
            for statement in blocks(page, "sql").split(";"):
                admin.execute(statement)
        script = blocks(page, "sh").replace("@db.example/register", "@/register?host=SOCKETS")
        done = run(script.replace("SOCKETS", str(cluster.sockets)), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list((tmp_path / "register").glob("*.sqlite"))

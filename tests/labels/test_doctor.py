"""``carbonlabel doctor`` and ``carbonlabel`` alone: what is ready, what is lacking, what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from factors.texts import LANGS
from labels.cli import doctor
from labels.cli.doctor import show_doctor
from labels.cli.welcome import show_welcome

Out = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


def told(out: Out, code: int) -> dict[str, dict[str, Any]]:
    assert show_doctor("en", as_json=True) == code
    return {one["name"]: one for one in json.loads(out.readouterr().out)}


def test_this_machine_is_ready(capsys: Out) -> None:
    seen = told(capsys, 0)
    assert {one["state"] for one in seen.values()} <= {"ok", "optional"}
    assert "beer" in seen["models"]["detail"]
    assert "pango" in seen["pages"]["detail"]


@pytest.mark.parametrize("lang", LANGS)
def test_a_missing_font_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: Patch, capsys: Out, lang: Any
) -> None:
    monkeypatch.setenv("CARBONLABEL_FONTS", str(tmp_path))
    assert show_doctor(lang, as_json=False) == 1
    shown = capsys.readouterr().out
    assert "FONT-FOLDER" in shown
    assert "labels.fonts" in shown


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: Patch, capsys: Out
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    seen = told(capsys, 1)
    assert seen["space"]["state"] == "lacking"
    assert seen["space"]["findings"][0]["code"] == "DOCTOR-SPACE"


def test_too_little_room_is_named(monkeypatch: Patch, capsys: Out) -> None:
    monkeypatch.setattr(doctor, "LEAST_MB", 10**12)
    assert told(capsys, 1)["space"]["findings"][0]["code"] == "DOCTOR-SPACE"


def test_an_old_python_is_named(monkeypatch: Patch, capsys: Out) -> None:
    monkeypatch.setattr(doctor, "OLDEST", (99, 0))
    assert told(capsys, 1)["python"]["findings"][0]["code"] == "DOCTOR-PYTHON"


def test_a_missing_library_is_named(monkeypatch: Patch, capsys: Out) -> None:
    def lacking(name: str) -> object:
        raise OSError(f"cannot load library {name}\nlong story")

    monkeypatch.setattr(doctor, "import_module", lacking)
    found = told(capsys, 1)["pages"]["findings"][0]
    assert found["code"] == "DOCTOR-PAGES"
    assert "long story" not in str(found)


@pytest.mark.parametrize("lang", LANGS)
def test_alone_it_says_what_to_do_first(capsys: Out, lang: Any) -> None:
    show_welcome(lang)
    shown = capsys.readouterr().out
    for command in ("template beer", "check beer.xlsx", "footprint", "verify", "doctor"):
        assert command in shown

"""The exporter's tutorial is what happens: notes, commands, outputs, repairs, pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.tutorials.facts import documents, notes, slips
from tests.tutorials.page import PAGES, masked, regions, renewed
from tests.tutorials.pictures import FOLDER, SHEETS
from tests.tutorials.rounds import rounds, start

NEVER_TOLD = {"ammonia"}
"""Nothing in a workbook tells of a plausible number that is not the right one."""


@pytest.fixture(scope="module", params=sorted(PAGES))
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    lang = request.param
    return lang, regions(tmp_path_factory.mktemp(lang), lang)


def test_the_page_shows_what_the_commands_print(run: tuple[str, Mapping[str, str]]):
    lang, made = run
    page = PAGES[lang].read_text("utf-8")
    assert masked(renewed(page, made)) == masked(page)


def test_every_slip_but_one_is_told_of(run: tuple[str, Mapping[str, str]]):
    lang, made = run
    never = [line for line in made["slips"].splitlines() if "**" in line]
    (slip,) = [one for one in slips() if one.id in NEVER_TOLD]
    assert len(slips()) == 40
    assert len(never) == 1
    assert slip.told[lang] in never[0]


def test_the_slips_differ_from_the_documents():
    said, told = documents(), notes()
    assert {place for slip in slips() for place in slip.cells} == {
        place for place in said if said[place] != told[place]
    }


def test_a_workbook_without_slips_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The control: what is typed from the documents is clean at once."""
    monkeypatch.setattr("tests.tutorials.rounds.notes", documents)
    start(tmp_path, "en")
    (only,) = rounds(tmp_path, "en")
    assert (only.mended, only.exit_code) == ((), 0)
    assert "0 errors, 0 warnings" in only.printed


def test_pictures_are_small_and_shown():
    for lang, page in PAGES.items():
        text = page.read_text("utf-8")
        for name in SHEETS[lang]:
            drawn = FOLDER / f"{name}.{lang}.png"
            assert drawn.stat().st_size < 150_000
            assert f"../pictures/exporter/{drawn.name}" in text

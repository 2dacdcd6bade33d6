"""The auditor's tutorial is what happens: commands, refusals, plans, documents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from labels.canonical import parse_object
from labels.verification.case import open_case
from tests.tutorials.auditor import BEGIN, EIGHT, PAGES, client_files, computed, masked, regions
from tests.tutorials.auditor_pictures import FOLDER, ISSUED, PAPERS

Made = Mapping[str, Mapping[str, str]]


@pytest.fixture(scope="module")
def happened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    """The whole case once; acts are run in one language, what is shown in both."""
    folder = tmp_path_factory.mktemp("auditor")
    return folder, regions(folder, both=False)


def shown(lang: str) -> dict[str, str]:
    """Regions of a page as they stand there."""
    page = PAGES[lang].read_text("utf-8")
    return dict(re.findall(r"<!-- ([a-z0-9-]+) -->\n(.*?)\n<!-- /\1 -->", page, re.DOTALL))


def commands(text: str) -> list[str]:
    return [masked(line) for line in text.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("lang", sorted(PAGES))
def test_the_pages_show_what_the_commands_print(happened: tuple[Path, Made], lang: str) -> None:
    _, made = happened
    page = shown(lang)
    assert {name: masked(text) for name, text in made[lang].items()} == {
        name: masked(page[name]) for name in made[lang]
    }


def test_both_pages_do_the_same(happened: tuple[Path, Made]) -> None:
    _, made = happened
    one, other = shown("en"), shown("zh")
    assert set(one) == set(other) == set(made["en"])
    assert {name: commands(text) for name, text in one.items()} == {
        name: commands(text) for name, text in other.items()
    }
    first = [BEGIN.search(page.read_text("utf-8")) for page in PAGES.values()]
    assert first[0] and first[1] and first[0].group(2) == first[1].group(2)


def test_the_honest_client_has_a_statement_a_certificate_and_a_label(
    happened: tuple[Path, Made],
) -> None:
    folder, _ = happened
    digest = open_case(folder / "case").contents.sha256
    for out, kind in (("statement", "verification_statement"),
                      ("certificate", "certificate_of_conformity")):  # fmt: skip
        body = parse_object((folder / out / "public" / "certificate.json").read_bytes())
        assert (body["kind"], body["verification"]["sha256"]) == (kind, digest)
    assert (folder / "certificate" / "public" / "label.pdf").read_bytes().startswith(b"%PDF")


def test_the_other_client_is_refused_by_name(happened: tuple[Path, Made]) -> None:
    _, made = happened
    for region, code in (("edited", "KIND-NOT-PERMITTED"), ("late", "CASE-AFTER-CLOSE"),
                         ("forged", "CASE-SIGNATURE"), ("against", "CASE-HASH")):  # fmt: skip
        assert code in made["en"][region]
        assert code in made["zh"][region]


def test_the_eight_errors_are_of_different_kinds(tmp_path: Path) -> None:
    """Each moves a line of the file, and without them nothing differs."""
    client_files(tmp_path)
    right, wrong = (
        {one.id: one for one in computed((tmp_path / name).read_bytes()).computed.lines}
        for name in ("documents.xlsx", "client.xlsx")
    )
    moved = {
        name for name, one in right.items()
        if one.amount != wrong[name].amount or one.parts != wrong[name].parts
    }  # fmt: skip
    assert {one.line for one in EIGHT} <= moved
    assert len({one.grade for one in EIGHT}) == 3
    assert {place[0] for one in EIGHT for place in one.typed} == {
        "family", "materials", "records", "suppliers", "keys", "energy",
    }  # fmt: skip


def test_pictures_are_small_and_shown() -> None:
    for lang, page in PAGES.items():
        text = page.read_text("utf-8")
        for name in [*(f"{one}.{lang}" for one in PAPERS), *ISSUED]:
            assert (FOLDER / f"{name}.png").stat().st_size < 150_000
            assert f"../pictures/auditor/{name}.png" in text

"""The table of export groups: every model has its place, and what is missing is said."""

from __future__ import annotations

from pathlib import Path

from factors.texts import LANGS
from lca.export_groups import LISTED, groups, page
from lca.model import models

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "export-groups.md"
PILOT = {"steel", "electromechanical", "tires", "room-air-conditioners", "other-appliances", "food"}


def test_every_model_stands_in_one_group() -> None:
    named = [model for group in groups() for model in group.models]
    assert len(named) == len(set(named))
    assert set(models()) <= set(named)


def test_the_groups_of_the_pilot_are_there_and_say_what_is_missing() -> None:
    found = {group.id: group for group in groups()}
    assert set(found) >= PILOT
    for group in found.values():
        assert group.listed in LISTED
        assert all(group.missing[lang] and group.name[lang] for lang in LANGS)
    assert found["other-appliances"].listed == found["food"].listed == "analogy"


def test_the_page_has_a_row_for_every_model() -> None:
    told = PAGE.read_text(encoding="utf-8")
    for group in groups():
        for model in group.models:
            assert f"`{model}`" in told
    for lang in LANGS:
        assert page((), lang).count("\n| ") >= len(models())

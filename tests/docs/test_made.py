"""Pages and pictures that follow from the code are those of this code."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from tests.docs.made import MADE, ROOT, house


@pytest.mark.parametrize("name", MADE)
def test_a_made_page_is_current(name: str) -> None:
    made = (ROOT / name).read_text(encoding="utf-8")
    assert made == MADE[name](), "run: python -m tests.docs.made"


@pytest.mark.parametrize("name", [name for name in MADE if name.endswith(".svg")])
def test_a_picture_is_one_svg_with_a_title_and_fetches_nothing(name: str) -> None:
    root = ET.fromstring((ROOT / name).read_text(encoding="utf-8"))
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    addresses = [one for node in root.iter() for key, one in node.items() if "href" in key]
    assert addresses == []


def test_every_folder_has_a_sentence() -> None:
    assert [folder for folder, told in house.sentences().items() if not told.strip()] == []


def test_the_diagram_knows_the_floors() -> None:
    """The control: an import upwards would be an edge, and a floor without imports a wrong graph."""  # noqa: E501
    between = {(a.split("/")[0], b.split("/")[0]) for a, b in house.edges()}
    assert {("labels", "lca"), ("labels", "factors"), ("lca", "factors")} <= between
    assert not {("factors", "lca"), ("factors", "labels"), ("lca", "labels")} & between

"""``carbonlabel contributions``: every level sums exactly, and a tipping point tips."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from factors.errors import FindingsError
from labels.cli.contributions import printed, show_contributions
from lca.contribution_json import VIEWS
from lca.sensitivity import FACTOR
from tests.lca.systems import Doc, footprint, random_document

Out = pytest.CaptureFixture[str]
SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/schemas/contributions-1.schema.json").read_text("utf-8")
)


def system() -> Doc:
    return random_document(2) | {"boundary": "cradle-to-gate"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return stored(tmp_path, system())


def stored(folder: Path, doc: Doc) -> Path:
    path = folder / "system.json"
    path.write_text(json.dumps(doc), encoding="utf-8")
    return path


def told(path: Path, out: Out, views: str) -> dict[str, Any]:
    assert show_contributions(path, "", "en", views, as_json=True) == 0
    document = json.loads(out.readouterr().out)
    jsonschema.validate(document, SCHEMA)
    assert isinstance(document, dict)
    return document


def sums(node: Mapping[str, Any]) -> bool:
    """Whether the children of every node sum to it exactly."""
    children = node.get("children", [])
    total = sum((Fraction(child["value"]) for child in children), Fraction(0))
    return not children or (total == Fraction(node["value"]) and all(map(sums, children)))


@pytest.mark.parametrize("views", [*VIEWS, "stage,process,line,gas", "factor,part"])
def test_every_split_sums_without_remainder(source: Path, capsys: Out, views: str) -> None:
    document = told(source, capsys, views)
    assert document["tree"]["value"] == document["value"]
    assert document["tree"]["children"]
    assert sums(document["tree"])


def test_what_enters_a_node_of_the_flow_diagram_leaves_it(source: Path, capsys: Out) -> None:
    flows = told(source, capsys, "factor,stage")["sankey"]
    for node in flows["nodes"]:
        place = {key: node[key] for key in ("level", "key", "joined")}
        for end, level in (("from", "figure"), ("to", "factor")):
            if node["level"] != level:
                through = [Fraction(x["value"]) for x in flows["links"] if x[end] == place]
                assert sum(through, Fraction(0)) == Fraction(node["value"])


def test_a_factor_moved_by_its_tipping_point_changes_what_is_printed(
    tmp_path: Path, capsys: Out
) -> None:
    doc = system()
    document = told(stored(tmp_path, doc), capsys, "stage")
    show = printed(footprint(doc))
    assert show(Fraction(document["value"])) == document["printed"]
    tips = [one for one in document["tipping"] if one["kind"] == FACTOR]
    assert tips
    moved = {one["id"]: float(one["contribution"]) for one in document["sensitivities"]}
    for tip in tips:
        step = Fraction(tip["change"]) * Fraction(moved[tip["id"]])
        assert show(Fraction(document["value"]) + step * Fraction(1001, 1000)) == tip["becomes"]
        assert show(Fraction(document["value"]) + step * Fraction(99, 100)) == document["printed"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_tables_name_pieces_and_inputs(source: Path, capsys: Out, lang: Any) -> None:
    document = told(source, capsys, "stage,line")
    assert show_contributions(source, "", lang, "stage,line", as_json=False) == 0
    out = capsys.readouterr().out
    assert document["tree"]["children"][0]["key"] in out
    assert document["printed"] in out


@pytest.mark.parametrize("views", ["colour", "stage,colour", " , "])
def test_an_unknown_view_is_refused(source: Path, views: str) -> None:
    with pytest.raises(FindingsError, match="CONTRIBUTION-VIEW"):
        show_contributions(source, "", "en", views, as_json=True)


def test_what_blocks_a_footprint_blocks_its_contributions(tmp_path: Path) -> None:
    path = stored(tmp_path, {"schema": "carbonlabel-system/1"})
    assert show_contributions(path, "", "en", "stage", as_json=True) == 1

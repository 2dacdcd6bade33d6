"""A rule set covers the boundaries it lists; none is shown under it that it does not know."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from factors.errors import FactorError
from factors.store import load as library
from lca import study
from lca.footprint import compute
from lca.inventory import GATE, GRAVE
from lca.model import load as model
from lca.ruleset import RuleSet, load, parse_ruleset
from lca.workbook.write import workbook

RULES = Path(__file__).parents[2] / "lca" / "rulesets"


@cache
def filled(boundary: str) -> bytes:
    text = (files("lca") / "models" / "examples" / "refrigerator.toml").read_text("utf-8")
    told = tomllib.loads(text)
    told["cover"]["boundary"] = boundary
    return workbook(model("refrigerator"), "en", told)


def only_grave() -> RuleSet:
    text = (RULES / "iso14067-generic.toml").read_text("utf-8")
    both = 'boundaries = ["cradle-to-gate", "cradle-to-grave"]'
    assert both in text
    return parse_ruleset(text.replace(both, 'boundaries = ["cradle-to-grave"]').encode(), "g.toml")


def test_a_whole_life_ends_at_the_gate_where_the_rule_set_does() -> None:
    """The same figure as if the cover had declared the gate; and it says so, at the cell."""
    shortened = study.study(filled(GRAVE), "f.xlsx", "pact-v3")
    declared = study.study(filled(GATE), "f.xlsx", "pact-v3")
    assert shortened.footprint is not None and declared.footprint is not None
    assert set(shortened.footprint.figures) == {GATE} == set(declared.footprint.figures)
    assert shortened.footprint.boundary == GATE
    assert shortened.footprint.declared.value == declared.footprint.declared.value
    (said,) = [one for one in shortened.findings if one.code == "RULESET-BOUNDARY-GATE"]
    assert said.severity == "warning" and said.where.cell
    assert not [one for one in declared.findings if one.code.startswith("RULESET-BOUNDARY")]


def test_the_whole_life_stays_where_the_rule_set_covers_it() -> None:
    whole = study.study(filled(GRAVE), "f.xlsx", "iso14067-generic")
    assert whole.footprint is not None and set(whole.footprint.figures) == {GATE, GRAVE}


def test_a_figure_to_the_gate_is_no_whole_life(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule set of whole lives has nothing to show for a gate: the cell is named, no figure."""
    monkeypatch.setattr("lca.ruleset.load", lambda _: only_grave())
    made = study.study(filled(GATE), "f.xlsx", "iso14067-generic")
    assert made.footprint is None
    (said,) = [one for one in made.findings if one.code == "RULESET-BOUNDARY"]
    assert said.where.cell


def test_a_system_outside_the_rule_set_is_not_computed() -> None:
    made = study.study(filled(GRAVE), "f.xlsx", "iso14067-generic")
    assert made.system is not None
    with pytest.raises(FactorError, match="cradle-to-grave"):
        compute(made.system, library(), load("pact-v3"))
    gate = replace(made.system, boundary=GATE)
    assert set(compute(gate, library(), load("pact-v3")).figures) == {GATE}

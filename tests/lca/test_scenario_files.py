"""The scenarios that come with the models: each runs on its example and bridges without rest."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from fractions import Fraction as F
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from factors.errors import FindingsError, ModelError
from factors.numbers import decimal_text
from lca import ruleset, scenario_files
from lca.bridge_json import to_json
from lca.changes import parse
from lca.inventory import GATE, GRAVE
from lca.model import load, models
from lca.scenario import scenario
from lca.workbook.write import workbook
from tests.evidence import campaign
from tests.lca.models.works import Works, factors, subject

ROOT = Path(__file__).parents[2]
FAMILY = {
    "beer-can-recycled": "CAN-330",
    "tire-liquid-phase-truck": "TBR-295",
    "tire-energy-limit-1-truck": "TBR-295",
    "textile-knit-waterless": "POLY-180-W",
    "steel-eaf-energy-limit-1": "BAR-45-SC",
    "glass-bottle-rail-water": "WINE-750",
}
"""Subjects of those scenarios that are not about the family of the example's cover."""
TO_THE_GRAVE = {"steel-bf-bof-rail-water", "steel-eaf-rail-water"}
"""Scenarios of a later stage, of models whose examples end at the gate."""
ON_R134A = {"refrigerator-r600a"}
"""Scenarios that start from an older appliance: the example with the refrigerant it had."""
QUICK = [
    ("refrigerator", "r600a"),
    ("beer", "returnable"),
    ("refrigerator", "r134a"),
    ("refrigerator", "rail-water"),
    ("textile-knit", "waterless"),
]
ALL = [(model, name) for model in models() for name in scenario_files.names(model)]
LIMITS = {
    "px": "paraxylene",
    "pta": "pta",
    "glycol": "ethylene-glycol-ethylene",
    "melt": "polyester-polymer",
    "spinning": "polyester-industrial-melt",
}
RULE_SETS = ("iso14067-generic", "gbt24067-generic", "pact-v3", "pef-like")


def example_of(model: str, name: str) -> dict[str, Any]:
    """Return the example that a scenario starts from."""
    example: dict[str, Any] = tomllib.loads(
        (ROOT / f"lca/models/examples/{model}.toml").read_text("utf-8")
    )
    example["cover"]["subject"] = FAMILY.get(f"{model}-{name}", example["cover"]["subject"])
    if f"{model}-{name}" in TO_THE_GRAVE:
        example["cover"]["boundary"] = GRAVE
    if f"{model}-{name}" in ON_R134A:
        before_r600a(example)
    return example


def outcome(model: str, name: str, rules: str = "") -> dict[str, Any]:
    data = workbook(load(model), "en", example_of(model, name))
    made = scenario(data, f"{model}.xlsx", scenario_files.load(model, name), factors(), rules)
    return to_json(made, factors())


def covering(boundary: str) -> list[str]:
    """Return the rule sets that cover a boundary."""
    return [one for one in RULE_SETS if boundary in ruleset.load(one).boundaries]


def before_r600a(example: dict[str, Any]) -> None:
    """Fill every appliance with 2.4 times as much R134a."""
    for family in example["family"]:
        family["enums"]["refrigerant"] = "r134a"
        family["parameters"]["charge"] = more(family["parameters"]["charge"])
    used = next(one for one in example["account"] if one["account"] == "refrigerant_used")
    used["months"] = [more(month) for month in used["months"]]
    used |= {name: more(used[name]) for name in ("opening", "closing")}


def more(amount: str) -> str:
    return decimal_text(F(amount) * F(12, 5))


def bridged(told: dict[str, Any]) -> dict[str, F]:
    """Check the document and return the relative change of each figure."""
    schema = json.loads((ROOT / "docs/schemas/bridge-1.schema.json").read_text("utf-8"))
    jsonschema.validate(told, schema)
    assert told["what_if"] and "not part of any label" in told["notice"]["en"]
    for figure in told["figures"]:
        steps = sum(F(step["value"]) for step in figure["steps"])
        assert F(figure["before"]) + steps == F(figure["after"])
    return {one["figure"]: F(one["relative"]) for one in told["figures"]}


@pytest.mark.parametrize(("model", "name"), QUICK)
def test_a_named_scenario_bridges_without_rest(model: str, name: str) -> None:
    assert bridged(outcome(model, name))["declared"] != 0


@pytest.mark.deep("scenarios")
def test_every_named_scenario_bridges_without_rest() -> None:
    with campaign("scenarios") as run:
        for seed in run.seeds():
            model, name = ALL[seed % len(ALL)]
            sets = covering(example_of(model, name)["cover"].get("boundary", GATE))
            bridged(outcome(model, name, sets[seed // len(ALL) % len(sets)]))
            run.count("scenarios")


def test_dyeing_without_water_is_refused_for_cotton(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FAMILY, "textile-knit-waterless", "COTTON-200")
    with pytest.raises(FindingsError) as refusal:
        outcome("textile-knit", "waterless")
    told = {one.code: dict(one.params) for one in refusal.value.findings}
    assert told["MODEL-CHECK-ERROR"]["id"] == "supercritical-cotton"


def test_energy_limits_are_written_in_both_national_units() -> None:
    """Kilograms of oil and of coal equivalent: each step of the polyester falls by its limits."""
    told = outcome("textile-knit", "energy-limit-1")
    bridged(told)
    lines = {one["id"]: one for one in told["lines"]}

    def ratio(line: str) -> float:
        return float(F(lines[line]["after"]["amount"]) / F(lines[line]["before"]["amount"]))

    rules = {one.id: one.default for one in load("textile-knit").parameters}
    limits = {step: factors().get(f"{row}-energy-limit-1-cn") for step, row in LIMITS.items()}
    level = {step: row.amount or F(0) for step, row in limits.items()}
    assert ratio("polyester-gas-burnt") == pytest.approx(float(level["px"] / 550))
    acid, glycol = (F(rules[f"{one}_per_polyester"] or 0) for one in ("pta", "glycol"))
    least = acid * level["pta"] + glycol * level["glycol"] + level["melt"] + level["spinning"]
    most = acid * 180 + glycol * 470 + 100 + 145
    assert ratio("polyester-coal-burnt") == pytest.approx(float(least / most), rel=1e-6)


@pytest.mark.parametrize("model", models())
def test_every_scenario_of_a_model_names_what_the_model_and_the_library_have(model: str) -> None:
    known = load(model)
    asked = {one.id for one in known.enums} | {one.id for one in known.parameters if one.ask}
    accounts = {one.id for one in known.accounts}
    for name, changes in scenario_files.every(model):
        assert changes.name["zh"] and changes.name["en"], name
        for group in changes.groups:
            for (section, key), change in group.changes.items():
                assert section != "answers" or key in asked, (name, key)
                assert section != "accounts" or key in accounts, (name, key)
                assert not change.factor or change.factor in factors(), (name, change.factor)
        for claim in changes.beside:
            assert str(factors().get(claim.row).use) == "claim"


@pytest.mark.parametrize("model", models())
def test_every_line_that_a_scenario_changes_is_a_line_of_the_example(model: str) -> None:
    works, lost = Works(model), []
    for name, changes in scenario_files.every(model):
        sections = {section for group in changes.groups for section, _ in group.changes}
        if sections == {"exchanges"}:  # other answers make other lines
            lines = every_line(works, FAMILY.get(f"{model}-{name}", ""), GRAVE)
            copies = changes.of(group.id for group in changes.groups).section("exchanges")
            lost += [(name, key) for key, told in copies.items() if (told.like or key) not in lines]
    assert not lost


@cache
def every_line(works: Works, family: str, boundary: str) -> frozenset[str]:
    code = family or str(works.handed_in().cover["subject"].value)
    made = works.built(subject(code, boundary))
    assert made.system is not None
    return frozenset(one.id for one in made.system.exchanges)


def test_claims_stand_beside_a_result_and_change_nothing() -> None:
    whole = scenario_files.load("tire", "liquid-phase-car")
    one = replace(whole, groups=whole.groups[:1])
    example = tomllib.loads((ROOT / "lca/models/examples/tire.toml").read_text("utf-8"))
    data = workbook(load("tire"), "en", example)
    told, bare = (
        to_json(scenario(data, "tire.xlsx", changes, factors()), factors())
        for changes in (one, replace(one, beside=()))
    )
    claim = told["beside"][0]
    assert claim["claim"] == "tyre-filler-saving-car-claim" and claim["value"] == "-8"
    assert "beside" not in bare
    assert bare["figures"] == told["figures"]


def test_both_conventions_of_waste_heat_differ_by_the_carbon_of_the_waste() -> None:
    free = outcome("tire", "waste-heat-unburdened")["figures"][0]
    borne = outcome("tire", "waste-heat-burdened")["figures"][0]
    assert free["before"] == borne["before"]
    assert F(free["after"]) < F(borne["after"])


def test_a_limit_is_reached_by_one_number() -> None:
    told = outcome("tire", "energy-limit-3")
    bridged(told)
    lines = {one["id"]: one for one in told["lines"]}
    ratios = {
        float(F(one["after"]["amount"]) / F(one["before"]["amount"]))
        for one in lines.values()
        if one["id"] in ("plant-electricity", "plant-solar")
    }
    assert len({round(ratio, 9) for ratio in ratios}) == 1


def test_names_of_a_model_are_known_and_others_refused() -> None:
    assert "rail-water" in scenario_files.names("beer")
    assert scenario_files.names("nobody") == ()
    for name in ("nothing", "../beer", "rail-water.toml"):
        with pytest.raises(FindingsError) as refusal:
            scenario_files.load("beer", name)
        assert refusal.value.findings[0].code == "SCENARIO-UNKNOWN"


@pytest.mark.parametrize(
    "change",
    [
        'exchanges.a = { like = "b" }',
        'exchanges.a = { times = "1", amount = "2" }',
        'accounts.a = { bring = "energy-limit" }',
        'accounts.a = { factor = "row" }',
        "exchanges.a = {}",
    ],
)
def test_a_change_that_says_too_little_or_too_much_is_refused(change: str) -> None:
    text = f"""
format = "carbonlabel-changes/1"
name = {{ zh = "a", en = "a" }}
[[group]]
id = "g"
name = {{ zh = "a", en = "a" }}
{change}
"""
    with pytest.raises(ModelError) as refusal:
        parse(text.encode(), "x.toml")
    assert "SCENARIO-CHANGE" in {one.code for one in refusal.value.findings}

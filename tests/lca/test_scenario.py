"""Bridges sum exactly and know no order; scenarios change what they say and nothing else."""

from __future__ import annotations

import itertools
import json
import random
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.errors import CarbonLabelError, FindingsError, ModelError
from lca import ruleset, system_file
from lca.bridge import MOST_GROUPS, bridge
from lca.bridge_json import to_json
from lca.changes import KINDS, Changes, parse
from lca.comparison import compare
from lca.inventory import ProductSystem
from lca.model import load as load_model
from lca.outcome import DECLARED, Outcome, State
from lca.record import spell
from lca.result import ZERO
from lca.scenario import scenario
from lca.system_file import read
from lca.workbook.write import workbook
from tests.lca.systems import (
    Doc,
    document,
    factors,
    footprint,
    line,
    link,
    own,
    process,
    random_document,
    rules,
)

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs/schemas/bridge-1.schema.json").read_text("utf-8"))
FEW = settings(max_examples=8, deadline=None)
GATE, GRAVE = "cradle-to-gate", "cradle-to-grave"

# --- the bridge itself ---------------------------------------------------------------------------


def table(seed: int, groups: list[str]) -> dict[frozenset[str], Fraction]:
    """Any result for any subset: interactions of every order, as numbers of record."""
    rng = random.Random(seed)
    return {
        frozenset(chosen): Fraction(rng.randint(-(10**12), 10**12), 10**11)
        for size in range(len(groups) + 1)
        for chosen in itertools.combinations(sorted(groups), size)
    }


def steps(groups: list[str], values: Mapping[frozenset[str], Fraction]) -> dict[str, Fraction]:
    return {step.id: step.value for step in bridge(groups, values.__getitem__).steps}


@given(st.integers(0, 10**6), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_steps_sum_without_remainder_in_decimals(seed: int, count: int) -> None:
    groups = [f"g{index}" for index in range(count)]
    found = bridge(groups, table(seed, groups).__getitem__)
    assert found.before + sum((step.value for step in found.steps), ZERO) == found.after
    for step in found.steps:
        spell(step.value)  # refuses what is no finite decimal


@given(st.integers(0, 10**6), st.permutations(["a", "b", "c", "d"]))
@settings(max_examples=60, deadline=None)
def test_the_order_of_groups_does_not_matter(seed: int, mixed: list[str]) -> None:
    values = table(seed, mixed)
    assert steps(mixed, values) == steps(sorted(mixed), values)


def test_a_step_is_the_mean_over_all_orders() -> None:
    groups = ["a", "b", "c"]
    values = table(1, groups)
    told = steps(groups, values)
    for group in groups:
        rises = []
        for order in itertools.permutations(groups):
            ahead = frozenset(order[: order.index(group)])
            rises.append(values[ahead | {group}] - values[ahead])
        mean = sum(rises, ZERO) / len(rises)
        assert abs(told[group] - mean) <= Fraction(1, 10**9)


def test_a_group_that_changes_nothing_gets_nothing_and_equals_get_the_same() -> None:
    values = {
        frozenset(chosen): Fraction(1 + len(set(chosen) - {"idle"}) ** 2)
        for size in range(4)
        for chosen in itertools.combinations(["idle", "one", "two"], size)
    }
    assert steps(["idle", "one", "two"], values) == {"idle": 0, "one": 2, "two": 2}


def test_thirds_are_rounded_and_still_sum() -> None:
    """Three equal groups share 1: two take 0.333..., the first by name takes the last digit."""
    values = {
        frozenset(chosen): Fraction(size == 3)
        for size in range(4)
        for chosen in itertools.combinations("abc", size)
    }
    told = steps(list("cab"), values)
    assert sum(told.values(), ZERO) == 1
    assert told == {
        "a": Fraction("0.33333333334"),
        "b": Fraction("0.33333333333"),
        "c": Fraction("0.33333333333"),
    }


def test_zeros_need_no_logarithm() -> None:
    values = {frozenset(): ZERO, frozenset({"a"}): Fraction(5)}
    assert steps(["a"], values) == {"a": 5}
    assert steps([], {frozenset(): Fraction(3)}) == {}


@pytest.mark.parametrize("groups", [["a", "a"], [str(n) for n in range(MOST_GROUPS + 1)]])
def test_too_many_groups_or_one_twice_are_refused(groups: list[str]) -> None:
    with pytest.raises(ValueError, match="different groups"):
        bridge(groups, lambda _: ZERO)


# --- files of changes ----------------------------------------------------------------------------

HEAD = 'format = "carbonlabel-changes/1"\nname = { zh = "试验", en = "Test" }\n'


def changes(*groups: str) -> Changes:
    """Groups a, b, ... with the given lines."""
    parts = [
        f'[[group]]\nid = "{name}"\nname = {{ zh = "{name}", en = "{name}" }}\n{body}\n'
        for name, body in zip("abcdefghijk", groups, strict=False)
    ]
    return parse((HEAD + "\n".join(parts)).encode(), "test.toml")


@pytest.mark.parametrize(
    ("groups", "code"),
    [
        (["factors.x = 'y'", "factors.x = 'z'"], "SCENARIO-CLASH"),
        (["ruleset = 'gbt24067-generic'", "ruleset = 'iso14067-generic'"], "SCENARIO-CLASH"),
        ([""], "SCENARIO-EMPTY"),
        ([], "SCENARIO-GROUPS"),
        ([f"exchanges.x{n} = {{ times = '2' }}" for n in range(9)], "SCENARIO-GROUPS"),
        (["exchanges.x = { times = '2', amount = '3' }"], "SCENARIO-CHANGE"),
        (["factors.x = { amount = '3' }"], "SCENARIO-CHANGE"),
        (["exchanges.x = { times = 'NaN' }"], "TOML-NUMBER"),
        (["exchanges.x = 3"], "TOML-KIND"),
        (["boundary = 'cradle-to-moon'"], "TOML-CHOICE"),
        (["weather = 'fine'"], "TOML-KEY"),
        (["grid.CN = 3"], "TOML-KIND"),
    ],
)
def test_faults_of_a_file_are_found(groups: list[str], code: str) -> None:
    with pytest.raises(ModelError) as refusal:
        changes(*groups)
    assert code in {found.code for found in refusal.value.findings}


def test_an_id_twice_is_found() -> None:
    group = '[[group]]\nid = "a"\nname = { zh = "a", en = "a" }\nfactors.%s = "z"\n'
    with pytest.raises(ModelError) as refusal:
        parse((HEAD + group % "x" + group % "y").encode(), "test.toml")
    assert [found.code for found in refusal.value.findings] == ["SCENARIO-TWICE"]


def test_kinds_of_a_group_are_told() -> None:
    told = changes("ruleset = 'r'\nfactors.x = 'y'\ngrid.CN = 'z'", "boundary = 'cradle-to-gate'")
    assert [group.kinds for group in told.groups] == [("factor", "mix", "method"), ("boundary",)]


# --- scenarios on a system file ------------------------------------------------------------------

POWER = rules().electricity_factor("CN")


def plant(**more: Any) -> Doc:
    return document(
        [process("p"), process("q")],
        [
            link("p", "q", "0.5"),
            line("steel", "q", "own:steel", "2"),
            line("freight", "p", "own:freight", "0.3", stage="distribution"),
            line("power", "p", POWER, "1.5", "kWh", place="CN"),
        ],
        factors=[
            own("steel", values={"unspecified.CO2e": "3"}),
            own("scrap", values={"unspecified.CO2e": "1"}),
            own("freight", values={"unspecified.CO2e": "0.1"}),
        ],
        **more,
    )


def run(doc: Doc, *groups: str) -> Outcome:
    data = system_file.canonical(read(doc))
    return scenario(data, "plant.json", changes(*groups), factors())


def told(outcome: Outcome, figure: str = DECLARED) -> dict[str, Fraction]:
    return {step.id: step.value for step in outcome.bridges[figure].steps}


def test_amounts_and_factors_interact_and_the_bridge_shares_it_evenly() -> None:
    outcome = run(
        plant(), "exchanges.steel = { times = '0.5' }", "factors.'own:steel' = 'own:scrap'"
    )
    # 0.5 x 2 x 3 = 3; halved 1.5; scrap 1; both 0.5
    assert outcome.bridges[DECLARED].difference == Fraction("-2.5")
    assert told(outcome) == {"a": -1, "b": Fraction("-1.5")}
    assert outcome.comparable
    (row,) = to_json(outcome)["lines"]
    assert row["changed"] == ["amount", "factor"]
    assert (row["before"]["value"], row["after"]["value"]) == ("3", "0.5")


def test_a_link_a_new_amount_and_a_multiplied_factor() -> None:
    outcome = run(
        plant(),
        "exchanges.p-takes-q = { amount = '0.25' }",
        "factors.'own:steel' = { times = '0.9' }",
    )
    assert outcome.bridges[DECLARED].difference == Fraction("-1.65")  # 3 -> 0.25 x 2 x 2.7


def test_grid_and_boundary() -> None:
    other = "electricity-cn-footprint-2023"
    assert other in factors()
    outcome = run(plant(), f"grid.CN = '{other}'", "boundary = 'cradle-to-grave'")
    values = footprint(plant(boundary=GRAVE)).figures
    assert told(outcome)["b"] == values[GRAVE].value - values[GATE].value
    assert told(outcome, GATE)["b"] == 0
    assert told(outcome)["a"] == told(outcome, GATE)["a"] != 0
    assert not outcome.comparable


def test_a_named_factor_goes_before_the_grid_of_its_country() -> None:
    groups = ["grid.CN = 'electricity-cn-footprint-2023'", f"factors.{POWER} = {{ times = '2' }}"]
    before = footprint(plant()).declared
    power = next(x.value(before.headline) for x in before.lines if x.id == "power")
    assert run(plant(), *groups).bridges[DECLARED].difference == pytest.approx(power)
    assert told(run(plant(), *groups)) == {
        {"a": "b", "b": "a"}[name]: value
        for name, value in told(run(plant(), *reversed(groups))).items()
    }


@pytest.mark.parametrize(
    ("group", "code"),
    [
        ("exchanges.stele = { times = '2' }", "SCENARIO-NOTHING"),
        ("factors.'own:gold' = 'own:scrap'", "SCENARIO-NOTHING"),
        ("exchanges.steel = { amount = 'much' }", "SCENARIO-NUMBER"),
        ("answers.pack = 'can'", "SCENARIO-WORKBOOK"),
        ("accounts.malt = { times = '2' }", "SCENARIO-WORKBOOK"),
        ("factors.'own:steel' = 'no-such-factor'", "FACTOR-UNKNOWN"),
        (f"factors.'own:steel' = '{POWER}'", "SYSTEM-UNIT"),
        ("ruleset = 'no-such-rules'", "TOML-NOT-FOUND"),
        ("grid.ATLANTIS = 'own:scrap'", "RULESET-NO-FACTOR"),
    ],
)
def test_changes_that_cannot_be_made_are_refused(group: str, code: str) -> None:
    with pytest.raises(CarbonLabelError) as refusal:
        run(plant(), group)
    assert code in {found.code for found in refusal.value.findings}


def test_a_change_that_meets_nothing_is_named_at_its_place() -> None:
    with pytest.raises(FindingsError) as refusal:
        run(plant(), "exchanges.stele = { times = '2' }")
    (found,) = refusal.value.findings
    assert str(found.where) == "test.toml group[a].exchanges.stele"


@FEW
@given(st.integers(0, 10**6), st.permutations([0, 1, 2]))
def test_scenarios_on_random_systems_are_exact_and_order_free(seed: int, order: list[int]) -> None:
    doc = random_document(seed, 3)
    names = [x["id"] for x in doc["exchanges"]]
    first, *_, last = names
    bodies = [
        f"exchanges.{first} = {{ times = '1.25' }}",
        f"exchanges.{last} = {{ times = '0.5' }}"
        if last != first
        else "boundary = 'cradle-to-gate'",
        "ruleset = 'gbt24067-generic'",
    ]
    plain, mixed = run(doc, *bodies), run(doc, *(bodies[index] for index in order))
    for figure, found in plain.bridges.items():
        assert found.before + sum((step.value for step in found.steps), ZERO) == found.after
        assert found.before == footprint(doc).figures[GRAVE if figure == DECLARED else GATE].value
        in_order = [told(plain, figure)["abc"[index]] for index in order]
        assert list(told(mixed, figure).values()) == in_order


# --- any two results -----------------------------------------------------------------------------


def state(doc: Doc | ProductSystem, rules_id: str = "iso14067-generic") -> State:
    system = doc if isinstance(doc, ProductSystem) else read(doc)
    return State(system, ruleset.load(rules_id))


def test_each_aspect_gets_what_it_changed() -> None:
    after = plant(boundary=GRAVE)
    rows = {x["id"]: x for x in after["exchanges"]}
    rows["steel"]["amount"] = "1"
    rows["power"]["from"] = {"factor": "electricity-cn-footprint-2023"}
    after["factors"][0]["values"] = {"unspecified.CO2e": "2"}
    outcome = compare(state(plant()), state(after), factors())
    steps_of = told(outcome)
    assert list(steps_of) == ["activity", "factor", "mix", "boundary"]
    assert (steps_of["activity"], steps_of["factor"]) == (Fraction("-1.25"), Fraction("-0.75"))
    assert steps_of["boundary"] == Fraction("0.03")
    assert not outcome.what_if
    jsonschema.validate(to_json(outcome), SCHEMA)


def test_a_line_with_another_kind_of_unit_is_one_change_of_activity() -> None:
    after = plant()
    rows = {x["id"]: x for x in after["exchanges"]}
    rows["steel"] |= {"unit": "kWh", "amount": "1", "from": {"factor": "own:heat"}}
    after["factors"].append(own("heat", "kWh"))
    outcome = compare(state(plant()), state(after), factors())
    assert told(outcome) == {"activity": Fraction("-2.5")}


def test_the_same_twice_is_no_bridge() -> None:
    outcome = compare(state(plant()), state(plant()), factors())
    assert told(outcome) == {}
    assert to_json(outcome)["lines"] == []


def test_another_declared_unit_is_refused() -> None:
    after = plant()
    after["declared_unit"]["amount"] = "1000"
    with pytest.raises(FindingsError) as refusal:
        compare(state(plant()), state(after), factors())
    assert refusal.value.findings[0].code == "SCENARIO-UNIT"


@FEW
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_any_two_systems_are_bridged_exactly(one: int, other: int) -> None:
    """Two unrelated systems of one declared unit, one of them to the gate, under two rule sets."""
    before = read(random_document(one, 3))
    after = replace(read(random_document(other, 4)), boundary=GATE)
    after = replace(after, declared_unit=before.declared_unit)
    outcome = compare(state(before), state(after, "gbt24067-generic"), factors())
    assert {part.id for part in outcome.parts} <= set(KINDS)
    for found in outcome.bridges.values():
        assert found.before + sum((step.value for step in found.steps), ZERO) == found.after
    assert outcome.bridges[DECLARED].after == footprint(after).declared.value
    jsonschema.validate(to_json(outcome), SCHEMA)


# --- workbooks -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def beer() -> bytes:
    example = ROOT / "lca/models/examples/beer.toml"
    return workbook(load_model("beer"), "en", tomllib.loads(example.read_text("utf-8")))


def test_answers_accounts_and_grid_of_a_workbook(beer: bytes) -> None:
    outcome = scenario(
        beer,
        "beer.xlsx",
        changes(
            "answers.container_mass = '200'\nanswers.cullet_share = '80'",
            "accounts.natural_gas = { times = '0.8' }\naccounts.diesel = { amount = '20000 L' }",
        ),
        factors(),
    )
    document = to_json(outcome)
    jsonschema.validate(document, SCHEMA)
    assert document["notice"] == {
        "zh": "假设情形，不属于任何标签",
        "en": "what-if, not part of any label",
    }
    rows = {row["id"]: row for row in document["lines"]}
    new, old = (Fraction(rows["glass-cullet"][side]["amount"]) for side in ("after", "before"))
    assert new / old == pytest.approx(Fraction(200, 250) * Fraction(80, 50))
    gas = rows["gas-burnt"]
    ratio = Fraction(gas["after"]["amount"]) / Fraction(gas["before"]["amount"])
    assert ratio == pytest.approx(Fraction(4, 5))
    assert all(step.value < 0 for step in outcome.bridges[GATE].steps)
    names = {row["id"] for row in document["lines"]}
    assert not {"barley-field", "pack-cartons-1"} & names


@pytest.mark.parametrize(
    ("group", "code"),
    [
        ("answers.weather = 'fine'", "SCENARIO-NOTHING"),
        ("accounts.gold = { times = '2' }", "SCENARIO-NOTHING"),
        ("answers.container_mass = '200 g'", "ANSWER-UNIT"),
        ("answers.container_mass = 'heavy'", "NUMBER-FORM"),
        ("answers.pack = 'bag'", "ANSWER-CHOICE"),
    ],
)
def test_answers_that_cannot_be_given_are_refused(beer: bytes, group: str, code: str) -> None:
    with pytest.raises(CarbonLabelError) as refusal:
        scenario(beer, "beer.xlsx", changes(group), factors())
    places = {found.code: str(found.where) for found in refusal.value.findings}
    assert "group[a]" in places[code]

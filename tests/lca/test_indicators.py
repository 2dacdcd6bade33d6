"""Flows and indicators of a file itself: read, written, computed twice, kept out of labels."""

from __future__ import annotations

import json
import string
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.errors import FindingsError, SolveError
from lca import indicators, oracle
from lca.indicators import Scores
from lca.json_node import Node
from lca.system_exchange import plain, read_exchanges
from lca.system_file import canonical, read
from tests.lca.systems import (
    Doc,
    document,
    emits,
    factors,
    footprint,
    line,
    link,
    own,
    process,
    random_document,
    text,
)
from tests.property.test_system_file_laws import damaged

ROOT = Path(__file__).resolve().parents[2]
CODES = tomllib.loads(
    (ROOT / "templates" / "texts" / "findings" / "indicators.toml").read_text(encoding="utf-8")
)


def bakery(**more: Any) -> Doc:
    """Water and land of a cake: flour 0.5 kg of land-hungry wheat, water in two units."""
    return document(
        [process("cake"), process("flour", "kg", "2")],
        [
            link("cake", "flour", "0.5", stage="raw-materials"),
            emits("dough", "cake", "own:water", "3", "L", stage="manufacturing"),
            emits("field", "flour", "own:land", "8", "m2", stage="raw-materials"),
            emits("rain", "flour", "own:water", "-0.002", "m3", stage="raw-materials"),
            emits("oven", "cake", "fossil.CO2", "0.4", stage="manufacturing"),
            emits("waste", "cake", "own:water", "9", "L", stage="end-of-life"),
        ],
        flows=[
            {"id": "own:water", "unit": "L", "name": text("water")},
            {"id": "own:land", "unit": "m2"},
        ],
        indicators=[
            {"id": "water", "unit": "L", "flows": {"own:water": "1"}, "name": text("water use")},
            {"id": "mixed", "unit": "points", "flows": {"own:land": "0.5", "fossil.CO2": "10"}},
        ],
        **more,
    )


def computed(doc: Doc, **options: Any) -> Scores:
    return indicators.compute(read(doc), factors(), **options)


def totals(doc: Doc, **options: Any) -> dict[str, float]:
    return {score.indicator.id: score.total for score in computed(doc, **options).scores}


def test_two_indicators_by_hand() -> None:
    """A quarter run of flour: 3 - 0.25 x 2 = 2.5 L; 0.25 x 8 x 0.5 + 0.4 x 10 = 5 points."""
    found = computed(bakery())
    assert totals(bakery()) == pytest.approx({"water": 2.5, "mixed": 5}, rel=1e-14)
    water = {stage: value for stage, value in found.scores[0].stages.items() if value}
    assert water == pytest.approx({"manufacturing": 3, "raw-materials": -0.5}, rel=1e-14)
    assert found.gap <= 1e-14


def test_stages_after_the_gate_count_in_a_whole_life_only() -> None:
    assert totals(bakery(boundary="cradle-to-grave"))["water"] == pytest.approx(11.5, rel=1e-14)


def test_factors_bring_their_gases_along() -> None:
    doc = bakery(factors=[own("power", "kWh", values={"fossil.CO2": "0.6", "fossil.N2O": "1"})])
    doc["exchanges"].append(line("power", "cake", "own:power", "2", "kWh", basis="market"))
    assert totals(doc, approach="market")["mixed"] == pytest.approx(17, rel=1e-14)
    assert totals(doc, approach="location")["mixed"] == pytest.approx(5, rel=1e-14)


def test_a_gas_without_gwp_may_be_counted_and_a_lump_as_well() -> None:
    doc = bakery()
    doc["exchanges"].append(emits("x", "cake", "fossil.XYZ", "2"))
    doc["exchanges"].append(emits("y", "cake", "unspecified.CO2e", "3", "kg CO2e"))
    doc["indicators"][1]["flows"] = {"fossil.XYZ": "1", "unspecified.CO2e": "100"}
    assert totals(doc)["mixed"] == pytest.approx(302, rel=1e-14)


@pytest.mark.parametrize("seed", range(30))
def test_climate_change_as_an_indicator_is_the_footprint(seed: int) -> None:
    """The GWP set written out as an indicator gives both totals of the footprint."""
    doc = random_document(seed)
    result = footprint(doc)
    rows = {row for found in result.lines for row, _ in found.flows}
    weights = {
        f"{row.part}.{row.gas}": "1" if row.gas == "CO2e" else str(float(result.gwp.value(row.gas)))
        for row in rows
    }
    bare = {key: x for key, x in weights.items() if not key.startswith("biogenic_co2")}
    doc["indicators"] = [
        {"id": "with", "unit": "kg CO2e", "flows": weights},
        {"id": "without", "unit": "kg CO2e", "flows": bare},
    ]
    found = totals(doc)
    scale = float(sum(abs(atom) for item in result.lines for atom in item.parts.values()))
    for name, headline in (
        ("with", "including_biogenic_co2"),
        ("without", "excluding_biogenic_co2"),
    ):
        assert abs(found[name] - float(result.declared.total(headline))) <= 1e-9 * scale


def test_both_engines_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: a graph walk that is off by 1e-8 in one place is noticed."""
    walk = oracle.scores

    def wrong(*arguments: Any) -> list[list[float]]:
        found = walk(*arguments)
        column = int(np.argmax(np.abs(found[1])))
        found[1][column] *= 1 + 1e-8
        return found

    monkeypatch.setattr(oracle, "scores", wrong)
    with pytest.raises(SolveError, match="ENGINE-DISAGREE"):
        computed(bakery())


def test_a_footprint_refuses_flows_of_its_own() -> None:
    with pytest.raises(FindingsError) as error:
        footprint(bakery())
    assert {f.code for f in error.value.findings} == {"FOOTPRINT-OWN-FLOW"}


def test_a_system_without_indicators_is_refused() -> None:
    with pytest.raises(FindingsError, match="INDICATOR-NONE"):
        computed(bakery() | {"indicators": []})


@pytest.mark.parametrize(
    ("key", "value", "code", "path"),
    [
        ("flows", [{"id": "water", "unit": "L"}], "SYSTEM-OWN-FLOW-ID", "flows[0].id"),
        ("flows", [{"id": "own:water", "unit": "quux"}], "UNIT-UNKNOWN", "flows[0].unit"),
        ("flows", [{"id": "own:water"}], "SYSTEM-KEY-MISSING", "flows[0].unit"),
        ("flows", [{"id": "own:x", "unit": "L"}] * 2, "SYSTEM-ID-TWICE", "flows"),
        ("flows", [{"id": "own:land", "unit": "m2"}], "SYSTEM-FLOW", "exchanges[1].from.flow"),
        ("indicators", [{"id": "a", "unit": "L"}], "SYSTEM-KEY-MISSING", "indicators[0].flows"),
        ("indicators", [{"id": "a", "unit": "L", "flows": {"own:x": "1"}}], "SYSTEM-FLOW",
         "indicators[0].flows.own:x"),
        ("indicators", [{"id": "a", "unit": "L", "flows": {"own:land": "x"}}], "SYSTEM-NUMBER",
         "indicators[0].flows.own:land"),
        ("indicators", [{"id": "a", "unit": "L", "flows": {}}] * 2, "SYSTEM-ID-TWICE",
         "indicators"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_flows_and_indicators(
    key: str, value: Any, code: str, path: str
) -> None:
    with pytest.raises(FindingsError) as error:
        read(bakery() | {key: value})
    assert (code, path) in [(f.code, f.where.path) for f in error.value.findings]


def test_a_unit_that_does_not_fit_its_flow() -> None:
    doc = bakery()
    doc["exchanges"][1]["unit"] = "kg"
    with pytest.raises(FindingsError) as error:
        computed(doc)
    assert [(f.code, f.where.path) for f in error.value.findings] == [
        ("SYSTEM-UNIT", "exchanges[1]")
    ]


def test_written_and_read_again() -> None:
    system = read(bakery())
    assert read(canonical(system)) == system
    schema = json.loads((ROOT / "docs/schemas/system-1.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(canonical(system)), schema)


@settings(max_examples=150)
@given(damaged() | st.integers(0, 50).map(random_document))
def test_the_plain_way_reads_what_the_thorough_way_reads(doc: Doc) -> None:
    """An exchange with a key of its own more goes the thorough way: nothing else may change."""
    for item in doc.get("exchanges") or () if isinstance(doc.get("exchanges"), list) else ():
        found = plain(item, frozenset())
        root = Node({"exchanges": [item | {"basis": "both"}]}, []) if found else None
        if root:
            assert list(read_exchanges(root, frozenset())) == [found]
            assert root.log == []


@pytest.mark.parametrize("code", CODES)
def test_every_code_speaks_both_languages_and_is_triggered(code: str) -> None:
    entry = CODES[code]
    fields = [
        {name for sentence in entry[lang].values() for _, name, _, _ in parsed(sentence) if name}
        for lang in ("zh", "en")
    ]
    assert fields[0] == fields[1]
    assert f'"{code}"' in Path(__file__).read_text(encoding="utf-8")


def parsed(sentence: str) -> Any:
    return string.Formatter().parse(sentence)

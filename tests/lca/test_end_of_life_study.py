"""The same inventory under all end-of-life methods: system file, study, bridge, findings."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction as F
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.errors import FindingsError
from lca.end_of_life import CIRCULAR, CUT_OFF_ENERGY_USER, CUT_OFF_PRODUCT, METHODS
from lca.end_of_life_study import Study, method_of, study
from lca.figures import unit_of
from lca.footprint import Footprint
from lca.inventory import GATE, GRAVE
from lca.ruleset import RuleSet
from lca.system_file import read, write
from tests.lca.systems import Doc, document, factors, footprint, line, own, process, rules

VALUES = {"virgin": "2", "recycled": "0.5", "recycling": "0.4", "burning": "2.5", "dump": "0.1"}
OWN = [own(name, values={"fossil.CO2": value}) for name, value in VALUES.items()]
HEAT = own("heat", "GJ", values={"fossil.CO2": "70"})


def bottle(r1: str = "0.4", r2: str = "0.6", r3: str = "0.2", **more: Any) -> Doc:
    """0.5 kg of plastic; the lines are the cut-off with burning on the product, as they should."""
    shares = {"virgin": 1 - F(r1), "recycled": F(r1), "burning": F(r3), "dump": 1 - F(r2) - F(r3)}
    lines = [
        line(
            name,
            "bottle",
            f"own:{name}",
            str(float(share / 2)),
            stage="end-of-life" if name in ("burning", "dump") else "raw-materials",
        )
        for name, share in shares.items()
    ]
    block = {
        "material": "pet",
        "amount": "0.5",
        "unit": "kg",
        "lines": list(shares),
        "parameters": {"r1": r1, "r2": r2, "r3": r3, "a": "0.5", "heat": "20"},
        "factors": {
            "virgin": "own:virgin",
            "recycled": "own:recycled",
            "recycling": "own:recycling",
            "recovery": "own:burning",
            "disposal": "own:dump",
            "heat": "own:heat",
        },
        **more,
    }
    return document(
        [process("bottle", "piece")],
        [*lines, line("moulding", "bottle", "own:recycled", "1")],
        factors=[*OWN, HEAT],
        boundary=GRAVE,
        end_of_life=[block],
    )


def of(result: Footprint, by: RuleSet | None = None) -> Study:
    unit = unit_of(result.system)
    return study(result.system, result.declared, factors(), result.gwp, by or rules(), unit)


def circular() -> RuleSet:
    return replace(rules(), allocation=replace(rules().allocation, end_of_life=CIRCULAR))


def codes(result: Footprint) -> list[str]:
    return [one.code for one in result.findings if one.code.startswith("EOL")]


def test_the_rule_set_names_the_certified_method() -> None:
    assert method_of(rules()) == CUT_OFF_PRODUCT
    user = replace(rules().allocation, energy_recovery="energy-user")
    assert method_of(replace(rules(), allocation=user)) == CUT_OFF_ENERGY_USER
    assert method_of(circular()) == CIRCULAR


def test_all_methods_stand_side_by_side() -> None:
    result = footprint(bottle())
    found = of(result)
    half = F(1, 2)
    assert codes(result) == []
    assert result.declared.value == found.value(CUT_OFF_PRODUCT)
    burnt = half * F("0.2") * F("2.5")
    assert found.value(CUT_OFF_ENERGY_USER) == result.declared.value - burnt
    per_kg = (
        F("0.6") * 2
        + F("0.4") * (half * half + half * 2)
        + half * F("0.6") * (F("0.4") - 2)
        + F("0.2") * (F("2.5") - 20 * F("0.07"))
        + F("0.2") * F("0.1")
    )
    assert found.value(CIRCULAR) == half + half * per_kg


def test_avoided_burdens_are_printed_apart() -> None:
    told = of(footprint(bottle())).to_json()
    avoided, plain = (told["methods"][name] for name in ("avoided-burden", CUT_OFF_PRODUCT))
    assert avoided["value"] == plain["value"] == told["certified"]["value"]
    net = F("0.2") * (F("0.4") - 2) - F("0.2") * 20 * F("0.07")
    assert F(avoided["apart"]) == net / 2
    assert plain["apart"] == "0"


shares = st.integers(0, 100).map(lambda n: F(n, 100))


@settings(max_examples=25, deadline=None)
@given(shares, shares, shares, st.sampled_from(METHODS))
def test_the_bridge_leaves_no_remainder(r1: F, r2: F, rest: F, method: str) -> None:
    r3 = round((1 - r2) * rest, 3)
    result = footprint(bottle(*(str(float(one)) for one in (r1, r2, r3))))
    told = of(result).to_json()
    steps = sum(Decimal(step["value"]) for step in told["methods"][method]["bridge"])
    ends = Decimal(told["methods"][method]["value"]) - Decimal(told["certified"]["value"])
    assert steps == ends


def test_lines_that_are_not_the_method_are_restated_and_questioned() -> None:
    doc = bottle()
    doc["exchanges"][0]["amount"] = "0.1"  # sold scrap taken off the input
    result = footprint(doc)
    assert codes(result) == ["EOL-DIFFERS"]
    first = of(result).steps(CUT_OFF_PRODUCT)
    assert [(step.term, step.value) for step in first] == [("restatement", F("0.4"))]


def test_a_rule_set_with_the_formula_demands_lines_by_the_formula() -> None:
    assert codes(footprint(bottle(), circular())) == ["EOL-METHOD"]
    bare = bottle()
    del bare["end_of_life"]
    assert codes(footprint(bare, circular())) == ["EOL-NOT-STATED"]
    assert codes(footprint(bare)) == []


def test_a_figure_to_the_gate_has_no_end_of_life() -> None:
    result = footprint(bottle() | {"boundary": GATE})
    assert of(result).materials == ()
    assert codes(result) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"parameters": {"r1": "2", "r2": "0", "r3": "0", "a": "0.5"}}, "EOL-RANGE"),
        ({"parameters": {"r1": "0", "r2": "0.6", "r3": "0.6", "a": "0.5"}}, "EOL-SHARES"),
        ({"factors": {"virgin": "own:virgin"}}, "EOL-FACTOR-MISSING"),
        ({"factors": {"virgin": "no-such-row"}}, "FACTOR-UNKNOWN"),
        ({"unit": "m"}, "UNIT-DIMENSION"),
        ({"parameters": {"r1": "0.4", "r2": "0.6", "r3": "0.2", "a": "1"}}, "EOL-A"),
    ],
)
def test_what_is_wrong_with_a_block_is_a_finding(change: Doc, code: str) -> None:
    result = footprint(bottle(**change))
    found = [one for one in result.findings if one.code == code]
    assert found
    assert found[0].where.path == "end_of_life[pet]"
    assert all(one.render("zh") and one.render("en") for one in result.findings)


def test_a_line_belongs_to_one_material_only() -> None:
    doc = bottle()
    doc["end_of_life"].append(doc["end_of_life"][0] | {"material": "cap"})
    assert "EOL-LINE" in codes(footprint(doc))


# --- system file ---------------------------------------------------------------------------------


def test_blocks_come_back_from_the_file_as_they_were() -> None:
    system = read(bottle(name={"zh": "聚酯", "en": "PET"}))
    assert read(write(system)) == system
    assert system.end_of_life[0].parameters["heat"] == 20


@pytest.mark.parametrize(
    "change",
    [
        {"lines": ["no-such-line"]},
        {"parameters": {"r1": "0", "r2": "0", "r3": "0"}},
        {"parameters": {"r1": "0", "r2": "0", "r3": "0", "a": "x"}},
        {"parameters": {"r1": "0", "r2": "0", "r3": "0", "a": "0", "c": "1"}},
        {"factors": {"virginal": "own:virgin"}},
    ],
)
def test_a_block_that_cannot_be_read_is_refused(change: Doc) -> None:
    with pytest.raises(FindingsError):
        read(bottle(**change))

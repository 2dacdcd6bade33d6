"""Carbon that stays stored: told, and no gain unless the rule set says so."""

from __future__ import annotations

import json
from fractions import Fraction as F
from pathlib import Path

import pytest

from factors.errors import FindingsError, ModelError
from factors.store import load as library
from lca import ruleset
from lca.build import Built, build
from lca.footprint import Footprint, compute
from lca.inventory import GATE, GRAVE, ProductSystem
from lca.model import parse_model
from lca.ruleset import RuleSet, parse_ruleset
from lca.system_file import canonical, read, write
from tests.lca.systems import Doc, document, emits, footprint, process
from tests.lca.test_build import cell, site
from tests.lca.test_footprint import schema

PLAIN = ruleset.load("iso14067-generic")
FILE = Path(__file__).parents[2] / "lca" / "rulesets" / "iso14067-generic.toml"
COUNTING = parse_ruleset(
    FILE.read_bytes().replace(b"[method]\n", b'[method]\nstored_carbon = "counted"\n'), "own.toml"
)
SPARKLING = (Path(__file__).parent / "models" / "sparkling.toml").read_text(encoding="utf-8")
RUBBER = """
[[exchange]]
id = "grown"
process = "packed"
stage = "raw-materials"
flow = "rubber"
name = { zh = "橡胶", en = "Rubber" }
amount = "sugar * 0.88 * 44 / 12"
unit = "kg"
from = { flow = "biogenic_co2_removal.CO2" }

[[exchange]]
id = "burnt"
process = "packed"
stage = "distribution"
flow = "rubber"
name = { zh = "焚烧", en = "Burnt" }
amount = "sugar * 0.88 * 44 / 12 * 0.75"
unit = "kg"
from = { flow = "biogenic_co2_emission.CO2" }

[[carbon]]
of = "stored"
origin = "ORIGIN"
amount = "sugar * 0.88 * 0.25"
unit = "kg"
"""
CARBON = F(2000, 4) / 3000 * F(88, 100)  # kg C per litre in what was grown


def made(rules: RuleSet, boundary: str = GRAVE, more: str = RUBBER) -> Built:
    text = (SPARKLING + more).replace("ORIGIN", "biogenic")
    cover = {**site().cover, "boundary": cell(boundary)}
    return build(site(cover=cover), parse_model(text.encode(), "rubber.toml"), rules)


def system(rules: RuleSet, boundary: str = GRAVE, more: str = RUBBER) -> ProductSystem:
    found = made(rules, boundary, more).system
    assert found is not None
    return found


def told(rules: RuleSet, more: str = RUBBER) -> Footprint:
    return compute(system(rules, more=more), library(), rules)


def balance(result: Footprint) -> set[str]:
    return {one.code for one in result.findings if one.code == "BALANCE-CARBON"}


def test_stored_carbon_is_given_off_unless_the_rule_set_counts_it() -> None:
    given, counted = told(PLAIN), told(COUNTING)
    (line,) = (one for one in given.lines if one.id == "stored-carbon-1")
    assert line.exchange.stage == "end-of-life"
    assert float(line.parts["biogenic_co2_emission"]) == pytest.approx(float(CARBON / 4 * 44 / 12))
    assert "stored-carbon-1" not in {one.id for one in counted.lines}
    assert balance(given) == balance(counted) == set()
    gain = given.declared.total("including_biogenic_co2") - counted.declared.total(
        "including_biogenic_co2"
    )
    assert float(gain) == pytest.approx(float(CARBON / 4 * 44 / 12))
    excluding = "excluding_biogenic_co2"
    assert given.declared.total(excluding) == counted.declared.total(excluding)


def test_without_the_word_stored_the_balance_does_not_close() -> None:
    silent = RUBBER.partition("[[carbon]]")[0]
    assert balance(told(PLAIN, silent)) == balance(told(COUNTING, silent)) == {"BALANCE-CARBON"}


def test_a_rule_set_that_counts_takes_no_more_than_was_said() -> None:
    less = RUBBER.replace("* 0.25", "* 0.2")
    assert balance(told(COUNTING, less)) == balance(told(PLAIN, less)) == {"BALANCE-CARBON"}


def test_the_amount_stands_beside_the_result() -> None:
    document = told(PLAIN).to_json()
    schema("footprint-1").validate(document)
    schema("system-1").validate(json.loads(canonical(system(PLAIN))))
    shown = document["carbon_content"]
    assert float(shown["stored"]["biogenic"]) == pytest.approx(float(CARBON / 4))
    assert "stored" not in system(PLAIN, GATE).carbon_content
    assert not [one for one in system(PLAIN, GATE).exchanges if one.id.startswith("stored")]


def test_the_file_comes_back() -> None:
    before = system(COUNTING)
    assert read(write(before)).carbon_content == before.carbon_content


def test_fossil_carbon_is_not_stored() -> None:
    with pytest.raises(ModelError) as refusal:
        parse_model((SPARKLING + RUBBER.replace("ORIGIN", "fossil")).encode(), "rubber.toml")
    assert [one.code for one in refusal.value.findings] == ["TOML-CHOICE"]


# --- a file written by hand -----------------------------------------------------------------------


def by_hand(stored: str) -> Doc:
    return document(
        [process("tyre")],
        [
            emits("grown", "tyre", "biogenic_co2_removal.CO2", "11"),
            emits("burnt", "tyre", "biogenic_co2_emission.CO2", "7.334", stage="end-of-life"),
        ],
        boundary=GRAVE,
        carbon_content={"stored": {"biogenic": stored}, "unit": "kg C/kg"},
    )


def test_a_file_may_say_it_but_the_rule_set_decides() -> None:
    assert balance(footprint(by_hand("1"), COUNTING)) == set()
    assert balance(footprint(by_hand("1"), PLAIN)) == {"BALANCE-CARBON"}
    assert balance(footprint(by_hand("2"), COUNTING)) == {"BALANCE-CARBON"}


@pytest.mark.parametrize("stored", ["NaN", "1e99", "much"])
def test_a_stored_amount_is_a_number(stored: str) -> None:
    with pytest.raises(FindingsError) as refusal:
        read(by_hand(stored))
    assert {one.code for one in refusal.value.findings} == {"SYSTEM-NUMBER"}


def test_the_rule_set_says_counted_or_given_off() -> None:
    assert (PLAIN.stored_carbon, COUNTING.stored_carbon) == ("given-off", "counted")
    wrong = FILE.read_bytes().replace(b"[method]\n", b'[method]\nstored_carbon = "sold"\n')
    with pytest.raises(ModelError) as refusal:
        parse_ruleset(wrong, "own.toml")
    assert "TOML-CHOICE" in {one.code for one in refusal.value.findings}

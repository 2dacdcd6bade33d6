"""A model says how its materials are recycled; a refrigerator's charge is a mass account."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction as F
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from factors.errors import ModelError
from lca.build import build
from lca.end_of_life import CIRCULAR, CUT_OFF_PRODUCT, METHODS
from lca.end_of_life_study import study
from lca.figures import unit_of
from lca.footprint import compute
from lca.inventory import GATE, GRAVE, ProductSystem
from lca.mass_account import MassAccount, check
from lca.model import load, parse_model
from lca.model_factors import factor_problems
from lca.model_parts import ProductModel
from lca.submission import Cell, Submission
from tests.lca.systems import SOFTWARE, factors, rules
from tests.lca.test_beer_model import CAN, EXPORT, RETURNABLE
from tests.lca.test_beer_model import handed_in as handed_in_beer
from tests.lca.test_model_trades import FRIDGE_BOOKS, cell, handed_in, library

SOURCE = (Path(__file__).parent / "models" / "refrigerator.toml").read_text("utf-8")
STEEL = """
[[end_of_life]]
material = "steel"
name = { zh = "钢板", en = "Steel sheet" }
amount = "steel"
unit = "kg"
lines = ["steel", "end-landfill"]
parameters = { r1 = "0", r2 = "recycled", r3 = "0", a = "0.2", q_out = "1" }
factors = { virgin = "steel-sheet-cn", recycled = "steel-sheet-cn", recycling = { by = "market", \
values = { cn = "steel-landfill-gb", eu = "weee-collection", us = "weee-collection", \
jp = "weee-collection" } }, disposal = "steel-landfill-gb" }
when = { market = ["cn", "us"] }
"""


def model(block: str = STEEL) -> ProductModel:
    return parse_model((SOURCE + block).encode(), "refrigerator.toml")


def built(market: str = "cn", boundary: str = GRAVE, top_up: str = "0") -> ProductSystem:
    parameters = {
        "energy_use": cell(F(200)),
        "charge": cell(F(80), "g/machine"),
        "service_top_up": cell(F(top_up)),
    }
    enums = {"market": market, "refrigerant": "r134a"}
    told = handed_in(model(), FRIDGE_BOOKS, enums, parameters, boundary)
    system = build(told, model(), rules()).system
    assert system is not None
    return system


def test_the_answers_make_the_block_of_the_system() -> None:
    (steel,) = built("cn").end_of_life
    assert (steel.material, steel.amount, steel.unit) == ("steel", F(25), "kg")
    assert steel.lines == ("steel", "end-landfill")
    assert steel.parameters["r2"] == F("0.6")
    assert steel.factors["recycling"] == "steel-landfill-gb"


def test_a_block_follows_its_condition_and_the_boundary() -> None:
    assert built("eu").end_of_life == ()
    (steel,) = built("cn", GATE).end_of_life
    assert steel.lines == ("steel",)


def test_a_model_is_compared_under_all_methods() -> None:
    system = built("cn")
    result = compute(system, library(model()), rules(), software=SOFTWARE)
    found = study(system, result.declared, library(model()), result.gwp, rules(), unit_of(system))
    values = {method: found.value(method) for method in METHODS}
    assert len(set(values.values())) == 2  # nothing is burnt, so the cut-offs agree
    for method in METHODS:
        steps = found.steps(method)
        assert sum(step.value for step in steps) == values[method] - result.declared.value


def test_rows_of_a_block_are_held_against_the_library() -> None:
    unknown = {dict(one.params)["saw"] for one in factor_problems(model(), factors())}
    assert "weee-collection" in unknown
    places = {one.where.path for one in factor_problems(model(), factors())}
    assert "end_of_life[steel].factors.recycling" in places


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('lines = ["steel"', 'lines = ["stone"', "EOL-LINE"),
        ('r2 = "recycled"', 'r2 = "steel"', "FORMULA-DIMENSION"),
        ('r2 = "recycled", ', "", "TOML-MISSING"),
        ('q_out = "1"', 'quality = "1"', "TOML-KEY"),
        ('amount = "steel"', 'amount = "energy_use"', "FORMULA-DIMENSION"),
        ('us = "weee-collection", ', "", "MODEL-VALUE-MISSING"),
    ],
)
def test_a_block_that_does_not_fit_is_refused(old: str, new: str, code: str) -> None:
    assert STEEL.count(old) == 1
    with pytest.raises(ModelError) as refusal:
        model(STEEL.replace(old, new))
    found = {one.code for one in refusal.value.findings}
    assert code in found


@pytest.mark.parametrize("market", ["cn", "eu", "us", "jp"])
@pytest.mark.parametrize("top_up", ["0", "0.05"])
def test_the_charge_of_the_model_is_a_mass_account(market: str, top_up: str) -> None:
    """Formula idioms of the model against the account that they stand for."""
    amounts = {one.id: one.amount for one in built(market, top_up=top_up).exchanges}
    recovery = {"cn": F("0.3"), "eu": F("0.8"), "us": F("0.5"), "jp": F("0.9")}[market]
    end = amounts["end-refrigerant"]
    account = MassAccount(
        "r134a",
        charge=F("0.08") + amounts["factory-loss"],
        top_ups=F(top_up),
        emitted={
            "factory": amounts["factory-loss"],
            "use": amounts["use-leak"],
            "end-of-life": end,
        },
        recovered=end / (1 - recovery) * recovery,
    )
    assert list(check(account)) == []


# --- the shipped beer model -----------------------------------------------------------------------

RULED = ("[[end_of_life]]", '[[parameter]]\nid = "circular_a"')
CONTAINERS = [(EXPORT, "glass"), (RETURNABLE, "glass"), (CAN, "aluminium")]


def told_beer(code: str) -> Submission:
    """The example brewery with one of its families as the product, to the grave."""
    told = handed_in_beer()
    return replace(told, cover={**told.cover, "subject": Cell(code), "boundary": cell(GRAVE)})


def made_of(beer: ProductModel, code: str) -> ProductSystem:
    system = build(told_beer(code), beer, rules()).system
    assert system is not None
    return system


@cache
def without_blocks() -> ProductModel:
    """The shipped model as it would be without a word on recycling."""
    text = (files("lca") / "models" / "beer.toml").read_text("utf-8")
    tables = re.split(r"(?m)^(?=\[\[)", text)
    kept = [table for table in tables if not table.startswith(RULED)]
    assert len(tables) - len(kept) == 3
    return parse_model("".join(kept).encode(), "beer.toml")


@pytest.mark.parametrize(("code", "material"), CONTAINERS)
def test_containers_of_beer_are_the_cut_off_formula(code: str, material: str) -> None:
    """Lines and terms are rounded apart, and yet the restated figure is the published one."""
    system = made_of(load("beer"), code)
    assert [block.material for block in system.end_of_life] == [material]
    result = compute(system, factors(), rules(), software=SOFTWARE)
    found = study(system, result.declared, factors(), result.gwp, rules(), unit_of(system))
    assert found.method == CUT_OFF_PRODUCT
    assert found.value(CUT_OFF_PRODUCT) == result.declared.value
    assert found.steps(CUT_OFF_PRODUCT) == ()
    for method in METHODS:
        steps = found.steps(method)
        assert all(abs(step.value) > F(1, 10**10) for step in steps), "no step is mere rounding"
    moved = {step.term: step.value for step in found.steps(CIRCULAR)}
    assert moved["recycling-at-end"] > F(1, 1000) and moved["virgin-replaced"] < -F(1, 1000)
    assert not [one for one in result.findings if one.code.startswith(("EOL", "BALANCE"))]


@pytest.mark.parametrize(("code", "material"), CONTAINERS)
def test_saying_how_containers_are_recycled_moves_no_digit_of_the_figure(
    code: str, material: str
) -> None:
    """Everything but the two hashes of what was said is the same, to the last digit."""
    with_words, without = (
        compute(made_of(model, code), factors(), rules(), software=SOFTWARE).to_json()
        for model in (load("beer"), without_blocks())
    )
    for document in (with_words, without):
        document["lock"] = {**document["lock"], "model": None, "system": ""}
    assert with_words == without

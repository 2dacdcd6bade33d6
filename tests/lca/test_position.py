"""Where a result stands: bands, published values made equal, hot spots and what is unusual."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction as F
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from factors.errors import FindingsError, ModelError
from lca.footprint import Footprint, compute
from lca.inventory import GATE, ProductSystem
from lca.model import load, models, parse_model
from lca.system_file import canonical, read
from tests.lca.models.works import RULES, Works, factors, subject

ROOT = Path(__file__).parents[2]
BEER = Works("beer")
PRODUCTS = tuple(name for name in models() if name != "generic")
"""Every model of a product; any product at all has no published value beside it."""
ONE_WAY, CAN = "EX-500-OW", "CAN-330"


@cache
def result(family: str) -> Footprint:
    return BEER.footprint(subject(family))


def position(system: ProductSystem) -> dict[str, Any]:
    told: dict[str, Any] = compute(system, factors(), RULES).to_json()["position"]
    return told


def test_three_published_values_stand_beside_every_family() -> None:
    for family in (ONE_WAY, CAN):
        compared = result(family).to_json()["position"]["comparisons"]
        assert len(compared) >= 3
        for one in compared:
            assert F(one["difference"]) == pytest.approx(F(one["ours"]) - F(one["equal"]), abs=1e-9)


def test_published_values_are_made_equal() -> None:
    told = {one["id"]: one for one in result(ONE_WAY).system.comparisons}
    assert F(told["su-eatable-glass"]["equal"]) == F("0.96") - F("0.05")
    density = F(1008, 1000)
    assert F(told["agribalyse-glass"]["equal"]) == F("0.792") * density
    assert F(told["cimini-glass-large"]["equal"]) == F("1.27")


def test_every_shipped_model_compares_and_says_what_its_hot_spots_need() -> None:
    for name in PRODUCTS:
        model = load(name)
        spots = [one.hot_spot for one in model.exchanges if one.hot_spot]
        assert len(spots) >= 5
        assert len({one.id for one in model.comparisons}) >= 3, name


def test_the_line_that_puts_a_figure_above_a_band_is_named() -> None:
    told = result(CAN).to_json()["position"]
    above = [one for one in told["bands"] if one["place"] == "above"]
    assert len(above) == 1 and F(above[0]["at"]) > 1
    decisive = {one["id"] for one in told["unusual"] if one["why"] == "decides-the-band"}
    assert "can-primary" in decisive
    excess = result(CAN).figures[GATE].value - F(7, 10)
    for line in result(CAN).figures[GATE].lines:
        assert (line.id in decisive) is (line.value("excluding_biogenic_co2") >= excess)


@pytest.mark.parametrize(
    ("name", "times", "why"),
    [
        ("brewing-electricity", 9, "more-than-usual"),
        ("glass-gas-burnt", 3, "more-than-usual"),
        ("glass-gas-burnt", 0, "less-than-usual"),
        ("brewing-electricity", 1, None),
    ],
)
def test_a_line_blown_up_or_gone_is_unusual(name: str, times: int, why: str | None) -> None:
    system = result(ONE_WAY).system
    changed = replace(
        system,
        exchanges=tuple(
            replace(one, amount=one.amount * times) if one.id == name else one
            for one in system.exchanges
        ),
    )
    found = [one["why"] for one in position(changed).get("unusual", []) if one["id"] == name]
    assert [one for one in found if one.endswith("-than-usual")] == ([why] if why else [])


def test_nothing_here_changes_a_figure() -> None:
    system = result(ONE_WAY).system
    bare = replace(
        system,
        comparisons=(),
        use_method={},
        exchanges=tuple(replace(one, expected={}) for one in system.exchanges),
    )
    plain, told = (compute(one, factors(), RULES) for one in (bare, system))
    assert {k: v.parts for k, v in plain.figures.items()} == {
        k: v.parts for k, v in told.figures.items()
    }
    assert "comparisons" not in plain.to_json()["position"]


def test_a_weak_activity_leaves_a_hot_spot_short_of_its_data() -> None:
    system = result(ONE_WAY).system
    weak = replace(
        system,
        exchanges=tuple(
            replace(one, activity_kind="estimated") if one.id == "brewing-electricity" else one
            for one in system.exchanges
        ),
    )
    for told, met in ((system, True), (weak, False)):
        spots = {one["id"]: one for one in position(told)["hot_spots"]}
        assert spots["brewing-electricity"]["met"] is met


def test_system_and_result_fit_their_schemas() -> None:
    schemas = ROOT / "docs/schemas"
    made = result(ONE_WAY)
    for name, document in (
        ("system-1", json.loads(canonical(made.system))),
        ("footprint-1", made.to_json()),
    ):
        schema = json.loads((schemas / f"{name}.schema.json").read_text(encoding="utf-8"))
        jsonschema.validate(document, schema)


@pytest.mark.parametrize(
    "damage",
    [
        {"comparisons": [{"id": "x"}]},
        {"comparisons": [{"id": "x", "figure": "sideways", "value": "one"}]},
        {"use_method": {"name": {"zh": "a"}}},
        {"use_method": "walking"},
    ],
)
def test_a_damaged_comparison_is_a_finding(damage: dict[str, Any]) -> None:
    document = json.loads(canonical(result(ONE_WAY).system)) | damage
    with pytest.raises(FindingsError):
        read(document)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('adjust = "-0.05 [kg CO2e/L]"', 'adjust = "-0.05 [kg/L]"', "FORMULA-DIMENSION"),
        ('per = "beer_density"', 'per = "1"', "FORMULA-DIMENSION"),
        ('id = "su-eatable-glass"', 'id = "agribalyse-glass"', "MODEL-DUPLICATE"),
        ('share = { low = "0.', 'share = { low = "9.', "MODEL-RANGE"),
        ("hot_spot = { share", 'hot_spot = { activity = "guessed", share', "TOML-CHOICE"),
    ],
)
def test_a_model_that_compares_unlike_things_is_refused(old: str, new: str, code: str) -> None:
    text = (ROOT / "lca/models/beer.toml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ModelError) as refusal:
        parse_model(text.replace(old, new, 1).encode(), "beer.toml")
    assert code in {one.code for one in refusal.value.findings}

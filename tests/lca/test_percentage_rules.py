"""Percentages are of each disclosed figure: an 11 kW motor whose whole factory is left out.

Gate about 0.4 t CO2e, use 22 t of losses. Five percent of the whole life is more than the factory,
so every rule that looked at the life alone would let the factory go.
"""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from lca.footprint import Footprint
from lca.inventory import GATE, GRAVE
from tests.lca.systems import Doc, document, footprint, line, own, process, rules, text

FACTORY = ("casting", "winding", "test-bench")
ALL = {"steel": "230", "copper": "60", "casting": "60", "winding": "30", "test-bench": "20"}


def motor(*left_out: str, use: str = "22000") -> Footprint:
    """kg CO2e per motor by flow; what is left out is estimated, honestly, as an omission."""
    kg = own("kg", values={"unspecified.CO2e": "1"})
    gate = [
        line(
            name,
            "motor",
            "own:kg",
            amount,
            stage="manufacturing" if name in FACTORY else "raw-materials",
        )
        for name, amount in ALL.items()
        if name not in left_out
    ]
    losses = line("losses", "motor", "own:kg", use, stage="use")
    omitted: list[Doc] = [
        {"flow": name, "estimate": ALL[name], "unit": "kg CO2e/piece", "reason": text("left out")}
        for name in left_out
    ]
    return footprint(
        document(
            [process("motor", "piece")],
            [*gate, losses],
            factors=[kg],
            omissions=omitted,
            boundary=GRAVE,
        )
    )


def small(*estimates: str, flows: tuple[str, ...] = ("paint",)) -> Footprint:
    """A product of 100 kg CO2e beside which flows of these estimates are left out."""
    omitted: list[Doc] = [
        {
            "flow": flows[number % len(flows)],
            "estimate": estimate,
            "unit": "kg CO2e/piece",
            "reason": text("left out"),
        }
        for number, estimate in enumerate(estimates)
    ]
    kg = own("kg", values={"unspecified.CO2e": "1"})
    body = line("body", "motor", "own:kg", "100", stage="raw-materials")
    return footprint(document([process("motor", "piece")], [body], factors=[kg], omissions=omitted))


def cut_off(result: Footprint) -> list[str]:
    """Figures of which more is left out than the rule set allows."""
    return [dict(f.params)["figure"] for f in result.findings if f.code == "BOUNDARY-CUT-OFF"]


def test_the_whole_motor_passes() -> None:
    result = motor()
    assert cut_off(result) == []
    assert result.figures[GATE].value == 400


def test_without_its_factory_the_motor_fails_though_the_life_hardly_moves() -> None:
    result = motor(*FACTORY)
    share_of_life = F(110) / result.figures[GRAVE].magnitude
    assert share_of_life < rules().cut_off.single  # the life alone would never notice
    assert cut_off(result) == [GATE]


@pytest.mark.parametrize("name", sorted(ALL))
def test_each_single_flow_is_too_much_of_the_factory_and_nothing_of_the_life(name: str) -> None:
    result = motor(name)
    assert F(ALL[name]) / result.figures[GRAVE].magnitude < F(2, 100)
    assert GATE in cut_off(result)


@pytest.mark.parametrize("use", ["220", "22000", "250000"])
def test_no_use_stage_hides_the_factory(use: str) -> None:
    assert GATE in cut_off(motor(*FACTORY, use=use))


def test_materiality_and_change_are_measured_on_the_gate_as_well() -> None:
    whole, bare = motor(), motor(*FACTORY)
    moved = {
        name: 1 - bare.figures[name].value / whole.figures[name].value for name in (GATE, GRAVE)
    }
    for limit in (rules().materiality, rules().change_threshold):
        assert moved[GATE] > limit > moved[GRAVE]
    assert bare.strictest.omitted == F(110) / bare.figures[GATE].magnitude


def test_a_flow_split_over_suppliers_is_left_out_as_one() -> None:
    single = rules().cut_off.single
    assert F(6, 1000) < single < F(12, 1000) <= rules().cut_off.total
    assert cut_off(small("0.6", "0.6")) == [GATE]
    assert cut_off(small("0.6", "0.6", flows=("paint", "varnish"))) == []

"""Which method may divide co-products, and what the others would give."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import pytest

from factors.errors import FindingsError, SolveError
from factors.findings import Finding
from lca.allocation_methods import MOST, alternatives, check, mean_price
from lca.inventory import ProductSystem
from lca.ruleset import RuleSet
from lca.system_file import read
from tests.lca.systems import Doc, co_product, document, emits, footprint, own, process, rules, text

BRAN = {"properties": {"mass": "1", "price": "0.5"}}
FLOUR = {"properties": {"mass": "1", "price": "2"}}


def mill(method: str = "mass", **more: Any) -> ProductSystem:
    """3 kg of flour and 1 kg of bran from 2 kg CO2; basis stated unless told otherwise."""
    key = {"method": method, "basis": text("three-year means"), **more}
    bran = co_product("bran", "1", **BRAN)
    made = process("mill", "kg", "3", bran, reference=FLOUR, allocation=key)
    doc = document([made], [emits("CO2", "mill", "fossil.CO2", "2")], reference=of("mill", "3"))
    return read(doc)


def of(name: str, amount: str) -> Doc:
    return {"process": name, "amount": amount, "unit": "kg"}


def steel() -> ProductSystem:
    slag = co_product("slag", "0.3", "substitute", replaces="own:clinker")
    clinker = own("clinker", values={"unspecified.CO2e": "0.8"})
    lines = [emits("coke", "steel", "fossil.CO2", "2")]
    return read(document([process("steel", "kg", "1", slag)], lines, factors=[clinker]))


def measure(system: ProductSystem) -> dict[str, F]:
    return {name: figure.value for name, figure in footprint(system).figures.items()}


def ordered(*order: str) -> RuleSet:
    return replace(rules(), allocation=replace(rules().allocation, order=order))


def findings(system: ProductSystem, by: RuleSet) -> list[Finding]:
    found = list(check(system, by, measure, "kg CO2e/kg"))
    assert all(one.render("zh") and one.render("en") for one in found)
    return found


def test_alternatives_stand_side_by_side_with_their_differences() -> None:
    (economic,) = alternatives(mill("mass"), measure)
    assert (economic.process, economic.method) == ("mill", "economic")
    assert economic.shares == {"mill": F(12, 13), "bran": F(1, 13)}
    (name,) = economic.figures
    assert float(economic.figures[name]) == pytest.approx(2 * 12 / 13, rel=1e-10)
    assert economic.differences[name] == economic.figures[name] - F(3, 2)
    assert economic.to_json()["differences"][name] == "0.34615384615"


def test_the_method_in_use_is_no_alternative_to_itself() -> None:
    assert [one.method for one in alternatives(mill("economic"), measure)] == ["mass"]
    assert [one.method for one in alternatives(mill("price"), measure)] == ["mass"]


@pytest.mark.parametrize("method", ["mass", "economic"])
def test_what_co_products_bear_and_what_is_left_make_the_whole(method: str) -> None:
    from_flour = measure(mill(method))["cradle-to-gate"]
    swapped = process(
        "mill", "kg", "1", co_product("flour", "3", **FLOUR), reference=BRAN,
        allocation={"method": method},
    )  # fmt: skip
    from_bran = measure(read(document([swapped], [emits("CO2", "mill", "fossil.CO2", "2")])))
    assert float(from_flour + from_bran["cradle-to-gate"]) == pytest.approx(2, rel=1e-10)


def test_a_method_outside_the_rule_set_is_an_error_with_its_effect() -> None:
    (found,) = findings(mill("economic"), ordered("subdivision", "physical"))
    assert found.code == "METHOD-NOT-ALLOWED" and found.blocks
    assert dict(found.params)["instead"] == "mass"
    assert float(dict(found.params)["effect"]) == pytest.approx(1.5 - 24 / 13, rel=1e-3)


def test_passing_over_an_earlier_method_is_noted_with_its_effect() -> None:
    (found,) = findings(mill("economic"), rules())
    assert found.code == "METHOD-ORDER" and not found.blocks
    assert findings(mill("mass"), rules()) == []
    assert findings(mill("economic"), ordered("economic", "physical")) == []


def test_shares_and_prices_need_a_basis() -> None:
    shares = {"mill": "0.9", "bran": "0.1"}
    assert findings(mill("given", shares=shares), rules()) == []
    bare = mill("given", shares=shares, basis=None)
    assert [one.code for one in findings(bare, rules())] == ["METHOD-BASIS"]


def test_a_credit_inside_the_figure_is_shown_and_may_be_forbidden() -> None:
    (found,) = findings(steel(), rules())
    assert found.code == "METHOD-CREDIT"
    assert float(dict(found.params)["effect"]) == pytest.approx(0.24)
    (refused,) = findings(steel(), ordered("subdivision", "physical", "economic"))
    assert refused.code == "METHOD-NOT-ALLOWED" and refused.blocks
    (without,) = alternatives(steel(), measure)
    assert without.method == "no credit"
    assert without.figures["cradle-to-gate"] == 2


def test_effects_are_computed_for_a_bounded_number_of_processes() -> None:
    system = mill("economic")
    (one,) = system.processes
    names = [f"p{index}" for index in range(MOST + 5)]
    many = replace(system, processes=tuple(replace(one, id=name) for name in names))
    asked: list[int] = []

    def counted(changed: ProductSystem) -> dict[str, F]:
        asked.append(len(changed.processes))
        return {"cradle-to-gate": F(1)}

    found = list(check(many, rules(), counted, "kg CO2e/kg"))
    assert len(found) == len(names)
    assert len(asked) == MOST + 1


def test_a_method_without_a_solution_leaves_the_result_alone() -> None:
    """A loop that uses up what it gives under the other key is no alternative, and no crash."""

    def fragile(changed: ProductSystem) -> dict[str, F]:
        if changed.processes[0].method == "mass":
            raise SolveError()
        return measure(changed)

    system = mill("economic")
    assert alternatives(system, fragile) == ()
    (found,) = check(system, rules(), fragile, "kg CO2e/kg")
    assert (found.code, dict(found.params)["effect"]) == ("METHOD-ORDER", "-")


def test_prices_are_means_of_three_to_five_years_with_a_source() -> None:
    prices = {2023: F(3), 2024: F(4), 2025: F(5)}
    assert mean_price(prices, "customs statistics") == 4
    for wrong, source in (
        ({2025: F(5)}, "x"),
        ({2022: F(3), 2024: F(4), 2025: F(5)}, "x"),
        ({**prices, 2025: F(0)}, "x"),
        (prices, " "),
    ):
        with pytest.raises(FindingsError, match="PRICE-YEARS"):
            mean_price(wrong, source)

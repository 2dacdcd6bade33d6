"""Co-products: shares, substitution, and carbon that no key may move."""

from __future__ import annotations

from fractions import Fraction

import pytest

from lca.allocation import bearing, check, credit_lines, leaving, portions, shares
from lca.inventory import Exchange, Output, Process
from tests.lca.systems import co_product, document, emits, footprint, line, link, own, process

HALF = Fraction(1, 2)


def mill(method: str, **properties: tuple[str, str]) -> Process:
    """Two outputs, 3 kg of flour and 1 kg of bran."""
    flour = {key: Fraction(pair[0]) for key, pair in properties.items()}
    bran = {key: Fraction(pair[1]) for key, pair in properties.items()}
    return Process(
        "mill",
        {},
        (
            Output("flour", Fraction(3), "kg", properties=flour),
            Output("bran", Fraction(1), "kg", "allocate", properties=bran, carbon=Fraction("0.4")),
        ),
        method=method,
    )


def exchange(amount: str) -> Exchange:
    return Exchange(
        id="grain",
        process="mill",
        stage="raw-materials",
        flow="grain",
        name={},
        amount=Fraction(amount),
        unit="kg",
        from_factor="wheat",
    )


def works() -> Process:
    """Steel with slag that replaces clinker, gas that replaces a process, and sold tar."""
    slag = Output("slag", Fraction("0.3"), "t", "substitute", replaces="clinker-cn")
    gas = Output("gas", Fraction(2), "GJ", "substitute", replaces="boiler")
    tar = Output("tar", Fraction("0.1"), "kg", "cut-off", carbon=Fraction("0.8"))
    steel = Output("steel", Fraction(1), "t")
    name = {"zh": "钢厂", "en": "Works"}
    return Process("works", name, (steel, slag, gas, tar), place="CN-HE", year="2024")


def test_a_credit_says_where_it_comes_from() -> None:
    slag, gas = credit_lines(works(), "manufacturing", {"boiler", "works"})
    assert slag == Exchange(
        id="works.slag.credit",
        process="works",
        stage="manufacturing",
        flow="slag",
        name={"zh": "钢厂", "en": "Works"},
        amount=Fraction("-0.3"),
        unit="t",
        from_factor="clinker-cn",
        activity_kind="calculated",
        place="CN-HE",
        year="2024",
        origin={"kind": "rule", "rule": "works.slag", "formula": "substitution"},
    )
    assert (gas.from_process, gas.from_factor, gas.amount) == (
        "boiler",
        "",
        Fraction(-2),
    )


def test_carbon_that_leaves_says_where_it_comes_from() -> None:
    process_ = works()
    assert leaving(process_, process_.outputs[3], "use") == Exchange(
        id="works.tar.carbon",
        process="works",
        stage="use",
        flow="tar",
        name={"zh": "钢厂", "en": "Works"},
        amount=Fraction("-0.08") * Fraction(44, 12),
        unit="kg",
        from_flow="biogenic_co2_removal.CO2",
        activity_kind="calculated",
        place="CN-HE",
        year="2024",
        origin={"kind": "rule", "rule": "works.tar", "formula": "amount * carbon * 44/12"},
    )


@pytest.mark.parametrize(
    ("process_", "expected"),
    [
        (mill("mass", mass=("1", "1")), Fraction(3, 4)),
        (mill("economic", price=("2", "0.5")), Fraction(12, 13)),
        (mill("energy", energy=("15", "9")), Fraction(5, 6)),
    ],
)
def test_shares_weigh_amount_by_property(process_: Process, expected: Fraction) -> None:
    found = shares(process_)
    assert found["flour"] == expected
    assert sum(found.values()) == 1
    assert check(process_) == ()


def test_a_property_that_is_missing_or_nil_gives_no_shares() -> None:
    assert [f.code for f in check(mill("mass", price=("1", "1")))] == ["SYSTEM-SHARES-MISSING"]
    assert [f.code for f in check(mill("mass", mass=("0", "0")))] == ["SYSTEM-SHARES-MISSING"]


def test_published_case_of_physical_allocation() -> None:
    """openLCA core, math/AllocationTest.java: 2 kg CO2, 1 kg p1 and 3 kg p2 -> 0.5 kg per kg p1."""
    doc = document(
        [
            process(
                "p1", "kg", "1", co_product("p2", "3", properties={"mass": "1"}),
                reference={"properties": {"mass": "1"}}, allocation={"method": "mass"},
            )
        ],
        [emits("CO2", "p1", "fossil.CO2", "2")],
    )  # fmt: skip
    assert footprint(doc).declared.value == HALF


def test_portions_give_back_the_undivided_process() -> None:
    process_ = mill("mass", mass=("1", "1"))
    given = [exchange("4")]
    found = portions(process_, given, stage="raw-materials", carbon=True)
    for side in ("burdens", "atoms"):
        sums: dict[str, Fraction] = {}
        for portion in found:
            for item in getattr(portion, side):
                sums[item.id] = sums.get(item.id, Fraction(0)) + item.amount
        assert sums.pop("grain") == 4, side
        assert all(rest == 0 for rest in sums.values()), side


def test_cut_off_outputs_bear_nothing() -> None:
    process_ = mill("mass", mass=("1", "1"))
    waste = Process("mill", {}, (process_.outputs[0], Output("husk", HALF, "kg", "cut-off")))
    assert [item.flow for item in bearing(waste)] == ["flour"]
    found = portions(waste, [exchange("4")], stage="x", carbon=True)
    assert found[0].share == 1
    assert found[1].burdens == ()


def malt(carbon: str, price: str = "0.1", role: str = "allocate") -> dict[str, str]:
    """Parts of a malting whose rootlets are worth little but hold carbon."""
    rootlets = co_product("rootlets", "0.05", role, carbon=carbon, properties={"price": price})
    doc = document(
        [
            process(
                "malt", "kg", "1", rootlets,
                reference={"properties": {"price": "1"}}, allocation={"method": "economic"},
            )
        ],
        [
            emits("uptake", "malt", "biogenic_co2_removal.CO2", "1.8"),
            emits("respiration", "malt", "biogenic_co2_emission.CO2", "0.2"),
            line("gas", "malt", "own:gas", "1"),
        ],
        factors=[own("gas", values={"fossil.CO2": "1", "biogenic_co2_emission.CO2": "0.1"})],
    )  # fmt: skip
    return dict(footprint(doc).to_json()["parts"])


def test_carbon_of_a_co_product_leaves_with_its_atoms() -> None:
    parts = malt("0.42")
    # 0.05 kg x 0.42 kg C/kg x 44/12 = 0.077 kg CO2 leave; the rest stays with the malt.
    assert parts["biogenic_co2_removal"] == "-1.723"
    assert parts["biogenic_co2_emission"] == "0.3"


@pytest.mark.parametrize("price", ["0.001", "1", "1000"])
def test_no_price_moves_biogenic_carbon(price: str) -> None:
    moved, reference = malt("0.42", price), malt("0.42")
    for part in ("biogenic_co2_removal", "biogenic_co2_emission"):
        assert moved[part] == reference[part]
    assert moved["fossil"] != reference["fossil"]


def test_carbon_leaves_with_a_cut_off_by_product_too() -> None:
    assert malt("0.42", role="cut-off")["biogenic_co2_removal"] == "-1.723"


def test_carbon_that_was_never_counted_in_is_not_counted_out() -> None:
    rootlets = co_product("rootlets", "0.05", "cut-off", carbon="0.42")
    doc = document(
        [process("malt", "kg", "1", rootlets)], [emits("gas", "malt", "fossil.CO2", "1")]
    )
    assert footprint(doc).to_json()["parts"]["biogenic_co2_removal"] == "0"


def test_uptake_upstream_is_carbon_counted_in() -> None:
    rootlets = co_product("draff", "0.05", "cut-off", carbon="0.42")
    doc = document(
        [process("beer", "kg", "1", rootlets), process("malt")],
        [link("beer", "malt", "1"), emits("up", "malt", "biogenic_co2_removal.CO2", "1.8")],
    )
    assert footprint(doc).to_json()["parts"]["biogenic_co2_removal"] == "-1.723"


def test_more_carbon_out_than_in_is_an_error() -> None:
    rootlets = co_product("draff", "2", "cut-off", carbon="0.42")
    doc = document(
        [process("beer", "kg", "1", rootlets)],
        [
            emits("up", "beer", "biogenic_co2_removal.CO2", "1"),
            emits("x", "beer", "fossil.CO2", "1"),
        ],
    )
    result = footprint(doc)
    assert "BOUNDARY-CARBON" in [found.code for found in result.findings]
    assert result.grade == "screening"


def test_substitution_subtracts_what_is_replaced() -> None:
    """1 kg of steel with 0.3 kg of slag that replaces clinker of 0.8 kg CO2e/kg: 2 - 0.24."""
    slag = co_product("slag", "0.3", "substitute", replaces="own:clinker")
    doc = document(
        [process("steel", "kg", "1", slag)],
        [emits("coke", "steel", "fossil.CO2", "2")],
        factors=[own("clinker", values={"unspecified.CO2e": "0.8"})],
    )
    result = footprint(doc)
    assert result.to_json()["totals"]["excluding_biogenic_co2"]["value"] == "1.76"
    assert [line.id for line in result.lines] == ["coke", "steel.slag.credit"]


def test_substitution_of_a_process_takes_its_whole_chain() -> None:
    slag = co_product("slag", "0.3", "substitute", replaces="clinker")
    doc = document(
        [process("steel", "kg", "1", slag), process("clinker")],
        [
            emits("coke", "steel", "fossil.CO2", "2"),
            emits("burn", "clinker", "fossil.CO2", "0.8"),
        ],
    )
    assert footprint(doc).to_json()["parts"]["fossil"] == "1.76"

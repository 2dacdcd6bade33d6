"""From answers to a product system: links, suppliers, electricity both ways, boundaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction as F
from pathlib import Path

import pytest

from factors.errors import ModelError
from factors.findings import Where
from factors.store import load as library
from lca import ruleset
from lca.build import Built, build
from lca.footprint import compute
from lca.inventory import GRAVE, Exchange
from lca.model import load, parse_model
from lca.model_factors import factor_problems
from lca.model_parts import Chosen, ExchangeRule, FromSupplier, ProductModel
from lca.quality import recalled_constants
from lca.submission import (
    AccountEntry,
    Cell,
    CentreEntry,
    FamilyEntry,
    InstrumentEntry,
    KeyEntry,
    SiteEntry,
    Submission,
    SupplierEntry,
)

MODEL = load(Path(__file__).parent / "models" / "sparkling.toml")
RULES = ruleset.load("iso14067-generic")


def cell(value: str | int | F | date, unit: str = "", at: str = "A1") -> Cell:
    exact = F(value) if isinstance(value, int) else value
    return Cell(exact, unit, Where(sheet="S", cell=at))


def months(total: int) -> tuple[Cell, ...]:
    return tuple(cell(F(total, 12)) for _ in range(12))


def family(name: str, pack: str, volume: int, litres: int) -> FamilyEntry:
    return FamilyEntry(
        name,
        {"zh": name, "en": name},
        "L",
        months(litres),
        enums={"pack": cell(pack)},
        parameters={"pack_volume": cell(volume, "mL")},
    )


def site(**changes: object) -> Submission:
    cover = {
        "subject": "B",
        "boundary": "cradle-to-gate",
        "product_name_zh": "试验",
        "product_name_en": "Test",
        "product_model": "M1",
        "maker_name_zh": "示例公司",
        "maker_name_en": "Example Co.",
        "maker_id": "00000000EXAMPLE000",
    }
    told = Submission(
        file="test.xlsx",
        sha256="0" * 64,
        model="sparkling",
        model_version="1.0.0",
        cover={key: cell(value) for key, value in cover.items()},
        period_from=date(2025, 1, 1),
        period_to=date(2025, 12, 31),
        months=(),
        sites=(SiteEntry("S1", {"zh": "厂", "en": "Plant"}, {"zh": "-", "en": "-"}, "CN"),),
        families=(family("B", "bottle", 500, 3000), family("C", "can", 330, 1000)),
        accounts=(
            AccountEntry("electricity", "period", "MWh", months(4), key="output"),
            AccountEntry("sugar", "period", "t", months(2), key="sweet"),
            AccountEntry("can_body", "period", "item", months(3030), key="output"),
        ),
        keys=(KeyEntry("sweet", "mass", "kg", {"B": cell(1), "C": cell(3)}),),
        centres=(),
        suppliers=(),
        instruments=(),
        evidence=(),
    )
    return replace(told, **changes)  # type: ignore[arg-type]


def built(**changes: object) -> Built:
    return build(site(**changes), MODEL, RULES)


def lines(made: Built) -> Mapping[str, Exchange]:
    assert made.system is not None, [found.render("en") for found in made.findings]
    return {exchange.id: exchange for exchange in made.system.exchanges}


def test_amounts_come_down_from_the_site_exactly() -> None:
    told = lines(built())
    assert told["power"].amount == F(4000 * 3, 4) / 3000
    assert told["sugar-link"].amount == F(2000, 4) / 3000


def test_an_account_is_given_in_the_model_unit_whatever_it_was_booked_in() -> None:
    kilowatt = AccountEntry("electricity", "period", "kWh", months(4000), key="output")
    rest = site().accounts[1:]
    assert (
        lines(built(accounts=(kilowatt, *rest)))["power"].amount == lines(built())["power"].amount
    )


def test_amounts_are_per_reference_amount_of_their_process() -> None:
    assert lines(built())["cane"].amount == 2 * 2  # 2 kg sugar at 1 / 0.5


def test_co_product_and_allocation_are_carried_over() -> None:
    made = built()
    assert made.system is not None
    refinery = next(p for p in made.system.processes if p.id == "refinery")
    molasses = refinery.outputs[1]
    assert (molasses.amount, molasses.role, molasses.carbon) == (F(1, 2), "allocate", F(3, 10))
    assert refinery.method == "mass"


def test_exchanges_of_other_packs_and_beyond_the_gate_are_left_out() -> None:
    told = lines(built())
    assert "cans" not in told
    assert "delivery" not in told


def test_full_life_cycle_keeps_the_later_stages() -> None:
    cover = {**site().cover, "boundary": cell(GRAVE)}
    made = built(cover=cover)
    assert "delivery" in lines(made)
    assert made.system is not None
    assert [stage.side for stage in made.system.stages][-1] == "after"


def test_a_family_that_cannot_take_part_gets_nothing_of_an_account() -> None:
    cover = {**site().cover, "subject": cell("C")}
    can = lines(built(cover=cover))["cans"]
    assert can.amount == F(3030, 1000) * F(13, 1000)


def test_without_suppliers_the_defaults_of_the_account_hold() -> None:
    freight = lines(built())["sugar-freight"]
    assert freight.from_factor == "road-truck-cn-heavy"
    assert freight.amount == F(500, 3000) * 500 / 1000


def test_each_supplier_travels_its_own_way() -> None:
    suppliers = (
        SupplierEntry("sugar", "near", cell(F(1, 4)), "CN", cell(100, "km"), "truck"),
        SupplierEntry("sugar", "far", cell(F(3, 4)), "BR", cell(10000, "km"), "ship"),
    )
    told = lines(built(suppliers=suppliers))
    assert told["sugar-freight-1"].amount == F(1, 6) * F(1, 4) * 100 / 1000
    assert told["sugar-freight-2"].from_factor == "sea-container-cn"


def test_green_power_splits_the_market_result_only_and_adds_up() -> None:
    instrument = InstrumentEntry("G1", "wind", cell(1, "MWh"), cell("2025"), "00000000EXAMPLE000")
    told = lines(built(instruments=(instrument,)))
    assert told["power"].basis == "location"
    market = [e for e in told.values() if e.flow == "electricity" and e.basis == "market"]
    bought = [e for e in market if not e.id.endswith("-grid")]
    assert sum(e.amount for e in bought) == told["power"].amount
    assert told["power-wind"].amount == told["power"].amount / 4


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"retired_for": "somebody else"}, "GREEN-NOT-RETIRED"),
        ({"vintage": cell("2021")}, "GREEN-VINTAGE"),
        ({"amount": cell(5, "MWh")}, "GREEN-TOO-MUCH"),
    ],
)
def test_an_instrument_that_fails_a_condition_is_not_counted(
    changed: dict[str, object], code: str
) -> None:
    instrument = InstrumentEntry(
        "G1", "wind", cell(1, "MWh"), cell("2025-03"), "00000000EXAMPLE000"
    )
    made = built(instruments=(replace(instrument, **changed),))  # type: ignore[arg-type]
    assert code in [found.code for found in made.findings]
    if made.system is not None:
        assert lines(made)["power"].basis == "both"


def test_the_same_instrument_twice_is_an_error() -> None:
    one = InstrumentEntry("G1", "wind", cell(1, "MWh"), cell("2025"), "00000000EXAMPLE000")
    made = built(instruments=(one, one))
    assert made.system is None
    assert "GREEN-TWICE" in [found.code for found in made.findings]


def test_supplier_figures_become_factors_of_the_file() -> None:
    model = replace(MODEL, exchanges=tuple(_by_supplier(rule) for rule in MODEL.exchanges))
    supplier = SupplierEntry(
        "sugar",
        "near",
        cell(1),
        "CN",
        pcf=cell(F(4, 5), "kg CO2e/kg"),
        where=Where(sheet="Suppliers", cell="A7"),
    )
    made = build(site(suppliers=(supplier,)), model, RULES)
    assert made.system is not None, [found.render("en") for found in made.findings]
    (factor,) = made.system.factors
    assert factor.id.startswith("own:")
    assert factor.values[0][1] == F(4, 5)
    assert {e.factor_kind for e in made.system.exchanges if e.from_factor == factor.id} == {
        "supplier"
    }


def _by_supplier(rule: ExchangeRule) -> ExchangeRule:
    if rule.id != "sugar-link":
        return rule
    return replace(rule, each="sugar", origin=FromSupplier(Chosen({"": "barley-cn-east"})))


def test_all_problems_come_in_one_pass() -> None:
    bad = (
        AccountEntry("electricity", "period", "MWh", months(4), key="nowhere"),
        AccountEntry("sugar", "period", "L", months(2), key="sweet"),
    )
    made = built(accounts=bad)
    assert made.system is None
    found = {one.code for one in made.findings}
    assert {"LEDGER-KEY-UNKNOWN", "LEDGER-ACCOUNT-UNIT"} <= found


@pytest.mark.parametrize("lost", ["account", "centre"])
def test_an_account_whose_way_to_the_families_is_broken_is_not_missing_as_well(lost: str) -> None:
    """One key is not there: that is told of once, and not that nobody entered electricity."""
    key = "nowhere" if lost == "account" else "meters"
    boiler = CentreEntry("boiler", "auxiliary", {"zh": "锅炉", "en": "boiler"}, "nowhere")
    keys = (*site().keys, KeyEntry("meters", "sub-meter", "kWh", {"boiler": cell(1)}))
    centres = (boiler,) if lost == "centre" else ()
    power = AccountEntry("electricity", "period", "MWh", months(4), key=key)
    accounts = (power, *site().accounts[1:])
    made = built(accounts=accounts, keys=keys, centres=centres)
    found = [one.code for one in made.findings if one.blocks]
    assert set(found) == {"LEDGER-KEY-UNKNOWN"}


def test_unknown_subject_is_named() -> None:
    cover = {**site().cover, "subject": cell("Z", at="C4")}
    made = built(cover=cover)
    assert [(f.code, f.where.cell) for f in made.findings] == [("BUILD-SUBJECT", "C4")]


def test_origin_names_formula_and_inputs() -> None:
    freight = lines(built())["sugar-freight"]
    assert freight.origin["kind"] == "rule"
    assert {"sugar", "supplier_share", "supplier_distance"} <= {
        one["name"] for one in freight.origin["inputs"]
    }


def test_declared_unit_has_mass_and_sales_unit() -> None:
    made = built()
    assert made.system is not None
    assert made.system.declared_unit["mass"] == {"value": "1.8", "unit": "kg"}
    (pack,) = made.system.declared_unit["sales_units"]
    assert (pack["amount"], pack["name"]["en"]) == ("0.5", "per pack (500 mL)")


def test_ledger_is_carried_along_for_the_verifier() -> None:
    made = built()
    assert made.system is not None
    shares = [s for s in made.system.ledger["shares"] if s["account"] == "electricity"]
    assert {s["target"]: s["share"] for s in shares} == {"B": "0.75", "C": "0.25"}


def test_a_recalled_constant_of_the_model_weighs_like_a_recalled_factor() -> None:
    made = built()
    assert made.system is not None
    result = compute(made.system, library(), RULES)
    (cane,) = (line for line in result.lines if line.id == "cane")
    (power,) = (line for line in result.lines if line.id == "power")
    assert recalled_constants(cane) == ("sugar_yield",)
    assert recalled_constants(power) == ()
    figure = result.declared
    assert result.strictest.recalled == figure.share([cane]) > RULES.quality.weak_line_share
    assert "GRADE-WEAK-ROW" in [reason.code for reason in result.reasons]


def _sparing(replaces: str, **changes: object) -> ProductModel:
    """The model with one more output of the refinery, in place of something else."""
    molasses = MODEL.co_products[0]
    bagasse = replace(
        molasses, flow="bagasse", treatment="substitute", properties={}, carbon=None,
        replaces=replaces, **changes,  # type: ignore[arg-type]
    )  # fmt: skip
    spared = replace(MODEL.process_rule("refinery"), id="boiler", flow="heat-of-bagasse")
    cane = next(rule for rule in MODEL.exchanges if rule.id == "cane")
    burnt = replace(cane, id="burnt", process="boiler")
    return replace(
        MODEL,
        co_products=(*MODEL.co_products, bagasse),
        processes=(*MODEL.processes, spared),
        exchanges=(*MODEL.exchanges, burnt),
    )


def test_a_replaced_process_and_what_it_takes_stay_in_the_system() -> None:
    made = build(site(), _sparing("boiler"), RULES)
    assert "burnt" in lines(made)
    assert made.system is not None
    assert "boiler" in {process.id for process in made.system.processes}
    result = {line.id: line for line in compute(made.system, library(), RULES).lines}
    spared = F(result["burnt"].amount) / F(result["cane"].amount)
    assert float(spared) == pytest.approx(-0.25)  # molasses bears its share of both


def test_a_process_that_is_replaced_under_another_answer_stays_out() -> None:
    made = build(site(), _sparing("boiler", when={"pack": ("can",)}), RULES)
    assert "burnt" not in lines(made)


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        ("barley-cn-east", set()),
        ("no-such-row", {"MODEL-FACTOR-UNKNOWN"}),
        ("electricity-cn-pv-2024", {"MODEL-UNIT-UNLIKE"}),
    ],
)
def test_a_replaced_row_must_be_in_the_library_and_fit(row: str, codes: set[str]) -> None:
    model = _sparing(row)
    assert row in model.factor_ids
    assert {one.code for one in factor_problems(model, library())} == codes


SAUCE = """
[[parameter]]
id = "declared"
ask = false
unit = "kg CO2e/t"
default = "250"
name = { zh = "供方声明值", en = "figure of the supplier" }
source = { title = "invented", locator = "-", status = "recalled" }

[[exchange]]
id = "additive"
process = "packed"
stage = "raw-materials"
flow = "additive"
name = { zh = "添加剂", en = "Additive" }
amount = "0.1 * sugar * declared"
unit = "{unit}"
from = { flow = "unspecified.CO2e" }
"""


def test_a_declared_figure_is_an_amount_of_co2e() -> None:
    text = (Path(__file__).parent / "models" / "sparkling.toml").read_text(encoding="utf-8")
    model = parse_model((text + SAUCE.replace("{unit}", "kg CO2e")).encode(), "sauce.toml")
    made = build(site(), model, RULES)
    assert made.system is not None
    (line,) = (x for x in compute(made.system, library(), RULES).lines if x.id == "additive")
    sugar = F(2000, 4) / 3000
    assert float(line.parts["unspecified"]) == pytest.approx(float(sugar / 10 * 250 / 1000))
    assert line.gwp_basis == "not-stated"


def test_a_declared_figure_is_no_mass() -> None:
    text = (Path(__file__).parent / "models" / "sparkling.toml").read_text(encoding="utf-8")
    with pytest.raises(ModelError) as refusal:
        parse_model((text + SAUCE.replace("{unit}", "kg")).encode(), "sauce.toml")
    assert "MODEL-UNIT-UNLIKE" in {one.code for one in refusal.value.findings}

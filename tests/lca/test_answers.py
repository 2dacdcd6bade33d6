"""Answers held against the questions of a model; values of formulas with what they rest on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from factors.errors import FindingsError
from factors.findings import Where, blocking
from factors.units import unit
from lca.answers import AccountAmount, Answers, answer, supplier
from lca.formula import parse
from lca.model import load
from lca.model_parts import Chosen, ExchangeRule, ProductModel
from lca.submission import EMPTY, Cell, SupplierEntry

MODELS = Path(__file__).parent / "models"
FRIDGE = load(MODELS / "refrigerator.toml")
STEEL = load(MODELS / "steel-bf.toml")


def cell(value: str | int | Fraction | None, own: str = "", at: str = "B2") -> Cell:
    shown = Fraction(value) if isinstance(value, int) else value
    return Cell(shown, own, Where(file="x.xlsx", sheet="Answers", cell=at))


def booked(amount: str, at: str = "C3", evidence: tuple[str, ...] = ()) -> AccountAmount:
    return AccountAmount(Fraction(amount), (cell(Fraction(amount), at=at),), "", evidence)


ENUMS = {"market": cell("eu", at="B2"), "refrigerant": cell("r134a", at="B3")}
PARAMETERS = {
    "energy_use": cell(200, at="B4"),
    "charge": cell(80, "g/machine", at="B5"),
    "service_top_up": cell(Fraction(1, 100), at="B6"),
}
ACCOUNTS = {
    "electricity": booked("30", "C3", ("E01",)),
    "steel": booked("25", "C4", ("E02",)),
    "plastics": booked("20", "C5"),
    "compressor": booked("8", "C6"),
    "refrigerant_used": booked("0.082", "C7"),
}
FAMILY = Where(file="x.xlsx", sheet="Output")


def fridge(
    enums: dict[str, Cell] | None = None,
    parameters: dict[str, Cell] | None = None,
    accounts: dict[str, AccountAmount] | None = None,
) -> Answers:
    """A refrigerator with some answers changed."""
    return answer(
        FRIDGE,
        {**ENUMS, **(enums or {})},
        {**PARAMETERS, **(parameters or {})},
        {**ACCOUNTS, **(accounts or {})},
        FAMILY,
    )


def exchange_value(told: Answers, exchange_id: str) -> Fraction:
    rule = next(one for one in told.model.exchanges if one.id == exchange_id)
    return told.amount(rule).value


def codes(told: Answers) -> list[tuple[str, str]]:
    return [(found.code, found.where.cell) for found in told.findings]


def test_good_answers_have_no_findings() -> None:
    told = fridge()
    assert told.findings == ()
    assert told.checks() != ()  # R134a in Europe is worth a question
    assert {found.code for found in told.checks()} == {"MODEL-CHECK-WARNING"}


def test_the_use_stage_follows_the_market() -> None:
    by_market = {"eu": (14, "0.9", "1.06"), "cn": (10, "1", "1"), "us": (14, "1.1", "1.05")}
    for market, (years, real, loss) in by_market.items():
        told = fridge({"market": cell(market)})
        expected = 200 * years * Fraction(real) * Fraction(loss)
        assert exchange_value(told, "use-electricity") == expected


def test_the_refrigerant_account_conserves_mass() -> None:
    told = fridge()
    kilogram = unit("kg/machine")
    leaked = told.value(parse("leaked"), kilogram).value
    left = told.value(parse("left"), kilogram).value
    assert leaked == Fraction("0.08") * 14 * Fraction("0.005")
    assert leaked + left == Fraction("0.09")
    assert exchange_value(told, "factory-loss") == Fraction("0.002")
    assert exchange_value(told, "end-refrigerant") == left / 5


def test_rows_chosen_by_an_enum() -> None:
    chosen = Chosen({"r600a": "one", "r134a": "two"}, "refrigerant")
    assert fridge().pick(chosen) == "two"
    assert fridge({"refrigerant": EMPTY}).pick(chosen) == "one"  # the default stands


def test_conditions() -> None:
    told = fridge()
    assert told.holds({})
    assert told.holds({"market": ("cn", "eu")})
    assert not told.holds({"market": ("cn",)})
    assert not told.holds({"market": ("eu",), "refrigerant": ("r600a",)})


def test_a_value_says_what_it_rests_on() -> None:
    told = fridge().value(parse("energy_use * life"), unit("kWh/machine"))
    energy, life = told.inputs
    assert (energy.name, energy.value, energy.unit) == (
        "energy_use",
        Fraction(200),
        "kWh/(machine·year)",
    )
    assert energy.to_json()["cell"] == "B4"
    assert (life.kind, life.cells, life.status) == ("", (), "recalled")
    assert life.source == "Practice, refrigerator, by market"
    assert told.kind == "calculated"
    assert told.cells == (PARAMETERS["energy_use"],)


def test_an_input_keeps_the_unit_it_was_entered_in() -> None:
    told = fridge().value(parse("charge"), unit("kg/machine"))
    assert told.value == Fraction("0.08")
    assert (told.inputs[0].value, told.inputs[0].unit) == (Fraction(80), "g/machine")


def test_quantities_bring_their_inputs_along() -> None:
    told = fridge().value(parse("left"), unit("g/machine"))
    names = [one.name for one in told.inputs]
    assert {"charge", "service_top_up", "leak", "life", "leaked", "left"} == set(names)
    assert len(names) == len(set(names))


def test_evidence_and_the_weakest_kind() -> None:
    told = fridge().value(parse("electricity * 1 [kg/kWh] + steel"), unit("kg/machine"))
    assert told.evidence == ("E01", "E02")
    assert told.kind == "invoiced"  # steel is invoiced, electricity metered


def test_constants_alone_are_literature() -> None:
    assert fridge().value(parse("life"), unit("year")).kind == "literature"


def test_a_default_that_stands_is_literature() -> None:
    told = fridge(parameters={"service_top_up": EMPTY})
    value = told.value(parse("service_top_up"), unit("kg/machine"))
    assert (value.value, value.kind, value.inputs[0].assumed) == (Fraction(0), "literature", True)
    assert value.inputs[0].source == "Example, sealed system"


# --- what is wrong with answers ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"energy_use": cell(None, at="B4")}, "ANSWER-MISSING", "B4"),
        ({"energy_use": cell("two hundred", at="B4")}, "ANSWER-NUMBER", "B4"),
        ({"energy_use": cell(5000, at="B4")}, "ANSWER-RANGE", "B4"),
        ({"energy_use": cell(-1, at="B4")}, "ANSWER-RANGE", "B4"),
        ({"energy_use": cell(200, "kg", at="B4")}, "ANSWER-UNIT", "B4"),
        ({"energy_use": cell(200, "furlong", at="B4")}, "ANSWER-UNIT", "B4"),
        ({"energy_usage": cell(200, at="B9")}, "ANSWER-UNKNOWN", "B9"),
        ({"life": cell(200, at="B9")}, "ANSWER-UNKNOWN", "B9"),
    ],
)
def test_a_bad_number_is_found_at_its_cell(changes: dict[str, Cell], code: str, place: str) -> None:
    told = codes(fridge(parameters=changes))
    assert told == [(code, place)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"market": cell("mars")}, "ANSWER-CHOICE"), ({"market": cell(None)}, "ANSWER-MISSING")],
)
def test_a_bad_choice_is_found_at_its_cell(changes: dict[str, Cell], code: str) -> None:
    told = fridge(changes)
    assert codes(told) == [(code, "B2")]
    with pytest.raises(FindingsError) as refusal:
        told.value(parse("life"), unit("year"))
    assert refusal.value.findings[0].code == code
    with pytest.raises(FindingsError):
        told.pick(Chosen({"cn": "one", "eu": "two"}, "market"))


def test_a_question_without_a_cell_is_missed_at_the_family() -> None:
    parameters = {key: one for key, one in PARAMETERS.items() if key != "charge"}
    told = answer(FRIDGE, ENUMS, parameters, ACCOUNTS, FAMILY)
    assert [(found.code, found.where) for found in told.findings] == [("ANSWER-MISSING", FAMILY)]


def test_an_answer_to_a_question_not_asked_is_not_used() -> None:
    told = fridge({"refrigerant": cell("r600a")})
    assert codes(told) == [("ANSWER-NOT-ASKED", "B6")]
    assert blocking(told.findings) == ()
    assert told.value(parse("service_top_up"), unit("kg/machine")).value == 0


def test_limits_hold_in_the_unit_of_the_model() -> None:
    assert fridge(parameters={"charge": cell(1000, "g/machine")}).findings == ()
    told = fridge(parameters={"charge": cell(1001, "g/machine")})
    assert [found.code for found in blocking(told.findings)] == ["ANSWER-RANGE"]


def test_a_required_account_is_missed() -> None:
    accounts = {key: one for key, one in ACCOUNTS.items() if key != "steel"}
    told = answer(FRIDGE, ENUMS, PARAMETERS, accounts, FAMILY)
    assert [(found.code, found.where) for found in told.findings] == [
        ("ANSWER-ACCOUNT-MISSING", FAMILY)
    ]


def test_a_negative_amount_is_found_where_the_sign_forbids_it() -> None:
    told = fridge(accounts={"steel": booked("-1", "C4")})
    assert codes(told) == [("ANSWER-ACCOUNT-NEGATIVE", "C4")]


def test_an_account_of_another_model_is_reported() -> None:
    told = fridge(accounts={"malt": booked("1", "C9")})
    assert codes(told) == [("ANSWER-ACCOUNT-UNKNOWN", "C9")]


def test_every_problem_is_found_in_one_pass() -> None:
    told = fridge(
        {"market": cell("mars", at="B2")},
        {"energy_use": cell("x", at="B4"), "charge": cell(9000, at="B5")},
        {"steel": booked("-1", "C4")},
    )
    assert {found.where.cell for found in told.findings} == {"B2", "B4", "B5", "C4"}


def test_a_zero_divisor_is_found_at_the_cells_behind_it() -> None:
    told = fridge()
    with pytest.raises(FindingsError) as refusal:
        told.value(parse("steel / (refrigerant_used - refrigerant_used)"), unit("1"))
    found = refusal.value.findings
    assert [(one.code, one.where.cell) for one in found] == [("FORMULA-ZERO-DIVISOR", "C7")]


def test_a_zero_divisor_inside_a_quantity_is_found_at_its_cells() -> None:
    told = fridge()
    with pytest.raises(FindingsError) as refusal:
        told.value(parse("steel / (factory_loss - factory_loss)"), unit("1"))
    assert {one.where.cell for one in refusal.value.findings} == {"B5", "C7"}


def test_a_value_nobody_can_mean_is_refused() -> None:
    told = fridge(accounts={"steel": booked("1" + "0" * 31, "C4")})
    with pytest.raises(FindingsError) as refusal:
        told.value(parse("steel"), unit("kg/machine"))
    assert [(one.code, one.where.cell) for one in refusal.value.findings] == [
        ("FORMULA-SIZE", "C4")
    ]


# --- checks of the model -------------------------------------------------------------------------


def test_a_balance_that_does_not_close_fires_with_its_cells() -> None:
    told = fridge(accounts={"refrigerant_used": booked("0.07", "C7")})
    fired = {found.code: found for found in told.checks()}
    assert fired["MODEL-CHECK-ERROR"].where.cell == "C7"
    assert "-12.5" in fired["MODEL-CHECK-ERROR"].render("en")
    assert "制冷剂物料账不平" in fired["MODEL-CHECK-ERROR"].render("zh")


def test_a_check_whose_condition_does_not_hold_is_silent() -> None:
    assert fridge({"market": cell("cn")}).checks() == ()


# --- texts, suppliers, accounts per declared unit ------------------------------------------------


def test_fields_of_a_text_are_filled_in() -> None:
    filled = fridge().fill({"zh": "{market}：{life}，{charge}", "en": "{market}: {life}, {charge}"})
    assert filled == {
        "zh": "欧盟：14 year，80 g/machine",
        "en": "European Union: 14 year, 80 g/machine",
    }


@pytest.mark.parametrize("text", ["{0}", "{life.__class__}", "{}", "{nothing}"])
def test_a_field_is_a_name_and_nothing_more(text: str) -> None:
    assert fridge().fill({"zh": text, "en": text})["en"] == "?"


def test_names_bound_to_a_supplier() -> None:
    entry = SupplierEntry(
        "coke",
        "示例焦化厂",
        cell(Fraction(1, 4), at="D5"),
        distance=cell(400, at="E5"),
        evidence=("E07",),
    )
    told = steel().amount(
        rule("iron-coke-transport"), supplier(Fraction(1, 4), Fraction(400), entry)
    )
    assert told.unit == "t·km"
    assert told.value == Fraction(1, 4) * Fraction("0.42") / Fraction("0.95") * 400
    assert {one.where.cell for one in told.cells} >= {"D5", "E5"}
    assert "E07" in told.evidence


def rule(exchange_id: str, model: ProductModel = STEEL) -> ExchangeRule:
    return next(one for one in model.exchanges if one.id == exchange_id)


def steel(route: str = "sold-to-cement") -> Answers:
    amounts = {
        "electricity": "200", "own_generation": "300", "coke": "0.42", "injected_coal": "0.15",
        "pellets": "1.5", "scrap": "0.12", "lime": "0.05", "hot_metal": "0.95",
        "liquid_steel": "1.04", "slag": "0.3", "bfg_power": "2", "bfg_mill": "1",
        "ldg_power": "0.3",
    }  # fmt: skip
    accounts = {name: booked(amount) for name, amount in amounts.items()}
    parameters = {"coil_mass": cell(20)}
    return answer(STEEL, {"slag_route": cell(route)}, parameters, accounts, FAMILY)


def test_the_carbon_of_a_steel_mill_balances_exactly() -> None:
    """What coke and coal bring in leaves at stoves, power plant, mill, converter, or in steel."""
    told = steel()
    assert blocking((*told.findings, *told.checks())) == ()
    per_tonne = unit("kg/t")

    def carbon(text: str) -> Fraction:
        return told.value(parse(text), per_tonne).value

    out = carbon("carbon_at_stoves + bfg_mill * bfg_carbon + carbon_of_power + carbon_at_converter")
    assert out + carbon("liquid_steel * steel_carbon") == carbon("carbon_in")
    assert carbon("carbon_in") == Fraction("473.7")  # 420 x 0.86 + 150 x 0.75


def test_the_direct_co2_of_the_mill_is_44_12_of_its_carbon() -> None:
    told = steel()
    per_product = {
        "hot-rolling": Fraction(1),
        "converter": Fraction("1.04"),
        "iron-making": Fraction("0.95"),
        "own-power": Fraction(300),
    }
    direct = sum(
        told.amount(rule(name)).value * per_product[rule(name).process]
        for name in ("rolling-gas", "converter-carbon", "iron-stoves", "own-power-gas")
    )
    carbon = told.value(parse("carbon_in - liquid_steel * steel_carbon"), unit("kg/t")).value
    assert direct == carbon * Fraction(44, 12)


def test_slag_is_a_co_product_or_a_waste() -> None:
    roles = {
        route: [part.treatment for part in STEEL.co_products if steel(route).holds(part.when)]
        for route in ("sold-to-cement", "dumped")
    }
    assert roles == {"sold-to-cement": ["allocate"], "dumped": ["cut-off"]}


def test_properties_come_per_one_unit_of_the_flow() -> None:
    told = steel()
    slag = STEEL.co_products[0]
    assert told.per_unit(slag.properties["mass"], unit("t")) == 1000  # kg per tonne
    assert told.per_unit(slag.properties["price"], unit("t")) == 60  # CNY per tonne


def test_amounts_of_accounts_are_brought_to_one_declared_unit() -> None:
    per_ten = replace(STEEL, declared_unit=replace(STEEL.declared_unit, amount=Fraction(10)))
    told = answer(per_ten, {}, {}, {"coke": booked("4.2")}, FAMILY)
    assert told.value(parse("coke"), unit("t/t")).value == Fraction("0.42")

"""Fuel and steam booked in any unit: one amount, one result, and a way back to every number."""

from __future__ import annotations

import tomllib
from fractions import Fraction as F
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from factors.errors import ModelError
from factors.factor import Status
from factors.findings import blocking
from factors.numbers import decimal_text
from factors.properties import as_received
from factors.quantity import Quantity
from factors.units import unit
from lca import model as product_model
from lca import ruleset
from lca.build import Built, build
from lca.exchange.verifier_xlsx import verifier_workbook
from lca.footprint import Footprint, compute
from lca.inventory import Exchange, ProductSystem
from lca.model import parse_model
from lca.workbook.lists import lists, units_of
from lca.workbook.parse import parse
from lca.workbook.read import interpret
from lca.workbook.write import workbook
from tests.lca.exchange.office import largest_gap, recalculated
from tests.lca.systems import factors

MODELS = files("lca") / "models"
SOURCE = (MODELS / "beer.toml").read_text(encoding="utf-8")
BEER = product_model.load("beer")
RULES = ruleset.load("iso14067-generic")
LITRES = "30000"
TONNES = "24.91695"  # of 830.565 kg/m3
STEAM = (2768.3 - 83.9) / 1000  # GJ/t, saturated at 0.8 MPa over water of 20 C
Account = dict[str, Any]


def example(*accounts: Account, **answers: str) -> bytes:
    """The example brewery with other accounts in place of its own, as a filled workbook."""
    told = tomllib.loads((MODELS / "examples" / "beer.toml").read_text(encoding="utf-8"))
    named = {one["account"] for one in accounts}
    kept = [one for one in told["account"] if one["account"] not in named]
    common = {"key": "output", "activity_kind": "invoiced"}
    told["account"] = [*kept, *({**common, **one} for one in accounts)]
    told["answers"].update(answers)
    return workbook(BEER, "en", told)


def diesel(amount: str, own: str) -> Account:
    return {"account": "diesel", "unit": own, "months": [amount]}


def each_month(account: str, amount: str, own: str) -> Account:
    return {"account": account, "unit": own, "months": [amount] * 12, "activity_kind": "metered"}


@cache
def converted(data: bytes) -> Built:
    """The product system, read in this process: the guarded child has tests of its own."""
    told = interpret(parse(data), "beer.xlsx", "0" * 64, BEER, factors())
    return build(told, BEER, RULES, factors())


def footprint(*accounts: Account, **answers: str) -> Footprint:
    return compute(system(*accounts, **answers), factors(), RULES)


def system(*accounts: Account, **answers: str) -> ProductSystem:
    made = converted(example(*accounts, **answers))
    assert made.system is not None, [str(one) for one in blocking(made.findings)]
    return made.system


def codes(*accounts: Account, **answers: str) -> set[str]:
    return {one.code for one in converted(example(*accounts, **answers)).findings}


def line(made: ProductSystem, name: str) -> Exchange:
    return next(one for one in made.exchanges if one.id == name)


def inputs(made: ProductSystem, name: str) -> dict[str, dict[str, str]]:
    return {one["name"]: one for one in line(made, name).origin["inputs"]}


def results(made: Footprint) -> list[tuple[str, str, dict[str, F]]]:
    return [(one.id, one.amount, dict(one.parts)) for one in made.lines]


# --- one amount, one result ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "own"),
    [("3", "万升"), ("24.91695", "t"), ("1.0796514435", "TJ(LHV)")],
)
def test_litres_tonnes_and_gigajoules_of_diesel_are_one_result(amount: str, own: str) -> None:
    assert results(footprint(diesel(amount, own))) == results(footprint(diesel(LITRES, "L")))


def test_another_amount_is_another_result() -> None:
    assert results(footprint(diesel("25", "t"))) != results(footprint(diesel(LITRES, "L")))


def test_standard_coal_equivalent_is_net_calorific_value() -> None:
    # 29.3076 GJ per tonne of coal equivalent
    by_tce = system(each_month("coal", "1", "tce(当量)"))
    by_heat = system(each_month("coal", "29.3076", "GJ(LHV)"))
    assert float(line(by_tce, "coal-burnt").amount) == pytest.approx(
        float(line(by_heat, "coal-burnt").amount), rel=1e-9
    )


def test_gross_heat_of_gas_goes_through_net_per_gross() -> None:
    by_heat = system(each_month("natural_gas", "1000", "GJ(HHV)"))
    by_volume = system(each_month("natural_gas", decimal_text(F(900) / F("0.038931")), "Nm3"))
    assert float(line(by_heat, "gas-burnt").amount) == pytest.approx(
        float(line(by_volume, "gas-burnt").amount), rel=1e-12
    )


def test_two_books_in_unlike_units_are_added() -> None:
    split = system(diesel("10000", "L"), diesel("16.6113", "t"))
    assert float(line(split, "diesel-burnt").amount) == pytest.approx(
        float(line(system(diesel(LITRES, "L")), "diesel-burnt").amount), rel=1e-12
    )


@pytest.mark.parametrize("own", ["m3", "t"])
def test_gas_of_unknown_state_is_not_guessed(own: str) -> None:
    assert "CELL-UNIT-ROW" in codes(each_month("natural_gas", "1000", own))


@pytest.mark.parametrize("own", ["GJ", "kgce"])
def test_units_without_one_reading_are_refused(own: str) -> None:
    made = converted(example(diesel("1000", own)))
    assert made.system is None
    told = {one.code for one in blocking(made.findings)}
    assert told & {"CELL-HEAT-BASIS", "CELL-HEAT-NET", "UNIT-AMBIGUOUS"}


def test_the_drop_down_offers_what_the_reader_takes() -> None:
    for account in BEER.accounts:
        offered = lists(BEER)[units_of(account)]
        assert {unit(one.id, BEER.counting).dimension for one in offered} <= account.dimensions
    fuels = {one.id for one in lists(BEER)["fuel:diesel"]}
    assert {"L", "万L", "t", "GJ(LHV)"} <= fuels


@pytest.mark.parametrize(
    ("account", "fit", "unfit"),
    [
        ("coal", "t", {"L", "m3", "Nm3", "GJ(HHV)"}),
        ("diesel", "kg", {"Nm3", "GJ(HHV)"}),
        ("natural_gas", "GJ(HHV)", {"kg", "t"}),
        ("biogas", "GJ(LHV)", {"kg", "t", "GJ(HHV)"}),
    ],
)
def test_no_unit_is_offered_from_which_no_property_leads(
    account: str, fit: str, unfit: set[str]
) -> None:
    offered = {one.id for one in lists(BEER, factors())[f"fuel:{account}"]}
    assert fit in offered
    assert not offered & unfit


def test_a_fuel_in_a_unit_that_leads_nowhere_is_told_of_at_its_unit() -> None:
    found = converted(example(each_month("natural_gas", "1000", "t"))).findings
    (told,) = [one for one in found if one.code == "CELL-UNIT-ROW"]
    assert " t " not in f" {told.sentence('expected', 'en')} "


# --- the way back --------------------------------------------------------------------------------


def test_a_line_shows_what_was_booked_and_the_property() -> None:
    told = inputs(system(diesel(TONNES, "t")), "diesel-burnt")
    assert told["diesel_by_mass"]["unit"] == "t/L"
    assert told["diesel_by_mass"]["cell"]
    assert told["diesel"]["source"] == "diesel_by_mass / diesel_density"
    assert told["diesel_density"]["source"] == "diesel-density"


def test_what_is_booked_in_its_own_unit_stays_as_it_was() -> None:
    told = inputs(system(diesel(LITRES, "L")), "diesel-burnt")
    assert "diesel_by_volume" not in told
    assert told["diesel"]["cell"]


def test_a_row_of_the_library_stands_where_the_model_has_no_property() -> None:
    model = parse_model(SOURCE.replace('fuel = "diesel"', 'fuel = "petrol"').encode(), "beer.toml")
    data = example(diesel("10", "t"))
    told = interpret(parse(data), "beer.xlsx", "0" * 64, model, factors())
    made = build(told, model, RULES, factors())
    assert made.system is not None
    burnt = next(one for one in made.system.exchanges if one.id == "diesel-burnt")
    shown = {one["name"]: one for one in burnt.origin["inputs"]}
    row = {"source": "petrol-gb-density", "status": str(Status.READ_IN_SOURCE)}
    assert row.items() <= shown["petrol_gb_density"].items()
    assert shown["diesel"]["source"] == "diesel_by_mass / petrol_gb_density"
    assert "PROPERTY-STAND-IN" in {one.code for one in made.findings}


def test_the_verifiers_workbook_reaches_the_result(tmp_path: Path) -> None:
    steam = each_month("purchased_steam", "40", "t")
    cases = {
        "mass": footprint(diesel(TONNES, "t"), steam, **SATURATED),
        "volume-and-heat": footprint(
            diesel("10000", "L"), diesel("600", "GJ(LHV)"), steam, **SATURATED
        ),
    }
    books = {name: verifier_workbook(made, factors(), "en") for name, made in cases.items()}
    calculated = recalculated(tmp_path, books)
    for name, made in cases.items():
        assert largest_gap(calculated[name], made) < 1e-9


# --- measured values -----------------------------------------------------------------------------


def test_a_measured_calorific_value_replaces_the_row() -> None:
    coal = each_month("coal", "100", "t")
    usual = float(line(system(coal), "coal-burnt").amount)
    measured = float(line(system(coal, coal_ncv_measured="20"), "coal-burnt").amount)
    assert measured / usual == pytest.approx(20 / 23.204)
    by_heat = system(each_month("coal", "2000", "GJ(LHV)"), coal_ncv_measured="20")
    assert float(line(by_heat, "coal-burnt").amount) == pytest.approx(measured)


def test_air_dried_is_converted_to_as_received() -> None:
    coal = each_month("coal", "100", "t")
    answers = {"coal_ncv_measured": "24", "coal_moisture": "12", "coal_moisture_dried": "3"}
    made = system(coal, coal_ncv_basis="air-dried", **answers)
    heat = Quantity(F("2441.7"), unit("kJ/kg"))
    dry = (F(24) + F("2.4417") * F("0.03")) / F("0.97")
    wet = as_received(Quantity(dry, unit("GJ(LHV)/t")), F("0.12"), heat)
    told = inputs(made, "coal-burnt")["coal_ncv_received"]
    assert float(told["value"]) == pytest.approx(float(wet.to(unit("GJ(LHV)/t")).value), rel=1e-12)
    assert float(told["value"]) < 24


def test_air_dried_without_moisture_is_asked_about() -> None:
    made = converted(example(each_month("coal", "100", "t"), coal_ncv_basis="air-dried"))
    assert made.system is None
    missing = {dict(one.params).get("id") for one in made.findings if one.code == "ANSWER-MISSING"}
    assert missing == {"coal_moisture", "coal_moisture_dried"}


# --- steam ---------------------------------------------------------------------------------------

SATURATED = {"steam_state": "saturated", "steam_pressure": "0.8"}


def test_tonnes_of_steam_become_heat_by_their_state() -> None:
    by_mass = system(each_month("purchased_steam", "100", "t"), **SATURATED)
    by_heat = system(each_month("purchased_steam", str(round(100 * STEAM, 6)), "GJ"))
    assert float(line(by_mass, "steam").amount) == pytest.approx(
        float(line(by_heat, "steam").amount), rel=1e-9
    )
    told = inputs(by_mass, "steam")
    assert told["steam_pressure"]["cell"]
    assert "0.8 MPa" in told["purchased_steam_heat"]["source"]


def test_superheated_steam_brings_more() -> None:
    hot = {"steam_state": "superheated", "steam_pressure": "0.8", "steam_temperature": "250"}
    steam = each_month("purchased_steam", "100", "t")
    assert float(line(system(steam, **hot), "steam").amount) > float(
        line(system(steam, **SATURATED), "steam").amount
    )


def test_a_tonne_of_steam_alone_is_no_energy() -> None:
    made = converted(example(each_month("purchased_steam", "100", "t")))
    assert made.system is None
    (found,) = [one for one in made.findings if one.code == "STEAM-STATE"]
    assert found.where.cell


def test_gauge_pressure_below_the_table_is_refused() -> None:
    wet = {"steam_state": "superheated", "steam_pressure": "0.8", "steam_temperature": "120"}
    assert "STEAM-RANGE" in codes(each_month("purchased_steam", "100", "t"), **wet)


# --- the language --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('unit = "L"\nfuel = "diesel"', 'unit = "kWh"\nfuel = "diesel"', "MODEL-CARRIER"),
        ('["coal_ncv_received"]', '["no_such_name"]', "MODEL-CARRIER-NAME"),
        ('["coal_ncv_received"]', '["water"]', "MODEL-CARRIER-NAME"),
        ('["coal_ncv_received"]', '["malting_yield"]', "MODEL-CARRIER-PROPERTY"),
        ('pressure = "steam_pressure"', 'pressure = "coal_ncv"', "MODEL-UNIT-UNLIKE"),
        ('pressure = "steam_pressure"', 'pressure = "steam_state"', "MODEL-CARRIER-NAME"),
        ('id = "crate_load"', 'id = "diesel_by_mass"', "MODEL-DUPLICATE"),
        ('fuel = "diesel"', 'fuel = "diesel"\nsteam = { pressure = "a", temperature = "b" }',
         "MODEL-CARRIER"),
    ],
)  # fmt: skip
def test_an_account_that_cannot_be_carried_is_refused(old: str, new: str, code: str) -> None:
    assert old in SOURCE
    with pytest.raises(ModelError) as refusal:
        parse_model(SOURCE.replace(old, new, 1).encode(), "beer.toml")
    assert code in {one.code for one in refusal.value.findings}

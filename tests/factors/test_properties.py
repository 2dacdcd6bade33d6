"""One fuel, one result: litres, tonnes and gigajoules agree; steam is asked for its state."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.errors import FactorError, UnitError
from factors.factor import Boundary, EmissionFactor
from factors.gwp import gwp_set
from factors.properties import as_received, convert, fuel_properties
from factors.quantity import Quantity
from factors.steam import SteamTable, steam_energy
from factors.store import load
from factors.units import unit

LIBRARY = load()
DIESEL = fuel_properties(LIBRARY, "diesel")
TABLE = SteamTable.of(LIBRARY)
NET = unit("GJ(LHV)")


def number(factor_id: str) -> Fraction:
    amount = LIBRARY.get(factor_id).amount
    assert amount is not None
    return amount


def footprint(amount: Quantity) -> Fraction:
    """Return kg CO2e of burning an amount of diesel, with its upstream."""
    total = Fraction(0)
    for factor_id in ("diesel-cn-combustion", "diesel-cn-upstream"):
        factor = LIBRARY.get(factor_id)
        per_unit = sum(factor.co2e(gwp_set("AR6-100").values).values())
        total += convert(amount, unit(factor.unit), DIESEL).value * per_unit
    return total


def test_litres_tonnes_and_gigajoules_of_one_amount_have_one_footprint():
    litres = Quantity.of("30000", "L")
    tonnes, energy = convert(litres, unit("t"), DIESEL), convert(litres, NET, DIESEL)
    assert tonnes == Quantity.of("24.91695", "t")
    assert energy.value == Fraction("24.91695") * Fraction("43.33")
    assert footprint(litres) == footprint(tonnes) == footprint(energy) > 90_000


def test_the_rounded_entries_of_one_tank_agree_within_their_digits():
    """30,000 L, 25 t and 1.1 TJ are one tank, each rounded; they agree to 2 %."""
    entries = [Quantity.of("3", "万升"), Quantity.of("25", "t"), Quantity.of("1.1", "TJ(LHV)")]
    low, *_, high = sorted(footprint(entry) for entry in entries)
    assert 1 < high / low < Fraction("1.02")


@given(
    st.fractions(min_value=0, max_value=10**9),
    st.permutations(["L", "kg", "GJ(LHV)", "m3", "t", "kWh(LHV)"]),
)
def test_every_way_around_is_exact(number, units):
    start = Quantity(number, unit("t"))
    amount = start
    for text in units:
        amount = convert(amount, unit(text), DIESEL)
    assert convert(amount, unit("t"), DIESEL) == start


def test_carbon_of_a_fuel_is_what_its_combustion_factor_burns():
    for fuel in ("diesel", "coal-bituminous", "natural-gas", "lpg", "coke-oven-gas", "naphtha"):
        properties = fuel_properties(LIBRARY, fuel)
        carbon = convert(Quantity(Fraction(1), NET), unit("kg C"), properties).value
        oxidised = number(f"{fuel}-cn-oxidation") / 100
        factor = LIBRARY.get(f"{fuel}-cn-combustion")
        co2: Fraction = next(amount for flow, amount in factor.values if flow.gas == "CO2")
        assert abs(carbon * oxidised * Fraction(44, 12) / co2 - 1) < Fraction(1, 10**7), fuel


def test_normal_cubic_metres_of_gas_reach_net_and_gross_energy():
    gas = fuel_properties(LIBRARY, "natural-gas")
    volume = Quantity.of("1000", "Nm3")
    assert convert(volume, NET, gas).value == Fraction("38.931")
    assert convert(volume, unit("GJ(HHV)"), gas).value == Fraction("38.931") / Fraction("0.9")
    assert "natural-gas-net-per-gross" in {row.id for row in gas.rows}


UNTRACEABLE = {
    *("cng", "diesel-blend", "petrol-blend", "refinery-miscellaneous", "straw", "wood-logs"),
    *("fuel-oil per L", "gas-oil per L", "jet-fuel per L", "kerosene per L"),
}
"""The sheet prints no heating value of the first and no density of the second."""


def by_properties(factor: EmissionFactor) -> Fraction | None:
    """Return what the factor per kWh (net) and the properties give, or None without them."""
    base = factor.id.rpartition("-per-")[0]
    one = Quantity(Fraction(1), unit(factor.unit))
    try:
        fuel = fuel_properties(LIBRARY, base.rpartition("-gb-")[0], "gb")
        energy = convert(one, unit("kWh(LHV)"), fuel).value
    except (FactorError, UnitError):
        return None
    return energy * LIBRARY.get(base).values[0][1]


def test_published_factors_per_tonne_and_litre_follow_from_the_energy_and_the_properties():
    """Combustion to 0.1 %; the upstream of the source rests on other heating values, to 2 %."""
    published = [row for row in LIBRARY if row.release == "desnz/2025-2" and "-per-" in row.id]
    checked, untraceable = 0, set()
    for row in published:
        computed, fuel = by_properties(row), row.id.partition("-gb-")[0]
        if computed is None:
            untraceable |= {fuel, f"{fuel} per {row.unit}"} & UNTRACEABLE or {row.id}
            continue
        checked += 1
        limit = Fraction(1, 1000 if row.boundary is Boundary.COMBUSTION else 50)
        assert abs(computed / row.values[0][1] - 1) < limit, row.id
    assert checked > 40
    assert untraceable - {"natural-gas-gb-combustion-per-m3", "natural-gas-gb-upstream-per-m3"} == (
        UNTRACEABLE
    )


def test_a_property_of_another_place_is_named():
    assert [item.code for item in DIESEL.findings] == []
    lpg = fuel_properties(LIBRARY, "lpg")
    assert [item.code for item in lpg.findings] == ["PROPERTY-STAND-IN"]
    assert "lpg-gb-density" in lpg.findings[0].render("zh")


@pytest.mark.parametrize("to", ["kWh", "m", "GJ", "Nm3"])
def test_what_no_property_ties_together_is_refused(to):
    """Electricity is no calorific value, and a liquid has no normal volume."""
    with pytest.raises(UnitError) as refusal:
        convert(Quantity.of("1", "t"), unit(to), DIESEL)
    (found,) = refusal.value.findings
    assert found.code == "PROPERTY-MISSING"
    assert "diesel-cn-ncv" in found.render("en")


def test_a_fuel_without_properties_is_refused():
    with pytest.raises(FactorError) as refusal:
        fuel_properties(LIBRARY, "phlogiston")
    assert refusal.value.findings[0].code == "PROPERTY-UNKNOWN"


def test_moisture_dilutes_the_fuel_and_evaporates():
    evaporation = Quantity(number("water-evaporation-heat"), unit("kJ/kg"))
    dry = Quantity.of("18.5", "GJ(LHV)/t")
    assert as_received(dry, Fraction(0), evaporation) == dry
    moist = as_received(dry, Fraction("0.5"), evaporation)
    assert moist == Quantity.of("8.02915", "GJ(LHV)/t")
    for share in (Fraction(-1, 10), Fraction(1), Fraction(50)):
        with pytest.raises(FactorError, match="PROPERTY-SHARE"):
            as_received(dry, share, evaporation)


STEAM = Quantity.of("1000", "t")


def energy(pressure: str | None, temperature: str | None, **options) -> Fraction:
    given = [None if text is None else Fraction(text) for text in (pressure, temperature)]
    return steam_energy(STEAM, TABLE, pressure=given[0], temperature=given[1], **options).value


@pytest.mark.parametrize(
    ("pressure", "temperature", "enthalpy"),
    [
        ("0.7", "180", "2799.4"),
        ("1", "250", "2943.2"),
        ("1.2", "188", "2784.0"),
        ("2", "300", "3024.3"),
        ("3.5", "400", "3223.2"),
    ],
)
def test_enthalpies_meet_the_formulation_between_the_rows(pressure, temperature, enthalpy):
    found = TABLE.enthalpy(Fraction(pressure), Fraction(temperature))
    water = TABLE.water(Fraction(20))
    assert found is not None
    assert water is not None
    assert abs(found / Fraction(enthalpy) - 1) < Fraction(1, 500)
    assert energy(pressure, temperature) == found - water


def test_saturated_steam_needs_its_pressure_alone():
    assert abs(TABLE.saturation(Fraction(1)) - Fraction("179.89")) < Fraction(1, 50)
    wet = energy("1", None, saturated=True)
    assert Fraction(2690) < wet < Fraction(2697)
    assert energy("1", None, saturated=True, water=Fraction(80)) < wet


@pytest.mark.parametrize(("pressure", "temperature"), [(None, None), ("1", None), (None, "200")])
def test_steam_in_tonnes_without_pressure_and_temperature_is_asked_about(pressure, temperature):
    with pytest.raises(FactorError) as refusal:
        energy(pressure, temperature)
    (found,) = refusal.value.findings
    assert found.code == "STEAM-STATE"
    assert found.blocks
    assert "1000 t" in found.render("zh")


@pytest.mark.parametrize(
    ("pressure", "temperature"),
    [("0.05", "150"), ("5", "300"), ("1", "150"), ("1", "450"), ("-1", "200")],
)
def test_states_outside_of_the_table_are_refused(pressure, temperature):
    with pytest.raises(FactorError) as refusal:
        energy(pressure, temperature)
    assert refusal.value.findings[0].code == "STEAM-RANGE"
    assert refusal.value.findings[0].render("en")


def test_water_outside_of_the_table_is_refused():
    with pytest.raises(FactorError):
        energy("1", "200", water=Fraction(140))


def test_the_table_rises_with_temperature_and_every_row_is_a_property():
    assert len(TABLE.vapour) == 10
    for points in TABLE.vapour.values():
        assert [h for _, h in points] == sorted(h for _, h in points)
        assert len(points) == 6
    rows = [row for row in LIBRARY if row.category == "steam-enthalpy"]
    assert {row.boundary for row in rows} == {Boundary.PROPERTY}

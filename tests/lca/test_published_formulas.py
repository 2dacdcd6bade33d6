"""Published worked examples and the idioms of the reference, as formulas of the model language."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.units import unit
from lca.allocation_methods import mean_price
from lca.formula import parse
from lca.formula_value import check, evaluate
from lca.yields import gross_of_rate, gross_of_share, through


def value(formula: str, wanted: str, **named: str) -> F:
    """Evaluate a formula with names given as "number unit", dimension checked."""
    parsed, target = parse(formula), unit(wanted)
    told = {name: text.partition(" ")[::2] for name, text in named.items()}
    units = {name: unit(own or "1") for name, (_, own) in told.items()}
    assert list(check(parsed, units, target)) == []
    base = {name: F(number) * units[name].scale for name, (number, _) in told.items()}
    return evaluate(parsed, base) / target.scale


# --- CBAM: worked examples of the Commission's guidance and template ---


def test_heavy_fuel_oil_burnt() -> None:
    """252,000 t at 45 GJ/t and 73 t CO2/TJ; GJ against TJ is the usual slip."""
    told = {"fuel": "252000 t", "ncv": "45 GJ/t", "factor": "73 t/TJ", "oxidised": "1"}
    assert value("fuel * ncv * factor * oxidised", "t", **told) == 827820
    assert value("fuel * ncv", "TJ", fuel="252000 t", ncv="45 GJ/t") == 11340


def test_carbon_that_leaves_with_steel_is_taken_off() -> None:
    """The scheme's own 3.664 t CO2/t C, not 44/12; an output is a negative activity."""
    steel = {"steel": "-1808226 t", "carbon": "0.003878 t/t"}
    assert value("steel * carbon * 3.664", "t", **steel) == F("-25693.068768192")
    assert value("steel * carbon * 44 / 12", "t", **steel) != F("-25693.068768192")


def test_heat_from_a_boiler() -> None:
    found = value("factor / efficiency", "t/TJ", factor="96 t/TJ", efficiency="0.9")
    assert float(found) == pytest.approx(106.67, abs=0.005)


def test_cement_of_own_and_bought_clinker() -> None:
    grid = "0.5 t/MWh"
    own = value(
        "(direct - heat * heat_factor) / clinker",
        "t/t",
        direct="664000 t",
        heat="200 TJ",
        heat_factor="187/3 t/TJ",
        clinker="800000 t",
    )
    own_power = value(
        "power * grid / clinker", "t/t", power="56000 MWh", grid=grid, clinker="800000 t"
    )
    shares = {"own_share": "0.7 t/t", "bought_share": "0.06 t/t"}
    direct = value(
        "own_share * own + bought_share * bought + process",
        "t/t",
        **shares,
        own=f"{own} t/t",
        bought="0.88 t/t",
        process="0.012 t/t",
    )
    indirect = value(
        "own_share * own + bought_share * (0.07 [MWh/t] * bought_grid) + power * grid",
        "t/t",
        **shares,
        own=f"{own_power} t/t",
        bought_grid="0.55 t/MWh",
        power="0.045 MWh/t",
        grid=grid,
    )
    assert float(own) == pytest.approx(0.814416666666667, rel=1e-12)
    assert (own_power, indirect) == (F("0.035"), F("0.04931"))
    assert float(direct + indirect) == pytest.approx(0.6842016666666669, rel=1e-12)


# --- scaling and use stages ---


def test_materials_of_a_motor_per_kilowatt() -> None:
    """A published declaration of a 1600 kW machine, printed with two decimals."""
    printed = {"2500": "1.56", "2350": "1.47", "344": "0.21", "120": "0.08", "5550": "3.47"}
    for mass, per_kilowatt in printed.items():
        found = value("mass / power", "kg/kW", mass=f"{mass} kg", power="1600 kW")
        assert float(found) == pytest.approx(float(per_kilowatt), abs=0.0051)


def test_rolling_resistance_work_of_a_tyre() -> None:
    """9 N/kN at 400 kg over 40,000 km is about 1.4 GJ at the wheel."""
    found = value(
        "coefficient * load * 9.80665 [N/kg] * distance",
        "GJ",
        coefficient="9 N/kN",
        load="400 kg",
        distance="40000 km",
    )
    assert float(found) == pytest.approx(1.4, abs=0.02)


def test_share_of_vehicle_fuel_scales_with_the_distance() -> None:
    """211.7 kg per tyre and 30,000 km (JATMA, 2016) are 282 kg over 40,000 km."""
    told = {"published": "211.7 kg", "distance": "40000 km", "life": "30000 km"}
    assert float(value("published * distance / life", "kg", **told)) == pytest.approx(282, abs=0.5)


# --- idioms of docs/reference/model-language.md ---

losses = st.fractions(0, F(9, 10), max_denominator=1000)


@given(losses)
def test_loss_idioms_are_the_two_conventions(loss: F) -> None:
    assert value("1 / (1 - loss)", "1", loss=str(loss)) == gross_of_share(F(1), loss)
    assert value("1 + loss", "1", loss=str(loss)) == gross_of_rate(F(1), loss)


@given(losses, losses)
def test_yields_of_steps_multiply(one: F, other: F) -> None:
    forming, cutting = 1 - one, 1 - other
    found = value("1 / (forming * cutting)", "1", forming=str(forming), cutting=str(cutting))
    assert found == through(F(1), (forming, cutting))[0]


def test_a_mean_price_is_written_as_a_formula() -> None:
    prices = {2023: F(380), 2024: F(420), 2025: F(400)}
    named = {f"price_{year}": f"{price} CNY/t" for year, price in prices.items()}
    formula = "(price_2023 + price_2024 + price_2025) / 3"
    assert value(formula, "CNY/t", **named) == mean_price(prices, "spent grain, trade statistics")


@given(
    st.fractions(0, 1, max_denominator=100),
    st.integers(0, 30),
    st.fractions(0, 1, max_denominator=100),
)
def test_the_leak_idiom_never_takes_more_than_there_is(leak: F, life: int, top_ups: F) -> None:
    told = {"charge": "1 kg", "top_ups": f"{top_ups} kg", "leak": f"{leak} 1/year"}
    found = value("min(charge + top_ups, charge * leak * life)", "kg", life=f"{life} year", **told)
    exact = 1 - (1 - leak) ** life  # without top-ups, on the current charge
    assert exact <= found <= 1 + top_ups


def test_the_helper_refuses_what_does_not_fit() -> None:
    with pytest.raises(AssertionError):
        value("fuel * ncv", "t", fuel="1 t", ncv="1 GJ/t")
    assert value("1 [t]", "kg") == 1000

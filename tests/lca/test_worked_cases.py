"""Worked examples that are plain parameters and formulas, counted with the units they state.

Each reading is a formula of the model language: dimensions are checked first, then the exact value
is taken in the unit that the source prints. The blend of two clinkers is also counted as a chain of
processes. The kinds ``sum_product`` and ``matrix`` are run by ``python -m tests.cases``; the kind
``allocation`` is in ``test_allocation.py``.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from factors.units import unit
from lca.formula import parse
from lca.formula_value import check, evaluate
from tests.lca.systems import SIDES, document, footprint, line, link, own, process


def figure(text: str, wanted: str, **names: str) -> Fraction:
    """The value of a formula in a unit; names are given as ``"252000 t"``."""
    given = {name: quantity.split(" ", 1) for name, quantity in names.items()}
    units = {name: unit(symbol) for name, (_, symbol) in given.items()}
    formula = parse(text)
    assert check(formula, units, unit(wanted)) == ()
    values = {name: Fraction(number) * units[name].scale for name, (number, _) in given.items()}
    return evaluate(formula, values) / unit(wanted).scale


# --- European Commission, CBAM communication template for installations, 13 December 2024 --------


def test_combustion_by_energy() -> None:
    """Sheet B_EmInst, heavy fuel oil: 252,000 t x 45 GJ/t x 73 t CO2/TJ = 827,820 t."""
    given = {"fuel": "252000 t", "ncv": "45 GJ/t", "ef": "73 t CO2e/TJ", "oxidised": "1 1"}
    assert figure("fuel * ncv * ef * oxidised", "t CO2e", **given) == 827_820
    assert figure("fuel * ncv", "TJ", fuel="252000 t", ncv="45 GJ/t") == 11_340


def test_mass_balance_with_carbon_that_leaves() -> None:
    """Sheet B_EmInst, steel leaving: the template's factor is 3.664 t CO2 per t C, not 44/12."""
    given = {"steel": "-1808226 t", "content": "0.003878 t C/t", "oxidation": "3.664 t CO2e/t C"}
    found = figure("steel * content * oxidation", "t CO2e", **given)
    assert found == Fraction("-25693.068768192")
    given["oxidation"] = "44/12 t CO2e/t C"
    assert abs(figure("steel * content * oxidation", "t CO2e", **given) / found - 1) > Fraction(
        1, 2000
    )


def test_heat_from_a_boiler() -> None:
    """Sheet G_FurtherGuidance: 96 t CO2/TJ of fuel at 90 % efficiency print as 106.67."""
    found = figure("fuel / efficiency", "t CO2e/TJ", fuel="96 t CO2e/TJ", efficiency="0.9 1")
    assert abs(found - Fraction("106.67")) <= Fraction("0.005")


CLINKER = {
    "emitted": "664000 t CO2e",
    "heat": "200 TJ",
    "heat_ef": "62.333333333333336 t CO2e/TJ",
    "made": "800000 t",
}
CEMENT = {
    "own": "700000 t",
    "bought": "60000 t",
    "bought_see": "0.88 t CO2e/t",
    "emitted": "12000 t CO2e",
    "made": "1000000 t",
}
POWER = {
    "power": "45000 MWh",
    "own": "700000 t",
    "own_power": "0.07 MWh/t",
    "bought": "60000 t",
    "bought_power": "0.07 MWh/t",
    "made": "1000000 t",
}
NEAR = 1e-9


def test_cement_of_own_and_bought_clinker() -> None:
    """The template's own formulas, evaluated with invented inputs in its sheets D to F."""
    clinker = figure("(emitted - heat * heat_ef) / made", "t CO2e/t", **CLINKER)
    assert float(clinker) == pytest.approx(0.814416666666667, rel=NEAR)
    cement = figure(
        "(emitted + own * own_see + bought * bought_see) / made",
        "t CO2e/t",
        own_see=f"{clinker} t CO2e/t",
        **CEMENT,
    )
    assert float(cement) == pytest.approx(0.634891666666667, rel=NEAR)
    embedded = figure("(power + own * own_power + bought * bought_power) / made", "MWh/t", **POWER)
    assert embedded == Fraction("0.0982")
    indirect = figure(
        "(power * grid + own * own_power * grid + bought * bought_power * theirs) / made",
        "t CO2e/t",
        grid="0.5 t CO2e/MWh",
        theirs="0.55 t CO2e/MWh",
        **POWER,
    )
    assert indirect == Fraction("0.04931")


def test_the_same_cement_as_a_chain_of_processes() -> None:
    """Clinker is a process of its own; exported heat is a line below zero at the boiler's rate."""
    doc = document(
        [process("cement", "t", "1000000"), process("clinker", "t", "800000")],
        [
            link("cement", "clinker", "700000", "t"),
            line("kiln", "clinker", "own:co2", "664000", "t CO2e"),
            line("heat sold", "clinker", "own:heat", "-200", "TJ") | {"id": "heat-sold"},
            line("power-1", "clinker", "own:grid", "56000", "MWh", stage="inbound-transport"),
            line("mill", "cement", "own:co2", "12000", "t CO2e"),
            line("bought", "cement", "own:bought", "60000", "t"),
            line("power-2", "cement", "own:grid", "45000", "MWh", stage="inbound-transport"),
            line("power-3", "cement", "own:theirs", "4200", "MWh", stage="inbound-transport"),
        ],
        reference={"process": "cement", "amount": "1", "unit": "t"},
        declared_unit={"amount": "1", "unit": "t"},
        factors=[
            own("co2", "kg CO2e"),
            own("heat", "TJ", values={"unspecified.CO2e": "62333.333333333336"}),
            own("grid", "kWh", values={"unspecified.CO2e": "0.5"}),
            own("theirs", "kWh", values={"unspecified.CO2e": "0.55"}),
            own("bought", "t", values={"unspecified.CO2e": "880"}),
        ],
    )
    result = footprint(doc)
    stages = {
        stage.id: float(sum(item.value(result.headline) for item in lines))
        for stage, lines in result.stages()
    }
    assert float(result.declared.value) == pytest.approx(684.2016666666669, rel=NEAR)
    assert stages["manufacturing"] == pytest.approx(634.891666666667, rel=NEAR)
    assert stages["inbound-transport"] == pytest.approx(49.31, rel=NEAR)
    assert set(stages) == {name for name, side in SIDES.items() if side == "gate"}


# --- differences and scaling ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("later", "kilograms", "percent"), [("227.3", "18.5", "7.5"), ("211.7", "34.1", "13.9")]
)
def test_what_a_tyre_saved_since_2006(later: str, kilograms: str, percent: str) -> None:
    """JATMA, use stage of a passenger tyre over 30,000 km, guideline 2.0: 245.8 kg in 2006."""
    given = {"before": "245.8 kg CO2e", "after": f"{later} kg CO2e"}
    half = Fraction("0.05")
    assert abs(figure("before - after", "kg CO2e", **given) - Fraction(kilograms)) <= half
    assert abs(figure("(before - after) / before", "%", **given) - Fraction(percent)) <= half


@pytest.mark.parametrize(
    ("mass", "printed"),
    [("2500", "1.56"), ("2350", "1.47"), ("50", "0.03"), ("344", "0.21"), ("20", "0.01")],
)
def test_materials_of_a_motor_per_kilowatt(mass: str, printed: str) -> None:
    """ABB EPD of the machine AMA 450, 1,600 kW; copper is printed 0.21, not rounded half up."""
    found = figure("mass / power", "kg/kW", mass=f"{mass} kg", power="1600 kW")
    assert abs(found - Fraction(printed)) <= Fraction("0.0051")


# --- sums of published stages ---------------------------------------------------------------------


def test_a_washing_machine_over_twelve_years() -> None:
    """Impact CO2 (ADEME, open licence): four stages of making, twelve years of use, its end."""
    names = {"materials": "191", "supply": "12.2", "shaping": "47.6", "assembly": "90.3"}
    given = {name: f"{value} kg CO2e" for name, value in names.items()}
    given |= {"use": "18.08 kg CO2e/year", "years": "12 year", "end": "-44.64 kg CO2e"}
    formula = "materials + supply + shaping + assembly + use * years + end"
    assert figure(formula, "kg CO2e", **given) == Fraction("513.42")


def test_frozen_fries_by_stage() -> None:
    """Agribalyse 3 (ADEME, open licence), product 4046: the total is printed 1.2e-6 lower."""
    stages = ["0.12604113", "0.0080065912", "0.40695269", "0.3231585", "0.12509873", "0.084514719"]
    given = {f"stage_{number}": f"{value} kg CO2e/kg" for number, value in enumerate(stages)}
    found = figure(" + ".join(given), "kg CO2e/kg", **given)
    assert abs(found - Fraction("1.0737712")) < Fraction(2, 10**6)

"""SO2, NOx, PM2.5 along the same system, and how much of the figure stands behind each."""

from __future__ import annotations

import json
from fractions import Fraction as F
from pathlib import Path

import jsonschema

from factors.factor import Boundary
from factors.units import unit
from lca.co_pollutants import PRINCIPAL, CoPollutant, co_pollutants, companions
from tests.lca.systems import (
    Doc,
    co_product,
    document,
    factors,
    footprint,
    line,
    link,
    own,
    process,
)

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
COAL = own("coal", "t", values={"fossil.CO2": "2000"}, co_pollutants={"SO2": "4", "NOx": "3"})
DIESEL = own("diesel", "kg", values={"fossil.CO2": "3"}, co_pollutants={"NOx": "0.02"})
SILENT = own("silent", "kg", values={"fossil.CO2": "1"})


def told(doc: Doc) -> dict[str, CoPollutant]:
    result = footprint(doc)
    return {one.name: one for one in co_pollutants(result.declared, result.system, factors())}


def plant(*more: Doc) -> Doc:
    boiler = line("coal", "steam", "own:coal", "0.5", "kg")
    truck = line("truck", "plant", "own:diesel", "100", "g")
    bought = line("parts", "plant", "own:silent", "1")
    return document(
        [process("plant"), process("steam")],
        [link("plant", "steam", "2"), boiler, truck, bought, *more],
        factors=[COAL, DIESEL, SILENT],
    )


def test_amounts_follow_the_system_in_kg_per_declared_unit() -> None:
    found = told(plant())
    assert found["SO2"].amount == F("0.001") * 4  # 2 x 0.5 kg of coal
    assert found["NOx"].amount == F("0.001") * 3 + F("0.1") * F("0.02")


def test_what_nobody_states_is_unknown_and_not_zero() -> None:
    found = told(plant())
    assert list(found) == list(PRINCIPAL)
    assert found["PM2.5"].amount is None
    assert found["PM2.5"].to_json() == {
        "amount": None,
        "unit": "kg",
        "stated_by": {"lines": "0", "figure": "0"},
        "rows": [],
    }


def test_each_sum_says_what_stands_behind_it() -> None:
    found = told(plant())
    assert (found["SO2"].lines, found["NOx"].lines) == (F(1, 3), F(2, 3))
    assert found["SO2"].share == F(2) / F("3.3")  # 2 kg coal, 0.3 kg diesel, 1 kg parts


def test_the_document_holds_them_where_a_factor_states_any() -> None:
    told = footprint(plant()).to_json()
    schema = json.loads((SCHEMAS / "footprint-1.schema.json").read_text("utf-8"))
    jsonschema.validate(told, schema)
    assert told["co_pollutants"]["SO2"]["amount"] == "0.004"
    silent = document([process("plant")], [line("parts", "plant", "own:coal", "1")],
                      factors=[own("coal")])  # fmt: skip
    assert "co_pollutants" not in footprint(silent).to_json()


def test_co_products_share_pollutants_like_burdens_and_count_them_once() -> None:
    """Biogenic CO2 stands on lines of its own, which carry no pollutant a second time."""
    ash = co_product("ash", "1", properties={"mass": "1"})
    wood = own(
        "wood",
        values={"biogenic_co2_emission.CO2": "1.6", "fossil.N2O": "0.0001"},
        co_pollutants={"PM2.5": "0.01"},
    )
    doc = document(
        [
            process(
                "kiln", "kg", "1", ash,
                reference={"properties": {"mass": "1"}}, allocation={"method": "mass"},
            )
        ],
        [line("wood", "kiln", "own:wood", "1")],
        factors=[wood],
    )  # fmt: skip
    assert {one.id for one in footprint(doc).lines} == {"wood", "wood.carbon"}
    assert told(doc)["PM2.5"].amount == F("0.005")


# --- rows beside a combustion row -----------------------------------------------------------------


def boiler(*more: Doc, factor: str = "natural-gas-cn-combustion") -> Doc:
    gas = line("gas", "plant", factor, "1000", "MJ(LHV)")
    return document([process("plant")], [gas, *more], factors=[COAL])


def test_a_combustion_row_without_pollutants_takes_those_beside_it() -> None:
    found = told(boiler())
    assert found["NOx"].amount == F("0.074")  # 74 g/GJ, EMEP/EEA 1.A.2.a, Table 3-3
    assert found["SO2"].amount == F("0.00067") and found["PM2.5"].amount == F("0.00078")
    assert found["NOx"].rows == ("emep-eea/2023:pollutant-ind-gas-nox",)
    assert told(boiler(factor="coal-gb-combustion"))["SO2"].amount == F("0.9")
    assert told(boiler(factor="diesel-cn-combustion"))["NOx"].amount is None


def test_what_a_row_states_itself_is_not_counted_twice() -> None:
    """A factor that states SO2 and NOx of its own takes nothing from the table."""
    found = told(boiler(line("coal", "plant", "own:coal", "1", "t")))
    assert found["SO2"].amount == 4 + F("0.00067")
    assert found["PM2.5"].lines == F(1, 2)  # coal is silent on PM2.5 and stays so


def test_pollutants_move_no_digit_and_are_locked_with_their_release() -> None:
    result = footprint(boiler())
    assert result.declared.value == F("55.539") + F("0.001") * F("29.8") + F("0.0001") * 273
    releases = [item["release"] for item in result.lock["factors"]]
    assert "emep-eea/2023" in releases
    bare = document([process("plant")], [line("parts", "plant", "own:coal", "1")],
                    factors=[own("coal")])  # fmt: skip
    assert footprint(bare).lock["factors"] == []


def test_the_table_names_combustion_rows_and_pollutants_per_energy() -> None:
    for name, beside in companions().items():
        row = factors().get(name)
        assert row.boundary is Boundary.COMBUSTION and not row.co_pollutants
        assert tuple(beside) == PRINCIPAL
        for pollutant in map(factors().get, beside.values()):
            assert unit(pollutant.unit).dimension == unit(f"g/{row.unit}").dimension
            assert pollutant.amount
            assert pollutant.category == "air-pollutant" and pollutant.status == "read-in-source"

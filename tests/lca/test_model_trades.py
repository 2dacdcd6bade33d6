"""The language on other trades: steel with its gas and power loop, a refrigerator by market.

From booked accounts through model, build and both engines; the totals are known beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import pytest

from factors.factor import EmissionFactor, Flow
from factors.findings import Where, blocking
from factors.store import FactorSet
from factors.units import unit
from lca import engine, oracle
from lca.build import build
from lca.compiled import Compiled, Solution
from lca.inventory import GATE, GRAVE
from lca.model import load
from lca.model_parts import Chosen, FromFactor, FromMode, FromSupplier, ProductModel
from lca.submission import AccountEntry, Cell, FamilyEntry, SiteEntry, Submission
from lca.system import compile_system
from tests.lca.systems import factors, gwp, rules

MODELS = Path(__file__).parent / "models"
STEEL = load(MODELS / "steel-bf.toml")
FRIDGE = load(MODELS / "refrigerator.toml")
MADE = 1200  # declared units in the year

STEEL_BOOKS = {
    "electricity": "200", "own_generation": "300", "coke": "0.42", "injected_coal": "0.15",
    "pellets": "1.5", "scrap": "0.12", "lime": "0.05", "hot_metal": "0.95",
    "liquid_steel": "1.04", "slag": "0.3", "bfg_power": "2", "bfg_mill": "1", "ldg_power": "0.3",
}  # fmt: skip
FRIDGE_BOOKS = {
    "electricity": "30",
    "steel": "25",
    "plastics": "20",
    "compressor": "8",
    "refrigerant_used": "0.082",
}


def cell(value: str | Fraction, own: str = "") -> Cell:
    return Cell(value, own, Where(sheet="S", cell="A1"))


def handed_in(
    model: ProductModel,
    books: Mapping[str, str],
    enums: Mapping[str, str],
    parameters: Mapping[str, Cell],
    boundary: str = GATE,
) -> Submission:
    """One family, everything booked as a yearly total of the site."""
    cover = {
        "subject": "A", "boundary": boundary, "product_name_zh": "试", "product_name_en": "Test",
        "product_model": "A", "maker_name_zh": "示例公司", "maker_name_en": "Example Co.",
        "maker_id": "00000000EXAMPLE000",
    }  # fmt: skip
    month = cell(Fraction(MADE, 12))
    family = FamilyEntry(
        "A",
        {"zh": "甲", "en": "A"},
        model.declared_unit.unit.symbol,
        (month,) * 12,
        enums={name: cell(value) for name, value in enums.items()},
        parameters=parameters,
    )
    accounts = tuple(
        AccountEntry(
            name,
            "period",
            model.account(name).unit.symbol,
            (cell(Fraction(amount) * MADE / 12),) * 12,
            key="output",
        )
        for name, amount in books.items()
    )
    return Submission(
        file="test.xlsx",
        sha256="0" * 64,
        model=model.id,
        model_version=model.version,
        cover={key: cell(value) for key, value in cover.items()},
        period_from=date(2025, 1, 1),
        period_to=date(2025, 12, 31),
        months=(),
        sites=(SiteEntry("S1", {"zh": "厂", "en": "Plant"}, {"zh": "-", "en": "-"}, "CN"),),
        families=(family,),
        accounts=accounts,
        keys=(),
        centres=(),
        suppliers=(),
        instruments=(),
        evidence=(),
    )


def library(model: ProductModel) -> FactorSet:
    """The shipped library, and one kg CO2e per unit for rows that only the test model names."""
    known = factors()
    like = known.get("glass-primary-gb")
    more = {row: made_up(row, own, like) for row, own in rows(model) if row not in known}
    return replace(known, factors=MappingProxyType({**known.factors, **more}))


def made_up(row: str, own: str, like: EmissionFactor) -> EmissionFactor:
    return replace(like, id=row, unit=own, values=((Flow("unspecified", "CO2e"), Fraction(1)),))


def rows(model: ProductModel) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for exchange in model.exchanges:
        chosen: list[Chosen] = []
        match exchange.origin:
            case FromFactor(one) | FromSupplier(one):
                chosen = [one]
            case FromMode(by_mode):
                chosen = list(by_mode.values())
            case _:
                pass
        symbol = exchange.unit.symbol
        found += [(row, symbol) for one in chosen for row in one.ids.values()]
    return found


def solved(model: ProductModel, told: Submission) -> tuple[Compiled, tuple[Solution, Solution]]:
    built = build(told, model, rules())
    assert built.system is not None, [found.render("en") for found in blocking(built.findings)]
    compiled = compile_system(built.system, library(model), gwp())
    return compiled, (engine.solve(compiled), oracle.solve(compiled))


def part(compiled: Compiled, solution: Solution, name: str) -> float:
    """kg CO2e of one part of the result, whichever line it comes from."""
    places = zip(compiled.biosphere.rows.tolist(), solution.impacts, strict=True)
    return sum(value for row, value in places if compiled.flows[row].part == name)


def steel(route: str) -> tuple[Compiled, tuple[Solution, Solution]]:
    coil = {"coil_mass": cell(Fraction(20), "t")}
    return solved(STEEL, handed_in(STEEL, STEEL_BOOKS, {"slag_route": route}, coil))


def test_all_carbon_of_a_mill_comes_out_once_through_the_power_loop() -> None:
    """Coke 420 kg x 0.86 + coal 150 kg x 0.75, less the carbon that stays in the steel."""
    carbon = Fraction("473.7") - 1040 * Fraction("0.0005")
    compiled, both = steel("dumped")
    for solution in both:
        assert part(compiled, solution, "fossil") == pytest.approx(
            float(carbon * 44 / 12), rel=1e-12
        )


def test_slag_sold_takes_its_share_of_iron_making_by_price() -> None:
    """Iron-making alone is shared out; converter and rolling stay where they are."""
    before_compiled, before = steel("dumped")
    after_compiled, after = steel("sold-to-cement")
    slag = Fraction("0.3") / Fraction("0.95") * 60
    share = float(slag / (slag + 2800))
    old, new = (
        part(compiled, solution[0], "fossil")
        for compiled, solution in ((before_compiled, before), (after_compiled, after))
    )
    assert (1 - share) * old < new < old


def test_grid_power_is_what_was_bought() -> None:
    """The loop through the own power plant neither makes nor loses a purchased kilowatt-hour."""
    compiled, both = steel("dumped")
    line = next(one for one in compiled.lines if one.exchange.id == "power-grid")
    for solution in both:
        used = solution.supply[line.column] * float(line.amount)
        assert used == pytest.approx(200, rel=1e-12)


@pytest.mark.parametrize(
    ("market", "kilowatt_hours", "row"),
    [
        ("cn", 200 * 10, "electricity-cn-footprint-2024"),
        ("eu", 200 * 14 * 0.9 * 1.06, "electricity-eu-production-mix-2024"),
        ("us", 200 * 14 * 1.1 * 1.05, "electricity-us-production-mix-2024"),
        ("jp", 200 * 10 * 1.05, "electricity-jp-production-mix-2024"),
    ],
)
def test_the_use_stage_of_a_refrigerator_by_market(
    market: str, kilowatt_hours: float, row: str
) -> None:
    parameters = {
        "energy_use": cell(Fraction(200)),
        "charge": cell(Fraction(80), "g/machine"),
        "service_top_up": cell(Fraction(0)),
    }
    enums = {"market": market, "refrigerant": "r134a"}
    told = handed_in(FRIDGE, FRIDGE_BOOKS, enums, parameters, GRAVE)
    built = build(told, FRIDGE, rules())
    assert built.system is not None, [found.render("en") for found in blocking(built.findings)]
    used = next(one for one in built.system.exchanges if one.id == "use-electricity")
    assert float(used.amount) == pytest.approx(kilowatt_hours, rel=1e-12)
    assert (used.from_factor, unit(used.unit)) == (row, unit("kWh"))


def test_refrigerant_emitted_in_use_and_at_the_end_is_at_most_what_was_charged() -> None:
    parameters = {"energy_use": cell(Fraction(200)), "charge": cell(Fraction(80), "g/machine")}
    for market in ("cn", "eu", "us", "jp"):
        enums = {"market": market, "refrigerant": "r134a"}
        told = handed_in(FRIDGE, FRIDGE_BOOKS, enums, parameters, GRAVE)
        system = build(told, FRIDGE, rules()).system
        assert system is not None
        emitted = {one.id: one.amount for one in system.exchanges}
        assert emitted["factory-loss"] == Fraction("0.002")
        assert 0 < emitted["use-leak"] + emitted["end-refrigerant"] <= Fraction("0.08")

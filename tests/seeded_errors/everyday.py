"""What people do on an ordinary day: pasted blocks, forms of further sheets, factors by name.

These were written down before anybody looked at what a validator says of them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date

from tests.seeded_errors.book import Book, Value
from tests.seeded_errors.fault import Fault, Kind, Plant, Planted, at
from tests.seeded_errors.places import (
    Line,
    answer,
    lines,
)

Row = Mapping[str, Value]
STEP: Row = {"name": "外协烘干", "supplier": "示例外协厂", "amount": 1000, "unit": "kWh",
             "factor": "electricity-cn-footprint-2024"}  # fmt: skip
SUPPLIED: Row = {"name": "客供助剂", "supplier": "示例客户", "amount": 2, "unit": "t",
                 "factor": "abs-ice"}  # fmt: skip
GAS: Row = {"name": "冷水机组", "gas": "HFC-134a", "purchased": 12, "unit": "kg", "opening": 5,
            "closing": 4}  # fmt: skip
WATER: Row = {"name": "污水站", "treatment": "aerobic", "volume": 20000, "unit": "m3",
              "cod_in": 900, "cod_out": 60}  # fmt: skip
WASTE: Row = {"name": "废包装", "amount": 3, "unit": "t", "factor": "plastics-incineration"}
LEG: Row = {"name": "助剂", "side": "inbound", "amount": 40, "unit": "t", "distance": 300,
            "factor": "road-truck-gb-all"}  # fmt: skip
BESIDE: Row = {"name": "边角料", "kind": "scrap", "amount": 5, "unit": "t",
               "treatment": "recycling", "income": 3000}  # fmt: skip
REPEATED: Row = {"month": "m7", "kind": "shutdown", "reason": "示例：台风停电"}

FORMS: tuple[tuple[str, Kind, str, str, Row, Row], ...] = (
    ("step-combustion", Kind.BALANCE, "heat of a step by a row of combustion alone", "outsourced",
     STEP, {"unit": "GJ(LHV)", "factor": "natural-gas-cn-combustion"}),
    ("step-co2-only", Kind.BALANCE, "power of a step by a row of CO2 alone", "outsourced",
     STEP, {"factor": "electricity-cn-co2-2023"}),
    ("step-transmission", Kind.BALANCE, "transmission added to the national mean", "outsourced",
     STEP, {"name": "输配电损耗", "factor": "electricity-cn-td-2024"}),
    ("step-without-factor", Kind.STRUCTURE, "a step without factor or report", "outsourced",
     STEP, {"factor": None}),
    ("step-no-supplier", Kind.STRUCTURE, "a step that nobody did", "outsourced",
     STEP, {"supplier": None}),
    ("step-unknown-report", Kind.STRUCTURE, "a step with a report that is not there", "outsourced",
     STEP, {"factor": None, "record": "R66"}),
    ("step-money", Kind.UNIT, "a step booked in yuan", "outsourced", STEP, {"unit": "CNY"}),
    ("supplied-by-lorry", Kind.UNIT, "material of the customer in lorry loads", "customer",
     SUPPLIED, {"unit": "车"}),
    ("supplied-about", Kind.NUMBER, "material of the customer in words", "customer",
     SUPPLIED, {"amount": "两吨左右"}),
    ("supplied-both", Kind.STRUCTURE, "factor and report for one material", "customer",
     SUPPLIED, {"record": "R66"}),
    ("gas-stock", Kind.SUM, "more refrigerant in stock than there ever was", "gas",
     GAS, {"closing": 40}),
    ("gas-grams", Kind.NUMBER, "grams behind the number in a column of kilograms", "gas",
     GAS, {"purchased": "12000 g"}),
    ("gas-unknown", Kind.STRUCTURE, "a trade name for the gas", "gas", GAS, {"gas": "雪种"}),
    ("gas-negative", Kind.NUMBER, "a stock below nought", "gas", GAS, {"opening": -5}),
    ("water-outlet", Kind.BALANCE, "COD of inlet and outlet exchanged", "wastewater",
     WATER, {"cod_in": 60, "cod_out": 900}),
    ("water-per-day", Kind.UNIT, "waste water per day", "wastewater", WATER, {"unit": "m3/d"}),
    ("water-nought", Kind.NUMBER, "no volume of waste water", "wastewater", WATER, {"volume": 0}),
    ("waste-kilograms", Kind.BALANCE, "kilograms of waste in a column of tonnes", "wastes",
     WASTE, {"amount": 90_000_000}),
    ("waste-goods", Kind.STRUCTURE, "a waste without a treatment", "wastes",
     WASTE, {"factor": None}),
    ("leg-two-distances", Kind.STRUCTURE, "sea route and kilometres for one leg", "legs",
     LEG, {"route": 1}),
    ("leg-no-distance", Kind.STRUCTURE, "a leg to nowhere", "legs", LEG, {"distance": None}),
    ("leg-kilograms", Kind.BALANCE, "kilograms of goods in a column of tonnes", "legs",
     LEG, {"amount": 900_000_000}),
    ("leg-metres", Kind.NUMBER, "metres behind the distance", "legs",
     LEG, {"distance": "300000 m"}),
    ("leg-benchmark", Kind.EVIDENCE, "a benchmark chosen as a vehicle", "legs",
     LEG, {"factor": "truck-freight-us-2025"}),
    ("scrap-credit", Kind.NUMBER, "income of scrap as text with a currency", "byproducts",
     BESIDE, {"income": "三千元"}),
    ("co-product", Kind.STRUCTURE, "a co-product listed among the scrap", "byproducts",
     BESIDE, {"kind": "co-product"}),
    ("abnormal-no-reason", Kind.STRUCTURE, "an abnormal month without a reason", "abnormal",
     REPEATED, {"reason": None}),
    ("abnormal-month-13", Kind.STRUCTURE, "a thirteenth month", "abnormal",
     REPEATED, {"month": "第13月"}),
)  # fmt: skip
"""Id, kind, what a person did, table, a sound row, and what is wrong in it."""

CELLS: tuple[tuple[str, Kind, str, str, str, Value], ...] = (
    ("credit-code-short", Kind.STRUCTURE, "a register number with a character lost", "cover",
     "maker_id", "00000000EXAMPLE00"),
    ("name-chinese", Kind.STRUCTURE, "the Chinese name in the English cell", "cover",
     "product_name_en", "示例产品 500"),
    ("maker-chinese", Kind.STRUCTURE, "the Chinese maker in the English cell", "cover",
     "maker_name_en", "示例有限公司"),
    ("gtin-spaces", Kind.STRUCTURE, "a bar code with a digit too few", "cover", "gtin",
     "690 1234 56789"),
    ("prepared-later", Kind.EVIDENCE, "a year of preparation that is ten years off", "cover",
     "prepared_on", date(2035, 3, 2)),
    ("period-day-short", Kind.STRUCTURE, "the last day of the period left out", "period", "to",
     date(2025, 12, 30)),
    ("period-billing", Kind.STRUCTURE, "from the first billing day to the end of the year",
     "period", "from", date(2024, 12, 26)),
)  # fmt: skip


def faults() -> Iterator[Fault]:
    """All of them."""
    for name, kind, what, block, sound, wrong in FORMS:
        yield Fault(f"daily-{name}", kind, what, _form(f"daily-{name}", kind, block, sound, wrong))
    for name, kind, what, block, row, value in CELLS:
        alone = block == "period"
        yield Fault(
            f"daily-{name}", kind, what, _cell(f"daily-{name}", kind, block, row, value), alone
        )


# --- forms of further sheets ---------------------------------------------------------------------


def _form(fault: str, kind: Kind, block: str, sound: Row, wrong: Row) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        row = free_row(book, block)
        if row is None:
            return None
        told = {**sound, **_keyed(book, row), **wrong}
        if told.get("route") == 1:
            told["route"] = "cntao-nlrtm-suez"
        edits = {row.spot(name): value for name, value in told.items() if row.has(name)}
        return at(fault, kind, edits, row.cells)

    return plant


def free_row(book: Book, block: str) -> Line | None:
    """The first empty row of a table."""
    for line in lines(book, block):
        typed = [book.value(spot) for spot in line.cells]
        if line.id == "+" and all(one is None or str(one).startswith("=") for one in typed):
            return line
    return None


def _keyed(book: Book, row: Line) -> Row:
    return {"key": "output"} if row.has("key") else {}


def _cell(fault: str, kind: Kind, block: str, row: str, value: Value) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        spot = answer(book, block, row)
        if spot is None:
            return None
        right = {spot} | {other for name in ("from", "to") if (other := answer(book, block, name))}
        return at(fault, kind, {spot: value}, right if block == "period" else None)

    return plant

"""Sheets that any factory may need: written, read back, computed, refused where they are wrong."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from dataclasses import replace
from datetime import date
from fractions import Fraction as F
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from factors.store import load as library
from factors.units import unit
from lca.build import Built, build
from lca.exchange.verifier_xlsx import verifier_workbook
from lca.footprint import compute
from lca.model import load
from lca.period import short_period
from lca.ruleset import load as load_rules
from lca.sea_routes import sea_route, sea_routes
from lca.submission import Cell, Submission
from lca.supplier_record import judge
from lca.workbook.layout import EVERY_SHEET, layout
from lca.workbook.parse import parse
from lca.workbook.read import interpret
from lca.workbook.write import workbook
from tests.lca.exchange.office import faults, largest_gap, recalculated
from tests.lca.workbook.test_round_trip import libre_office

NAME = "beer.xlsx"
ITEMS: dict[str, list[dict[str, Any]]] = {
    "outsourced": [
        {"name": "示例：制标", "supplier": "示例印刷", "amount": "1200", "unit": "kg",
         "record": "P1", "country": "CN", "key": "output", "evidence": ["E08"]},
    ],
    "customer": [
        {"name": "示例：客户提供的纸箱", "amount": "2.5", "unit": "t",
         "factor": "corrugated-board-cn", "key": "K-EX"},
    ],
    "gas": [
        {"name": "示例：空调", "gas": "R-410A", "purchased": "60", "unit": "kg", "opening": "10",
         "closing": "25", "returned": "5", "key": "output"},
        {"name": "示例：焊接", "gas": "CO2", "purchased": "0.8", "unit": "t", "key": "output"},
    ],
    "wastewater": [
        {"name": "示例：总排口", "treatment": "anaerobic", "volume": "1000", "unit": "m3",
         "cod_in": "3000", "cod_out": "500", "key": "output"},
    ],
    "waste": [
        {"name": "示例：废纸板", "amount": "4", "unit": "t", "factor": "board-landfill-gb",
         "key": "output"},
    ],
    "leg": [
        {"name": "示例：进口酒花", "side": "inbound", "incoterm": "FOB", "payer": "us",
         "amount": "3", "unit": "t", "route": "cntao-deham-suez", "factor": "sea-container-cn",
         "key": "output"},
        {"name": "示例：出口", "side": "outbound", "amount": "900", "unit": "t", "distance": "25",
         "start": "厂", "end": "港", "factor": "road-truck-cn-heavy", "key": "K-EX"},
    ],
    "byproduct": [
        {"name": "示例：麦根", "kind": "by-product", "amount": "30", "unit": "t",
         "treatment": "use", "income": "24000", "buyer": "示例饲料"},
    ],
    "yield": [
        {"family": "EX-500-OW", "step": "灌装", "input": "61000", "output": "60000", "unit": "hL"},
    ],
    "record": [
        {"record": "P1", "supplier": "示例印刷", "product": "标签", "figure": "1.9", "unit": "kg",
         "boundary": "gate", "gwp": "AR6-100", "biogenic": "excluded", "credit": "no",
         "packaging": "yes", "verification": "third-party", "valid_to": "2027-01-01",
         "period_from": "2025-01-01", "period_to": "2025-12-31", "primary_share": "0.6"},
    ],
    "member": [
        {"family": "EX-500-OW", "member": "EX-500-A", "name": {"zh": "甲", "en": "A"},
         "output": "30000", "mass": "0.76", "parameters": {"container_mass": "248"}},
        {"family": "EX-500-OW", "member": "EX-500-B", "name": {"zh": "乙", "en": "B"},
         "output": "30000"},
    ],
}  # fmt: skip


@cache
def _beer() -> dict[str, Any]:
    source = files("lca") / "models" / "examples" / "beer.toml"
    found = tomllib.loads(source.read_text(encoding="utf-8"))
    return {key: value for key, value in found.items() if key not in ITEMS}


def beer(**tables: Any) -> dict[str, Any]:
    """The example with nothing but these further tables."""
    return {**deepcopy(_beer()), **tables}


def submitted(example: dict[str, Any], lang: str = "zh") -> Submission:
    data = workbook(load("beer"), "zh" if lang == "zh" else "en", example)
    return interpret(parse(data), NAME, "0" * 64, factors=library())


def computed(example: dict[str, Any]) -> Built:
    return build(submitted(example), load("beer"), load_rules("iso14067-generic"), library())


@cache
def whole() -> Built:
    return computed(beer(**ITEMS))


@cache
def plain() -> Built:
    return computed(beer())


def codes(told: Built) -> set[str]:
    return {found.code for found in told.findings}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_table_comes_back(lang: str):
    told = submitted(beer(**ITEMS), lang)
    assert told.findings == ()
    assert [item.kind for item in told.further] == [
        "outsourced", "customer", "gas", "gas", "wastewater", "waste", "leg", "leg"
    ]  # fmt: skip
    outsourced, customer, chiller, *_ = told.further
    assert (outsourced.record, outsourced.entry.key, outsourced.entry.evidence) == (
        "P1", "output", ("E08",)
    )  # fmt: skip
    assert customer.factor == "corrugated-board-cn"
    assert [cell.value for cell in chiller.entry.months] == [60]
    assert (chiller.entry.opening.number, chiller.entry.closing.number) == (F(10), F(25))
    assert chiller.details == {"gas": "R-410A"}
    (by_product,) = told.by_products
    assert (by_product.kind, by_product.income.number, by_product.income.unit) == (
        "by-product", F(24000), "CNY"
    )  # fmt: skip
    (record,) = told.records
    assert (record.figure.unit, record.primary_share.value) == ("kg CO2e/kg", F(3, 5))
    first, second = told.members
    assert first.parameters["container_mass"].value == 248
    assert (second.parameters, second.enums) == ({}, {})
    assert [one.step for one in told.yields] == ["灌装"]


def per_litre(share: F = F(1)) -> F:
    """One unit of the site, spread over all good output or over that of the exported bottle."""
    families = beer()["family"]
    made = families if share == 1 else families[:1]
    hectolitres = (F(month) * 100 for family in made for month in family["output"])
    return 1 / sum(hectolitres, F(0))


def amounts(told: Built) -> dict[str, F]:
    assert told.system is not None
    return {one.id: one.amount for one in told.system.exchanges if one.id.startswith("further")}


def test_the_lines_hold_what_the_tables_say():
    found = amounts(whole())
    exported = per_litre(F(1, 2))
    miles = sea_route("cntao-deham-suez")
    assert miles is not None
    assert found == {
        "further-outsourced-1": 1200 * per_litre(),
        "further-customer-1": F(5, 2) * exported,
        "further-gas-1": (60 + 10 - 25 - 5) * per_litre(),
        "further-gas-2": 800 * per_litre(),
        "further-wastewater-1": 1000 * F(3000 - 500, 1000) * per_litre(),
        "further-wastewater-1-outlet": 1000 * F(500, 1000) * per_litre(),
        "further-waste-1": 4 * per_litre(),
        "further-leg-1": 3 * miles.distance * per_litre(),
        "further-leg-2": 900 * 25 * exported,
    }


def test_the_lines_stand_in_their_stage_and_carry_their_source():
    told = whole()
    assert told.system is not None
    made = {one.id: one for one in told.system.exchanges}
    assert made["further-customer-1"].stage == "raw-materials"
    assert made["further-leg-1"].stage == "inbound-transport"
    assert made["further-leg-2"].stage == "distribution"
    assert {made[f"further-{name}"].stage for name in ("gas-1", "waste-1", "outsourced-1")} == {
        "manufacturing"
    }
    assert made["further-gas-1"].from_flow == "fossil.R-410A"
    own = made["further-outsourced-1"]
    assert own.factor_kind == "supplier-verified"
    (factor,) = (one for one in told.system.factors if one.id == own.from_factor)
    assert (factor.gwp_set, str(factor.source_class)) == ("AR6-100", "third-party-verified")
    inputs = made["further-leg-1"].origin["inputs"]
    assert any("LINERLIB" in one["source"] for one in inputs)


def test_the_figure_grows_by_the_lines_and_by_nothing_else():
    figures = []
    for told in (plain(), whole()):
        assert told.system is not None
        figures.append(compute(told.system, library(), load_rules("iso14067-generic")))
    before, after = figures
    lines = {line.id: line.value(after.headline) for line in after.lines}
    added = {name: value for name, value in lines.items() if name.startswith("further")}
    assert len(added) == 9
    assert all(value > 0 for value in added.values())
    rest = sum(line.value(before.headline) for line in before.lines)
    assert abs(float(sum(lines.values()) - sum(added.values()) - rest)) < 1e-11


def test_a_gate_figure_has_no_outbound_leg():
    example = beer(leg=ITEMS["leg"])
    example["cover"]["boundary"] = "cradle-to-gate"
    assert set(amounts(computed(example))) == {"further-leg-1"}


def test_shares_of_a_further_item_sum_to_what_was_booked():
    told = whole()
    assert told.system is not None
    shares = [one for one in told.system.ledger["shares"] if one["account"] == "further_gas_1"]
    given = sum((F(one["amount"]) for one in shares), F(0))
    assert abs(given - 40) < F(1, 10**9)


def test_work_in_progress_counts_at_both_ends_and_rework_never():
    example = beer()
    example["family"][0]["begun"] = {"opening": "100", "closing": "700"}
    example["family"][0]["rework"] = ["5"] * 12
    told = computed(example)
    assert told.system is not None
    good = sum((F(month) * 100 for month in example["family"][0]["output"]), F(0))
    (output,) = (o for o in told.system.ledger["outputs"] if o["family"] == "EX-500-OW")
    assert F(output["good"]) == good + 600 * 100
    assert F(output["begun"]) == 600 * 100
    assert not codes(told) & {"LEDGER-BEGUN", "LEDGER-REWORK"}


def test_rework_and_work_in_progress_out_of_all_proportion_are_asked_about():
    example = beer()
    example["family"][0]["begun"] = {"opening": "0", "closing": "9000"}
    example["family"][0]["rework"] = ["9000"] * 12
    assert {"LEDGER-BEGUN", "LEDGER-REWORK"} <= codes(computed(example))


@cache
def _records() -> Submission:
    """Every report of the table in one workbook."""
    rows = [{**ITEMS["record"][0], **changed, "record": f"R{number}"}
            for number, changed in enumerate(CHANGES)]  # fmt: skip
    return submitted(beer(record=rows))


def reported(**changed: str) -> Submission:
    """Only the report that was changed like this."""
    number = CHANGES.index(changed)
    return replace(_records(), records=_records().records[number : number + 1])


RECORDS = [
    ({}, "accept"),
    ({"boundary": "delivered"}, "adjust"),
    ({"electricity": "market"}, "adjust"),
    ({"unit": "piece", "mass": "0.002"}, "adjust"),
    ({"boundary": "unknown"}, "reject"),
    ({"boundary": "partial"}, "reject"),
    ({"credit": "yes"}, "reject"),
    ({"credit": "unknown"}, "reject"),
    ({"valid_to": "2024-12-31"}, "reject"),
    ({"period_to": "2022-06-30"}, "reject"),
    ({"biogenic": "included"}, "reject"),
    ({"unit": "piece"}, "reject"),
    ({"verification": "none", "gwp": "AR5-100"}, "accept"),
]
CHANGES = [changed for changed, _ in RECORDS]


@pytest.mark.parametrize("rules", ["iso14067-generic", "gbt24067-generic"])
@pytest.mark.parametrize(("changed", "verdict"), RECORDS)
def test_the_rule_set_judges_a_report(changed: dict[str, str], verdict: str, rules: str):
    (record,) = reported(**changed).records
    told = judge(record, load_rules(rules).supplier_figures, unit("kg"),
                 (date(2025, 1, 1), date(2025, 12, 31)))  # fmt: skip
    assert told.verdict == verdict
    assert (told.figure is None) == (verdict == "reject")
    assert told.reasons or verdict == "accept"


def test_a_figure_per_piece_is_brought_to_mass():
    (record,) = reported(unit="piece", mass="0.002").records
    told = judge(record, load_rules("iso14067-generic").supplier_figures, unit("t"))
    assert told.figure == F("1.9") / F("0.002") * 1000


def test_without_a_table_no_report_is_accepted():
    (record,) = reported().records
    assert judge(record, (), unit("kg")).verdict == "reject"


def test_a_rejected_report_with_nothing_in_its_place_blocks():
    example = beer(record=[{**ITEMS["record"][0], "credit": "yes"}],
                   outsourced=ITEMS["outsourced"])  # fmt: skip
    told = computed(example)
    assert {"PCF-REJECTED", "PCF-REJECTED-ALONE"} <= codes(told)
    assert told.system is None


def test_a_delivered_figure_takes_the_suppliers_own_leg_away():
    def made(boundary: str) -> set[str]:
        record = {**ITEMS["record"][0], "boundary": boundary}
        suppliers = [dict(one) for one in beer()["supplier"]]
        glass = next(one for one in suppliers if one["account"] == "new_bottles")
        glass["record"] = "P1"
        told = computed(beer(record=[{**record, "unit": "piece", "mass": "0.3"}],
                             supplier=suppliers))  # fmt: skip
        assert told.system is not None
        return {one.id for one in told.system.exchanges}

    gone = made("gate") - made("delivered")
    assert gone
    assert all("transport" in name or "haul" in name or "truck" in name for name in gone)


WRONG: list[tuple[str, int, dict[str, Any], str]] = [
    ("outsourced", 1, {"record": "P9"}, "CELL-RECORD-UNKNOWN"),
    ("outsourced", 2, {"factor": "corrugated-board-cn"}, "CELL-FIGURE-TWICE"),
    ("outsourced", 3, {"record": ""}, "CELL-FIGURE-MISSING"),
    ("outsourced", 4, {"amount": "-3"}, "CELL-NEGATIVE"),
    ("outsourced", 5, {"unit": "gizmos"}, "UNIT-UNKNOWN"),
    ("outsourced", 6, {"country": "Germany"}, "CELL-COUNTRY"),
    ("customer", 1, {"factor": "no-such-row"}, "FACTOR-UNKNOWN"),
    ("gas", 1, {"unit": "kWh"}, "UNIT-DIMENSION"),
    ("wastewater", 1, {"cod_out": "4000"}, "CELL-COD"),
    ("waste", 1, {"name": ""}, "CELL-MISSING"),
    ("leg", 1, {"distance": "20000"}, "CELL-LEG-TWICE"),
    ("leg", 2, {"route": ""}, "CELL-LEG-DISTANCE"),
    ("byproduct", 1, {"kind": "co-product"}, "CELL-CO-PRODUCT"),
    ("yield", 1, {"output": "62000"}, "CELL-YIELD"),
    ("yield", 2, {"family": "EX-9"}, "CELL-FAMILY-UNKNOWN"),
    ("record", 2, {"record": "P2", "primary_share": "60"}, "CELL-SHARE"),
    ("member", 2, {}, "CELL-DUPLICATE"),
]


@cache
def wrong() -> tuple[Submission, Submission]:
    """One workbook with every fault, and the same without any."""
    tables: dict[str, list[dict[str, Any]]] = {name: rows[:1] for name, rows in ITEMS.items()}
    for table, number, changed, _ in WRONG:
        row = {**ITEMS[table][0], **changed}
        tables[table] = [*tables[table][: number - 1], row]
    return submitted(beer(**tables)), submitted(beer(**ITEMS))


def test_what_is_wrong_in_a_further_table_is_said_at_its_row():
    told, right = wrong()
    assert right.findings == ()
    assert sorted(found.code for found in told.findings) == sorted(one[3] for one in WRONG)
    for found in told.findings:
        assert found.where.cell
        assert found.where.sheet


def test_a_rejected_report_leaves_the_usual_factor():
    record = {**ITEMS["record"][0], "credit": "yes"}
    suppliers = [{**one, "record": "P1"} if one["account"] == "cartons" else one
                 for one in beer()["supplier"]]  # fmt: skip
    told = computed(beer(record=[record], supplier=suppliers))
    assert "PCF-REJECTED" in codes(told)
    systems = [one.system for one in (told, plain())]
    first, second = ([(e.id, e.from_factor, e.amount) for e in s.exchanges] for s in systems if s)
    assert first == second


def test_an_item_without_a_key_is_not_given_to_the_exported_bottle():
    rows = [{**ITEMS["gas"][0], "key": ""}]
    assert "LEDGER-KEY-MISSING" in codes(computed(beer(gas=rows)))


def test_every_route_has_a_plausible_length():
    for route in sea_routes():
        assert 500 < route.distance < 31000, route.id
        assert route.status == "read-in-source"


def test_optional_sheets_are_drawn_only_when_asked_for():
    model = load("beer")
    usual = [sheet.id for sheet in layout(model).sheets]
    assert not set(usual) & (set(EVERY_SHEET) - {"keys", "suppliers", "instruments"})
    small = [sheet.id for sheet in layout(model, 1, 1, sheets=(), small=True).sheets]
    assert small == ["cover", "sites", "products", "amounts", "evidence"]
    every = [sheet.id for sheet in layout(model, sheets=EVERY_SHEET).sheets]
    assert set(EVERY_SHEET) < set(every)


def test_a_small_workbook_is_read_like_any_other():
    model = load("beer")
    told = interpret(parse(workbook(model, "zh", families=1, small=True)), NAME, "0" * 64)
    assert {found.code for found in told.findings} == {
        "CELL-MISSING", "CELL-MONTH-MISSING", "CELL-ACCOUNT-MISSING", "WORKBOOK-PROGRESS"
    }  # fmt: skip


@pytest.mark.needs("soffice")
def test_the_verifiers_workbook_reaches_a_result_with_further_items(tmp_path: Path):
    example = beer(**ITEMS)
    example["family"][0]["begun"] = {"opening": "100", "closing": "700"}
    told = computed(example)
    assert told.system is not None
    made = compute(told.system, library(), load_rules("iso14067-generic"))
    book = verifier_workbook(made, library(), "en")
    (got,) = recalculated(tmp_path, {"beer": book}).values()
    assert faults(got) == []
    assert largest_gap(got, made) < 1e-9


@pytest.mark.needs("soffice")
def test_libreoffice_keeps_every_sheet(tmp_path: Path):
    ours = workbook(load("beer"), "zh", beer(**ITEMS), sheets=EVERY_SHEET)
    saved = libre_office(ours, tmp_path)
    first, second = (
        interpret(parse(data), NAME, "0" * 64, factors=library()) for data in (ours, saved)
    )
    assert second.findings == ()
    assert second == first


def test_a_figure_without_a_report_is_named():
    suppliers = [{**one, "pcf": "1.1"} if one["account"] == "cartons" else one
                 for one in beer()["supplier"]]  # fmt: skip
    assert "PCF-NO-RECORD" in codes(computed(beer(supplier=suppliers)))


@pytest.mark.parametrize("state", ["held", "sold"])
def test_only_retired_instruments_count(state: str):
    example = beer()
    for one in example["instrument"]:
        one["state"] = state
    told = computed(example)
    assert "GREEN-STATE" in codes(told)
    assert told.system is not None
    assert {one.basis for one in told.system.exchanges} == {"both"}
    plain_system = plain().system
    assert plain_system is not None
    assert "market" in {one.basis for one in plain_system.exchanges}  # the control


@pytest.mark.parametrize(
    ("months", "reason", "expected"),
    [
        (12, "", []),
        (11, "", ["PERIOD-REASON"]),
        (11, "new-product", []),
        (2, "new-product", ["PERIOD-TOO-SHORT"]),
        (2, "", ["PERIOD-TOO-SHORT", "PERIOD-REASON"]),
        (0, "", []),
    ],
)
def test_a_short_period_needs_three_months_and_a_reason(
    months: int, reason: str, expected: list[str]
):
    told = replace(
        _records(),
        months=tuple(f"2025-{number:02d}" for number in range(1, months + 1)),
        period_reason=Cell(reason or None),
    )
    rule = load_rules("iso14067-generic").period
    assert [found.code for found in short_period(told, rule)] == expected

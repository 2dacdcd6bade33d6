"""A supplier's own figure in place of a process that the model builds from inputs: beer's malt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction as F
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from factors.errors import ModelError
from factors.findings import Where
from lca import ruleset
from lca.balance import carbon_balance
from lca.build import Built, build
from lca.footprint import Footprint, compute
from lca.model import parse_model
from lca.submission import Cell, RecordEntry, Submission
from lca.system_file import canonical, read
from tests.lca.systems import SOFTWARE, factors, gwp
from tests.lca.test_beer_model import MODEL, handed_in

RULES = ruleset.load("iso14067-generic")
EXCLUDING, GATE = "excluding_biogenic_co2", "cradle-to-gate"


def supplied(*changes: dict[str, Any]) -> Submission:
    """The example brewery, whose maltsters A (65 %) and B (35 %) state something of their malt."""
    told = handed_in()
    malt = [one for one in told.suppliers if one.account == "malt"]
    rest = [one for one in told.suppliers if one.account != "malt"]
    made = [replace(one, **change) for one, change in zip(malt, changes, strict=True)]
    return replace(told, suppliers=(*made, *rest))


def figure(number: str) -> dict[str, Any]:
    return {"pcf": Cell(F(number), "kg CO2e/kg", Where(sheet="Suppliers", cell="J7"))}


def built(told: Submission) -> Built:
    return build(told, MODEL, RULES, factors())


@cache
def result(*figures: str) -> Footprint:
    made = built(supplied(*(figure(one) if one else {} for one in figures)))
    assert made.system is not None, [found.render("en") for found in made.findings]
    return compute(read(canonical(made.system)), factors(), RULES, software=SOFTWARE)


def codes(told: Submission) -> set[str]:
    return {found.code for found in built(told).findings if found.blocks}


def malt_of(one: Footprint) -> dict[str, F]:
    """Value of every line of malt and of what lies behind it."""
    behind = ("malting", "barley-growing")
    return {
        line.id: line.value(EXCLUDING)
        for line in one.figures[GATE].lines
        if line.exchange.process in behind or line.id.startswith("mashing-malt")
    }


def test_without_figures_malt_is_modelled_for_every_supplier() -> None:
    untouched = result("", "")
    links = [one for one in untouched.system.exchanges if one.from_process == "malting"]
    assert [one.id for one in links] == ["mashing-malt-1", "mashing-malt-2"]
    assert float(links[0].amount / links[1].amount) == pytest.approx(65 / 35)


def test_a_figure_takes_the_place_of_the_process_for_its_share() -> None:
    modelled, mixed, stated = result("", ""), result("0.7", ""), result("0.7", "0.7")
    malt = F(35, 100) * sum(malt_of(modelled).values(), F(0))
    line = next(one for one in mixed.lines if one.id == "mashing-malt-1")
    assert line.exchange.factor_kind == "supplier"
    assert line.value(EXCLUDING) > 0
    modelled_part = sum(malt_of(mixed).values(), F(0)) - line.value(EXCLUDING)
    assert float(modelled_part) == pytest.approx(float(malt), rel=1e-9)
    assert "malting" not in {one.id for one in stated.system.processes}
    whole = sum(malt_of(stated).values(), F(0))
    assert float(whole) == pytest.approx(float(line.value(EXCLUDING) / F(65, 100)), rel=1e-9)


def test_a_higher_figure_moves_the_result_by_its_share() -> None:
    low, high = (result(one, "").figures[GATE].value for one in ("0.7", "1.7"))
    line = next(one for one in result("1.7", "").lines if one.id == "mashing-malt-1")
    assert float(high - low) == pytest.approx(float(line.value(EXCLUDING) / F("1.7")), rel=1e-8)


def test_the_carbon_of_the_malt_is_still_taken_up() -> None:
    modelled, stated = result("", ""), result("0.7", "0.7")
    uptake = next(one for one in stated.lines if one.id == "mashing-malt-1-uptake")
    assert uptake.parts.keys() == {"biogenic_co2_removal"}
    assert uptake.exchange.origin["formula"].endswith("* 44 / 12")
    assert {"malt", "supplier_share", "malt_dry"} <= {
        one["name"] for one in uptake.exchange.origin["inputs"]
    }
    balances = [carbon_balance(one.declared.lines, gwp()) for one in (modelled, stated)]
    assert [float(one.rest) for one in balances] == pytest.approx(
        [float(balances[0].rest)] * 2, abs=1e-9
    )


def test_a_figure_that_holds_the_uptake_gets_no_line_of_it() -> None:
    record = RecordEntry(
        "R1", "A", "malt", Cell(F("0.2"), "kg CO2e/kg"), "kg", boundary="gate",
        period_from=Cell(date(2025, 1, 1)), period_to=Cell(date(2025, 12, 31)),
        gwp="AR6-100", biogenic="included", credit="no", packaging="no", electricity="location",
        verification="third-party",
    )  # fmt: skip
    told = supplied({**figure("0.2"), "accepted": record}, {})
    system = built(told).system
    assert system is not None
    ids = {one.id for one in system.exchanges}
    assert "mashing-malt-1" in ids
    assert "mashing-malt-1-uptake" not in ids


def test_a_row_by_name_takes_the_place_of_the_process() -> None:
    made = built(supplied({"factor": "malt-gb"}, {"factor": "malt-gb"}))
    assert made.system is not None
    rows = {one.id: one.from_factor for one in made.system.exchanges if one.flow == "malt"}
    assert rows["mashing-malt-1"] == rows["mashing-malt-2"] == "malt-gb"
    assert rows["mashing-malt-1-uptake"] == ""


def test_a_row_that_does_not_reach_back_is_refused() -> None:
    told = supplied({"factor": "natural-gas-cn-combustion"}, {})
    assert "BUILD-SUPPLIER-BOUNDARY" in codes(told)


def test_the_language_knows_the_form() -> None:
    source = (files("lca") / "models" / "beer.toml").read_text(encoding="utf-8")
    wrong = source.replace(
        'supplier = { process = "malting" }', 'supplier = { process = "kilning" }'
    )
    assert wrong != source
    with pytest.raises(ModelError, match="MODEL-NOT-PROCESS"):
        parse_model(wrong.encode(), "beer.toml")

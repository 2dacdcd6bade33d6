"""A line counts on the side of the demand that causes it, and nothing else changes."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.findings import Where
from lca import ruleset
from lca.build import build
from lca.figures import figures_of
from lca.footprint import Footprint, compute, measure
from lca.inventory import GATE, GRAVE, STAGES, EndOfLife, ProductSystem
from lca.model_parts import FromProcess, ProductModel
from lca.sides import astride, parted
from lca.subjects import reached
from lca.submission import Cell
from lca.system_file import read
from tests.lca.systems import (
    SOFTWARE,
    co_product,
    document,
    factors,
    footprint,
    line,
    link,
    own,
    process,
    random_document,
    rules,
)
from tests.lca.test_build import MODEL, site

FEW = settings(max_examples=10, deadline=None)
SEEDS = st.integers(0, 10**6)


def shared(detergent: str = "3", *more: dict[str, object], **changes: object) -> ProductSystem:
    """One cracker for the pads of an appliance and for the detergent of its use."""
    cracked = own("naphtha", values={"fossil.CO2": "2"})
    return read(
        document(
            [process("appliance", "item"), process("cracker"), process("refinery")],
            [
                link("appliance", "cracker", "5", id="pads"),
                link("appliance", "cracker", detergent, id="detergent", stage="use"),
                link("cracker", "refinery", "1"),
                line("furnace", "cracker", "own:naphtha", "1"),
                line("crude", "refinery", "own:naphtha", "0.5", stage="raw-materials"),
                *more,
            ],
            factors=[cracked],
            boundary=GRAVE,
            **changes,
        )
    )


def told(system: ProductSystem) -> Footprint:
    return compute(system, factors(), rules(), software=SOFTWARE)


def stages(result: Footprint) -> dict[str, float]:
    return {
        stage.id: float(sum((one.value(result.headline) for one in lines), F(0)))
        for stage, lines in result.stages()
        if lines
    }


def test_a_shared_process_counts_where_it_is_demanded() -> None:
    assert stages(told(shared()))["manufacturing"] == pytest.approx(16)  # 8 x 2, and none in use
    result = told(parted(shared()))
    assert stages(result) == pytest.approx({"raw-materials": 5, "manufacturing": 10, "use": 9})
    assert float(result.figures[GATE].value) == pytest.approx(15)


def test_the_figure_to_the_gate_does_not_know_what_comes_after() -> None:
    one, other = (told(parted(shared(amount))).figures for amount in ("3", "300"))
    assert one[GATE].value == other[GATE].value
    assert one[GRAVE].value != other[GRAVE].value


def test_what_only_a_later_stage_demands_keeps_its_id_and_leaves_the_gate() -> None:
    system = shared()
    alone = replace(system, exchanges=tuple(x for x in system.exchanges if x.id != "pads"))
    result = parted(alone)
    assert {one.id for one in result.exchanges} == {one.id for one in alone.exchanges}
    assert {one.stage for one in result.exchanges} == {"use"}
    assert [stage.id for stage in result.stages] == ["use"]


def test_two_later_demands_are_two_processes() -> None:
    scrap = link("appliance", "cracker", "1", id="scrap", stage="end-of-life")
    result = parted(shared("3", scrap))
    names = [one.id for one in result.processes]
    assert names == [
        "appliance", "cracker", "cracker.use", "cracker.end-of-life",
        "refinery", "refinery.use", "refinery.end-of-life",
    ]  # fmt: skip
    assert stages(told(result))["end-of-life"] == pytest.approx(3)


def test_a_line_after_the_gate_stays_where_it_is() -> None:
    haul = line("haul", "cracker", "own:naphtha", "1", stage="distribution")
    result = told(parted(shared("3", haul)))
    assert stages(result)["distribution"] == pytest.approx(16)


def test_the_credit_of_a_later_process_makes_the_spared_process_run_less_there() -> None:
    virgin = own("ore", values={"fossil.CO2": "4"})
    system = read(
        document(
            [
                process("can"),
                process("remelting", "kg", "1", co_product("ingot", "0.9", "substitute",
                        replaces="smelting")),
                process("smelting"),
            ],
            [
                link("can", "smelting", "2", id="metal"),
                link("can", "remelting", "1", id="old-cans", stage="end-of-life"),
                line("heat", "remelting", "own:ore", "0.1"),
                line("ore", "smelting", "own:ore", "1", stage="raw-materials"),
            ],
            factors=[virgin],
            boundary=GRAVE,
        )
    )  # fmt: skip
    result = told(parted(system))
    assert stages(result) == pytest.approx({"raw-materials": 8, "end-of-life": 0.4 - 3.6})


def test_the_lines_of_a_recycled_material_are_those_of_both_processes() -> None:
    block = EndOfLife("plastic", F(8), "kg", ("furnace",), {}, {})
    (found,) = parted(replace(shared(), end_of_life=(block,))).end_of_life
    assert found.lines == ("furnace", "furnace.use")


def test_a_file_written_by_hand_is_told() -> None:
    assert astride(shared()) == ("cracker", "refinery")
    assert "BOUNDARY-SIDES" in {one.code for one in told(shared()).findings}
    assert "BOUNDARY-SIDES" not in {one.code for one in told(parted(shared())).findings}


# --- laws -----------------------------------------------------------------------------------------


def scattered(seed: int, *, shared: bool) -> ProductSystem:
    """A random system whose links and lines stand in any stage."""
    told = random_document(seed, shared=shared)
    rng = random.Random(seed)
    for exchange in told["exchanges"]:
        exchange["stage"] = rng.choice(STAGES)
    return read(told)


def slack(result: Footprint) -> float:
    """Numbers of record are rounded to a share of all atoms, however small their sum may be."""
    return 1e-9 * float(sum((abs(v) for x in result.lines for v in x.parts.values()), F(0)))


@FEW
@given(SEEDS)
def test_parting_changes_no_total(seed: int) -> None:
    before = scattered(seed, shared=True)
    after = parted(before)
    one, other = told(before), told(after)
    for name, value in one.declared.parts.items():
        assert float(value) == pytest.approx(float(other.declared.parts[name]), abs=slack(one))
    assert float(one.declared.value) == pytest.approx(float(other.declared.value), abs=slack(one))


@FEW
@given(SEEDS)
def test_the_gate_figure_is_that_of_the_system_without_later_stages(seed: int) -> None:
    before = scattered(seed, shared=False)
    kept = tuple(one for one in before.exchanges if STAGES.index(one.stage) < 4)
    alone = replace(before, exchanges=kept, boundary=GATE)
    names = reached(alone)
    alone = replace(
        alone,
        processes=tuple(one for one in alone.processes if one.id in names),
        exchanges=tuple(one for one in kept if one.process in names),
    )
    whole = told(parted(before))
    lines = any(one.is_line for one in alone.exchanges)
    gate = float(measure(alone, factors(), rules())[GATE]) if lines else 0.0
    assert float(whole.figures[GATE].value) == pytest.approx(gate, abs=slack(whole))


@FEW
@given(SEEDS)
def test_parting_twice_is_parting_once(seed: int) -> None:
    once = parted(scattered(seed, shared=True))
    assert parted(once) == once
    assert astride(once) == ()


@FEW
@given(SEEDS)
def test_gate_and_later_stages_make_the_whole(seed: int) -> None:
    result = told(parted(scattered(seed, shared=True)))
    gate, whole = (result.figures[name] for name in (GATE, GRAVE))
    later = [one for one in whole.lines if one.side == "after"]
    headline = whole.headline
    assert gate.total(headline) + sum((x.value(headline) for x in later), F(0)) == whole.value
    assert figures_of(result.lines, GRAVE, rules())[GATE].value == gate.value


# --- from a model ---------------------------------------------------------------------------------


def sweetened(model: ProductModel) -> ProductModel:
    """The sparkling water whose drinker takes a little more sugar."""
    link_rule = next(rule for rule in model.exchanges if rule.id == "sugar-link")
    more = replace(link_rule, id="sweetening", stage="distribution", origin=FromProcess("refinery"))
    return replace(model, exchanges=(*model.exchanges, more))


def test_a_model_is_parted_when_it_is_built() -> None:
    cover = {**site().cover, "boundary": Cell(GRAVE, "", Where())}
    whole = build(site(cover=cover), sweetened(MODEL), ruleset.load("iso14067-generic"))
    plain = build(site(), MODEL, ruleset.load("iso14067-generic"))
    assert whole.system is not None and plain.system is not None
    cane = {one.id: one for one in whole.system.exchanges}
    assert cane["cane"].stage == "raw-materials"
    assert cane["cane.distribution"].stage == "distribution"
    assert cane["cane.distribution"].process == "refinery.distribution"
    gate, grave = (footprint(one.system).figures for one in (plain, whole) if one.system)
    assert float(gate[GATE].value) == pytest.approx(float(grave[GATE].value), rel=1e-9)

"""Year on year: the change is split without remainder, and few lines are looked at again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from labels.cli.comparing import to_json
from labels.verification.materiality import changed
from labels.verification.yearly import ASPECTS, Yearly, compare_years, triggers
from lca import ruleset, system_file
from lca.footprint import Footprint
from lca.inventory import GATE, GRAVE, Exchange
from lca.outcome import State
from lca.result import Line
from tests.labels.verification.casework import (
    ENERGY,
    OUTPUT,
    edited,
    filled,
    handed,
    library,
    value_of,
)

MONTHS = range(7, 19)


def state(data: bytes) -> State:
    system = system_file.read(handed(data).system)
    return State(system, ruleset.load(system.ruleset))


@cache
def next_year() -> bytes:
    """A typical update: two per cent more glass, two per cent more gas, customers further away."""
    cells: dict[tuple[str, str], float] = {}
    for row in range(21, 33):
        place = (OUTPUT, f"E{row}")
        cells[place] = round(float(str(value_of(filled(), place))) * 1.02, 3)
    for column in MONTHS:
        place = (ENERGY, f"{get_column_letter(column)}11")
        cells[place] = round(float(str(value_of(filled(), place))) * 1.02, 3)
    cells[OUTPUT, "E16"] = 260
    return edited(filled(), cells)


@cache
def update() -> Yearly:
    return compare_years(state(filled()), state(next_year()), library())


def test_the_steps_sum_to_the_change_of_every_figure() -> None:
    found = update()
    old, new = handed(filled()).computed, handed(next_year()).computed
    assert set(found.bridges) == set(new.figures)
    for name, made in found.bridges.items():
        assert made.before == old.figures[name].value
        assert made.after == new.figures[name].value
        assert sum((step.value for step in made.steps), made.before) == made.after
        assert {step.id for step in made.steps} <= set(ASPECTS)


def test_more_output_lowers_and_a_longer_road_raises() -> None:
    steps = {step.id: step.value for step in update().bridges[GATE].steps}
    assert steps["output"] < 0
    assert "factor" not in steps
    assert "method" not in steps


def test_a_typical_update_asks_for_less_than_a_quarter_of_the_lines() -> None:
    found = update()
    assert 0 < len(found.again) < found.lines / 4
    assert {one.line: set(one.reasons) for one in found.again} == {"road-home": {"amount"}}


def test_the_same_file_twice_is_no_change() -> None:
    found = compare_years(state(filled()), state(filled()), library())
    assert all(made.steps == () for made in found.bridges.values())
    assert found.again == ()
    assert found.triggers == ()


def test_triggers_are_named() -> None:
    """Another maker, another boundary, a figure that moved by more than a tenth."""
    one = state(filled())
    gas = next(x for x in one.system.exchanges if x.id == "gas-burnt")
    system = replace(
        one.system,
        product={**one.system.product, "maker": {"id": "another", "name": {}}},
        exchanges=tuple(
            replace(x, amount=x.amount * 2) if x is gas else x for x in one.system.exchanges
        ),
    )
    found = compare_years(one, State(system, one.rules), library())
    codes = {one.code for one in found.triggers}
    assert codes == {"CHANGE-FIGURE", "CHANGE-TRIGGER"}
    assert "gas-burnt" in {again.line for again in found.again}
    figures = {dict(f.params)["figure"] for f in found.triggers if f.code == "CHANGE-FIGURE"}
    assert figures == set(found.bridges)


def test_the_json_holds_exact_decimals() -> None:
    told = to_json(update())
    for figure in told["figures"]:
        steps = sum((Fraction(step["value"]) for step in figure["steps"]), Fraction(0))
        assert Fraction(figure["before"]) + steps == Fraction(figure["after"])


# --- what opens a case again ----------------------------------------------------------------------


def made() -> Footprint:
    return handed(filled()).computed


def with_system(**changes: Any) -> Footprint:
    return replace(made(), system=replace(made().system, **changes))


def new_site() -> Footprint:
    ledger = made().system.ledger
    return with_system(
        ledger={**ledger, "sites": [*ledger["sites"], {"id": "S2", "country": "CN"}]}
    )


def new_process() -> Footprint:
    several = made().system.processes
    return with_system(processes=(*several, replace(several[0], id="pickling")))


def other_line(line: Line, **changes: Any) -> Footprint:
    """One line of every figure with another factor or exchange."""
    fresh = replace(line, **changes)

    lines = tuple(fresh if one.id == line.id else one for one in made().lines)
    return replace(made(), lines=lines)


def gas() -> Line:
    return next(one for one in made().lines if one.id == "gas-burnt")


def new_fuel() -> Footprint:
    return other_line(gas(), factor=library().get("coal-bituminous-cn-combustion"))


def supplied(name: str) -> Footprint:
    """The gas line as if it were a supplier's own figure: it makes more than a tenth."""
    factor = gas().factor
    assert factor is not None
    own = replace(factor, id="own:soda-b9", category="supplier", activity_en=name)
    return other_line(gas(), factor=own, exchange=replace(gas().exchange, factor_kind="supplier"))


def other_rules() -> Footprint:
    return replace(made(), rules=replace(made().rules, edition="2030-1"))


TRIGGERS: dict[str, tuple[Callable[[], Footprint], Callable[[], Footprint]]] = {
    "site": (made, new_site),
    "process": (made, new_process),
    "fuel": (made, new_fuel),
    "main-supplier": (lambda: supplied("Glass (A)"), lambda: supplied("Glass (B)")),
    "rule-set": (made, other_rules),
    "owner": (made, lambda: with_system(product={**made().system.product, "maker": {"id": "x"}})),
    "model": (made, lambda: with_system(model={"id": "glass-bottle", "version": "9"})),
    "boundary": (made, lambda: with_system(boundary="cradle-to-gate")),
}


@pytest.mark.parametrize("what", TRIGGERS)
def test_each_trigger_is_named_and_no_other(what: str) -> None:
    before, after = (make() for make in TRIGGERS[what])
    found = [dict(one.params)["what"] for one in triggers(before, after)]
    assert found == [what]
    # The control: neither side against itself opens anything.
    assert list(triggers(before, before)) == list(triggers(after, after)) == []


@pytest.mark.parametrize(("times", "opens"), [("1.099", False), ("1.101", True), ("0.89", True)])
def test_a_tenth_of_the_gate_figure_opens_a_case(times: str, opens: bool) -> None:
    """Alone, without the larger figure moving by as much."""
    gate, grave = made().figures[GATE], made().figures[GRAVE]
    values = {GATE: gate.value, GRAVE: grave.value * 100}
    after = {**values, GATE: gate.value * Fraction(times)}
    found = changed(values, after, made().rules.change_threshold)
    assert [dict(one.params)["figure"] for one in found] == ([GATE] if opens else [])


LINES = ("electricity", "carbonates", "road-home", "gas-burnt")
TIMES = st.fractions(Fraction(1, 2), Fraction(2), max_denominator=50)
PLACES = st.dictionaries(st.sampled_from(LINES), TIMES, min_size=1)


@settings(max_examples=6)
@given(PLACES, st.booleans(), st.booleans())
def test_any_change_is_split_without_remainder(
    times: dict[str, Fraction], cut: bool, swap: bool
) -> None:
    """Amounts, the boundary and a factor change together; the steps sum to the change exactly."""
    one = state(filled())
    exchanges = tuple(
        replace(x, amount=x.amount * times.get(x.id, Fraction(1))) for x in one.system.exchanges
    )
    if swap:
        coal = "coal-bituminous-cn-combustion"
        exchanges = tuple(
            replace(x, from_factor=coal) if x.id == "gas-burnt" else x for x in exchanges
        )
    system = replace(one.system, exchanges=exchanges)
    other = State(replace(system, boundary=GATE) if cut else system, one.rules)
    found = compare_years(one, other, library())
    for bridge in found.bridges.values():
        assert sum((step.value for step in bridge.steps), bridge.before) == bridge.after
    steps = {step.id for bridge in found.bridges.values() for step in bridge.steps}
    assert ("boundary" in steps) == cut
    assert ("factor" in steps) == swap


def updated(seed: int) -> State:
    """A year later: every amount moves by a few per cent, one line in ten by up to a fifth."""
    rng, one = random.Random(seed), state(filled())

    def moved(x: Exchange) -> Exchange:
        spread = 0.2 if rng.random() < 0.1 else 0.04
        return replace(x, amount=x.amount * Fraction(round(1 + rng.uniform(-spread, spread), 4)))

    exchanges = tuple(moved(x) if x.is_line else x for x in one.system.exchanges)
    return State(replace(one.system, exchanges=exchanges), one.rules)


def test_typical_updates_ask_for_less_than_a_quarter_of_the_lines() -> None:
    """Over made-up years; the control is a year in which everything doubled: it asks for more."""
    one = state(filled())
    shares, counts = [], []
    for seed in range(4):
        found = compare_years(one, updated(seed), library())
        shares.append(len(found.again) / found.lines)
        counts.append(len(found.again))
    assert sum(shares) / len(shares) < 0.25
    doubled = tuple(replace(x, amount=x.amount * 2) for x in one.system.exchanges)
    twice = compare_years(one, State(replace(one.system, exchanges=doubled), one.rules), library())
    assert len(twice.again) > max(counts)

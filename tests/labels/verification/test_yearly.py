"""Year on year: the change is split without remainder, and few lines are looked at again."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

from openpyxl.utils import get_column_letter

from labels.cli.comparing import to_json
from labels.verification.yearly import ASPECTS, Yearly, compare_years
from lca import ruleset, system_file
from lca.inventory import GATE
from lca.outcome import State
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

"""Thinking along where the examples cannot show it; all else is in tests/seeded_errors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction as F
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from factors.units import unit
from lca.ledger import Account
from lca.model import load
from lca.submission import AccountEntry, Cell
from lca.thinking import flows, months
from lca.thinking.case import Row
from lca.thinking.meters import RATIOS
from lca.thinking.months import Series

SEASON = (0.7, 0.65, 0.8, 0.9, 1.0, 1.3, 1.5, 1.45, 1.1, 0.9, 0.75, 0.7)
NAMES = {"account_zh": "电", "account_en": "power"}


def series(values: list[float], metered: bool = True) -> Series:
    cells = tuple(Cell(F(value).limit_denominator(10**6)) for value in values)
    return Series.of(NAMES, "kWh", cells, metered=metered)


def codes(values: list[float], metered: bool = True) -> list[str]:
    found = months._course(series(values, metered), SEASON, frozenset(), frozenset())
    return [one.code for one in found]


def seasonal(base: float, slope: float, noise: list[float]) -> list[float]:
    return [
        1000 * (base + slope * part) * (1 + wobble)
        for part, wobble in zip(SEASON, noise, strict=True)
    ]


wobbles = st.lists(st.floats(-0.08, 0.08), min_size=12, max_size=12, unique=True)
bases, slopes = st.floats(0, 3), st.floats(0.2, 3)


@given(bases, slopes, wobbles)
def test_a_plant_that_follows_its_season_is_left_alone(
    base: float, slope: float, noise: list[float]
):
    values = seasonal(base, slope, noise)
    typed = series(values).values
    assume(all(one != other for one, other in pairwise(typed)))  # equal bills are a question
    assert codes(values) == []


@given(bases, slopes, wobbles, st.integers(0, 11), st.sampled_from([10, 0.1, 1000, 0.001, 0]))
def test_a_month_with_a_slip_is_named(
    base: float, slope: float, noise: list[float], month: int, times: float
):
    values = seasonal(base, slope, noise)
    values[month] *= times
    found = list(months._course(series(values), SEASON, frozenset(), frozenset()))
    told = [dict(one.params)["month"] for one in found if one.code == "THINK-MONTH-ODD"]
    assert told == [str(month + 1)]


@given(bases, slopes, wobbles, st.integers(3, 9), st.sampled_from([2.0, 0.5, 20.0, 0.001]))
def test_a_step_is_named_once(
    base: float, slope: float, noise: list[float], month: int, times: float
):
    values = seasonal(base, slope, [one / 4 for one in noise])
    stepped = [value * times if n >= month else value for n, value in enumerate(values)]
    assert codes(stepped) == ["THINK-MONTH-STEP"]


def test_readings_of_a_counter_are_no_monthly_use():
    total, readings = 0.0, []
    for value in seasonal(1, 1, [0.0] * 12):
        total += value
        readings.append(total)
    assert codes(readings) == ["THINK-MONTH-CUMULATIVE"]
    assert "THINK-MONTH-CUMULATIVE" not in codes(readings, metered=False)


def test_deliveries_in_lots_are_no_slips():
    assert codes([0, 0, 30, 0, 0, 28, 0, 0, 31, 0, 0, 29], metered=False) == []


@pytest.mark.parametrize("ratio", ["20", "80", "120", "600", "2000", "3500", "2.5"])
def test_ratios_of_transformers_are_known(ratio: str):
    assert F(ratio) in RATIOS


@pytest.mark.parametrize("ratio", ["83", "0.7", "41.3", "17", "1234"])
def test_other_ratios_are_not(ratio: str):
    assert F(ratio) not in RATIOS


@dataclass(frozen=True)
class Told:
    """A case with nothing but rows: all that the look at distances asks for."""

    rows: tuple[Row, ...]


def booked(name: str, group: str, measure: str, amount: F) -> Row:
    rule = replace(load("beer").accounts[0], id=name, group=group, unit=unit(measure))
    account = Account(name, measure, (amount,), names={"zh": name, "en": name})
    return Row(AccountEntry(name, "period", measure), account, rule)


@pytest.mark.parametrize(("carried", "heard"), [(250_000, False), (250, True), (25 * 10**9, True)])
def test_the_mean_distance_is_on_this_planet(carried: int, heard: bool):
    told = Told((booked("malt", "materials", "t", F(1000)),
                 booked("freight", "transport", "t·km", F(carried))))  # fmt: skip
    found = list(flows._transport(told))  # type: ignore[arg-type]
    assert [one.code for one in found] == ["THINK-DISTANCE-MEAN"] * heard

"""The measurement of the sampling plan, in small; the whole one is a command."""

from __future__ import annotations

import random
from functools import partial

import pytest

from tests.labels.verification import curve, curve_page
from tests.labels.verification.casework import filled, handed
from tests.labels.verification.measure import Score, made_up, of_example, page, score
from tests.seeded_errors import corpus, places
from tests.seeded_errors.amounts import scaled
from tests.seeded_errors.fault import Kind, at


def test_a_plan_finds_what_is_material_and_looks_at_a_fifth() -> None:
    template = next(iter(of_example(handed(filled()).computed).values()))[0]
    found = score("made up", partial(made_up, template, count=150), 40, "test")
    assert found.looked <= 0.20
    assert found.found >= 0.95
    assert found.at(found.looked) > 4 * found.looked


def test_a_plan_that_looks_nowhere_finds_nothing() -> None:
    """The control: the score is of what is looked at, not of what was planted."""
    template = next(iter(of_example(handed(filled()).computed).values()))[0]
    found = score("made up", partial(made_up, template, count=150), 10, "test")
    assert found.at(0.0) == 0.0
    blind = Score("blind", tuple(type(one)(0.0, False, 1.0) for one in found.trials))
    assert blind.found == 0.0
    assert "0.0%" in page([blind])


def planted(times: float, *accounts: str) -> list[curve.Wrong]:
    """Rows of the glass bottle's workbook, each out by a factor."""
    book = corpus.clean("glass-bottle")
    rows = [line for line in places.accounts(book) if line.id in accounts]
    found = [at("slip", Kind.NOTHING, scaled(row, times)) for row in rows]
    return [one for one in (curve.wrong("glass-bottle", slip) for slip in found) if one]


def test_errors_in_a_workbook_are_found_sooner_than_by_chance() -> None:
    """Two accounts half again as large: the plan's order against a random sample of its size."""
    several = planted(1.5, "natural_gas", "electricity")
    made = curve.handed("glass-bottle", [one.planted for one in several])
    assert made is not None
    assert any(one.material for one in several)
    told = curve.told("glass-bottle", several, made.made, "0" * 64)
    assert told["left"] < 0.05
    pairs = curve_page.errors([told])
    assert all(one["found"] for _, one in pairs)
    for unit in (curve_page.LINES, curve_page.SETS):
        assert curve_page.by_plan(pairs, unit, 0.2) == 1.0
        assert curve_page.by_chance(pairs, unit, 0.2) < 0.8  # the control
    assert "100%" in curve_page.page([told])
    assert curve_page.picture([told]).count("<polyline") == 4


def test_what_moves_nothing_is_not_material() -> None:
    """The control: the same rows, out by nothing."""
    assert not any(one.material or one.lines for one in planted(1.0, "natural_gas"))


def test_chance_is_that_of_drawing_one_of_the_marked() -> None:
    rng = random.Random(1)
    draws = [bool({0, 1} & set(rng.sample(range(10), 3))) for _ in range(4000)]
    assert curve_page.random_share(2, 10, 3) == pytest.approx(sum(draws) / 4000, abs=0.03)
    assert curve_page.random_share(0, 10, 3) == 0
    assert curve_page.random_share(10, 10, 1) == 1

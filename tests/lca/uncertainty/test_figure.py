"""A figure by sampling, first order and limits: shared factors, fixed lines, common numbers."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import pytest

from lca.result import Figure
from lca.uncertainty.difference import difference
from lca.uncertainty.distributions import Lognormal, Uniform
from lca.uncertainty.figure import limits, multiplier, results, study, uncertain
from tests.lca.systems import Doc, document, footprint, gwp, line, own, process

RUNS = 20_000
GSD = 1.2


def beer(malt: str = "3", glass: str = "4", **more: str) -> Figure:
    """Two lines on one factor, one on another, one on a factor without a spread."""
    lines: list[Doc] = [
        line("malt", "p", "own:grain", malt),
        line("rice", "p", "own:grain", "2"),
        line("glass", "p", "own:glass", glass),
        line("cap", "p", "own:cap", more.get("cap", "0.1")),
    ]
    factors = [
        own("grain", uncertainty=f"lognormal gsd={GSD}"),
        own("glass", uncertainty="relative 30%"),
        own("cap"),
    ]
    return footprint(document([process("p")], lines, factors=factors)).declared


def test_a_factor_on_two_lines_is_drawn_once() -> None:
    found = uncertain(beer(), gwp())
    assert set(found.quantities) == {"factor:own:grain", "factor:own:glass"}
    assert {names: value for value, names in found.terms} == {
        ("factor:own:grain",): 5.0,
        ("factor:own:glass",): 4.0,
        (): pytest.approx(0.1),
    }
    grain = sqrt(exp(log(GSD) ** 2) - 1) * exp(log(GSD) ** 2 / 2)
    together = sqrt((5 * grain) ** 2 + (4 * 0.3 / sqrt(3)) ** 2)
    apart = sqrt((3 * grain) ** 2 + (2 * grain) ** 2 + (4 * 0.3 / sqrt(3)) ** 2)
    drawn = results([found], 200_000, 1)[0]
    assert drawn.std() == pytest.approx(together, rel=0.01)
    assert drawn.std() > 1.02 * apart


def test_the_sample_has_the_closed_form_of_its_mean() -> None:
    found = study(beer(), gwp(), RUNS, 1)
    mean = 5 * exp(log(GSD) ** 2 / 2) + 4 + 0.1
    assert found.sample.mean == pytest.approx(mean, abs=4 * found.sample.mean_error)
    assert found.uncertain.value == pytest.approx(9.1)
    assert found.uncertain.covers == pytest.approx(9 / 9.1)
    assert found.limits[0] < found.sample.low.value < found.sample.median.value
    assert found.sample.median.value < found.sample.high.value < found.limits[1]


def test_threads_do_not_change_a_bit() -> None:
    found = uncertain(beer(), gwp())
    one, two = (results([found], 3 * RUNS, 1, threads=count) for count in (1, 2))
    assert np.array_equal(one, two)


def test_another_seed_is_another_sample_of_the_same() -> None:
    one, other = (study(beer(), gwp(), RUNS, seed).sample for seed in (1, 2))
    assert one.mean != other.mean
    assert one.mean == pytest.approx(other.mean, abs=4 * one.mean_error)


def test_results_are_linear_in_the_figure() -> None:
    one = results([uncertain(beer(), gwp())], 1000, 1)
    twice = results([uncertain(beer("8", "8", cap="0.2"), gwp())], 1000, 1)
    assert twice == pytest.approx(2 * one)


def test_amounts_are_drawn_where_the_caller_says_so() -> None:
    shapes = {"glass": Lognormal(1.0, 1.5)}
    found = uncertain(beer(), gwp(), shapes)
    assert "amount:glass" in found.quantities
    plain = results([uncertain(beer(), gwp())], RUNS, 1)
    assert results([found], RUNS, 1).std() > 1.5 * plain.std()


def test_limits_are_the_ends_of_every_quantity_at_once() -> None:
    found = uncertain(beer(), gwp())
    grain = GSD**1.959964
    low, high = limits(found)
    assert low == pytest.approx(5 / grain + 4 * (1 - 0.3 * 0.95) + 0.1, rel=1e-6)
    assert high == pytest.approx(5 * grain + 4 * (1 + 0.3 * 0.95) + 0.1, rel=1e-6)


@pytest.mark.parametrize(
    ("stated", "shape"),
    [
        ("lognormal gsd=1.3", Lognormal(1.0, 1.3)),
        ("relative 50%", Uniform(0.5, 1.5)),
        ("range 0.5..2", Uniform(0.5, 2.0)),
        ("", None),
    ],
)
def test_stated_spreads_become_multipliers(stated: str, shape: object) -> None:
    more = {"uncertainty": stated} if stated else {}
    doc = document([process("p")], [line("a", "p", "own:a", "1")], factors=[own("a", **more)])
    row = footprint(doc).declared.lines[0].factor
    assert row is not None
    assert multiplier(row, gwp()) == shape


def test_little_known_is_said() -> None:
    assert "covers" in study(beer(cap="9"), gwp(), RUNS).remarks
    assert "covers" not in study(beer(), gwp(), RUNS).remarks


def test_few_runs_are_said() -> None:
    assert "runs" in study(beer(), gwp(), 200).remarks
    assert "runs" not in study(beer(), gwp(), RUNS).remarks


def test_why_the_ways_differ_is_said() -> None:
    # One rectangle ends at its limits, not at 1.96 standard uncertainties; two shapes do not.
    doc = document([process("p")], [line("a", "p", "own:a", "1")],
                   factors=[own("a", uncertainty="relative 30%")])  # fmt: skip
    lone = study(footprint(doc).declared, gwp(), RUNS).remarks
    assert "shape" in lone and "wide" not in lone
    many = [own(f"f{n}", uncertainty="lognormal gsd=1.1") for n in range(9)]
    lines = [line(f"l{n}", "p", f"own:f{n}", "1") for n in range(9)]
    doc = document([process("p")], lines, factors=many)
    crowd = study(footprint(doc).declared, gwp(), RUNS).remarks
    assert "wide" in crowd and "shape" not in crowd


def test_without_any_spread_the_figure_stands_alone() -> None:
    doc = document([process("p")], [line("a", "p", "own:a", "2")], factors=[own("a")])
    found = study(footprint(doc).declared, gwp(), 1000)
    assert found.limits == (2.0, 2.0)
    assert (found.sample.sd, found.sample.mean) == (0.0, 2.0)
    assert found.uncertain.covers == 0


def test_a_shared_factor_does_not_blur_a_difference() -> None:
    one, other = uncertain(beer(), gwp()), uncertain(beer(malt="3.1"), gwp())
    found = difference(other, one, RUNS, 1)
    assert found.shared == ("factor:own:glass", "factor:own:grain")
    assert found.verdict == "higher"
    assert found.lower == 0.0
    # Each figure alone spreads over twenty times that difference.
    assert study(beer(), gwp(), RUNS).sample.sd > 8 * found.sample.sd


def test_what_cannot_be_told_stays_open() -> None:
    one, other = uncertain(beer(), gwp()), uncertain(beer(malt="2", glass="5"), gwp())
    found = difference(one, other, RUNS, 1)
    assert found.verdict == "open"
    assert 0.05 < found.lower < 0.95
    turned = difference(other, one, RUNS, 1)
    assert turned.lower == pytest.approx(1 - found.lower)
    assert turned.sample.mean == pytest.approx(-found.sample.mean)

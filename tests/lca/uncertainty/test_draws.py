"""Draws: the same numbers for the same name, whatever else is drawn and on however many threads."""

from __future__ import annotations

import numpy as np
import pytest

from factors.errors import FactorError
from lca.uncertainty.distributions import Distribution, Fixed, Lognormal, Normal, Uniform
from lca.uncertainty.draws import Correlation, Plan, drawn
from lca.uncertainty.streams import CHUNK, stream

RUNS = CHUNK + 777


def test_a_quantity_draws_the_same_numbers_in_any_company() -> None:
    alone = drawn(Plan({"b": Lognormal(1, 1.2)}, RUNS, 5))[0]
    together = drawn(Plan({"a": Normal(0, 1), "b": Lognormal(1, 1.2), "c": Uniform(0, 1)}, RUNS, 5))
    turned = drawn(Plan({"c": Uniform(0, 1), "b": Lognormal(1, 1.2), "a": Normal(0, 1)}, RUNS, 5))
    assert np.array_equal(alone, together[1])
    assert np.array_equal(together, turned[::-1])


def test_fewer_runs_are_the_first_of_more() -> None:
    many = drawn(Plan({"a": Normal(0, 1)}, RUNS, 5))[0]
    assert np.array_equal(drawn(Plan({"a": Normal(0, 1)}, 100, 5))[0], many[:100])


def test_seed_name_and_chunk_all_matter() -> None:
    first = stream(1, "a", 0).standard_normal(8)
    for other in (stream(2, "a", 0), stream(1, "b", 0), stream(1, "a", 1)):
        assert not np.array_equal(first, other.standard_normal(8))
    assert np.array_equal(first, stream(1, "a", 0).standard_normal(8))


def test_the_stream_is_pinned() -> None:
    # A published seed must show the same numbers years later.
    found = stream(42, "factor:example", 0).standard_normal(3)
    assert found.tolist() == pytest.approx(PINNED, rel=0, abs=0)


def test_correlation_is_met_and_leaves_the_others_alone() -> None:
    tied = Correlation(("a", "b"), np.array([[1, 0.7], [0.7, 1]]))
    shapes: dict[str, Distribution] = {
        "a": Lognormal(1, 1.2),
        "b": Lognormal(3, 1.5),
        "c": Normal(0, 1),
    }
    found = drawn(Plan(shapes, 100_000, 1, (tied,)))
    loose = drawn(Plan(shapes, 100_000, 1))
    assert np.corrcoef(np.log(found[:2]))[0, 1] == pytest.approx(0.7, abs=0.01)
    assert np.corrcoef(np.log(loose[:2]))[0, 1] == pytest.approx(0.0, abs=0.02)
    assert np.array_equal(found[2], loose[2])
    assert np.log(found[1]).std() == pytest.approx(np.log(1.5), rel=0.01)


def test_full_correlation_moves_together() -> None:
    tied = Correlation(("a", "b"), np.ones((2, 2)))
    found = drawn(Plan({"a": Normal(0, 1), "b": Normal(5, 2)}, 1000, 1, (tied,)))
    assert found[1] == pytest.approx(5 + 2 * found[0])


@pytest.mark.parametrize(
    ("names", "matrix"),
    [
        (("a", "b"), [[1, 2], [2, 1]]),
        (("a", "b"), [[1, 0.5], [0.4, 1]]),
        (("a", "b"), [[2, 0], [0, 1]]),
        (("a", "a"), [[1, 0], [0, 1]]),
        (("a",), [[1, 0], [0, 1]]),
        (("a", "b"), [[1, np.nan], [np.nan, 1]]),
    ],
)
def test_impossible_correlations_are_refused(names: tuple[str, ...], matrix: list[object]) -> None:
    with pytest.raises(FactorError) as caught:
        Correlation(names, np.array(matrix, dtype=float))
    assert caught.value.findings[0].code == "SPREAD-CORRELATION"


@pytest.mark.parametrize("names", [("a", "x"), ("a", "c")])
def test_unknown_and_fixed_quantities_are_not_correlated(names: tuple[str, ...]) -> None:
    shapes: dict[str, Distribution] = {"a": Normal(0, 1), "c": Fixed(1)}
    with pytest.raises(FactorError) as caught:
        drawn(Plan(shapes, 10, 1, (Correlation(names, np.eye(2)),)))
    assert caught.value.findings[0].code == "SPREAD-CORRELATION"


@pytest.mark.parametrize("runs", [0, -1, 10_000_001])
def test_an_impossible_number_of_runs_is_refused(runs: int) -> None:
    with pytest.raises(FactorError) as caught:
        Plan({"a": Normal(0, 1)}, runs)
    assert caught.value.findings[0].code == "SPREAD-RUNS"


PINNED = [-0.5738162916819256, 0.6395343477084083, 0.40945479275453184]

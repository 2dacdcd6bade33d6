"""Quantiles with their own error: they cover what they say they cover, and say when it will do."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import binom

from lca.uncertainty.sample import FEWEST, quantile, summary

RUNS = 2_000


@pytest.mark.parametrize("share", [0.025, 0.5, 0.9])
def test_limits_of_a_quantile_hold_its_true_value_95_times_in_100(share: float) -> None:
    truth, trials, held = float(ndtri(share)), 1_000, 0
    for seed in range(trials):
        ordered = np.sort(np.random.default_rng(seed).standard_normal(400))
        found = quantile(ordered, share)
        held += found.low <= truth <= found.high
    # 950 expected; the rule is conservative. Five standard deviations below would be 916.
    assert 930 <= held <= 995


def test_summary_of_a_known_sample() -> None:
    found = summary(np.arange(10_001.0) + 100_000, seed=7)
    assert (found.runs, found.seed) == (10_001, 7)
    assert found.mean == found.median.value == 105_000
    assert (found.low.value, found.high.value) == (100_250, 109_750)
    assert found.low.low < found.low.value < found.low.high
    assert found.mean_error == pytest.approx(found.sd / np.sqrt(10_001))


def test_few_and_wild_runs_have_not_converged() -> None:
    rng = np.random.default_rng(1)
    calm = 10 + rng.standard_normal(20_000) / 10
    assert summary(calm, 0).converged
    assert not summary(calm[:999], 0).converged
    assert not summary(np.exp(2 * rng.standard_normal(RUNS)), 0).converged


def test_the_order_of_the_runs_does_not_matter() -> None:
    drawn = np.random.default_rng(1).standard_normal(RUNS)
    one, other = summary(drawn, 0), summary(drawn[::-1], 0)
    assert (one.median, one.low, one.high) == (other.median, other.low, other.high)


def test_one_run_is_no_sample_but_no_error_either() -> None:
    found = summary(np.array([3.0]), 0)
    assert (found.mean, found.sd, found.converged) == (3.0, 0.0, False)


@pytest.mark.parametrize("count", [40, 100, 999, 1_000, 10_000])
@pytest.mark.parametrize("share", [0.025, 0.3, 0.5, 0.975])
def test_limits_are_the_order_statistics_of_the_binomial(count: int, share: float) -> None:
    """Each side leaves at most 2.5 %, and two ranks further in it would leave more."""
    found = quantile(np.arange(1.0, count + 1), share)
    below, above = round(found.low), round(found.high)
    known = binom(count, share)
    if below > 1:
        assert known.cdf(below - 1) <= 0.025
    if above < count:
        assert known.sf(above - 1) <= 0.025
    assert known.cdf(below + 2) > 0.025
    assert known.sf(above - 4) > 0.025
    assert found.share == share


def test_a_small_sample_by_hand() -> None:
    found = summary(np.array([1.0, 2.0, 4.0]), seed=0)
    assert found.sd == pytest.approx(sqrt(7 / 3))
    assert summary(np.array([1.0, 2.0]), seed=0).sd == pytest.approx(sqrt(0.5))
    assert summary(np.full(FEWEST, 2.0), seed=0).converged
    assert not summary(np.full(FEWEST - 1, 2.0), seed=0).converged

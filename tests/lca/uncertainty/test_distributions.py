"""Shapes: closed forms of mean and spread against their own quantiles, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from factors.errors import FactorError
from lca.uncertainty.distributions import (
    Arcsine,
    Distribution,
    Fixed,
    Lognormal,
    Normal,
    Triangular,
    Uniform,
    scaled,
)

SHAPES: tuple[Distribution, ...] = (
    Fixed(3.0),
    Normal(-1.0, 2.0),
    Lognormal(2.0, 1.3),
    Lognormal(-2.0, 1.3),
    Uniform(-1.0, 4.0),
    Triangular(0.0, 1.0, 5.0),
    Triangular(0.0, 0.0, 5.0),
    Triangular(0.0, 5.0, 5.0),
    Arcsine(-1.0, 3.0),
)
POINTS = 400_000


def values(shape: Distribution) -> np.ndarray:
    """The values at the middles of equal shares: an integral without random numbers."""
    scores = ndtri((np.arange(POINTS) + 0.5) / POINTS)
    shape.turn(scores)
    return np.asarray(scores)


@pytest.mark.parametrize("shape", SHAPES, ids=repr)
def test_closed_forms_are_the_integrals_of_the_quantiles(shape: Distribution) -> None:
    found = values(shape)
    assert found.mean() == pytest.approx(shape.mean, rel=1e-4, abs=1e-9)
    assert found.std() == pytest.approx(shape.sd, rel=1e-3, abs=1e-9)


@pytest.mark.parametrize("shape", SHAPES, ids=repr)
def test_values_stay_within_their_limits_and_grow_with_the_score(shape: Distribution) -> None:
    found = values(shape)
    low, high = shape.limits
    assert low - 1e-12 <= found.min()
    assert found.max() <= high + 1e-12
    steps = np.diff(found)
    mirrored = isinstance(shape, Lognormal) and shape.median < 0
    assert np.all((-steps if mirrored else steps) >= -1e-12)


@given(st.sampled_from(SHAPES), st.floats(-1e3, 1e3).filter(lambda x: abs(x) > 1e-3))
def test_scaling_scales_mean_and_spread(shape: Distribution, by: float) -> None:
    other = scaled(shape, by)
    assert other.mean == pytest.approx(shape.mean * by)
    assert other.sd == pytest.approx(shape.sd * abs(by))


def test_lognormal_spreads_by_its_gsd() -> None:
    scores = np.array([-1.0, 0.0, 1.0])
    Lognormal(10.0, 1.2).turn(scores)
    assert scores == pytest.approx([10 / 1.2, 10, 12])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Fixed(nan),
        lambda: Normal(0, 0),
        lambda: Normal(inf, 1),
        lambda: Normal(0, -1),
        lambda: Lognormal(0, 1.2),
        lambda: Lognormal(1, 1),
        lambda: Lognormal(1, 0.9),
        lambda: Lognormal(1, nan),
        lambda: Uniform(2, 1),
        lambda: Uniform(1, 1),
        lambda: Uniform(-inf, 1),
        lambda: Triangular(0, 6, 5),
        lambda: Triangular(0, -1, 5),
        lambda: Arcsine(1, 0),
    ],
)
def test_impossible_numbers_are_refused(make: Callable[[], Distribution]) -> None:
    with pytest.raises(FactorError) as caught:
        make()
    assert caught.value.findings[0].code == "SPREAD-NUMBERS"

"""First and second order: the worked examples of the guide, and sampling as a second opinion."""

from __future__ import annotations

import cmath
from collections.abc import Mapping
from math import inf, sqrt

import numpy as np
import pytest

from lca.uncertainty.distributions import Arcsine, Distribution, Lognormal, Normal, Uniform
from lca.uncertainty.draws import Plan, drawn
from lca.uncertainty.propagation import (
    Measured,
    covariance,
    product_rule,
    propagate,
    sum_rule,
)


def gauge(x: Mapping[str, complex]) -> complex:
    """Length of an end gauge, nm (JCGM 100:2008, H.1)."""
    warm = x["delta_alpha"] * (x["theta_bar"] + x["Delta"]) + x["alpha_s"] * x["delta_theta"]
    return x["l_s"] + x["d0"] + x["d1"] + x["d2"] - x["l_s"] * warm


GAUGE = {
    "l_s": Measured(50_000_623, 25, 18),
    "d0": Measured(215, 5.8, 24),
    "d1": Measured(0, 3.9, 5),
    "d2": Measured(0, 6.7, 8),
    "alpha_s": Measured(11.5e-6, Uniform(-2e-6, 2e-6).sd),
    "theta_bar": Measured(-0.1, 0.2),
    "Delta": Measured(0, Arcsine(-0.5, 0.5).sd),
    "delta_alpha": Measured(0, Uniform(-1e-6, 1e-6).sd, 50),
    "delta_theta": Measured(0, Uniform(-0.05, 0.05).sd, 2),
}


def test_end_gauge_of_the_guide() -> None:
    found = propagate(gauge, GAUGE)
    assert found.value == pytest.approx(50_000_838, abs=0.5)
    assert found.components == pytest.approx(
        {
            "l_s": 25,
            "d0": 5.8,
            "d1": 3.9,
            "d2": 6.7,
            "alpha_s": 0,
            "theta_bar": 0,
            "Delta": 0,
            "delta_alpha": 2.88679,
            "delta_theta": -16.599,
        },
        abs=5e-4,
    )
    assert round(found.u) == 32
    assert int(found.freedom) == 16
    assert found.u_second is not None
    assert round(found.u_second) == 34


def test_sampling_finds_the_second_order_of_the_end_gauge() -> None:
    shapes: dict[str, Distribution] = {
        **{name: Normal(one.value, one.u) for name, one in GAUGE.items()},
        "alpha_s": Uniform(9.5e-6, 13.5e-6),
        "delta_alpha": Uniform(-1e-6, 1e-6),
        "delta_theta": Uniform(-0.05, 0.05),
        "Delta": Arcsine(-0.5, 0.5),
    }
    rows = dict(zip(shapes, drawn(Plan(shapes, 200_000, 1)), strict=True))
    sample = np.asarray(gauge(rows))
    second = propagate(gauge, GAUGE).u_second
    assert sample.std() == pytest.approx(second, rel=0.01)


IMPEDANCE = {
    "V": Measured(4.9990, 0.0032),
    "I": Measured(19.6610e-3, 0.0095e-3),
    "phi": Measured(1.04446, 0.00075),
}
TIED = {("V", "I"): -0.36, ("V", "phi"): 0.86, ("I", "phi"): -0.65}


def test_correlated_results_of_the_guide() -> None:
    """H.2, simultaneous resistance and reactance; the guide's own rounding is 1.5 %."""
    found = {
        "R": propagate(lambda x: x["V"] / x["I"] * cmath.cos(x["phi"]), IMPEDANCE, TIED),
        "X": propagate(lambda x: x["V"] / x["I"] * cmath.sin(x["phi"]), IMPEDANCE, TIED),
        "Z": propagate(lambda x: x["V"] / x["I"], IMPEDANCE, TIED),
    }
    assert {name: round(one.value, 3) for name, one in found.items()} == pytest.approx(
        {"R": 127.732, "X": 219.847, "Z": 254.260}, abs=1e-3
    )
    assert {name: one.u for name, one in found.items()} == pytest.approx(
        {"R": 0.071, "X": 0.295, "Z": 0.236}, rel=0.015
    )
    for pair, coefficient in (("RX", -0.588), ("RZ", -0.485), ("XZ", 0.993)):
        one, other = (found[name] for name in pair)
        shared = covariance(one.components, other.components, TIED)
        assert shared / one.u / other.u == pytest.approx(coefficient, abs=0.01)
    assert all(one.u_second is None for one in found.values())


def test_correlation_matters() -> None:
    loose = propagate(lambda x: x["V"] / x["I"], IMPEDANCE)
    tied = propagate(lambda x: x["V"] / x["I"], IMPEDANCE, TIED)
    assert tied.u > 1.1 * loose.u


def test_a_product_of_lognormals_has_the_sum_of_their_log_variances() -> None:
    shapes = {"a": Lognormal(2, 1.2), "b": Lognormal(3, 1.4), "c": Lognormal(0.5, 1.1)}
    found = np.log(np.prod(drawn(Plan(shapes, 100_000, 3)), axis=0))
    assert found.mean() == pytest.approx(np.log(3.0), abs=0.01)
    assert found.std() == pytest.approx(sqrt(sum(s.sigma**2 for s in shapes.values())), rel=0.01)


def test_published_quadrature_rules() -> None:
    assert product_rule([0.05, 0.10]) == pytest.approx(0.111803, rel=1e-5)
    assert sum_rule([1000, 500, 200], [0.1, 0.2, 0.5]) == pytest.approx(0.101885, rel=1e-5)


def test_the_rules_are_first_order_propagation() -> None:
    found = propagate(lambda x: x["a"] * x["b"], {"a": Measured(3, 0.15), "b": Measured(7, 0.7)})
    assert found.u / found.value == pytest.approx(product_rule([0.05, 0.1]))
    assert found.freedom == inf
    total = propagate(lambda x: x["a"] + x["b"], {"a": Measured(3, 0.15), "b": Measured(7, 0.7)})
    assert total.u / total.value == pytest.approx(sum_rule([3, 7], [0.05, 0.1]))
    assert total.u_second == pytest.approx(total.u)

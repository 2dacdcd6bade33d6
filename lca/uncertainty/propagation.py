"""First and second order propagation for any smooth function of measured values.

The law of propagation of uncertainty (JCGM 100:2008, eq. 13), with the terms of next order that
its note to 5.1.2 gives for independent inputs, and effective degrees of freedom by Welch and
Satterthwaite (G.2b). Derivatives are taken by complex step, which loses no digits; the function
must therefore be analytic and accept complex numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import inf, sqrt

import numpy as np

Model = Callable[[Mapping[str, complex]], complex]
STEP = 1e-20


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured value.

    Attributes
    ----------
    value
        Best estimate.
    u
        Standard uncertainty.
    freedom
        Degrees of freedom of ``u``; infinite for a known spread.
    """

    value: float
    u: float
    freedom: float = inf


@dataclass(frozen=True, slots=True)
class Propagated:
    """Result of propagating uncertainty through a function.

    Attributes
    ----------
    components
        Derivative x standard uncertainty of every input, with its sign.
    u
        Combined standard uncertainty, first order.
    u_second
        The same with the terms of second order; equal for a linear function. None with correlated
        inputs, for which the guide gives no such terms.
    freedom
        Effective degrees of freedom.
    """

    value: float
    components: Mapping[str, float]
    u: float
    u_second: float | None
    freedom: float


def propagate(
    model: Model,
    inputs: Mapping[str, Measured],
    correlation: Mapping[tuple[str, str], float] | None = None,
) -> Propagated:
    """Propagate standard uncertainties through a function.

    Parameters
    ----------
    model
        Takes a mapping of values by name and returns the result; works on complex numbers.
    inputs
        Best estimates and standard uncertainties.
    correlation
        Coefficients by pair of names; pairs not named are independent.
    """
    at = {name: one.value for name, one in inputs.items()}
    components = {
        name: _derivative(model, at, name) * one.u for name, one in inputs.items() if one.u
    }
    variance = covariance(components, components, correlation or {})
    return Propagated(
        value=complex(model(at)).real,
        components=components,
        u=sqrt(variance),
        u_second=None if correlation else sqrt(variance + _second(model, at, inputs)),
        freedom=_freedom(components, inputs, variance),
    )


def covariance(
    one: Mapping[str, float],
    other: Mapping[str, float],
    correlation: Mapping[tuple[str, str], float],
) -> float:
    """Return the covariance of two results that share inputs (JCGM 100:2008, H.2.3)."""
    both = {**{(b, a): r for (a, b), r in correlation.items()}, **correlation}
    return float(
        sum(
            one[a] * other[b] * (1.0 if a == b else both.get((a, b), 0.0))
            for a, b in product(one, other)
        )
    )


def product_rule(relative: Sequence[float]) -> float:
    """Return the relative uncertainty of a product or quotient of independent quantities.

    Root of the sum of squares (IPCC 2006, vol. 1, ch. 3, eq. 3.1).
    """
    return sqrt(sum(one * one for one in relative))


def sum_rule(values: Sequence[float], relative: Sequence[float]) -> float:
    """Return the relative uncertainty of a sum of independent quantities.

    Root of the sum of squared absolute uncertainties over the sum (IPCC 2006, vol. 1, ch. 3,
    eq. 3.2).
    """
    parts = [value * one for value, one in zip(values, relative, strict=True)]
    return sqrt(sum(part * part for part in parts)) / abs(sum(values))


def _derivative(model: Model, at: Mapping[str, float], name: str) -> float:
    """Return the derivative by one input, by complex step (Squire and Trapp 1998)."""
    return complex(model({**at, name: complex(at[name], STEP)})).imag / STEP


def _second(model: Model, at: Mapping[str, float], inputs: Mapping[str, Measured]) -> float:
    """Return the sum of [f_ij^2 / 2 + f_i f_ijj] u_i^2 u_j^2.

    The derivatives of second and third order are differences of the first over one standard
    uncertainty to both sides: exact for polynomials of third degree.
    """
    spread = {name: one.u for name, one in inputs.items() if one.u}
    total = 0.0
    for i, j in product(spread, spread):
        low, here, high = (
            _derivative(model, {**at, j: at[j] + way * spread[j]}, i) for way in (-1, 0, 1)
        )
        bend = (high - low) / 2 * spread[i]
        twist = (high - 2 * here + low) * spread[i]
        total += bend * bend / 2 + here * spread[i] * twist
    return total


def _freedom(
    components: Mapping[str, float], inputs: Mapping[str, Measured], variance: float
) -> float:
    terms = sum(part**4 / inputs[name].freedom for name, part in components.items())
    with np.errstate(divide="ignore", over="ignore"):
        return float(np.divide(variance**2, terms)) if terms else inf

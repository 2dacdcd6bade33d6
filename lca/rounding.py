"""How large the terms are that a result is the rest of, and so what rounding alone can do to it.

The supply of a process can be the difference of what is asked of it and what is credited to it. If
the two are equal, the exact supply is 0 and the computed one is anything of the size of the unit
roundoff times the terms that were subtracted; everything that this process takes inherits it. A
difference between two engines then says nothing when it is put in relation to the result.

A solver that is backward stable gives the exact solution of equations whose every entry is off by a
few units of roundoff u (Oettli and Prager 1964). To first order its solution is then off by at most
(Skeel 1979; Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., 2002, chapter 7)::

    |s' - s|  <=  u t,    t = |A^-1| (|A| |s| + |f|)

``t`` is what is meant here by the terms of a supply. It is at least twice the supply itself, and it
is as large as what was subtracted on the way to it, here or anywhere upstream.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.linalg import splu

from lca.compiled import Compiled

BLOCK = 64
"""Columns of the inverse that are held at a time."""

Array = NDArray[np.float64]


def terms(compiled: Compiled, supply: Array, weights: Sequence[Sequence[float]]) -> Array:
    """Return the size of the terms behind the contribution of every column to every indicator.

    Parameters
    ----------
    supply
        Runs of every column.
    weights
        Characterisation factors; one row per indicator, one number per flow.

    Returns
    -------
    NDArray
        Not negative; shape (indicators, columns), in the units of the indicators.
    """
    places = compiled.biosphere
    factors = np.asarray(weights, dtype=np.float64)[:, places.rows]
    per_run = np.zeros((len(weights), len(compiled.columns)))
    np.add.at(per_run.T, places.cols, np.abs(factors * places.values).T)
    found: Array = per_run * _supply_terms(compiled, supply)
    return found


def _supply_terms(compiled: Compiled, supply: Array) -> Array:
    """Return ``t``, one number per column."""
    size, entries = len(compiled.columns), compiled.technosphere
    matrix = coo_array((entries.values, (entries.rows, entries.cols)), shape=(size, size)).tocsc()
    error = abs(matrix) @ np.abs(supply)
    for row, amount in compiled.demand:
        error[row] += abs(amount)
    factors, total = splu(matrix), np.zeros(size)
    moved = np.flatnonzero(error)
    for start in range(0, len(moved), BLOCK):
        rows = moved[start : start + BLOCK]
        units = np.zeros((size, len(rows)))
        units[rows, np.arange(len(rows))] = 1.0
        total += np.abs(factors.solve(units)) @ error[rows]
    return total

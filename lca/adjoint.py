"""The third engine: unit scores of a whole system, by one solve with the transposed matrix.

Where the forward engines ask how many runs a demand needs, this one asks what one unit of every
product carries, and that for all products at once::

    A^T u = g,   g = (cf B) summed over the rows,   result of a demand f = f . u

Every further demand is then a dot product, and every derivative a product of a unit score and a
supply (:mod:`lca.sensitivity`). The equation is solved by sweeps ``u <- (g - N^T u) / d`` (``d``
the diagonal, ``N`` the rest), which need no factorisation and do not fill in. They stop when every
score stands still to 1e-14 of the size of its own terms; a stop by the largest score leaves the
small ones up to 1e-9 off. Loops too strong for that go to SuperLU, in the orientation ``A^T`` that
fills in little. Either answer must then satisfy the equation.

The module shares nothing with the other engines but the compiled arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, csr_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import LinearOperator, onenormest, splu

from factors.errors import SolveError
from factors.findings import finding
from lca.compiled import Compiled

NAME = "adjoint"
STOP = 1e-14
"""A score that moves by less than this share of its own terms stands still."""

SWEEPS = 300
"""Loops that need more sweeps return so much of their product that a factorisation is cheaper."""

RESIDUAL = 1e-12
"""Largest error of an equation, relative to the sum of its absolute terms."""

CONDITION_LIMIT = 1e10
"""Beyond this a loop has lost too many digits to be worth a result."""

BALANCING = 30
"""Rounds of balancing; the condition is needed to a digit, not to twelve."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class UnitScores:
    """What one unit of the product of every column carries.

    Attributes
    ----------
    values
        kg CO2e per base unit; shape (columns, views).
    sweeps
        Number of sweeps; 0 where the system was factorised.
    residual
        Largest error of an equation, relative to its terms.
    """

    values: Array
    sweeps: int
    residual: float

    def of(self, demand: tuple[tuple[int, float], ...]) -> Array:
        """Return the result of a demand in every view; shape (views,)."""
        total: Array = np.zeros(self.values.shape[1])
        for row, amount in demand:
            total += amount * self.values[row]
        return total


def burdens(compiled: Compiled, counted: NDArray[np.bool_] | None = None) -> Array:
    """Return kg CO2e per run of every column, one column of numbers per view.

    Parameters
    ----------
    counted
        Which places of the biosphere belong to each view; shape (places, views). All places in a
        single view by default.
    """
    places = compiled.biosphere
    mask = np.ones((len(places.values), 1), dtype=np.bool_) if counted is None else counted
    weights = compiled.characterisation[places.rows] * places.values
    result = np.zeros((len(compiled.columns), mask.shape[1]))
    np.add.at(result, places.cols, weights[:, np.newaxis] * mask)
    return result


def solve(compiled: Compiled, given: Array | None = None, *, direct: bool = False) -> UnitScores:
    """Return the unit scores of a compiled system.

    Parameters
    ----------
    given
        kg CO2e per run, as :func:`burdens` returns them.
    direct
        Factorise at once.

    Raises
    ------
    SolveError
        ENGINE-SINGULAR or ENGINE-NEAR-SINGULAR, naming the processes of the loop.
    """
    matrix = _transposed(compiled)
    right = burdens(compiled) if given is None else given
    if not direct:
        values, sweeps = _swept(matrix, right)
        error = _residual(matrix, values, right)
        if sweeps < SWEEPS and error <= RESIDUAL:
            return UnitScores(values, sweeps, error)
    values = _factorised(compiled, matrix, right)
    return UnitScores(values, 0, _residual(matrix, values, right))


def _transposed(compiled: Compiled) -> csr_array:
    """Return A^T; its rows are the columns of the system."""
    entries, size = compiled.technosphere, len(compiled.columns)
    matrix = coo_array((entries.values, (entries.cols, entries.rows)), shape=(size, size)).tocsr()
    matrix.eliminate_zeros()
    return matrix


def _swept(matrix: csr_array, right: Array) -> tuple[Array, int]:
    """Return the scores after as many sweeps as they need, and that number."""
    if right.shape[1] == 1:
        # One view is a vector: SciPy multiplies that in half the time.
        values, sweeps = _swept_flat(matrix, right[:, 0])
        return values[:, np.newaxis], sweeps
    return _swept_flat(matrix, right)


def _swept_flat(matrix: csr_array, right: Array) -> tuple[Array, int]:
    """Sweep scores of shape (columns,) or (columns, views)."""
    diagonal = matrix.diagonal()
    handed = diags_array(1 / diagonal) @ (diags_array(diagonal) - matrix)
    own = (right.T / diagonal).T
    size_of = abs(handed)
    widest = float((size_of @ np.ones(len(diagonal))).max())
    most = float(np.abs(own).max(initial=0.0))
    values = own.copy()
    with np.errstate(over="ignore", invalid="ignore"):
        for sweep in range(1, SWEEPS):
            after = own + handed @ values
            moved = np.abs(after - values)
            # No terms are larger than this; before it is met there is no need to add them up.
            bound = most + widest * float(np.abs(after).max(initial=0.0))
            if moved.max(initial=0.0) <= STOP * bound:
                terms = np.abs(own) + size_of @ np.abs(after)
                if bool(np.all(moved <= STOP * terms)):
                    return after, sweep
            values = after
    return values, SWEEPS


def _residual(matrix: csr_array, values: Array, right: Array) -> float:
    """Return the largest error of an equation relative to its terms (Oettli and Prager 1964)."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        error = np.abs(matrix @ values - right)
        terms = abs(matrix) @ np.abs(values) + np.abs(right)
        relative = np.where(error == 0, 0.0, error / terms)
    worst = float(relative.max(initial=0.0))
    return worst if np.isfinite(worst) else np.inf


def _factorised(compiled: Compiled, matrix: csr_array, right: Array) -> Array:
    """Return the scores by SuperLU with one step of refinement."""
    _check_loops(compiled, matrix)
    try:
        factors = splu(matrix.tocsc())
    except RuntimeError:  # "Factor is exactly singular"
        raise _refusal("ENGINE-SINGULAR", compiled, range(matrix.shape[0])) from None
    values: Array = factors.solve(right)
    values = values + factors.solve(right - matrix @ values)
    if not _residual(matrix, values, right) <= RESIDUAL:
        raise _refusal("ENGINE-NEAR-SINGULAR", compiled, range(matrix.shape[0]))
    return values


def _check_loops(compiled: Compiled, matrix: csr_array) -> None:
    """Refuse a loop of processes that is singular or nearly so."""
    _, labels = connected_components(matrix, directed=True, connection="strong")
    for label in np.flatnonzero(np.bincount(labels) > 1):
        where = np.flatnonzero(labels == label)
        condition = _condition(matrix[where][:, where])
        if not condition <= CONDITION_LIMIT:
            near = condition < 1 / np.finfo(float).eps
            code = "ENGINE-NEAR-SINGULAR" if near else "ENGINE-SINGULAR"
            raise _refusal(code, compiled, where.tolist())


def _condition(block: csr_array) -> float:
    """Return an estimate of the 1-norm condition of a loop, free of the units of its products."""
    balanced = _balanced(diags_array(1 / block.diagonal()) @ block)
    try:
        factors = splu(balanced)
    except RuntimeError:
        return np.inf
    inverse = LinearOperator(
        block.shape,
        matvec=lambda x: factors.solve(np.ravel(x)),
        rmatvec=lambda x: factors.solve(np.ravel(x), trans="T"),
        dtype=np.float64,
    )
    return float(onenormest(inverse) * abs(balanced).sum(axis=0).max())


def _balanced(block: csr_array) -> csc_array:
    """Return D^-1 M D whose rows and columns weigh the same (Osborne 1960, all at once)."""
    rest = abs(block - diags_array(block.diagonal()))
    scale: Array = np.ones(block.shape[0])
    for _ in range(BALANCING):
        now = diags_array(1 / scale) @ rest @ diags_array(scale)
        scale = scale * (now.sum(axis=1) / now.sum(axis=0)) ** 0.25
    return (diags_array(1 / scale) @ block @ diags_array(scale)).tocsc()


def _refusal(code: str, compiled: Compiled, columns: range | list[int]) -> SolveError:
    """Return the refusal with the ids of the processes among some columns."""
    chosen = [compiled.columns[index] for index in columns]
    named = dict.fromkeys(column.id for column in chosen if column.kind == "process")
    return SolveError(finding(code, processes=", ".join(named)))

"""The number of record: ``bw2calc.LCA`` on a datapackage in memory, float64 throughout.

Nothing is written to disk and no Brightway project is touched: ``bw2data`` is never imported.
Amounts go in as plain float64 vectors, because the distributions of ``bw_processing`` are float32
and a Brightway database stores float32 as well.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import bw_processing
import numpy as np
from numpy.typing import NDArray
from scipy.linalg import matrix_balance
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import MatrixRankWarning

from factors.errors import SolveError
from factors.findings import finding
from factors.importing import without
from lca.compiled import Compiled, Solution, Triplets

with warnings.catch_warnings(), without("bw2data"):
    # bw2calc recommends pypardiso at import; on systems of our size it is slower than SuperLU. It
    # also imports bw2data where that is installed, which makes folders in the user's home.
    warnings.filterwarnings("ignore", message=r"\s*It seems like you have an")
    import bw2calc

NAME = f"bw2calc {bw2calc.__version__}"
CONDITION_LIMIT = 1e10
"""A loop worse conditioned than this has lost too many digits to be worth a result."""

DENSE_LIMIT = 1500
"""Largest loop whose condition is computed; a larger one is left to the comparison of engines."""


def solve(compiled: Compiled) -> Solution:
    """Solve a compiled system.

    Returns
    -------
    Solution
        Supply per column; kg CO2e per place of the biosphere.

    Raises
    ------
    SolveError
        ENGINE-SINGULAR or ENGINE-NEAR-SINGULAR, naming the processes of the loop.
    """
    lca = _inventory(compiled)
    lca.lcia()
    return Solution(tuple(_supply(compiled, lca).tolist()), _impacts(lca, compiled.biosphere))


def supply(compiled: Compiled) -> NDArray[np.float64]:
    """Return the runs of every column alone; shape (columns,). Errors as :func:`solve`."""
    return _supply(compiled, _inventory(compiled))


def scores(compiled: Compiled, weights: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """Return the contribution of every column to every indicator.

    Parameters
    ----------
    weights
        Characterisation factors; one row per indicator, one number per flow.

    Returns
    -------
    NDArray
        Shape (indicators, columns).

    Raises
    ------
    SolveError
        As :func:`solve`.
    """
    lca = _inventory(compiled)
    flows = [lca.dicts.biosphere[row] for row in range(len(compiled.flows))]
    found = (lca.inventory.tocsr()[flows].T @ np.asarray(weights, dtype=np.float64).T).T
    return np.asarray(found, dtype=np.float64)[:, _columns(compiled, lca)]


def _inventory(compiled: Compiled) -> bw2calc.LCA:
    """Return the calculation with supply and inventory, refusing what has no unique solution."""
    _check_loops(compiled)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MatrixRankWarning)
        warnings.filterwarnings("ignore", message="No valid biosphere flows")
        lca = bw2calc.LCA(demand=_demand(compiled), data_objs=[_datapackage(compiled)])
        lca.lci()
    if not np.isfinite(lca.supply_array).all():
        processes = _named(compiled, range(len(compiled.columns)))
        raise SolveError(finding("ENGINE-SINGULAR", processes=processes))
    return lca


def _supply(compiled: Compiled, lca: bw2calc.LCA) -> NDArray[np.float64]:
    return np.asarray(lca.supply_array, dtype=np.float64)[_columns(compiled, lca)]


def _columns(compiled: Compiled, lca: bw2calc.LCA) -> list[int]:
    """Return where the calculation keeps each of our columns."""
    return [lca.dicts.activity[index] for index in range(len(compiled.columns))]


def _demand(compiled: Compiled) -> dict[int, float]:
    demand: dict[int, float] = {}
    for row, amount in compiled.demand:
        demand[row] = demand.get(row, 0.0) + amount
    return demand


def _datapackage(compiled: Compiled) -> bw_processing.Datapackage:
    """Return the three matrices as a datapackage in memory; ids are row and column numbers."""
    package = bw_processing.create_datapackage(name="system", sum_intra_duplicates=True)
    for matrix, entries in (
        ("technosphere_matrix", compiled.technosphere),
        ("biosphere_matrix", compiled.biosphere),
    ):
        package.add_persistent_vector(
            matrix=matrix,
            name=matrix,
            indices_array=_indices(entries.rows, entries.cols),
            data_array=entries.values.copy(),
        )
    rows = np.arange(len(compiled.flows), dtype=np.int64)
    package.add_persistent_vector(
        matrix="characterization_matrix",
        name="characterization_matrix",
        identifier="climate change",
        global_index=0,
        nrows=len(rows),
        indices_array=_indices(rows, np.zeros_like(rows)),
        data_array=compiled.characterisation.copy(),
    )
    return package


def _indices(rows: NDArray[np.int64], cols: NDArray[np.int64]) -> NDArray[np.void]:
    pairs = np.zeros(len(rows), dtype=bw_processing.INDICES_DTYPE)
    pairs["row"], pairs["col"] = rows, cols
    return pairs


def _impacts(lca: bw2calc.LCA, biosphere: Triplets) -> tuple[float, ...]:
    """Return the characterised inventory at the places of the biosphere."""
    rows = np.array([lca.dicts.biosphere[row] for row in biosphere.rows.tolist()])
    cols = np.array([lca.dicts.activity[col] for col in biosphere.cols.tolist()])
    table = lca.characterized_inventory.tocsr()
    return tuple(np.asarray(table[rows, cols], dtype=np.float64).ravel().tolist())


def _check_loops(compiled: Compiled) -> None:
    """Refuse a loop of processes that is singular or nearly so, by the condition of its block."""
    size = len(compiled.columns)
    entries = compiled.technosphere
    shape = (size, size)
    matrix = coo_array((entries.values, (entries.rows, entries.cols)), shape=shape).tocsr()
    _, labels = connected_components(matrix, directed=True, connection="strong")
    members = np.bincount(labels)
    for label in np.flatnonzero((members > 1) & (members <= DENSE_LIMIT)):
        where = np.flatnonzero(labels == label)
        block = matrix[where][:, where].toarray()
        condition = np.linalg.cond(_balanced(block))
        if not condition <= CONDITION_LIMIT:
            code = (
                "ENGINE-NEAR-SINGULAR" if condition < 1 / np.finfo(float).eps else "ENGINE-SINGULAR"
            )
            raise SolveError(finding(code, processes=_named(compiled, where.tolist())))


def _balanced(block: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a block per unit of output and balanced, so that units do not enter its condition."""
    per_output = block / np.diag(block)[np.newaxis, :]
    balanced: NDArray[np.float64] = matrix_balance(per_output, permute=False)[0]
    return balanced


def _named(compiled: Compiled, columns: Sequence[int]) -> str:
    """Return the ids of the processes among some columns."""
    chosen = [compiled.columns[index] for index in columns]
    return ", ".join(dict.fromkeys(column.id for column in chosen if column.kind == "process"))

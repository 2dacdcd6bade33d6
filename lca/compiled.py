"""The solvable form of a product system: frozen float64 arrays, and what both engines return.

One square matrix holds everything. Its columns are the processes and then one column per inventory
line; its rows are what each column puts out. A line column takes nothing and emits the gases of
its factor, so that the characterised inventory is the result by line and by flow without any
further arithmetic::

    technosphere A (rows = products, columns = processes, lines), outputs positive, inputs negative
    biosphere    B (rows = flows, columns as A), kg per run
    supply       A s = f,      result  g = diag(cf) B diag(s)

One run of a process gives one base unit of its output and calls each of its lines once; a line's
amount stands in B. So the diagonal is one less what a process takes of itself, amounts of very
different size never meet in the elimination, the numbers do not depend on the units written in the
file, and because columns are sorted by id they do not depend on the order of its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from factors.errors import SolveError
from factors.factor import EmissionFactor
from factors.findings import Finding, finding
from lca.inventory import Exchange

ALL, BURDENS, ATOMS = "all", "burdens", "atoms"
"""Sheets. A system in which co-products share burdens has two: one in which all greenhouse gases
but biogenic CO2 follow the shares, and one in which biogenic CO2 follows the carbon."""


@dataclass(frozen=True, slots=True, order=True)
class FlowRow:
    """A row of the biosphere: part, gas, and the GWP basis its kg CO2e stand on."""

    part: str
    gas: str
    basis: str

    def __str__(self) -> str:
        return f"{self.part}.{self.gas}@{self.basis}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the technosphere: a process or a line, on one sheet."""

    kind: str
    id: str
    sheet: str = ALL


@dataclass(frozen=True, slots=True)
class CompiledLine:
    """An inventory line and its column.

    Attributes
    ----------
    id
        Id of the exchange; ``<id>.carbon`` where its biogenic CO2 has a column of its own.
    exchange
        The exchange after allocation, with its amount per reference amount of its process.
    amount
        Amount per run, in the unit of the exchange.
    """

    id: str
    column: int
    exchange: Exchange
    factor: EmissionFactor | None
    amount: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Triplets:
    """A sparse matrix: ``values[k]`` stands at ``(rows[k], cols[k])``; no place twice."""

    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    values: NDArray[np.float64]

    @classmethod
    def of(cls, entries: Sequence[tuple[int, int, float]]) -> Triplets:
        """Build read-only arrays from (row, column, value)."""
        rows = np.array([row for row, _, _ in entries], dtype=np.int64)
        cols = np.array([col for _, col, _ in entries], dtype=np.int64)
        values = np.array([value for _, _, value in entries], dtype=np.float64)
        for array in (rows, cols, values):
            array.setflags(write=False)
        return cls(rows, cols, values)


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A product system as arrays.

    Attributes
    ----------
    columns
        Processes and lines; row i is what column i puts out.
    products
        One label per row.
    flows
        Labels of the rows of the biosphere.
    characterisation
        kg CO2e per kg, one per flow; shape (flows,).
    demand
        (row, amount) of the reference flow; one per sheet.
    remarks
        Findings of the compilation that do not block.

    Raises
    ------
    SolveError
        ENGINE-NOT-SQUARE, ENGINE-NOT-FINITE, ENGINE-DIAGONAL (a process that uses up at least as
        much of its output as it gives): such a system has no solution to look for.
    """

    columns: tuple[Column, ...]
    products: tuple[str, ...]
    flows: tuple[FlowRow, ...]
    lines: tuple[CompiledLine, ...]
    technosphere: Triplets
    biosphere: Triplets
    characterisation: NDArray[np.float64]
    demand: tuple[tuple[int, float], ...]
    remarks: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        found = tuple(_faults(self))
        if found:
            raise SolveError(*found)


@dataclass(frozen=True, slots=True)
class Solution:
    """What an engine returns.

    Attributes
    ----------
    supply
        Runs of every column.
    impacts
        kg CO2e at every place of the biosphere, in its order.
    """

    supply: tuple[float, ...]
    impacts: tuple[float, ...]


def _faults(compiled: Compiled) -> list[Finding]:
    """Return why a system cannot be solved, as far as the arrays alone can tell."""
    count, rows = len(compiled.columns), len(compiled.products)
    if count != rows:
        return [finding("ENGINE-NOT-SQUARE", columns=count, rows=rows)]
    numbers = (
        compiled.technosphere.values,
        compiled.biosphere.values,
        compiled.characterisation,
        np.array([amount for _, amount in compiled.demand]),
    )
    if not all(np.isfinite(array).all() for array in numbers):
        return [finding("ENGINE-NOT-FINITE")]
    diagonal = np.zeros(count)
    on = compiled.technosphere.rows == compiled.technosphere.cols
    diagonal[compiled.technosphere.rows[on]] = compiled.technosphere.values[on]
    bad = [compiled.columns[index].id for index in np.flatnonzero(diagonal <= 0)]
    return [finding("ENGINE-DIAGONAL", processes=", ".join(dict.fromkeys(bad)))] if bad else []

"""Which totals may be published: no figure of fewer than ``k`` firms can be worked out from them.

A table has atoms (a row, a column, and what each firm adds there) and totals over sets of atoms:
the cells, the rows, the columns, the whole. Cells of few firms are left out first; as one could
still take the others from their total, further totals are left out (complementary suppression)
until neither of two attacks finds anything:

* **Algebra.** For every set of fewer than ``k`` firms: is there a combination of the published
  totals in which only atoms of those firms are left? There is, exactly when the matrix of published
  totals loses rank without the columns of those atoms.
* **Bounds.** No amount is below zero. Between the least and the most that an atom of few firms can
  be, given what is published, there must be room: at least :data:`ROOM` of its value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

WHOLE = ""
"""Name of the row and of the column of totals."""

ROOM = 0.2
"""Width of what an outsider can bound a small figure to, as a share of it."""

Cell = tuple[str, str]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one firm adds to one cell; never below zero."""

    firm: str
    row: str
    column: str
    amount: float


@dataclass(frozen=True, slots=True)
class Table:
    """Contributions as atoms: cells that somebody contributes to.

    Attributes
    ----------
    atoms
        Cell to what each firm adds.
    """

    atoms: Mapping[Cell, Mapping[str, float]]

    @classmethod
    def of(cls, contributions: Iterable[Contribution]) -> Table:
        """Gather contributions."""
        atoms: dict[Cell, dict[str, float]] = {}
        for one in contributions:
            cell = atoms.setdefault((one.row, one.column), {})
            cell[one.firm] = cell.get(one.firm, 0.0) + one.amount
        return cls(atoms)

    @property
    def totals(self) -> Mapping[Cell, tuple[Cell, ...]]:
        """Every total that could be published, with its atoms."""
        found: dict[Cell, list[Cell]] = {}
        for row, column in self.atoms:
            for total in ((row, column), (row, WHOLE), (WHOLE, column), (WHOLE, WHOLE)):
                found.setdefault(total, []).append((row, column))
        return {total: tuple(atoms) for total, atoms in sorted(found.items())}

    def firms(self, atoms: Iterable[Cell]) -> frozenset[str]:
        """Return the firms behind some atoms."""
        return frozenset(firm for atom in atoms for firm in self.atoms[atom])

    def value(self, atoms: Iterable[Cell]) -> float:
        """Return the sum of some atoms."""
        return sum(sum(self.atoms[atom].values()) for atom in atoms)

    def matrix(self, published: Sequence[Cell]) -> Matrix:
        """Return which atoms each published total is the sum of; shape (totals, atoms)."""
        totals, atoms = self.totals, list(self.atoms)
        return np.array([[atom in totals[one] for atom in atoms] for one in published], dtype=float)


def publishable(table: Table, fewest: int) -> Mapping[Cell, float]:
    """Return the totals that may be published, with their values.

    Parameters
    ----------
    fewest
        Firms that must stand behind whatever can be worked out; at least 2.
    """
    totals = table.totals
    kept = [one for one, atoms in totals.items() if len(table.firms(atoms)) >= fewest]
    while (exposing := _exposing(table, kept, fewest)) is not None:
        kept.remove(min(exposing, key=lambda one: (WHOLE in one, table.value(totals[one]), one)))
    return {one: table.value(totals[one]) for one in kept}


def _exposing(table: Table, kept: Sequence[Cell], fewest: int) -> list[Cell] | None:
    """Return published totals one of which must go; None when nothing can be worked out."""
    if not kept:
        return None
    matrix = table.matrix(kept)
    weights = _derived(table, matrix, fewest)
    if weights is not None:
        return [one for one, weight in zip(kept, weights, strict=True) if abs(weight) > 1e-7]
    narrow = next(_narrow(table, matrix, kept, fewest), None)
    if narrow is None:
        return None
    column = list(table.atoms).index(narrow)
    touching = [one for one, row in zip(kept, matrix, strict=True) if row[column]]
    return touching or list(kept)


def few(table: Table, fewest: int) -> Iterator[list[int]]:
    """Yield the places of all atoms of every set of fewer firms than ``fewest``."""
    atoms = list(table.atoms)
    everybody = sorted(table.firms(atoms))
    seen: set[tuple[int, ...]] = set()
    for firms in combinations(everybody, min(fewest - 1, len(everybody))):
        chosen = set(firms)
        places = tuple(i for i, atom in enumerate(atoms) if table.atoms[atom].keys() <= chosen)
        if places and places not in seen:
            seen.add(places)
            yield list(places)


def _derived(table: Table, matrix: Matrix, fewest: int) -> Matrix | None:
    """Return how published totals combine into a figure of few firms alone; None: they do not."""
    rank = int(np.linalg.matrix_rank(matrix))
    for places in few(table, fewest):
        rest = np.delete(matrix, places, axis=1)
        if rest.shape[1] and int(np.linalg.matrix_rank(rest)) == rank:
            continue
        weights = _combination(matrix, rest)
        if weights is not None:
            return weights
    return None


def _combination(matrix: Matrix, rest: Matrix) -> Matrix | None:
    """Return weights of totals under which ``rest`` vanishes and the whole matrix does not."""
    _, sizes, basis = (
        np.linalg.svd(rest.T) if rest.shape[1] else (0, np.zeros(0), np.eye(len(rest)))
    )
    nil = basis[int((sizes > 1e-9).sum()) :]
    for weights in nil:
        if np.abs(weights @ matrix).max() > 1e-7:
            found: Matrix = weights
            return found
    return None


def _narrow(table: Table, matrix: Matrix, kept: Sequence[Cell], fewest: int) -> Iterator[Cell]:
    """Yield atoms of few firms that the published totals bound too closely."""
    values = np.array([table.value(table.totals[one]) for one in kept])
    for place, (atom, firms) in enumerate(table.atoms.items()):
        if len(firms) < fewest and matrix[:, place].any():
            low, high = bounds(matrix, values, place)
            if high - low < ROOM * max(sum(firms.values()), 1e-9):
                yield atom


def bounds(matrix: Matrix, values: Matrix, place: int) -> tuple[float, float]:
    """Return the least and the most that an atom can be when none is below zero."""
    cost = np.zeros(matrix.shape[1])
    cost[place] = 1.0
    scale = float(values.max()) or 1.0
    least, most = (linprog(sign * cost, A_eq=matrix, b_eq=values / scale) for sign in (1, -1))
    high = -most.fun * scale if most.status == 0 else float("inf")
    return least.fun * scale, high

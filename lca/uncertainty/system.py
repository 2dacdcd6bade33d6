"""A product system whose every number may be uncertain: processes, loops and emissions.

For each run the unit scores of the system are solved by substitution, suppliers first, many runs at
a time: ``u_j = (g_j + sum of taken_ij u_i) / d_j``. Processes that need each other are swept until
every score stands still to 1e-14; what does not settle is solved by elimination, run by run. No
matrix is factorised, and nothing is drawn that the demand does not reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from lca.adjoint import STOP, SWEEPS
from lca.compiled import Compiled
from lca.uncertainty.distributions import Distribution, Fixed
from lca.uncertainty.draws import Correlation, Plan, blocks
from lca.uncertainty.figure import REST, RUNS

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Multiplied:
    """A quantity and the numbers of the system that it multiplies.

    Attributes
    ----------
    shape
        Multiplier; 1 is the number in the system.
    technosphere, biosphere
        Places in the arrays of the compiled system. A place has at most one multiplier.
    """

    shape: Distribution
    technosphere: tuple[int, ...] = ()
    biosphere: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """What one process takes and emits; ``drawn`` are rows of the draws, 0 for a certain number."""

    diagonal: tuple[float, int]
    suppliers: Index
    taken: Array
    taken_drawn: Index
    emitted: Array
    emitted_drawn: Index


@dataclass(frozen=True, slots=True, eq=False)
class SampledSystem:
    """A compiled system made ready for drawing.

    Parameters
    ----------
    compiled
        The system; its demand is what is computed.
    uncertain
        Quantities by name.
    """

    compiled: Compiled
    uncertain: Mapping[str, Multiplied]
    order: tuple[tuple[int, ...], ...] = field(init=False)
    names: tuple[str, ...] = field(init=False)
    columns: Mapping[int, _Column] = field(init=False)
    torn: Mapping[int, Sequence[int]] = field(init=False)

    def __post_init__(self) -> None:
        order = tuple(_order(self.compiled))
        names = tuple(_names(self.compiled, self.uncertain, order))
        object.__setattr__(self, "order", order)
        object.__setattr__(self, "names", names)
        columns = _columns(self.compiled, self.uncertain, names, order)
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "torn", {group[0]: _torn(group, columns) for group in order})

    def results(
        self,
        runs: int = RUNS,
        seed: int = 0,
        correlations: tuple[Correlation, ...] = (),
        threads: int = 1,
    ) -> Array:
        """Return the drawn results of the demand; shape (runs,); the same for any threads."""
        shapes = {name: self.uncertain[name].shape for name in self.names[1:]}
        plan = Plan({self.names[0]: Fixed(1.0), **shapes}, runs, seed, correlations)

        def chunk(number: int) -> Array:
            return np.concatenate([self._result(block) for block in blocks(plan, number)])

        if threads == 1:
            return np.concatenate([chunk(number) for number in plan.chunks])
        with ThreadPoolExecutor(threads) as pool:
            return np.concatenate(list(pool.map(chunk, plan.chunks)))

    def _result(self, draws: Array) -> Array:
        scores = np.zeros((len(self.compiled.columns), draws.shape[1]))
        for group in self.order:
            if len(group) == 1:
                scores[group[0]] = self._score(group[0], scores, draws)
            else:
                self._loop(group, scores, draws)
        total = np.zeros(draws.shape[1])
        for row, amount in self.compiled.demand:
            total += amount * scores[row]
        return total

    def _own(self, column: int, draws: Array) -> Array:
        """Return what a process emits itself."""
        one = self.columns[column]
        own: Array = one.emitted @ _rows(draws, one.emitted_drawn)
        return own

    def _score(self, column: int, scores: Array, draws: Array) -> Array:
        """Return the score of a process whose suppliers are known."""
        one = self.columns[column]
        drawn, known = _rows(draws, one.taken_drawn), _rows(scores, one.suppliers)
        found = self._own(column, draws) + np.einsum("e,er,er->r", one.taken, drawn, known)
        value, row = one.diagonal
        score: Array = found / (value * draws[row])
        return score

    def _loop(self, group: Sequence[int], scores: Array, draws: Array) -> None:
        """Fill in the scores of processes that need each other.

        Only the scores used before they are made are watched: the others follow from them.
        """
        steps = [self._step(column, group, scores, draws) for column in group]
        watched = self.torn[group[0]]
        scores[list(group)] = 0.0
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(SWEEPS):
                before = scores[watched]
                for column, own, inside, taken in steps:
                    scores[column] = own + np.einsum("er,er->r", taken, scores[inside])
                after = scores[watched]
                if bool(np.all(np.abs(after - before) <= STOP * np.abs(after))):
                    return
        self._eliminate(list(group), scores, draws)

    def _step(
        self, column: int, group: Sequence[int], scores: Array, draws: Array
    ) -> tuple[int, Array, Index, Array]:
        """Return what a process carries from outside its loop, and what it takes inside."""
        one = self.columns[column]
        inside = np.isin(one.suppliers, list(group))
        value, row = one.diagonal
        output = value * draws[row]
        own = self._own(column, draws) + self._taken(one, ~inside, scores, draws)
        drawn = one.taken[inside, np.newaxis] * _rows(draws, one.taken_drawn[inside])
        return column, own / output, one.suppliers[inside], drawn / output

    def _taken(self, one: _Column, which: NDArray[np.bool_], scores: Array, draws: Array) -> Array:
        """Return what some of the inputs of a process carry."""
        drawn = _rows(draws, one.taken_drawn[which])
        known = _rows(scores, one.suppliers[which])
        found: Array = np.einsum("e,er,er->r", one.taken[which], drawn, known)
        return found

    def _eliminate(self, where: list[int], scores: Array, draws: Array) -> None:
        """Solve a stubborn loop run by run."""
        place = {column: index for index, column in enumerate(where)}
        matrix = np.zeros((draws.shape[1], len(where), len(where)))
        right = np.zeros((draws.shape[1], len(where)))
        for column in where:
            one, index = self.columns[column], place[column]
            matrix[:, index, index] = one.diagonal[0] * draws[one.diagonal[1]]
            right[:, index] = self._own(column, draws)
            for supplier, taken, row in zip(
                one.suppliers.tolist(), one.taken, one.taken_drawn.tolist(), strict=True
            ):
                if supplier in place:
                    matrix[:, index, place[supplier]] -= taken * draws[row]
                else:
                    right[:, index] += taken * draws[row] * scores[supplier]
        scores[where] = np.linalg.solve(matrix, right[..., np.newaxis])[..., 0].T


def _rows(values: Array, index: Index) -> Array:
    """Return some rows; a view where they lie side by side."""
    if len(index) and index[-1] - index[0] == len(index) - 1 and bool(np.all(np.diff(index) == 1)):
        return values[index[0] : index[-1] + 1]
    return values[index]


def _order(compiled: Compiled) -> Iterator[tuple[int, ...]]:
    """Yield what the demand reaches, suppliers first; processes that need each other together.

    Suppliers first is the order in which a walk from the demand leaves the processes; it holds
    between loops, and inside a loop for all links but those that close it.
    """
    entries, size = compiled.technosphere, len(compiled.columns)
    used = (entries.values != 0) & (entries.rows != entries.cols)
    places = (entries.cols[used], entries.rows[used])
    taken = coo_array((np.ones(int(used.sum())), places), shape=(size, size)).tocsr()
    labels = connected_components(taken, connection="strong")[1]
    groups: dict[int, list[int]] = {}
    for column in _left(taken, [row for row, _ in compiled.demand]):
        label = int(labels[column])
        # A loop is done with its last process: the walk entered it there, and has by then left
        # all that the loop takes from outside.
        members = groups.pop(label, [])
        members.append(column)
        groups[label] = members
    yield from map(tuple, groups.values())


def _left(taken: csr_array, starts: Sequence[int]) -> list[int]:
    """Return the columns in the order in which a depth-first walk leaves them."""
    left: list[int] = []
    seen: set[int] = set()
    for start in starts:
        if start in seen:
            continue
        seen.add(start)
        path = [(start, iter(_suppliers(taken, start)))]
        while path:
            column, others = path[-1]
            following = next((other for other in others if other not in seen), None)
            if following is None:
                left.append(column)
                path.pop()
            else:
                seen.add(following)
                path.append((following, iter(_suppliers(taken, following))))
    return left


def _suppliers(taken: csr_array, column: int) -> list[int]:
    found: list[int] = taken.indices[taken.indptr[column] : taken.indptr[column + 1]].tolist()
    return found


def _torn(group: Sequence[int], columns: Mapping[int, _Column]) -> list[int]:
    """Return the processes of a loop that are taken from before their turn."""
    turn = {column: at for at, column in enumerate(group)}
    return sorted(
        {
            supplier
            for column in group
            for supplier in columns[column].suppliers.tolist()
            if turn.get(supplier, -1) > turn[column]
        }
    )


def _names(
    compiled: Compiled, uncertain: Mapping[str, Multiplied], order: Sequence[Sequence[int]]
) -> Iterator[str]:
    """Yield the quantities that the demand reaches, in the order in which they are needed."""
    yield REST
    reached = {column: at for at, column in enumerate(one for group in order for one in group)}
    first: dict[str, int] = {}
    for name, one in uncertain.items():
        columns = [
            *compiled.technosphere.cols[list(one.technosphere)].tolist(),
            *compiled.biosphere.cols[list(one.biosphere)].tolist(),
        ]
        at = [reached[column] for column in columns if column in reached]
        if at:
            first[name] = min(at)
    yield from sorted(first, key=lambda name: first[name])


def _columns(
    compiled: Compiled,
    uncertain: Mapping[str, Multiplied],
    names: Sequence[str],
    order: Sequence[Sequence[int]],
) -> dict[int, _Column]:
    row = {name: index for index, name in enumerate(names)}
    tech, bio = compiled.technosphere, compiled.biosphere
    tech_drawn = np.zeros(len(tech.values), dtype=np.int64)
    bio_drawn = np.zeros(len(bio.values), dtype=np.int64)
    for name, one in uncertain.items():
        tech_drawn[list(one.technosphere)] = row.get(name, 0)
        bio_drawn[list(one.biosphere)] = row.get(name, 0)
    weights = compiled.characterisation[bio.rows] * bio.values
    takes, emits = _by_column(tech.cols), _by_column(bio.cols)
    none = np.array([], dtype=np.int64)
    found = {}
    for column in (column for group in order for column in group):
        places = takes[column]
        own = places[tech.rows[places] == column][0]
        others = places[(tech.rows[places] != column) & (tech.values[places] != 0)]
        others = others[np.argsort(tech_drawn[others], kind="stable")]
        emitted = emits.get(column, none)
        emitted = emitted[np.argsort(bio_drawn[emitted], kind="stable")]
        found[column] = _Column(
            diagonal=(float(tech.values[own]), int(tech_drawn[own])),
            suppliers=tech.rows[others],
            taken=-tech.values[others],
            taken_drawn=tech_drawn[others],
            emitted=weights[emitted],
            emitted_drawn=bio_drawn[emitted],
        )
    return found


def _by_column(columns: Index) -> dict[int, Index]:
    """Return the places of every column."""
    order = np.argsort(columns, kind="stable")
    names, starts = np.unique(columns[order], return_index=True)
    parts = np.split(order, starts[1:])
    return {int(name): part for name, part in zip(names, parts, strict=True)}

"""A product system whose every number may be uncertain: processes, loops and emissions.

For each run the unit scores of the system are solved by substitution, suppliers first, many runs at
a time: ``u_j = (g_j + sum of taken_ij u_i) / d_j``. Processes that need each other are swept until
what further sweeps could still move is below 1e-12; what does not settle is solved by elimination,
run by run. No matrix is factorised, and nothing is drawn that the demand does not reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lca import adjoint
from lca.adjoint import SWEEPS
from lca.compiled import Compiled
from lca.uncertainty.distributions import Distribution, Fixed
from lca.uncertainty.draws import Correlation, Plan, Source, blocks
from lca.uncertainty.figure import CORES, REST, RUNS
from lca.uncertainty.pattern import Inputs, Loop, Pattern, Step, pattern
from lca.uncertainty.streams import CHUNK

Array = NDArray[np.float64]
Index = NDArray[np.int64]

SETTLED = 1e-12
"""A loop is done when all further sweeps together would move no score by more than this share."""

ROOM = 64 * 2**20
"""Bytes of scores and links held at a time: with less, calling NumPy takes longer than what it
computes; with more, every sweep of a loop goes to main memory."""

FEWEST = 512
"""Runs at a time, however large the system."""


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
class SampledSystem:
    """A compiled system made ready for drawing.

    Parameters
    ----------
    compiled
        The system; its demand is what is computed.
    uncertain
        Quantities by name.
    correlations
        Between some of them.

    Attributes
    ----------
    certain
        Unit scores without any spread, from which loops start.

    Raises
    ------
    SolveError
        As :func:`lca.adjoint.solve`, of the system without any spread.
    """

    compiled: Compiled
    uncertain: Mapping[str, Multiplied]
    correlations: tuple[Correlation, ...] = ()
    pattern: Pattern = field(init=False)
    certain: Array = field(init=False)

    def __post_init__(self) -> None:
        tied = frozenset(name for one in self.correlations for name in one.names)
        places = {name: (one.technosphere, one.biosphere) for name, one in self.uncertain.items()}
        object.__setattr__(self, "pattern", pattern(self.compiled, places, tied))
        object.__setattr__(self, "certain", adjoint.solve(self.compiled).values[:, 0])

    @property
    def names(self) -> tuple[str, ...]:
        """The quantities that are drawn: those that the demand reaches."""
        return (*self.pattern.shared, *(name for one in self.pattern.steps for name in one.own))

    def results(self, runs: int = RUNS, seed: int = 0, threads: int = CORES) -> Array:
        """Return the drawn results of the demand; shape (runs,); the same for any threads."""
        shapes = {name: self.uncertain[name].shape for name in self.pattern.shared}
        plan = Plan({REST: Fixed(1.0), **shapes}, runs, seed, self.correlations)

        def chunk(number: int) -> Array:
            return np.concatenate(list(self._chunk(plan, number)))

        if threads == 1:
            return np.concatenate([chunk(number) for number in plan.chunks])
        with ThreadPoolExecutor(threads) as pool:
            return np.concatenate(list(pool.map(chunk, plan.chunks)))

    def _chunk(self, plan: Plan, chunk: int) -> Iterator[Array]:
        """Yield the results of one chunk, block by block."""
        columns, inside = len(self.compiled.columns) + 1, self.pattern.most_inside
        block = _block(columns + inside)
        sources = {
            step.column: [
                Source.of(self.uncertain[name].shape, plan.seed, name, chunk) for name in step.own
            ]
            for step in self.pattern.steps
        }
        scores, links = np.empty(columns * block), np.empty(inside * block)
        rows, amounts = zip(*self.compiled.demand, strict=True)
        for draws in blocks(plan, chunk, block, self.pattern.most_own):
            runs = draws.shape[1]
            solving = _Solving(
                sources,
                len(plan.names),
                draws,
                scores[: columns * runs].reshape(columns, runs),
                links[: inside * runs].reshape(inside, runs),
            )
            solving.scores[:-1] = self.certain[:, np.newaxis]
            solving.scores[-1] = 1.0
            for loop in self.pattern.loops:
                solving.solve(loop)
            yield np.array(amounts) @ solving.scores[list(rows)]


def _block(rows: int) -> int:
    """Return how many runs are handled at a time; a chunk is divided evenly."""
    fit = max(FEWEST, ROOM // (8 * rows))
    return CHUNK // -(-CHUNK // fit)


@dataclass(frozen=True, slots=True, eq=False)
class _Solving:
    """One block of runs.

    Attributes
    ----------
    sources
        The quantities of each process alone.
    first
        Row of the draws at which these begin.
    draws
        Row 0 is one; then what is shared; then the quantities of the process at hand.
    scores
        By column; the last row is one.
    links
        What processes of a loop take from each other; of the loop at hand.
    """

    sources: Mapping[int, Sequence[Source]]
    first: int
    draws: Array
    scores: Array
    links: Array

    def solve(self, loop: Loop) -> None:
        """Fill in the scores of a loop whose suppliers are known."""
        if len(loop.steps) == 1:
            step = loop.steps[0]
            self._draw(step)
            self.scores[step.column] = self._known(step)
        else:
            self._swept(loop)

    def _draw(self, step: Step) -> None:
        for row, source in enumerate(self.sources[step.column], self.first):
            source.fill(self.draws[row])

    def _known(self, step: Step) -> Array:
        """Return what a process emits and takes from outside its loop, per unit of output."""
        found: Array = step.emitted @ self.draws[step.emitted_drawn]
        if len(step.outside.taken):
            carried = self.scores[step.outside.suppliers]
            carried *= self.draws[step.outside.drawn]
            found += step.outside.taken @ carried
        if step.output:
            found /= self.draws[step.output]
        return found

    def _swept(self, loop: Loop) -> None:
        """Fill in the scores of processes that need each other.

        Only the scores used before they are made are watched: the others follow from them.
        """
        steps, watched = list(self._linked(loop)), list(loop.torn)
        widest = max(len(links) for _, links, _ in steps)
        ones, near = np.ones(widest), np.empty((widest, self.scores.shape[1]))
        before, changes = self.scores[watched], list[float]()
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for _ in range(SWEEPS):
                for column, links, suppliers in steps:
                    carried = near[: len(links)]
                    # Any mode but "raise" writes straight into the given rows.
                    self.scores.take(suppliers, 0, carried, "clip")
                    carried *= links
                    np.dot(ones[: len(links)], carried, out=self.scores[column])
                after = self.scores[watched]
                changes.append(_largest(after, before))
                if _settled(changes):
                    return
                before = after
        self._eliminate(steps)

    def _linked(self, loop: Loop) -> Iterator[tuple[int, Array, Index]]:
        """Yield column, links and suppliers of every process of a loop.

        The first link of each is what it carries from outside, taken from the row of ones.
        """
        one, at = len(self.scores) - 1, 0
        for step in loop.steps:
            self._draw(step)
            inputs: Inputs = step.inside
            links = self.links[at : at + 1 + len(inputs.taken)]
            links[0] = self._known(step)
            np.multiply(self.draws[inputs.drawn], inputs.taken[:, np.newaxis], out=links[1:])
            if step.output:
                links[1:] /= self.draws[step.output]
            yield step.column, links, np.concatenate(([one], inputs.suppliers))
            at += len(links)

    def _eliminate(self, steps: Sequence[tuple[int, Array, Index]]) -> None:
        """Solve a stubborn loop run by run."""
        where = [column for column, _, _ in steps]
        place = {column: index for index, column in enumerate(where)}
        runs = self.scores.shape[1]
        matrix = np.broadcast_to(np.eye(len(where)), (runs, len(where), len(where))).copy()
        for index, (_, links, suppliers) in enumerate(steps):
            for link, supplier in zip(links[1:], suppliers[1:].tolist(), strict=True):
                matrix[:, index, place[supplier]] -= link
        right = np.stack([links[0] for _, links, _ in steps], axis=1)
        self.scores[where] = np.linalg.solve(matrix, right[..., np.newaxis])[..., 0].T


def _settled(changes: Sequence[float]) -> bool:
    """Return whether no further sweep matters.

    Changes that shrink by a rate r leave r / (1 - r) of the last one to all that would follow; the
    rate is the slower of the last two.
    """
    if changes[-1] == 0 or len(changes) < 3:
        return changes[-1] == 0
    rate = max(changes[-1] / changes[-2], changes[-2] / changes[-3])
    return rate < 1 and changes[-1] * rate / (1 - rate) <= SETTLED


def _largest(after: Array, before: Array) -> float:
    """Return the largest change of a score relative to itself; infinite where one is no number."""
    moved = np.abs(after - before)
    worst = float(np.max(moved / np.abs(after), initial=0.0, where=moved != 0))
    return np.inf if np.isnan(worst) else worst

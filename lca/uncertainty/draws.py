"""Many draws of many quantities: independent, or correlated where the caller says so.

Correlation is stated between chosen quantities as a matrix of the correlation of their normal
scores; for normal quantities that is their correlation, for two lognormal ones the correlation of
their logarithms. All other quantities stay independent and keep the draws they would have alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from factors.errors import FactorError
from factors.findings import finding
from lca.uncertainty.distributions import Distribution, Fixed, Normal
from lca.uncertainty.streams import CHUNK, stream

Array = NDArray[np.float64]
BLOCK = 4_096
"""Runs handled at a time: a few rows of a block stay in the cache of a core."""

MOST_RUNS = 10_000_000
TOLERANCE = 1e-9
_SCORE = Normal(0.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Correlation:
    """Correlation between some quantities.

    Attributes
    ----------
    names
        The quantities, each once.
    matrix
        Symmetric, ones on the diagonal, no negative eigenvalue; shape (names, names).

    Raises
    ------
    FactorError
        SPREAD-CORRELATION.
    """

    names: tuple[str, ...]
    matrix: Array
    root: Array = field(init=False)

    def __post_init__(self) -> None:
        given = np.asarray(self.matrix, dtype=np.float64)
        size = len(self.names)
        sound = (
            given.shape == (size, size)
            and len(set(self.names)) == size
            and bool(np.isfinite(given).all())
            and np.allclose(given, given.T, atol=TOLERANCE, rtol=0)
            and np.allclose(np.diag(given), 1, atol=TOLERANCE, rtol=0)
        )
        values, vectors = np.linalg.eigh(given) if sound else (np.array([-1.0]), given)
        if values.min() < -TOLERANCE:
            raise FactorError(finding("SPREAD-CORRELATION", names=", ".join(self.names)))
        # A root from eigenvectors also serves a matrix of full correlation, where Cholesky fails.
        object.__setattr__(self, "root", vectors * np.sqrt(values.clip(min=0)))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is drawn: quantities by name, how often, from which seed, how correlated."""

    quantities: Mapping[str, Distribution]
    runs: int
    seed: int = 0
    correlations: tuple[Correlation, ...] = ()
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.quantities))
        if not 1 <= self.runs <= MOST_RUNS:
            raise FactorError(finding("SPREAD-RUNS", saw=self.runs, limit=MOST_RUNS))
        tied = [name for one in self.correlations for name in one.names]
        bad = [name for name in tied if name not in self.quantities or tied.count(name) > 1]
        if bad:
            raise FactorError(finding("SPREAD-CORRELATION", names=", ".join(dict.fromkeys(bad))))

    @property
    def chunks(self) -> range:
        """Numbers of the chunks; each can be drawn by itself."""
        return range(-(-self.runs // CHUNK))


@dataclass(frozen=True, slots=True)
class Source:
    """The draws of one quantity in one chunk, taken from the first on."""

    shape: Distribution
    generator: Generator

    @classmethod
    def of(cls, shape: Distribution, seed: int, name: str, chunk: int) -> Source:
        """Return the draws of a quantity, none of them taken."""
        return cls(shape, stream(seed, name, chunk))

    def fill(self, values: Array) -> None:
        """Fill a row with the next draws."""
        self.generator.standard_normal(out=values)
        self.shape.turn(values)


def blocks(plan: Plan, chunk: int, block: int = BLOCK, spare: int = 0) -> Iterator[Array]:
    """Yield the draws of one chunk, block by block; shape (quantities + spare, runs of the block).

    The array is used again for the next block: take what is wanted before going on.

    Parameters
    ----------
    block
        Runs at a time; the draws are the same for any.
    spare
        Rows at the end that the caller fills.
    """
    left = min(CHUNK, plan.runs - chunk * CHUNK)
    tied = [_Tied.of(plan, one) for one in plan.correlations]
    late = {row: plan.quantities[plan.names[row]] for group in tied for row in group.rows}
    room = np.empty((0, 0))
    # A correlated quantity stays a normal score until its group is mixed.
    alone = [
        (row, Source.of(_SCORE if row in late else shape, plan.seed, name, chunk))
        for row, (name, shape) in enumerate(plan.quantities.items())
        if not isinstance(shape, Fixed)
    ]
    while left > 0:
        if room.shape[1] != min(block, left):
            # Not a part of the larger one: rows that lie apart are slow to multiply.
            room = _room(plan, spare, min(block, left))
        for row, source in alone:
            source.fill(room[row])
        for group in tied:
            room[group.rows] = group.root @ room[group.rows]
        for row, shape in late.items():
            shape.turn(room[row])
        yield room
        left -= room.shape[1]


def _room(plan: Plan, spare: int, runs: int) -> Array:
    """Return rows for the draws of a block, those of certain quantities filled in."""
    room = np.empty((len(plan.quantities) + spare, runs))
    for row, shape in enumerate(plan.quantities.values()):
        if isinstance(shape, Fixed):
            room[row] = shape.value
    return room


def drawn(plan: Plan) -> Array:
    """Return all draws at once; shape (quantities, runs)."""
    parts = [block.copy() for chunk in plan.chunks for block in blocks(plan, chunk)]
    return np.concatenate(parts, axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class _Tied:
    """Rows that are correlated, and the root of their correlation."""

    rows: Sequence[int]
    root: Array

    @classmethod
    def of(cls, plan: Plan, correlation: Correlation) -> _Tied:
        rows = [plan.names.index(name) for name in correlation.names]
        fixed = [name for name in correlation.names if isinstance(plan.quantities[name], Fixed)]
        if fixed:
            raise FactorError(finding("SPREAD-CORRELATION", names=", ".join(fixed)))
        return cls(rows, correlation.root)

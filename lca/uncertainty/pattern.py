"""The fixed part of a sampled system: which processes in which order, and what each one takes.

Suppliers come before their takers, so that one pass of substitution gives every score; processes
that need each other stand together, and what they take from each other is kept apart from what
they take from outside. A quantity that moves numbers of one process only belongs to that process
and is drawn when its turn has come, while its row is still in the cache of the core.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from lca.compiled import Compiled, Triplets

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Rows = slice | Index
"""Rows of an array; a slice where they lie side by side, because that copies nothing."""

Places = Mapping[str, tuple[Sequence[int], Sequence[int]]]
"""Places in technosphere and biosphere that each quantity multiplies."""


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What a process takes: from whom, how much per unit of its output, times which draw."""

    suppliers: Index
    taken: Array
    drawn: Rows


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One process; numbers are per unit of its output as it stands in the system.

    Attributes
    ----------
    own
        Quantities of this process alone, in the order of their rows.
    output
        Row of the draws that multiply its output; 0 where it is certain.
    emitted, emitted_drawn
        kg CO2e that it gives off itself, and the rows of their draws.
    outside, inside
        What it takes from processes before it, and from those of its own loop.
    """

    column: int
    own: tuple[str, ...]
    output: int
    emitted: Array
    emitted_drawn: Rows
    outside: Inputs
    inside: Inputs


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """Processes that need each other; one that stands alone is a loop of one.

    Attributes
    ----------
    steps
        In the order of a walk; it holds for all links but those that close the loop.
    torn
        Columns that are taken from before their turn.
    """

    steps: tuple[Step, ...]
    torn: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A system ready for substitution.

    Attributes
    ----------
    shared
        Quantities of several processes; row r of the draws is number r - 1, row 0 is one.
    loops
        In the order of substitution.
    """

    shared: tuple[str, ...]
    loops: tuple[Loop, ...]

    @property
    def most_own(self) -> int:
        """Most quantities that one process has for itself."""
        return max((len(step.own) for step in self.steps), default=0)

    @property
    def most_inside(self) -> int:
        """Rows that the largest loop needs for what is taken inside it."""
        sizes = (sum(1 + len(one.inside.taken) for one in loop.steps) for loop in self.loops)
        return max(sizes, default=0)

    @property
    def steps(self) -> Iterator[Step]:
        """The processes in their order."""
        return (step for loop in self.loops for step in loop.steps)


def pattern(compiled: Compiled, places: Places, together: frozenset[str]) -> Pattern:
    """Return the pattern of a system.

    Parameters
    ----------
    together
        Quantities that must be drawn at one time, because they are correlated.
    """
    groups = tuple(_groups(compiled))
    homes = _homes(compiled, places, frozenset(one for group in groups for one in group))
    shared = tuple(name for name, at in homes.items() if len(at) > 1 or name in together)
    own: dict[int, list[str]] = {}
    for name, at in homes.items():
        if name not in shared:
            own.setdefault(next(iter(at)), []).append(name)
    rows = {name: 1 + index for index, name in enumerate(shared)}
    for names in own.values():
        rows |= {name: 1 + len(shared) + index for index, name in enumerate(names)}
    numbers = _Numbers.of(compiled, places, rows)
    loops = (
        tuple(numbers.step(one, tuple(own.get(one, ())), group) for one in group)
        for group in groups
    )
    return Pattern(shared, tuple(Loop(steps, tuple(_torn(steps))) for steps in loops))


def _homes(
    compiled: Compiled, places: Places, reached: frozenset[int]
) -> dict[str, frozenset[int]]:
    """Return the processes whose numbers each quantity moves, for those the demand reaches."""
    found = {}
    for name, (tech, bio) in places.items():
        columns = (compiled.technosphere.cols[list(tech)], compiled.biosphere.cols[list(bio)])
        at = reached.intersection(*[np.concatenate(columns).tolist()])
        if at:
            found[name] = at
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Numbers:
    """The numbers of a system by column, with the row of the draws of each."""

    tech: Triplets
    takes: Mapping[int, Index]
    tech_drawn: Index
    burdens: Array
    emits: Mapping[int, Index]
    bio_drawn: Index

    @classmethod
    def of(cls, compiled: Compiled, places: Places, rows: Mapping[str, int]) -> _Numbers:
        tech, bio = compiled.technosphere, compiled.biosphere
        drawn = [np.zeros(len(one.values), dtype=np.int64) for one in (tech, bio)]
        for name, row in rows.items():
            for one, where in zip(drawn, places[name], strict=True):
                one[list(where)] = row
        burdens = compiled.characterisation[bio.rows] * bio.values
        return cls(tech, _by_column(tech.cols), drawn[0], burdens, _by_column(bio.cols), drawn[1])

    def step(self, column: int, own: tuple[str, ...], group: Sequence[int]) -> Step:
        """Return what one process of a loop emits and takes."""
        at, emitted = self.takes[column], self.emits.get(column, _NONE)
        diagonal = at[self.tech.rows[at] == column][0]
        output = self.tech.values[diagonal]
        taken = at[(self.tech.rows[at] != column) & (self.tech.values[at] != 0)]
        # In the order of their draws, rows lie side by side and need not be copied.
        taken = taken[np.argsort(self.tech_drawn[taken], kind="stable")]
        emitted = emitted[np.argsort(self.bio_drawn[emitted], kind="stable")]
        values, rows = -self.tech.values[taken] / output, self.tech.rows[taken]
        within = np.isin(rows, group)
        outside, inside = (
            Inputs(rows[which], values[which], _rows(self.tech_drawn[taken[which]]))
            for which in (~within, within)
        )
        return Step(
            column=column,
            own=own,
            output=int(self.tech_drawn[diagonal]),
            emitted=self.burdens[emitted] / output,
            emitted_drawn=_rows(self.bio_drawn[emitted]),
            outside=outside,
            inside=inside,
        )


def _rows(index: Index) -> Rows:
    side_by_side = len(index) > 0 and bool(np.all(np.diff(index) == 1))
    return slice(int(index[0]), int(index[-1]) + 1) if side_by_side else index


_NONE: Index = np.array([], dtype=np.int64)


def _by_column(columns: Index) -> dict[int, Index]:
    """Return the places of every column."""
    order = np.argsort(columns, kind="stable")
    names, starts = np.unique(columns[order], return_index=True)
    parts = np.split(order, starts[1:])
    return {int(name): part for name, part in zip(names, parts, strict=True)}


def _torn(steps: Sequence[Step]) -> list[int]:
    """Return the processes of a loop that are taken from before their turn."""
    turn = {step.column: at for at, step in enumerate(steps)}
    links = ((step.column, one) for step in steps for one in step.inside.suppliers.tolist())
    return sorted({one for taker, one in links if turn[one] > turn[taker]})


def _groups(compiled: Compiled) -> Iterator[tuple[int, ...]]:
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


def _left(taken: csr_array, starts: Iterable[int]) -> list[int]:
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

"""Which totals may be published: no figure of fewer than ``k`` firms can be worked out from them.

All figures over firms of all tables of a report are judged together, and with everything that
earlier reports said: a total is a set of atoms, an atom what one firm adds. What is the same in two
tables, or in two reports, is the same atom; what changed in between is another one. Totals of few
firms, or of hardly more than one, are left out first; as one could still take the others from a
larger total, further totals are left out (complementary suppression) until none of three attacks
finds anything:

* **Algebra.** Is there a combination of the published totals in which only atoms of fewer than
  ``k`` firms are left? Their differences are such combinations: of a row and its cells, of two
  tables, of this report and the last.
* **Bounds.** No amount is below zero, no share above one. Between the least and the most that an
  atom can be, given what is published, there must be room: at least :data:`ROOM` of its value.
* **Dominance.** The most that an amount can be must not be near what it is: :data:`ROOM` of it
  above, for an outsider and for every firm that takes its own part off the totals. For a single
  total that is the p % rule of statistical offices. Shares are at most one whatever is published,
  and are not judged by it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

ROOM = 0.2
"""Width of what an outsider can bound a small figure to, and how far the most that an amount can be
must lie above it; as shares of it."""

NIL, SMALL = 1e-9, 1e-7
"""Below these a number of the algebra is zero: its matrices are of zeros and ones."""

BATCH = 4096
"""Sets of firms that are looked at in one go."""

Matrix = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Atom:
    """What one firm adds to totals; never below zero.

    Attributes
    ----------
    firm, what
        Whose it is, and what of.
    value, most
        How much it is; how much anybody knows that it can be.
    flag
        Whether it is a yes or a no: of these only the algebra is judged, because "none of them" and
        "all of them" are answers that may be given.
    """

    firm: str
    what: str
    value: float
    most: float = math.inf
    flag: bool = False


Total = frozenset[Atom]


def firms(atoms: Iterable[Atom]) -> frozenset[str]:
    """Return the firms behind some atoms."""
    return frozenset(atom.firm for atom in atoms)


def value(atoms: Iterable[Atom]) -> float:
    """Return the sum of some atoms, whatever their order."""
    return math.fsum(atom.value for atom in atoms)


def publishable(
    totals: Mapping[str, Total], fewest: int, public: Collection[Total] = ()
) -> frozenset[str]:
    """Return the names of the totals that may be published.

    Parameters
    ----------
    totals
        What one would like to publish, all tables together, by name.
    fewest
        Firms that must stand behind whatever can be worked out; at least 2.
    public
        What was published before and cannot be taken back.
    """
    known = set(public)
    kept = {name: atoms for name, atoms in sorted(totals.items())
            if (len(firms(atoms)) >= fewest and _hidden(atoms)) or atoms in known}  # fmt: skip
    # Cells go before the totals that hold them, small ones first.
    dear = {name: (any(one < atoms for one in totals.values()), len(firms(atoms)), name)
            for name, atoms in kept.items()}  # fmt: skip
    while (exposing := _exposing(kept, fewest, known)) is not None:
        del kept[min(exposing, key=lambda name: dear[name])]
    return frozenset(kept)


def _exposing(kept: Mapping[str, Total], fewest: int, public: set[Total]) -> list[str] | None:
    """Return names of totals one of which must go; None when nothing can be worked out."""
    fresh = [name for name, atoms in kept.items() if atoms not in public]
    if not fresh:
        return None
    told = [*(kept[name] for name in fresh), *sorted(public, key=_ordered)]
    system = System.of(told)
    weights = system.derived(fewest, len(fresh))
    weights = system.narrow(fewest, len(fresh)) if weights is None else weights
    weights = _dominated(told, len(fresh)) if weights is None else weights
    if weights is None:
        return None
    return [name for name, weight in zip(fresh, weights, strict=False)
            if abs(weight) > SMALL] or fresh  # fmt: skip


def _dominated(told: Sequence[Total], fresh: int) -> Matrix | None:
    """Return weights of the totals that tell an outsider, or a firm, too much of an amount.

    A firm takes what it adds itself off every total.
    """
    amounts = [frozenset(one for one in total if math.isinf(one.most)) for total in told]
    for own in ("", *sorted(firms(frozenset().union(*amounts)))):
        system = System.of([{one for one in total if one.firm != own} for total in amounts])
        if (weights := system.dominated(fresh)) is not None:
            return weights
    return None


def _ordered(atoms: Iterable[Atom]) -> list[tuple[str, str, float]]:
    return sorted((one.firm, one.what, one.value) for one in atoms)


def _parts(atoms: Iterable[Atom]) -> list[float]:
    """Return the amounts of firms, the largest first; none of shares."""
    found: dict[str, float] = {}
    for one in atoms:
        if math.isinf(one.most):
            found[one.firm] = found.get(one.firm, 0.0) + one.value
    return sorted(found.values(), reverse=True)


def _hidden(atoms: Iterable[Atom]) -> bool:
    """Whether the second firm cannot tell too much of the first one's amount: the p % rule."""
    first, *others = _parts(atoms) or [0.0]
    return math.fsum(others[1:]) >= ROOM * first


def _without(matrix: Matrix, columns: Sequence[bool]) -> Matrix:
    """Return every independent combination of rows that leaves nothing in some columns."""
    left, sizes, _ = np.linalg.svd(matrix[:, columns])
    return np.asarray(left[:, int((sizes > NIL).sum()) :].T)


def _directions(matrix: Matrix) -> Matrix:
    """Return an orthonormal basis of what rows combine to; shape (rank, columns)."""
    _, sizes, right = np.linalg.svd(matrix, full_matrices=False)
    return np.asarray(right[: int((sizes > NIL).sum())])


@dataclass(frozen=True, eq=False)
class System:
    """What a reader of some totals can set up: equations in unknowns.

    Atoms that stand in the same totals cannot be told apart; each such class is one unknown.

    Attributes
    ----------
    matrix
        Which classes each total is the sum of; shape (totals, classes).
    classes
        The atoms of each.
    """

    matrix: Matrix
    classes: tuple[tuple[Atom, ...], ...]

    @classmethod
    def of(cls, totals: Sequence[Collection[Atom]]) -> System:
        """Set up the equations of totals."""
        inside: dict[Atom, list[int]] = {}
        for row, total in enumerate(totals):
            for atom in sorted(total, key=lambda one: (one.firm, one.what, one.value)):
                inside.setdefault(atom, []).append(row)
        classes: dict[tuple[int, ...], list[Atom]] = {}
        for atom, rows in inside.items():
            classes.setdefault(tuple(rows), []).append(atom)
        matrix = np.zeros((len(totals), len(classes)))
        for column, places in enumerate(classes):
            matrix[list(places), column] = 1.0
        return cls(matrix, tuple(map(tuple, classes.values())))

    @cached_property
    def amounts(self) -> Matrix:
        """The truth: the sum of each class; shape (classes,)."""
        return np.array([value(atoms) for atoms in self.classes])

    @cached_property
    def most(self) -> Matrix:
        """How much each class can be; shape (classes,)."""
        return np.array([math.fsum(one.most for one in atoms) for atoms in self.classes])

    # -- algebra ---------------------------------------------------------------------------

    def derived(self, fewest: int, fresh: int) -> Matrix | None:
        """Return how totals combine into a figure of few firms alone; None: they do not.

        Classes of many firms must cancel out, whoever the few are; what is left of the totals then
        is a small space, in which every set of few firms is tried.

        Parameters
        ----------
        fresh
            How many totals, from the first, are not public yet; what follows from the others alone
            is not looked for.
        """
        behind = [firms(atoms) for atoms in self.classes]
        many = [len(one) >= fewest for one in behind]
        space = _directions(_without(self.matrix, many) @ self.matrix)
        if not len(space):
            return None
        known = _directions(self.matrix[fresh:])
        few = sorted({one for own, skip in zip(behind, many, strict=True) if not skip
                      for one in own})  # fmt: skip
        for chosen in self._suspects(space, few, fewest):
            alone = _without(space, [not own <= chosen for own in behind]) @ space
            new = alone - (alone @ known.T) @ known
            sizes = np.abs(new).max(axis=1, initial=0.0)
            if sizes.max(initial=0.0) > SMALL:
                return self._weights(alone[int(sizes.argmax())])
        return None

    def _suspects(self, space: Matrix, few: Sequence[str], fewest: int) -> Iterator[frozenset[str]]:
        """Yield the sets of few firms for which a combination leaves nothing of the others.

        The rows of the space are orthonormal, so that what a set holds of a combination is between
        nothing and all of it; all of it is an eigenvalue of 1.
        """
        mine = {one: [column for column, atoms in enumerate(self.classes) if one in firms(atoms)]
                for one in few}  # fmt: skip
        sets = combinations(few, min(fewest - 1, len(few)))
        while batch := list(islice(sets, BATCH)):
            held = np.array([self._held(space, frozenset(one), mine) for one in batch])
            for chosen, largest in zip(batch, np.linalg.eigvalsh(held)[:, -1], strict=True):
                if largest > 1 - NIL:
                    yield frozenset(chosen)

    def _held(
        self, space: Matrix, chosen: frozenset[str], mine: Mapping[str, Sequence[int]]
    ) -> Matrix:
        """Return what the classes of some firms alone hold of each combination."""
        columns = sorted({column for one in chosen for column in mine[one]
                          if firms(self.classes[column]) <= chosen})  # fmt: skip
        part = space[:, columns]
        return np.asarray(part @ part.T)

    def _weights(self, combination: Matrix) -> Matrix:
        """Return weights of totals that give a combination: few of them, not a bit of each."""
        count = len(self.matrix)
        halves = np.vstack([self.matrix, -self.matrix]).T
        found = linprog(np.ones(2 * count), A_eq=halves, b_eq=combination)
        if found.status:
            return np.asarray(np.linalg.lstsq(self.matrix.T, combination, rcond=None)[0])
        return np.asarray(found.x[:count] - found.x[count:])

    # -- bounds ----------------------------------------------------------------------------

    def narrow(self, fewest: int, fresh: int) -> Matrix | None:
        """Return weight 1 for the totals with an atom that they bound too closely; or None."""
        low, high = self._reached()
        for column in map(int, np.flatnonzero(self.matrix[:fresh].any(axis=0))):
            if self._tight(column, low[column], high[column], fewest) and self._tight(
                column, *self.bounds(column), fewest
            ):
                return np.asarray(self.matrix[:, column])
        return None

    def dominated(self, fresh: int) -> Matrix | None:
        """Return weights of totals that tell a class to be hardly more than one firm's amount."""
        if not self.classes:
            return None
        _, high = self._reached()
        for column in map(int, np.flatnonzero(self.matrix[:fresh].any(axis=0))):
            enough = (1 + ROOM) * (1 - NIL) * _parts(self.classes[column])[0]
            if high[column] < enough:
                most = self._extreme(column, -1)
                weights = np.abs(most.eqlin.marginals)  # which totals hold it there
                if -most.fun * self.scale < enough and weights[:fresh].max() > SMALL:
                    return np.asarray(weights)
        return None

    def bounds(self, column: int) -> tuple[float, float]:
        """Return the least and the most that a class can be, by linear programmes."""
        least, most = self._extreme(column, 1), self._extreme(column, -1)
        own, scale = float(self.amounts[column]), self.scale
        low = least.fun * scale if least.status == 0 else own
        high = -most.fun * scale if most.status == 0 else (math.inf if most.status == 3 else own)
        return low, high

    @cached_property
    def scale(self) -> float:
        """The largest total: what linear programmes are solved in."""
        return float((self.matrix @ self.amounts).max()) or 1.0

    def _extreme(self, column: int, sign: int) -> Any:
        """Solve for the least (1) or the most (-1) that a class can be, in :attr:`scale`."""
        cost = np.zeros(len(self.classes))
        cost[column] = sign
        limits = [(0.0, None if math.isinf(one) else one / self.scale) for one in self.most]
        totals = self.matrix @ self.amounts / self.scale
        return linprog(cost, A_eq=self.matrix, b_eq=totals, bounds=limits)

    def _reached(self) -> tuple[Matrix, Matrix]:
        """Return values that each class can have, others moving along: bounds from within.

        A class is moved in the direction that leaves the totals as they are and is nearest to
        moving it alone, as far as nothing falls below zero or exceeds its most.
        """
        turn = np.eye(len(self.classes)) - np.linalg.pinv(self.matrix) @ self.matrix
        turn[np.abs(turn) < NIL] = 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            down = np.where(turn < 0, -self.amounts[:, None] / turn, np.inf)
            up = np.where(turn > 0, (self.most - self.amounts)[:, None] / turn, np.inf)
            back = np.where(turn > 0, self.amounts[:, None] / turn, np.inf)
            fall = np.where(turn < 0, -(self.most - self.amounts)[:, None] / turn, np.inf)
            forth = np.minimum(down, up).min(axis=0)
            behind = np.minimum(back, fall).min(axis=0)
            own = turn.diagonal()
            high = self.amounts + np.where(own > 0, own * forth, 0.0)
            low = self.amounts - np.where(own > 0, own * behind, 0.0)
        return low, high

    def _tight(self, column: int, low: float, high: float, fewest: int) -> bool:
        """Whether a class between two amounts leaves too little room to an atom, or to few firms.

        Within a class its atoms may be anything that adds up.
        """
        atoms = self.classes[column]
        if all(one.flag for one in atoms):
            return False
        few = len(firms(atoms)) < fewest
        if few and high - low < ROOM * max(value(atoms), NIL):
            return True
        free = sum(math.isinf(one.most) for one in atoms)
        limits = math.fsum(one.most for one in atoms if math.isfinite(one.most))
        for one in atoms:
            own = math.isinf(one.most)
            others = math.inf if free > own else limits - (0.0 if own else one.most)
            room = min(one.most, high) - max(0.0, low - others)
            if room < ROOM * max(one.value, NIL):
                return True
        return False

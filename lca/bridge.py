"""An exact bridge between two results: what each group of changes adds, whatever the order.

The step of a group is its Shapley value: the mean, over all orders in which the groups could be
applied, of what it adds when its turn comes (Shapley 1953)::

    step(g) = sum over S without g of |S|! (n - |S| - 1)! / n! x (v(S + g) - v(S))

The steps sum to the difference, a group that changes nothing gets nothing, equal groups get the
same, and no order is preferred. Means have endless decimals; each is rounded to the quantum of the
record and the largest step takes what rounding left over, so that the printed decimals sum too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import factorial

from lca.record import exponent_of, rounded
from lca.result import ZERO

MOST_GROUPS = 8
"""Every subset of the groups is computed: 256 results for eight."""

Value = Callable[[frozenset[str]], Fraction]
"""The result after some of the groups: an exact decimal, the same for the same groups."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one group adds, kg CO2e per declared unit; a finite decimal."""

    id: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class Bridge:
    """From one result to another; before + steps = after without remainder."""

    before: Fraction
    after: Fraction
    steps: tuple[Step, ...]

    @property
    def difference(self) -> Fraction:
        """After minus before."""
        return self.after - self.before


def bridge(groups: Sequence[str], value: Value) -> Bridge:
    """Return the bridge over some groups of changes, in the order they are named.

    Parameters
    ----------
    groups
        Ids of the groups, at most :data:`MOST_GROUPS`, each once.
    value
        The result after any subset of them.

    Raises
    ------
    ValueError
        For more groups, or one named twice.
    """
    if len(groups) > MOST_GROUPS or len(set(groups)) < len(groups):
        raise ValueError(f"at most {MOST_GROUPS} different groups")
    values = {chosen: value(chosen) for chosen in subsets(groups)}
    before, after = values[frozenset()], values[frozenset(groups)]
    exponent = exponent_of([max((float(abs(one)) for one in values.values()), default=0.0)])
    exact = {group: _mean(group, groups, values) for group in groups}
    steps = {group: rounded(one, exponent) for group, one in exact.items()}
    if steps:
        largest = max(sorted(steps), key=lambda group: abs(exact[group]))
        steps[largest] += after - before - sum(steps.values(), ZERO)
    return Bridge(before, after, tuple(Step(group, steps[group]) for group in groups))


def subsets(groups: Sequence[str]) -> Iterator[frozenset[str]]:
    """Yield every subset, the empty one first and the whole last."""
    for size in range(len(groups) + 1):
        yield from map(frozenset, combinations(groups, size))


def _mean(group: str, groups: Sequence[str], values: dict[frozenset[str], Fraction]) -> Fraction:
    """Return what a group adds on average over all orders."""
    others = [one for one in groups if one != group]
    count = len(groups)
    total = ZERO
    for chosen in subsets(others):
        orders = factorial(len(chosen)) * factorial(count - len(chosen) - 1)
        total += orders * (values[chosen | {group}] - values[chosen])
    return total / factorial(count)

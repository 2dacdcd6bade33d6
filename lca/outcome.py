"""Two results and the exact bridges between them.

Both ends are computed as any footprint is, by two engines that must agree. The states between them,
one for every subset of the groups of changes, are computed by the engine of record alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from factors.errors import FindingsError
from factors.findings import finding
from factors.store import FactorSet
from lca import engine
from lca.bridge import Bridge, bridge
from lca.changes import Claim
from lca.figures import figures_of, unit_of
from lca.footprint import Footprint, compute
from lca.inventory import GATE, ProductSystem, Text
from lca.lines import lines_of
from lca.result import Figure
from lca.ruleset import RuleSet
from lca.system import compile_system

DECLARED = "declared"
"""The figure of the declared boundary, whichever that is on either side."""


@dataclass(frozen=True, slots=True)
class State:
    """A system and the rule set it is computed under."""

    system: ProductSystem
    rules: RuleSet


@dataclass(frozen=True, slots=True)
class Part:
    """A step of a bridge as people read it: what it is about and what it is called."""

    id: str
    name: Text
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Before, after, and the bridges between them.

    Attributes
    ----------
    what_if
        True for a scenario; False for a comparison of two results that both are meant.
    parts
        What the steps of the bridges are, in their order.
    bridges
        By figure: ``declared``; and ``cradle-to-gate`` where that is another figure on either side.
    beside
        Published claims to be shown beside it; never computed with.
    """

    name: Text
    what_if: bool
    before: Footprint
    after: Footprint
    parts: tuple[Part, ...]
    bridges: Mapping[str, Bridge]
    beside: tuple[Claim, ...] = ()

    @property
    def comparable(self) -> bool:
        """Whether both ends have the same rules and boundary; a chart of unlike ends is refused."""
        one, other = self.before, self.after
        return one.rules.sha256 == other.rules.sha256 and one.boundary == other.boundary


def bridged(
    name: Text,
    parts: Sequence[Part],
    state: Callable[[frozenset[str]], State],
    factors: FactorSet,
    *,
    what_if: bool,
) -> Outcome:
    """Compute both ends and the states between them, and bridge every figure.

    Parameters
    ----------
    parts
        The groups of changes.
    state
        The state after some of them.

    Raises
    ------
    FindingsError
        SCENARIO-UNIT when the two ends do not count the same thing; what is wrong with a state.
    """
    groups = [part.id for part in parts]
    ends = [state(frozenset()), state(frozenset(groups))]
    before, after = (compute(end.system, factors, end.rules) for end in ends)
    if unit_of(before.system) != unit_of(after.system):
        units = {"before": unit_of(before.system), "after": unit_of(after.system)}
        raise FindingsError(finding("SCENARIO-UNIT", **units))
    known = {
        frozenset[str](): _values(before.figures, before.boundary),
        frozenset(groups): _values(after.figures, after.boundary),
    }

    def value(figure: str, chosen: frozenset[str]) -> Fraction:
        if chosen not in known:
            known[chosen] = _between(state(chosen), factors)
        return known[chosen][figure]

    figures = [DECLARED] if before.boundary == after.boundary == GATE else [DECLARED, GATE]
    bridges = {figure: bridge(groups, partial(value, figure)) for figure in figures}
    return Outcome(name, what_if, before, after, tuple(parts), bridges)


def _between(state: State, factors: FactorSet) -> dict[str, Fraction]:
    """Return the figures of a state by the engine of record."""
    system, rules = state.system, state.rules
    compiled = compile_system(system, factors, rules.gwp()[0])
    lines = lines_of(system, compiled, engine.solve(compiled), system.boundary)
    return _values(figures_of(lines, system.boundary, rules), system.boundary)


def _values(figures: Mapping[str, Figure], boundary: str) -> dict[str, Fraction]:
    return {DECLARED: figures[boundary].value, GATE: figures[GATE].value}

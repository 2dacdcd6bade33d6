"""How a figure answers to its inputs: derivatives, elasticities, shares, for every input at once.

With the unit scores ``u`` of one adjoint solve and the supply ``s`` of one forward solve, the
derivative by any entry of the system is a product::

    d result / d A[i, j] = -u[i] s[j]          d result / d B[k, j] = cf[k] s[j]

An exchange enters through its unit, the reference amount of its process and the share that the
reference output bears, which are all constant; so its derivative is such a product times a number.
Shares of allocation are held fixed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import fsum

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from factors.gwp import GwpSet
from factors.store import FactorSet
from factors.units import unit
from lca import adjoint, allocation, engine
from lca.compiled import ALL, ATOMS, Compiled, Solution
from lca.figures import figures_of
from lca.inventory import Exchange, ProductSystem
from lca.lines import lines_of
from lca.resolve import ATOM_PARTS, Resolved, Resolver
from lca.result import HEADLINES, ZERO, Figure
from lca.ruleset import RuleSet
from lca.system import compile_system

EXCHANGE, FACTOR = "exchange", "factor"


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How a figure answers to one input.

    Attributes
    ----------
    kind, id
        ``exchange`` (the amount of a line or of a link between processes) or ``factor`` (all its
        gases in proportion, on all lines that use it).
    derivative
        kg CO2e of the figure per one unit of the amount; for a factor, per kg CO2e/unit of its own
        value, that is the activity which rests on it. None for a factor whose value is zero.
    contribution
        Derivative times input: kg CO2e of the figure that pass through the input.
    elasticity
        Relative change of the figure per relative change of the input; None for a zero figure.
    share
        Absolute contribution over the sum of the absolute contributions of all lines.
    linear
        Whether the contribution also tells the effect of a large change; not so for a link inside a
        loop, where it is the slope.
    """

    kind: str
    id: str
    derivative: float | None
    contribution: float
    elasticity: float | None
    share: float
    linear: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """A figure with its sensitivities, the largest contribution first."""

    figure: Figure
    inputs: tuple[Sensitivity, ...]

    def of(self, kind: str, name: str) -> Sensitivity:
        """Return the sensitivity to one input; KeyError for another."""
        for one in self.inputs:
            if (one.kind, one.id) == (kind, name):
                return one
        raise KeyError(name)


def sensitivities(system: ProductSystem, factors: FactorSet, rules: RuleSet) -> dict[str, Answer]:
    """Return the sensitivities of every disclosed figure, by boundary.

    Parameters
    ----------
    system, factors, rules
        As for :func:`lca.footprint.compute`.

    Raises
    ------
    FindingsError, SolveError
        As for :func:`lca.footprint.compute`.
    """
    gwp, _ = rules.gwp()
    compiled = compile_system(system, factors, gwp)
    solution = engine.solve(compiled)
    figures = figures_of(
        lines_of(system, compiled, solution, system.boundary), system.boundary, rules
    )
    views = [_View.of(compiled, figure) for figure in figures.values()]
    masks = np.array([view.places for view in views]).T
    scores = adjoint.solve(compiled, adjoint.burdens(compiled, masks)).values
    plan = _Plan(system, compiled, solution, Resolver(system, factors, gwp))
    return {
        name: Answer(figure, _ranked(plan, figure, view, scores[:, index], gwp))
        for index, ((name, figure), view) in enumerate(zip(figures.items(), views, strict=True))
    }


def by_factor(figure: Figure) -> dict[str, Fraction]:
    """Return the contribution of each factor to a figure; direct flows have none."""
    sums: dict[str, Fraction] = {}
    for line in figure.lines:
        if line.factor:
            before = sums.get(line.factor.id, ZERO)
            sums[line.factor.id] = before + line.value(figure.headline)
    return sums


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """What of a compiled system belongs to a figure: exchanges, and places of the biosphere."""

    exchanges: frozenset[str]
    parts: Sequence[str]
    places: NDArray[np.bool_]

    @classmethod
    def of(cls, compiled: Compiled, figure: Figure) -> _View:
        names = {line.id for line in figure.lines}
        lines = [line for line in compiled.lines if line.id in names]
        parts = HEADLINES[figure.headline]
        columns = np.isin(compiled.biosphere.cols, [line.column for line in lines])
        rows = [index for index, row in enumerate(compiled.flows) if row.part in parts]
        places = columns & np.isin(compiled.biosphere.rows, rows)
        return cls(frozenset(line.exchange.id for line in lines), parts, places)


class _Plan:
    """A system on its sheets: where every exchange stands and with which coefficient."""

    def __init__(
        self, system: ProductSystem, compiled: Compiled, solution: Solution, resolver: Resolver
    ) -> None:
        self.system = system
        self.compiled = compiled
        self.resolver = resolver
        self.supply = solution.supply
        self.weights = dict(zip(compiled.flows, compiled.characterisation.tolist(), strict=True))
        self.column = {
            (column.sheet, column.id): index
            for index, column in enumerate(compiled.columns)
            if column.kind == "process"
        }
        self.sheets = tuple(dict.fromkeys(sheet for sheet, _ in self.column))

    @cached_property
    def loops(self) -> NDArray[np.int64]:
        """The strong component of every column."""
        entries, size = self.compiled.technosphere, len(self.compiled.columns)
        used = entries.values != 0
        places = (entries.rows[used], entries.cols[used])
        matrix = coo_array((entries.values[used], places), shape=(size, size))
        labels: NDArray[np.int64] = connected_components(matrix, connection="strong")[1]
        return labels

    @cached_property
    def coefficients(self) -> Mapping[str, tuple[Fraction, Fraction]]:
        """Of each process: one over its reference amount, and the share of its own output."""
        counting = frozenset(self.system.units)
        found = {}
        for process in self.system.processes:
            output = process.reference
            per_run = output.amount * unit(output.unit, counting).scale
            found[process.id] = 1 / per_run, allocation.shares(process)[output.flow]
        return found

    def inputs(self) -> Iterator[Exchange]:
        """Yield the exchanges of the file, then those that allocation makes."""
        yield from self.system.exchanges
        known = {exchange.id for exchange in self.system.exchanges}
        names = {process.id for process in self.system.processes}
        for process in self.system.processes:
            for credit in allocation.credit_lines(process, "", names):
                known.add(credit.id)
                yield credit
        made = {line.exchange.id: line.exchange for line in self.compiled.lines}
        yield from (exchange for name, exchange in made.items() if name not in known)

    def slope(self, exchange: Exchange, view: _View, scores: NDArray[np.float64]) -> float:
        """Return the derivative of a figure by the amount of an exchange."""
        resolved = self.resolver.resolve(exchange)
        total = 0.0
        for sheet in self.sheets:
            if not exchange.is_line:
                score = float(scores[self.column[sheet, exchange.from_process]])
            elif exchange.id in view.exchanges:
                score = self._per_unit(resolved, sheet, view.parts)
            else:
                score = 0.0
            total += score * self._runs(exchange, sheet, resolved.scale)
        return total

    def is_linear(self, exchange: Exchange) -> bool:
        """Whether an exchange lies outside every loop."""
        if exchange.is_line:
            return True
        ends = (exchange.process, exchange.from_process)
        return all(
            len({int(self.loops[self.column[sheet, end]]) for end in ends}) == 2
            for sheet in self.sheets
        )

    def _runs(self, exchange: Exchange, sheet: str, scale: Fraction) -> float:
        """Return what one unit of an exchange comes to on a sheet, in base units of its source."""
        per_run, share = self.coefficients[exchange.process]
        taken = per_run * scale * (1 if sheet == ATOMS else share)
        return float(taken) * self.supply[self.column[sheet, exchange.process]]

    def _per_unit(self, resolved: Resolved, sheet: str, parts: Sequence[str]) -> float:
        """Return kg CO2e per base unit of a source, as far as it stands on a sheet."""
        return fsum(
            float(amount) * self.weights.get(row, 0.0)
            for row, amount in resolved.flows
            if row.part in parts and (sheet == ALL or (row.part in ATOM_PARTS) == (sheet == ATOMS))
        )


def _ranked(
    plan: _Plan, figure: Figure, view: _View, scores: NDArray[np.float64], gwp: GwpSet
) -> tuple[Sensitivity, ...]:
    """Return the sensitivities of one figure, the largest contribution first."""
    found = [*_exchanges(plan, figure, view, scores), *_factors(figure, gwp)]
    return tuple(sorted(found, key=lambda one: (-abs(one.contribution), one.kind, one.id)))


def _exchanges(
    plan: _Plan, figure: Figure, view: _View, scores: NDArray[np.float64]
) -> Iterable[Sensitivity]:
    for exchange in plan.inputs():
        slope = plan.slope(exchange, view, scores)
        passed = slope * float(exchange.amount)
        linear = plan.is_linear(exchange)
        yield _sensitivity(figure, EXCHANGE, exchange.id, slope, passed, linear=linear)


def _factors(figure: Figure, gwp: GwpSet) -> Iterable[Sensitivity]:
    """Yield the sensitivities to factors: sums of numbers of record."""
    parts = HEADLINES[figure.headline]
    rows = {line.factor.id: line.factor for line in figure.lines if line.factor}
    for name, passed in by_factor(figure).items():
        values = rows[name].co2e(gwp.values)
        own = sum((value for part, value in values.items() if part in parts), ZERO)
        slope = float(passed / own) if own else None
        yield _sensitivity(figure, FACTOR, name, slope, float(passed))


def _sensitivity(
    figure: Figure, kind: str, name: str, slope: float | None, passed: float, *, linear: bool = True
) -> Sensitivity:
    value, magnitude = float(figure.value), float(figure.magnitude)
    return Sensitivity(
        kind=kind,
        id=name,
        derivative=slope,
        contribution=passed,
        elasticity=passed / value if value else None,
        share=abs(passed) / magnitude if magnitude else 0.0,
        linear=linear,
    )

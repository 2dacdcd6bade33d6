"""Results of a system by the indicators that its file declares for itself.

The same supply, the same two engines and the same limit of disagreement as for a footprint, with
any flows and any characterisation factors in place of greenhouse gases. Results are float64 of the
engine of record; they are no footprint, make no claim and enter no document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import fsum

import numpy as np
from numpy.typing import NDArray

from factors.errors import FindingsError, SolveError
from factors.findings import finding
from factors.store import FactorSet
from factors.units import unit
from lca import engine, oracle, rounding
from lca.compiled import Compiled, FlowRow
from lca.inventory import GATE, Indicator, ProductSystem
from lca.lines import GAP_LIMIT
from lca.system import compile_system

CANCELLED = 1e-5
"""Where all contributions to an indicator come to less than this share of the terms that they are
the rest of, the engines are compared on this share of those terms: 1e-9 of it is 1e-14 of the
terms, some 45 times the unit roundoff, and no engine in float64 can promise less. Every indicator
whose contributions come to more is compared on these alone."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a system comes to by one indicator.

    Attributes
    ----------
    total
        Per reference flow, in the unit of the indicator.
    stages
        Contribution of each stage inside the boundary; they sum to the total but for rounding.
    """

    indicator: Indicator
    total: float
    stages: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Scores:
    """The results of a system by all its indicators.

    Attributes
    ----------
    scores
        One per indicator, in the order of the file.
    gap
        Largest difference between the engines in any line, stage or total, relative to the sum of
        the absolute contributions to its indicator; of an indicator whose contributions themselves
        are rests of a cancellation, relative to :data:`CANCELLED` of the terms that cancel.
    """

    scores: tuple[Score, ...]
    gap: float


def compute(system: ProductSystem, factors: FactorSet, *, approach: str = "location") -> Scores:
    """Compute a system by the indicators of its file.

    Parameters
    ----------
    system
        A product system with ``indicators``, as :func:`lca.system_file.read` gives it.
    factors
        The factor library; the file's own factors come first.
    approach
        Which electricity result counts: ``location`` or ``market``.

    Raises
    ------
    FindingsError
        No indicator; units and factors that do not fit, all of them.
    SolveError
        No unique solution, or the two engines differ by more than 1e-9.
    """
    if not system.indicators:
        raise FindingsError(finding("INDICATOR-NONE"))
    compiled = compile_system(system, factors, None)
    weights = _weights(system, compiled.flows)
    first = engine.scores(compiled, weights)
    second = np.asarray(oracle.scores(compiled, weights), dtype=np.float64)
    stages = _columns_of_stages(system, compiled, approach)
    counted = [column for columns in stages.values() for column in columns]
    gap = _gap(first, second, stages, np.abs(first[:, counted]).sum(axis=1))
    if gap > GAP_LIMIT:
        gap = _gap(first, second, stages, _sizes(compiled, first, weights, counted))
    if gap > GAP_LIMIT:
        limit = f"{GAP_LIMIT:.0E}"
        raise SolveError(
            finding("ENGINE-DISAGREE", gap=f"{gap:.1E}", view="indicators", limit=limit)
        )
    found = tuple(
        _score(indicator, row, stages)
        for indicator, row in zip(system.indicators, first, strict=True)
    )
    return Scores(found, gap)


def _weights(system: ProductSystem, flows: Sequence[FlowRow]) -> list[list[float]]:
    """Return the characterisation factors per base unit of each flow, one row per indicator."""
    counting = frozenset(system.units)
    scales = {flow.id: unit(flow.unit, counting).scale for flow in system.flows}
    keys = [row.gas if row.gas in scales else f"{row.part}.{row.gas}" for row in flows]
    return [
        [float(indicator.flows.get(key, Fraction(0)) / scales.get(key, 1)) for key in keys]
        for indicator in system.indicators
    ]


def _columns_of_stages(
    system: ProductSystem, compiled: Compiled, approach: str
) -> dict[str, list[int]]:
    """Return the columns of the lines that count, by stage inside the boundary."""
    inside = [
        stage.id for stage in system.stages if system.boundary != GATE or stage.side == "gate"
    ]
    columns: dict[str, list[int]] = {stage: [] for stage in inside}
    for line in compiled.lines:
        if line.exchange.stage in columns and line.exchange.basis in ("both", approach):
            columns[line.exchange.stage].append(line.column)
    return columns


def _score(
    indicator: Indicator, row: NDArray[np.float64], stages: Mapping[str, list[int]]
) -> Score:
    sums = {stage: fsum(row[columns].tolist()) for stage, columns in stages.items()}
    return Score(indicator, fsum(sums.values()), sums)


def _sizes(
    compiled: Compiled,
    first: NDArray[np.float64],
    weights: Sequence[Sequence[float]],
    counted: Sequence[int],
) -> NDArray[np.float64]:
    """Return what differences are relative to, exact cancellation minded; shape (indicators,)."""
    terms = rounding.terms(compiled, engine.supply(compiled), weights)
    whole, behind = (np.abs(each[:, counted]).sum(axis=1) for each in (first, terms))
    return np.asarray(np.maximum(whole, CANCELLED * behind), dtype=np.float64)


def _gap(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    stages: Mapping[str, list[int]],
    sizes: NDArray[np.float64],
) -> float:
    """Return the largest difference in any line, stage or total, relative to its indicator."""
    counted = [column for columns in stages.values() for column in columns]
    ends = np.cumsum([0, *map(len, stages.values())])
    ones, others = first[:, counted], second[:, counted]
    apart = ones - others
    sums = [apart[:, start:end].sum(axis=1) for start, end in pairwise(ends.tolist())]
    views = np.column_stack([apart, *sums, apart.sum(axis=1)])
    worst = np.abs(views).max(axis=1)
    return float(np.divide(worst, sizes, out=worst.copy(), where=sizes > 0).max())

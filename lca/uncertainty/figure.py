"""A disclosed figure when its factors are uncertain: sampled, to first order, and by limits.

With the inventory held fixed, a figure is linear in its factors::

    R = sum over lines of (contribution x factor drawn / factor published x amount drawn / amount)

A factor stands in the sum once, however many lines rest on it: it is drawn once per run. What
states no spread is held fixed, or gets the one that the caller assumes of it
(:mod:`lca.uncertainty.assumed`); the result says which share of the figure is which.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from factors.factor import EmissionFactor
from factors.findings import Where
from factors.gwp import GwpSet
from factors.pedigree import stated_spread
from lca.quality import KNOWN_SHARE
from lca.result import ZERO, Figure, Line
from lca.spread import FactorSpread, Spread
from lca.uncertainty.assumed import NOTHING, Assumed
from lca.uncertainty.correlated import within
from lca.uncertainty.distributions import Distribution, Fixed, Lognormal, Uniform
from lca.uncertainty.draws import Correlation, Plan, blocks
from lca.uncertainty.sample import COVERAGE, Sample, summary

Array = NDArray[np.float64]
RUNS = 10_000
CORES = os.cpu_count() or 1
REST = "-"
"""Name of what is held fixed."""

FACTOR, AMOUNT = "factor:", "amount:"
"""Beginnings of the names of quantities."""

CURVED, WIDER, NORMAL = 0.05, 1.5, float(ndtri((1 + COVERAGE) / 2))
"""When two ways differ by enough to say why; standard uncertainties to the end of an interval."""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A figure as a sum of terms, each a contribution times drawn multipliers.

    Attributes
    ----------
    boundary
        Of the figure.
    value
        The figure as published.
    quantities
        Multipliers by name: 1 is the published value.
    terms
        (contribution in kg CO2e, names of the multipliers of the term).
    covers
        Share of the figure that rests on at least one multiplier.
    stated
        Share of the figure whose factors state their spread.
    assumed
        Names of the multipliers that are an assumption.
    """

    boundary: str
    value: float
    quantities: Mapping[str, Distribution]
    terms: tuple[tuple[float, tuple[str, ...]], ...]
    covers: Fraction
    stated: Fraction
    assumed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the three ways say about one figure.

    Attributes
    ----------
    uncertain
        The figure as it was drawn.
    sample
        By sampling.
    first_order
        By derivatives.
    limits
        Every quantity at the end of its 95 % interval that raises, or lowers, the figure.
    """

    uncertain: Uncertain
    sample: Sample
    first_order: Spread
    limits: tuple[float, float]
    remarks: tuple[str, ...] = field(default=())


def multiplier(factor: EmissionFactor, gwp: GwpSet) -> Distribution | None:
    """Return the spread that a row states for itself, relative to its published value.

    A geometric standard deviation makes a lognormal whose median is the published value; limits
    without a stated level a rectangle (JCGM 100:2008, 4.3.7). None where the row states nothing, or
    where its value is zero.
    """
    stated = factor.uncertainty or stated_spread(factor.quality, Where(path=factor.reference))
    total = sum(factor.co2e(gwp.values).values(), ZERO)
    if stated is None or not total:
        return None
    if stated.kind == "lognormal":
        return Lognormal(1.0, float(stated.spread[0])) if stated.spread[0] > 1 else None
    if stated.kind == "relative":
        share = float(stated.spread[0])
        return Uniform(1 - share, 1 + share) if share else None
    low, high = sorted(float(end / total) for end in stated.spread)
    return Uniform(low, high) if low < high else None


def uncertain(
    figure: Figure,
    gwp: GwpSet,
    amounts: Mapping[str, Distribution] | None = None,
    assumed: Assumed = NOTHING,
) -> Uncertain:
    """Return a figure as a sum of terms with multipliers.

    Parameters
    ----------
    figure
        A disclosed figure, or any figure made of some of its lines.
    gwp
        The set of the rule set.
    amounts
        Multipliers of the amounts of exchanges, by id of the exchange.
    assumed
        Spreads of what states none; what is in none of them is fixed.
    """
    stated = _stated(figure, gwp) | {f"{AMOUNT}{one}": x for one, x in (amounts or {}).items()}
    known = {**_assumed(figure, assumed), **stated}
    sums: dict[tuple[str, ...], Fraction] = {}
    covered = []
    for line in figure.lines:
        names = tuple(name for name in _wanted(line) if name in known)
        sums[names] = sums.get(names, ZERO) + line.value(figure.headline)
        if names:
            covered.append(line)
    used = {name for names in sums for name in names}
    told = [line for line in figure.lines if _wanted(line)[1] in stated]
    return Uncertain(
        boundary=figure.boundary,
        value=float(figure.value),
        quantities={name: known[name] for name in sorted(used)},
        terms=tuple((float(value), names) for names, value in sums.items()),
        covers=figure.share(covered),
        stated=figure.share(told),
        assumed=frozenset(used - set(stated)),
    )


def _wanted(line: Line) -> tuple[str, str]:
    """Return the names of the multipliers that a line may have."""
    return f"{AMOUNT}{line.exchange.id}", f"{FACTOR}{line.factor.id if line.factor else ''}"


def _stated(figure: Figure, gwp: GwpSet) -> dict[str, Distribution]:
    rows = {line.factor.id: line.factor for line in figure.lines if line.factor}
    spreads = {name: multiplier(row, gwp) for name, row in rows.items()}
    return {f"{FACTOR}{name}": shape for name, shape in spreads.items() if shape is not None}


def _assumed(figure: Figure, assumed: Assumed) -> dict[str, Distribution]:
    found: dict[str, Distribution] = {}
    for line in figure.lines:
        shapes = (
            assumed.amount(line.exchange.id),
            assumed.factor(line.factor.id) if line.factor else None,
        )
        pairs = zip(_wanted(line), shapes, strict=True)
        found |= {name: shape for name, shape in pairs if shape is not None}
    return found


def results(
    figures: Sequence[Uncertain],
    runs: int = RUNS,
    seed: int = 0,
    correlations: tuple[Correlation, ...] = (),
    threads: int = 1,
) -> Array:
    """Return drawn results of some figures, on the same draws; shape (figures, runs).

    The same for any number of threads: every chunk of runs has streams of its own.
    """
    quantities = {name: shape for one in figures for name, shape in one.quantities.items()}
    plan = Plan(quantities or {REST: Fixed(1.0)}, runs, seed, correlations)
    row = {name: index for index, name in enumerate(plan.names)}

    def chunk(number: int) -> Array:
        return np.concatenate(
            [_results(figures, row, block) for block in blocks(plan, number)], axis=1
        )

    if threads == 1 or len(plan.chunks) == 1:
        return np.concatenate([chunk(number) for number in plan.chunks], axis=1)
    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(chunk, plan.chunks)), axis=1)


def study(
    figure: Figure,
    gwp: GwpSet,
    runs: int = RUNS,
    seed: int = 0,
    amounts: Mapping[str, Distribution] | None = None,
    assumed: Assumed = NOTHING,
    correlations: Sequence[Correlation] = (),
) -> Outcome:
    """Return what sampling, first order and limits say about a figure, and why they differ."""
    terms = uncertain(figure, gwp, amounts, assumed)
    tied = within(correlations, terms.quantities)
    sample = summary(results([terms], runs, seed, tied, CORES)[0], seed)
    first = first_order(terms, tied)
    found = Outcome(terms, sample, first, limits(terms))
    return replace(found, remarks=tuple(_remarks(found, correlated=bool(tied))))


def first_order(terms: Uncertain, correlations: Sequence[Correlation] = ()) -> Spread:
    """Return the uncertainty of a figure to first order.

    The derivative of the figure by the logarithm of a multiplier is the sum of the terms that it
    stands in; with c = derivative x relative standard uncertainty, u^2 is the sum of c_i r_ij c_j
    over all pairs (JCGM 100:2008, 5.2.2). The share of a quantity is its row of that sum; shares
    add up to one, and a correlated one may be negative.
    """
    sums: dict[str, float] = {}
    for value, names in terms.terms:
        for name in names:
            sums[name] = sums.get(name, 0.0) + value
    relative = {name: _relative(shape) for name, shape in terms.quantities.items()}
    single = {name: value * relative[name] for name, value in sums.items()}
    rows = {name: one * _tied(name, single, correlations) for name, one in single.items()}
    variance = max(sum(rows.values()), 0.0)
    known = terms.covers >= KNOWN_SHARE and terms.value
    ordered = sorted(single.items(), key=lambda item: (-abs(item[1]), item[0]))
    return Spread(
        standard=sqrt(variance),
        relative=sqrt(variance) / abs(terms.value) if known else None,
        covers=terms.covers,
        factors=tuple(
            FactorSpread(
                name.removeprefix(FACTOR),
                relative[name],
                abs(one),
                rows[name] / variance if variance else 0.0,
            )
            for name, one in ordered
        ),
    )


def _tied(name: str, single: Mapping[str, float], correlations: Sequence[Correlation]) -> float:
    """Return the sum of r_ij c_j over the quantities that one is correlated with, itself too."""
    for one in correlations:
        if name in one.names:
            row: list[float] = np.asarray(one.matrix)[one.names.index(name)].tolist()
            return sum(r * single[other] for r, other in zip(row, one.names, strict=True))
    return single[name]


def _relative(shape: Distribution) -> float:
    """Return the standard uncertainty of a multiplier of one.

    That of a lognormal is taken about its own mean, sqrt(exp(sigma^2) - 1).
    """
    return shape.sd / shape.mean if isinstance(shape, Lognormal) else shape.sd


def limits(terms: Uncertain, coverage: float = COVERAGE) -> tuple[float, float]:
    """Return the least and the most a figure comes to with every quantity at an end.

    Exact where no quantity stands in two terms of different sign; never too narrow.
    """
    ends = {name: _ends(shape, coverage) for name, shape in terms.quantities.items()}
    low = high = 0.0
    for value, names in terms.terms:
        corners = [value]
        for name in names:
            corners = [corner * end for corner in corners for end in ends[name]]
        low, high = low + min(corners), high + max(corners)
    return low, high


def _ends(shape: Distribution, coverage: float) -> tuple[float, float]:
    """Return the ends of the central interval of a shape."""
    reach = float(ndtri((1 + coverage) / 2))
    scores = np.array([-reach, reach])
    shape.turn(scores)
    return float(scores.min()), float(scores.max())


def _results(figures: Sequence[Uncertain], row: Mapping[str, int], block: Array) -> Array:
    found = np.zeros((len(figures), block.shape[1]))
    for result, one in zip(found, figures, strict=True):
        for value, names in one.terms:
            term: Array | float = value
            for name in names:
                term = term * block[row[name]]
            np.add(result, term, out=result)
    return found


def _remarks(found: Outcome, *, correlated: bool) -> Iterator[str]:
    """Yield the keys of the sentences that explain why the three ways differ."""
    terms, sample, first = found.uncertain, found.sample, found.first_order.standard
    if terms.covers < KNOWN_SHARE:
        yield "covers"
    if terms.assumed:
        yield "assumed"
    if correlated:
        yield "correlated"
    if abs(sample.mean - terms.value) > 2 * sample.mean_error + 0.01 * abs(terms.value):
        yield "skew"
    if first and abs(sample.sd / first - 1) > CURVED:
        yield "curved"
    width = sample.high.value - sample.low.value
    if abs(2 * NORMAL * first - width) > 2 * CURVED * width:
        yield "shape"
    if found.limits[1] - found.limits[0] > WIDER * width:
        yield "wide"
    if not sample.converged:
        yield "runs"

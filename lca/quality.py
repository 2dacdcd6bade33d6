"""What a result rests on: shares of the disclosed figures, GWP bases, first-order uncertainty.

Every share is of the absolute contributions to one figure's headline total, and is taken for each
disclosed figure separately: a use stage may not hide a factory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp, log, sqrt

from factors.factor import EmissionFactor, Status
from factors.findings import Where
from factors.gwp import GwpSet
from factors.pedigree import stated_spread
from lca.model_standing import QUALITY as KINDS
from lca.own_factors import OWN
from lca.result import HEADLINES, ZERO, Figure, Line, Quality

PRIMARY = frozenset({"metered", "invoiced"})
"""Activity kinds that count as primary data: read from a meter or an invoice, nothing derived."""

OWN_RECORD = "calculated"
"""The weakest activity kind that rests on a record of the maker."""

ONE = Fraction(1)
SUPPLIER = frozenset({"supplier", "supplier-verified"})

RECALLED = str(Status.RECALLED)

KNOWN_SHARE = Fraction(95, 100)
"""Least share of a figure whose factors state a spread before a first-order value is given."""

WIDEST = exp(5)
"""A geometric standard deviation beyond this (148) says no more than that nothing is known."""


def quality(
    figure: Figure,
    accepted: Sequence[str],
    omitted: Fraction,
    gwp: GwpSet,
    passed: Mapping[str, Fraction] | None = None,
) -> Quality:
    """Return the quality shares of one figure.

    Parameters
    ----------
    accepted
        Source classes that may carry a result.
    omitted
        Estimated flows left out of the figure, relative to it.
    gwp
        The set; its recalled values count as recalled rows do.
    passed
        Share of a line that the demand on its process lets count as primary, by id of the line
        (:mod:`lca.demand`); in full where a line is absent.
    """
    lines = figure.lines
    weak = weak_rows(figure, accepted, gwp)
    return Quality(
        primary_activity=_primary(figure, passed or {}),
        proxy=figure.share(x for x in lines if not representative(x)),
        recalled=sum((row.share for row in weak if row.kind == RECALLED), ZERO),
        weak=sum((row.share for row in weak), ZERO),
        omitted=omitted,
        gwp=gwp_shares(figure),
    )


def _primary(figure: Figure, passed: Mapping[str, Fraction]) -> Fraction:
    """Return the share of a figure whose activity was metered or invoiced."""
    whole = figure.magnitude
    counted = sum(
        (
            abs(line.value(figure.headline)) * passed.get(line.id, ONE)
            for line in figure.lines
            if line.exchange.activity_kind in PRIMARY
        ),
        ZERO,
    )
    return counted / whole if whole else ZERO


def strictest(several: Iterable[Quality]) -> Quality:
    """Return the least favourable share of each kind: a use stage may not hide a factory."""
    found = list(several)
    return Quality(
        primary_activity=min(one.primary_activity for one in found),
        proxy=max(one.proxy for one in found),
        recalled=max(one.recalled for one in found),
        weak=max(one.weak for one in found),
        omitted=max(one.omitted for one in found),
        gwp={},
    )


def representative(line: Line) -> bool:
    """Whether a line's factor stands for the country and technology of its activity.

    Direct emissions are the process itself. A supplier's own figure and licensed data of an
    overlay count; a proxy never does; else the countries must be the same.
    """
    factor = line.factor
    if factor is None or line.exchange.factor_kind in SUPPLIER:
        return True
    if line.exchange.factor_kind == "proxy":
        return False
    licensed = factor.private and not factor.id.startswith(OWN)
    return licensed or (bool(line.place) and _country(factor.place) == _country(line.place))


def amount_needed(line: Line) -> str:
    """Return the weakest activity kind that lets a line carry a certifiable result; empty: any.

    A direct emission or removal has no factor: its amount says how much is given off, so it must
    follow from the maker's own records. A hot spot needs what its model demands.
    """
    demanded = str(line.exchange.expected.get("activity", ""))
    if line.factor is not None:
        return demanded
    return min(demanded or OWN_RECORD, OWN_RECORD, key=KINDS.index)


def amount_stands(line: Line) -> bool:
    """Whether the amount of a line is known as well as it must be; unsaid is the weakest kind."""
    needed = amount_needed(line)
    found = line.exchange.activity_kind or KINDS[-1]
    return not needed or KINDS.index(found) <= KINDS.index(needed)


def stands(line: Line) -> bool:
    """Whether a line may carry a certifiable result: by its factor and by its amount."""
    return representative(line) and amount_stands(line)


def _country(place: str) -> str:
    return place.partition("-")[0]


def recalled_constants(line: Line) -> tuple[str, ...]:
    """Constants and unanswered defaults of the model, recalled, that a line's amount rests on."""
    inputs = line.exchange.origin.get("inputs", ())
    return tuple(sorted({one["name"] for one in inputs if one.get("status") == RECALLED}))


def is_weak(line: Line, accepted: Sequence[str]) -> bool:
    """Whether a line rests on a recalled number or on a source class that may not carry a result.

    A verified supplier figure is accepted whatever class the row names: the verification is what
    the class asks for.
    """
    return bool(recalled_constants(line)) or _weak_factor(line, accepted)


def _weak_factor(line: Line, accepted: Sequence[str]) -> bool:
    if line.factor is None or line.exchange.factor_kind == "supplier-verified":
        return False
    recalled = line.factor.status is Status.RECALLED
    return recalled or line.factor.source_class not in accepted


@dataclass(frozen=True, slots=True)
class WeakRow:
    """A row of a weak source and what it carries of a figure.

    Attributes
    ----------
    name
        Id of the factor, name of the constant, or ``set:gas`` of a GWP value.
    kind
        ``recalled``, or the source class that may not carry a result.
    line
        The first line that rests on it.
    """

    name: str
    kind: str
    share: Fraction
    line: Line


def weak_rows(figure: Figure, accepted: Sequence[str], gwp: GwpSet) -> tuple[WeakRow, ...]:
    """Return the weak rows of a figure; lines on one row count together, no flow twice.

    A weak factor weighs with its whole line; a recalled GWP value with the flows of its gas.
    """
    found: dict[tuple[str, str], tuple[Fraction, Line]] = {}
    for line in figure.lines:
        for name, kind, weight in _weak_parts(line, figure, accepted, gwp):
            so_far, first = found.get((name, kind), (ZERO, line))
            found[name, kind] = so_far + weight, first
    whole = figure.magnitude
    return tuple(
        WeakRow(name, kind, weight / whole if whole else ZERO, line)
        for (name, kind), (weight, line) in found.items()
    )


def _weak_parts(
    line: Line, figure: Figure, accepted: Sequence[str], gwp: GwpSet
) -> Iterator[tuple[str, str, Fraction]]:
    """Yield name, kind and weight of every weak row that a line rests on."""
    weight = abs(line.value(figure.headline))
    if line.factor is not None and _weak_factor(line, accepted):
        recalled = line.factor.status is Status.RECALLED
        yield line.factor.id, RECALLED if recalled else str(line.factor.source_class), weight
        return
    for name in recalled_constants(line)[:1]:
        yield name, RECALLED, weight
        return
    for row, value in line.flows:
        known = gwp.rows.get(row.gas)
        counts = row.part in HEADLINES[figure.headline] and value
        if counts and known is not None and known.status == RECALLED:
            yield f"{gwp.basis(row.gas)}:{row.gas}", RECALLED, abs(Fraction(value))


def gwp_shares(figure: Figure) -> dict[str, Fraction]:
    """Return the share of each GWP basis in a figure, by absolute contribution of the flows."""
    wanted = HEADLINES[figure.headline]
    sums: dict[str, Fraction] = {}
    for line in figure.lines:
        for row, value in line.flows:
            if row.part in wanted and value:
                sums[row.basis] = sums.get(row.basis, ZERO) + abs(Fraction(value))
    whole = sum(sums.values(), ZERO)
    return {basis: value / whole for basis, value in sorted(sums.items())}


def gwp_claim(several: Iterable[Quality], gwp: GwpSet, floor: Fraction) -> str:
    """Return what a document may say: the report's name, or that it holds in part.

    The claim needs the floor (95 % under the shipped rule sets) in every disclosed figure.
    """
    least = min((one.gwp.get(gwp.id, ZERO) for one in several if one.gwp), default=ZERO)
    return gwp.report if least >= floor else f"{gwp.report} in part"


def spread_of(figure: Figure, gwp: GwpSet) -> tuple[float | None, Fraction]:
    """Return the first-order relative standard uncertainty of a figure, and what it covers.

    Lines on one factor move together, different factors independently; activity amounts carry no
    stated spread. None when factors with a stated spread make less than 95 % of the figure.
    """
    by_factor: dict[str, Fraction] = {}
    spreads: dict[str, float] = {}
    for line in figure.lines:
        spread = relative_spread(line.factor, gwp) if line.factor else None
        if line.factor is not None and spread is not None:
            name = line.factor.id
            by_factor[name] = by_factor.get(name, ZERO) + line.value(figure.headline)
            spreads[name] = spread
    known = figure.share(x for x in figure.lines if x.factor and x.factor.id in spreads)
    if known < KNOWN_SHARE or not figure.value:
        return None, known
    variance = sum((float(value) * spreads[name]) ** 2 for name, value in by_factor.items())
    return sqrt(variance) / abs(float(figure.value)), known


def relative_spread(factor: EmissionFactor, gwp: GwpSet) -> float | None:
    """Return the relative standard uncertainty that a row states for itself.

    A lognormal spread has sqrt(exp(ln(gsd)^2) - 1); limits without a stated level are taken as a
    rectangular distribution, half-width / sqrt(3) (JCGM 100:2008, 4.3.7). A row without either may
    state pedigree scores in full: factor set, scores and basic uncertainty.

    Raises
    ------
    FactorError
        When a row names a pedigree factor set and its scores cannot be read.
    """
    stated = factor.uncertainty or stated_spread(factor.quality, Where(path=factor.reference))
    if stated is None:
        return None
    if stated.kind == "lognormal":
        gsd = float(stated.spread[0])
        return sqrt(exp(log(gsd) ** 2) - 1) if gsd <= WIDEST else None
    if stated.kind == "relative":
        return float(stated.spread[0]) / sqrt(3)
    total = sum(factor.co2e(gwp.values).values(), ZERO)
    low, high = stated.spread
    return float((high - low) / 2 / abs(total)) / sqrt(3) if total else None

"""A product system with some amounts, factors and electricity changed, as if its file said so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from factors.errors import FactorError, FindingsError
from factors.factor import EmissionFactor
from factors.findings import Finding, Where, finding
from factors.numbers import parse_decimal
from factors.store import FactorSet
from lca.changes import Change, Key, Merged
from lca.inventory import GATE, Exchange, ProductSystem
from lca.own_factors import OWN
from lca.ruleset import RuleSet

IMAGINED = f"{OWN}what-if."
"""Ids of factors that a scenario multiplies begin so."""


@dataclass(slots=True)
class _Work:
    """One rewriting: what was met, what is wrong, which factors were made."""

    place: Callable[[Key], Where]
    met: set[Key] = field(default_factory=set)
    log: list[Finding] = field(default_factory=list)


def rewritten(
    system: ProductSystem,
    merged: Merged,
    rules: RuleSet,
    factors: FactorSet,
    place: Callable[[Key], Where],
) -> tuple[ProductSystem, frozenset[Key]]:
    """Return the system with the changes to exchanges, factors and grid, and which of them met.

    All changes look at the system as it was: two of them never follow each other, so their order
    does not matter. A named factor goes before the grid of its country.

    Raises
    ------
    FindingsError
        SCENARIO-NUMBER for an amount that is no decimal.
    """
    work = _Work(place)
    own = {factor.id: factor for factor in system.factors}
    made = dict(_imagined(merged.section("factors"), own, factors))
    sources = _sources(merged, made, rules, work)
    amounts = merged.section("exchanges")
    exchanges = tuple(_exchange(one, amounts, sources, work) for one in system.exchanges)
    exchanges += tuple(_added(system, amounts, work))
    if work.log:
        raise FindingsError.of(work.log)
    everything = replace(system, exchanges=exchanges, factors=(*system.factors, *made.values()))
    return everything, frozenset(work.met)


def with_boundary(system: ProductSystem, boundary: str) -> tuple[ProductSystem, bool]:
    """Return the system with another boundary, and whether the file knows what lies beyond."""
    beyond = any(stage.side != "gate" for stage in system.stages)
    return replace(system, boundary=boundary), boundary == GATE or beyond


def _imagined(
    changes: Mapping[str, Change], own: Mapping[str, EmissionFactor], factors: FactorSet
) -> Iterator[tuple[str, EmissionFactor]]:
    """Yield the factors that are multiplied, under the id of the one they stand for."""
    for name, change in changes.items():
        factor = own.get(name) or (factors.get(name) if name in factors else None)
        if change.times is not None and factor is not None:
            times: Fraction = change.times
            values = tuple((flow, amount * times) for flow, amount in factor.values)
            ident = IMAGINED + name.removeprefix(OWN)
            yield name, replace(factor, id=ident, values=values, private=True)


def _sources(
    merged: Merged, made: Mapping[str, EmissionFactor], rules: RuleSet, work: _Work
) -> dict[str, tuple[str, Key]]:
    """Return what takes the place of each factor, and the change that says so."""
    found: dict[str, tuple[str, Key]] = {}
    for country, change in merged.section("grid").items():
        try:
            found[rules.electricity_factor(country)] = change.to, ("grid", country)
        except FactorError as refusal:
            where = work.place(("grid", country))
            work.log.extend(replace(one, where=where) for one in refusal.findings)
    for name, change in merged.section("factors").items():
        target = made[name].id if name in made else change.to or name
        found[name] = target, ("factors", name)
    return found


def _exchange(
    exchange: Exchange,
    amounts: Mapping[str, Change],
    sources: Mapping[str, tuple[str, Key]],
    work: _Work,
) -> Exchange:
    change = amounts.get(exchange.id)
    if change is not None and not change.like:
        work.met.add(("exchanges", exchange.id))
        exchange = replace(exchange, amount=_amount(exchange, change, work))
        if change.factor:
            return _carried(exchange, change.factor)
    if exchange.from_factor in sources:
        target, key = sources[exchange.from_factor]
        work.met.add(key)
        exchange = replace(exchange, from_factor=target)
    return exchange


def _added(system: ProductSystem, amounts: Mapping[str, Change], work: _Work) -> Iterator[Exchange]:
    """Yield the new lines: copies of lines of the system as it was, carried by other rows."""
    lines = {one.id: one for one in system.exchanges if one.is_line}
    for name, change in amounts.items():
        if change.like in lines and name not in lines:
            work.met.add(("exchanges", name))
            like = lines[change.like]
            amount = like.amount * (1 if change.times is None else change.times)
            yield _carried(replace(like, id=name, amount=amount), change.factor)


def _carried(exchange: Exchange, factor: str) -> Exchange:
    """Return a line carried by another row; its own flow or process is no longer asked for."""
    return replace(exchange, from_factor=factor, from_flow="", from_process="", expected={})


def _amount(exchange: Exchange, change: Change, work: _Work) -> Fraction:
    if change.times is not None or not change.to:
        return exchange.amount * (1 if change.times is None else change.times)
    try:
        return parse_decimal(change.to)
    except ValueError:
        where = work.place(("exchanges", exchange.id))
        work.log.append(finding("SCENARIO-NUMBER", where, saw=change.to))
        return exchange.amount

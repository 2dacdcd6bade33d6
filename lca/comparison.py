"""Any two results of one product: what activity, factors, mix, method and boundary each explain.

Between the two systems stand hybrids that take each aspect from one side or the other:

* *activity*: amounts, and which exchanges and processes there are;
* *factor*: what carries a line; *mix*: the same for electricity, its instruments included;
* *method*: rule set and allocation;
* *boundary*: where the life cycle ends, and the lines beyond the gate that only one side has.

An exchange whose units are of different kinds on the two sides is one change of activity: an amount
in kWh cannot meet a factor per kg.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from factors.errors import FindingsError
from factors.factor import EmissionFactor
from factors.findings import finding
from factors.store import FactorSet
from factors.texts import LANGS, text
from factors.units import unit
from lca.changes import ACTIVITY, BOUNDARY, FACTOR, KINDS, METHOD, MIX
from lca.inventory import Exchange, Process, ProductSystem, Stage, Text
from lca.outcome import Outcome, Part, State, bridged
from lca.system_write import canonical

ELECTRICITY = "electricity"
WORDS: Mapping[str, Any] = {
    "ruleset": "",
    "period": {},
    "model": None,
    "carbon_content": {},
    "omissions": (),
    "exclusions": (),
    "bands": (),
    "comparisons": (),
    "use_method": {},
    "family": {},
    "ledger": {},
    "workbook": None,
    "findings": (),
}
"""What a system says without any effect on its figures."""


def compare(before: State, after: State, factors: FactorSet) -> Outcome:
    """Return the bridge between two results by aspect.

    Parameters
    ----------
    before, after
        Two systems of the same declared unit with the rule sets they are computed under.

    Raises
    ------
    FindingsError
        SCENARIO-UNIT for different declared units; what is wrong with a system.
    SolveError
        As for :func:`lca.footprint.compute`.
    """
    units = [_declared(side.system) for side in (before, after)]
    if units[0] != units[1]:
        raise FindingsError(finding("SCENARIO-UNIT", before=units[0], after=units[1]))
    pair = Pair(before, after, factors)
    parts = [Part(kind, _name(kind), (kind,)) for kind in KINDS if pair.differs(kind)]
    whole = frozenset(part.id for part in parts)

    def state(chosen: frozenset[str]) -> State:
        """Return the sides themselves at the ends."""
        return {frozenset(): before, whole: after}.get(chosen) or pair.state(chosen)

    return bridged(_name("comparison"), parts, state, factors, what_if=False)


def _declared(system: ProductSystem) -> str:
    return f"{system.declared_unit['amount']} {system.declared_unit['unit']}"


def _name(key: str) -> Text:
    return {lang: text(f"scenario.{key}", lang) for lang in LANGS}


@dataclass(frozen=True, slots=True)
class Pair:
    """The two sides."""

    before: State
    after: State
    factors: FactorSet

    def differs(self, kind: str) -> bool:
        """Whether an aspect changes anything, alone or after all others."""
        all_others = frozenset(KINDS) - {kind}
        return any(
            _identity(self.state(less)) != _identity(self.state(less | {kind}))
            for less in (frozenset[str](), all_others)
        )

    def side(self, kind: str, chosen: frozenset[str]) -> State:
        """Return the side that an aspect is taken from."""
        return self.after if kind in chosen else self.before

    def state(self, chosen: frozenset[str]) -> State:
        """Return the hybrid with some aspects of the side after."""
        base = self.side(ACTIVITY, chosen).system
        exchanges = list(self._exchanges(chosen))
        processes = {process.id: process for process in self._processes(chosen)}
        reached = _reached(base.reference_process, exchanges, processes)
        system = replace(
            base,
            boundary=self.side(BOUNDARY, chosen).system.boundary,
            stages=_stages(self.before.system, self.after.system),
            processes=tuple(one for one in processes.values() if one.id in reached),
            exchanges=tuple(one for one in exchanges if one.process in reached),
            factors=tuple(self._own(chosen)),
            units=tuple(dict.fromkeys((*self.before.system.units, *self.after.system.units))),
            findings=(),
        )
        return State(system, self.side(METHOD, chosen).rules)

    def _exchanges(self, chosen: frozenset[str]) -> Iterator[Exchange]:
        """Yield every exchange that stands in the hybrid, those of before first."""
        old = {one.id: one for one in self.before.system.exchanges}
        new = {one.id: one for one in self.after.system.exchanges}
        for name in dict.fromkeys((*old, *new)):
            one, other = old.get(name), new.get(name)
            if one is not None and other is not None:
                yield self._blend(one, other, chosen)
            elif one is not None and self._alone(one, self.before.system) not in chosen:
                yield one
            elif other is not None and self._alone(other, self.after.system) in chosen:
                yield other

    def _alone(self, exchange: Exchange, system: ProductSystem) -> str:
        """Return the aspect that an exchange of one side only belongs to."""
        beyond = {stage.id for stage in system.stages if stage.side != "gate"}
        same = self.before.system.boundary == self.after.system.boundary
        if not same and exchange.stage in beyond:
            return BOUNDARY
        return MIX if self._is_electricity(exchange, system) else ACTIVITY

    def _blend(self, one: Exchange, other: Exchange, chosen: frozenset[str]) -> Exchange:
        """Return an exchange of both sides with its amount from one and its source from one."""
        amount = other if ACTIVITY in chosen else one
        if not self._same_kind(one, other):
            return amount
        electric = self._is_electricity(one, self.before.system) or self._is_electricity(
            other, self.after.system
        )
        source = other if (MIX if electric else FACTOR) in chosen else one
        return replace(
            amount,
            from_process=source.from_process,
            from_factor=source.from_factor,
            from_flow=source.from_flow,
            factor_kind=source.factor_kind,
            place=source.place,
            basis=source.basis,
        )

    def _same_kind(self, one: Exchange, other: Exchange) -> bool:
        """Whether amounts and sources of the two sides may be exchanged for one another."""
        units = [
            unit(exchange.unit, frozenset(side.system.units)).dimension
            for exchange, side in ((one, self.before), (other, self.after))
        ]
        return units[0] == units[1] and one.is_line == other.is_line

    def _is_electricity(self, exchange: Exchange, system: ProductSystem) -> bool:
        own = {factor.id: factor for factor in system.factors}
        name = exchange.from_factor
        factor = own.get(name) or (self.factors.get(name) if name in self.factors else None)
        return factor is not None and factor.category.startswith(ELECTRICITY)

    def _processes(self, chosen: frozenset[str]) -> Iterator[Process]:
        """Yield every process; its amounts by activity, its allocation by method."""
        old = {one.id: one for one in self.before.system.processes}
        new = {one.id: one for one in self.after.system.processes}
        for name in dict.fromkeys((*old, *new)):
            one, other = old.get(name), new.get(name)
            if one is None or other is None:
                yield from (found for found in (one, other) if found is not None)
                continue
            method = _amounts(one) == _amounts(other) and _allocation(one) != _allocation(other)
            kind = METHOD if method else ACTIVITY
            yield other if kind in chosen else one

    def _own(self, chosen: frozenset[str]) -> Iterable[EmissionFactor]:
        """Return the factors of the files; where both have one of an id, by the aspect factor."""
        old = {one.id: one for one in self.before.system.factors}
        new = {one.id: one for one in self.after.system.factors}
        kept = {**old, **new} if FACTOR in chosen else {**new, **old}
        return (kept[name] for name in sorted(kept))


def _amounts(process: Process) -> list[tuple[str, object, str]]:
    return [(output.flow, output.amount, output.unit) for output in process.outputs]


def _allocation(process: Process) -> tuple[object, ...]:
    roles = [(output.role, output.replaces) for output in process.outputs]
    return process.method, dict(process.shares), roles


def _stages(before: ProductSystem, after: ProductSystem) -> tuple[Stage, ...]:
    """Return the stages of both sides, each once."""
    return tuple({stage.id: stage for stage in (*after.stages, *before.stages)}.values())


def _reached(
    start: str, exchanges: Iterable[Exchange], processes: dict[str, Process]
) -> frozenset[str]:
    """Return the processes that the reference flow needs."""
    links: dict[str, list[str]] = {
        name: [output.replaces for output in process.outputs] for name, process in processes.items()
    }
    for exchange in exchanges:
        links.setdefault(exchange.process, []).append(exchange.from_process)
    reached, ahead = {start}, [start]
    while ahead:
        for target in links.get(ahead.pop(), ()):
            if target in processes and target not in reached:
                reached.add(target)
                ahead.append(target)
    return frozenset(reached)


def _identity(state: State) -> tuple[str, str]:
    """Return what two states have in common when they are the same."""
    bare = replace(state.system, product={"id": "any"}, declared_unit={}, **WORDS)
    return hashlib.sha256(canonical(bare)).hexdigest(), state.rules.sha256

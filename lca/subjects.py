"""Several products in one system file: each taken out whole, or several woven into one.

Products of one site share processes. A file may therefore name several subjects; each is computed
from the processes that its reference flow reaches. An id that ends in ``@SUBJECT`` belongs to that
subject alone and loses the ending when the subject is taken out, so that a system woven in comes
out as it went in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

import rfc8785

from factors.errors import FindingsError
from factors.factor import EmissionFactor
from factors.findings import finding
from lca.inventory import EndOfLife, Exchange, Output, Process, ProductSystem
from lca.system_write import write

KEYS = (
    "product",
    "declared_unit",
    "reference",
    "boundary",
    "carbon_content",
    "omissions",
    "bands",
    "comparisons",
    "use_method",
    "family",
    "end_of_life",
    "findings",
)
"""What a subject says for itself; what it leaves out the file says for all."""

ROWS = ("stages", "processes", "exchanges", "factors", "flows", "indicators")
"""Arrays of objects with ids, woven into one."""


class _Named(Protocol):
    """A row with an id."""

    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=_Named)


@dataclass(frozen=True, slots=True)
class _Names:
    """New names of processes, exchanges and own factors; ids that are absent stay."""

    processes: Mapping[str, str]
    exchanges: Mapping[str, str]
    factors: Mapping[str, str]


def reached(system: ProductSystem) -> frozenset[str]:
    """Return the processes that the reference flow uses, directly or not."""
    links: dict[str, list[str]] = {}
    for exchange in system.exchanges:
        links.setdefault(exchange.process, []).append(exchange.from_process)
    for process in system.processes:
        links.setdefault(process.id, []).extend(output.replaces for output in process.outputs)
    known = {process.id for process in system.processes}
    found: set[str] = set()
    ahead = [system.reference_process]
    while ahead:
        name = ahead.pop()
        if name in known and name not in found:
            found.add(name)
            ahead.extend(links.get(name, ()))
    return frozenset(found)


def taken_out(system: ProductSystem, subject: str) -> ProductSystem:
    """Return the part of a file that one subject needs, under its own names.

    Parameters
    ----------
    system
        All rows of the file with the reference flow of the subject. Stages that only others use
        are left behind; those that nobody uses stay.
    """
    inside = reached(system)
    processes = tuple(one for one in system.processes if one.id in inside)
    exchanges = tuple(one for one in system.exchanges if one.process in inside)
    lines = {one.id for one in exchanges}
    blocks = tuple(one for one in system.end_of_life if lines.intersection(one.lines))
    idle = {one.id for one in system.stages} - {one.stage for one in system.exchanges}
    stages = {one.stage for one in exchanges} | idle
    factors = _factors_of(processes, exchanges, blocks)
    flows = {one.from_flow for one in exchanges}
    part = replace(
        system,
        stages=tuple(one for one in system.stages if one.id in stages),
        processes=processes,
        exchanges=exchanges,
        factors=tuple(one for one in system.factors if one.id in factors),
        flows=tuple(one for one in system.flows if one.id in flows),
        end_of_life=blocks,
    )
    ending = f"@{subject}"
    return _renamed(part, _names(part, lambda name: name.removesuffix(ending)))


@dataclass(frozen=True, slots=True)
class Joined:
    """Several systems under names that do not collide.

    Attributes
    ----------
    rows
        Stages, processes, exchanges, factors, flows and indicators of all; the rest of it, the
        reference flow too, is the first subject's.
    systems
        Each system under the names that it has in the rows.
    """

    rows: ProductSystem
    systems: Mapping[str, ProductSystem]


def joined(systems: Mapping[str, ProductSystem]) -> Joined:
    """Lay the rows of several systems together.

    A process that is the same for all, its exchanges and everything behind it included, stands
    there once; every other process becomes one per subject.

    Raises
    ------
    FindingsError
        SUBJECTS-APART, when a stage, factor, flow or indicator means different things in them.
    """
    factors = _unlike(systems.values())
    own = _apart(systems.values(), factors)
    named = {
        subject: _renamed(system, _of_subject(system, subject, own, factors))
        for subject, system in systems.items()
    }
    rows = replace(
        next(iter(named.values())),
        stages=_woven("stages", [one.stages for one in named.values()]),
        processes=_woven("processes", [one.processes for one in named.values()]),
        exchanges=_woven("exchanges", [one.exchanges for one in named.values()]),
        factors=_woven("factors", [one.factors for one in named.values()]),
        flows=_woven("flows", [one.flows for one in named.values()]),
        indicators=_woven("indicators", [one.indicators for one in named.values()]),
    )
    return Joined(rows, named)


def together(systems: Mapping[str, ProductSystem]) -> dict[str, Any]:
    """Return the document of one file that holds the systems of several subjects.

    Raises
    ------
    FindingsError
        SUBJECTS-APART, when the systems do not belong together: another period, ledger, rule set.
    """
    both = joined(systems)
    parts = {subject: write(system) for subject, system in both.systems.items()}
    common = write(both.rows)
    for key in dict.fromkeys(key for one in parts.values() for key in one if key not in ROWS):
        if all(one.get(key) == common.get(key) for one in parts.values()):
            continue
        if key not in KEYS:
            raise FindingsError(finding("SUBJECTS-APART", key=key))
        common.pop(key, None)
    told = [
        {"id": subject, **{key: one[key] for key in KEYS if key in one and key not in common}}
        for subject, one in parts.items()
    ]
    return {**common, "subjects": told}


def file_of(systems: Mapping[str, ProductSystem]) -> bytes:
    """Return the canonical bytes (RFC 8785) of one file that holds several systems."""
    return rfc8785.dumps(together(systems))


def _factors_of(
    processes: Iterable[Process], exchanges: Iterable[Exchange], blocks: Iterable[EndOfLife]
) -> set[str]:
    """Return the ids under which these parts may ask for a factor."""
    asked = {one.from_factor for one in exchanges}
    asked |= {output.replaces for one in processes for output in one.outputs}
    return asked | {factor for one in blocks for factor in one.factors.values()}


def _unlike(systems: Iterable[ProductSystem]) -> frozenset[str]:
    """Return the own factors that are not the same in all systems that have them."""
    seen: dict[str, EmissionFactor] = {}
    every = (factor for system in systems for factor in system.factors)
    return frozenset(one.id for one in every if seen.setdefault(one.id, one) != one)


def _apart(systems: Iterable[ProductSystem], factors: frozenset[str]) -> frozenset[str]:
    """Return the processes that are not the same for all subjects that have them.

    Parameters
    ----------
    factors
        Own factors that are not the same for all.
    """
    found = list(systems)
    seen: dict[str, tuple[Process, list[Exchange]]] = {}
    apart: set[str] = set()
    for system in found:
        rows: dict[str, list[Exchange]] = {}
        for exchange in system.exchanges:
            rows.setdefault(exchange.process, []).append(exchange)
        for process in system.processes:
            mine = process, rows.get(process.id, [])
            asked = _factors_of([process], mine[1], ())
            if seen.setdefault(process.id, mine) != mine or asked & factors:
                apart.add(process.id)
    return _with_takers(apart, found)


def _with_takers(apart: set[str], systems: Iterable[ProductSystem]) -> frozenset[str]:
    """Return some processes and all that link to them: a link names its process."""
    takers: dict[str, set[str]] = {}
    for system in systems:
        for exchange in system.exchanges:
            takers.setdefault(exchange.from_process, set()).add(exchange.process)
        for process in system.processes:
            for output in process.outputs:
                takers.setdefault(output.replaces, set()).add(process.id)
    ahead, found = list(apart), set(apart)
    while ahead:
        for taker in takers.get(ahead.pop(), set()) - found:
            found.add(taker)
            ahead.append(taker)
    return frozenset(found)


def _of_subject(
    system: ProductSystem, subject: str, own: frozenset[str], factors: frozenset[str]
) -> _Names:
    """Return names with the subject's ending for what is its own."""
    mine = {one.id for one in system.exchanges if one.process in own}
    theirs = {one.id for one in system.factors} & factors
    return _Names(
        *({name: f"{name}@{subject}" for name in sorted(names)} for names in (own, mine, theirs))
    )


def _names(system: ProductSystem, rename: Callable[[str], str]) -> _Names:
    """Return a new name for every process, exchange and own factor."""
    return _Names(
        {one.id: rename(one.id) for one in system.processes},
        {one.id: rename(one.id) for one in system.exchanges},
        {one.id: rename(one.id) for one in system.factors},
    )


def _renamed(system: ProductSystem, names: _Names) -> ProductSystem:
    """Return a system under other names."""
    of_process, of_factor = names.processes, names.factors
    processes = (_process(one, names) for one in system.processes)
    exchanges = (
        replace(
            one,
            id=names.exchanges.get(one.id, one.id),
            process=of_process.get(one.process, one.process),
            from_process=of_process.get(one.from_process, one.from_process),
            from_factor=of_factor.get(one.from_factor, one.from_factor),
        )
        for one in system.exchanges
    )
    return replace(
        system,
        reference_process=of_process.get(system.reference_process, system.reference_process),
        processes=tuple(processes),
        exchanges=tuple(exchanges),
        factors=tuple(replace(one, id=of_factor.get(one.id, one.id)) for one in system.factors),
        end_of_life=tuple(_block(one, names) for one in system.end_of_life),
    )


def _process(process: Process, names: _Names) -> Process:
    def output(one: Output) -> Output:
        replaced = names.processes.get(one.replaces) or names.factors.get(one.replaces)
        return replace(one, replaces=replaced or one.replaces)

    name = names.processes.get(process.id, process.id)
    return replace(process, id=name, outputs=tuple(map(output, process.outputs)))


def _block(block: EndOfLife, names: _Names) -> EndOfLife:
    factors = {role: names.factors.get(name, name) for role, name in block.factors.items()}
    lines = tuple(names.exchanges.get(line, line) for line in block.lines)
    return replace(block, lines=lines, factors=factors)


def _woven(key: str, several: Sequence[Sequence[Row]]) -> tuple[Row, ...]:
    """Return rows of all, each once, in an order that keeps the order of each.

    A new row stands behind the one that it follows in its own list.
    """
    rows: dict[str, Row] = {}
    order: list[str] = []
    for one in several:
        at = 0
        for row in one:
            if row.id not in rows:
                order.insert(at, row.id)
                rows[row.id] = row
            elif rows[row.id] != row:
                raise FindingsError(finding("SUBJECTS-APART", key=f"{key}.{row.id}"))
            at = order.index(row.id) + 1
    return tuple(rows[name] for name in order)

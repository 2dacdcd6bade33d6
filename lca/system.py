"""From a product system to arrays: units and factors are checked here, once, and never again.

Amounts stay exact until the last step. Everything that is wrong with units, factors, gases and
links is collected and raised as one group; what is wrong with the shape of the system follows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from factors.errors import FindingsError, SolveError
from factors.factor import LUMP
from factors.findings import Where, blocking, finding
from factors.gwp import GwpSet
from factors.store import FactorSet
from lca import allocation
from lca.compiled import ALL, ATOMS, BURDENS, Column, Compiled, CompiledLine, FlowRow, Triplets
from lca.inventory import Exchange, ProductSystem
from lca.resolve import ATOM_PARTS, Resolved, Resolver, place_of


def compile_system(system: ProductSystem, factors: FactorSet, gwp: GwpSet | None) -> Compiled:
    """Compile a product system.

    Parameters
    ----------
    system
        Processes, exchanges and the reference flow.
    factors
        The library; the file's own factors come first.
    gwp
        kg CO2e per kg of gas for everything whose gases are known. None for a system that is
        counted by indicators of its own: then its flows may be its own, and the characterisation
        is nil.

    Raises
    ------
    FindingsError
        Every exchange whose unit, factor or gas does not fit, in one pass.
    SolveError
        When the system has no unique solution for a reason that its shape shows; a footprint
        (``gwp`` is given) without any line, which is nothing to certify.
    """
    compiler = _Compiler(system, factors, gwp)
    entries = [] if blocking(compiler.log) else compiler.entries()
    if blocking(compiler.log):
        raise FindingsError.of(blocking(compiler.log))
    compiled = _arrays(compiler, entries)
    if gwp is not None and not compiled.biosphere.values.size:
        raise SolveError(finding("ENGINE-EMPTY"))
    return compiled


@dataclass(frozen=True, slots=True)
class Entry:
    """One exchange of a single-output process on one sheet; ``line`` is empty for a link."""

    sheet: str
    exchange: Exchange
    resolved: Resolved
    line: str = ""


class _Compiler(Resolver):
    """Divides processes among their outputs and lays their exchanges out on sheets."""

    def __init__(self, system: ProductSystem, factors: FactorSet, gwp: GwpSet | None) -> None:
        super().__init__(system, factors, gwp)
        self.processes = {process.id: process for process in system.processes}
        self.exchanges: dict[str, list[Exchange]] = {name: [] for name in self.processes}
        for index, exchange in enumerate(system.exchanges):
            self.check(exchange, index)
            if exchange.process not in self.exchanges:
                where = place_of(exchange, index)
                self.log.append(finding("SYSTEM-LINK", where, id=exchange.process))
                self.exchanges[exchange.process] = []
            self.exchanges[exchange.process].append(exchange)
        for name, process in self.processes.items():
            self.log.extend(allocation.check(process, Where(path=name)))
        self.check_reference()

    @cached_property
    def per_run(self) -> Mapping[str, Fraction]:
        """The reference amount of every process in base units; its exchanges are per this."""
        return {
            name: process.reference.amount * self.outputs[name].scale
            for name, process in self.processes.items()
        }

    def home_stage(self, process: str) -> str:
        """Return the stage of the lines that allocation makes for a process."""
        stages = {item.stage for item in self.exchanges[process] if item.stage}
        return allocation.home_stage(stages, self.system.stages[0].id)

    @cached_property
    def takes_up(self) -> frozenset[str]:
        """Processes in which, or upstream of which, uptake of biogenic carbon is counted."""
        reached = {
            name
            for name, items in self.exchanges.items()
            for item in items
            if self.resolve(item).takes_up
        }
        takers: dict[str, list[str]] = {}
        for item in self.system.exchanges:
            takers.setdefault(item.from_process, []).append(item.process)
        queue = list(reached)
        while queue:
            for taker in takers.get(queue.pop(), ()):
                if taker not in reached:
                    reached.add(taker)
                    queue.append(taker)
        return frozenset(reached)

    @cached_property
    def portions(self) -> Mapping[str, allocation.Portion]:
        """The reference output's portion of every process."""
        return {
            name: allocation.portions(
                process,
                self.exchanges[name],
                stage=self.home_stage(name),
                carbon=name in self.takes_up,
                processes=self.processes,
            )[0]
            for name, process in self.processes.items()
        }

    @cached_property
    def sheets(self) -> tuple[str, ...]:
        """Two sheets where co-products share burdens and biogenic CO2 flows, else one."""
        shared = any(portion.share != 1 for portion in self.portions.values())
        atoms = any(resolved.has_atoms for resolved, _ in self.known.values())
        return (BURDENS, ATOMS) if shared and atoms else (ALL,)

    def entries(self) -> list[Entry]:
        """Return the exchanges of all sheets; a line whose gases part ways stands on both."""
        entries: list[Entry] = []
        given = {exchange.id for exchange in self.system.exchanges}
        for portion in self.portions.values():
            for made in (item for item in portion.atoms if item.id not in given):
                self.check(made)
        for portion in self.portions.values():
            for sheet in self.sheets:
                whole = sheet == ATOMS or (sheet == ALL and portion.share == 1)
                for exchange in portion.atoms if whole else portion.burdens:
                    if exchange.is_line:
                        entries.extend(_line_entry(sheet, exchange, self.resolve(exchange)))
                    else:
                        entries.append(Entry(sheet, exchange, self.resolve(exchange)))
        return entries


def _line_entry(sheet: str, exchange: Exchange, resolved: Resolved) -> Iterator[Entry]:
    """Yield a line as it stands on one sheet, with the flows that belong there."""
    flows = tuple(
        (row, amount)
        for row, amount in resolved.flows
        if sheet == ALL or (row.part in ATOM_PARTS) == (sheet == ATOMS)
    )
    parted = sheet == ATOMS and len(flows) < len(resolved.flows)
    if flows or (sheet == ALL and not resolved.flows):
        name = f"{exchange.id}.carbon" if parted else exchange.id
        yield Entry(sheet, exchange, Resolved(resolved.scale, resolved.factor, flows), name)


def _arrays(compiler: _Compiler, entries: list[Entry]) -> Compiled:
    """Number rows and columns, sum exactly, and turn into floats."""
    _check_shape(compiler.system, compiler.processes, entries)
    lines = sorted((entry for entry in entries if entry.line), key=lambda entry: entry.line)
    names = [(sheet, name) for sheet in compiler.sheets for name in sorted(compiler.processes)]
    columns = [Column("process", name, sheet) for sheet, name in names]
    columns += [Column("line", entry.line, entry.sheet) for entry in lines]
    number = {name: index for index, name in enumerate(names)}
    flows = sorted({row for entry in lines for row, _ in entry.resolved.flows})
    compiled_lines = tuple(
        CompiledLine(
            id=entry.line,
            column=column,
            exchange=entry.exchange,
            factor=entry.resolved.factor,
            amount=entry.exchange.amount / compiler.per_run[entry.exchange.process],
        )
        for column, entry in enumerate(lines, start=len(names))
    )
    return Compiled(
        columns=tuple(columns),
        products=tuple(f"{column.sheet}:{column.id}" for column in columns),
        flows=tuple(flows),
        lines=compiled_lines,
        technosphere=_technosphere(compiler, entries, lines, number),
        biosphere=_biosphere(compiler, lines, {row: k for k, row in enumerate(flows)}, len(names)),
        characterisation=_characterisation(flows, compiler.gwp),
        demand=_demand(compiler, number),
        remarks=tuple(dict.fromkeys(compiler.log)),
    )


def _technosphere(
    compiler: _Compiler,
    entries: list[Entry],
    lines: list[Entry],
    number: Mapping[tuple[str, str], int],
) -> Triplets:
    """Return outputs, links and the calling of lines; places named twice are summed exactly."""
    one, called = Fraction(1), Fraction(-1)
    cells = {(index, index): one for index in range(len(number) + len(lines))}
    for entry in entries:
        if not entry.line:
            exchange = entry.exchange
            place = (
                number[entry.sheet, exchange.from_process],
                number[entry.sheet, exchange.process],
            )
            taken = _per_run(compiler, entry)
            cells[place] = cells[place] - taken if place in cells else -taken
    for k, entry in enumerate(lines, start=len(number)):
        cells[k, number[entry.sheet, entry.exchange.process]] = called
    return Triplets.of([(row, col, float(value)) for (row, col), value in sorted(cells.items())])


def _per_run(compiler: _Compiler, entry: Entry) -> Fraction:
    """Return the amount of an exchange per run of its process, both in base units."""
    amount, scale = entry.exchange.amount, entry.resolved.scale
    per_run = compiler.per_run[entry.exchange.process]
    amount = amount if scale == 1 else amount * scale
    return amount if per_run == 1 else amount / per_run


def _biosphere(
    compiler: _Compiler, lines: list[Entry], row_of: Mapping[FlowRow, int], first: int
) -> Triplets:
    """Return kg of each flow per run of each line."""
    cells: dict[tuple[int, int], Fraction] = {}
    for col, entry in enumerate(lines, start=first):
        amount = _per_run(compiler, entry)
        for flow, per_unit in entry.resolved.flows:
            place = (row_of[flow], col)
            cells[place] = cells.get(place, Fraction(0)) + amount * per_unit
    ordered = sorted(cells.items(), key=lambda item: (item[0][1], item[0][0]))
    return Triplets.of([(row, col, float(value)) for (row, col), value in ordered])


def _characterisation(flows: list[FlowRow], gwp: GwpSet | None) -> NDArray[np.float64]:
    """Return kg CO2e per kg; a published lump is CO2e already."""
    array = np.zeros(len(flows))
    if gwp is not None:
        array[:] = [1.0 if flow.gas == LUMP else float(gwp.value(flow.gas)) for flow in flows]
    array.setflags(write=False)
    return array


def _demand(
    compiler: _Compiler, number: Mapping[tuple[str, str], int]
) -> tuple[tuple[int, float], ...]:
    """Return the reference flow on every sheet, in the base unit of its process."""
    system = compiler.system
    amount = float(system.reference_amount * compiler.unit(system.reference_unit).scale)
    return tuple((number[sheet, system.reference_process], amount) for sheet in compiler.sheets)


def _check_shape(
    system: ProductSystem, processes: Mapping[str, object], entries: list[Entry]
) -> None:
    """Refuse line ids that collide and processes that the reference flow never reaches."""
    twice = [name for name, n in Counter(e.line for e in entries if e.line).items() if n > 1]
    if twice:
        raise FindingsError(*(finding("SYSTEM-ID-TWICE", id=name) for name in twice))
    links: dict[str, list[str]] = {}
    for exchange in system.exchanges:
        links.setdefault(exchange.process, []).append(exchange.from_process)
    for process in system.processes:
        links.setdefault(process.id, []).extend(output.replaces for output in process.outputs)
    reached, queue = {system.reference_process}, [system.reference_process]
    while queue:
        for target in links.get(queue.pop(), ()):
            if target in processes and target not in reached:
                reached.add(target)
                queue.append(target)
    lost = sorted(set(processes) - reached)
    if lost:
        raise SolveError(finding("ENGINE-DISCONNECTED", processes=", ".join(lost)))

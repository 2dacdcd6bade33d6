"""How often each process runs, and for whom: from the solved system, in the units of the file.

A line's amount is the demand on its process, times the amount per output, times the share of the
burdens that the output bears. Where co-products share burdens there are two sheets; the table of
processes shows the sheet that follows the shares, a line its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from factors.gwp import GwpSet
from factors.numbers import decimal_text
from factors.store import FactorSet
from factors.texts import LANGS
from factors.units import unit
from labels.decimals import exact
from labels.explain.nodes import Input, Process, Running, Taker
from labels.explain.rates import CLOSE
from labels.explain.worked import worked
from lca import allocation, engine
from lca import inventory as inv
from lca.compiled import ATOMS, Compiled
from lca.system import compile_system


@dataclass(frozen=True, slots=True)
class Plant:
    """A solved system.

    Attributes
    ----------
    demands
        Output of each process per declared unit, in its own unit, by sheet and process.
    sheets
        Sheet of each line.
    """

    system: inv.ProductSystem
    demands: Mapping[tuple[str, str], Fraction]
    sheets: Mapping[str, str]

    def running(self, line: Mapping[str, Any]) -> Running | None:
        """Return how the amount of a line follows, None where it does not."""
        given = _exchange(self.system, str(line["id"]))
        sheet = self.sheets.get(str(line["id"]))
        process = _process(self.system, str(line["process"]))
        if given is None or sheet is None or process is None:
            return None
        made = Running(
            process=process.id,
            demand=self.demands[sheet, process.id],
            demand_unit=process.reference.unit,
            per_output=given.amount / process.reference.amount,
            share=_share(process, sheet),
            worked=self._worked(given, process),
        )
        amount = exact(line["amount"])
        product = made.demand * made.per_output * made.share
        return made if abs(product - amount) <= CLOSE * abs(amount) else None

    def processes(self) -> dict[str, Process]:
        """Return all processes with their demand and their takers."""
        first = next(iter(self.demands))[0]
        return {
            process.id: Process(
                id=process.id,
                name=_wording(process),
                demand=self.demands[first, process.id],
                unit=process.reference.unit,
                reference=process.id == self.system.reference_process,
                takers=tuple(self._takers(process.id, first)),
            )
            for process in self.system.processes
        }

    def _takers(self, process: str, sheet: str) -> Iterator[Taker]:
        for link in self.system.exchanges:
            if link.from_process != process or not link.amount:
                continue
            taker = _process(self.system, link.process)
            if taker is None:
                continue
            per_run, share = link.amount / taker.reference.amount, _share(taker, sheet)
            yield Taker(
                process=taker.id,
                name=_wording(taker),
                exchange=link.id,
                amount=self.demands[sheet, taker.id] * per_run * share,
                unit=link.unit,
                per_run=per_run,
                share=share,
                formula=formula_of(link.origin),
                inputs=inputs_of(link.origin),
                evidence=link.evidence,
                worked=self._worked(link, taker),
            )

    def _worked(self, exchange: inv.Exchange, process: inv.Process) -> Fraction | None:
        """Return the value of an exchange's formula per unit of the output of its process."""
        output, counting = process.reference, frozenset(self.system.units)
        formula, inputs = formula_of(exchange.origin), inputs_of(exchange.origin)
        value = worked(formula, inputs, exchange.unit, output.unit, counting) if formula else None
        return None if value is None else value / output.amount


def plant(system: inv.ProductSystem, library: FactorSet, gwp: GwpSet) -> Plant:
    """Compile and solve a system.

    Raises
    ------
    CarbonLabelError
        As for computing the footprint of the system.
    """
    compiled = compile_system(system, library, gwp)
    supply = engine.solve(compiled).supply
    return Plant(system, _demands(system, compiled, supply), _sheets(compiled))


def formula_of(origin: Mapping[str, Any]) -> str:
    """Return the formula of an origin; empty where a cell or a file gave the amount itself."""
    told = origin.get("formula")
    return told if isinstance(told, str) else ""


def inputs_of(origin: Mapping[str, Any]) -> tuple[Input, ...]:
    """Return the names of a formula with their values; what has not that form is left out."""
    rows = origin.get("inputs")
    return tuple(
        Input(
            name=_text(row, "name"),
            value=_text(row, "value"),
            unit=_text(row, "unit"),
            cell=f"{_text(row, 'sheet')}!{_text(row, 'cell')}" if _text(row, "cell") else "",
            source=_text(row, "source"),
            status=_text(row, "status"),
        )
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, Mapping)
    )


def _demands(
    system: inv.ProductSystem, compiled: Compiled, supply: tuple[float, ...]
) -> dict[tuple[str, str], Fraction]:
    counting = frozenset(system.units)
    scales = {p.id: unit(p.reference.unit, counting).scale for p in system.processes}
    return {
        (column.sheet, column.id): Fraction(decimal_text(runs)) / scales[column.id]
        for column, runs in zip(compiled.columns, supply, strict=True)
        if column.kind == "process"
    }


def _sheets(compiled: Compiled) -> dict[str, str]:
    return {line.id: compiled.columns[line.column].sheet for line in compiled.lines}


def _share(process: inv.Process, sheet: str) -> Fraction:
    """Return the share of the burdens that the reference output bears on a sheet."""
    if sheet == ATOMS:
        return Fraction(1)
    return allocation.shares(process).get(process.reference.flow, Fraction(1))


def _exchange(system: inv.ProductSystem, line: str) -> inv.Exchange | None:
    """Return the exchange of a line; a line of biogenic CO2 alone ends in ``.carbon``."""
    named = {line, line.removesuffix(".carbon")}
    return next((one for one in system.exchanges if one.id in named), None)


def _process(system: inv.ProductSystem, name: str) -> inv.Process | None:
    return next((one for one in system.processes if one.id == name), None)


def _wording(process: inv.Process) -> dict[str, str]:
    return {lang: str(process.name.get(lang) or process.id) for lang in LANGS}


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""

"""How much of the demand on each process was read from a meter or an invoice, or follows from such.

A metered line of a modelled process is no better known than the demand on that process. A demand
passes on what lies behind it as it is, unless it was itself estimated or taken from literature:
then nothing behind it counts as primary. Where a process is demanded in several ways, its lines
count with the share of their runs that sound demands alone would call.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from factors.gwp import GwpSet
from factors.store import FactorSet
from lca import engine
from lca.compiled import Compiled, Solution
from lca.inventory import Exchange, ProductSystem
from lca.system import compile_system

UNSOUND = frozenset({"estimated", "literature"})
"""Activity kinds of a demand that keep what lies behind it from counting as primary."""

PLACES = 12
"""Decimals of a share between 0 and 1: what two solves agree to."""


def is_sound(link: Exchange) -> bool:
    """Whether a demand passes on what lies behind it.

    A constant of the model without any input (a litre packed takes a litre brewed) is no estimate,
    it is how the model is cut into processes.
    """
    constant = link.origin.get("kind") == "rule" and not link.origin.get("inputs")
    return constant or link.activity_kind not in UNSOUND


def passed_on(
    system: ProductSystem,
    compiled: Compiled,
    solution: Solution,
    factors: FactorSet,
    gwp: GwpSet,
) -> dict[str, Fraction]:
    """Return, for every line behind an unsound demand, the share of its runs that counts.

    Parameters
    ----------
    compiled, solution
        Of the system.

    Returns
    -------
    dict
        By id of the line, 0 to 1; lines that are not behind one are absent.
    """
    behind = _behind(system)
    if not behind:
        return {}
    sound = compile_system(_without_unsound(system), factors, gwp)
    alone = dict(zip(_names(sound), engine.solve(sound).supply, strict=True))
    runs = dict(zip(_names(compiled), solution.supply, strict=True))
    return {
        line.id: _share(alone[compiled.columns[line.column].id], runs[line.id])
        for line in compiled.lines
        if line.exchange.process in behind
    }


def _behind(system: ProductSystem) -> frozenset[str]:
    """Return the processes that an unsound demand calls, directly or not."""
    links: dict[str, set[str]] = {}
    ahead: list[str] = []
    for exchange in system.exchanges:
        if not exchange.is_line:
            links.setdefault(exchange.process, set()).add(exchange.from_process)
            if not is_sound(exchange):
                ahead.append(exchange.from_process)
    for process in system.processes:
        links.setdefault(process.id, set()).update(output.replaces for output in process.outputs)
    found: set[str] = set()
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead.extend(links.get(name, ()))
    return frozenset(found)


def _without_unsound(system: ProductSystem) -> ProductSystem:
    """Return a system whose unsound demands are nil."""
    return replace(
        system,
        exchanges=tuple(
            one if one.is_line or is_sound(one) else replace(one, amount=Fraction(0))
            for one in system.exchanges
        ),
    )


def _names(compiled: Compiled) -> tuple[str, ...]:
    """Return a name for every column; that of a line is its id."""
    return tuple(
        one.id if one.kind == "line" else f"{one.sheet}:{one.id}" for one in compiled.columns
    )


def _share(alone: float, runs: float) -> Fraction:
    """Return a share of runs, between 0 and 1; what is never called keeps none."""
    share = alone / runs if runs else 0.0
    return Fraction(str(round(min(max(share, 0.0), 1.0), PLACES)))

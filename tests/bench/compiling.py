"""A 10,000-line inventory, units checked, beside the same with a Pint quantity per number.

The naive way reads amount and unit of every line as text, as users of Pint do. Ours is timed twice:
the flat inventory (:mod:`lca.flat`), which is what a portfolio is read by, and the whole compiler
(:mod:`lca.system`), which also divides co-products, keeps amounts exact and names faulty cells.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import NamedTuple

import pint

from factors.factor import LUMP_BASES
from factors.gwp import gwp_set
from factors.store import load
from lca.flat import flat
from lca.system import compile_system
from lca.system_file import read
from tests.bench.clock import best
from tests.lca.systems import document, line, process

LINES, SOURCES, AIM = 10_000, 200, 400
UNITS: Mapping[str, tuple[str, ...]] = {"kg": ("kg", "g", "t"), "kWh": ("kWh", "MJ", "GJ")}


class Row(NamedTuple):
    """A line: amount, its unit, its factor, and the unit of that."""

    amount: float
    unit: str
    factor: str
    per: str


def inventory(count: int = LINES, seed: int = 1) -> list[Row]:
    """Rows that ask for each of some factors in any unit of its dimension."""
    rng = random.Random(seed)
    rows = [row for row in load() if row.use == "input" and row.gwp_set in LUMP_BASES]
    usable = sorted((row.id, row.unit) for row in rows if row.unit in UNITS)[:SOURCES]
    chosen = [rng.choice(usable) for _ in range(count)]
    return [
        Row(round(rng.uniform(0.1, 9), 6), rng.choice(UNITS[per]), name, per)
        for name, per in chosen
    ]


def naive(rows: list[Row]) -> float:
    """Pint quantities from text, one multiplication and one conversion a line."""
    registry: pint.UnitRegistry[float] = pint.UnitRegistry()
    registry.define("kgCO2e = [co2e]")
    total = registry.Quantity(0.0, "kgCO2e")
    for amount, text, _, per in rows:
        score = registry.Quantity(1.5, f"kgCO2e/{per}")
        total += (registry.Quantity(f"{amount} {text}") * score).to("kgCO2e")
    return float(total.magnitude)


def main() -> None:
    """Measure and print; the totals of both ways must be one number."""
    library, gwp = load(), gwp_set("AR6-100")
    rows = inventory()
    amounts = [row.amount for row in rows]
    texts, names = [row.unit for row in rows], [row.factor for row in rows]
    made = flat(amounts, texts, names, library)
    total = float(made.amounts.sum()) * 1.5
    theirs = naive(rows)
    lines = [
        line(f"l{n}", "p", name, repr(amount), text)
        for n, (amount, text, name, _) in enumerate(rows)
    ]
    system = read(document([process("p")], lines))
    peer, ours, whole = (
        one.cpu * 1000
        for one in best(
            lambda: naive(rows),
            lambda: flat(amounts, texts, names, library),
            lambda: compile_system(system, library, gwp),
            turns=3,
        )
    )
    print(f"compile {LINES:,} lines, units checked, CPU time; apart {abs(total / theirs - 1):.0e}")
    print(f"  naive Pint quantities    {peer:9.1f} ms")
    print(f"  flat inventory           {ours:9.1f} ms   ratio {peer / ours:5.0f}   aim {AIM}")
    print(f"  whole compiler, exact    {whole:9.1f} ms   ratio {peer / whole:5.0f}")


if __name__ == "__main__":
    main()

"""The disclosed figures of a system: which lines count, under which total, in which unit."""

from __future__ import annotations

from fractions import Fraction

from lca.inventory import GATE, ProductSystem
from lca.result import EXCLUDING, Figure, Line
from lca.ruleset import RuleSet


def headline_of(of_boundary: str, rules: RuleSet) -> str:
    """Return the total that a figure shows; to the gate biogenic CO2 is always left out."""
    return EXCLUDING if of_boundary == GATE else rules.headline


def figures_of(
    lines: tuple[Line, ...], declared: str, rules: RuleSet, approach: str = ""
) -> dict[str, Figure]:
    """Return the disclosed figures by boundary, under one electricity approach."""
    counted = [line for line in lines if line.counts(approach or rules.electricity)]
    return {
        name: Figure(
            name,
            headline_of(name, rules),
            tuple(line for line in counted if name != GATE or line.side == "gate"),
        )
        for name in dict.fromkeys((GATE, declared))
    }


def unit_of(system: ProductSystem) -> str:
    """Return the unit of every total: kg CO2e per declared unit."""
    declared = system.declared_unit
    many = "" if Fraction(declared["amount"]) == 1 else f"{declared['amount']} "
    return f"kg CO2e/{many}{declared['unit']}"

"""What speaks against the choices of method behind a footprint: division, recycling, carbon."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from factors.findings import Finding
from factors.gwp import GwpSet
from factors.store import FactorSet
from lca import allocation_methods, balance, end_of_life_study
from lca.allocation_methods import Measure
from lca.figures import unit_of
from lca.inventory import STORED, ProductSystem
from lca.result import Figure
from lca.ruleset_parts import COUNTED, RuleSet


def check(
    system: ProductSystem,
    declared: Figure,
    factors: FactorSet,
    gwp: GwpSet,
    rules: RuleSet,
    measure: Measure,
) -> Iterator[Finding]:
    """Yield the findings on methods of a system and its declared figure.

    Parameters
    ----------
    measure
        Figures of a changed system, for the effect of another method.
    """
    unit = unit_of(system)
    yield from allocation_methods.check(system, rules, measure, unit)
    yield from end_of_life_study.check(system, declared, factors, gwp, rules, unit)
    yield from balance.check(declared, gwp, _stored(system, rules))


def _stored(system: ProductSystem, rules: RuleSet) -> Fraction:
    """Return the stored biogenic carbon that may stay open, kg C per reference flow."""
    if rules.stored_carbon != COUNTED:
        return Fraction(0)
    return Fraction(system.carbon_content.get(STORED, {}).get("biogenic") or "0")

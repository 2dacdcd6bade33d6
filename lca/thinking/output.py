"""Output: rejects beside good pieces, broken pieces, an output that puts every account off."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import median

from factors.errors import CarbonLabelError
from factors.findings import Finding
from lca.model_parts import Check
from lca.submission import FamilyEntry
from lca.thinking.case import Case, counts, numbers
from lca.thinking.sure import Sure, shown, thought

MANY = 0.3
WITNESSES = 3
OFF = math.log(5)


def look(case: Case) -> Iterator[Finding]:
    """Look at every family's rejects, and at the output of the declared one."""
    for family in case.submission.families:
        yield from _rejects(family)
        yield from _whole(case, family)
    yield from _scale(case)


def _rejects(family: FamilyEntry) -> Iterator[Finding]:
    good, bad = sum(numbers(family.output)), sum(numbers(family.rejects))
    if good <= 0 or bad <= MANY * good:
        return
    told = {"family": family.family, "good": shown(good), "bad": shown(bad)}
    sure = Sure.LIKELY if bad > good else Sure.LOOK
    where = family.rejects[0].where
    yield thought("THINK-REJECTS", where, sure, unit=family.output_unit, **told)


def _whole(case: Case, family: FamilyEntry) -> Iterator[Finding]:
    """What is counted comes in whole pieces; a broken number is a rate, a mass or thousands."""
    declared = case.model.declared_unit.unit
    if not counts(declared) or family.output_unit != declared.symbol:
        return
    for cells in (family.output, family.rejects, family.rework):
        broken = [cell for cell in cells if cell.number is not None and cell.number.denominator > 1]
        if broken:
            told = {"value": shown(float(broken[0].number or 0)), "unit": family.output_unit}
            told |= {"family": family.family}
            yield thought("THINK-PIECES", broken[0].where, Sure.LOOK, **told)


def _scale(case: Case) -> Iterator[Finding]:
    """Several checks of the model off to one side by one ratio: the divisor is wrong, not they."""
    trusted = frozenset(one.id for one in case.model.accounts if case.trusted(one.id))
    every = (_off(case, rule, trusted) for rule in case.model.checks)
    offs = [off for off in every if off is not None]
    low = [off for off in offs if off < -OFF]
    high = [off for off in offs if off > OFF]
    for side in (low, high):
        if len(side) < WITNESSES or 2 * len(side) < len(offs) or not case.family.output:
            continue
        if max(side) - min(side) < math.log(10):
            told = {"family": case.family.family, "ratio": shown(math.exp(-median(side)))}
            told |= {"count": str(len(side)), "unit": case.family.output_unit}
            where = case.family.output[0].where
            yield thought("THINK-OUTPUT-SCALE", where, Sure.LIKELY, **told)


def _off(case: Case, rule: Check, accounts: frozenset[str]) -> float | None:
    """How far a check on accounts is from the middle of its limits, as a logarithm."""
    if rule.value is None or rule.unit is None or rule.low is None or rule.high is None:
        return None
    if rule.low <= 0 or not case.answers.holds(rule.when):
        return None
    try:
        told = case.answers.value(rule.value, rule.unit)
    except CarbonLabelError:
        return None
    if told.value <= 0 or not any(one.name in accounts for one in told.inputs):
        return None
    return math.log(float(told.value)) - math.log(float(rule.low * rule.high)) / 2

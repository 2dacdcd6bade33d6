"""Stages without anything in them, and stages without any of their hot spots.

One fuel takes the place of another, so a single amount of zero says nothing. A stage in which every
amount, or every amount that usually decides it, is zero is a sheet that nobody filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from factors.errors import CarbonLabelError
from factors.findings import Finding
from factors.texts import LANGS
from lca.further import stage_names
from lca.inventory import GATE, STAGES
from lca.model_parts import ExchangeRule
from lca.thinking.case import Case
from lca.thinking.sure import Sure, thought

AFTER_GATE = STAGES.index("distribution")


def look(case: Case) -> Iterator[Finding]:
    """Look at every stage inside the declared boundary."""
    doubtful = {one.id for one in case.model.accounts if not case.trusted(one.id)}
    for stage, rules in _stages(case):
        amounts = {rule.id: _amount(case, rule, doubtful) for rule in rules}
        if None in amounts.values():
            continue
        spots = [rule for rule in rules if rule.hot_spot is not None]
        if not any(amounts.values()):
            yield from _empty(case, stage, rules, "THINK-STAGE-EMPTY", Sure.LIKELY)
        elif spots and not any(amounts[rule.id] for rule in spots):
            yield from _empty(case, stage, spots, "THINK-HOT-SPOT-NONE", Sure.LOOK)


def _stages(case: Case) -> Iterator[tuple[str, list[ExchangeRule]]]:
    boundary = case.submission.cover["boundary"].text or GATE
    inside = STAGES[:AFTER_GATE] if boundary == GATE else STAGES
    for stage in inside:
        rules = [
            rule
            for rule in case.model.exchanges
            if rule.stage == stage and case.answers.holds(rule.when)
        ]
        if rules:
            yield stage, rules


def _amount(case: Case, rule: ExchangeRule, doubtful: set[str]) -> float | None:
    """Whether anything flows: the amount of a line, None where it cannot be known.

    A line for each supplier is judged by its account.
    """
    if rule.each:
        return None if rule.each in doubtful else case.per_unit(rule.each) or 0.0
    try:
        told = case.answers.amount(rule)
    except CarbonLabelError:
        return None
    return float(told.value) if doubtful.isdisjoint(one.name for one in told.inputs) else None


def _empty(
    case: Case, stage: str, rules: Sequence[ExchangeRule], code: str, sure: Sure
) -> Iterator[Finding]:
    names = {f"lines_{lang}": "; ".join(rule.name[lang] for rule in rules) for lang in LANGS}
    title = stage_names([stage], case.model)[0].name
    shown = {f"stage_{lang}": title[lang] for lang in LANGS}
    yield thought(code, case.family.where, sure, **names, **shown)

"""The model's own limits, also for a file that something else blocks.

A check is left out where something it rests on could not be read in full: what it would say
follows from the fault that is named already.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from factors.errors import CarbonLabelError
from factors.findings import Finding
from lca.model_parts import Check
from lca.thinking.case import Case


def look(case: Case) -> Iterator[Finding]:
    """Run each check of the model that the file can answer."""
    accounts = {account.id for account in case.model.accounts}
    doubtful = {account for account in accounts if not case.trusted(account)}
    for rule in case.model.checks:
        if _answered(case, rule, doubtful):
            alone = replace(case.answers, model=replace(case.model, checks=(rule,)))
            yield from alone.checks()


def _answered(case: Case, rule: Check, unsound: set[str]) -> bool:
    if rule.value is None or rule.unit is None:
        return True
    if not case.answers.holds(rule.when):
        return False
    try:
        told = case.answers.value(rule.value, rule.unit)
    except CarbonLabelError:
        return False
    return unsound.isdisjoint(one.name for one in told.inputs)

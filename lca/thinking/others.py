"""The families that are not declared, and the markets: their answers are read as well.

Other families share the site out. What is missing there is nobody's business today; what stands
there and cannot be is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from factors.findings import Finding
from lca.answers import answer
from lca.thinking.case import Case

TOLD = frozenset({"ANSWER-RANGE", "ANSWER-NUMBER", "ANSWER-UNIT"})


def look(case: Case) -> Iterator[Finding]:
    """Hold the answers of every other family against their limits."""
    told = case.submission
    yield from _markets(case)
    for family in told.families:
        if family.family == case.family.family:
            continue
        found = answer(
            case.model,
            {**told.answers, **family.enums},
            {**told.answers, **family.parameters},
            {},
            family.where,
        )
        yield from (one for one in found.findings if one.code in TOLD)


def _markets(case: Case) -> Iterator[Finding]:
    """Hold the answers of every market against the same limits as the family's."""
    told, family = case.submission, case.family
    for market in told.scenarios:
        own = {cell.where for cell in (*market.enums.values(), *market.parameters.values())}
        found = answer(
            case.model,
            {**told.answers, **family.enums, **market.enums},
            {**told.answers, **family.parameters, **market.parameters},
            {},
            market.where,
        )
        yield from (one for one in found.findings if one.code in TOLD and one.where in own)

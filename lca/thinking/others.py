"""The families that are not declared: their answers share out the site, so they are read as well.

What is missing there is nobody's business today; what stands there and cannot be is said.
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

"""What a rule set says about suppliers' own figures: which are accepted, adjusted or rejected.

A row names a condition that the toolkit knows how to recognise in a supplier's report. Every row
that applies counts, and the strictest verdict decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lca.document import Section
from lca.model_parts import Text

ACCEPT, ADJUST, REJECT = "accept", "adjust", "reject"
VERDICTS = (ACCEPT, ADJUST, REJECT)
"""From lenient to strict."""

CONDITIONS = (
    "boundary-unknown",
    "boundary-partial",
    "delivered",
    "credit-inside",
    "credit-unknown",
    "expired",
    "older-than-36-months",
    "gwp-older",
    "gwp-unknown",
    "uptake-inside",
    "uptake-unknown",
    "market-electricity",
    "packaging-unknown",
    "unverified",
    "per-piece",
    "unit-unfit",
)


@dataclass(frozen=True, slots=True)
class SupplierRule:
    """One row of the table.

    Attributes
    ----------
    when
        One of :data:`CONDITIONS`.
    verdict
        What follows from it.
    text
        Why, and what is adjusted.
    clause
        Clause of the rule set that it rests on.
    """

    when: str
    verdict: str
    text: Text
    clause: str


def supplier_rules(sections: Iterable[Section]) -> tuple[SupplierRule, ...]:
    """Read the rows of a rule set."""
    found = []
    for section in sections:
        found.append(
            SupplierRule(
                when=section.choice("when", CONDITIONS),
                verdict=section.choice("verdict", VERDICTS),
                text=section.text("text"),
                clause=section.string("clause"),
            )
        )
        section.close()
    return tuple(found)


def strictest(rules: Iterable[SupplierRule]) -> str:
    """Return the verdict that decides; accept when no row applies."""
    return max((rule.verdict for rule in rules), key=VERDICTS.index, default=ACCEPT)

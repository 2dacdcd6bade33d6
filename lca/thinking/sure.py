"""How sure a finding is: certain, likely, or worth a look.

``certain`` contradicts itself whatever the plant is like; ``likely`` has one ordinary explanation,
a slip; ``look`` is unusual, and often right. The word leads the sentence, and ``params.sure`` has
it for machines.
"""

from __future__ import annotations

from enum import StrEnum

from factors.findings import Finding, Where, finding
from factors.texts import LANGS, text


class Sure(StrEnum):
    """How sure a finding is."""

    CERTAIN = "certain"
    LIKELY = "likely"
    LOOK = "look"


def thought(code: str, where: Where, sure: Sure, /, **params: object) -> Finding:
    """Make a finding that says how sure it is."""
    words = {f"sure_{lang}": text(f"thinking.{sure}", lang) for lang in LANGS}
    return finding(code, where, sure=str(sure), **words, **params)


def shown(value: float) -> str:
    """Return a readable rounding, for messages only."""
    return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"

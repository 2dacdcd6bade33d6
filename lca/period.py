"""The reference period against what a rule set asks of it."""

from __future__ import annotations

from collections.abc import Iterator

from factors.findings import Finding, finding
from lca.ruleset_parts import Period
from lca.submission import Submission


def short_period(submission: Submission, rule: Period) -> Iterator[Finding]:
    """Yield what is wrong with a period that is shorter than the rule set's."""
    months = len(submission.months)
    place = submission.period_reason.where
    if not months or months >= rule.months:
        return
    if months < rule.provisional_months:
        yield finding("PERIOD-TOO-SHORT", place, months=months, least=rule.provisional_months)
    if not submission.period_reason.text:
        yield finding("PERIOD-REASON", place, months=rule.months)

"""Where a case stands, its findings and misstatements, as plain data with a schema each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from factors.findings import Finding
from factors.numbers import decimal_text
from labels.times import utc_text
from labels.verification.case import Case
from labels.verification.looked import Looked
from labels.verification.materiality import Rolled, Threshold
from labels.verification.planning import Desk
from labels.verification.state import FindingLog, State
from labels.verification.work import Amounts
from lca.record import share_text

STATUS = "carbonlabel-verification-status/1"
FINDINGS = "carbonlabel-verification-findings/1"
MISSTATEMENTS = "carbonlabel-verification-misstatements/1"


def status_json(
    case: Case, state: State, made: Desk | None, left: Iterable[Finding]
) -> dict[str, Any]:
    """Return where a case stands.

    Parameters
    ----------
    made
        The plan as it is now; None when the case cannot be computed.
    left
        What keeps it from being closed.
    """
    sampling = None
    if made is not None:
        sampling = {
            "planned": len(made.plan.lines),
            "left": list(made.left),
            "residual_risk_tolerable": made.enough,
        }
    return {
        "schema": STATUS,
        "case": case.id,
        "sha256": case.contents.sha256,
        "created": utc_text(case.created),
        "version": state.version,
        "submission": state.present.system,
        "footprint": state.present.footprint,
        "closed": utc_text(state.closed.time) if state.closed else None,
        "opinion": state.opinion.opinion if state.opinion else None,
        "sampling": sampling,
        "samples": {line: one.result for line, one in state.samples.items()},
        "open": [log.id for log in state.open_findings],
        "left": [one.to_json() for one in left],
    }


def findings_json(looked: Looked) -> dict[str, Any]:
    """Return the log of findings, each from what was seen to how it ended."""
    review = looked.state.marks.get("review")
    return {
        "schema": FINDINGS,
        "case": looked.case.id,
        "sha256": looked.case.contents.sha256,
        "version": looked.state.version,
        "reviewed_by": review.person if review else None,
        "findings": [_finding(log, looked) for log in looked.state.findings.values()],
    }


def misstatements_json(looked: Looked) -> dict[str, Any]:
    """Return the table of misstatements: each with its effects, and the sums of the uncorrected."""
    limits = looked.desk.limits
    return {
        "schema": MISSTATEMENTS,
        "case": looked.case.id,
        "sha256": looked.case.contents.sha256,
        "rows": [
            {"id": log.id, "uncorrected": log.uncorrected,
             "effects": _effects(log.raised.effects, limits)}
            for log in looked.state.findings.values()
            if any(log.raised.effects.values())
        ],
        "uncorrected": [_sums(name, one) for name, one in looked.desk.rolled.items()],
    }  # fmt: skip


def _finding(log: FindingLog, looked: Looked) -> dict[str, Any]:
    raised, done = log.raised, log.settled
    settled = None
    if done is not None:
        settled = {
            "how": done.how,
            "basis": done.basis,
            "evidence": list(done.evidence),
            "by": done.person,
        }
    return {
        "id": log.id,
        "class": raised.grade,
        "nature": raised.nature or None,
        "line": raised.line,
        "cells": [f"{sheet}!{cell}" for sheet, cell in raised.cells],
        "seen": raised.seen,
        "requirement": raised.requirement,
        "code": raised.code or None,
        "due": raised.due or None,
        "version": raised.version,
        "evidence": list(raised.evidence),
        "by": log.person,
        "effects": _effects(raised.effects, looked.desk.limits),
        "corrections": _corrections(log, looked),
        "answers": [
            {"cause": one.cause, "correction": one.correction, "action": one.action,
             "version": one.version}
            for one in log.answers
        ],
        "settled": settled,
        "reopened": log.reopened,
        "uncorrected": log.uncorrected,
    }  # fmt: skip


def _corrections(log: FindingLog, looked: Looked) -> list[dict[str, Any]]:
    """Return what each version did about a finding, exactly."""
    return [
        {"version": number, "effects": _effects(made.effects[log.id], looked.desk.limits)}
        for number, made in sorted(looked.state.corrections.items())
        if log.id in made.effects
    ]


def _effects(effects: Amounts, limits: dict[str, Threshold] | Any) -> list[dict[str, Any]]:
    return [
        {
            "figure": figure,
            "kg": decimal_text(kg),
            "share": _share(limits[figure], kg) if figure in limits else None,
        }
        for figure, kg in effects.items()
    ]


def _sums(name: str, one: Rolled) -> dict[str, Any]:
    limit = one.threshold
    return {
        "figure": name,
        "net": _share(limit, one.net),
        "absolute": _share(limit, one.absolute),
        "projected": _share(limit, one.projected),
        "limit": _share(limit, limit.material),
        "material": one.material,
    }


def _share(limit: Threshold, kg: Any) -> str | None:
    share = limit.share(kg)
    return None if share is None else share_text(share)

"""What a closed case tells the public: work, sampling, qualification, misstatements; no line."""

from __future__ import annotations

from typing import Any

from factors.texts import LANGS, text
from labels.verification.case import Case
from labels.verification.planning import Desk
from labels.verification.state import State
from lca.record import share_text

Both = dict[str, str]


def summary(case: Case, state: State, made: Desk) -> dict[str, Any]:
    """Return the public summary of a case, in both languages.

    Names of lines, suppliers, amounts and people met stay in the file.
    """
    found: dict[str, Any] = {
        "work": [_work(case, state)],
        "sampling": [_sampling(state, made)],
        "criteria": [dict.fromkeys(LANGS, one) for one in _criteria(state)],
        "qualifications": _qualifications(state),
        "misstatements": _misstatements(state, made),
    }
    return {name: one for name, one in found.items() if one}


def _say(key: str, **params: object) -> Both:
    return {lang: text(f"verification.{key}", lang, **params) for lang in LANGS}


def _work(case: Case, state: State) -> Both:
    people = {event.person for event in case.events if event.role in ("verifier", "auditor")}
    days = len({event.time.date() for event in case.events})
    visits = len({one.site for one in state.visits})
    return _say(
        "public_work", people=len(people), days=days, visits=visits, findings=len(state.findings)
    )


def _sampling(state: State, made: Desk) -> Both:
    looked = len([line for line in made.plan.lines if line in state.samples])
    of = len(made.footprint.declared.lines)
    share = float(
        made.footprint.declared.share(
            line for line in made.footprint.declared.lines if line.id in state.samples
        )
    )
    return _say("public_sampling", lines=looked, of=of, share=f"{share * 100:.0f}")


def _criteria(state: State) -> tuple[str, ...]:
    return state.engagement.criteria if state.engagement else ()


def _qualifications(state: State) -> list[Both]:
    told = state.opinion.qualification if state.opinion else ""
    return [dict.fromkeys(LANGS, told)] if told else []


def _misstatements(state: State, made: Desk) -> list[dict[str, Any]]:
    """Return uncorrected misstatements by id, with the share of the declared figure."""
    name = made.footprint.boundary
    limit = made.limits[name]
    found = []
    for log in state.findings.values():
        effect = limit.share(log.raised.effects.get(name, limit.value * 0))
        if log.uncorrected and log.settled and effect is not None:
            entry = {"text": _say("public_misstatement", id=log.id), "effect": share_text(effect)}
            found.append(entry)
    return found

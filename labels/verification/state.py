"""The state of a case: what its events come to, read anew every time.

A finding is open until it is settled after its last answer, and opens again when a corrected
version moves one of its cells, or its line, after it was settled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from factors.findings import Finding, Where, finding
from labels.verification import shape, work
from labels.verification.case import Case, HandedIn
from labels.verification.event import Event
from labels.verification.words import UnfitError, reason, words


@dataclass(slots=True)
class FindingLog:
    """One finding with everything that happened to it."""

    id: str
    raised: work.Raised
    person: str
    answers: list[work.Answered] = field(default_factory=list)
    settled: work.Settled | None = None
    reopened: int = 0

    @property
    def open(self) -> bool:
        """Whether something is still to be done; forward actions are for the surveillance."""
        return self.settled is None and self.raised.grade != "forward"

    @property
    def uncorrected(self) -> bool:
        """Whether its effect is still in the figures that were handed in."""
        gone = self.settled is not None and self.settled.how != "uncorrected"
        return any(self.raised.effects.values()) and not gone


@dataclass(slots=True)
class State:
    """What a case has come to.

    Attributes
    ----------
    versions
        Number to what was handed in; 1 is the first.
    marks
        Kind to the last event of that kind.
    substance
        Events that a review must have seen: everything but reviews, decisions and closing.
    """

    versions: dict[int, HandedIn]
    engagement: work.Engagement | None = None
    declarations: dict[str, work.Declaration] = field(default_factory=dict)
    risks: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    plan: Mapping[str, Any] | None = None
    plans: int = 0
    samples: dict[str, work.Sample] = field(default_factory=dict)
    visits: list[work.Visit] = field(default_factory=list)
    findings: dict[str, FindingLog] = field(default_factory=dict)
    corrections: dict[int, work.Version] = field(default_factory=dict)
    misstatements: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    recalculation: work.Recalculation | None = None
    opinion: work.Opinion | None = None
    review: Mapping[str, Any] | None = None
    decision: Mapping[str, Any] | None = None
    closed: Event | None = None
    marks: dict[str, Event] = field(default_factory=dict)
    substance: list[Event] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)

    @property
    def version(self) -> int:
        """Number of the present version."""
        return max(self.versions)

    @property
    def present(self) -> HandedIn:
        """What is handed in now."""
        return self.versions[self.version]

    @property
    def open_findings(self) -> tuple[FindingLog, ...]:
        """Findings to be done."""
        return tuple(one for one in self.findings.values() if one.open)

    def next_finding(self) -> str:
        """Return the id of the next finding."""
        return f"F{len(self.findings) + 1:02d}"


def state_of(case: Case, more: Iterable[Event] = ()) -> State:
    """Return the state of a case; events that make no sense are its ``faults``.

    Parameters
    ----------
    more
        Events that are not written yet.
    """
    state = State({1: case.first})
    for event in (*case.events, *more):
        where = Where(file=event.path)
        if state.closed is not None:
            told = words("kind", "act", event.kind)
            state.faults.append(finding("CASE-AFTER-CLOSE", where, **told))
            continue
        try:
            _APPLY[event.kind](state, event)
        except (ValueError, KeyError, TypeError) as error:
            state.faults.append(finding("CASE-EVENT", where, **reason(error)))
            continue
        state.marks[event.kind] = event
        if event.kind not in ("review", "decision", "close"):
            state.substance.append(event)
    return state


def _engagement(state: State, event: Event) -> None:
    state.engagement = work.engagement(event.data)


def _declaration(state: State, event: Event) -> None:
    if event.subject != event.person:
        raise UnfitError("declares-for-another")
    state.declarations[event.subject] = work.declaration(event.subject, event.data)


def _risk(state: State, event: Event) -> None:
    state.risks[event.subject] = {
        name: shape.words(event.data[name]) for name in ("what", "level", "response")
    }


def _plan(state: State, event: Event) -> None:
    if shape.whole(event.data["version"]) != state.version:
        raise UnfitError("other-version")
    state.plan = shape.table(event.data["plan"])
    state.plans += 1


def _sample(state: State, event: Event) -> None:
    found = work.sample(event.subject, event.data, event.person)
    if found.version not in state.versions:
        raise UnfitError("other-version")
    state.samples[found.line] = found


def _visit(state: State, event: Event) -> None:
    state.visits.append(work.visit(event.subject, event.data))


def _recalculation(state: State, event: Event) -> None:
    state.recalculation = work.recalculation(event.data)


def _finding(state: State, event: Event) -> None:
    if event.subject in state.findings:
        raise UnfitError("twice", id=event.subject)
    log = FindingLog(shape.words(event.subject), work.raised(event.data), event.person)
    state.findings[event.subject] = log


def _answer(state: State, event: Event) -> None:
    log = state.findings[event.subject]
    log.answers.append(work.answered(event.data))
    log.settled = None


def _settled(state: State, event: Event) -> None:
    log, found = state.findings[event.subject], work.settled(event.data, event.person)
    if found.how in ("corrected", "explained") and not log.answers:
        raise UnfitError("unanswered")
    if found.how == "corrected" and not _touched(state, log.raised):
        raise UnfitError("untouched")
    log.settled = found


def _touched(state: State, raised: work.Raised) -> bool:
    """Whether a version since a finding changed its cells or line; for one of neither, any."""
    later = [one for one in state.corrections.values() if one.number > raised.version]
    if raised.cells or raised.line:
        return any(set(raised.cells) & one.cells or raised.line in one.lines for one in later)
    return bool(later)


def _misstatement(state: State, event: Event) -> None:
    log = state.findings[event.subject]
    effects = work.amounts(event.data["effects"])
    state.misstatements[event.subject] = event.data
    log.raised = replace(log.raised, effects=effects)


def _version(state: State, event: Event) -> None:
    found = work.version(event.subject, event.data)
    if found.number != state.version + 1:
        raise UnfitError("not-next")
    state.versions[found.number] = found.handed
    state.corrections[found.number] = found
    for log in state.findings.values():
        cells = set(log.raised.cells)
        moved = bool(cells & found.cells) if cells else log.raised.line in found.lines
        if moved and log.settled is not None:
            log.settled = None
            log.reopened += 1
    for line in [line for line in state.samples if line in found.lines]:
        del state.samples[line]


def _opinion(state: State, event: Event) -> None:
    state.opinion = work.opinion(event.data)


def _review(state: State, event: Event) -> None:
    shape.words(event.data["notes"])
    if not isinstance(event.data["agrees"], bool):
        raise ValueError("agrees: yes or no")
    state.review = event.data


def _decision(state: State, event: Event) -> None:
    shape.words(event.data["notes"])
    if not isinstance(event.data["issue"], bool):
        raise ValueError("issue: yes or no")
    state.decision = event.data


def _close(state: State, event: Event) -> None:
    shape.digest(event.data["folder"])
    state.closed = event


_APPLY: Mapping[str, Callable[[State, Event], None]] = {
    "engagement": _engagement,
    "declaration": _declaration,
    "risk": _risk,
    "plan": _plan,
    "sample": _sample,
    "visit": _visit,
    "recalculation": _recalculation,
    "finding": _finding,
    "answer": _answer,
    "settled": _settled,
    "misstatement": _misstatement,
    "version": _version,
    "opinion": _opinion,
    "review": _review,
    "decision": _decision,
    "close": _close,
}

"""Life of a record: one table says which event leads from which state to which, and who decides it.

Terminal states are terminal: nothing leads out of revoked, superseded or void. Expiry is not an
event of the log; it follows from the last day of validity and the day one asks about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from labels.kinds import APPROVALS, Kind


class State(StrEnum):
    """Where a record stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    RESERVED = "reserved"
    LOGGED = "logged"
    ISSUED = "issued"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    VOID = "void"


class Event(StrEnum):
    """What can happen to a record; the values of the last seven are kinds of log leaves."""

    APPROVE = "approve"
    RESERVE = "reserve"
    ISSUE = "issued"
    DOCUMENT = "documents"
    SUSPEND = "suspended"
    RESUME = "resumed"
    REVOKE = "revoked"
    SUPERSEDE = "superseded"
    ABANDON = "void"


class Actor(StrEnum):
    """Who brings an event about.

    Attributes
    ----------
    APPROVERS
        Each person named in the body, in the role named there.
    DESK
        The registry itself, with the keys of its log and seal; no person decides anything.
    ANY_APPROVER
        One person in any role that a record of this kind needs: a precaution may not wait.
    DECIDER
        The person who decides on records of this kind, see :data:`DECIDERS`.
    """

    APPROVERS = "approvers"
    DESK = "desk"
    ANY_APPROVER = "any approver"
    DECIDER = "decider"


@dataclass(frozen=True, slots=True)
class Step:
    """What an event makes of a state, and who may bring it about."""

    after: State
    actor: Actor


#: The one table. What is not in it cannot happen.
STEPS: Mapping[tuple[State, Event], Step] = {
    (State.DRAFT, Event.APPROVE): Step(State.APPROVED, Actor.APPROVERS),
    (State.APPROVED, Event.RESERVE): Step(State.RESERVED, Actor.DESK),
    (State.RESERVED, Event.ISSUE): Step(State.LOGGED, Actor.DESK),
    (State.RESERVED, Event.ABANDON): Step(State.VOID, Actor.DESK),
    (State.LOGGED, Event.DOCUMENT): Step(State.ISSUED, Actor.DESK),
    (State.LOGGED, Event.ABANDON): Step(State.VOID, Actor.DESK),
    (State.ISSUED, Event.SUSPEND): Step(State.SUSPENDED, Actor.ANY_APPROVER),
    (State.ISSUED, Event.REVOKE): Step(State.REVOKED, Actor.DECIDER),
    (State.ISSUED, Event.SUPERSEDE): Step(State.SUPERSEDED, Actor.DECIDER),
    (State.SUSPENDED, Event.RESUME): Step(State.ISSUED, Actor.DECIDER),
    (State.SUSPENDED, Event.REVOKE): Step(State.REVOKED, Actor.DECIDER),
    (State.SUSPENDED, Event.SUPERSEDE): Step(State.SUPERSEDED, Actor.DECIDER),
}
TRANSITIONS: Mapping[tuple[State, Event], State] = {row: step.after for row, step in STEPS.items()}


def following(state: State) -> tuple[Event, ...]:
    """Return the events that can follow a state."""
    return tuple(event for before, event in STEPS if before is state)


#: The role that decides on a kind of record after it was issued.
DECIDERS: Mapping[Kind, str] = {
    Kind.STUDY_REPORT: "preparer",
    Kind.VERIFICATION_STATEMENT: "decision",
    Kind.CERTIFICATE_OF_CONFORMITY: "decision",
}
#: Reasons that may be given, by event; their wording is ``reason.*`` of the catalogue.
REASONS: Mapping[Event, tuple[str, ...]] = {
    Event.SUSPEND: (
        "data-doubted",
        "factor-recalled",
        "surveillance-overdue",
        "key-compromised",
        "holder-asked",
    ),
    Event.RESUME: ("doubt-resolved", "surveillance-done", "suspended-in-error"),
    Event.REVOKE: (
        "data-wrong",
        "factor-recalled",
        "key-compromised",
        "misused",
        "holder-asked",
        "issued-in-error",
    ),
    Event.SUPERSEDE: (
        "name-corrected",
        "figure-corrected",
        "factor-updated",
        "period-renewed",
        "rules-changed",
    ),
}
#: The reason of a successor with the same figures: a typing error in a name.
NAME_CORRECTED = "name-corrected"

#: Events that are leaves of the log.
LOGGED_EVENTS = frozenset(Event) - {Event.APPROVE, Event.RESERVE}
#: Events that a person orders with a signature.
ORDERED_EVENTS = frozenset(REASONS)
#: Events after issue that a reader is told of.
CHANGES = ORDERED_EVENTS | {Event.ABANDON}
#: States in which a record holds its claim.
LIVE = frozenset({State.RESERVED, State.LOGGED, State.ISSUED, State.SUSPENDED})
#: States nothing leads out of and that the law of the log keeps for ever.
TERMINAL = frozenset({State.REVOKED, State.SUPERSEDED, State.VOID})


class TransitionError(Exception):
    """An event that the table does not allow."""


def after(state: State, event: Event) -> State:
    """Return the state an event leads to.

    Raises
    ------
    TransitionError
        When the table has no such row.
    """
    return _step(state, event).after


def entitled(state: State, event: Event, kind: Kind) -> tuple[str, ...]:
    """Return the roles whose signature may bring an event about; none where no person decides.

    Raises
    ------
    TransitionError
        When the table has no such row.
    """
    actor = _step(state, event).actor
    if actor is Actor.DECIDER:
        return (DECIDERS[kind],)
    return () if actor is Actor.DESK else APPROVALS[kind]


def replay(events: Iterable[Event], start: State = State.RESERVED) -> State:
    """Return the state after a sequence of events."""
    state = start
    for event in events:
        state = after(state, event)
    return state


def _step(state: State, event: Event) -> Step:
    try:
        return STEPS[state, event]
    except KeyError as error:
        raise TransitionError(f"{event} is not possible in state {state}") from error

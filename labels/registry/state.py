"""Life of a record: one table says which event leads from which state to which.

Terminal states are terminal: nothing leads out of revoked, superseded or void. Expiry is not an
event of the log; it follows from the last day of validity and the day one asks about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


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


TRANSITIONS: Mapping[tuple[State, Event], State] = {
    (State.DRAFT, Event.APPROVE): State.APPROVED,
    (State.APPROVED, Event.RESERVE): State.RESERVED,
    (State.RESERVED, Event.ISSUE): State.LOGGED,
    (State.RESERVED, Event.ABANDON): State.VOID,
    (State.LOGGED, Event.DOCUMENT): State.ISSUED,
    (State.LOGGED, Event.ABANDON): State.VOID,
    (State.ISSUED, Event.SUSPEND): State.SUSPENDED,
    (State.ISSUED, Event.REVOKE): State.REVOKED,
    (State.ISSUED, Event.SUPERSEDE): State.SUPERSEDED,
    (State.SUSPENDED, Event.RESUME): State.ISSUED,
    (State.SUSPENDED, Event.REVOKE): State.REVOKED,
    (State.SUSPENDED, Event.SUPERSEDE): State.SUPERSEDED,
}

#: Events that are leaves of the log.
LOGGED_EVENTS = frozenset(Event) - {Event.APPROVE, Event.RESERVE}
#: States in which a record holds its claim.
LIVE = frozenset({State.RESERVED, State.LOGGED, State.ISSUED, State.SUSPENDED})


class TransitionError(Exception):
    """An event that the table does not allow."""


def after(state: State, event: Event) -> State:
    """Return the state an event leads to.

    Raises
    ------
    TransitionError
        When the table has no such row.
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError as error:
        raise TransitionError(f"{event} is not possible in state {state}") from error


def replay(events: Iterable[Event], start: State = State.RESERVED) -> State:
    """Return the state after a sequence of events."""
    state = start
    for event in events:
        state = after(state, event)
    return state

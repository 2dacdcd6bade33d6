"""Changes after issue: suspend, resume, revoke; each ordered by an entitled person, once.

A change and the signed order for it are one leaf of the log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from factors.errors import IssueError
from factors.findings import Finding
from labels.canonical import parse_object
from labels.keys import Purpose, SigningKey
from labels.kinds import Kind
from labels.refusal import fault, refusal
from labels.registry import entries as e
from labels.registry import records as r
from labels.registry import tables as t
from labels.registry.log import append, forbidden, leaves_of, state_of
from labels.registry.orders import OrderFault, check_order, order
from labels.registry.state import (
    LIVE,
    REASONS,
    Event,
    State,
    TransitionError,
    entitled,
    replay,
)
from labels.registry.store import Store
from labels.registry.words import reasons, told
from labels.times import parse_utc


def change(
    store: Store, serial: str, event: Event, reason: str, key: SigningKey, now: dt.datetime
) -> State:
    """Suspend, resume or revoke a record.

    Parameters
    ----------
    store
        The registry.
    serial
        The record.
    event
        ``suspended``, ``resumed`` or ``revoked``.
    reason
        One of :data:`~labels.registry.state.REASONS`.
    key
        Approval key of the person who decides; its role follows from the trust file.
    now
        Present time.

    Returns
    -------
    State
        Where the record stands now.

    Raises
    ------
    IssueError
        The codes of :func:`ordered`; those of keys and of the log.
    """
    with store.write() as tx:
        leaf = ordered(store, tx, (serial, event, reason), key, now)
        append(tx, leaf, store.trust, [store.key(Purpose.CHECKPOINT)], now)
        state = state_of(tx, serial)
        if state not in LIVE:
            r.release_claim(tx, serial)
    return state


def ordered(
    store: Store,
    tx: Connection,
    what: tuple[str, Event, str],
    key: SigningKey,
    now: dt.datetime,
    successor: str | None = None,
) -> dict[str, Any]:
    """Return the leaf that carries out an order, after everything about the order was checked.

    Parameters
    ----------
    store, tx
        The registry and a transaction of it.
    what
        Serial, event, reason.
    key
        Approval key of the person who decides.
    now
        Present time.
    successor
        For a supersession: hash of the body that takes the place.

    Raises
    ------
    IssueError
        ``SERIAL-UNKNOWN``, ``REASON-UNKNOWN``, ``LOG-TRANSITION``, ``SUCCESSOR-UNDERWAY``,
        ``CLOCK-BACKWARDS``, ``ORDER-ROLE``, ``ORDER-WRONG``, ``KEY-DEMO``, ``KEY-NOT-TRUSTED``.
    """
    serial, event, reason = what
    leaves = leaves_of(tx, serial)
    if not leaves:
        raise refusal("SERIAL-UNKNOWN", serial, serial=serial)
    able = _entitled(what, leaves)
    held = _roles(store, store.admit(key))
    role = next((role for role in able if role in held), "")
    wrong = [*_untimely(tx, what, leaves, now)]
    if not role:
        fields = {**told(event=[event]), "roles": ", ".join(able), "person": key.name}
        wrong.append(fault("ORDER-ROLE", serial, **fields))
    if wrong:
        raise IssueError(*wrong)
    record = order(leaves, event, reason, (key, role), store.trust.origin, now, successor)
    leaf = e.event_leaf(event, serial, reason, now, order=record)
    try:
        check_order(leaf, leaves, store.trust)
    except OrderFault as error:
        raise refusal("ORDER-WRONG", serial, detail=error) from error
    return leaf


def underway(tx: Connection, serial: str) -> str | None:
    """Return the serial that is about to take a record's place, if one is."""
    rows = tx.execute(select(t.successions.c.serial).where(t.successions.c.replaces == serial))
    unfinished = (State.RESERVED, State.LOGGED)
    return next((row.serial for row in rows if state_of(tx, row.serial) in unfinished), None)


def _untimely(
    tx: Connection, what: tuple[str, Event, str], leaves: tuple[bytes, ...], now: dt.datetime
) -> Iterator[Finding]:
    """Yield all that is wrong with an order which the record's state would allow."""
    serial, event, reason = what
    if reason not in REASONS[event]:
        fields = {**told(event=[event]), **reasons(REASONS[event])}
        yield fault("REASON-UNKNOWN", serial, reason=reason, **fields)
    successor = underway(tx, serial)
    if successor is not None:
        yield fault("SUCCESSOR-UNDERWAY", serial, serial=serial, successor=successor)
    if now < parse_utc(parse_object(leaves[-1])["time"]):
        yield fault("CLOCK-BACKWARDS", serial, time=parse_object(leaves[-1])["time"])


def _entitled(what: tuple[str, Event, str], leaves: tuple[bytes, ...]) -> tuple[str, ...]:
    """Return the roles that may order it; what cannot follow the state needs no better reason."""
    serial, event, _ = what
    entries = [parse_object(data) for data in leaves]
    state = replay(Event(entry["type"]) for entry in entries)
    try:
        return entitled(state, event, Kind(entries[0]["kind"]))
    except TransitionError as error:
        raise forbidden(serial, event, state) from error


def _roles(store: Store, key: SigningKey) -> tuple[str, ...]:
    trusted = store.trust.find(key.kid, Purpose.APPROVAL)
    return trusted.roles if trusted else ()

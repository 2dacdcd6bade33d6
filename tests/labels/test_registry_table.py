"""The table of states is what happens: every state, order, kind and role, asked of a registry."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from factors.errors import IssueError
from labels.keys import Purpose, SigningKey, new_key
from labels.kinds import APPROVALS, Kind
from labels.registry.changes import ordered
from labels.registry.desk import reserve
from labels.registry.entries import event_leaf
from labels.registry.log import append, leaves_of, state_of
from labels.registry.rotation import rotation
from labels.registry.state import (
    DECIDERS,
    LOGGED_EVENTS,
    ORDERED_EVENTS,
    REASONS,
    STEPS,
    TRANSITIONS,
    Actor,
    Event,
    State,
)
from labels.registry.store import Store
from labels.trust import trust_file, trusted
from tests.labels.desk_help import T0, approved_draft, demo_store, submission

ROLES = ("preparer", "verifier", "reviewer", "decision")
#: Events that lead a reserved number to each state that the log knows.
WAYS: Mapping[State, tuple[Event, ...]] = {
    State.RESERVED: (),
    State.LOGGED: (Event.ISSUE,),
    State.ISSUED: (Event.ISSUE, Event.DOCUMENT),
    State.SUSPENDED: (Event.ISSUE, Event.DOCUMENT, Event.SUSPEND),
    State.REVOKED: (Event.ISSUE, Event.DOCUMENT, Event.REVOKE),
    State.SUPERSEDED: (Event.ISSUE, Event.DOCUMENT, Event.SUPERSEDE),
    State.VOID: (Event.ABANDON,),
}


def entry(event: Event, serial: str, kind: Kind) -> dict[str, Any]:
    """The least a leaf must say to be taken for one of a record of this kind."""
    return {**event_leaf(event, serial, "data-doubted", T0, files=[]), "kind": str(kind)}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = demo_store(tmp_path_factory.mktemp("table") / "registry")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def serials(store: Store) -> dict[tuple[State, Kind], str]:
    """A record in every state that the log knows, of every kind."""
    keys, found = [store.key(Purpose.CHECKPOINT)], {}
    for state, kind in itertools.product(WAYS, Kind):
        draft = approved_draft(store, submission(f"EX-{state}-{kind}"))
        serial = reserve(store, draft, "both", T0).serial
        for event in WAYS[state]:
            leaf = entry(event, serial, kind)
            with store.write() as tx:
                append(tx, leaf, store.trust, keys, T0)
        found[state, kind] = serial
    return found


@pytest.fixture(scope="module")
def people(store: Store, serials: dict[tuple[State, Kind], str]) -> dict[str, SigningKey]:
    """A person for each role, and one who has none."""
    del serials  # were made while there was one preparer only
    found = {
        role: new_key(Purpose.APPROVAL, f"示例 Example {role}", demo=True, now=T0)
        for role in (*ROLES, "")
    }
    entries = [
        trusted(key, valid_from=T0, roles=(role,) if role else ()) for role, key in found.items()
    ]
    old = store.trust
    new = trust_file(old.issuer, old.origin, [*old.keys, *entries], demo=True)
    store.renew_trust(new, T0, rotation(old, new, [store.key(Purpose.ROOT)], "rotation", T0))
    return found


def allowed(state: State, event: Event, kind: Kind, role: str) -> bool:
    """What the printed table says."""
    step = STEPS.get((state, event))
    if step is None:
        return False
    if step.actor is Actor.ANY_APPROVER:
        return role in APPROVALS[kind]
    return step.actor is Actor.DECIDER and role == DECIDERS[kind]


@pytest.mark.parametrize("state", WAYS)
def test_an_order_is_taken_exactly_where_the_table_says(
    store: Store,
    serials: dict[tuple[State, Kind], str],
    people: dict[str, SigningKey],
    state: State,
) -> None:
    taken = 0
    for kind, event, role in itertools.product(Kind, sorted(ORDERED_EVENTS), people):
        what = (serials[state, kind], event, REASONS[event][0])
        successor = "0" * 64 if event is Event.SUPERSEDE else None
        with store.read() as tx:
            try:
                leaf = ordered(store, tx, what, people[role], T0, successor)
            except IssueError as refused:
                assert not allowed(state, event, kind, role), (kind, event, role)
                (said,) = refused.findings
                assert said.code in {"LOG-TRANSITION", "ORDER-ROLE", "SERIAL-UNKNOWN"}
            else:
                assert allowed(state, event, kind, role), (kind, event, role)
                assert leaf["order"]["payload"]["role"] == role
                taken += 1
    assert bool(taken) is (state in {State.ISSUED, State.SUSPENDED})


@pytest.mark.parametrize("state", WAYS)
def test_an_entry_is_made_exactly_where_the_table_says(
    store: Store, serials: dict[tuple[State, Kind], str], state: State
) -> None:
    """Whoever has the log's key, too, is held to the table; nothing is kept of the attempts."""
    serial, keys = serials[state, Kind.STUDY_REPORT], [store.key(Purpose.CHECKPOINT)]
    for event in sorted(LOGGED_EVENTS):
        reached = tried(store, entry(event, serial, Kind.STUDY_REPORT), keys)
        assert reached == TRANSITIONS.get((state, event)), event
    with store.read() as tx:
        assert len(leaves_of(tx, serial)) == len(WAYS[state])


class Undone(Exception):  # noqa: N818 - ends a transaction
    """Takes back what was tried."""


def tried(store: Store, leaf: Mapping[str, object], keys: list[SigningKey]) -> State | None:
    """The state that an entry leads to, None where it is refused; the entry is taken back."""
    reached: list[State] = []

    def attempt() -> None:
        with store.write() as tx:
            append(tx, leaf, store.trust, keys, T0)
            reached.append(state_of(tx, str(leaf["serial"])))
            raise Undone

    with pytest.raises((Undone, IssueError)):
        attempt()
    return reached[0] if reached else None

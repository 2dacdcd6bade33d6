"""One record takes another's place: the old one stands until the new one has its documents.

The order to supersede is signed and stored when the new number is reserved; the entry
``superseded`` is made in the same transaction as the new record's ``documents``. A process may die
in between: the old record is then still in force, and recovery finishes both or neither.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from labels.canonical import canonical, parse_object
from labels.keys import SigningKey
from labels.refusal import refusal
from labels.registry import entries as e
from labels.registry import records as r
from labels.registry import tables as t
from labels.registry.changes import ordered
from labels.registry.log import append
from labels.registry.prepared import Prepared
from labels.registry.state import NAME_CORRECTED, Event
from labels.registry.store import Store

#: Parts of the body that a corrected name leaves as they are.
FIGURES = (
    "kind",
    "boundary",
    "period",
    "totals",
    "headline",
    "parts",
    "figures",
    "electricity",
    "gwp",
    "carbon_content",
    "uncertainty",
    "ruleset",
    "declared_unit",
    "stages",
)
#: Parts of the lock that a corrected name leaves as they are: all that a figure follows from.
METHOD = ("model", "ruleset", "factors", "factor_set", "gwp")


@dataclass(frozen=True, slots=True)
class Succession:
    """Whose place a draft takes, why, and who decides it.

    Attributes
    ----------
    replaces
        Serial of the record in force.
    reason
        One of the reasons to supersede; ``name-corrected`` demands equal figures.
    key
        Approval key of the person who decides.
    """

    replaces: str
    reason: str
    key: SigningKey


def admit(
    store: Store, tx: Connection, new: r.StoredDraft, succession: Succession, now: dt.datetime
) -> bytes:
    """Check that a draft may take a record's place and sign the order.

    Returns
    -------
    bytes
        The order, to be stored with :func:`put_succession`.

    Raises
    ------
    IssueError
        ``SERIAL-UNKNOWN``, ``SUCCESSOR-UNDERWAY``, ``SUCCESSOR-OTHER``, ``SUCCESSOR-FIGURES`` and
        the codes of :func:`~labels.registry.changes.ordered`.
    """
    reservation = r.find_reservation(tx, serial=succession.replaces)
    if reservation is None:
        raise refusal("SERIAL-UNKNOWN", succession.replaces, serial=succession.replaces)
    old = r.get_draft(tx, reservation.draft).fields
    leaf = ordered(
        store,
        tx,
        (succession.replaces, Event.SUPERSEDE, succession.reason),
        succession.key,
        now,
        successor=new.body_hash,
    )
    if succession.reason == NAME_CORRECTED:
        changed = other_figures(old, new.fields)
        if changed:
            raise refusal("SUCCESSOR-FIGURES", succession.replaces, changed=", ".join(changed))
    elif _subject(old) != _subject(new.fields):
        raise refusal("SUCCESSOR-OTHER", succession.replaces, serial=succession.replaces)
    return canonical(leaf["order"])


def other_figures(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the parts of two bodies whose figures or method differ; names are not looked at."""
    changed = [name for name in FIGURES if _nameless(old.get(name)) != _nameless(new.get(name))]
    locks = [body.get("lock") or {} for body in (old, new)]
    other = [f"lock.{name}" for name in METHOD if locks[0].get(name) != locks[1].get(name)]
    return (*changed, *other)


def put_succession(tx: Connection, serial: str, replaces: str, record: bytes) -> None:
    """Keep the order until the new record is complete."""
    tx.execute(insert(t.successions).values(serial=serial, replaces=replaces, record=record))


def replaces(tx: Connection, serial: str) -> str | None:
    """Return the serial whose place a record takes or took, if it does."""
    row = _SUCCESSION.row(tx, serial=serial)
    return None if row is None else row.replaces


def carry_out(store: Store, tx: Connection, serial: str, key: SigningKey, now: dt.datetime) -> None:
    """Make the entry ``superseded`` of the record whose place a new one takes, if it takes any."""
    row = _SUCCESSION.row(tx, serial=serial)
    if row is None:
        return
    record = parse_object(row.record)
    reason = record["payload"]["reason"]
    leaf = e.event_leaf(Event.SUPERSEDE, row.replaces, reason, now, order=record, by=serial)
    append(tx, leaf, store.trust, [key], now)
    r.release_claim(tx, row.replaces)
    reservation = r.find_reservation(tx, serial=serial)
    claim = r.get_draft(tx, reservation.draft).claim if reservation else ""
    if r.holder(tx, claim) is None:
        r.hold_claim(tx, claim, serial)


def _subject(body: Mapping[str, Any]) -> tuple[str, str, str]:
    return body["kind"], body["product"]["id"], body["client"]["id"]


def _nameless(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _nameless(inner) for key, inner in value.items() if key != "name"}
    return [_nameless(inner) for inner in value] if isinstance(value, list) else value


_SUCCESSION = Prepared(select(t.successions).where(t.given(t.successions.c.serial)))

"""Orders: what changes after issue is signed by a person who may decide it.

An order is a detached JWS (Ed25519, an approval key) over {log, serial, event, reason, time, what
it follows ...} and stands inside the leaf that carries it out. It names the record's newest leaf,
so that it can be carried out once and on the state its signer saw; never again, never elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from labels.canonical import parse_object, sha256
from labels.keys import Purpose, SigningKey
from labels.kinds import Kind
from labels.registry.state import REASONS, Event, TransitionError, entitled, replay
from labels.sign import detached_jws, jws_holds
from labels.times import parse_utc, utc_text
from labels.trust import TrustedKey, TrustFile

SCHEMA = "carbonlabel-order/1"
_MEMBERS = frozenset(
    {
        "schema",
        "log",
        "serial",
        "event",
        "reason",
        "follows",
        "successor",
        "kid",
        "person",
        "role",
        "time",
    }
)


class OrderFault(ValueError):  # noqa: N818 - a fault of the log, reported, never shown raw
    """Why an order does not count; the message names the part that is wrong."""


def order(
    leaves: Sequence[bytes],
    event: Event,
    reason: str,
    signer: tuple[SigningKey, str],
    log: str,
    now: dt.datetime,
    successor: str | None = None,
) -> dict[str, Any]:
    """Sign an order about a record.

    Parameters
    ----------
    leaves
        The record's leaves as they stand, oldest first.
    event, reason
        What is to happen and why; one of :data:`~labels.registry.state.REASONS`.
    signer
        Approval key and the role it signs in.
    log
        Origin of the log.
    now
        Time of signing.
    successor
        For a supersession: hash of the body that takes the place.

    Returns
    -------
    dict
        ``{"payload": what was signed, "jws": detached compact JWS}``.
    """
    key, role = signer
    payload = {
        "schema": SCHEMA,
        "log": log,
        "serial": parse_object(leaves[0])["serial"],
        "event": str(event),
        "reason": reason,
        "follows": sha256(leaves[-1]),
        "successor": successor,
        "kid": key.kid,
        "person": key.name,
        "role": role,
        "time": utc_text(now),
    }
    return {"payload": payload, "jws": detached_jws(payload, key)}


def check_order(leaf: Mapping[str, Any], earlier: Sequence[bytes], trust: TrustFile) -> TrustedKey:
    """Check that an entitled person ordered what a leaf carries out.

    Parameters
    ----------
    leaf
        A leaf of one of :data:`~labels.registry.state.ORDERED_EVENTS`.
    earlier
        The record's leaves before it, oldest first.
    trust
        Whose word counts.

    Returns
    -------
    TrustedKey
        Who signed.

    Raises
    ------
    OrderFault
        Naming the part that is wrong.
    """
    try:
        payload, token = _parts(leaf)
        _agree(payload, leaf, earlier, trust)
        return _signer(payload, token, leaf, earlier, trust)
    except (KeyError, TypeError, AttributeError, IndexError, TransitionError) as error:
        raise OrderFault(f"{type(error).__name__}: {error}") from error


def _parts(leaf: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    record = leaf["order"]
    payload, token = record["payload"], record["jws"]
    if set(record) != {"payload", "jws"} or set(payload) != _MEMBERS:
        raise OrderFault("members")
    if payload["schema"] != SCHEMA or not isinstance(token, str):
        raise OrderFault("schema")
    return payload, token


def _agree(
    payload: Mapping[str, Any], leaf: Mapping[str, Any], earlier: Sequence[bytes], trust: TrustFile
) -> None:
    """The order must say what the leaf does, about this log and the state before it."""
    wanted = {
        "log": trust.origin,
        "serial": leaf["serial"],
        "event": leaf["type"],
        "reason": leaf["reason"],
        "follows": sha256(earlier[-1]),
    }
    for name, value in wanted.items():
        if payload[name] != value:
            raise OrderFault(name)
    event = Event(leaf["type"])
    if leaf["reason"] not in REASONS[event]:
        raise OrderFault("reason")
    if (event is Event.SUPERSEDE) is (payload["successor"] is None):
        raise OrderFault("successor")


def _signer(
    payload: Mapping[str, Any],
    token: str,
    leaf: Mapping[str, Any],
    earlier: Sequence[bytes],
    trust: TrustFile,
) -> TrustedKey:
    before = [parse_object(data) for data in earlier]
    state = replay(Event(one["type"]) for one in before)
    role, key = payload["role"], trust.find(payload["kid"], Purpose.APPROVAL)
    if role not in entitled(state, Event(leaf["type"]), Kind(before[0]["kind"])):
        raise OrderFault("role")
    if key is None or role not in key.roles or key.name != payload["person"]:
        raise OrderFault("key")
    signed, carried_out = parse_utc(payload["time"]), parse_utc(leaf["time"])
    if not (key.covers(signed) and key.covers(carried_out) and signed <= carried_out):
        raise OrderFault("time")
    if not jws_holds(token, payload, key):
        raise OrderFault("signature")
    return key


def order_holds(leaf: Mapping[str, Any], earlier: Sequence[bytes], trust: TrustFile) -> bool:
    """Whether :func:`check_order` has nothing to say."""
    try:
        check_order(leaf, earlier, trust)
    except ValueError:
        return False
    return True

"""Leaves of the log and the receipt: what is written down for ever, and how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labels.canonical import canonical
from labels.times import utc_text

LEAF_SCHEMA = "carbonlabel-leaf/1"
RECEIPT_SCHEMA = "carbonlabel-receipt/1"


@dataclass(frozen=True, slots=True)
class Reservation:
    """A number taken for a draft; see table ``reservations``."""

    number: int
    serial: str
    draft: str
    request: str
    status_index: int
    valid_from: str
    valid_until: str | None
    lang: str
    time: str


@dataclass(frozen=True, slots=True)
class Appended:
    """A leaf that stands in the log under a signed checkpoint.

    Attributes
    ----------
    position
        Index of the leaf.
    note
        Signed checkpoint of the tree that ends with this leaf.
    proof
        Inclusion proof of the leaf in that tree.
    """

    position: int
    note: str
    proof: tuple[bytes, ...]


def issued_leaf(reservation: Reservation, body: Mapping[str, Any], digest: str) -> dict[str, Any]:
    """Return the leaf that announces a record; its proof stands in every document.

    Its time is that of the reservation: whoever finishes after a crash writes the same leaf.
    """
    return {
        "schema": LEAF_SCHEMA,
        "type": "issued",
        "serial": reservation.serial,
        "body": digest,
        "kind": body["kind"],
        "time": reservation.time,
        "valid_from": reservation.valid_from,
        "valid_until": reservation.valid_until,
        "status_index": reservation.status_index,
    }


def documents_leaf(serial: str, files: Mapping[str, str], now: dt.datetime) -> dict[str, Any]:
    """Return the leaf that fixes the bytes of every signed file of a record.

    Parameters
    ----------
    serial
        The record.
    files
        Name to SHA-256.
    now
        Time of writing.
    """
    return {
        "schema": LEAF_SCHEMA,
        "type": "documents",
        "serial": serial,
        "time": utc_text(now),
        "files": [{"name": name, "sha256": files[name]} for name in sorted(files)],
    }


def event_leaf(
    kind: str, serial: str, reason: str, now: dt.datetime, **more: Any
) -> dict[str, Any]:
    """Return a later leaf: void, suspended, resumed, revoked, superseded."""
    return {
        "schema": LEAF_SCHEMA,
        "type": kind,
        "serial": serial,
        "time": utc_text(now),
        "reason": reason,
        **more,
    }


def receipt(issuer: str, leaf: Mapping[str, Any], appended: Appended) -> dict[str, Any]:
    """Return the receipt of a record: its leaf and the proof that the log holds it."""
    return {
        "schema": RECEIPT_SCHEMA,
        "issuer": issuer,
        "serial": leaf["serial"],
        "index": appended.position,
        "leaf": dict(leaf),
        "checkpoint": appended.note,
        "proof": [node.hex() for node in appended.proof],
    }


def leaf_bytes(leaf: Mapping[str, Any]) -> bytes:
    """Return the bytes that enter the tree."""
    return canonical(leaf)


def file_hashes(leaf: Mapping[str, Any]) -> dict[str, str]:
    """Return name to SHA-256 of a ``documents`` leaf."""
    entries: Sequence[Mapping[str, str]] = leaf["files"]
    return {entry["name"]: entry["sha256"] for entry in entries}

"""What the end of a key means for records made before it was known: a theft is noticed late.

That a key ended does no damage to what is stored: the bytes are those that were logged. But a
record in force that rests on a signature made after the end does not verify any more. Whoever keeps
the register has to stop it; once it is stopped, nothing is wrong with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from factors.errors import IssueError
from factors.findings import Finding
from labels.canonical import parse_object
from labels.issuer import IssuerProfile
from labels.keys import Purpose
from labels.refusal import fault
from labels.registry.entries import Reservation
from labels.registry.life import Life
from labels.registry.log import leaves_of
from labels.registry.records import StoredDraft, all_reservations, get_approvals, get_draft
from labels.registry.rotation import Link
from labels.registry.state import State
from labels.sign import ApprovalFault, check_approval
from labels.times import parse_utc
from labels.trust import TrustFile, parse_trust


def lasting(trust: TrustFile) -> TrustFile:
    """Return a trust file whose keys have no end: what was signed, whenever a theft is told of."""
    return replace(trust, keys=tuple(replace(key, valid_until=None) for key in trust.keys))


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of the ends of keys, and when.

    Attributes
    ----------
    trust
        The trust file in force.
    steps
        Signed time of each step, oldest first, and the trust file it led to.
    """

    trust: TrustFile
    steps: tuple[tuple[dt.datetime, TrustFile], ...]

    def at(self, moment: dt.datetime) -> TrustFile:
        """Return the trust file in force without the ends of keys that were not known before.

        With it what a registry did at that moment is judged as it could judge itself; what was
        done with a key already ended then is as wrong as ever.
        """
        former = [file for time, file in self.steps if time < moment]
        stated = {key.kid: key.valid_until for key in former[-1].keys} if former else {}
        keys = (replace(key, valid_until=stated.get(key.kid)) for key in self.trust.keys)
        return replace(self.trust, keys=tuple(keys))


def known_ends(trust: TrustFile, chain: Sequence[Link]) -> Known:
    """Read the steps that led to a trust file; one that is no step ends what is known."""
    steps = []
    for link in chain:
        try:
            moment = parse_utc(parse_object(link.record, 1 << 20)["payload"]["time"])
            steps.append((moment, parse_trust(link.trust)))
        except (IssueError, ValueError, KeyError, TypeError):
            break
    return Known(trust, tuple(steps))


def ended_key_faults(
    tx: Connection, issuer: IssuerProfile, trust: TrustFile, now: dt.datetime
) -> Iterator[Finding]:
    """Name the records in force that rest on a key which had ended: ``CHECK-KEY-ENDED``.

    Parameters
    ----------
    tx
        A transaction of the registry.
    issuer
        In whose time zone validity ends.
    trust
        The trust file in force.
    now
        Present time. What is damaged beyond reading is left to the check of the record.
    """
    if all(key.valid_until is None for key in trust.keys):
        return
    for one in all_reservations(tx):
        try:
            what = _resting(tx, one, issuer, trust, now)
        except (IssueError, ValueError, KeyError, TypeError):
            continue
        if what:
            detail = ", ".join(what)
            yield fault("CHECK-KEY-ENDED", one.serial, serial=one.serial, detail=detail)


def _resting(
    tx: Connection,
    one: Reservation,
    issuer: IssuerProfile,
    trust: TrustFile,
    now: dt.datetime,
) -> tuple[str, ...]:
    life = Life(tuple(parse_object(data) for data in leaves_of(tx, one.serial)))
    if life.state(issuer.time_zone, now, lasting(trust)) is not State.ISSUED:
        return ()
    return tuple(_signed_late(life, get_draft(tx, one.draft), get_approvals(tx, one.draft), trust))


def _signed_late(
    life: Life, draft: StoredDraft, approvals: list[dict[str, object]], trust: TrustFile
) -> Iterator[str]:
    """Yield what of a record counted only as long as its key did."""
    for record in approvals:
        try:
            check_approval(record, draft.body_hash, trust)
        except ApprovalFault as fault_found:
            yield f"{Purpose.APPROVAL} ({fault_found.detail})"
    moment = parse_utc(life.leaves[0]["time"])
    if not any(key.covers(moment) for key in trust.of(Purpose.SEAL)):
        yield str(Purpose.SEAL)
    if life.unproven(trust):
        yield "resumed"

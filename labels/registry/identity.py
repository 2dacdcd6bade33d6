"""Whether numbers, issuer and approvals in the database are still those that were given."""

from __future__ import annotations

from factors.errors import IssueError
from labels.canonical import canonical, parse_object
from labels.issuer import IssuerProfile, profile_from
from labels.registry.endedkeys import lasting
from labels.registry.entries import Reservation
from labels.registry.records import StoredDraft
from labels.registry.serial import serial
from labels.sign import ApprovalFault, check_approval
from labels.times import local_day, parse_utc
from labels.trust import TrustFile


def misnumbered(one: Reservation, former: int, issuer: IssuerProfile) -> str:
    """Return what is wrong with a number, empty when nothing is.

    Parameters
    ----------
    one
        The reservation.
    former
        The number before it, 0 for the first.
    issuer
        Whose serials they are.
    """
    if one.number != former + 1:
        return f"{one.number} after {former}"
    try:
        year = local_day(parse_utc(one.time), issuer.time_zone).year
    except ValueError:
        return f"time {one.time}"
    wanted = serial(issuer.serial_prefix, year, one.number, demo=issuer.demo)
    return "" if one.serial == wanted else f"{one.serial}, {wanted}"


def other_issuer(data: bytes, trust: TrustFile) -> str:
    """Return what is wrong with the stored issuer profile, empty when nothing is."""
    try:
        profile = profile_from(parse_object(data))
    except (ValueError, IssueError) as error:
        return type(error).__name__
    if canonical(profile.to_json()) != data:
        return "content"
    same = (profile.id, profile.origin, profile.demo) == (trust.issuer, trust.origin, trust.demo)
    return "" if same else "trust.json"


def disapproved(role: str, record: bytes, draft: StoredDraft, trust: TrustFile) -> str:
    """Return what is wrong with a kept approval, empty when nothing is.

    That its key ended since is nothing wrong with it here: such a draft is refused when it is to
    be issued.

    Parameters
    ----------
    role, record
        The row.
    draft
        What it approves.
    trust
        The trust file in force.
    """
    try:
        said = parse_object(record)
        check_approval(said, draft.body_hash, lasting(trust))
        invited = {(one["role"], one["kid"]) for one in draft.fields["approvers"]}
        same = canonical(said) == record and said["payload"]["role"] == role
        return "" if same and (role, said["payload"]["kid"]) in invited else f"role {role}"
    except ApprovalFault as fault:
        return str(fault)
    except (ValueError, KeyError, TypeError) as error:
        return type(error).__name__

"""The desk: submit, approve, reserve, and the three entries a record makes in the log.

Each function is one transaction. Whoever calls twice gets the first answer again.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection

from factors.errors import FindingsError
from labels.canonical import canonical, parse_object, sha256
from labels.certificate import Approver, Draft, claim, compose
from labels.commitments import SALT_BYTES, write_disclosures
from labels.keys import Purpose, SigningKey
from labels.kinds import APPROVALS, ClosedFile, Kind, Validity, gate, known_kind
from labels.markets import known_market
from labels.refusal import refusal
from labels.registry import entries as e
from labels.registry import records as r
from labels.registry.log import append, appended, find_leaf, state_of
from labels.registry.serial import serial
from labels.registry.soundness import refuse_damaged
from labels.registry.state import Event, State
from labels.registry.store import Store, newest_trust
from labels.registry.succession import (
    Succession,
    admit,
    carry_out,
    put_succession,
    replaces,
)
from labels.sign import ApprovalFault, approval, check_approval
from labels.times import local_day, utc_text
from labels.trust import TrustFile
from labels.wording import judge_body

#: Names a workbook may not take in the sealed bundle.
TAKEN_NAMES = frozenset({"report.pdf", "disclosures.json", "system.json", "footprint.json"})


@dataclass(frozen=True, slots=True)
class Submission:
    """What is handed in at the desk.

    Attributes
    ----------
    footprint
        ``footprint.json``, bytes.
    system
        The system file it was computed from, bytes.
    workbook
        Name and bytes of the workbook, if there was one.
    kind
        Kind of document.
    approvers
        Role to key id; None when the trust file leaves no choice.
    client
        Who ordered it; None for the maker of the product.
    valid_until
        Last day of validity, None for no expiry.
    market
        Where the product is sold, see :mod:`labels.markets`; empty for the usual one.
    closed
        The closed verification file; without one the only kind is ``study_report``.
    """

    footprint: bytes
    system: bytes
    workbook: tuple[str, bytes] | None = None
    kind: str = "study_report"
    approvers: Mapping[str, str] | None = None
    client: Mapping[str, Any] | None = None
    valid_until: dt.date | None = None
    market: str = ""
    closed: ClosedFile | None = None


def submit(
    store: Store,
    submission: Submission,
    now: dt.datetime,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> str:
    """Take in a submission, compose its body and store both as a draft.

    Parameters
    ----------
    store
        The registry.
    submission
        What is handed in.
    now
        Present time.
    entropy
        Source of salts and ids.

    Returns
    -------
    str
        The draft's id.

    Raises
    ------
    IssueError
        ``FOOTPRINT-SHAPE``, ``FOOTPRINT-SUMS``, ``DRAFT-MISMATCH``, ``KIND-UNKNOWN``,
        ``KIND-NOT-PERMITTED``, ``VALIDITY-WRONG``, ``APPROVERS-WRONG``, ``APPROVER-UNKNOWN``.
    FindingsError
        ``WORDING-CLAIM`` for every claim in a text, ``MARKET-UNKNOWN``.
    """
    footprint = _parsed(submission.footprint)
    _check_lock(footprint, submission)
    kind = known_kind(submission.kind)
    hashes = sha256(submission.system), sha256(submission.footprint)
    gate(kind, footprint["grade"]["value"], submission.closed, hashes)
    first = local_day(now, store.issuer.time_zone)
    choices = Draft(
        issuer=store.issuer,
        kind=kind,
        client=submission.client or footprint["product"]["maker"],
        validity=Validity(first, submission.valid_until),
        approvers=_approvers(kind, _chosen(kind, submission), store.trust, now),
        submission=hashes[0],
        footprint=hashes[1],
        closed=submission.closed,
        market=known_market(submission.market).id if submission.market else "",
    )
    body = compose(footprint, choices, [entropy(SALT_BYTES) for _ in footprint["lines"]])
    claims = judge_body(body.fields)
    if claims:
        raise FindingsError.of(claims)
    name, workbook = submission.workbook or (None, None)
    draft = r.StoredDraft(
        draft=f"D-{entropy(6).hex()}",
        kind=str(kind),
        footprint=submission.footprint,
        footprint_sha256=choices.footprint,
        system=submission.system,
        system_sha256=choices.submission,
        workbook=workbook,
        workbook_name=None if name is None else safe_name(name),
        body=body.data,
        body_hash=body.hash,
        claim=claim(body.fields),
        disclosures=write_disclosures(body.hash, body.opened),
    )
    with store.write() as tx:
        r.put_draft(tx, draft, utc_text(now))
    return draft.draft


def approve(store: Store, draft: str, role: str, key: SigningKey, now: dt.datetime) -> None:
    """Sign a draft's body in a role and keep the approval.

    Raises
    ------
    IssueError
        ``DRAFT-UNKNOWN``, ``REGISTRY-STORAGE`` when the draft is not what was handed in,
        ``APPROVAL-ROLE``, ``APPROVAL-TWICE``, ``APPROVAL-NOT-INVITED``, the codes of keys, and any
        code of :func:`~labels.sign.check_approval`.
    """
    store.admit(key)
    with store.write() as tx:
        stored = r.get_draft(tx, draft)
        refuse_damaged(stored)
        record = approval(stored.body_hash, role, key, now)
        invited = {(a["role"], a["kid"]) for a in stored.fields["approvers"]}
        if (role, key.kid) not in invited:
            raise refusal("APPROVAL-NOT-INVITED", draft, role=role, person=key.name)
        _sound(canonical(record), stored.body_hash, newest_trust(tx))
        r.put_approval(tx, draft, record)


def approved(tx: Connection, draft: r.StoredDraft, trust: TrustFile) -> list[dict[str, Any]]:
    """Return the approvals of a draft when it is whole, they are complete and all hold.

    Raises
    ------
    IssueError
        ``REGISTRY-STORAGE`` when the draft is no longer what was approved; ``APPROVAL-MISSING`` or
        a code of :func:`~labels.sign.check_approval`.
    """
    refuse_damaged(draft)
    records = r.get_approvals(tx, draft.draft)
    signed = {(record["payload"]["role"], record["payload"]["kid"]) for record in records}
    for wanted in draft.fields["approvers"]:
        if (wanted["role"], wanted["kid"]) not in signed:
            raise refusal("APPROVAL-MISSING", draft.draft, role=wanted["role"])
    for record in records:
        _sound(canonical(record), draft.body_hash, trust)
    return records


def reserve(
    store: Store,
    draft: str,
    lang: str,
    now: dt.datetime,
    request: str | None = None,
    draw: Callable[[int], int] = secrets.randbelow,
    succession: Succession | None = None,
) -> e.Reservation:
    """Take a number for an approved draft: one synced transaction.

    Parameters
    ----------
    store
        The registry.
    draft
        Its id.
    lang
        Language of the documents.
    now
        Time of the record.
    request
        The caller's id of the request; the body hash by default.
    draw
        Random number below its argument, for the place in the status list.
    succession
        Whose place the draft takes. The old record keeps the claim until the new one is complete.

    Returns
    -------
    Reservation
        The one made before for the same request, draft, or identical footprint of the same claim.

    Raises
    ------
    IssueError
        ``CLAIM-TAKEN``, ``REQUEST-REUSED``, ``DRAFT-VOID``, ``APPROVAL-MISSING``,
        ``REGISTRY-STORAGE``, and those of :func:`~labels.registry.succession.admit`.
    """
    replaced = None if succession is None else succession.replaces
    with store.write() as tx:
        stored = r.get_draft(tx, draft)
        earlier = _earlier(tx, stored, request or stored.body_hash, replaced)
        if earlier is not None:
            return earlier
        approved(tx, stored, newest_trust(tx))
        order = None if succession is None else admit(store, tx, stored, succession, now)
        number = r.next_number(tx)
        year = local_day(now, store.issuer.time_zone).year
        validity = stored.fields["validity"]
        reservation = e.Reservation(
            number=number,
            serial=serial(store.issuer.serial_prefix, year, number, demo=store.issuer.demo),
            draft=draft,
            request=request or stored.body_hash,
            status_index=r.free_status_index(tx, number, draw),
            valid_from=validity["from"],
            valid_until=validity["until"],
            lang=lang,
            time=utc_text(now),
        )
        r.put_reservation(tx, reservation)
        if replaced is None or r.holder(tx, stored.claim) != replaced:
            r.hold_claim(tx, stored.claim, reservation.serial)
        if replaced is not None and order is not None:
            put_succession(tx, reservation.serial, replaced, order)
        return reservation


def announce(
    store: Store, reservation: e.Reservation, key: SigningKey, now: dt.datetime
) -> dict[str, Any]:
    """Append the ``issued`` leaf unless it stands, and return the receipt.

    Raises
    ------
    IssueError
        ``REGISTRY-STORAGE`` when the draft is no longer what was approved; the codes of
        :func:`approved` and of the log.
    """
    with store.write() as tx:
        stored = r.get_draft(tx, reservation.draft)
        refuse_damaged(stored)
        leaf = e.issued_leaf(reservation, stored.fields, stored.body_hash)
        found = find_leaf(tx, reservation.serial, Event.ISSUE)
        if found:
            place = appended(tx, found[0])
        else:
            trust = newest_trust(tx)
            approved(tx, stored, trust)  # days may have passed since the number was taken
            place = append(tx, leaf, trust, [key], now)
        return e.receipt(store.issuer.id, leaf, place)


def keep_files(store: Store, serial: str, files: Mapping[str, bytes]) -> dict[str, str]:
    """Store the files of a record durably; the first complete set of a serial stands.

    Returns
    -------
    dict
        Name to SHA-256 of the set that stands.
    """
    with store.storing():
        hashes = dict(zip(files, store.blobs.put(*files.values()), strict=True))
    with store.write() as tx:
        standing = r.get_files(tx, serial)
        if not standing:
            r.put_files(tx, serial, {n: (hashes[n], len(data)) for n, data in files.items()})
    return standing or hashes


def conclude(store: Store, serial: str, key: SigningKey, now: dt.datetime) -> None:
    """Append the ``documents`` leaf unless it stands; from here on the record is issued.

    A record that takes another's place ends the other in the same transaction.
    """
    with store.write() as tx:
        if find_leaf(tx, serial, Event.DOCUMENT) is None:
            signed = {k: v for k, v in r.get_files(tx, serial).items() if k.endswith(".pdf")}
            append(tx, e.documents_leaf(serial, signed, now), newest_trust(tx), [key], now)
            carry_out(store, tx, serial, key, now)


def abandon(store: Store, serial: str, reason: str, key: SigningKey, now: dt.datetime) -> None:
    """Declare an unfinished record void, in the log, and free its claim."""
    with store.write() as tx:
        leaf = e.event_leaf(Event.ABANDON, serial, reason, now)
        append(tx, leaf, newest_trust(tx), [key], now)
        r.release_claim(tx, serial)


def unfinished(store: Store) -> tuple[e.Reservation, ...]:
    """Return the records that have a number but no documents yet."""
    with store.read() as tx:
        open_states = (State.RESERVED, State.LOGGED)
        return tuple(x for x in r.all_reservations(tx) if state_of(tx, x.serial) in open_states)


def safe_name(name: str) -> str:
    """Return a workbook's file name without path, control characters or a name of ours."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(". ")[-120:]
    return kept if kept and kept.lower() not in TAKEN_NAMES else "workbook.xlsx"


def _parsed(footprint: bytes) -> Mapping[str, Any]:
    try:
        record = parse_object(footprint)
        if not isinstance(record["lines"], list) or not isinstance(record["product"], dict):
            raise TypeError("lines, product")
        if not isinstance(record["product"]["maker"], dict):
            raise TypeError("maker")
        if not isinstance(record["grade"]["value"], str):
            raise TypeError("grade")
    except (ValueError, KeyError, TypeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise refusal("FOOTPRINT-SHAPE", "", reason=reason) from error
    return record


def _check_lock(footprint: Mapping[str, Any], submission: Submission) -> None:
    """The footprint must name the very system file and workbook that are handed in."""
    try:
        lock = footprint["lock"]
        system, workbook = lock["system"], (lock.get("workbook") or {}).get("sha256")
    except (KeyError, AttributeError) as error:
        raise refusal("FOOTPRINT-SHAPE", "lock", reason=str(error)) from error
    handed_in = sha256(submission.workbook[1]) if submission.workbook else None
    for name, stated, found in (
        ("system", system, sha256(submission.system)),
        ("workbook", workbook, handed_in),
    ):
        if stated != found:
            raise refusal("DRAFT-MISMATCH", f"lock.{name}", stated=stated, found=found)


def _chosen(kind: Kind, submission: Submission) -> Mapping[str, str] | None:
    """Return who approves: of a verified kind those who acted in its file, and nobody else."""
    if kind is Kind.STUDY_REPORT:
        return submission.approvers
    return submission.closed.approvers if submission.closed else {}


def _approvers(
    kind: Kind, chosen: Mapping[str, str] | None, trust: TrustFile, now: dt.datetime
) -> tuple[Approver, ...]:
    found = []
    for role in APPROVALS[kind]:
        able = [k for k in trust.of(Purpose.APPROVAL) if role in k.roles and k.covers(now)]
        if chosen is not None:
            able = [k for k in able if k.kid == chosen.get(role)]
        if len(able) != 1:
            raise refusal("APPROVER-UNKNOWN", "approvers", role=role, count=len(able))
        found.append(Approver(role, able[0].kid, able[0].name))
    return tuple(found)


@lru_cache(maxsize=16)
def _sound(record: bytes, body_hash: str, trust: TrustFile) -> None:
    """Refuse an approval that does not hold; every step of issuing asks again."""
    try:
        check_approval(parse_object(record), body_hash, trust)
    except ApprovalFault as fault:
        raise refusal(fault.code, "approvals", role=fault.detail) from fault


def _earlier(
    tx: Connection, stored: r.StoredDraft, request: str, replaced: str | None
) -> e.Reservation | None:
    """Return the reservation that already answers this request."""
    same_request = r.find_reservation(tx, request=request)
    same_draft = r.find_reservation(tx, draft=stored.draft)
    earlier = same_draft or _same_claim(tx, stored, replaced)
    if same_request is not None and same_request != earlier:
        raise refusal("REQUEST-REUSED", request, request=request, serial=same_request.serial)
    if earlier is not None and state_of(tx, earlier.serial) is State.VOID:
        raise refusal("DRAFT-VOID", stored.draft, serial=earlier.serial)
    if earlier is not None and replaced not in (None, replaces(tx, earlier.serial)):
        raise refusal("SUCCESSOR-TAKEN", earlier.serial, serial=earlier.serial, replaced=replaced)
    return earlier


def _same_claim(
    tx: Connection, stored: r.StoredDraft, replaced: str | None
) -> e.Reservation | None:
    holder = r.holder(tx, stored.claim)
    if holder is None or holder == replaced:
        return None
    reservation = r.find_reservation(tx, serial=holder)
    if reservation is None:
        raise refusal("LOG-DAMAGED", holder, detail="claim without reservation")
    if r.get_draft(tx, reservation.draft).footprint_sha256 != stored.footprint_sha256:
        raise refusal("CLAIM-TAKEN", holder, serial=holder)
    return reservation

"""Rows of the registry other than the log: drafts, bodies, approvals, numbers, files, claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from labels.canonical import canonical, parse_object
from labels.refusal import refusal
from labels.registry import tables as t
from labels.registry.entries import Reservation
from labels.registry.prepared import Prepared

#: Length of the status list (W3C Bitstring Status List: at least 131,072 entries).
STATUS_LIST = 131_072
#: Draws of a free place before all places are looked through: in vain only in a nearly full list.
DRAWS = 32


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """What was submitted, and the body composed from it.

    Attributes
    ----------
    draft
        Its id.
    kind
        Kind of document asked for.
    footprint, system
        The submitted JSON files, byte for byte.
    footprint_sha256, system_sha256
        Their hashes.
    workbook, workbook_name
        The workbook, if one was submitted.
    body, body_hash, claim
        The body and what follows from it.
    disclosures
        Its private lines with their salts, as ``disclosures.json``.
    """

    draft: str
    kind: str
    footprint: bytes
    footprint_sha256: str
    system: bytes
    system_sha256: str
    workbook: bytes | None
    workbook_name: str | None
    body: bytes
    body_hash: str
    claim: str
    disclosures: bytes

    @property
    def fields(self) -> Mapping[str, Any]:
        """The body as plain data.

        Raises
        ------
        IssueError
            ``REGISTRY-STORAGE`` when the stored bytes are none.
        """
        try:
            return _parsed(self.body)
        except ValueError as error:
            raise refusal("REGISTRY-STORAGE", self.draft, reason=f"body: {error}") from error


def put_draft(tx: Connection, draft: StoredDraft, time: str) -> None:
    """Store a draft with its body."""
    tx.execute(
        insert(t.drafts).values(
            draft=draft.draft,
            time=time,
            kind=draft.kind,
            footprint=draft.footprint,
            footprint_sha256=draft.footprint_sha256,
            system=draft.system,
            system_sha256=draft.system_sha256,
            workbook=draft.workbook,
            workbook_name=draft.workbook_name,
        )
    )
    tx.execute(
        insert(t.bodies).values(
            draft=draft.draft,
            body=draft.body,
            body_hash=draft.body_hash,
            claim=draft.claim,
            disclosures=draft.disclosures,
        )
    )


def get_draft(tx: Connection, draft: str) -> StoredDraft:
    """Return a draft.

    Raises
    ------
    IssueError
        ``DRAFT-UNKNOWN``.
    """
    row = _DRAFT.row(tx, draft=draft)
    if row is None:
        raise refusal("DRAFT-UNKNOWN", draft, draft=draft)
    found = row._asdict()
    found.pop("time")
    return StoredDraft(**found)


def put_approval(tx: Connection, draft: str, record: Mapping[str, Any]) -> None:
    """Store an approval; the first one of a role stands."""
    role = record["payload"]["role"]
    if role in {row["payload"]["role"] for row in get_approvals(tx, draft)}:
        raise refusal("APPROVAL-TWICE", draft, role=role)
    tx.execute(insert(t.approvals).values(draft=draft, role=role, record=canonical(record)))


def get_approvals(tx: Connection, draft: str) -> list[dict[str, Any]]:
    """Return the approvals of a draft, by role.

    Raises
    ------
    IssueError
        ``REGISTRY-STORAGE`` when one cannot be read.
    """
    records = _APPROVALS.column(tx, draft=draft)
    return [_approval(draft, record) for record in records]


@lru_cache(maxsize=16)
def _approval(draft: str, record: bytes) -> dict[str, Any]:
    try:
        said = dict(parse_object(record))
        if not {"role", "kid"} <= set(said["payload"]):
            raise KeyError("payload")
    except (ValueError, KeyError, TypeError) as error:
        reason = f"approval: {type(error).__name__}"
        raise refusal("REGISTRY-STORAGE", draft, reason=reason) from error
    return said


def find_reservation(tx: Connection, **by: str | int) -> Reservation | None:
    """Return a reservation by one of its unique columns."""
    (name, _), *_ = by.items()
    row = _RESERVATION[name].row(tx, **by)
    return None if row is None else _reservation(row)


def all_reservations(tx: Connection) -> tuple[Reservation, ...]:
    """Return every reservation in order."""
    rows = tx.execute(select(t.reservations).order_by(t.reservations.c.number))
    return tuple(_reservation(row) for row in rows)


def next_number(tx: Connection) -> int:
    """Return the number that follows the last one given."""
    return int(_LAST_NUMBER.value(tx) or 0) + 1


def free_status_index(tx: Connection, number: int, draw: Callable[[int], int]) -> int:
    """Draw a random place in the status list that no record has.

    Parameters
    ----------
    tx
        A transaction.
    number
        The number that the place is for.
    draw
        Random number below its argument.

    Raises
    ------
    IssueError
        ``STATUS-LIST-FULL``.
    """
    if number > STATUS_LIST:
        raise refusal("STATUS-LIST-FULL", "", entries=STATUS_LIST)
    for _ in range(DRAWS):
        index = draw(STATUS_LIST)
        if find_reservation(tx, status_index=index) is None:
            return index
    taken = set(tx.execute(select(t.reservations.c.status_index)).scalars())
    free = [index for index in range(STATUS_LIST) if index not in taken]
    return free[draw(len(free))]


def put_reservation(tx: Connection, reservation: Reservation) -> None:
    """Store a reservation."""
    values = {name: getattr(reservation, name) for name in Reservation.__slots__}
    _RESERVE.add(tx, values)


def hold_claim(tx: Connection, claim: str, serial: str) -> None:
    """Let a serial hold a claim; the database refuses a second holder."""
    _HOLD.add(tx, {"claim": claim, "serial": serial})


def holder(tx: Connection, claim: str) -> str | None:
    """Return the serial that holds a claim now."""
    return _HOLDER.value(tx, claim=claim)


def release_claim(tx: Connection, serial: str) -> None:
    """Let go of the claim of a record that is no longer live."""
    tx.execute(delete(t.claims).where(t.claims.c.serial == serial))


def put_files(tx: Connection, serial: str, hashes: Mapping[str, tuple[str, int]]) -> None:
    """Record the stored files of a record: name to (SHA-256, size)."""
    rows = [
        {"serial": serial, "name": name, "sha256": digest, "size": size}
        for name, (digest, size) in sorted(hashes.items())
    ]
    _KEEP.add(tx, *rows)


def get_files(tx: Connection, serial: str) -> dict[str, str]:
    """Return name to SHA-256 of the stored files of a record."""
    return {row.name: row.sha256 for row in _FILES.rows(tx, serial=serial)}


@lru_cache(maxsize=4)
def _parsed(body: bytes) -> Mapping[str, Any]:
    """Read a body: every step of issuing reads it again from the database."""
    return parse_object(body)


def _reservation(row: Row[Any]) -> Reservation:
    return Reservation(**row._asdict())


_DRAFT = Prepared(
    select(*t.drafts.c, *(column for column in t.bodies.c if column.name != "draft"))
    .select_from(t.drafts.join(t.bodies, t.drafts.c.draft == t.bodies.c.draft))
    .where(t.given(t.drafts.c.draft))
)
_APPROVALS = Prepared(
    select(t.approvals.c.record).where(t.given(t.approvals.c.draft)).order_by(t.approvals.c.role)
)
_RESERVATION = {
    column.name: Prepared(select(t.reservations).where(t.given(column)))
    for column in t.reservations.c
}
_LAST_NUMBER = Prepared(select(func.max(t.reservations.c.number)))
_HOLDER = Prepared(select(t.claims.c.serial).where(t.given(t.claims.c.claim)))
_FILES = Prepared(select(t.files).where(t.given(t.files.c.serial)).order_by(t.files.c.name))
_RESERVE, _HOLD = Prepared(insert(t.reservations)), Prepared(insert(t.claims))
_KEEP = Prepared(insert(t.files))

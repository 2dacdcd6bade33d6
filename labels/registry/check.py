"""The registry's own check: everything is recomputed from stored bytes, every problem is a finding.

What is not trusted: stored hashes, roots, claims. What is trusted: the trust file given by the
caller (the registry's own by default) and, if given, a checkpoint kept elsewhere as a witness.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import Connection, select

from factors.errors import IssueError
from factors.findings import Finding
from labels.canonical import canonical, sha256
from labels.issuer import IssuerProfile
from labels.keys import Purpose
from labels.refusal import fault
from labels.registry import tables as t
from labels.registry.checklog import log_faults
from labels.registry.checkrecord import lenient, record_faults
from labels.registry.checkwork import (
    claim_faults,
    clock_faults,
    stray_approval_faults,
    unfinished_faults,
    waiting_faults,
)
from labels.registry.endedkeys import ended_key_faults, known_ends
from labels.registry.identity import misnumbered, other_issuer
from labels.registry.keyfiles import unfit
from labels.registry.log import log_size
from labels.registry.records import all_reservations
from labels.registry.rotation import check_rotation
from labels.registry.store import DOCUMENTS, KEYS, TRUST, Store
from labels.trust import TrustFile, parse_trust


def check(
    store: Store, witness: str | None = None, now: dt.datetime | None = None
) -> tuple[Finding, ...]:
    """Check a registry from end to end.

    Parameters
    ----------
    store
        The registry.
    witness
        A signed checkpoint kept outside the registry: the log must still contain it.
    now
        Present time: a record unfinished for longer than :data:`STALLED` is then an error, as is a
        kept key out of its time and a record in force that rests on an ended key. None leaves the
        age of records, the times of keys and of entries alone.

    Returns
    -------
    tuple of Finding
        Empty when everything holds; ``CHECK-UNFINISHED``, ``CHECK-CLOCK`` and
        ``CHECK-STRANGER`` are warnings, ``CHECK-LEFTOVER`` a note, the rest are errors.

    Raises
    ------
    IssueError
        ``REGISTRY-STORAGE`` when the database cannot be read at all.
    """
    trust = store.trust
    known = known_ends(trust, store.chain())
    with store.read() as tx:
        return (
            *_database(store, tx),
            *_trust(store, tx),
            *_keys(store, tx, trust, now),
            *_issuer(tx, trust),
            *_numbers(tx, store.issuer),
            *log_faults(tx, trust, witness),
            *(found for r in all_reservations(tx) for found in record_faults(store, tx, r, known)),
            *(() if now is None else ended_key_faults(tx, store.issuer, trust, now)),
            *(() if now is None else clock_faults(tx, now)),
            *unfinished_faults(tx, now),
            *waiting_faults(tx, trust),
            *stray_approval_faults(tx),
            *claim_faults(tx),
            *_leftovers(store),
        )


def _database(store: Store, tx: Connection) -> Iterator[Finding]:
    for one in store.database.faults(tx):
        yield fault(one.code, one.where, **one.params)


def _trust(store: Store, tx: Connection) -> Iterator[Finding]:
    """Follow the signed steps from the first trust file to the last, and look at the copy."""
    files = [row.data for row in tx.execute(select(t.trust).order_by(t.trust.c.version))]
    steps = {row.version: row.record for row in tx.execute(select(t.rotations))}
    for version in range(2, len(files) + 1):
        try:
            old, new = (parse_trust(files[place - 1]) for place in (version - 1, version))
            check_rotation(steps.get(version, b""), old, new)
        except (ValueError, IssueError) as error:
            yield fault("CHECK-TRUST", f"version {version}", detail=error)
    copy = store.location / TRUST
    if not copy.is_file() or copy.read_bytes() != files[-1]:
        yield fault("CHECK-TRUST", TRUST, detail="differs from the database")


def _keys(
    store: Store, tx: Connection, trust: TrustFile, now: dt.datetime | None
) -> Iterator[Finding]:
    """Name the kept keys that no longer sign: every command that needs one would be refused."""
    size = log_size(tx)
    for purpose in Purpose:
        if unfit(store.location / KEYS, purpose, trust, size, now):
            yield fault("CHECK-KEY", f"{KEYS}/{purpose}.json", purpose=purpose)


def _issuer(tx: Connection, trust: TrustFile) -> Iterator[Finding]:
    """Compare the issuer profile with the trust file and with every body, which repeat it."""
    data = tx.execute(select(t.settings.c.data).where(t.settings.c.name == "issuer")).scalar_one()
    wrong = other_issuer(data, trust)
    bodies = [] if wrong else tx.execute(select(t.bodies).order_by(t.bodies.c.draft)).all()
    for row in bodies:
        whole = sha256(row.body) == row.body_hash  # another body is reported as such
        if whole and canonical(lenient(row.body).get("issuer")) != data:
            wrong = row.draft
    if wrong:
        yield fault("CHECK-ISSUER", "settings", detail=wrong)


def _numbers(tx: Connection, issuer: IssuerProfile) -> Iterator[Finding]:
    """Numbers run from 1 without a gap, and each serial is made of its own."""
    former = 0
    for one in all_reservations(tx):
        wrong = misnumbered(one, former, issuer)
        if wrong:
            yield fault("CHECK-NUMBER", one.serial, detail=wrong)
        former = one.number


def _leftovers(store: Store) -> Iterator[Finding]:
    for path in store.blobs.leftovers():
        yield fault("CHECK-LEFTOVER", path.name, name=path.name)
    for path in store.blobs.strangers():
        yield fault("CHECK-STRANGER", f"{DOCUMENTS}/{path.name}", name=path.name)

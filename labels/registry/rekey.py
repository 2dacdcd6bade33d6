"""Replacing one key of a registry: the signed step, and the key file if the registry keeps one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from factors.errors import IssueError
from labels.keys import Purpose, SigningKey
from labels.refusal import fault, refusal
from labels.registry import tables as t
from labels.registry.keyfiles import key_file, put_beside
from labels.registry.rotation import CAUSES, closed_at, refuse_unsound, replaced_key, rotation
from labels.registry.store import KEYS, Store
from labels.times import utc_text
from labels.trust import TrustedKey


@dataclass(frozen=True, slots=True)
class Rekey:
    """Which key ends, why, and what follows.

    Attributes
    ----------
    fresh
        The new key; its purpose says whose place it takes.
    cause
        ``rotation``, ``loss`` or ``theft``.
    old
        Id of the key to end, or the beginning of it; empty where the purpose has one open key.
    since
        For a theft: up to when the old key may be believed; now by default.
    """

    fresh: SigningKey
    cause: str = "rotation"
    old: str = ""
    since: dt.datetime | None = None


def rotate(store: Store, rekey: Rekey, roots: Sequence[SigningKey], now: dt.datetime) -> int:
    """Put a trust file in force in which a new key takes an old one's place.

    An approval or seal key ends at a time; a checkpoint key ends with the log as it is now, since
    a checkpoint has no time of its own.

    Parameters
    ----------
    store
        The registry. A key it keeps itself is replaced there, too.
    rekey
        What is to happen.
    roots
        Root keys that sign, as many as the trust file demands.
    now
        Present time.

    Returns
    -------
    int
        Version of the new trust file.

    Raises
    ------
    IssueError
        ``KEY-NOT-FOUND``, ``ROTATION-CAUSE``, ``ROTATION-SINCE``, ``KEY-DEMO``,
        ``TRUST-HISTORY``, ``TRUST-UNSIGNED``, ``REGISTRY-STORAGE``.
    """
    _refuse_unclear(rekey, now)
    trust, purpose = store.trust, rekey.fresh.purpose
    old = _ending(store, rekey)
    new = replaced_key(trust, old, rekey.fresh, now, rekey.since or now)
    if purpose is Purpose.CHECKPOINT:
        with store.read() as tx:
            size = tx.execute(select(func.count()).select_from(t.leaves)).scalar_one()
        new = closed_at(new, old.kid, int(size))
    signers = [*roots, rekey.fresh] if purpose is Purpose.ROOT else list(roots)
    record = rotation(trust, new, signers, rekey.cause, now)
    refuse_unsound(record, trust, new)
    _keep(store, rekey.fresh)
    version = store.renew_trust(new, now, record)
    store.settle()
    return version


def _refuse_unclear(rekey: Rekey, now: dt.datetime) -> None:
    """Refuse an unknown cause; an end that lets a thief go on, or undoes what nobody stole."""
    found = []
    if rekey.cause not in CAUSES:
        found.append(fault("ROTATION-CAUSE", "", cause=rekey.cause, known=", ".join(CAUSES)))
    if rekey.since is not None and (rekey.cause != "theft" or rekey.since > now):
        told = {"cause": rekey.cause, "time": utc_text(rekey.since), "now": utc_text(now)}
        found.append(fault("ROTATION-SINCE", "", **told))
    if found:
        raise IssueError(*found)


def _ending(store: Store, rekey: Rekey) -> TrustedKey:
    """Return the one key of the purpose that is meant."""
    purpose = rekey.fresh.purpose
    able = [
        key
        for key in store.trust.of(purpose)
        if key.kid.startswith(rekey.old) and (rekey.old or key.valid_until is None)
    ]
    if len(able) != 1:
        raise refusal("KEY-NOT-FOUND", rekey.old, purpose=purpose, count=len(able))
    return able[0]


def _keep(store: Store, fresh: SigningKey) -> None:
    """Keep the new key before the old one ends, where the registry keeps keys of this purpose."""
    if not key_file(store.location / KEYS, fresh.purpose).is_file():
        return
    try:
        put_beside(store.location / KEYS, fresh)
    except OSError as error:
        raise refusal("REGISTRY-STORAGE", KEYS, reason=str(error)) from error

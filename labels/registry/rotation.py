"""From one trust file to the next: signed by root keys of the old one, nothing old rewritten.

A verifier who holds any former trust file follows the signed steps to the one in force. A key is
never removed, only ended: what it signed in its time stays verifiable for ever.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from factors.errors import IssueError
from labels.canonical import canonical, parse_object, sha256
from labels.keys import Purpose, SigningKey
from labels.refusal import refusal
from labels.sign import detached_jws, jws_holds
from labels.times import parse_utc, utc_text
from labels.trust import TrustedKey, TrustFile, parse_trust, trusted

SCHEMA = "carbonlabel-rotation/1"
#: Why a key is replaced.
CAUSES = ("rotation", "loss", "theft")
_MEMBERS = frozenset({"schema", "issuer", "from", "to", "cause", "time"})


class RotationFault(ValueError):  # noqa: N818 - a fault of the chain, reported, never shown raw
    """Why a step does not count; ``code`` is a key of the findings catalogue."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class Link:
    """One step: the signed record and the bytes of the trust file it leads to."""

    record: bytes
    trust: bytes


def replaced_key(
    trust: TrustFile, old: TrustedKey, fresh: SigningKey, now: dt.datetime, until: dt.datetime
) -> TrustFile:
    """Return a trust file in which a new key takes an old one's place.

    Parameters
    ----------
    trust
        The file in force.
    old
        The key to end.
    fresh
        The key that follows, of the same purpose.
    now
        From when the new key counts.
    until
        Up to when the old key counts: now, or the time of a theft.
    """
    entry = trusted(fresh, valid_from=now, roles=old.roles, organisation=old.organisation)
    kept = [key for key in trust.keys if key.kid != old.kid]
    keys = sorted([*kept, replace(old, valid_until=until), entry], key=lambda k: (k.purpose, k.kid))
    return replace(trust, keys=tuple(keys))


def closed_at(trust: TrustFile, kid: str, size: int) -> TrustFile:
    """Return a trust file in which a checkpoint key speaks for no tree larger than ``size``."""
    keys = (replace(key, last_size=size) if key.kid == kid else key for key in trust.keys)
    return replace(trust, keys=tuple(keys))


def rotation(
    old: TrustFile, new: TrustFile, keys: Iterable[SigningKey], cause: str, now: dt.datetime
) -> bytes:
    """Sign the step from one trust file to the next.

    Parameters
    ----------
    old, new
        The two files.
    keys
        Root keys: as many of the old file, and of the new one, as these demand.
    cause
        ``rotation``, ``loss`` or ``theft``.
    now
        Time of signing.
    """
    payload = {
        "schema": SCHEMA,
        "issuer": old.issuer,
        "from": sha256(old.to_bytes()),
        "to": sha256(new.to_bytes()),
        "cause": cause,
        "time": utc_text(now),
    }
    signatures = [{"kid": key.kid, "jws": detached_jws(payload, key)} for key in keys]
    return canonical({"payload": payload, "signatures": signatures})


def check_rotation(record: bytes, old: TrustFile, new: TrustFile) -> None:
    """Check a step from one trust file to the next.

    Raises
    ------
    RotationFault
        ``TRUST-HISTORY`` or ``TRUST-UNSIGNED``.
    """
    _check_history(old, new)
    try:
        content = parse_object(record, 1 << 20)
        payload, signatures = content["payload"], content["signatures"]
        wanted = (SCHEMA, old.issuer, sha256(old.to_bytes()), sha256(new.to_bytes()))
        said = tuple(payload[name] for name in ("schema", "issuer", "from", "to"))
        if set(payload) != _MEMBERS or said != wanted or payload["cause"] not in CAUSES:
            raise RotationFault("TRUST-UNSIGNED", "content")
        moment = parse_utc(payload["time"])
        for name, file in (("old", old), ("new", new)):
            signers = _signers(payload, signatures, file, moment)
            if len(signers) < file.root_threshold:
                detail = f"{len(signers)} of {file.root_threshold} root keys ({name})"
                raise RotationFault("TRUST-UNSIGNED", detail)
    except (KeyError, TypeError, AttributeError) as error:
        raise RotationFault("TRUST-UNSIGNED", type(error).__name__) from error


def follow(mine: TrustFile, chain: Sequence[Link]) -> TrustFile:
    """Return the newest trust file that signed steps lead to from the one a verifier holds.

    A file that does not occur in the chain, and a chain with a broken step, lead nowhere.
    """
    held = mine
    for link in chain:
        try:
            new = parse_trust(link.trust)
            check_rotation(link.record, held, new)
        except (ValueError, IssueError):
            continue  # a step from another file, or one that does not count
        held = new
    return held


def refuse_unsound(record: bytes, old: TrustFile, new: TrustFile) -> None:
    """Refuse a step that does not count.

    Raises
    ------
    IssueError
        ``TRUST-HISTORY`` or ``TRUST-UNSIGNED``.
    """
    try:
        check_rotation(record, old, new)
    except ValueError as fault:
        code = getattr(fault, "code", "TRUST-UNSIGNED")
        raise refusal(code, "trust.json", detail=fault) from fault


def _signers(
    payload: Mapping[str, Any], signatures: Any, trust: TrustFile, moment: dt.datetime
) -> set[str]:
    found = set()
    for signature in signatures[:16]:
        key = trust.find(signature["kid"], Purpose.ROOT)
        if key and key.covers(moment) and jws_holds(signature["jws"], payload, key):
            found.add(key.kid)
    return found


def _check_history(old: TrustFile, new: TrustFile) -> None:
    """A new file keeps every key; it may only end one sooner."""
    if (old.issuer, old.origin, old.demo) != (new.issuer, new.origin, new.demo):
        raise RotationFault("TRUST-HISTORY", "issuer")
    if old.checkpoint_threshold != new.checkpoint_threshold:
        raise RotationFault("TRUST-HISTORY", "thresholds.checkpoint")
    for key in old.keys:
        kept = new.find(key.kid, key.purpose)
        if kept is None or not _only_ended(key, kept):
            raise RotationFault("TRUST-HISTORY", key.kid)


def _only_ended(old: TrustedKey, new: TrustedKey) -> bool:
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    longer = (new.valid_until or far) > (old.valid_until or far)
    wider = old.last_size is not None and (new.last_size is None or new.last_size > old.last_size)
    ended = replace(new, valid_until=old.valid_until, last_size=old.last_size)
    return not longer and not wider and ended.to_json() == old.to_json()

"""Making a registry: a demo with its own marked keys, or one for a real issuer."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labels.canonical import canonical
from labels.issuer import demo_issuer, read_issuer
from labels.keys import Purpose, SigningKey, new_key, read_key
from labels.refusal import refusal
from labels.registry.blobs import write_durably
from labels.registry.founding import create_store
from labels.registry.postgresql import PostgresDatabase
from labels.registry.store import Store
from labels.trust import TrustedKey, TrustFile, parse_trust, trust_file, trusted

#: File of a registry that says where timestamps are asked for.
TIMESTAMPS = "timestamps.json"
DEMO_PREPARER = "示例编制人 Example Preparer"
DEMO_NAMES = {
    Purpose.APPROVAL: DEMO_PREPARER,
    Purpose.CHECKPOINT: "示例日志 Example Log",
    Purpose.ROOT: "示例根密钥 Example Root",
    Purpose.SEAL: "示例签发机构 Example Issuer",
}


def init_demo(location: Path, now: dt.datetime, database: PostgresDatabase | None = None) -> Store:
    """Create a demo registry: fictitious issuer, demo keys inside, every document a sample.

    Parameters
    ----------
    location
        The folder.
    now
        Time of creation; the keys are valid from then on.
    database
        For several hosts; None for a database in the folder.

    Raises
    ------
    IssueError
        See :func:`~labels.registry.founding.create_store`.
    """
    issuer = demo_issuer()
    keys = tuple(new_key(purpose, DEMO_NAMES[purpose], demo=True, now=now) for purpose in Purpose)
    entries = [_entry(key, now) for key in keys]
    trust = trust_file(issuer.id, issuer.origin, entries, demo=True)
    return create_store(location, issuer, trust, keys, now, database)


def init_issuer(
    location: Path, profile: Path, now: dt.datetime, database: PostgresDatabase | None = None
) -> Store:
    """Create a registry for a real issuer.

    Parameters
    ----------
    location
        The folder.
    profile
        ``issuer.toml``; its ``trust`` names the trust file, its table ``keys`` the key files of
        the purposes ``checkpoint`` and (optionally) ``seal``; paths are relative to the profile.
        Its ``timestamps.url`` (optional) is where timestamps are asked for.
    now
        Time of creation.
    database
        For several hosts; None for a database in the folder.

    Raises
    ------
    IssueError
        ``ISSUER-UNREADABLE``, ``TRUST-UNREADABLE``, the codes of keys, and those of
        :func:`~labels.registry.founding.create_store`.
    """
    issuer = read_issuer(profile)
    record = tomllib.loads(profile.read_text(encoding="utf-8"))
    named = record.get("keys", {})
    try:
        trust_path = profile.parent / str(record["trust"])
        trust = parse_trust(trust_path.read_bytes())
        if not isinstance(named, dict) or "checkpoint" not in named:
            raise KeyError("keys.checkpoint")
    except (KeyError, OSError) as error:
        raise refusal("ISSUER-UNREADABLE", profile.name, reason=str(error)) from error
    purposes = [p for p in (Purpose.CHECKPOINT, Purpose.SEAL) if str(p) in named]
    keys = tuple(read_key(profile.parent / str(named[str(p)]), p) for p in purposes)
    for key in keys:
        if key.demo or trust.find(key.kid, key.purpose) is None:
            code = "KEY-DEMO" if key.demo else "KEY-NOT-TRUSTED"
            raise refusal(code, key.name, kid=key.kid, purpose=key.purpose)
    url = _timestamps(record, trust, profile.name)
    store = create_store(location, issuer, trust, keys, now, database)
    if url:
        write_durably(location / TIMESTAMPS, canonical({"url": url}))
    return store


def _timestamps(record: Mapping[str, Any], trust: TrustFile, profile: str) -> str:
    """Return where timestamps are asked for; the trust file must then list who makes them."""
    told = record.get("timestamps", {})
    url = told.get("url", "") if isinstance(told, dict) else None
    if not isinstance(url, str) or (url and not trust.authorities):
        reason = "timestamps.url, timestamp_authorities"
        raise refusal("ISSUER-UNREADABLE", profile, reason=reason)
    return url


def _entry(key: SigningKey, now: dt.datetime) -> TrustedKey:
    roles = ("preparer",) if key.purpose is Purpose.APPROVAL else ()
    return trusted(key, valid_from=now, roles=roles, organisation="示例 Example")

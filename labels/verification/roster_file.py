"""The roster as a person writes it: people, employers, roles and public keys, to be signed.

::

    threshold = 2                           # custodians who must sign the next edition

    [[person]]
    id = "verifier"
    name = "示例 孙二 Example Sun Er"
    employer = "示例核查有限公司 Example Verification Ltd."
    roles = ["verifier"]

    [[person.key]]
    public = "87Gw2z5R..."                  # as `carbonlabel keys show` prints it
    from = "2026-01-01T00:00:00Z"
    until = "2029-01-01T00:00:00Z"          # left out: no end
    lost = "2026-06-01T08:00:00Z"           # left out: in good hands
"""

from __future__ import annotations

import datetime as dt

from cryptography.hazmat.primitives.asymmetric import ed25519

from factors.errors import ModelError
from labels.canonical import from_base64url
from labels.keys import key_id
from labels.times import parse_utc
from labels.verification.roster import TEAM, Person, PersonKey, Roster
from lca.document import SLUG, Section, read

ALWAYS = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def parse(data: bytes, file: str, before: Roster | None, now: dt.datetime) -> Roster:
    """Return the edition that a file describes, not signed yet.

    Parameters
    ----------
    before
        The edition that it follows; None for the first.

    Raises
    ------
    ModelError
        With every finding, TOML-*.
    """
    root = read(data, file)
    threshold = root.number("threshold") if root.has("threshold") else None
    people = tuple(_person(section) for section in root.sections("person"))
    root.asked.add("threshold")
    root.close()
    if root.log:
        raise ModelError(*root.log)
    return Roster(
        edition=before.edition + 1 if before else 1,
        previous=before.sha256 if before else "",
        threshold=int(threshold) if threshold else 1,
        issued=now,
        people=people,
    )


def _person(section: Section) -> Person:
    keys = tuple(_key(one) for one in section.sections("key", label="public"))
    roles = section.strings("roles")
    for role in roles:
        if role not in TEAM:
            section.report("TOML-CHOICE", "roles", saw=role, options=", ".join(TEAM))
    found = Person(
        id=section.string("id", pattern=SLUG),
        name=section.string("name"),
        employer=section.string("employer"),
        roles=roles,
        keys=tuple(key for key in keys if key is not None),
    )
    section.close()
    return found


def _key(section: Section) -> PersonKey | None:
    """Return a key; its id follows from the key itself."""
    told = section.string("public")
    start = _moment(section, "from") or ALWAYS
    until, lost = _moment(section, "until", ""), _moment(section, "lost", "")
    section.close()
    try:
        public = ed25519.Ed25519PublicKey.from_public_bytes(from_base64url(told))
    except ValueError:
        section.report("TOML-STRING", "public", saw=told)
        return None
    return PersonKey(key_id(public), public, start, until, lost)


def _moment(section: Section, key: str, default: str | None = None) -> dt.datetime | None:
    told = section.string(key, default)
    if not told:
        return None
    try:
        return parse_utc(told)
    except ValueError:
        section.report("TOML-STRING", key, saw=told)
        return None

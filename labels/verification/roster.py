"""Roles and keys: people, employers, roles, keys with purpose and validity, in one signed file.

Custodians sign it. A new edition names the hash of the one before and is signed by as many
custodians **of that one** as its threshold asks; so a key is rotated, or a lost one replaced,
without anybody trusting a stranger. A lost key counts for nothing from the moment it was lost.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from labels.canonical import base64url, canonical, from_base64url, parse_object, sha256
from labels.keys import PublicKey, SigningKey, key_id
from labels.refusal import refusal
from labels.times import parse_utc, utc_text
from labels.trust import ROLES, raw_ed25519
from labels.verification import shape
from labels.verification.signature import holds, signed
from labels.verification.words import UnfitError, reason

SCHEMA = "carbonlabel-roster/1"
CUSTODIAN = "custodian"
TEAM = (*ROLES, "auditor", "expert", "observer", CUSTODIAN)
"""Roles of a case: the four that approve, and those that help, watch, or keep this file."""

PURPOSE = "approval"
MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A person's public key; ``until`` is exclusive, ``lost`` the moment it got out of hand."""

    kid: str
    public: PublicKey
    start: dt.datetime
    until: dt.datetime | None = None
    lost: dt.datetime | None = None

    def covers(self, moment: dt.datetime) -> bool:
        """Whether what was signed at a moment counts."""
        ends = [end for end in (self.until, self.lost) if end is not None]
        return self.start <= moment and all(moment < end for end in ends)

    def to_json(self) -> dict[str, Any]:
        """Return the key as plain data."""
        return {
            "kid": self.kid,
            "purpose": PURPOSE,
            "public": base64url(raw_ed25519(self.public)),
            "from": utc_text(self.start),
            "until": utc_text(self.until) if self.until else None,
            "lost": utc_text(self.lost) if self.lost else None,
        }


@dataclass(frozen=True, slots=True)
class Person:
    """Who takes part: a person, the employer, what the person may do, and keys."""

    id: str
    name: str
    employer: str
    roles: tuple[str, ...]
    keys: tuple[PersonKey, ...]

    def key(self, kid: str) -> PersonKey | None:
        """Return a key of this person."""
        return next((one for one in self.keys if one.kid == kid), None)

    def to_json(self) -> dict[str, Any]:
        """Return the person as plain data."""
        return {
            "id": self.id,
            "name": self.name,
            "employer": self.employer,
            "roles": list(self.roles),
            "keys": [key.to_json() for key in self.keys],
        }


@dataclass(frozen=True, slots=True)
class Roster:
    """One edition of the file.

    Attributes
    ----------
    edition
        1, 2, ...
    previous
        SHA-256 of the edition before; empty for the first.
    threshold
        How many custodians must sign the next edition.
    issued
        When it was signed.
    signatures
        Key id to token.
    """

    edition: int
    previous: str
    threshold: int
    issued: dt.datetime
    people: tuple[Person, ...]
    signatures: tuple[tuple[str, str], ...] = ()

    @property
    def sha256(self) -> str:
        """Hash of what is signed."""
        return sha256(canonical(self.payload()))

    def person(self, name: str) -> Person | None:
        """Return a person by id."""
        return next((one for one in self.people if one.id == name), None)

    def holder(self, kid: str) -> Person | None:
        """Return whose key this is."""
        return next((one for one in self.people if one.key(kid)), None)

    def in_role(self, role: str) -> tuple[Person, ...]:
        """Return who may act in a role."""
        return tuple(one for one in self.people if role in one.roles)

    def payload(self) -> dict[str, Any]:
        """Return what is signed."""
        return {
            "schema": SCHEMA,
            "edition": self.edition,
            "previous": self.previous,
            "threshold": self.threshold,
            "issued": utc_text(self.issued),
            "people": [person.to_json() for person in self.people],
        }

    def to_bytes(self) -> bytes:
        """Return the file."""
        tokens = [{"kid": kid, "jws": token} for kid, token in self.signatures]
        return canonical({"roster": self.payload(), "signatures": tokens})


def sign_roster(roster: Roster, keys: Iterable[SigningKey]) -> Roster:
    """Return the edition with the signatures of some custodians."""
    tokens = tuple((key.kid, signed(roster.payload(), key)) for key in keys)
    return Roster(
        roster.edition,
        roster.previous,
        roster.threshold,
        roster.issued,
        roster.people,
        tokens,
    )


def parse_roster(data: bytes, where: str = "people.json") -> Roster:
    """Read one edition strictly; whose signatures it bears is not judged here.

    Raises
    ------
    IssueError
        ``CASE-ROSTER``.
    """
    try:
        record = shape.table(parse_object(data, MOST_BYTES), "roster", "signatures")
        roster = _roster(record["roster"], record["signatures"])
        _consistent(roster)
    except (ValueError, TypeError) as error:
        raise refusal("CASE-ROSTER", where, **reason(error)) from error
    return roster


def check_first(roster: Roster, where: str = "people.json") -> None:
    """Refuse a first edition that its own custodians did not sign.

    Raises
    ------
    IssueError
        ``CASE-ROSTER``.
    """
    if roster.edition != 1 or roster.previous:
        raise refusal("CASE-ROSTER", where, **reason(UnfitError("first")))
    _enough(roster, roster, where)


def check_next(new: Roster, old: Roster, where: str = "people.json") -> None:
    """Refuse an edition that does not follow the one before.

    Raises
    ------
    IssueError
        ``CASE-ROSTER``: another number, another predecessor, an earlier time, or too few
        signatures of custodians of the edition before.
    """
    if (new.edition, new.previous) != (old.edition + 1, old.sha256) or new.issued < old.issued:
        raise refusal("CASE-ROSTER", where, **reason(UnfitError("follows")))
    _enough(new, old, where)


def chain(editions: Sequence[tuple[str, bytes]]) -> Roster:
    """Read a chain of editions and return the last.

    Raises
    ------
    IssueError
        ``CASE-ROSTER``.
    """
    last: Roster | None = None
    for where, data in editions:
        roster = parse_roster(data, where)
        if last is None:
            check_first(roster, where)
        else:
            check_next(roster, last, where)
        last = roster
    if last is None:
        raise refusal("CASE-ROSTER", "people", **reason(UnfitError("no-edition")))
    return last


def _enough(new: Roster, judge: Roster, where: str) -> None:
    """Count the custodians of ``judge`` whose keys signed ``new`` while they were good."""
    signers: set[str] = set()
    for kid, token in new.signatures:
        person = judge.holder(kid)
        key = person.key(kid) if person else None
        if person is None or key is None or CUSTODIAN not in person.roles:
            continue
        lost = new.holder(kid)
        now_known = lost.key(kid) if lost else None
        good = key.covers(new.issued) and (now_known is None or now_known.covers(new.issued))
        if good and holds(token, new.payload(), kid, key.public):
            signers.add(person.id)
    if len(signers) < judge.threshold:
        told = UnfitError("signatures", count=len(signers), of=judge.threshold)
        raise refusal("CASE-ROSTER", where, **reason(told))


def _consistent(roster: Roster) -> None:
    """Refuse ids twice, a key of two people, and a threshold nobody can reach."""
    ids = [person.id for person in roster.people]
    kids = [key.kid for person in roster.people for key in person.keys]
    if len(set(ids)) != len(ids) or len(set(kids)) != len(kids):
        raise UnfitError("person-twice")
    if not 1 <= roster.threshold <= len(roster.in_role(CUSTODIAN)):
        raise UnfitError("threshold")


def _roster(value: object, tokens: object) -> Roster:
    record = shape.table(value, "schema", "edition", "previous", "threshold", "issued", "people")
    if record["schema"] != SCHEMA:
        raise ValueError("schema")
    pairs = [shape.table(token, "kid", "jws") for token in shape.rows(tokens)]
    return Roster(
        edition=shape.whole(record["edition"]),
        previous=shape.digest(record["previous"]) if record["previous"] else "",
        threshold=shape.whole(record["threshold"]),
        issued=parse_utc(shape.words(record["issued"])),
        people=tuple(_person(one) for one in shape.rows(record["people"])),
        signatures=tuple((shape.words(p["kid"]), shape.words(p["jws"])) for p in pairs),
    )


def _person(value: object) -> Person:
    record = shape.table(value, "id", "name", "employer", "roles", "keys")
    name, employer = shape.words(record["name"]).strip(), shape.words(record["employer"]).strip()
    if not name or not employer:
        raise UnfitError("nameless")
    return Person(
        id=shape.slug(record["id"]),
        name=name,
        employer=employer,
        roles=tuple(shape.one_of(role, TEAM) for role in shape.rows(record["roles"])),
        keys=tuple(_key(key) for key in shape.rows(record["keys"])),
    )


def _key(value: object) -> PersonKey:
    record = shape.table(value, "kid", "purpose", "public", "from", "until", "lost")
    if record["purpose"] != PURPOSE:
        raise UnfitError("purpose")
    public = ed25519.Ed25519PublicKey.from_public_bytes(
        from_base64url(shape.words(record["public"]))
    )
    if key_id(public) != record["kid"]:
        raise UnfitError("kid")
    return PersonKey(
        kid=shape.words(record["kid"]),
        public=public,
        start=parse_utc(shape.words(record["from"])),
        until=_moment(record["until"]),
        lost=_moment(record["lost"]),
    )


def _moment(value: Any) -> dt.datetime | None:
    return None if value is None else parse_utc(shape.words(value))


def person_key(key: SigningKey, start: dt.datetime, until: dt.datetime | None = None) -> PersonKey:
    """Return the public half of a key as an entry of the file."""
    return PersonKey(key.kid, key.private.public_key(), start, until)

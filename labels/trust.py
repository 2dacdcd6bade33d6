"""The trust file: which keys speak for an issuer, for what, in whose name and since when.

A verifier gets it once, on a way of its own, and needs nothing else of the issuer afterwards.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from labels.canonical import base64url, canonical, from_base64url, parse_object
from labels.keys import UNREADABLE, PublicKey, Purpose, SigningKey, key_id
from labels.refusal import refusal
from labels.times import parse_utc, utc_text

SCHEMA = "carbonlabel-trust/1"
ROLES = ("preparer", "verifier", "reviewer", "decision")


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key and the limits of what it may say.

    Attributes
    ----------
    kid
        RFC 7638 thumbprint.
    purpose
        What it signs.
    name, organisation
        Whose it is, as printed.
    roles
        For approval keys: the roles it may sign in.
    valid_from, valid_until
        UTC; the end is exclusive, None while open.
    demo
        Trusted in a demo registry only.
    public
        The key.
    certificates
        For a seal: DER, end entity first.
    last_size
        For a retired checkpoint key: the largest tree it may speak for (a checkpoint has no time).
    """

    kid: str
    purpose: Purpose
    name: str
    organisation: str
    roles: tuple[str, ...]
    valid_from: dt.datetime
    valid_until: dt.datetime | None
    demo: bool
    public: PublicKey = field(hash=False)  # its hash is the key's id
    certificates: tuple[bytes, ...] = ()
    last_size: int | None = None

    def covers(self, moment: dt.datetime) -> bool:
        """Whether the key was valid at a moment."""
        return self.valid_from <= moment and (self.valid_until is None or moment < self.valid_until)

    def to_json(self) -> dict[str, Any]:
        """Return the entry as plain data."""
        seal = self.purpose is Purpose.SEAL
        return {
            "kid": self.kid,
            "purpose": str(self.purpose),
            "name": self.name,
            "organisation": self.organisation,
            "roles": list(self.roles),
            "valid_from": utc_text(self.valid_from),
            "valid_until": utc_text(self.valid_until) if self.valid_until else None,
            "demo": self.demo,
            "public": None if seal else base64url(raw_ed25519(self.public)),
            "certificates": [base64.b64encode(c).decode("ascii") for c in self.certificates],
            **({} if self.last_size is None else {"last_size": self.last_size}),
        }


@dataclass(frozen=True, slots=True)
class Authority:
    """A timestamp authority whose word on time is believed.

    Attributes
    ----------
    name
        As printed.
    certificates
        DER, the one that signs first, the one that everything chains to last.
    valid_from, valid_until
        UTC; the end is exclusive, None while open.
    """

    name: str
    certificates: tuple[bytes, ...]
    valid_from: dt.datetime
    valid_until: dt.datetime | None = None

    def covers(self, moment: dt.datetime) -> bool:
        """Whether the authority was believed at a moment."""
        return self.valid_from <= moment and (self.valid_until is None or moment < self.valid_until)

    def to_json(self) -> dict[str, Any]:
        """Return the entry as plain data."""
        return {
            "name": self.name,
            "valid_from": utc_text(self.valid_from),
            "valid_until": utc_text(self.valid_until) if self.valid_until else None,
            "certificates": [base64.b64encode(c).decode("ascii") for c in self.certificates],
        }


@dataclass(frozen=True, slots=True)
class TrustFile:
    """All keys of one issuer.

    Attributes
    ----------
    issuer
        The issuer's id.
    origin
        Name of the log, first line of its checkpoints.
    demo
        Whether this is a demo issuer; only then are demo keys accepted.
    checkpoint_threshold
        How many different checkpoint keys must have signed a checkpoint.
    keys
        Sorted by purpose and key id.
    root_threshold
        How many different root keys must have signed the step to the next trust file.
    authorities
        Timestamp authorities, if any; a file without them has no such member.
    """

    issuer: str
    origin: str
    demo: bool
    checkpoint_threshold: int
    keys: tuple[TrustedKey, ...]
    root_threshold: int = 1
    authorities: tuple[Authority, ...] = ()

    def __post_init__(self) -> None:
        """Refuse demo keys outside a demo registry, duplicate ids, an unreachable threshold."""
        for key in self.keys:
            if key.demo and not self.demo:
                raise refusal("KEY-DEMO", key.name, kid=key.kid)
        least = min(self.checkpoint_threshold, self.root_threshold)
        if len({key.kid for key in self.keys}) != len(self.keys) or least < 1:
            raise refusal("TRUST-UNREADABLE", "keys", reason="duplicate key or threshold")

    def find(self, kid: str, purpose: Purpose) -> TrustedKey | None:
        """Return the key with this id if it serves this purpose."""
        return next((k for k in self.keys if k.kid == kid and k.purpose is purpose), None)

    def of(self, purpose: Purpose) -> tuple[TrustedKey, ...]:
        """Return all keys of a purpose."""
        return tuple(key for key in self.keys if key.purpose is purpose)

    def to_json(self) -> dict[str, Any]:
        """Return the file as plain data."""
        thresholds = {"checkpoint": self.checkpoint_threshold}
        if self.of(Purpose.ROOT):
            thresholds["root"] = self.root_threshold
        return {
            "schema": SCHEMA,
            "issuer": self.issuer,
            "origin": self.origin,
            "demo": self.demo,
            "thresholds": thresholds,
            "keys": [key.to_json() for key in self.keys],
            **self._authorities(),
        }

    def _authorities(self) -> dict[str, Any]:
        told = [one.to_json() for one in self.authorities]
        return {"timestamp_authorities": told} if told else {}

    def to_bytes(self) -> bytes:
        """Return the canonical bytes: the same trust has one hash."""
        return canonical(self.to_json())


def trust_file(
    issuer: str,
    origin: str,
    keys: Iterable[TrustedKey],
    *,
    demo: bool,
    threshold: int = 1,
    root_threshold: int = 1,
    authorities: Iterable[Authority] = (),
) -> TrustFile:
    """Build a trust file with its keys in their fixed order."""
    ordered = tuple(sorted(keys, key=lambda key: (key.purpose, key.kid)))
    known = tuple(authorities)
    return TrustFile(issuer, origin, demo, threshold, ordered, root_threshold, known)


def trusted(
    key: SigningKey,
    *,
    valid_from: dt.datetime,
    valid_until: dt.datetime | None = None,
    roles: Iterable[str] = (),
    organisation: str = "",
) -> TrustedKey:
    """Return the public half of a key as an entry of a trust file."""
    certificates = tuple(c.public_bytes(Encoding.DER) for c in key.certificates)
    return TrustedKey(
        kid=key.kid,
        purpose=key.purpose,
        name=key.name,
        organisation=organisation,
        roles=tuple(sorted(roles)),
        valid_from=valid_from,
        valid_until=valid_until,
        demo=key.demo,
        public=key.private.public_key(),
        certificates=certificates,
    )


#: What reading a trust file of somebody else may raise.
_MALFORMED = (*UNREADABLE, TypeError, KeyError, AttributeError, IndexError)


def parse_trust(data: bytes) -> TrustFile:
    """Read a trust file strictly.

    Raises
    ------
    IssueError
        ``TRUST-UNREADABLE`` with the reason, or ``KEY-DEMO``.
    """
    try:
        record = parse_object(data, 1 << 22)
        if record["schema"] != SCHEMA:
            raise ValueError("schema")
        return trust_file(
            _text(record["issuer"]),
            _text(record["origin"]),
            [_key(entry) for entry in record["keys"]],
            demo=record["demo"] is True,
            threshold=_count(record["thresholds"]["checkpoint"]),
            root_threshold=_count(record["thresholds"].get("root", 1)),
            authorities=[_authority(entry) for entry in record.get("timestamp_authorities", ())],
        )
    except _MALFORMED as error:
        raise refusal("TRUST-UNREADABLE", "", reason=f"{type(error).__name__}: {error}") from error


def raw_ed25519(public: PublicKey) -> bytes:
    """Return the 32 bytes of an Ed25519 public key."""
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _key(entry: Mapping[str, Any]) -> TrustedKey:
    purpose = Purpose(entry["purpose"])
    certificates = tuple(base64.b64decode(c, validate=True) for c in entry["certificates"])
    public = _seal_public(certificates) if purpose is Purpose.SEAL else _ed25519(entry["public"])
    if key_id(public) != entry["kid"]:
        raise ValueError("key id does not belong to the key")
    until = entry["valid_until"]
    return TrustedKey(
        kid=entry["kid"],
        purpose=purpose,
        name=_text(entry["name"]),
        organisation=_text(entry["organisation"]),
        roles=tuple(_role(role) for role in entry["roles"]),
        valid_from=parse_utc(entry["valid_from"]),
        valid_until=None if until is None else parse_utc(until),
        demo=entry["demo"] is True,
        public=public,
        certificates=certificates,
        last_size=_count(entry["last_size"]) if "last_size" in entry else None,
    )


def _authority(entry: Mapping[str, Any]) -> Authority:
    certificates = tuple(base64.b64decode(c, validate=True) for c in entry["certificates"])
    if not certificates:
        raise ValueError("a timestamp authority has certificates")
    for one in certificates:
        x509.load_der_x509_certificate(one)
    until = entry["valid_until"]
    return Authority(
        name=_text(entry["name"]),
        certificates=certificates,
        valid_from=parse_utc(entry["valid_from"]),
        valid_until=None if until is None else parse_utc(until),
    )


def _seal_public(certificates: tuple[bytes, ...]) -> PublicKey:
    public = x509.load_der_x509_certificate(certificates[0]).public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise TypeError("a seal key must be P-256")
    return public


def _ed25519(text: str) -> PublicKey:
    return ed25519.Ed25519PublicKey.from_public_bytes(from_base64url(text))


def _role(value: object) -> str:
    if not isinstance(value, str) or value not in ROLES:
        raise ValueError("unknown role")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not a count")
    return value

"""Approvals: people sign the hash of a certificate body as detached JWS with Ed25519.

The text of a token is never an identity: a lenient reader takes several spellings for the same
token. Every part must be canonical base64url, and the protected header must be the one expected.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from factors.texts import LANGS, text
from labels.bodyshape import misfits
from labels.canonical import canonical, from_base64url
from labels.keys import Purpose, SigningKey
from labels.refusal import refusal
from labels.times import parse_utc, utc_text
from labels.trust import ROLES, TrustedKey, TrustFile

SCHEMA = "carbonlabel-approval/1"
ALGORITHMS = ("Ed25519",)
_PAYLOAD = {
    **dict.fromkeys(("schema", "body", "kid", "person", "role", "time"), str),
    "statement": {"zh": str, "en": str},
}


class ApprovalFault(Exception):  # noqa: N818 - a fault of the document, reported, never shown raw
    """Why an approval does not count; ``code`` is a key of the findings catalogue."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


def approval(body_hash: str, role: str, key: SigningKey, now: dt.datetime) -> dict[str, Any]:
    """Sign a certificate body in a role.

    Parameters
    ----------
    body_hash
        SHA-256 of the canonical body, hex.
    role
        ``preparer``, ``verifier``, ``reviewer`` or ``decision``.
    key
        An approval key.
    now
        Time of signing.

    Returns
    -------
    dict
        ``{"payload": what was signed, "jws": detached compact JWS}``.

    Raises
    ------
    IssueError
        ``KEY-PURPOSE`` or ``APPROVAL-ROLE``.
    """
    if key.purpose is not Purpose.APPROVAL:
        raise refusal("KEY-PURPOSE", key.name, purpose=key.purpose, wanted=Purpose.APPROVAL)
    if role not in ROLES:
        raise refusal("APPROVAL-ROLE", role, role=role)
    payload = {
        "schema": SCHEMA,
        "body": body_hash,
        "kid": key.kid,
        "person": key.name,
        "role": role,
        "statement": statement(role),
        "time": utc_text(now),
    }
    return {"payload": payload, "jws": detached_jws(payload, key)}


def statement(role: str) -> dict[str, str]:
    """Return the sentence a role signs, in both languages."""
    return {lang: text(f"approval.{role}", lang) for lang in LANGS}


def check_approval(record: Mapping[str, Any], body_hash: str, trust: TrustFile) -> TrustedKey:
    """Check one approval against the body and the trust file.

    Returns
    -------
    TrustedKey
        Who signed.

    Raises
    ------
    ApprovalFault
        ``APPROVAL-MALFORMED``, ``APPROVAL-BODY``, ``APPROVAL-KEY`` or ``APPROVAL-SIGNATURE``.
    """
    payload, token = _parts(record)
    role = payload["role"]
    if payload["body"] != body_hash:
        raise ApprovalFault("APPROVAL-BODY", role)
    key = trust.find(payload["kid"], Purpose.APPROVAL)
    if key is None or role not in key.roles or not key.covers(parse_utc(payload["time"])):
        raise ApprovalFault("APPROVAL-KEY", role)
    if key.name != payload["person"]:
        raise ApprovalFault("APPROVAL-KEY", role)
    if not jws_holds(token, payload, key):
        raise ApprovalFault("APPROVAL-SIGNATURE", role)
    return key


def detached_jws(payload: Mapping[str, Any], key: SigningKey) -> str:
    """Sign the canonical bytes of plain data with an Ed25519 key; return a detached compact JWS."""
    token = compact_jws(canonical(payload), key, {})
    return jws.detach_content(token)


def compact_jws(data: bytes, key: SigningKey, header: Mapping[str, str]) -> str:
    """Sign bytes with an Ed25519 key; return the compact JWS with the bytes inside.

    Parameters
    ----------
    data
        What is signed.
    key
        The key; its algorithm and id stand in the protected header.
    header
        Further members of the protected header.
    """
    pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return jws.serialize_compact(
        {**_header(key.kid), **header}, data, OKPKey.import_key(pem), algorithms=list(ALGORITHMS)
    )


def jws_holds(token: str, payload: Mapping[str, Any], key: TrustedKey) -> bool:
    """Whether a detached JWS is this key's signature over plain data, spelt canonically."""
    pem = key.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    try:
        header, middle, signature = token.split(".")
        if middle or from_base64url(header) == b"" or len(from_base64url(signature)) != 64:
            return False
        found = jws.deserialize_compact(
            token,
            OKPKey.import_key(pem),
            algorithms=list(ALGORITHMS),
            payload=canonical(payload),
        )
    except (JoseError, ValueError):
        return False
    return found.headers() == _header(key.kid)


def _header(kid: str) -> dict[str, Any]:
    return {"alg": ALGORITHMS[0], "kid": kid}


def _parts(record: object) -> tuple[dict[str, Any], str]:
    """Take a record apart; anything unexpected in it is a fault."""
    if not isinstance(record, Mapping) or set(record) != {"payload", "jws"}:
        raise ApprovalFault("APPROVAL-MALFORMED", "record")
    payload, token = record["payload"], record["jws"]
    if not isinstance(payload, Mapping) or not isinstance(token, str):
        raise ApprovalFault("APPROVAL-MALFORMED", "payload")
    if any(misfits(dict(payload), _PAYLOAD)) or payload["schema"] != SCHEMA:
        raise ApprovalFault("APPROVAL-MALFORMED", "payload")
    try:
        parse_utc(payload["time"])
    except ValueError as error:
        raise ApprovalFault("APPROVAL-MALFORMED", "time") from error
    return dict(payload), token

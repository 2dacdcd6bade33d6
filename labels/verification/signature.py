"""Signing a JSON payload with a person's approval key, detached (Ed25519, RFC 7515 and 8037)."""

from __future__ import annotations

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

from labels.canonical import canonical, from_base64url
from labels.keys import PublicKey, Purpose, SigningKey
from labels.refusal import refusal

ALGORITHM = "Ed25519"
SIGNATURE_BYTES = 64


def signed(payload: Mapping[str, Any], key: SigningKey) -> str:
    """Return the detached token over the canonical bytes of a payload.

    Raises
    ------
    IssueError
        ``KEY-PURPOSE``, for a key that is not a person's.
    """
    if key.purpose is not Purpose.APPROVAL:
        raise refusal("KEY-PURPOSE", key.name, purpose=key.purpose, wanted=Purpose.APPROVAL)
    pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    token = jws.serialize_compact(
        _header(key.kid), canonical(payload), OKPKey.import_key(pem), algorithms=[ALGORITHM]
    )
    return jws.detach_content(token)


def holds(token: str, payload: Mapping[str, Any], kid: str, public: PublicKey) -> bool:
    """Whether a token is this key's signature over a payload, in its one canonical spelling."""
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    try:
        header, middle, signature = token.split(".")
        if middle or not from_base64url(header):
            return False
        if len(from_base64url(signature)) != SIGNATURE_BYTES:
            return False
        found = jws.deserialize_compact(
            token, OKPKey.import_key(pem), algorithms=[ALGORITHM], payload=canonical(payload)
        )
    except (JoseError, ValueError):
        return False
    return found.headers() == _header(kid)


def _header(kid: str) -> dict[str, Any]:
    return {"alg": ALGORITHM, "kid": kid}

"""Keys with one purpose each: approval, checkpoint and root (Ed25519), seal (P-256, certificates).

The root key signs nothing but the step from one trust file to the next and stays off the registry.

A key file is JSON with the private key as PKCS #8 PEM. Demo keys say so in the file, and demo
seals also in the certificate's name, so that no reader of a PDF can overlook it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from joserfc.jwk import ECKey, OKPKey

from labels.canonical import parse_object
from labels.refusal import refusal

#: What reading a key or a certificate that somebody else made may raise.
UNREADABLE = (ValueError, UnsupportedAlgorithm, x509.InvalidVersion)

SCHEMA = "carbonlabel-key/1"
DEMO_NOTICE = "示例 DEMO - not a real issuer"

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey


class Purpose(StrEnum):
    """What a key may sign; a key never serves two purposes."""

    APPROVAL = "approval"
    CHECKPOINT = "checkpoint"
    ROOT = "root"
    SEAL = "seal"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and what is known of it.

    Attributes
    ----------
    purpose
        The one thing it may sign.
    name
        Person or organisation, as printed.
    demo
        Whether it was made for a demo registry.
    private
        The key itself.
    certificates
        For a seal: end-entity certificate first, its issuer second. Empty otherwise.
    """

    purpose: Purpose
    name: str
    demo: bool
    private: PrivateKey
    certificates: tuple[x509.Certificate, ...] = ()

    @property
    def kid(self) -> str:
        """Key id: the RFC 7638 thumbprint of the public key."""
        return key_id(self.private.public_key())


def key_id(public: PublicKey) -> str:
    """Return the RFC 7638 thumbprint (SHA-256, base64url) of a public key."""
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return _thumbprint(OKPKey if isinstance(public, ed25519.Ed25519PublicKey) else ECKey, pem)


@lru_cache(maxsize=256)
def _thumbprint(kind: type[OKPKey | ECKey], pem: bytes) -> str:
    """Read a key, the same once: each version of a trust file lists the former keys again."""
    return kind.import_key(pem).thumbprint()


def new_key(
    purpose: Purpose, name: str, *, demo: bool, now: dt.datetime, years: int = 10
) -> SigningKey:
    """Make a key; a seal key comes with its own small certificate authority.

    Parameters
    ----------
    purpose
        What it will sign.
    name
        Person or organisation.
    demo
        Mark it as a demo key.
    now
        Start of the certificates' validity (aware time).
    years
        Validity of the certificates.
    """
    if purpose is not Purpose.SEAL:
        return SigningKey(purpose, name, demo, ed25519.Ed25519PrivateKey.generate())
    until = now + dt.timedelta(days=365 * years)
    root_key, seal_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name, seal_name = (_name(name, unit, demo=demo) for unit in ("Seal CA", "Seal"))
    root = _certificate(root_name, root_name, root_key, root_key, (now, until), authority=True)
    leaf = _certificate(seal_name, root_name, seal_key, root_key, (now, until), authority=False)
    return SigningKey(purpose, name, demo, seal_key, (leaf, root))


def write_key(path: Path, key: SigningKey, passphrase: bytes | None = None) -> None:
    """Write a key file readable by its owner only; an existing file is never overwritten."""
    text = _key_json(key, passphrase)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise refusal("KEY-EXISTS", path.name) from error
    with os.fdopen(handle, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path, purpose: Purpose, passphrase: bytes | None = None) -> SigningKey:
    """Read a key file and make sure it is meant for the purpose.

    Raises
    ------
    IssueError
        ``KEY-UNREADABLE`` or ``KEY-PURPOSE``.
    """
    try:
        key = _key_from(parse_object(path.read_bytes(), 1 << 20), passphrase)
    except (OSError, TypeError, KeyError, *UNREADABLE) as error:
        raise refusal("KEY-UNREADABLE", path.name, reason=type(error).__name__) from error
    if key.purpose is not purpose:
        raise refusal("KEY-PURPOSE", path.name, purpose=key.purpose, wanted=purpose)
    return key


def _key_json(key: SigningKey, passphrase: bytes | None) -> bytes:
    lock: KeySerializationEncryption = (
        BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    )
    pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)
    record = {
        "schema": SCHEMA,
        "purpose": str(key.purpose),
        "name": key.name,
        "demo": key.demo,
        "notice": DEMO_NOTICE if key.demo else "",
        "kid": key.kid,
        "private": pem.decode("ascii"),
        "certificates": [c.public_bytes(Encoding.PEM).decode("ascii") for c in key.certificates],
    }
    return json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8")


def _key_from(record: Any, passphrase: bytes | None) -> SigningKey:
    if record["schema"] != SCHEMA:
        raise ValueError("schema")
    private = load_pem_private_key(record["private"].encode("ascii"), passphrase)
    purpose = Purpose(record["purpose"])
    wanted = ec.EllipticCurvePrivateKey if purpose is Purpose.SEAL else ed25519.Ed25519PrivateKey
    if not isinstance(private, (ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey)):
        raise TypeError("key type")
    if not isinstance(private, wanted):
        raise TypeError("key type")
    certificates = tuple(x509.load_pem_x509_certificate(c.encode()) for c in record["certificates"])
    key = SigningKey(purpose, str(record["name"]), record["demo"] is True, private, certificates)
    if key.kid != record["kid"] or not _certificates_fit(key):
        raise ValueError("the parts of the key file do not belong together")
    return key


def _certificates_fit(key: SigningKey) -> bool:
    if key.purpose is not Purpose.SEAL:
        return not key.certificates
    public = key.certificates[0].public_key() if key.certificates else None
    return isinstance(public, ec.EllipticCurvePublicKey) and key_id(public) == key.kid


def _name(common: str, unit: str, *, demo: bool) -> x509.Name:
    short = common.encode("utf-8")[:64].decode("utf-8", "ignore")
    parts = [(NameOID.ORGANIZATIONAL_UNIT_NAME, unit), (NameOID.COMMON_NAME, short)]
    if demo:
        parts.insert(0, (NameOID.ORGANIZATION_NAME, DEMO_NOTICE))
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    valid: tuple[dt.datetime, dt.datetime],
    *,
    authority: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.BasicConstraints(authority, 0 if authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    return builder.sign(signer, hashes.SHA256())

"""A timestamp authority for tests: real certificates and tokens (RFC 3161); it can misbehave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from labels.trust import Authority
from tests.labels.desk_help import T0

STAMPS = (ExtendedKeyUsageOID.TIME_STAMPING,)


class Maker(NamedTuple):
    """Who makes timestamps: a certificate of its own and the key to it."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    def known_as(self, name: str, until: dt.datetime | None = None) -> Authority:
        """Return the entry of a trust file."""
        return Authority(name, (self.der,), T0 - dt.timedelta(hours=2), until)

    def answer(self, question: tsp.TimeStampReq, moment: dt.datetime) -> tsp.TimeStampResp:
        key = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        made = DummyTimeStamper(
            asn1_x509.Certificate.load(self.der),
            asn1_keys.PrivateKeyInfo.load(key),
            fixed_dt=moment,
        )
        return made.request_tsa_response(question)

    def asked(self, moment: dt.datetime) -> Callable[[bytes], bytes]:
        """Return the way to ask it, with its clock standing still."""
        return lambda question: bytes(self.answer(tsp.TimeStampReq.load(question), moment).dump())

    def revocations(self) -> bytes:
        """Return its list of revoked certificates, which names none."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(T0)
            .next_update(T0 + dt.timedelta(days=30))
        )
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def token(self, wanted: bytes, moment: dt.datetime) -> bytes:
        """Return a token over a SHA-256."""
        return bytes(self.answer(question(wanted), moment)["time_stamp_token"].dump())


def question(wanted: bytes) -> tsp.TimeStampReq:
    """Return a request for a timestamp of a SHA-256."""
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": wanted}
    return tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "cert_req": True})


def maker(
    name: str, usages: Sequence[x509.ObjectIdentifier] = STAMPS, now: dt.datetime = T0
) -> Maker:
    """Return a new authority that signs its own certificate."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    flags = (True, *[False] * 8)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(*flags), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=True)
    )
    return Maker(builder.sign(key, hashes.SHA256()), key)

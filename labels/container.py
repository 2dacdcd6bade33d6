"""The strict container: every byte of a sealed PDF is either covered by the digest or determined.

The digest covers all bytes but the gap that holds the signature itself. Inside the gap PDF and CMS
readers are lenient (letter case, white space, padding, unsigned attributes, spare certificates),
so a changed byte may go unnoticed. Therefore the gap must be, byte for byte, ``<``, the lower-case
hex of the one CMS that can be built from its certificates, the digest and the signature value,
zeros, ``>``.
"""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

#: Largest PDF that is looked at (bytes).
LARGEST = 64 * 1024 * 1024
_RANGE = re.compile(rb"/ByteRange \[0 (\d{1,9}) (\d{1,9}) (\d{1,9})\]")
_GAP = re.compile(rb"<[0-9a-f]+>")


class SealFault(Exception):  # noqa: N818 - a fault of the document, reported and never shown raw
    """Why a PDF is not a properly sealed document; ``code`` is a key of the findings catalogue."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Container:
    """A sealed PDF taken apart.

    Attributes
    ----------
    pdf
        The whole file.
    signature
        pyHanko's view of the only signature.
    certificates
        DER certificates carried in the CMS, end entity first.
    digest
        SHA-256 over the covered bytes, equal to the signed one.
    """

    pdf: bytes
    signature: EmbeddedPdfSignature
    certificates: tuple[bytes, ...]
    digest: bytes


def read_container(pdf: bytes, *, strict: bool = True) -> Container:
    """Take a sealed PDF apart and check its structure; trust is not judged here.

    Parameters
    ----------
    pdf
        The file.
    strict
        False leaves out the byte-for-byte check of the gap: the control of the tamper campaign.

    Raises
    ------
    SealFault
        ``SEAL-STRUCTURE``, ``SEAL-MISSING``, ``SEAL-MANY``, ``SEAL-COVERAGE``, ``SEAL-DIGEST``,
        ``SEAL-CERTIFY``, ``SEAL-CONTAINER``.
    """
    try:
        return _read(pdf, strict=strict)
    except SealFault:
        raise
    except Exception as error:  # hostile PDF or DER may break the readers in any way
        raise _unreadable(pdf, error) from error


def _unreadable(pdf: bytes, error: Exception) -> SealFault:
    """Say that bytes were added when that is plainly what broke the reader."""
    stated = _RANGE.findall(pdf)
    covered = sum(int(number) for number in stated[-1][1:]) if stated else len(pdf)
    if covered < len(pdf):
        return SealFault("SEAL-COVERAGE", str(len(pdf) - covered))
    return SealFault("SEAL-STRUCTURE", type(error).__name__)


def _read(pdf: bytes, *, strict: bool) -> Container:
    signature = _only_signature(pdf)
    gap = _gap(pdf, signature)
    if strict and not _GAP.fullmatch(pdf, *gap):
        raise SealFault("SEAL-CONTAINER", "spelling")
    signed = _signed_data(bytes(signature.pkcs7_content))
    digest = hashlib.sha256(pdf[: gap[0]] + pdf[gap[1] :]).digest()
    if _signed_digest(signed) != digest:
        raise SealFault("SEAL-DIGEST")
    _check_policy(signature)
    certificates = _certificates(signed)
    if strict:
        _check_gap(pdf[gap[0] : gap[1]], signed, certificates, digest)
    return Container(pdf, signature, certificates, digest)


def _only_signature(pdf: bytes) -> EmbeddedPdfSignature:
    if not pdf.startswith(b"%PDF-") or len(pdf) > LARGEST:
        raise SealFault("SEAL-STRUCTURE", "not a PDF")
    reader = PdfFileReader(io.BytesIO(pdf))
    signatures: list[EmbeddedPdfSignature] = reader.embedded_signatures
    if not signatures:
        raise SealFault("SEAL-MISSING")
    if len(signatures) > 1:
        raise SealFault("SEAL-MANY", str(len(signatures)))
    return signatures[0]


def _gap(pdf: bytes, signature: EmbeddedPdfSignature) -> tuple[int, int]:
    """Return start and end of the uncovered bytes: exactly one gap, up to the last byte covered."""
    numbers = [int(n) for n in signature.byte_range]
    if len(numbers) != 4 or numbers[0] != 0:
        raise SealFault("SEAL-STRUCTURE", "ByteRange")
    _, start, end, rest = numbers
    if not 0 < start < end <= len(pdf) or rest < 0 or end + rest > len(pdf):
        raise SealFault("SEAL-STRUCTURE", "ByteRange")
    if end + rest != len(pdf):
        raise SealFault("SEAL-COVERAGE", str(len(pdf) - end - rest))
    return start, end


def _signed_data(der: bytes) -> cms.SignedData:
    try:
        signed = cms.ContentInfo.load(der)["content"]
        signers = len(signed["signer_infos"])
    except Exception as error:  # hostile DER
        raise SealFault("SEAL-CONTAINER", type(error).__name__) from error
    if not isinstance(signed, cms.SignedData) or signers != 1:
        raise SealFault("SEAL-CONTAINER", "signer")
    return signed


def _signed_digest(signed: cms.SignedData) -> bytes:
    for attribute in signed["signer_infos"][0]["signed_attrs"]:
        if attribute["type"].native == "message_digest" and len(attribute["values"]) == 1:
            return bytes(attribute["values"][0].native)
    raise SealFault("SEAL-CONTAINER", "message digest")


def _check_policy(signature: EmbeddedPdfSignature) -> None:
    """Insist on a certification seal in the field ``Seal`` that allows no change."""
    level = signature.docmdp_level
    sub_filter = signature.sig_object["/SubFilter"]
    name = signature.field_name
    if sub_filter != "/ETSI.CAdES.detached" or name != "Seal":
        raise SealFault("SEAL-CERTIFY", f"{name} {sub_filter}")
    if level is None or level.value != 1:
        raise SealFault("SEAL-CERTIFY", "DocMDP")


def _certificates(signed: cms.SignedData) -> tuple[bytes, ...]:
    """Return end entity first, then its issuers; names are compared as bytes, never prepared."""
    loose = [choice.chosen for choice in signed["certificates"]]
    serial = signed["signer_infos"][0]["sid"].chosen["serial_number"].native
    chain = [c for c in loose if c.serial_number == serial][:1]
    while chain and len(chain) < len(loose):
        following = [
            c for c in loose if c.subject.dump() == chain[-1].issuer.dump() and c not in chain
        ]
        if len(following) != 1:
            break
        chain += following
    if len(chain) != len(loose) or not chain:
        raise SealFault("SEAL-CONTAINER", "certificates")
    return tuple(c.dump() for c in chain)


def _check_gap(
    gap: bytes, signed: cms.SignedData, certificates: tuple[bytes, ...], digest: bytes
) -> None:
    try:
        value = signed["signer_infos"][0]["signature"].native
        value = encode_dss_signature(*decode_dss_signature(value))
        expected = expected_cms(certificates, digest, value)
    except ValueError as error:
        raise SealFault("SEAL-CONTAINER", "signature value") from error
    body = expected.hex().encode("ascii")
    zeros = len(gap) - len(body) - 2
    if zeros < 0 or gap != b"<" + body + b"0" * zeros + b">":
        raise SealFault("SEAL-CONTAINER", "bytes")


def expected_cms(certificates: tuple[bytes, ...], digest: bytes, signature: bytes) -> bytes:
    """Build the only CMS a seal may carry (PAdES B-B, CAdES signed attributes).

    Parameters
    ----------
    certificates
        DER, end entity first.
    digest
        SHA-256 over the covered bytes.
    signature
        DER ECDSA signature value over the signed attributes.
    """
    leaf = x509.Certificate.load(certificates[0])
    chain = [x509.Certificate.load(c) for c in certificates]
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256", "parameters": core.Null()})
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": leaf.issuer, "serial_number": leaf.serial_number}
                    )
                }
            ),
            "digest_algorithm": sha256,
            "signed_attrs": cms.CMSAttributes(_attributes(leaf, digest)),
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": signature,
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms((sha256,)),
            "encap_content_info": {"content_type": "data"},
            "certificates": chain,
            "signer_infos": [signer],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def _attributes(leaf: x509.Certificate, digest: bytes) -> list[cms.CMSAttribute]:
    identity = tsp.SigningCertificateV2(
        {
            "certs": [
                tsp.ESSCertIDv2(
                    {
                        "hash_algorithm": {"algorithm": "sha256"},
                        "cert_hash": hashlib.sha256(leaf.dump()).digest(),
                        "issuer_serial": {
                            "issuer": [x509.GeneralName({"directory_name": leaf.issuer})],
                            "serial_number": leaf.serial_number,
                        },
                    }
                )
            ]
        }
    )
    values = {
        "content_type": "data",
        "message_digest": digest,
        "signing_certificate_v2": identity,
    }
    return [cms.CMSAttribute({"type": kind, "values": [value]}) for kind, value in values.items()]

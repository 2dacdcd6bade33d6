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
from collections.abc import Callable, Mapping
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
    signatures
        How many signatures it carries; a timestamp is none.
    signature
        pyHanko's view of the first of them, the seal.
    gap
        Where the bytes begin and end that the seal does not cover.
    covered
        Number of bytes up to which it covers the file.
    signed
        The CMS in the gap.
    certificates
        DER certificates carried in the CMS, end entity first, each followed by its issuer.
    digest
        SHA-256 over the covered bytes.
    """

    pdf: bytes
    signatures: int
    signature: EmbeddedPdfSignature
    gap: tuple[int, int]
    covered: int
    signed: cms.SignedData
    certificates: tuple[bytes, ...]
    digest: bytes


#: What must hold of a container; raises :class:`SealFault` where it does not.
ContainerRule = Callable[[Container], None]


def read_container(
    pdf: bytes,
    rules: Mapping[str, ContainerRule] | None = None,
    reader: PdfFileReader | None = None,
) -> Container:
    """Take a sealed PDF apart and check its structure; trust is not judged here.

    Parameters
    ----------
    pdf
        The file.
    rules
        What must hold of it: :data:`RULES` unless said otherwise. A control leaves rules out.
    reader
        The file as it was opened already, to read its objects once.

    Raises
    ------
    SealFault
        ``SEAL-STRUCTURE``, ``SEAL-MISSING``, ``SEAL-MANY``, ``SEAL-COVERAGE``, ``SEAL-DIGEST``,
        ``SEAL-CERTIFY``, ``SEAL-CONTAINER``.
    """
    try:
        container = _read(pdf, reader)
        for rule in (RULES if rules is None else rules).values():
            rule(container)
    except SealFault:
        raise
    except Exception as error:  # hostile PDF or DER may break the readers in any way
        raise _unreadable(pdf, error) from error
    return container


def _unreadable(pdf: bytes, error: Exception) -> SealFault:
    """Say that bytes were added when that is plainly what broke the reader."""
    stated = _RANGE.findall(pdf)
    covered = sum(int(number) for number in stated[-1][1:]) if stated else len(pdf)
    if covered < len(pdf):
        return SealFault("SEAL-COVERAGE", str(len(pdf) - covered))
    return SealFault("SEAL-STRUCTURE", type(error).__name__)


# Reading ------------------------------------------------------------------------------------------


def _read(pdf: bytes, reader: PdfFileReader | None) -> Container:
    if not pdf.startswith(b"%PDF-") or len(pdf) > LARGEST:
        raise SealFault("SEAL-STRUCTURE", "not a PDF")
    opened = reader or PdfFileReader(io.BytesIO(pdf))
    signatures: list[EmbeddedPdfSignature] = opened.embedded_regular_signatures
    if not signatures:
        raise SealFault("SEAL-MISSING")
    start, end, covered = _gap(pdf, signatures[0])
    signed = _signed_data(bytes(signatures[0].pkcs7_content))
    digest = hashlib.sha256(pdf[:start] + pdf[end:covered]).digest()
    chain = _certificates(signed)
    return Container(
        pdf, len(signatures), signatures[0], (start, end), covered, signed, chain, digest
    )


def _gap(pdf: bytes, signature: EmbeddedPdfSignature) -> tuple[int, int, int]:
    """Return start and end of the uncovered bytes, exactly one gap, and where coverage ends."""
    numbers = [int(n) for n in signature.byte_range]
    if len(numbers) != 4 or numbers[0] != 0:
        raise SealFault("SEAL-STRUCTURE", "ByteRange")
    _, start, end, rest = numbers
    if not 0 < start < end <= len(pdf) or rest < 0 or end + rest > len(pdf):
        raise SealFault("SEAL-STRUCTURE", "ByteRange")
    return start, end, end + rest


def _signed_data(der: bytes) -> cms.SignedData:
    try:
        signed = cms.ContentInfo.load(der)["content"]
        signers = len(signed["signer_infos"])
    except Exception as error:  # hostile DER
        raise SealFault("SEAL-CONTAINER", type(error).__name__) from error
    if not isinstance(signed, cms.SignedData) or signers != 1:
        raise SealFault("SEAL-CONTAINER", "signer")
    return signed


def _certificates(signed: cms.SignedData) -> tuple[bytes, ...]:
    """Return end entity first, then its issuers; names are compared as bytes, never prepared.

    Certificates that are no part of the chain are left out: then the bytes of the gap differ.
    """
    loose = [choice.chosen for choice in signed["certificates"]]
    serial = signed["signer_infos"][0]["sid"].chosen["serial_number"].native
    chain = [c for c in loose if c.serial_number == serial][:1]
    if not chain:
        raise SealFault("SEAL-CONTAINER", "certificates")
    while len(chain) < len(loose):
        following = [
            c for c in loose if c.subject.dump() == chain[-1].issuer.dump() and c not in chain
        ]
        if len(following) != 1:
            break
        chain += following
    return tuple(c.dump() for c in chain)


# Rules --------------------------------------------------------------------------------------------


def _one_signature(container: Container) -> None:
    if container.signatures > 1:
        raise SealFault("SEAL-MANY", str(container.signatures))


def _whole_file(container: Container) -> None:
    surplus = len(container.pdf) - container.covered
    if surplus:
        raise SealFault("SEAL-COVERAGE", str(surplus))


def _same_digest(container: Container) -> None:
    """Compare with the digest that was signed; the signature and the gap's bytes rest on it too."""
    for attribute in container.signed["signer_infos"][0]["signed_attrs"]:
        if attribute["type"].native == "message_digest" and len(attribute["values"]) == 1:
            if bytes(attribute["values"][0].native) != container.digest:
                raise SealFault("SEAL-DIGEST")
            return
    raise SealFault("SEAL-CONTAINER", "message digest")


def _certifies(container: Container) -> None:
    """Insist on a PAdES certification in the field ``Seal``."""
    signature = container.signature
    sub_filter, name = signature.sig_object["/SubFilter"], signature.field_name
    if sub_filter != "/ETSI.CAdES.detached" or name != "Seal":
        raise SealFault("SEAL-CERTIFY", f"{name} {sub_filter}")


def _no_changes(container: Container) -> None:
    """Insist on a seal that allows no change."""
    level = container.signature.docmdp_level
    if level is None or level.value != 1:
        raise SealFault("SEAL-CERTIFY", "DocMDP")


def _gap_bytes(container: Container) -> None:
    """Compare the gap with the only bytes it may have."""
    try:
        value = container.signed["signer_infos"][0]["signature"].native
        value = encode_dss_signature(*decode_dss_signature(value))
        expected = expected_cms(container.certificates, container.digest, value)
    except ValueError as error:
        raise SealFault("SEAL-CONTAINER", "signature value") from error
    gap = container.pdf[slice(*container.gap)]
    body = expected.hex().encode("ascii")
    zeros = len(gap) - len(body) - 2
    if zeros < 0 or gap != b"<" + body + b"0" * zeros + b">":
        raise SealFault("SEAL-CONTAINER", "bytes")


#: Everything that must hold of a container, in the order in which the first fault is named: what
#: was changed under the seal before what stands behind it.
RULES: Mapping[str, ContainerRule] = {
    "one signature": _one_signature,
    "digest": _same_digest,
    "certification": _certifies,
    "no changes": _no_changes,
    "gap": _gap_bytes,
    "whole file": _whole_file,
}


# The one container --------------------------------------------------------------------------------


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

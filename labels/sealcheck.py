"""Judge the seal of a PDF: strict container, signature, chain to the trust file, full coverage."""

from __future__ import annotations

import datetime as dt
import logging

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from labels.container import Container, SealFault, read_container
from labels.keys import Purpose, key_id
from labels.trust import TrustedKey, TrustFile

# A seal without revocation data is meant (B-B, offline); the library remarks on it every time.
_QUIET = ("pyhanko", "pyhanko_certvalidator")


def check_seal(container: Container, trust: TrustFile | None, moment: dt.datetime) -> TrustedKey:
    """Check that a trusted seal key made the signature.

    Parameters
    ----------
    container
        The PDF taken apart by :func:`~labels.container.read_container`.
    trust
        The verifier's trust file, None when there is none.
    moment
        Time of issue: the key and its certificates must have been valid then.

    Returns
    -------
    TrustedKey
        Who sealed it.

    Raises
    ------
    SealFault
        ``UNKNOWN-ISSUER``, ``SEAL-CHAIN``, ``SEAL-KEY-VALIDITY`` or ``SEAL-SIGNATURE``.
    """
    key = _trusted_key(container, trust)
    if key.certificates != container.certificates:
        raise SealFault("SEAL-CHAIN", key.kid)
    if not key.covers(moment):
        raise SealFault("SEAL-KEY-VALIDITY", key.kid)
    if not sealed_by(container, key.certificates[-1], moment):
        raise SealFault("SEAL-SIGNATURE", key.kid)
    return key


def sealed_by(container: Container, anchor: bytes, moment: dt.datetime) -> bool:
    """Whether the signature is valid, chains to the anchor and covers the entire file.

    Parameters
    ----------
    container
        The PDF taken apart.
    anchor
        DER certificate trusted as root.
    moment
        Time at which the certificates must be valid.
    """
    status = _status(container, anchor, moment)
    return bool(status.bottom_line) and status.coverage is SignatureCoverageLevel.ENTIRE_FILE


def accepts(pdf: bytes, trust: TrustFile, moment: dt.datetime, *, strict: bool = True) -> bool:
    """Whether the seal layer alone accepts a PDF; never raises. The tamper campaign asks this.

    Parameters
    ----------
    pdf
        The file.
    trust
        Trust file with the seal's key.
    moment
        Time at which key and certificates must be valid.
    strict
        False leaves out the strict container and the pinned chain and believes the PDF library
        alone: the campaign's control.
    """
    try:
        container = read_container(pdf, strict=strict)
        if strict:
            check_seal(container, trust, moment)
            return True
        anchors = [key.certificates[-1] for key in trust.of(Purpose.SEAL)]
        return any(sealed_by(container, anchor, moment) for anchor in anchors)
    except SealFault:
        return False


def _trusted_key(container: Container, trust: TrustFile | None) -> TrustedKey:
    try:
        public = x509.load_der_x509_certificate(container.certificates[0]).public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SealFault("SEAL-CONTAINER", type(error).__name__) from error
    if trust is None or not isinstance(public, ec.EllipticCurvePublicKey):
        raise SealFault("UNKNOWN-ISSUER")
    key = trust.find(key_id(public), Purpose.SEAL)
    if key is None:
        raise SealFault("UNKNOWN-ISSUER", key_id(public))
    return key


def _status(container: Container, anchor: bytes, moment: dt.datetime) -> PdfSignatureStatus:
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(anchor)],
        moment=moment,
        best_signature_time=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return validate_pdf_signature(container.signature, context)
    except Exception as error:  # what breaks the validator is no valid seal
        raise SealFault("SEAL-SIGNATURE", type(error).__name__) from error

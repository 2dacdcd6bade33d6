"""Judge the seal of a PDF: who made it, with which certificates, when, and whether it holds."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from labels.container import Container, SealFault
from labels.keys import UNREADABLE, Purpose, key_id
from labels.trust import TrustedKey, TrustFile

# A seal without revocation data is meant (B-B, offline); the library remarks on it every time.
_QUIET = ("pyhanko", "pyhanko_certvalidator")


@dataclass(frozen=True, slots=True)
class Sealing:
    """A seal and what a verifier knows of its maker.

    Attributes
    ----------
    container
        The PDF taken apart by :func:`~labels.container.read_container`.
    kid
        Id of the key in the seal's certificate.
    key
        The trusted key of this id, None for a stranger.
    moment
        Time of issue.
    """

    container: Container
    kid: str
    key: TrustedKey | None
    moment: dt.datetime


#: What must hold of a seal; raises :class:`~labels.container.SealFault` where it does not.
SealRule = Callable[[Sealing], None]


def check_seal(
    container: Container,
    trust: TrustFile | None,
    moment: dt.datetime,
    rules: Mapping[str, SealRule] | None = None,
) -> TrustedKey | None:
    """Check that a trusted seal key made the signature.

    Parameters
    ----------
    container
        The PDF taken apart by :func:`~labels.container.read_container`.
    trust
        The verifier's trust file, None when there is none.
    moment
        Time of issue: the key and its certificates must have been valid then.
    rules
        What must hold: :data:`RULES` unless said otherwise. A control leaves rules out.

    Returns
    -------
    TrustedKey or None
        Who sealed it; None only where a control left out that the key must be known.

    Raises
    ------
    SealFault
        ``UNKNOWN-ISSUER``, ``SEAL-CHAIN``, ``SEAL-KEY-VALIDITY`` or ``SEAL-SIGNATURE``.
    """
    kid = _kid(container)
    key = trust.find(kid, Purpose.SEAL) if trust is not None else None
    sealing = Sealing(container, kid, key, moment)
    for rule in (RULES if rules is None else rules).values():
        rule(sealing)
    return key


def _kid(container: Container) -> str:
    try:
        public = x509.load_der_x509_certificate(container.certificates[0]).public_key()
    except UNREADABLE as error:
        raise SealFault("SEAL-CONTAINER", type(error).__name__) from error
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise SealFault("SEAL-CONTAINER", type(public).__name__)
    return key_id(public)


def _known_key(sealing: Sealing) -> None:
    if sealing.key is None:
        raise SealFault("UNKNOWN-ISSUER", sealing.kid)


def _pinned_chain(sealing: Sealing) -> None:
    """The trust file names certificates, not only a key: a new one for an old key is no seal."""
    if sealing.key and sealing.key.certificates != sealing.container.certificates:
        raise SealFault("SEAL-CHAIN", sealing.kid)


def _valid_at_issue(sealing: Sealing) -> None:
    if sealing.key and not sealing.key.covers(sealing.moment):
        raise SealFault("SEAL-KEY-VALIDITY", sealing.kid)


def _signature(sealing: Sealing) -> None:
    """Never the library's verdict alone: it says "valid" of an extended document, too."""
    status = _status(sealing)
    if not status.bottom_line or status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        raise SealFault("SEAL-SIGNATURE", sealing.kid)


#: Everything that must hold of a seal, in the order in which the first fault is named.
RULES: Mapping[str, SealRule] = {
    "known key": _known_key,
    "pinned chain": _pinned_chain,
    "valid at issue": _valid_at_issue,
    "signature": _signature,
}


def _status(sealing: Sealing) -> PdfSignatureStatus:
    """Ask the PDF library, with the trusted root as the only anchor."""
    known = sealing.key.certificates if sealing.key else sealing.container.certificates
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        context = ValidationContext(
            trust_roots=[asn1_x509.Certificate.load(known[-1])],
            moment=sealing.moment,
            best_signature_time=sealing.moment,
            allow_fetching=False,
            revocation_mode="soft-fail",
        )
        return validate_pdf_signature(sealing.container.signature, context)
    except Exception as error:  # what breaks the validator is no valid seal
        raise SealFault("SEAL-SIGNATURE", type(error).__name__) from error

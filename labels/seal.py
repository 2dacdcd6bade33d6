"""The issuer's seal: one PAdES certification signature per PDF, P-256, nothing allowed after it."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import NoReturn

from asn1crypto import algos
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from labels.container import SealFault, expected_cms, read_container
from labels.increment import check_increment
from labels.keys import Purpose, SigningKey
from labels.refusal import refusal

FIELD = "Seal"
#: Longest DER signature of P-256 (bytes).
LONGEST = 72


def seal(pdf: bytes, key: SigningKey) -> bytes:
    """Seal an unsigned PDF; its bytes stay as the prefix of the result.

    Parameters
    ----------
    pdf
        An unsigned PDF.
    key
        A seal key with its certificates.

    Returns
    -------
    bytes
        The sealed PDF, already checked against the strict container.

    Raises
    ------
    IssueError
        ``KEY-PURPOSE``; ``SEAL-FAILED`` when the PDF cannot be signed.
    """
    if key.purpose is not Purpose.SEAL:
        raise refusal("KEY-PURPOSE", key.name, purpose=key.purpose, wanted=Purpose.SEAL)
    try:
        sealed = lower_case_contents(_signed(pdf, key))
        check_increment(read_container(sealed))
    except (PdfError, SigningError, SealFault, ValueError) as error:
        _failed(error)
    if not sealed.startswith(pdf):
        _failed(ValueError("the unsigned bytes are not a prefix"))
    return sealed


def _failed(error: Exception) -> NoReturn:
    raise refusal("SEAL-FAILED", "", reason=str(error)) from error


def _signed(pdf: bytes, key: SigningKey) -> bytes:
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    invisible = SigFieldSpec(FIELD, on_page=0, box=(0, 0, 0, 0))
    result = io.BytesIO()
    PdfSigner(metadata, signer=pdf_signer(key), new_field_spec=invisible).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)),
        output=result,
        bytes_reserved=_room(_encoded(key)),
    )
    return result.getvalue()


def _encoded(key: SigningKey) -> tuple[bytes, ...]:
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in key.certificates)


@lru_cache(maxsize=16)
def _room(certificates: tuple[bytes, ...]) -> int:
    """Return the hexadecimal digits that a seal with these certificates has room for.

    As much as the library leaves, half as much again; it would build two seals on trial for every
    document to know.
    """
    longest = 2 * len(expected_cms(certificates, bytes(32), bytes(LONGEST)))
    return longest + 2 * (longest // 4)


def pdf_signer(key: SigningKey) -> Signer:
    """Return the library's signer for a seal key and its certificates."""
    return KeySigner(key)


class KeySigner(Signer):
    """The library's signer around a seal key, wherever its private half lies."""

    def __init__(self, key: SigningKey) -> None:
        leaf, *issuers = map(asn1_x509.Certificate.load, _encoded(key))
        store: SimpleCertificateStore = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(issuers)
        mechanism = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
        super().__init__(signing_cert=leaf, cert_registry=store, signature_mechanism=mechanism)
        self._private = key.private

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        """Sign bytes; a dry run asks how much room the longest signature takes."""
        if dry_run:
            return bytes(LONGEST)
        if digest_algorithm != "sha256" or not isinstance(
            self._private, ec.EllipticCurvePrivateKey
        ):
            raise SigningError("a seal is ECDSA with SHA-256")
        return self._private.sign(data, ec.ECDSA(SHA256()))


def lower_case_contents(pdf: bytes) -> bytes:
    """Spell the signature in lower case: no digest covers it, so one spelling must rule."""
    start = pdf.rindex(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    return pdf[:start] + pdf[start:end].lower() + pdf[end:]

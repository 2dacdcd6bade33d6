"""Seal keys that live elsewhere: in a PKCS #12 file, or in a token that never gives them away.

A token (HSM, smart card) is described by a small TOML file without a secret. Its key behaves like
any P-256 private key, but each signature is made inside the token, in a session of its own. The PIN
is kept out of every text that this program can print.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from labels.keys import DEMO_NOTICE, Purpose, SigningKey, key_id
from labels.refusal import refusal

try:
    import pkcs11
    from pkcs11 import KeyType, Mechanism, ObjectClass
except ImportError:  # the extra "pkcs11" is not installed; asked for, it is refused with a finding
    HAS_TOKENS = False
else:
    HAS_TOKENS = True

SCHEMA = "carbonlabel-token-key/1"
SHA256 = hashes.SHA256()
_MEMBERS = frozenset({"schema", "name", "module", "token", "label", "certificates"})


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a key lies in a token.

    Attributes
    ----------
    module
        Path of the maker's PKCS #11 library.
    token, label
        Labels of the token and of the key.
    pin
        Opens the token; never shown.
    """

    module: str
    token: str
    label: str
    pin: str = field(repr=False)

    def sign(self, digest: bytes) -> bytes:
        """Let the token sign a SHA-256 digest; return the DER signature.

        Raises
        ------
        IssueError
            ``KEY-TOKEN`` or ``KEY-TOKEN-LIBRARY``.
        """
        if not HAS_TOKENS:
            raise refusal("KEY-TOKEN-LIBRARY", self.label)
        try:
            device = pkcs11.lib(self.module).get_token(token_label=self.token)
            with device.open(user_pin=self.pin) as session:
                key: Any = session.get_key(
                    label=self.label, object_class=ObjectClass.PRIVATE_KEY, key_type=KeyType.EC
                )
                raw = bytes(key.sign(digest, mechanism=Mechanism.ECDSA))
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
            reason = type(error).__name__
            raise refusal("KEY-TOKEN", self.label, label=self.label, reason=reason) from None
        half = len(raw) // 2
        parts = (int.from_bytes(one, "big") for one in (raw[:half], raw[half:]))
        return encode_dss_signature(*parts)


class TokenPrivateKey(ec.EllipticCurvePrivateKey):
    """A P-256 private key in a token: it signs, and gives nothing else away."""

    def __init__(self, slot: Slot, public: ec.EllipticCurvePublicKey) -> None:
        self._slot = slot
        self._public = public

    def __copy__(self) -> TokenPrivateKey:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> TokenPrivateKey:
        return self

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Return the public half, from the certificate."""
        return self._public

    @property
    def curve(self) -> ec.EllipticCurve:
        """P-256."""
        return self._public.curve

    @property
    def key_size(self) -> int:
        """Bits."""
        return self._public.key_size

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """Sign bytes under ECDSA with SHA-256; nothing else is asked of a seal."""
        del signature_algorithm
        signature = self._slot.sign(hashlib.sha256(bytes(data)).digest())
        self._public.verify(signature, bytes(data), ec.ECDSA(SHA256))
        return signature

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> bytes:
        """Refuse: a seal key signs."""
        raise TypeError("a seal key signs and does nothing else")

    def private_numbers(self) -> ec.EllipticCurvePrivateNumbers:
        """Refuse: the key stays in its token."""
        raise TypeError("the key stays in its token")

    def private_bytes(self, *args: object, **more: object) -> bytes:
        """Refuse: the key stays in its token."""
        raise TypeError("the key stays in its token")


def read_pkcs12(path: Path, passphrase: bytes) -> SigningKey:
    """Read a seal key with its certificates from a PKCS #12 file.

    Raises
    ------
    IssueError
        ``KEY-PKCS12``; the passphrase is in no message.
    """
    try:
        private, leaf, others = pkcs12.load_key_and_certificates(path.read_bytes(), passphrase)
        if not isinstance(private, ec.EllipticCurvePrivateKey) or leaf is None:
            raise ValueError("no P-256 key with its certificate")
        return _sealing(_common_name(leaf), private, (leaf, *_issuers(leaf, others)))
    except (OSError, ValueError, TypeError) as error:
        raise refusal("KEY-PKCS12", "", file=path.name, reason=str(error)) from None


def read_token_key(path: Path, pin: str) -> SigningKey:
    """Return the seal key that a description names, after a first signature to try it.

    A wrong PIN is thus told before anything is reserved.

    Parameters
    ----------
    path
        TOML with ``schema``, ``name``, ``module``, ``token``, ``label`` and ``certificates`` (a PEM
        file beside it: the key's own certificate first, then its issuers).
    pin
        Of the token.

    Raises
    ------
    IssueError
        ``KEY-TOKEN-FILE`` or ``KEY-TOKEN-LIBRARY``.
    """
    if not HAS_TOKENS:
        raise refusal("KEY-TOKEN-LIBRARY", path.name)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        if set(told) != _MEMBERS or told["schema"] != SCHEMA:
            raise ValueError(", ".join(sorted(_MEMBERS ^ set(told))) or "schema")
        if not all(isinstance(value, str) and value for value in told.values()):
            raise ValueError("texts")
        chain = x509.load_pem_x509_certificates((path.parent / told["certificates"]).read_bytes())
        public = _p256(chain[0])
        slot = Slot(told["module"], told["token"], told["label"], pin)
        key = _sealing(told["name"], TokenPrivateKey(slot, public), tuple(chain))
    except (OSError, ValueError) as error:
        raise refusal("KEY-TOKEN-FILE", "", file=path.name, reason=str(error)) from None
    _tried(key, slot)
    return key


def _tried(key: SigningKey, slot: Slot) -> None:
    """Let the token sign once; a key of another certificate is found out here."""
    try:
        TokenPrivateKey(slot, _p256(key.certificates[0])).sign(b"carbonlabel", ec.ECDSA(SHA256))
    except InvalidSignature:
        reason = "certificate"
        raise refusal("KEY-TOKEN", slot.label, label=slot.label, reason=reason) from None


def _p256(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey:
    public = certificate.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise ValueError("no P-256 certificate")
    return public


def _sealing(
    name: str, private: ec.EllipticCurvePrivateKey, chain: tuple[x509.Certificate, ...]
) -> SigningKey:
    """Return a seal key whose parts belong together.

    Raises
    ------
    ValueError
        When key, curve and certificates do not.
    """
    public = _p256(chain[0])
    if private.curve.name != "secp256r1" or key_id(public) != key_id(private.public_key()):
        raise ValueError("key and certificate")
    for issued, issuer in pairwise(chain):
        if issued.issuer != issuer.subject:
            raise ValueError("order of the certificates")
    return SigningKey(Purpose.SEAL, name, _is_demo(chain[0]), private, chain)


def _issuers(leaf: x509.Certificate, others: list[x509.Certificate]) -> list[x509.Certificate]:
    """Return the certificates of a file in the order in which each issued the one before."""
    chain: list[x509.Certificate] = []
    wanted = leaf.issuer
    for _ in others:
        found = next((c for c in others if c.subject == wanted and c not in chain), None)
        if found is None:
            break
        chain.append(found)
        wanted = found.issuer
    return chain


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _is_demo(certificate: x509.Certificate) -> bool:
    found = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return any(one.value == DEMO_NOTICE for one in found)

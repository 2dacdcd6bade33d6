"""Checkpoints: signed notes in the C2SP text format (signed-note, tlog-checkpoint), Ed25519.

Any tool that reads transparency logs can audit ours.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from labels.keys import Purpose, SigningKey
from labels.trust import TrustFile

_ED25519 = b"\x01"
_DASH = "\N{EM DASH} "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Size and root of a log at one moment.

    Attributes
    ----------
    origin
        Name of the log.
    size
        Number of leaves.
    root
        RFC 9162 root hash.
    """

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed, with its final newline."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


def signed_note(checkpoint: Checkpoint, keys: Iterable[SigningKey]) -> str:
    """Sign a checkpoint with one or more checkpoint keys.

    Raises
    ------
    ValueError
        When a key has another purpose.
    """
    text = checkpoint.text()
    lines = []
    for key in keys:
        if key.purpose is not Purpose.CHECKPOINT or not isinstance(key.private, Ed25519PrivateKey):
            raise ValueError("not a checkpoint key")
        signature = key.private.sign(text.encode("utf-8"))
        hint = _hint(checkpoint.origin, key.private.public_key())
        lines.append(f"{_DASH}{checkpoint.origin} {_base64(hint + signature)}\n")
    return f"{text}\n{''.join(lines)}"


def open_note(note: str, trust: TrustFile) -> Checkpoint:
    """Check a signed note against the trust file.

    Raises
    ------
    ValueError
        When it is malformed, of another origin, or signed by too few trusted keys.
    """
    checkpoint, (_, _, signatures) = checkpoint_of(note), note.partition("\n\n")
    if checkpoint.origin != trust.origin:
        raise ValueError("checkpoint of another log")
    signers = {kid for line in _lines(signatures) for kid in _signers(line, checkpoint, trust)}
    if len(signers) < trust.checkpoint_threshold:
        raise ValueError("too few trusted signatures on the checkpoint")
    return checkpoint


def checkpoint_of(note: str) -> Checkpoint:
    """Read what a note says, without asking who signed it.

    Raises
    ------
    ValueError
        When it is malformed.
    """
    return _parse(f"{note.partition(chr(10) * 2)[0]}\n")


def _parse(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise ValueError("checkpoint must have three lines")
    origin, size, root = lines[:3]
    if not size.isascii() or not size.isdigit() or len(size) > 18:
        raise ValueError("checkpoint size")
    checkpoint = Checkpoint(origin, int(size), _from_base64(root))
    if checkpoint.text() != text or len(checkpoint.root) != 32 or not origin:
        raise ValueError("checkpoint is not in canonical form")
    return checkpoint


def _lines(signatures: str) -> list[str]:
    lines = signatures.split("\n")
    if lines.pop() or not lines or len(lines) > 16:
        raise ValueError("signature lines of the checkpoint")
    return lines


def _signers(line: str, checkpoint: Checkpoint, trust: TrustFile) -> list[str]:
    """Return the ids of the trusted keys whose valid signature stands on the line."""
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    raw = _from_base64(encoded)
    if not line.startswith(_DASH) or _base64(raw) != encoded or len(raw) < 5:
        raise ValueError("signature line of the checkpoint")
    found = []
    for key in trust.of(Purpose.CHECKPOINT):
        public = key.public
        retired = key.last_size is not None and checkpoint.size > key.last_size
        if retired or not isinstance(public, Ed25519PublicKey) or name != checkpoint.origin:
            continue
        if raw[:4] == _hint(name, public) and _holds(public, raw[4:], checkpoint):
            found.append(key.kid)
    return found


def _holds(public: Ed25519PublicKey, signature: bytes, checkpoint: Checkpoint) -> bool:
    try:
        public.verify(signature, checkpoint.text().encode("utf-8"))
    except InvalidSignature:
        return False
    return True


def _hint(name: str, public: Ed25519PublicKey) -> bytes:
    """Return the key id of the signed-note format: first four bytes of a hash."""
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(name.encode("utf-8") + b"\n" + _ED25519 + raw).digest()[:4]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64") from error

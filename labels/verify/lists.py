"""The status lists beside a static export: how old it is, and whether they agree with its log.

A checkpoint has no time, so a log by itself cannot tell that it is an old copy. The status lists
are signed with the log's key and say when they were made and until when they may be relied on.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from labels.canonical import from_base64url, parse_object
from labels.keys import Purpose
from labels.registry.export import ENTRIES
from labels.registry.records import STATUS_LIST
from labels.registry.statuslist import PURPOSES
from labels.times import parse_utc
from labels.trust import TrustFile

#: Longest token that is looked at (bytes).
_LONGEST = 1 << 20
_HEADER = {"alg": "Ed25519", "cty": "vc", "typ": "vc+jwt"}


@dataclass(frozen=True, slots=True)
class StatusLists:
    """The tokens of an export as they came, by purpose; a missing one is missing here."""

    tokens: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class StatusList:
    """One list that was found good.

    Attributes
    ----------
    made, until
        When it was made, and up to when it may be relied on.
    bits
        One bit per record, the first from the left.
    """

    made: dt.datetime
    until: dt.datetime
    bits: bytes

    def holds(self, index: int) -> bool:
        """Whether the bit of a place is set."""
        return bool(self.bits[index // 8] & 0x80 >> index % 8)


def read_lists(location: Path) -> StatusLists | None:
    """Read the status lists of a static export; None where the folder is none."""
    if not (location / ENTRIES).is_file():
        return None
    paths = {purpose: location / "status" / f"{purpose}.jwt" for purpose in PURPOSES}
    return StatusLists(
        {purpose: path.read_bytes() for purpose, path in paths.items() if path.is_file()}
    )


def open_list(token: bytes, purpose: str, trust: TrustFile) -> StatusList:
    """Check the signature of a list and read it.

    Raises
    ------
    ValueError
        When it is malformed, of another purpose, or not signed by a trusted log key.
    """
    if len(token) > _LONGEST:
        raise ValueError("length")
    head, payload, signature = token.decode("ascii").split(".")
    header = dict(parse_object(from_base64url(head)))
    key = trust.find(str(header.pop("kid", "")), Purpose.CHECKPOINT)
    if header != _HEADER or key is None or not isinstance(key.public, Ed25519PublicKey):
        raise ValueError("key")
    try:
        key.public.verify(from_base64url(signature), f"{head}.{payload}".encode("ascii"))
    except InvalidSignature as error:
        raise ValueError("signature") from error
    return _read(parse_object(from_base64url(payload)), purpose)


def _read(content: Mapping[str, Any], purpose: str) -> StatusList:
    subject = content["credentialSubject"]
    if subject["type"] != "BitstringStatusList" or subject["statusPurpose"] != purpose:
        raise ValueError("purpose")
    encoded = subject["encodedList"]
    inflater = zlib.decompressobj(wbits=31)
    bits = inflater.decompress(from_base64url(encoded.removeprefix("u")), STATUS_LIST // 8)
    if not encoded.startswith("u") or not inflater.eof or len(bits) != STATUS_LIST // 8:
        raise ValueError("bits")
    return StatusList(parse_utc(content["validFrom"]), parse_utc(content["validUntil"]), bits)

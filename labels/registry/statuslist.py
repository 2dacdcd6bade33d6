"""The W3C Bitstring Status List: one bit per record, in a signed file that anybody may read.

Two lists: ``revocation`` (withdrawn, superseded, void; a bit never falls back) and ``suspension``.
Each is a verifiable credential (VCDM 2.0) secured as a JWS with the log's checkpoint key; places in
the list are random, so that a list tells nothing about who asks or how many there are.
"""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Iterable, Mapping
from typing import Any

from labels.canonical import base64url, canonical
from labels.keys import SigningKey
from labels.registry.records import STATUS_LIST
from labels.registry.state import State
from labels.sign import compact_jws
from labels.times import utc_text

#: How long a list may be relied on, and for how long a copy may be kept (both from its making).
LIFETIME, TTL = dt.timedelta(days=30), dt.timedelta(days=1)
#: States whose bit is set, by purpose of the list.
PURPOSES: Mapping[str, frozenset[State]] = {
    "revocation": frozenset({State.REVOKED, State.SUPERSEDED, State.VOID}),
    "suspension": frozenset({State.SUSPENDED}),
}


def encoded_list(indices: Iterable[int], length: int = STATUS_LIST) -> str:
    """Return a bitstring as the W3C format spells it: multibase base64url of the gzipped bits.

    Parameters
    ----------
    indices
        Places whose bit is set; place 0 is the first bit from the left.
    length
        Number of entries, a multiple of eight.
    """
    return f"u{base64url(gzip.compress(bits(indices, length), mtime=0))}"


def bits(indices: Iterable[int], length: int = STATUS_LIST) -> bytes:
    """Return a bitstring in which the given places are set; see :func:`encoded_list`."""
    found = bytearray(length // 8)
    for index in indices:
        found[index // 8] |= 0x80 >> index % 8
    return bytes(found)


def credential(purpose: str, indices: Iterable[int], base: str, now: dt.datetime) -> dict[str, Any]:
    """Return a status list credential, not yet secured.

    Parameters
    ----------
    purpose
        ``revocation`` or ``suspension``.
    indices
        Places whose bit is set.
    base
        Address under which the export is published, ending with ``/``.
    now
        Time of making; the list expires :data:`LIFETIME` later.
    """
    address = f"{base}status/{purpose}.jwt"
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": base,
        "validFrom": utc_text(now),
        "validUntil": utc_text(now + LIFETIME),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "ttl": TTL // dt.timedelta(milliseconds=1),
            "encodedList": encoded_list(indices),
        },
    }


def status_lists(
    standing: Mapping[int, State], base: str, key: SigningKey, now: dt.datetime
) -> dict[str, bytes]:
    """Return the signed lists by file name.

    Parameters
    ----------
    standing
        Place in the list to state of the record.
    base
        Address under which the export is published.
    key
        A checkpoint key.
    now
        Time of making.
    """
    lists = {}
    for purpose, states in PURPOSES.items():
        set_bits = [index for index, state in standing.items() if state in states]
        content = canonical(credential(purpose, set_bits, base, now))
        token = compact_jws(content, key, {"typ": "vc+jwt", "cty": "vc"})
        lists[f"status/{purpose}.jwt"] = token.encode("ascii")
    return lists

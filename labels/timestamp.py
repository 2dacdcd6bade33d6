"""Timestamps of a timestamp authority (RFC 3161): asked for, checked, put behind a seal.

The only network address that is ever spoken to is the one that was configured: no proxy, no
redirect, no certificate or list fetched from anywhere else. What comes back is hostile until the
token carries the hash that was asked for and chains to the authority's own certificate.
"""

from __future__ import annotations

import datetime as dt
import http.client
import secrets
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from asn1crypto import algos, core, tsp

from labels.container import SealFault, read_container
from labels.extension import Validation, extend, imprint, split
from labels.increment import check_increment
from labels.refusal import refusal
from labels.stampcheck import SLACK, TimestampFault, check_token, info, signed_data
from labels.trust import Authority

#: Most bytes of an answer, and longest time for it (seconds).
LARGEST = 64 * 1024
PATIENCE = 20.0
_HEADERS = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
    "User-Agent": "carbonlabel",
}

#: Sends the bytes of a request to an authority and returns the bytes of its answer.
Ask = Callable[[bytes], bytes]


def upgrade(
    pdf: bytes,
    authority: Authority,
    ask: Ask,
    now: dt.datetime,
    lists: tuple[bytes, ...] = (),
) -> bytes:
    """Put a timestamp and the data that later validators need behind a sealed document.

    Parameters
    ----------
    pdf
        A sealed document, with or without earlier timestamps. Its bytes stay as they are.
    authority
        Who stamps, with the certificates its tokens must chain to.
    ask
        See :func:`asking`.
    now
        Present time: a token that is minutes off is refused.
    lists
        Certificate revocation lists (DER) to put beside the certificates.

    Returns
    -------
    bytes
        The document with one more revision, already checked.

    Raises
    ------
    IssueError
        ``TIMESTAMP-DOCUMENT`` for a file that is no sealed document of ours;
        ``TIMESTAMP-NO-ANSWER``, ``TIMESTAMP-ANSWER``, ``TIMESTAMP-REFUSED``, ``TIMESTAMP-IMPRINT``,
        ``TIMESTAMP-AUTHORITY``, ``TIMESTAMP-TIME``. Nothing was written then.
    """
    sealed, _ = split(pdf)
    try:
        container = read_container(sealed)
        check_increment(container)
        data = Validation((*container.certificates, *authority.certificates), lists)
        wanted = imprint(pdf, data)
    except (SealFault, ValueError) as error:
        raise refusal("TIMESTAMP-DOCUMENT", "", reason=str(error)) from error
    try:
        token = request(wanted, ask)
        check_token(token, wanted, data.certificates, authority, (now - SLACK, now + SLACK))
        made = extend(pdf, data, token)
    except TimestampFault as fault:
        raise refusal(fault.code, "", authority=authority.name, detail=fault.detail) from fault
    except ValueError as error:
        raise refusal(
            "TIMESTAMP-ANSWER", "", authority=authority.name, detail=str(error)
        ) from error
    if split(made)[0] != sealed:
        raise refusal("TIMESTAMP-DOCUMENT", "", reason="the extension cannot be read again")
    return made


def asking(url: str, patience: float = PATIENCE) -> Ask:
    """Return the way to an authority: one POST to exactly this address.

    Raises
    ------
    IssueError
        ``TIMESTAMP-ADDRESS`` for an address that is not plain http or https.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise refusal("TIMESTAMP-ADDRESS", "", url=url)
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def ask(request: bytes) -> bytes:
        until = time.monotonic() + patience
        connection = kinds[parts.scheme](parts.hostname or "", parts.port, timeout=patience)
        try:
            connection.request("POST", path, request, _HEADERS)
            answer = connection.getresponse()
            if answer.status != http.HTTPStatus.OK:
                raise TimestampFault("TIMESTAMP-NO-ANSWER", f"HTTP {answer.status}")
            return _body(answer, until)
        except (OSError, http.client.HTTPException) as error:
            reason = type(error).__name__
            raise TimestampFault("TIMESTAMP-NO-ANSWER", reason) from error
        finally:
            connection.close()

    return ask


def _body(answer: http.client.HTTPResponse, until: float) -> bytes:
    """Read an answer within its bounds of size and time."""
    data = b""
    while piece := answer.read1(8192):
        data += piece
        if len(data) > LARGEST:
            raise TimestampFault("TIMESTAMP-ANSWER", "size")
        if time.monotonic() > until:
            raise TimestampFault("TIMESTAMP-NO-ANSWER", "time")
    return data


def request(wanted: bytes, ask: Ask) -> bytes:
    """Ask for a timestamp of a SHA-256; return the token (DER) of an answer of the right form.

    Raises
    ------
    TimestampFault
        ``TIMESTAMP-NO-ANSWER``, ``TIMESTAMP-ANSWER`` or ``TIMESTAMP-REFUSED``.
    """
    nonce = secrets.randbits(63)
    algorithm = algos.DigestAlgorithm({"algorithm": "sha256"})
    question = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {"hash_algorithm": algorithm, "hashed_message": wanted},
            "nonce": nonce,
            "cert_req": True,
        }
    )
    answer = ask(question.dump())
    try:
        told = core.SequenceOf.load(answer, strict=True, spec=core.Any)  # a refusal has no token
        status = str(tsp.PKIStatusInfo.load(told[0].dump())["status"].native)
        if status not in ("granted", "granted_with_mods"):
            raise TimestampFault("TIMESTAMP-REFUSED", status)
        token = bytes(told[1].dump())
        if info(signed_data(token))["nonce"].native != nonce:
            raise TimestampFault("TIMESTAMP-ANSWER", "nonce")
    except TimestampFault:
        raise
    except Exception as error:  # whatever a hostile answer does to the reader
        raise TimestampFault("TIMESTAMP-ANSWER", type(error).__name__) from error
    return token

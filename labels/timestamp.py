"""Timestamps of a timestamp authority (RFC 3161): asked for, checked, put behind a seal.

The only network address that is ever spoken to is the one that was configured: no proxy, no
redirect, no certificate or list fetched from anywhere else. What comes back is hostile until the
token carries the hash that was asked for and chains to the authority's own certificate.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import http.client
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from labels.container import SealFault, read_container
from labels.extension import Extension, Validation, extend, imprint, split
from labels.increment import check_increment
from labels.refusal import refusal
from labels.trust import Authority

#: Most bytes of an answer, and longest time for it (seconds).
LARGEST = 64 * 1024
PATIENCE = 20.0
#: How far the clock of an authority may be off.
SLACK = dt.timedelta(minutes=5)
_QUIET = ("pyhanko", "pyhanko_certvalidator")
#: Version that a signer must state, by how it is named (RFC 5652, 5.3).
_SIGNER_VERSIONS = {"issuer_and_serial_number": "v1", "subject_key_identifier": "v3"}
_HEADERS = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
    "User-Agent": "carbonlabel",
}

#: Sends the bytes of a request to an authority and returns the bytes of its answer.
Ask = Callable[[bytes], bytes]


class TimestampFault(Exception):  # noqa: N818 - a fault of an answer or a file, reported with its code
    """Why a timestamp does not count; ``code`` is a key of the findings catalogue."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Stamp:
    """A timestamp that holds."""

    time: dt.datetime
    authority: str


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
        check_token(token, wanted, authority, (now - SLACK, now + SLACK))
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
        if _info(_signed(token))["nonce"].native != nonce:
            raise TimestampFault("TIMESTAMP-ANSWER", "nonce")
    except TimestampFault:
        raise
    except Exception as error:  # whatever a hostile answer does to the reader
        raise TimestampFault("TIMESTAMP-ANSWER", type(error).__name__) from error
    return token


def check_token(
    token: bytes,
    wanted: bytes,
    authority: Authority | None,
    window: tuple[dt.datetime, dt.datetime],
) -> Stamp:
    """Check a token against the hash it must carry and the authority it must come from.

    Parameters
    ----------
    token
        DER ``ContentInfo``.
    wanted
        SHA-256 that it must carry.
    authority
        Who must have made it; None to look at hash, form and time alone.
    window
        Earliest and latest time that is believed.

    Raises
    ------
    TimestampFault
        ``TIMESTAMP-ANSWER``, ``TIMESTAMP-IMPRINT``, ``TIMESTAMP-AUTHORITY``, ``TIMESTAMP-TIME``.
    """
    try:
        signed = _signed(token)
        info = _info(signed)
        moment, carried = info["gen_time"].native, info["message_imprint"]
        algorithm = carried["hash_algorithm"]["algorithm"].native
        digest = bytes(carried["hashed_message"].native)
    except TimestampFault:
        raise
    except Exception as error:  # hostile DER
        raise TimestampFault("TIMESTAMP-ANSWER", type(error).__name__) from error
    if algorithm != "sha256" or digest != wanted:
        raise TimestampFault("TIMESTAMP-IMPRINT")
    if not window[0] <= moment <= window[1]:
        raise TimestampFault("TIMESTAMP-TIME", moment.isoformat())
    if authority is None:
        return Stamp(moment, "")
    _check_maker(signed, wanted, authority, moment)
    return Stamp(moment, authority.name)


def stamp_of(
    extension: Extension,
    authorities: tuple[Authority, ...],
    window: tuple[dt.datetime, dt.datetime],
) -> Stamp:
    """Check the timestamp of an extension; who made it is looked up by certificate.

    Raises
    ------
    TimestampFault
        As :func:`check_token`; ``TIMESTAMP-UNKNOWN`` where the authority is none of the known.
    """
    signed = _signed(extension.token)
    held = [choice.chosen.dump() for choice in signed["certificates"]]
    if not held or set(held) - {*extension.validation.certificates}:
        raise TimestampFault("TIMESTAMP-AUTHORITY", "certificates")
    for authority in authorities:
        if authority.certificates[0] in held:
            return check_token(extension.token, extension.imprint, authority, window)
    itself = Authority("", _signer_first(signed, held), dt.datetime.min.replace(tzinfo=dt.UTC))
    check_token(extension.token, extension.imprint, itself, window)  # whole, if by a stranger
    raise TimestampFault("TIMESTAMP-UNKNOWN")


def _signer_first(signed: cms.SignedData, held: list[bytes]) -> tuple[bytes, ...]:
    """Return the certificates of a token, the one that signed first; it is its own anchor then."""
    sid = signed["signer_infos"][0]["sid"]
    if sid.name != "issuer_and_serial_number":
        raise TimestampFault("TIMESTAMP-UNKNOWN")
    serial = sid.chosen["serial_number"].native
    first = [one for one in held if asn1_x509.Certificate.load(one).serial_number == serial]
    return (*first, *(one for one in held if one not in first), *first)


def _signed(token: bytes) -> cms.SignedData:
    """Return the signed data of a token that has exactly the form we let in."""
    try:
        outer = cms.ContentInfo.load(token, strict=True)
        signed = outer["content"]
        signer = signed["signer_infos"][0]
        plain = (
            isinstance(signed, cms.SignedData)
            and len(signed["signer_infos"]) == 1
            and signed["encap_content_info"]["content_type"].native == "tst_info"
            and signed["version"].native == "v3"
            and signer["version"].native == _SIGNER_VERSIONS[signer["sid"].name]
            and [one["algorithm"].native for one in signed["digest_algorithms"]]
            == [signer["digest_algorithm"]["algorithm"].native]
            and not signer["unsigned_attrs"].native
            and not signed["crls"].native
            and outer.copy().dump(force=True) == token
        )
    except Exception as error:  # hostile DER
        raise TimestampFault("TIMESTAMP-ANSWER", type(error).__name__) from error
    if not plain:
        raise TimestampFault("TIMESTAMP-ANSWER", "form")
    return signed


def _info(signed: cms.SignedData) -> tsp.TSTInfo:
    return signed["encap_content_info"]["content"].parsed


def _check_maker(
    signed: cms.SignedData, wanted: bytes, authority: Authority, moment: dt.datetime
) -> None:
    """Check signature and chain of a token; its certificates are the authority's, no others."""
    known = {*authority.certificates}
    held = {choice.chosen.dump() for choice in signed["certificates"]}
    stranger = authority.certificates[0] not in held or bool(held - known)
    usable = authority.covers(moment) and _stamps(authority.certificates[0])
    if stranger or not usable or not _named(signed, authority.certificates[0]):
        raise TimestampFault("TIMESTAMP-AUTHORITY", authority.name)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        told = asyncio.run(_validated(signed, wanted, authority, moment))
    except Exception as error:  # what breaks the validator is no valid timestamp
        raise TimestampFault("TIMESTAMP-AUTHORITY", type(error).__name__) from error
    if not (told.valid and told.intact and told.trusted):
        raise TimestampFault("TIMESTAMP-AUTHORITY", authority.name)


def _named(signed: cms.SignedData, certificate: bytes) -> bool:
    """Whether the signer is named as the certificate has it, byte for byte; names have cases."""
    sid, leaf = signed["signer_infos"][0]["sid"], asn1_x509.Certificate.load(certificate)
    if sid.name == "subject_key_identifier":
        return bool(sid.chosen.native == leaf.key_identifier)
    same = sid.chosen["issuer"].dump() == leaf.issuer.dump()
    return bool(same and sid.chosen["serial_number"].native == leaf.serial_number)


def _stamps(certificate: bytes) -> bool:
    """Whether a certificate is meant for timestamps and nothing else (RFC 3161, 2.3)."""
    usage = asn1_x509.Certificate.load(certificate).extended_key_usage_value
    return usage is not None and usage.native == ["time_stamping"]


async def _validated(
    signed: cms.SignedData, wanted: bytes, authority: Authority, moment: dt.datetime
) -> TimestampSignatureStatus:
    chain = [asn1_x509.Certificate.load(one) for one in authority.certificates]
    context = ValidationContext(
        trust_roots=[chain[-1]],
        other_certs=chain,
        moment=moment,
        best_signature_time=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    told = await validate_tst_signed_data(signed, context, lambda _: wanted)
    return TimestampSignatureStatus(**told)

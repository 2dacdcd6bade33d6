"""Judge a timestamp token (RFC 3161): what it speaks of, when it was made, and by whom."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from asn1crypto import cms, tsp, x509
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from labels.extension import Extension
from labels.trust import Authority

#: How far the clock of an authority may be off.
SLACK = dt.timedelta(minutes=5)
_QUIET = ("pyhanko", "pyhanko_certvalidator")
#: Version that a signer must state, by how it is named (RFC 5652, 5.3).
_SIGNER_VERSIONS = {"issuer_and_serial_number": "v1", "subject_key_identifier": "v3"}


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


@dataclass(frozen=True, slots=True)
class Token:
    """A token taken apart, and what is held against it.

    Attributes
    ----------
    der, signed, info
        The token as it came, its signed data, and what was signed.
    held
        DER certificates that it brings.
    wanted
        SHA-256 that it must carry.
    carried
        DER certificates that lie beside it.
    authority
        Who must have made it.
    window
        Earliest and latest time that is believed.
    """

    der: bytes
    signed: cms.SignedData
    info: tsp.TSTInfo
    held: tuple[bytes, ...]
    wanted: bytes
    carried: tuple[bytes, ...]
    authority: Authority
    window: tuple[dt.datetime, dt.datetime]

    @property
    def moment(self) -> dt.datetime:
        """The time it states."""
        moment: dt.datetime = self.info["gen_time"].native
        return moment

    @property
    def signer(self) -> cms.SignerInfo:
        """Who signed it, as it says itself."""
        return self.signed["signer_infos"][0]


#: What must hold of a token; raises :class:`TimestampFault` where it does not.
TokenRule = Callable[[Token], None]


def check_token(
    der: bytes,
    wanted: bytes,
    carried: tuple[bytes, ...],
    authority: Authority,
    window: tuple[dt.datetime, dt.datetime],
    rules: Mapping[str, TokenRule] | None = None,
) -> Stamp:
    """Check a token against the hash it must carry and the authority it must come from.

    Parameters
    ----------
    der
        The token, a DER ``ContentInfo``.
    wanted, carried, authority, window
        See :class:`Token`.
    rules
        What must hold: :data:`RULES` unless said otherwise. A control leaves rules out.

    Raises
    ------
    TimestampFault
        ``TIMESTAMP-ANSWER``, ``TIMESTAMP-INCOMPLETE``, ``TIMESTAMP-IMPRINT``,
        ``TIMESTAMP-AUTHORITY``, ``TIMESTAMP-TIME``.
    """
    try:
        signed = signed_data(der)
        token = Token(der, signed, info(signed), _held(signed), wanted, carried, authority, window)
        for rule in (RULES if rules is None else rules).values():
            rule(token)
        return Stamp(token.moment, authority.name)
    except TimestampFault:
        raise
    except Exception as error:  # hostile DER
        raise TimestampFault("TIMESTAMP-ANSWER", type(error).__name__) from error


def stamp_of(
    extension: Extension,
    authorities: tuple[Authority, ...],
    window: tuple[dt.datetime, dt.datetime],
    rules: Mapping[str, TokenRule] | None = None,
) -> Stamp:
    """Check the timestamp of an extension; who made it is looked up by certificate.

    Raises
    ------
    TimestampFault
        As :func:`check_token`; ``TIMESTAMP-UNKNOWN`` where the token holds, and its authority is
        none of the known.
    """
    signed = signed_data(extension.token)
    with _read():
        held = _held(signed)
        known = next((one for one in authorities if one.certificates[0] in held), None)
        authority = known or _itself(extension, held)
    carried = extension.validation.certificates
    stamp = check_token(extension.token, extension.imprint, carried, authority, window, rules)
    if known is None:
        raise TimestampFault("TIMESTAMP-UNKNOWN")
    return stamp


def signed_data(der: bytes) -> cms.SignedData:
    """Return the signed data of a token.

    Raises
    ------
    TimestampFault
        ``TIMESTAMP-ANSWER`` for bytes that are no token.
    """
    with _read():
        signed = cms.ContentInfo.load(der, strict=True)["content"]
        if isinstance(signed, cms.SignedData) and len(signed["signer_infos"]) == 1:
            return signed
    raise TimestampFault("TIMESTAMP-ANSWER", "form")


@contextmanager
def _read() -> Iterator[None]:
    """Read hostile DER: it is taken apart only when it is looked at, and may then be none."""
    try:
        yield
    except TimestampFault:
        raise
    except Exception as error:
        raise TimestampFault("TIMESTAMP-ANSWER", type(error).__name__) from error


def info(signed: cms.SignedData) -> tsp.TSTInfo:
    """Return what an authority signed: hash, time, nonce."""
    return signed["encap_content_info"]["content"].parsed


def _held(signed: cms.SignedData) -> tuple[bytes, ...]:
    return tuple(choice.chosen.dump() for choice in signed["certificates"])


def _itself(extension: Extension, held: tuple[bytes, ...]) -> Authority:
    """Return a stranger as its own authority: its token may still be whole, or broken."""
    sid = signed_data(extension.token)["signer_infos"][0]["sid"]
    if sid.name != "issuer_and_serial_number":
        raise TimestampFault("TIMESTAMP-UNKNOWN")
    serial = sid.chosen["serial_number"].native
    first = [one for one in held if x509.Certificate.load(one).serial_number == serial]
    if not first:
        raise TimestampFault("TIMESTAMP-INCOMPLETE")
    ordered = (*first, *(one for one in held if one not in first), *first)
    return Authority("", ordered, dt.datetime.min.replace(tzinfo=dt.UTC))


# Rules --------------------------------------------------------------------------------------------


def _form(token: Token) -> None:
    """What no signature covers has one form: no room to say more, and one spelling."""
    signed, signer = token.signed, token.signer
    algorithms = [one["algorithm"].native for one in signed["digest_algorithms"]]
    plain = (
        signed["encap_content_info"]["content_type"].native == "tst_info"
        and signed["version"].native == "v3"
        and signer["version"].native == _SIGNER_VERSIONS[signer["sid"].name]
        and algorithms == [signer["digest_algorithm"]["algorithm"].native]
        and not signer["unsigned_attrs"].native
        and not signed["crls"].native
        and cms.ContentInfo.load(token.der).copy().dump(force=True) == token.der
    )
    if not plain:
        raise TimestampFault("TIMESTAMP-ANSWER", "form")


def _imprint(token: Token) -> None:
    told = token.info["message_imprint"]
    algorithm = told["hash_algorithm"]["algorithm"].native
    if algorithm != "sha256" or bytes(told["hashed_message"].native) != token.wanted:
        raise TimestampFault("TIMESTAMP-IMPRINT")


def _time(token: Token) -> None:
    earliest, latest = token.window
    if not earliest <= token.moment <= latest:
        raise TimestampFault("TIMESTAMP-TIME", token.moment.isoformat())


def _certificates(token: Token) -> None:
    """The authority's certificates and no others: a surplus one could name another maker."""
    known = token.authority.certificates
    if known[0] not in token.held or set(token.held) - {*known}:
        raise TimestampFault("TIMESTAMP-AUTHORITY", token.authority.name)


def _carried(token: Token) -> None:
    """Its certificates lie beside it, where other validators look for them."""
    if not token.held or set(token.held) - {*token.carried}:
        raise TimestampFault("TIMESTAMP-INCOMPLETE")


def _in_force(token: Token) -> None:
    if not token.authority.covers(token.moment):
        raise TimestampFault("TIMESTAMP-AUTHORITY", token.authority.name)


def _purpose(token: Token) -> None:
    """The certificate is meant for timestamps and nothing else (RFC 3161, 2.3)."""
    usage = _leaf(token).extended_key_usage_value
    if usage is None or usage.native != ["time_stamping"]:
        raise TimestampFault("TIMESTAMP-AUTHORITY", token.authority.name)


def _signer(token: Token) -> None:
    """The signer is named as the certificate has it, byte for byte; names have cases."""
    sid, leaf = token.signer["sid"], _leaf(token)
    if sid.name == "subject_key_identifier":
        named = sid.chosen.native == leaf.key_identifier
    else:
        named = sid.chosen["issuer"].dump() == leaf.issuer.dump()
        named = named and sid.chosen["serial_number"].native == leaf.serial_number
    if not named:
        raise TimestampFault("TIMESTAMP-AUTHORITY", token.authority.name)


def _signature(token: Token) -> None:
    """Signature and chain, with the authority's last certificate as the only anchor."""
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        told = asyncio.run(_validated(token))
    except Exception as error:  # what breaks the validator is no valid timestamp
        raise TimestampFault("TIMESTAMP-AUTHORITY", type(error).__name__) from error
    if not (told.valid and told.intact and told.trusted):
        raise TimestampFault("TIMESTAMP-AUTHORITY", token.authority.name)


#: Everything that must hold of a timestamp, in the order in which the first fault is named.
RULES: Mapping[str, TokenRule] = {
    "form": _form,
    "imprint": _imprint,
    "time": _time,
    "certificates": _certificates,
    "carried": _carried,
    "in force": _in_force,
    "purpose": _purpose,
    "signer": _signer,
    "signature": _signature,
}


def _leaf(token: Token) -> x509.Certificate:
    return x509.Certificate.load(token.authority.certificates[0])


async def _validated(token: Token) -> TimestampSignatureStatus:
    chain = [x509.Certificate.load(one) for one in token.authority.certificates]
    context = ValidationContext(
        trust_roots=[chain[-1]],
        other_certs=chain,
        moment=token.moment,
        best_signature_time=token.moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    told = await validate_tst_signed_data(token.signed, context, lambda _: token.wanted)
    return TimestampSignatureStatus(**told)

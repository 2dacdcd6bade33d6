"""Timestamps that are not right in one particular, behind documents that are right in every one.

An extension is, byte for byte, the one that its token and data give; so these are made with the
writer of extensions itself, by an authority in dishonest hands or by somebody who edits its token.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping
from dataclasses import replace

from asn1crypto import cms, core, x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from labels.extension import Validation, extend, imprint
from tests.labels.authority import STAMPS, Maker, maker
from tests.labels.desk_help import T0
from tests.labels.forging import LATER, Exhibit, Kindred, Order, Workshop

OTHER_CASE = x509.Name.build({"common_name": "EXAMPLE TSA 示例"})
HOUR = dt.timedelta(hours=1)
Edit = Callable[[cms.SignedData], None]


def behind(
    exhibit: Exhibit,
    by: Maker,
    moment: dt.datetime = LATER,
    edit: Edit = lambda signed: None,
    *,
    data: Validation | None = None,
    wanted: bytes = b"",
) -> Exhibit:
    """Put a timestamp behind a document, its token edited, its data or hash of one's choice."""
    given = Validation((by.der,)) if data is None else data
    token = cms.ContentInfo.load(by.token(wanted or imprint(exhibit.pdf, given), moment))
    edit(token["content"])
    made = extend(exhibit.pdf, given, bytes(token.copy().dump(force=True)))
    return replace(exhibit, pdf=made)


def stamped(shop: Workshop, rng: random.Random) -> Exhibit:
    """The control of all that follow: a timestamp that is right."""
    return behind(shop.make(Order()), shop.stamps)


def of_another_document(shop: Workshop, rng: random.Random) -> Exhibit:
    return behind(shop.make(Order()), shop.stamps, wanted=rng.randbytes(32))


def before_issue(shop: Workshop, rng: random.Random) -> Exhibit:
    return behind(shop.make(Order()), shop.stamps, T0 - rng.choice((1, 1.5)) * HOUR)


def in_the_future(shop: Workshop, rng: random.Random) -> Exhibit:
    return behind(shop.make(Order()), shop.stamps, LATER + rng.randint(1, 999) * HOUR)


def ended_authority(shop: Workshop, rng: random.Random) -> Exhibit:
    """An authority that is believed no longer, with a certificate that runs on."""
    exhibit = stamped(shop, rng)
    ended = shop.stamps.known_as("Example TSA", LATER - rng.randint(0, 9) * HOUR)
    return replace(exhibit, trust=replace(shop.trust, authorities=(ended,)))


def data_cut(shop: Workshop, rng: random.Random) -> Exhibit:
    """The certificates that a later validator would need are left out."""
    return behind(shop.make(Order()), shop.stamps, data=Validation())


def surplus_certificate(shop: Workshop, rng: random.Random) -> Exhibit:
    """The seal's certificate among those of the token: no signature covers them."""
    other = shop.keys["seal"].certificates[0].public_bytes(Encoding.DER)

    def edit(signed: cms.SignedData) -> None:
        more = cms.CertificateChoices({"certificate": x509.Certificate.load(other)})
        signed["certificates"].append(more)

    data = Validation((shop.stamps.der, other))
    return behind(shop.make(Order()), shop.stamps, edit=edit, data=data)


def other_purposes(shop: Workshop, rng: random.Random) -> Exhibit:
    """A certificate for timestamps and for programs: whoever signs programs could date."""
    both = maker("Example TSA", [*STAMPS, ExtendedKeyUsageOID.CODE_SIGNING])
    trust = replace(shop.trust, authorities=(both.known_as("Example TSA"),))
    return behind(shop.make(Order(), trust=trust), both)


def renamed_signer(shop: Workshop, rng: random.Random) -> Exhibit:
    """The signer's name in other letters, which the rules for comparing names take for the same."""

    def edit(signed: cms.SignedData) -> None:
        signer = signed["signer_infos"][0]
        named = {"issuer": OTHER_CASE, "serial_number": signer["sid"].chosen["serial_number"]}
        signer["sid"] = cms.SignerIdentifier({"issuer_and_serial_number": named})

    return behind(shop.make(Order()), shop.stamps, edit=edit)


def remark(shop: Workshop, rng: random.Random) -> Exhibit:
    """An attribute that no signature covers."""

    def edit(signed: cms.SignedData) -> None:
        told = {"type": "1.3.6.1.4.1.99999.1", "values": [core.OctetString(rng.randbytes(8))]}
        signed["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([cms.CMSAttribute(told)])

    return behind(shop.make(Order()), shop.stamps, edit=edit)


def made_up(shop: Workshop, rng: random.Random) -> Exhibit:
    def edit(signed: cms.SignedData) -> None:
        signed["signer_infos"][0]["signature"] = rng.randbytes(256)

    return behind(shop.make(Order()), shop.stamps, edit=edit)


STAMPED: Mapping[str, Kindred] = {
    "timestamp of another document": Kindred(
        of_another_document, ("timestamp.imprint", "timestamp.signature"), ("TIMESTAMP-IMPRINT",)
    ),
    "timestamp before issue": Kindred(before_issue, ("timestamp.time",), ("TIMESTAMP-TIME",)),
    "timestamp in the future": Kindred(in_the_future, ("timestamp.time",), ("TIMESTAMP-TIME",)),
    "ended authority": Kindred(ended_authority, ("timestamp.in force",), ("TIMESTAMP-AUTHORITY",)),
    "validation data cut": Kindred(data_cut, ("timestamp.carried",), ("TIMESTAMP-INCOMPLETE",)),
    "surplus certificate": Kindred(
        surplus_certificate, ("timestamp.certificates",), ("TIMESTAMP-AUTHORITY",)
    ),
    "authority of other purposes": Kindred(
        other_purposes, ("timestamp.purpose",), ("TIMESTAMP-AUTHORITY",)
    ),
    "renamed authority": Kindred(renamed_signer, ("timestamp.signer",), ("TIMESTAMP-AUTHORITY",)),
    "remark in the token": Kindred(remark, ("timestamp.form",), ("TIMESTAMP-ANSWER",)),
    "made-up timestamp": Kindred(made_up, ("timestamp.signature",), ("TIMESTAMP-AUTHORITY",)),
}

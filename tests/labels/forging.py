"""Documents from a desk in dishonest hands: all the issuer's keys, and one thing that is not right.

Whoever holds no key meets the seal. The rules behind it are for a thief of one key, for an issuer
who cheats, and for our own mistakes; so here everything is genuine but for one particular.
"""

from __future__ import annotations

import copy
import datetime as dt
import io
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from labels.bundle import Bundle, read_bundle
from labels.canonical import canonical, parse_object, sha256
from labels.commitments import Disclosure, commitments, read_disclosures, write_disclosures
from labels.keys import Purpose, SigningKey, new_key
from labels.merkle import leaf_hash, merkle_root
from labels.registry.entries import LEAF_SCHEMA, RECEIPT_SCHEMA, documents_leaf
from labels.registry.export import LogView
from labels.registry.note import Checkpoint, signed_note
from labels.registry.state import State
from labels.registry.statuslist import status_lists
from labels.registry.tree import inclusion_proof
from labels.seal import lower_case_contents, pdf_signer
from labels.sign import approval
from labels.trust import ROLES, TrustFile, trust_file, trusted
from labels.verify import DeepInputs, Report, verify
from labels.verify.attachments import attachments
from labels.verify.case import Printer
from labels.verify.checks import CHECKS, Checks
from labels.verify.lists import StatusLists
from labels.view import DocumentView
from tests.labels.authority import Maker, maker
from tests.labels.desk_help import T0, PlainPages, demo_store, issued

Fields = dict[str, Any]
LATER = T0 + dt.timedelta(days=1)
PLACE = 7
"""Place in the status list of everything forged here."""


class Pages(PlainPages):
    """A page with the serial and the figure, in whatever script; ``shown`` draws more on it."""

    def __init__(self, shown: str = "", edit: Callable[[pikepdf.Pdf], None] | None = None) -> None:
        self.shown, self.edit = shown, edit

    def documents(
        self, view: DocumentView, *, forms: Collection[str] | None = None
    ) -> Mapping[str, bytes]:
        if forms is not None and "label.pdf" not in forms:
            return {}
        figure = view.body["totals"][view.body["headline"]]["value"]
        said = f"% {(view.receipt or {}).get('serial')} {self.shown or figure} {view.sample}"
        return {"label.pdf": printed(said.encode("utf-8"), view.attachments, self.edit)}


def printed(
    content: bytes, files: Mapping[str, bytes], edit: Callable[[pikepdf.Pdf], None] | None = None
) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(283, 198))
    pdf.pages[0].Contents = pdf.make_stream(content)
    for name, data in files.items():
        pdf.attachments[name] = pikepdf.AttachedFileSpec(
            pdf,
            data,
            filename=name,
            description="",
            mime_type="application/json",
            creation_date="",
            mod_date="",
        )
    if edit is not None:
        edit(pdf)
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


Sealer = Callable[[bytes, SigningKey], bytes]


def sealer(
    prepare: Callable[[IncrementalPdfFileWriter], None] = lambda writer: None,
    name: str = "Seal",
    box: tuple[int, int, int, int] = (0, 0, 0, 0),
    permissions: MDPPerm = MDPPerm.NO_CHANGES,
    *,
    new: bool = True,
) -> Sealer:
    """Return a seal press that takes liberties."""

    def press(pdf: bytes, key: SigningKey) -> bytes:
        metadata = PdfSignatureMetadata(
            field_name=name,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=permissions,
        )
        writer, out = IncrementalPdfFileWriter(io.BytesIO(pdf)), io.BytesIO()
        prepare(writer)
        field = SigFieldSpec(name, box=box, on_page=0) if new else None
        signer = PdfSigner(metadata, signer=pdf_signer(key), new_field_spec=field)
        signer.sign_pdf(writer, output=out)
        return lower_case_contents(out.getvalue())

    return press


@dataclass(frozen=True)
class Exhibit:
    """A document and what its verifier has beside it."""

    pdf: bytes
    trust: TrustFile
    log: LogView | None = None
    lists: StatusLists | None = None
    seen: str | None = None
    printer: Printer | None = None
    deep: DeepInputs | None = None
    now: dt.datetime = LATER

    def judged(self, checks: Checks = CHECKS) -> Report:
        return verify(
            self.pdf,
            trust=self.trust,
            now=self.now,
            log=self.log,
            lists=self.lists,
            seen=self.seen,
            printer=self.printer,
            deep=self.deep,
            checks=checks,
        )


Make = Callable[["Workshop", random.Random], Exhibit]


@dataclass(frozen=True)
class Kindred:
    """One kind: how it is made, the rules that refuse it, and the reasons given."""

    make: Make
    refused: tuple[str, ...]
    codes: tuple[str, ...]


def unchanged(value: Any) -> None:
    """Leave it as it is."""


@dataclass(frozen=True)
class Order:
    """What to make, and what is not to be right about it.

    Attributes
    ----------
    body, leaf, receipt, files
        Change the fields before they are signed, logged, attached.
    spelt
        How the body is spelt.
    approvals
        Changes the list of signed approvals.
    seal, note
        Keys that seal and that sign checkpoints; the issuer's own by default.
    later
        Leaves that follow in the log.
    """

    body: Callable[[Fields], Any] = unchanged
    leaf: Callable[[Fields], Any] = unchanged
    receipt: Callable[[Fields], Any] = unchanged
    files: Callable[[dict[str, bytes]], Any] = unchanged
    approvals: Callable[[list[Any]], Any] = unchanged
    spelt: Callable[[Fields], bytes] = canonical
    lines: Callable[[list[Disclosure]], list[Disclosure]] = lambda opened: opened
    sample: bool = True
    serial: str = "SAMPLE-2"
    pages: Pages = field(default_factory=Pages)
    unsealed: Callable[[bytes], bytes] = lambda pdf: pdf
    press: Sealer = field(default_factory=sealer)
    seal: SigningKey | None = None
    note: SigningKey | None = None
    later: Sequence[Fields] = ()


@dataclass(frozen=True)
class Workshop:
    """The issuer's keys, one genuine record, and a log to write into."""

    keys: Mapping[str, SigningKey]
    stamps: Maker
    root: ec.EllipticCurvePrivateKey
    trust: TrustFile
    bundle: Bundle
    opened: tuple[Disclosure, ...]
    leaves: tuple[bytes, ...]
    files: Mapping[str, bytes]

    @classmethod
    def open(cls, folder: Path) -> Workshop:
        """Issue one genuine record for a pattern, and make keys for every role."""
        store = demo_store(folder / "registry")
        record = issued(store)
        root = ec.generate_private_key(ec.SECP256R1())
        keys = {
            role: new_key(Purpose.APPROVAL, f"{role} 示例", demo=True, now=T0) for role in ROLES
        }
        keys |= {
            "note": store.key(Purpose.CHECKPOINT),
            "seal": seal_key(root, ec.generate_private_key(ec.SECP256R1())),
        }
        entries = [trusted(keys[role], valid_from=T0, roles=[role]) for role in ROLES]
        entries += [trusted(keys[name], valid_from=T0) for name in ("note", "seal")]
        stamps = maker("Example TSA 示例")
        known = [stamps.known_as("Example TSA")]
        named = store.trust.issuer, store.trust.origin
        trust = trust_file(*named, entries, demo=True, authorities=known)
        bundle = read_bundle(attachments(record.files["public/label.pdf"]))
        opened = read_disclosures(parse_object(record.files["sealed/disclosures.json"]))
        leaf = canonical(bundle.receipt["leaf"])
        return cls(keys, stamps, root, trust, bundle, opened, (leaf,), record.files)

    def make(self, order: Order, **beside: Any) -> Exhibit:
        """Make a document to order, with log; ``beside`` replaces what the verifier has."""
        opened = order.lines(list(self.opened))
        body = self._body(order, opened)
        data = order.spelt(body)
        approvals = [
            approval(sha256(data), one["role"], self._by_kid(one["kid"]), T0)
            for one in body.get("approvers", ())
        ]
        order.approvals(approvals)
        leaf = self._leaf(order, body, data)
        leaves = (*self.leaves, canonical(leaf))
        receipt = self._receipt(order, body, leaf, leaves)
        made_with = {**self.bundle.rendering, "sample": order.sample}
        view = Bundle(data, receipt, approvals, made_with).view()
        files = dict(view.attachments)
        order.files(files)
        unsealed = order.pages.documents(replace(view, attachments=files))["label.pdf"]
        pdf = order.press(order.unsealed(unsealed), order.seal or self.keys["seal"])
        log = self.log([*leaves, *self._after(order, pdf)], order.note)
        given: dict[str, Any] = {"trust": self.trust, "log": log, "printer": Pages()}
        return Exhibit(pdf, **(given | beside))

    def log(self, leaves: Sequence[bytes], key: SigningKey | None = None) -> LogView:
        """Return a log of these leaves with its checkpoint."""
        return LogView(self.trust, tuple(leaves), self.note(leaves, key))

    def note(self, leaves: Sequence[bytes], key: SigningKey | None = None) -> str:
        root = merkle_root([leaf_hash(leaf) for leaf in leaves])
        checkpoint = Checkpoint(self.trust.origin, len(leaves), root)
        return signed_note(checkpoint, [key or self.keys["note"]])

    def disclosed(self, pdf: bytes, opened: Sequence[Disclosure] | None = None) -> bytes:
        """Return ``disclosures.json`` for the body of a document."""
        body = attachments(pdf)["certificate.json"]
        return write_disclosures(sha256(body), self.opened if opened is None else opened)

    def deep(self, **more: Any) -> DeepInputs:
        """Return what opens the pattern record and computes as it did."""
        names = ("disclosures.json", "footprint.json", "system.json", "filled.xlsx")
        disclosures, footprint, system, workbook = (self.files[f"sealed/{one}"] for one in names)
        known: dict[str, Any] = {
            "disclosures": disclosures,
            "footprint": footprint,
            "system": system,
            "workbook": workbook,
            "recompute": lambda document: parse_plain(footprint),
            "convert": lambda data: parse_object(system),
        }
        return DeepInputs(**(known | more))

    def _body(self, order: Order, opened: Sequence[Disclosure]) -> Fields:
        body: Fields = copy.deepcopy(dict(parse_object(self.bundle.body)))
        body["approvers"] = self.named("preparer")
        if tuple(opened) != self.opened:
            body["commitments"] = commitments(opened)
        order.body(body)
        return body

    def named(self, *roles: str) -> list[dict[str, str]]:
        """Return approvers of a body."""
        return [
            {"role": role, "kid": self.keys[role].kid, "person": self.keys[role].name}
            for role in roles
        ]

    def _by_kid(self, kid: str) -> SigningKey:
        return next(key for key in self.keys.values() if key.kid == kid)

    def _leaf(self, order: Order, body: Fields, data: bytes) -> Fields:
        leaf = {
            "schema": LEAF_SCHEMA,
            "type": "issued",
            "serial": order.serial,
            "body": sha256(data),
            "kind": body["kind"],
            "time": "2026-11-20T02:00:00Z",
            "valid_from": body["validity"]["from"],
            "valid_until": body["validity"]["until"],
            "status_index": PLACE,
        }
        order.leaf(leaf)
        return leaf

    def _receipt(self, order: Order, body: Fields, leaf: Fields, leaves: Sequence[bytes]) -> Fields:
        hashed = [leaf_hash(one) for one in leaves]
        receipt = {
            "schema": RECEIPT_SCHEMA,
            "issuer": body["issuer"]["id"],
            "serial": leaf["serial"],
            "index": len(leaves) - 1,
            "leaf": leaf,
            "checkpoint": self.note(leaves, order.note),
            "proof": [node.hex() for node in inclusion_proof(hashed, len(hashed) - 1)],
        }
        order.receipt(receipt)
        return receipt

    def _after(self, order: Order, pdf: bytes) -> list[bytes]:
        documents = documents_leaf(order.serial, {"public/label.pdf": sha256(pdf)}, T0)
        return [canonical(one) for one in (documents, *order.later)]


def parse_plain(data: bytes) -> Any:
    """Read a footprint, which is plain JSON."""
    return parse_object(data)


def seal_key(
    root: ec.EllipticCurvePrivateKey, private: ec.EllipticCurvePrivateKey, name: str = "示例 Seal"
) -> SigningKey:
    """Return a seal key with certificates of one small authority."""
    above = _certificate("示例 Seal CA", "示例 Seal CA", root, root)
    leaf = _certificate(name, "示例 Seal CA", private, root)
    return SigningKey(Purpose.SEAL, name, True, private, (leaf, above))


def _certificate(
    subject: str,
    issuer: str,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    named = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (subject, issuer)]
    authority = subject == issuer
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder(named[1], named[0], key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(T0)
        .not_valid_after(T0 + dt.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(usage, critical=True)
        .sign(signer, hashes.SHA256())
    )


def forged(order: Order, **beside: Any) -> Make:
    return lambda shop, rng: shop.make(order, **beside)


def printed_with(edit: Callable[[pikepdf.Pdf], None]) -> Make:
    """Printed so by the issuer, and looked at by somebody who has no renderer."""
    return forged(Order(pages=Pages(edit=edit)), log=None, printer=None)


def script() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="this.getField('x')")


def with_ended(trust: TrustFile, purpose: Purpose, until: dt.datetime) -> TrustFile:
    """Return a trust file in which the keys of a purpose had ended."""
    since = T0 - dt.timedelta(days=9)
    keys = (
        replace(key, valid_from=since, valid_until=until) if key.purpose is purpose else key
        for key in trust.keys
    )
    return replace(trust, keys=tuple(keys))


def lists_of(key: SigningKey, state: State) -> StatusLists:
    """Return status lists in which everything forged here has a state."""
    tokens = status_lists({PLACE: state}, "https://example.org/c/", key, T0)
    return StatusLists({name[len("status/") : -len(".jwt")]: data for name, data in tokens.items()})

"""What the desk in dishonest hands makes: one kind of document for each rule of verification.

``refused`` names the rules that refuse it. Take them all out and the document is accepted; take out
all but one and it is not. So every rule is the only guard against something, or stands in a row of
guards that is named here.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import pikepdf
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NumberObject,
    StreamObject,
    TextStringObject,
    pdf_name,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, append_signature_field

from labels.canonical import canonical, parse_object
from labels.commitments import Disclosure
from labels.container import expected_cms, read_container
from labels.keys import Purpose, new_key
from labels.kinds import APPROVALS, Kind
from labels.registry.entries import event_leaf
from labels.registry.serial import serial as real_serial
from labels.registry.state import State
from labels.sign import approval
from labels.verify.lists import StatusLists
from tests.labels.attested import CLOSED
from tests.labels.desk_help import T0
from tests.labels.forging import (
    Exhibit,
    Fields,
    Kindred,
    Make,
    Order,
    Pages,
    Workshop,
    forged,
    lists_of,
    printed_with,
    script,
    seal_key,
    sealer,
    with_ended,
)
from tests.labels.smuggled import SMUGGLED
from tests.labels.stamped import STAMPED

# In the seal --------------------------------------------------------------------------------------


def field_listed_twice(writer: IncrementalPdfFileWriter) -> None:
    """A form that has the seal twice: readers count two signatures."""
    append_signature_field(writer, SigFieldSpec("Seal", box=(0, 0, 0, 0), on_page=0))
    listed = writer.root["/AcroForm"]["/Fields"]
    listed.append(listed.raw_get(0))
    writer.update_container(listed)


def appended(shop: Workshop, rng: random.Random) -> Exhibit:
    exhibit = shop.make(Order(), log=None)
    return replace(exhibit, pdf=exhibit.pdf + rng.choice((b" ", b"\n", b"% more\n", b"\x00")))


def moved_clock(shop: Workshop, rng: random.Random) -> Exhibit:
    """The time that the seal claims, moved by one digit: nothing breaks but the digest."""
    exhibit = shop.make(Order(), log=None)
    at = exhibit.pdf.rindex(b"/M ") + exhibit.pdf[exhibit.pdf.rindex(b"/M ") :].index(b"20") + 4
    digit = b"0" if exhibit.pdf[at : at + 1] != b"0" else b"1"
    return replace(exhibit, pdf=exhibit.pdf[:at] + digit + exhibit.pdf[at + 1 :])


def gap_of(pdf: bytes) -> tuple[int, int]:
    return read_container(pdf).gap


def upper_case(shop: Workshop, rng: random.Random) -> Exhibit:
    exhibit = shop.make(Order(), log=None)
    start, end = gap_of(exhibit.pdf)
    pdf = exhibit.pdf[:start] + exhibit.pdf[start:end].upper() + exhibit.pdf[end:]
    return replace(exhibit, pdf=pdf)


def made_up_signature(shop: Workshop, rng: random.Random) -> Exhibit:
    """The one container it may be, with a signature value that nobody's key made."""
    exhibit = shop.make(Order(), log=None)
    container = read_container(exhibit.pdf)
    start, end = container.gap
    value = encode_dss_signature(rng.getrandbits(250), rng.getrandbits(250))
    body = expected_cms(container.certificates, container.digest, value).hex().encode()
    gap = b"<" + body.ljust(end - start - 2, b"0") + b">"
    return replace(exhibit, pdf=exhibit.pdf[:start] + gap + exhibit.pdf[end:])


def strangers_seal(shop: Workshop, rng: random.Random) -> Exhibit:
    return shop.make(Order(seal=new_key(Purpose.SEAL, "示例 Example", demo=True, now=T0)), log=None)


def new_certificate(shop: Workshop, rng: random.Random) -> Exhibit:
    """The issuer's key and authority under a name that the trust file does not have."""
    private = shop.keys["seal"].private
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return shop.make(Order(seal=seal_key(shop.root, private, "示例 Other")), log=None)


def stolen_seal(shop: Workshop, rng: random.Random) -> Exhibit:
    """A seal key that the trust file ended before the time of issue."""
    ended = T0 - dt.timedelta(seconds=rng.choice((0, 1, 3600)))
    trust = with_ended(shop.trust, Purpose.SEAL, ended)
    return shop.make(Order(), trust=trust, log=None)


# Beside the seal ----------------------------------------------------------------------------------


def unused_object(pdf: bytes) -> bytes:
    return updated(pdf, lambda writer: writer.add_object(TextStringObject("nothing")))


def updated(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], Any]) -> bytes:
    writer, out = IncrementalPdfFileWriter(io.BytesIO(pdf)), io.BytesIO()
    change(writer)
    writer.write(out)
    return out.getvalue()


def content_freed(pdf: bytes) -> bytes:
    """A revision by hand in which the page's content is free: most readers then show nothing."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        number = opened.pages[0].obj.Contents.objgen[0]
        size, root = len(opened.objects) + 1, opened.Root.objgen[0]
    start = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    table = f"xref\n0 1\n{number:010} 65535 f \n{number} 1\n0000000000 00001 f \n"
    trailer = f"trailer\n<< /Size {size} /Root {root} 0 R /Prev {start} >>\n"
    return pdf + f"{table}{trailer}startxref\n{len(pdf)}\n%%EOF\n".encode()


def page_of(writer: IncrementalPdfFileWriter) -> Any:
    return writer.root["/Pages"]["/Kids"][0].get_object()


def redrawn(writer: IncrementalPdfFileWriter) -> None:
    """The content object written anew: the page itself stays the same."""
    reference = page_of(writer).raw_get("/Contents").reference
    content = StreamObject(stream_data=b"0 0 9 9 re f")
    content.container_ref = reference
    writer.objects[(reference.generation, reference.idnum)] = content


def other_contents(writer: IncrementalPdfFileWriter) -> None:
    page = page_of(writer)
    page[pdf_name("/Contents")] = writer.add_object(StreamObject(stream_data=b"0 0 9 9 re f"))
    writer.update_container(page)


def other_language(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/Lang")] = TextStringObject("xx")
    writer.update_root()


def own_form(writer: IncrementalPdfFileWriter) -> None:
    """A form with wishes of its own: some readers would show its data instead of the page."""
    data = writer.add_object(StreamObject(stream_data=b"<xdp/>"))
    form = DictionaryObject({pdf_name("/Fields"): ArrayObject(), pdf_name("/XFA"): data})
    writer.root[pdf_name("/AcroForm")] = writer.add_object(form)
    writer.update_root()


def note_over_figure(writer: IncrementalPdfFileWriter) -> None:
    """A box laid over the figure, outside the content of the page."""
    box = DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): ArrayObject([NumberObject(n) for n in (10, 10, 90, 40)]),
            pdf_name("/Contents"): TextStringObject("0.1 kg CO2e"),
            pdf_name("/F"): NumberObject(4),
        }
    )
    page = page_of(writer)
    page[pdf_name("/Annots")] = ArrayObject([writer.add_object(box)])
    writer.update_container(page)


# Hidden and active --------------------------------------------------------------------------------


def layered(pdf: pikepdf.Pdf) -> None:
    group = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="figure"))
    pdf.Root.OCProperties = pikepdf.Dictionary(
        OCGs=pikepdf.Array([group]), D=pikepdf.Dictionary(OFF=pikepdf.Array([group]))
    )


def portfolio(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Collection = pikepdf.Dictionary(Type=pikepdf.Name.Collection, D="certificate.json")


def on_opening(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = script()


def named_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names.JavaScript = pikepdf.Dictionary(Names=pikepdf.Array(["a", script()]))


def on_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.AA = pikepdf.Dictionary(O=script())


def on_bookmark(pdf: pikepdf.Pdf) -> None:
    mark = pdf.make_indirect(pikepdf.Dictionary(Title="1", A=script()))
    pdf.Root.Outlines = pdf.make_indirect(pikepdf.Dictionary(First=mark, Last=mark, Count=1))


def stamped(pdf: pikepdf.Pdf) -> None:
    box = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=[10, 10, 90, 40], F=4
    )
    pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(box)])


# In the attachments -------------------------------------------------------------------------------


def more(files: dict[str, bytes]) -> None:
    files["more.json"] = b"{}"


def spaced(files: dict[str, bytes]) -> None:
    files["receipt.json"] = files["receipt.json"].replace(b'":"', b'": "', 1)


def spelt_wide(body: Fields) -> bytes:
    return canonical(body).replace(b'":"', b'": "', 1)


def other_schema(body: Fields) -> None:
    body["schema"] = "carbonlabel-certificate/9"


def nobodys(body: Fields) -> None:
    del body["client"]["id"]


def unmarked(body: Fields) -> None:
    """A demo issuer's keys, and nothing that says sample."""
    body["issuer"] |= {"demo": False, "serial_prefix": "EX"}


def promoted(body: Fields, shop: Workshop) -> None:
    body["kind"] = "certificate_of_conformity"
    body["approvers"] = shop.named(*APPROVALS[Kind.CERTIFICATE_OF_CONFORMITY])


def unearned(shop: Workshop, rng: random.Random) -> Exhibit:
    return shop.make(Order(body=lambda body: promoted(body, shop)))


def one_person_four_keys(shop: Workshop, rng: random.Random) -> Exhibit:
    """Four keys, one name: the same person prepares, verifies, reviews and decides."""
    name = "示例 Example"
    keys = {
        role: replace(shop.keys[role], name=name) if role in ROLES else shop.keys[role]
        for role in shop.keys
    }
    entries = tuple(replace(key, name=name) if key.roles else key for key in shop.trust.keys)
    same = replace(shop, keys=keys, trust=replace(shop.trust, keys=entries))

    def change(body: Fields) -> None:
        promoted(body, same)
        body["grade"] = {"value": "certifiable", "reasons": []}
        body["verification"] = CLOSED.to_json()

    return same.make(Order(body=change))


ROLES = APPROVALS[Kind.CERTIFICATE_OF_CONFORMITY]


def cheaper(shop: Workshop, rng: random.Random) -> Exhibit:
    """A figure that its parts do not give."""

    def change(body: Fields) -> None:
        which = rng.choice(sorted(body["totals"]))
        body["totals"][which]["value"] = f"0.{rng.randint(1, 999):03}7"

    return shop.make(Order(body=change))


def recommitted(shop: Workshop, rng: random.Random) -> Exhibit:
    def change(body: Fields) -> None:
        leaves = body["commitments"]["leaves"]
        leaves[rng.randrange(len(leaves))] = rng.randbytes(32).hex()

    return shop.make(Order(body=change))


# The receipt --------------------------------------------------------------------------------------


def another_body(leaf: Fields) -> None:
    leaf["body"] = "ab" * 32


def other_fact(shop: Workshop, rng: random.Random) -> Exhibit:
    facts = {"kind": "verification_statement", "valid_from": "2020-01-01"}
    facts["valid_until"] = "2099-12-31"
    name = rng.choice(sorted(facts))
    return shop.make(Order(leaf=lambda leaf: leaf.update({name: facts[name]})))


def lookalike_serial(shop: Workshop, rng: random.Random) -> Exhibit:
    """Another number to a machine, the same to the eye."""
    serial = rng.choice(("SAMPLE-\N{FULLWIDTH DIGIT ONE}", "S\N{CYRILLIC CAPITAL LETTER A}MPLE-1"))
    return shop.make(Order(serial=serial), log=None)


def surplus(receipt: Fields) -> None:
    receipt["note"] = "checked"


def other_issuer(shop: Workshop, rng: random.Random) -> Exhibit:
    """The same keys in the trust file of somebody else."""
    exhibit = shop.make(Order())
    return replace(exhibit, trust=replace(shop.trust, issuer="EXAMPLE-OTHER"))


def strangers_note(shop: Workshop, rng: random.Random) -> Exhibit:
    key = new_key(Purpose.CHECKPOINT, "示例 Example", demo=True, now=T0)
    return shop.make(Order(note=key), log=None)


def other_proof(shop: Workshop, rng: random.Random) -> Exhibit:
    def change(receipt: Fields) -> None:
        receipt["proof"] = [rng.randbytes(32).hex() for _ in receipt["proof"]]

    return shop.make(Order(receipt=change), log=None)


# The approvals ------------------------------------------------------------------------------------


def nobody(approvals: list[Any]) -> None:
    approvals.clear()


def other_name(body: Fields) -> None:
    """The page names somebody whose key did not sign."""
    body["approvers"][0]["person"] = "示例丙 Example C"


def wrong_role(shop: Workshop, rng: random.Random) -> Exhibit:
    """Signed by somebody who is trusted, but not in this role."""

    def change(body: Fields) -> None:
        other = shop.named(rng.choice(ROLES[1:]))
        body["approvers"] = [{**other[0], "role": "preparer"}]

    return shop.make(Order(body=change))


def retired_approver(shop: Workshop, rng: random.Random) -> Exhibit:
    """Signed with a key that had been ended."""
    return shop.make(Order(), trust=with_ended(shop.trust, Purpose.APPROVAL, T0))


def altered_approval(approvals: list[Any]) -> None:
    approvals[0]["payload"]["statement"] = {"zh": "同意一切", "en": "I approve of everything."}


def replayed_approval(shop: Workshop, rng: random.Random) -> Exhibit:
    """A genuine approval that was given to another body."""

    def change(approvals: list[Any]) -> None:
        approvals[0] = approval(rng.randbytes(32).hex(), "preparer", shop.keys["preparer"], T0)

    return shop.make(Order(approvals=change))


# What the registry says ---------------------------------------------------------------------------


def strangers_log(shop: Workshop, rng: random.Random) -> Exhibit:
    exhibit = shop.make(Order())
    assert exhibit.log is not None
    key = new_key(Purpose.CHECKPOINT, "示例 Example", demo=True, now=T0)
    return replace(exhibit, log=shop.log(exhibit.log.leaves, key))


def forked_log(shop: Workshop, rng: random.Random) -> Exhibit:
    """Another log of the same issuer, in which the record stands at another place."""
    exhibit = shop.make(Order())
    assert exhibit.log is not None
    return replace(exhibit, log=shop.log(exhibit.log.leaves[1:]))


def rolled_back_log(shop: Workshop, rng: random.Random) -> Exhibit:
    """A log that forgot what was already seen of it."""
    exhibit = shop.make(Order())
    assert exhibit.log is not None
    seen = shop.note([*exhibit.log.leaves, canonical({"serial": "SAMPLE-9", "type": "void"})])
    return replace(exhibit, seen=seen)


def ended(event: str) -> Make:
    later = [event_leaf(event, "SAMPLE-2", "data-wrong", T0)]
    return forged(Order(later=later))


def expired(shop: Workshop, rng: random.Random) -> Exhibit:
    def change(body: Fields) -> None:
        body["validity"]["until"] = "2026-11-30"

    days = dt.timedelta(days=rng.randint(12, 4000))
    return shop.make(Order(body=change), now=T0 + days, log=None)


def clock_behind(shop: Workshop, rng: random.Random) -> Exhibit:
    """A verifier's clock that stands before the time of issue, and no log to tell."""
    return shop.make(Order(), now=T0 - dt.timedelta(days=rng.randint(2, 900)), log=None)


def withdrawn_in_the_list(shop: Workshop, rng: random.Random) -> Exhibit:
    """An old log beside a new list: the list knows of a withdrawal that the log does not."""
    return shop.make(Order(), lists=lists_of(shop.keys["note"], State.REVOKED))


def forged_list(shop: Workshop, rng: random.Random) -> Exhibit:
    lists = lists_of(shop.keys["note"], State.ISSUED)
    token = lists.tokens["revocation"]
    head, payload, _ = token.split(b".")
    other = lists_of(shop.keys["note"], State.REVOKED).tokens["revocation"].split(b".")[2]
    return shop.make(Order(), lists=StatusLists({"revocation": b".".join((head, payload, other))}))


def sealed_again(shop: Workshop, rng: random.Random) -> Exhibit:
    """The same content under another seal of the same key: not what was registered."""
    first, second = shop.make(Order()), shop.make(Order())
    return replace(second, log=first.log)


# Counting again -----------------------------------------------------------------------------------


def deepened(shop: Workshop, **changed: Any) -> Exhibit:
    exhibit = shop.make(Order())
    known = {"disclosures": shop.disclosed(exhibit.pdf)}
    return replace(exhibit, deep=shop.deep(**(known | changed)))


def of_another_body(shop: Workshop, rng: random.Random) -> Exhibit:
    record = dict(parse_object(shop.disclosed(shop.make(Order()).pdf)))
    record["body"] = rng.randbytes(32).hex()
    return deepened(shop, disclosures=canonical(record))


def other_line(shop: Workshop, rng: random.Random) -> Exhibit:
    """An opened line with another amount: its emission, and so every sum, is the same."""
    pick = rng.randrange(len(shop.opened))
    opened = [
        Disclosure(one.index, one.salt, {**one.line, "amount": "9"}) if one.index == pick else one
        for one in shop.opened
    ]
    return deepened(shop, disclosures=shop.disclosed(shop.make(Order()).pdf, opened))


def unlike_its_lines(shop: Workshop, rng: random.Random) -> Exhibit:
    """Lines committed to and opened, and figures that are not their sum."""

    def change(lines: list[Disclosure]) -> list[Disclosure]:
        one = lines[0]
        more = {"value": "9", "parts": {"fossil": "9"}}
        return [Disclosure(one.index, one.salt, {**one.line, **more}), *lines[1:]]

    exhibit = shop.make(Order(lines=change))
    disclosed = shop.disclosed(exhibit.pdf, change(list(shop.opened)))
    return replace(exhibit, deep=shop.deep(disclosures=disclosed))


def other_inputs(shop: Workshop, rng: random.Random) -> Exhibit:
    return deepened(shop, system=b"{}", workbook=None)


def other_result(shop: Workshop, rng: random.Random) -> Exhibit:
    again = dict(parse_object(shop.files["sealed/footprint.json"]))
    again["lines"] = [{**again["lines"][0], "value": f"{rng.random():.6f}"}, *again["lines"][1:]]
    return deepened(shop, recompute=lambda document: again)


def other_workbook(shop: Workshop, rng: random.Random) -> Exhibit:
    return deepened(shop, workbook=rng.randbytes(40))


def other_system(shop: Workshop, rng: random.Random) -> Exhibit:
    system = {**parse_object(shop.files["sealed/system.json"]), "more": "1"}
    return deepened(shop, convert=lambda data: system)


EXHIBITS: Mapping[str, Kindred] = {
    "appended": Kindred(appended, ("container.whole file", "seal.signature"), ("SEAL-COVERAGE",)),
    "moved clock": Kindred(
        moved_clock,
        ("container.digest", "container.gap", "seal.signature"),
        ("SEAL-DIGEST",),
    ),
    "two seals": Kindred(
        forged(Order(press=sealer(field_listed_twice, new=False))),
        ("container.one signature", "increment.only the seal"),
        ("SEAL-MANY",),
    ),
    "other field": Kindred(
        forged(Order(press=sealer(name="Stamp"))), ("container.certification",), ("SEAL-CERTIFY",)
    ),
    "changes allowed": Kindred(
        forged(Order(press=sealer(permissions=MDPPerm.FILL_FORMS))),
        ("container.no changes",),
        ("SEAL-CERTIFY",),
    ),
    "upper case": Kindred(upper_case, ("container.gap",), ("SEAL-CONTAINER",)),
    "made-up signature": Kindred(made_up_signature, ("seal.signature",), ("SEAL-SIGNATURE",)),
    "stranger's seal": Kindred(strangers_seal, ("seal.known key",), ("UNKNOWN-ISSUER",)),
    "new certificate": Kindred(new_certificate, ("seal.pinned chain",), ("SEAL-CHAIN",)),
    "stolen seal": Kindred(stolen_seal, ("seal.valid at issue",), ("SEAL-KEY-VALIDITY",)),
    "revision before the seal": Kindred(
        forged(Order(unsealed=unused_object)), ("increment.two revisions",), ("SEAL-INCREMENT",)
    ),
    "content freed": Kindred(
        forged(Order(unsealed=content_freed)),
        ("increment.two revisions", "increment.objects"),
        ("SEAL-INCREMENT",),
    ),
    "redrawn": Kindred(
        forged(Order(press=sealer(redrawn))), ("increment.objects",), ("SEAL-INCREMENT",)
    ),
    "other language": Kindred(
        forged(Order(press=sealer(other_language))), ("increment.catalogue",), ("SEAL-INCREMENT",)
    ),
    "other contents": Kindred(
        forged(Order(press=sealer(other_contents))), ("increment.page itself",), ("SEAL-INCREMENT",)
    ),
    "visible": Kindred(
        forged(Order(press=sealer(box=(10, 10, 90, 90)))),
        ("increment.invisible",),
        ("SEAL-INCREMENT",),
    ),
    "own form": Kindred(
        forged(Order(press=sealer(own_form))), ("increment.only the seal",), ("SEAL-INCREMENT",)
    ),
    "note over the figure": Kindred(
        forged(Order(press=sealer(note_over_figure))),
        ("increment.only the seal", "inert.annotations"),
        ("SEAL-INCREMENT",),
    ),
    "layers": Kindred(printed_with(layered), ("inert.catalogue",), ("PAGE-ACTIVE",)),
    "portfolio": Kindred(printed_with(portfolio), ("inert.catalogue",), ("PAGE-ACTIVE",)),
    "script on opening": Kindred(printed_with(on_opening), ("inert.catalogue",), ("PAGE-ACTIVE",)),
    "named script": Kindred(printed_with(named_script), ("inert.catalogue",), ("PAGE-ACTIVE",)),
    "script on a page": Kindred(printed_with(on_page), ("inert.pages",), ("PAGE-ACTIVE",)),
    "script on a bookmark": Kindred(
        printed_with(on_bookmark), ("inert.outlines",), ("PAGE-ACTIVE",)
    ),
    "stamp": Kindred(printed_with(stamped), ("inert.annotations",), ("PAGE-ACTIVE",)),
    "another figure on the page": Kindred(
        forged(Order(pages=Pages("0.001"))), ("page.as printed",), ("PAGE-DIFFERS",)
    ),
    "surplus attachment": Kindred(
        forged(Order(files=more), printer=None),
        ("attachments.nothing else",),
        ("ATTACHMENTS-WRONG",),
    ),
    "spaced receipt": Kindred(
        forged(Order(files=spaced), printer=None),
        ("attachments.one spelling",),
        ("ATTACHMENTS-WRONG",),
    ),
    "spaced body": Kindred(
        forged(Order(spelt=spelt_wide)), ("body.canonical",), ("BODY-NOT-CANONICAL",)
    ),
    "other schema": Kindred(forged(Order(body=other_schema)), ("body.schema",), ("BODY-SCHEMA",)),
    "nobody's": Kindred(forged(Order(body=nobodys)), ("body.closed",), ("BODY-MALFORMED",)),
    "no sample mark": Kindred(
        forged(
            Order(
                body=unmarked,
                sample=False,
                serial=real_serial("EX", 2026, 2, demo=False),
                pages=Pages(),
            )
        ),
        ("body.sample mark",),
        ("SAMPLE-MARK",),
    ),
    "unearned kind": Kindred(unearned, ("body.kind",), ("KIND-NOT-PERMITTED",)),
    "one person, four keys": Kindred(
        one_person_four_keys, ("body.approvers",), ("APPROVERS-WRONG",)
    ),
    "cheaper": Kindred(cheaper, ("body.sums",), ("BODY-SUMS",)),
    "recommitted": Kindred(recommitted, ("body.commitments",), ("BODY-COMMITMENTS",)),
    "surplus in the receipt": Kindred(
        forged(Order(receipt=surplus)), ("receipt.shape",), ("RECEIPT-MALFORMED",)
    ),
    "receipt of another body": Kindred(
        forged(Order(leaf=another_body)), ("receipt.same body",), ("RECEIPT-BODY",)
    ),
    "other fact": Kindred(other_fact, ("receipt.same facts",), ("RECEIPT-DIFFERS",)),
    "lookalike serial": Kindred(lookalike_serial, ("receipt.plain serial",), ("RECEIPT-SERIAL",)),
    "other issuer": Kindred(other_issuer, ("receipt.known issuer",), ("UNKNOWN-ISSUER",)),
    "stranger's checkpoint": Kindred(
        strangers_note, ("receipt.signed checkpoint",), ("CHECKPOINT-SIGNATURE",)
    ),
    "other proof": Kindred(other_proof, ("receipt.inclusion",), ("RECEIPT-PROOF",)),
    "no approvals": Kindred(
        forged(Order(approvals=nobody)), ("approvals.everyone",), ("APPROVAL-MISSING",)
    ),
    "another name": Kindred(
        forged(Order(body=other_name)),
        ("approvals.everyone",),
        ("APPROVAL-MISSING", "APPROVAL-MALFORMED"),
    ),
    "wrong role": Kindred(wrong_role, ("approvals.each holds",), ("APPROVAL-KEY",)),
    "retired approver": Kindred(retired_approver, ("approvals.each holds",), ("APPROVAL-KEY",)),
    "replayed approval": Kindred(replayed_approval, ("approvals.each holds",), ("APPROVAL-BODY",)),
    "altered approval": Kindred(
        forged(Order(approvals=altered_approval)),
        ("approvals.each holds",),
        ("APPROVAL-SIGNATURE",),
    ),
    "stranger's log": Kindred(strangers_log, ("log.trusted",), ("LOG-UNTRUSTED",)),
    "forked log": Kindred(forked_log, ("log.holds",), ("LOG-DIFFERS",)),
    "rolled-back log": Kindred(rolled_back_log, ("log.grows",), ("LOG-ROLLED-BACK",)),
    "revoked": Kindred(ended("revoked"), ("status.standing",), ("STATUS-REVOKED", "STATUS-REASON")),
    "superseded": Kindred(ended("superseded"), ("status.standing",), ("STATUS-SUPERSEDED",)),
    "suspended": Kindred(ended("suspended"), ("status.standing",), ("STATUS-SUSPENDED",)),
    "expired": Kindred(expired, ("status.standing",), ("STATUS-EXPIRED",)),
    "clock behind": Kindred(clock_behind, ("status.standing",), ("STATUS-NOT-ISSUED",)),
    "withdrawn in the list": Kindred(withdrawn_in_the_list, ("status.fresh",), ("STATUS-LIST",)),
    "forged list": Kindred(forged_list, ("status.fresh",), ("STATUS-LIST",)),
    "sealed again": Kindred(sealed_again, ("registered.registered",), ("BYTES-DIFFER",)),
    "disclosures of another body": Kindred(
        of_another_body, ("deep.deep 1.of this body",), ("DEEP-DISCLOSURES",)
    ),
    "other line": Kindred(other_line, ("deep.deep 1.commitments",), ("DEEP-COMMITMENT",)),
    "unlike its lines": Kindred(unlike_its_lines, ("deep.deep 1.sums",), ("DEEP-SUMS",)),
    "other inputs": Kindred(other_inputs, ("deep.deep 2.locked inputs",), ("DEEP-OTHER-INPUTS",)),
    "other result": Kindred(other_result, ("deep.deep 2.same lines",), ("DEEP-LINES",)),
    "other workbook": Kindred(
        other_workbook, ("deep.deep 3.locked workbook",), ("DEEP-OTHER-WORKBOOK",)
    ),
    "other system": Kindred(other_system, ("deep.deep 3.same system",), ("DEEP-INPUTS",)),
    **SMUGGLED,
    **STAMPED,
}


def without(checks: Any, names: tuple[str, ...]) -> Any:
    """Return the table of rules without some of them."""
    for name in names:
        check, _, rule = name.partition(".")
        table = getattr(checks, check)
        if check == "deep":
            level, _, rule = rule.partition(".")
            kept: Any = {**table, level: {k: v for k, v in table[level].items() if k != rule}}
        else:
            kept = {k: v for k, v in table.items() if k != rule}
        checks = replace(checks, **{check: kept})
    return checks


def all_rules(checks: Any) -> set[str]:
    """Return the name of every rule in the table."""
    names = {f.name for f in fields(checks)} - {"deep"}
    plain = {f"{check}.{rule}" for check in names for rule in getattr(checks, check)}
    return plain | {
        f"deep.{level}.{rule}" for level, table in checks.deep.items() for rule in table
    }

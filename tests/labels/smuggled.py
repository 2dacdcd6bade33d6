"""What somebody would try who has read how verification works: things said beside the page.

Two readings of one file, words and scripts that travel with the seal, proofs and lists that are
genuine and belong elsewhere. ``SMUGGLED`` has its control in the rules; ``BROKEN`` breaks the form
itself, and its control is the same document without the edit.
"""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name
from pyhanko.pdf_utils.generic import DictionaryObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.metadata.model import DocumentMetadata
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from labels.canonical import canonical, parse_object
from labels.keys import Purpose, SigningKey, new_key
from labels.registry.state import State
from labels.seal import lower_case_contents, pdf_signer
from labels.sign import detached_jws
from labels.verify.lists import StatusLists
from labels.view import DocumentView
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
    printed,
    printed_with,
    sealer,
    with_ended,
)

Edit = Callable[[pikepdf.Pdf], None]


# Two readings of one file -------------------------------------------------------------------------


def listed(pdf: pikepdf.Pdf) -> Any:
    """Return the flat list of names and files."""
    return pdf.Root.Names.EmbeddedFiles.Names


def body_file(pdf: pikepdf.Pdf) -> Any:
    names = list(listed(pdf))
    return next(
        file for key, file in zip(names[::2], names[1::2], strict=True) if "cert" in str(key)
    )


def a_file(pdf: pikepdf.Pdf, name: str) -> Any:
    data = pdf.make_stream(b'{"total":"0"}', Type=Name.EmbeddedFile)
    held = Dictionary(F=data, UF=data)
    return pdf.make_indirect(Dictionary(Type=Name.Filespec, F=name, UF=name, EF=held))


def second_list(pdf: pikepdf.Pdf) -> None:
    """Programs that go by the associated files get another body."""
    pdf.Root.AF = Array([a_file(pdf, "certificate.json")])


def two_contents(pdf: pikepdf.Pdf) -> None:
    body_file(pdf).EF.UF = pdf.make_stream(b'{"total":"0"}')


def two_names(pdf: pikepdf.Pdf) -> None:
    body_file(pdf).F = "invoice.exe"


def another_key(pdf: pikepdf.Pdf) -> None:
    listed(pdf)[0] = pikepdf.String("aaa.json")


def twice_named(pdf: pikepdf.Pdf) -> None:
    listed(pdf).append("certificate.json")
    listed(pdf).append(a_file(pdf, "certificate.json"))


def endless(pdf: pikepdf.Pdf) -> None:
    """A tree of names that holds itself, many times over."""
    node = pdf.make_indirect(Dictionary())
    node.Kids = Array([node] * 17)
    pdf.Root.Names.EmbeddedFiles = node


def behind_the_end(pdf: pikepdf.Pdf) -> None:
    """An archive behind the end of a compressed file, where readers stop to look."""
    data = body_file(pdf).EF.F
    packed = zlib.compress(data.read_bytes()) + b"PK\x03\x04"
    data.write(packed, filter=Name.FlateDecode)
    body_file(pdf).EF.UF = data


def bomb(pdf: pikepdf.Pdf) -> None:
    data = body_file(pdf).EF.F
    data.write(zlib.compress(bytes(65 << 20), 1), filter=Name.FlateDecode)


def page_files(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.AF = Array([a_file(pdf, "more.json")])


def on_closing(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AA = Dictionary(WC=Dictionary(S=Name.Launch, F="x"))


# With the seal ------------------------------------------------------------------------------------


def scripted_field(writer: IncrementalPdfFileWriter) -> None:
    """A script that starts when the pointer enters the seal's field."""
    append_signature_field(writer, SigFieldSpec("Seal", box=(0, 0, 0, 0), on_page=0))
    field = writer.root["/AcroForm"]["/Fields"][0].get_object()
    starts = DictionaryObject({pdf_name("/S"): pdf_name("/JavaScript")})
    field[pdf_name("/AA")] = DictionaryObject({pdf_name("/E"): starts})
    writer.update_container(field)


def wordy(pdf: bytes, key: SigningKey) -> bytes:
    """A seal with a reason and a place: readers show them as its words."""
    told = PdfSignatureMetadata(
        field_name="Seal",
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason="carbon neutral",
        location="verified by Example Body",
    )
    invisible, out = SigFieldSpec("Seal", box=(0, 0, 0, 0), on_page=0), io.BytesIO()
    signer = PdfSigner(told, signer=pdf_signer(key), new_field_spec=invisible)
    signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out)
    return lower_case_contents(out.getvalue())


def usage_rights(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/Perms")] = DictionaryObject({pdf_name("/UR3"): DictionaryObject()})
    writer.update_root()


def other_title(writer: IncrementalPdfFileWriter) -> None:
    """A title that came with the seal: it stands in the bar of the window."""
    writer._meta = DocumentMetadata(title="0.1 kg CO2e")


def saved_otherwise(pdf: bytes, edit: Edit = lambda opened: None, **how: Any) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        edit(opened)
        out = io.BytesIO()
        opened.save(out, deterministic_id=True, **how)
        return out.getvalue()


def packed_objects(pdf: bytes) -> bytes:
    return saved_otherwise(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def one_page_more(pdf: bytes) -> bytes:
    def edit(opened: pikepdf.Pdf) -> None:
        opened.add_blank_page(page_size=(283, 198))

    return saved_otherwise(pdf, edit)


def thief_of_an_old_key(shop: Workshop, rng: random.Random) -> Exhibit:
    """A page more, sealed with a key that had been retired."""
    trust = with_ended(shop.trust, Purpose.SEAL, T0)
    return shop.make(Order(unsealed=one_page_more), trust=trust, log=None)


class OtherSerial(Pages):
    """Pages that show another number than that of their receipt."""

    def documents(
        self, view: DocumentView, *, forms: Collection[str] | None = None
    ) -> Mapping[str, bytes]:
        if forms is not None and "label.pdf" not in forms:
            return {}
        figure = view.body["totals"][view.body["headline"]]["value"]
        said = f"% SAMPLE-9 {figure} {view.sample}"
        return {"label.pdf": printed(said.encode(), view.attachments)}


# Genuine, and elsewhere ---------------------------------------------------------------------------


def first_receipt(shop: Workshop, rng: random.Random) -> Exhibit:
    """The receipt of another record, proof and all."""

    def change(files: dict[str, bytes]) -> None:
        files["receipt.json"] = shop.files["public/receipt.json"]

    return shop.make(Order(files=change), log=None, printer=None)


def list_of_another_registry(shop: Workshop, rng: random.Random) -> Exhibit:
    key = new_key(Purpose.CHECKPOINT, "示例 Example", demo=True, now=T0)
    return shop.make(Order(), lists=lists_of(key, State.ISSUED))


def list_of_another_purpose(shop: Workshop, rng: random.Random) -> Exhibit:
    tokens = lists_of(shop.keys["note"], State.ISSUED).tokens
    return shop.make(Order(), lists=StatusLists({"revocation": tokens["suspension"]}))


def fork(shop: Workshop, rng: random.Random) -> Exhibit:
    """A checkpoint kept from a log of the same length that went another way."""
    exhibit = shop.make(Order())
    assert exhibit.log is not None
    other = canonical({"serial": "SAMPLE-9", "type": "void"})
    return replace(exhibit, seen=shop.note([*exhibit.log.leaves[:-1], other]))


# In the data --------------------------------------------------------------------------------------


def figure(value: str) -> Make:
    def change(body: Fields) -> None:
        body["totals"]["excluding_biogenic_co2"]["value"] = value

    return forged(Order(body=change), log=None, printer=None)


def lookalike_issuer(body: Fields) -> None:
    body["issuer"]["id"] = f"\N{FULLWIDTH LATIN CAPITAL LETTER E}{body['issuer']['id'][1:]}"


def noted(leaf: Fields) -> None:
    leaf["note"] = "climate neutral"


def truth_for_a_number(receipt: Fields) -> None:
    receipt["index"] = True


def surplus_member(shop: Workshop, rng: random.Random) -> Exhibit:
    """Words in the signed data that no page shows."""

    def change(body: Fields) -> None:
        inner = (body["product"], body["stages"][0], body["product"]["name"], body["lock"])
        rng.choice((body, *inner))["claim"] = "climate neutral"

    return shop.make(Order(body=change), log=None, printer=None)


def endless_text(body: Fields) -> None:
    body["product"]["name"]["en"] += "!" * 40_000


def endless_list(body: Fields) -> None:
    body["exclusions"] = [{"zh": "无", "en": "none " * 700}] * 400


def attached(name: str, change: Callable[[Fields], Any]) -> Make:
    """Change what an attachment beside the body says; its spelling stays."""

    def edit(files: dict[str, bytes]) -> None:
        said = dict(parse_object(files[name]))
        change(said)
        files[name] = canonical(said)

    return forged(Order(files=edit), log=None, printer=None)


def speech(shop: Workshop, rng: random.Random) -> Exhibit:
    """A preparer who says more than his role does, under his own signature."""

    def change(approvals: list[Any]) -> None:
        payload = approvals[0]["payload"]
        payload["statement"]["fr"] = "neutre en carbone"
        approvals[0]["jws"] = detached_jws(payload, shop.keys["preparer"])

    return shop.make(Order(approvals=change), log=None, printer=None)


SMUGGLED: Mapping[str, Kindred] = {
    "surplus member": Kindred(surplus_member, ("body.closed",), ("BODY-SURPLUS",)),
    "text without end": Kindred(
        forged(Order(body=endless_text), log=None, printer=None),
        ("body.closed",),
        ("BODY-OVERSIZE",),
    ),
    "list without end": Kindred(
        forged(Order(body=endless_list), log=None, printer=None),
        ("body.closed",),
        ("BODY-OVERSIZE",),
    ),
    "speech in an approval": Kindred(speech, ("approvals.each holds",), ("APPROVAL-MALFORMED",)),
    "words beside the rendering": Kindred(
        attached("rendering.json", lambda said: said.update(note="climate neutral")),
        ("attachments.closed",),
        ("ATTACHMENTS-WRONG",),
    ),
    "second list of files": Kindred(
        printed_with(second_list), ("attachments.associated",), ("ATTACHMENTS-WRONG",)
    ),
    "two contents of one file": Kindred(
        printed_with(two_contents), ("attachments.one meaning",), ("ATTACHMENTS-WRONG",)
    ),
    "two names of one file": Kindred(
        printed_with(two_names), ("attachments.one meaning",), ("ATTACHMENTS-WRONG",)
    ),
    "another key of a file": Kindred(
        printed_with(another_key), ("attachments.one meaning",), ("ATTACHMENTS-WRONG",)
    ),
    "files of a page": Kindred(printed_with(page_files), ("inert.pages",), ("PAGE-ACTIVE",)),
    "program on closing": Kindred(printed_with(on_closing), ("inert.catalogue",), ("PAGE-ACTIVE",)),
    "script in the seal's field": Kindred(
        forged(Order(press=sealer(scripted_field, new=False))),
        ("increment.plain seal",),
        ("SEAL-INCREMENT",),
    ),
    "words in the seal": Kindred(
        forged(Order(press=wordy)), ("increment.plain seal",), ("SEAL-INCREMENT",)
    ),
    "usage rights": Kindred(
        forged(Order(press=sealer(usage_rights))), ("increment.plain seal",), ("SEAL-INCREMENT",)
    ),
    "another title": Kindred(
        forged(Order(press=sealer(other_title))), ("increment.description",), ("SEAL-INCREMENT",)
    ),
    "objects packed": Kindred(
        forged(Order(unsealed=packed_objects)), ("page.as printed",), ("PAGE-DIFFERS",)
    ),
    "one page more": Kindred(
        forged(Order(unsealed=one_page_more)), ("page.as printed",), ("PAGE-DIFFERS",)
    ),
    "one page more by an old key": Kindred(
        thief_of_an_old_key,
        ("seal.valid at issue", "page.as printed"),
        ("SEAL-KEY-VALIDITY", "PAGE-DIFFERS"),
    ),
    "another serial on the page": Kindred(
        forged(Order(pages=OtherSerial())), ("page.as printed",), ("PAGE-DIFFERS",)
    ),
    "receipt of another record": Kindred(first_receipt, ("receipt.same body",), ("RECEIPT-BODY",)),
    "surplus in the leaf": Kindred(
        forged(Order(leaf=noted)), ("receipt.shape",), ("RECEIPT-MALFORMED",)
    ),
    "truth for a number": Kindred(
        forged(Order(receipt=truth_for_a_number)), ("receipt.shape",), ("RECEIPT-MALFORMED",)
    ),
    "lookalike issuer": Kindred(
        forged(Order(body=lookalike_issuer)), ("receipt.known issuer",), ("UNKNOWN-ISSUER",)
    ),
    "figure beyond all numbers": Kindred(figure("1e400"), ("body.sums",), ("BODY-MALFORMED",)),
    "figure that is none": Kindred(figure("NaN"), ("body.sums",), ("BODY-MALFORMED",)),
    "list of another registry": Kindred(
        list_of_another_registry, ("status.fresh",), ("STATUS-LIST",)
    ),
    "list of another purpose": Kindred(
        list_of_another_purpose, ("status.fresh",), ("STATUS-LIST",)
    ),
    "checkpoint of a fork": Kindred(fork, ("log.grows",), ("LOG-ROLLED-BACK",)),
}


def written(name: str, data: Callable[[bytes], bytes]) -> Make:
    """Write an attachment in other bytes."""

    def change(files: dict[str, bytes]) -> None:
        files[name] = data(files[name])

    return forged(Order(files=change), log=None, printer=None)


BROKEN: Mapping[str, Make] = {
    "a name twice": printed_with(twice_named),
    "names without end": printed_with(endless),
    "behind the end of a file": printed_with(behind_the_end),
    "a file that swells": printed_with(bomb),
    "a member twice": written(
        "receipt.json", lambda data: data.replace(b"{", b'{"serial":"SAMPLE-9",', 1)
    ),
    "nested too deeply": written("approvals.json", lambda data: b"[" * 10**5 + b"]" * 10**5),
    "another encoding": written("receipt.json", lambda data: data.decode().encode("utf-16")),
    "a mark before the text": written("receipt.json", lambda data: b"\xef\xbb\xbf" + data),
    "a number beyond all": written(
        "receipt.json", lambda data: data.replace(b'"index":1', b'"index":1e400')
    ),
    "no number": written("receipt.json", lambda data: data.replace(b'"index":1', b'"index":NaN')),
}
"""Refused before any rule is asked, as attachments that cannot be read."""

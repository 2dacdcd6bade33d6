"""Verification: a good document is valid, every tampered one is not, and the report says why."""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from weasyprint import HTML

from factors.errors import VerifyError
from factors.texts import LANGS, catalogue
from labels.bundle import Bundle, read_bundle
from labels.canonical import canonical, parse_object, sha256
from labels.issue import Issued, issue
from labels.keys import Purpose
from labels.registry.entries import event_leaf
from labels.registry.export import LogView, export_log, read_view, view_of
from labels.registry.log import append
from labels.registry.state import Event
from labels.registry.store import Store
from labels.render import documents as render
from labels.seal import seal
from labels.trust import TrustFile, trust_file
from labels.verify import DeepInputs, Report, deep_inputs, read_document, verify
from labels.verify.attachments import attachments
from labels.verify.pagetext import page_text
from labels.verify.report import Check, Outcome
from labels.view import DocumentView
from tests.labels.desk_help import (
    T0,
    WORKBOOK,
    PlainPages,
    approved_draft,
    demo_store,
    issued,
    office,
    submission,
)

LATER = T0 + dt.timedelta(days=1)


class World(NamedTuple):
    store: Store
    record: Issued
    trust: TrustFile
    log: LogView

    @property
    def label(self) -> bytes:
        return self.record.files["public/label.pdf"]

    @property
    def bundle(self) -> Bundle:
        return read_bundle(attachments(self.label))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    store = demo_store(tmp_path_factory.mktemp("world") / "registry")
    issued(store, "EX-OTHER")
    draft = approved_draft(store, submission(valid_until=dt.date(2027, 12, 31)))
    record = issue(office(store), draft)
    return World(store, record, store.trust, view_of(store))


def judge(world: World, pdf: bytes | None = None, **more: Any) -> Report:
    options: dict[str, Any] = {
        "trust": world.trust,
        "log": world.log,
        "now": LATER,
        "printer": PlainPages(),
    }
    return verify(world.label if pdf is None else pdf, **(options | more))


def resealed(world: World, bundle: Bundle, pages: PlainPages | None = None) -> bytes:
    """Print a changed bundle and seal it with the issuer's own key: a dishonest or careless issuer.

    Only the checks behind the seal can notice these.
    """
    unsigned = (pages or PlainPages()).documents(bundle.view())["label.pdf"]
    return seal(unsigned, world.store.key(Purpose.SEAL))


def body_with(world: World, change: Callable[[dict[str, Any]], None]) -> Bundle:
    body = dict(parse_object(world.bundle.body))
    change(body)
    return replace(world.bundle, body=canonical(body))


# Good documents -----------------------------------------------------------------------------------


def test_a_good_document_is_valid_in_every_respect(world: World) -> None:
    report = judge(world)
    assert report.valid
    assert (report.status, report.registered, report.exit_code) == ("valid", "match", 0)
    assert all(check.outcome is Outcome.PASS for check in report.checks)


@pytest.mark.parametrize("name", ["public/label.pdf", "public/report.pdf", "sealed/report.pdf"])
def test_every_signed_file_is_valid(world: World, name: str) -> None:
    assert judge(world, world.record.files[name]).valid


def test_a_static_export_is_as_good_as_the_registry(world: World, tmp_path: Path) -> None:
    export_log(world.store, tmp_path)
    assert judge(world, log=read_view(tmp_path)) == judge(world)


def test_without_a_registry_what_was_not_checked_is_said(world: World) -> None:
    report = judge(world, log=None, printer=None)
    assert report.valid
    assert (report.status, report.registered) == ("not checked", "not checked")
    open_ = {check.name for check in report.checks if check.outcome is Outcome.NOT_CHECKED}
    assert open_ == {"page", "log", "status", "registered bytes"}


def test_the_report_is_told_in_both_languages(world: World) -> None:
    for report in (judge(world), judge(world, trust=None), judge(world, b"junk")):
        told = {lang: report.render(lang) for lang in LANGS}
        assert told["zh"] != told["en"]
        assert json.loads(json.dumps(report.to_json()))["valid"] is report.valid


# Who issued it ------------------------------------------------------------------------------------


def test_an_unknown_issuer_is_not_valid_and_the_report_is_still_printed(world: World) -> None:
    report = judge(world, trust=None, log=None)
    assert not report.valid
    assert "UNKNOWN-ISSUER" in report.codes
    assert report.subject["serial"] == world.record.serial
    stranger = trust_file("OTHER", world.trust.origin, (), demo=True)
    report = judge(world, trust=stranger, log=None)
    assert {"UNKNOWN-ISSUER", "APPROVAL-KEY", "CHECKPOINT-SIGNATURE"} <= set(report.codes)
    renamed = trust_file("OTHER", world.trust.origin, world.trust.keys, demo=True)
    assert judge(world, trust=renamed, log=None).codes == ("UNKNOWN-ISSUER",)


def test_a_key_that_came_later_vouches_for_nothing_earlier(world: World) -> None:
    keys = [replace(key, valid_from=T0 + dt.timedelta(hours=1)) for key in world.trust.keys]
    young = trust_file(world.trust.issuer, world.trust.origin, keys, demo=True)
    assert set(judge(world, trust=young).codes) == {"SEAL-KEY-VALIDITY", "APPROVAL-KEY"}


def test_a_key_that_ended_later_still_vouches(world: World) -> None:
    keys = [replace(key, valid_until=T0 + dt.timedelta(hours=1)) for key in world.trust.keys]
    old = trust_file(world.trust.issuer, world.trust.origin, keys, demo=True)
    assert judge(world, trust=old, now=T0 + dt.timedelta(days=300)).valid


def test_documents_outlive_the_certificates_of_their_seal(world: World) -> None:
    """Twenty years on only the validity of the record itself has ended."""
    report = judge(world, now=T0 + dt.timedelta(days=20 * 365))
    assert report.codes == ("STATUS-EXPIRED",)


# Tampered files -----------------------------------------------------------------------------------


def rewritten(pdf: bytes, name: str, data: bytes) -> bytes:
    """Swap an attachment with an ordinary PDF editor."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.attachments[name] = pikepdf.AttachedFileSpec(
            opened,
            data,
            filename=name,
            description="",
            mime_type="application/json",
            creation_date="",
            mod_date="",
        )
        out = io.BytesIO()
        opened.save(out)
        return out.getvalue()


def test_a_swapped_attachment_is_refused_and_named(world: World) -> None:
    better = dict(parse_object(world.bundle.body))
    better["client"] = {"id": "X", "name": {"zh": "甲", "en": "A"}}
    report = judge(world, rewritten(world.label, "certificate.json", canonical(better)))
    assert not report.valid
    assert {"RECEIPT-BODY", "APPROVAL-BODY"} <= set(report.codes)
    assert {found for found in report.codes if found.startswith("SEAL-")}


def test_appended_bytes_are_refused(world: World) -> None:
    for tail in (b" ", b"\n%%EOF\n", b"% junk", b"\x00"):
        assert judge(world, world.label + tail).codes[0] == "SEAL-COVERAGE"
    assert "BYTES-DIFFER" in judge(world, world.label + b" ").codes


def test_sampled_flips_and_cuts_are_refused_without_an_exception(world: World) -> None:
    rng = random.Random(7)
    for _ in range(80):
        place = rng.randrange(len(world.label))
        flipped = bytes([world.label[place] ^ (1 << rng.randrange(8))])
        changed = world.label[:place] + flipped + world.label[place + 1 :]
        assert not judge(world, changed, printer=None).valid
    for _ in range(30):
        assert not judge(world, world.label[: rng.randrange(len(world.label))]).valid


@settings(max_examples=100)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_report(data: bytes) -> None:
    for pdf in (data, b"%PDF-1.7\n" + data, b"%PDF-1.7\n1 0 obj\n" + data + b"\n%%EOF"):
        report = verify(pdf, trust=None, now=T0)
        assert not report.valid
        assert report.codes


def test_what_is_no_pdf_is_unreadable(world: World) -> None:
    for data in (b"", b"PK\x03\x04", b"<html>"):
        report = judge(world, data)
        assert (report.exit_code, report.codes) == (2, ("SEAL-STRUCTURE",))
    assert judge(world, world.label + b" ").exit_code == 1


# Behind a good seal -------------------------------------------------------------------------------


def test_the_same_content_sealed_again_is_not_what_was_registered(world: World) -> None:
    report = judge(world, resealed(world, world.bundle))
    assert report.registered == "differs"
    assert report.codes == ("BYTES-DIFFER",)


def cheaper(body: dict[str, Any]) -> None:
    body["totals"]["excluding_biogenic_co2"]["value"] = "0.1"


def recommitted(body: dict[str, Any]) -> None:
    body["commitments"]["leaves"][0] = "0" * 64


def promoted(body: dict[str, Any]) -> None:
    body["kind"] = "certificate_of_conformity"


def unmarked(body: dict[str, Any]) -> None:
    body["issuer"]["demo"] = False


def other_schema(body: dict[str, Any]) -> None:
    body["schema"] = "carbonlabel-certificate/9"


def prolonged(body: dict[str, Any]) -> None:
    body["validity"]["until"] = "2099-12-31"


def gutted(body: dict[str, Any]) -> None:
    del body["stages"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (cheaper, "BODY-SUMS"),
        (recommitted, "BODY-COMMITMENTS"),
        (promoted, "KIND-NOT-PERMITTED"),
        (promoted, "APPROVERS-WRONG"),
        (unmarked, "SAMPLE-MARK"),
        (other_schema, "BODY-SCHEMA"),
        (prolonged, "RECEIPT-DIFFERS"),
        (gutted, "BODY-MALFORMED"),
    ],
)
def test_a_changed_body_is_refused(
    world: World, change: Callable[[dict[str, Any]], None], code: str
) -> None:
    codes = judge(world, resealed(world, body_with(world, change))).codes
    assert {code, "RECEIPT-BODY", "APPROVAL-BODY"} <= set(codes)


def test_a_body_in_another_spelling_is_refused(world: World) -> None:
    spaced = json.dumps(parse_object(world.bundle.body), ensure_ascii=False).encode()
    codes = judge(world, resealed(world, replace(world.bundle, body=spaced))).codes
    assert {"BODY-NOT-CANONICAL", "RECEIPT-BODY"} <= set(codes)


def test_missing_or_foreign_approvals_are_refused(world: World) -> None:
    bundle = world.bundle
    none = resealed(world, replace(bundle, approvals=[]))
    assert judge(world, none).codes[:1] == ("APPROVAL-MISSING",)
    twice = resealed(world, replace(bundle, approvals=[*bundle.approvals, *bundle.approvals]))
    assert "APPROVAL-MALFORMED" in judge(world, twice).codes
    odd = resealed(world, replace(bundle, approvals=[{"payload": {}}]))
    assert "APPROVAL-MALFORMED" in judge(world, odd).codes
    forged = json.loads(canonical(bundle.approvals[0]))
    forged["payload"]["statement"]["en"] = "I approve of everything."
    other = resealed(world, replace(bundle, approvals=[forged]))
    assert "APPROVAL-SIGNATURE" in judge(world, other).codes


def test_a_receipt_of_another_record_is_refused(world: World) -> None:
    first = issued(world.store, "EX-OTHER")
    codes = judge(world, resealed(world, replace(world.bundle, receipt=first.receipt))).codes
    assert "RECEIPT-BODY" in codes


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("leaf", "status_index"), 7, "RECEIPT-PROOF"),
        (("leaf", "time"), "2020-01-01T00:00:00Z", "RECEIPT-PROOF"),
        (("index",), 1, "RECEIPT-PROOF"),
        (("proof",), [], "RECEIPT-PROOF"),
        (("proof",), ["zz"], "RECEIPT-MALFORMED"),
        (("serial",), "SAMPLE-77", "RECEIPT-DIFFERS"),
        (("issuer",), "OTHER", "RECEIPT-DIFFERS"),
        (("schema",), "x", "RECEIPT-MALFORMED"),
        (("leaf", "type"), "void", "RECEIPT-MALFORMED"),
        (("checkpoint",), "x", "CHECKPOINT-SIGNATURE"),
        (("checkpoint",), 7, "RECEIPT-MALFORMED"),
    ],
)
def test_a_changed_receipt_is_refused(
    world: World, path: tuple[str, ...], value: object, code: str
) -> None:
    receipt = json.loads(canonical(world.bundle.receipt))
    target = receipt
    for name in path[:-1]:
        target = target[name]
    target[path[-1]] = value
    assert code in judge(world, resealed(world, replace(world.bundle, receipt=receipt))).codes


class Embellished(PlainPages):
    """Pages that show something else than the body says."""

    def documents(
        self, view: DocumentView, *, forms: Collection[str] | None = None
    ) -> Mapping[str, bytes]:
        nicer = json.loads(canonical(view.body))
        nicer["totals"]["excluding_biogenic_co2"]["value"] = "0.001"
        return super().documents(replace(view, body=nicer), forms=forms)


def test_a_page_that_does_not_follow_from_the_body_is_refused(world: World) -> None:
    report = judge(world, resealed(world, world.bundle, Embellished()))
    assert report.codes[0] == "PAGE-DIFFERS"


class Failing(PlainPages):
    def documents(
        self, view: DocumentView, *, forms: Collection[str] | None = None
    ) -> Mapping[str, bytes]:
        del view, forms
        raise ZeroDivisionError


def test_a_renderer_that_fails_leaves_the_page_unchecked(world: World) -> None:
    report = judge(world, printer=Failing())
    assert report.valid
    assert outcome(report, "page").findings[0].code == "PAGE-NOT-COMPARED"


def outcome(report: Report, name: str) -> Check:
    return next(check for check in report.checks if check.name == name)


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files.pop("receipt.json"),
        lambda files: files.update({"more.json": b"{}"}),
        lambda files: files.update({"receipt.json": b'{ "a": 1 }'}),
        lambda files: files.update({"approvals.json": b"{}"}),
        lambda files: files.update({"rendering.json": b"{}"}),
        lambda files: files.update({"receipt.json": b"\xff"}),
    ],
)
def test_wrong_attachments_are_refused(
    world: World, change: Callable[[dict[str, bytes]], object]
) -> None:
    files = attachments(world.label)
    change(files)
    view = replace(world.bundle.view(), attachments=files)
    pdf = seal(PlainPages().documents(view)["label.pdf"], world.store.key(Purpose.SEAL))
    assert "ATTACHMENTS-WRONG" in judge(world, pdf, log=None).codes


def test_a_bomb_among_the_attachments_is_refused(world: World) -> None:
    bomb = zlib.compress(bytes(100_000_000), 9)
    pdf = pikepdf.new()
    pdf.add_blank_page()
    stream = pikepdf.Stream(pdf, bomb)
    stream.Filter = pikepdf.Name.FlateDecode
    specification = pikepdf.Dictionary(
        Type=pikepdf.Name.Filespec, F="x", UF="x", EF=pikepdf.Dictionary(F=stream)
    )
    names = pikepdf.Array(["x", pdf.make_indirect(specification)])
    pdf.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=names))
    out = io.BytesIO()
    pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    assert len(out.getvalue()) < 200_000
    with pytest.raises(ValueError, match="size"):
        attachments(out.getvalue())


# Status and registered bytes ----------------------------------------------------------------------


def with_event(event: Event, folder: Path) -> tuple[World, dt.datetime]:
    store = demo_store(folder)
    record = issued(store)
    moment = T0 + dt.timedelta(days=10)
    with store.write() as tx:
        leaf = event_leaf(event, record.serial, "test", moment)
        append(tx, leaf, store.trust, [store.key(Purpose.CHECKPOINT)], moment)
    return World(store, record, store.trust, view_of(store)), moment


@pytest.mark.parametrize("event", [Event.SUSPEND, Event.REVOKE, Event.SUPERSEDE])
def test_status_follows_the_log_and_the_day_asked_for(event: Event, tmp_path: Path) -> None:
    world, moment = with_event(event, tmp_path / "registry")
    after = judge(world, now=moment + dt.timedelta(days=1))
    assert after.status == str(event)
    assert after.codes == (f"STATUS-{event.upper()}",)
    assert judge(world, now=moment, at=T0.date()).status == "valid"
    early = judge(world, now=moment, at=T0.date() - dt.timedelta(days=1))
    assert early.codes == ("STATUS-NOT-ISSUED",)


def test_expiry_is_at_the_end_of_the_last_day_even_without_a_registry(world: World) -> None:
    last = dt.date(2027, 12, 31)
    for log in (world.log, None):
        assert judge(world, at=last, log=log).valid
        report = judge(world, at=last + dt.timedelta(days=1), log=log)
        assert (report.status, report.codes) == ("expired", ("STATUS-EXPIRED",))


def test_the_log_of_another_registry_is_refused(world: World, tmp_path: Path) -> None:
    other = demo_store(tmp_path / "registry")
    issued(other)
    report = judge(world, log=view_of(other))
    assert "LOG-UNTRUSTED" in report.codes


def test_a_log_that_lost_the_record_is_noticed(world: World) -> None:
    forked = replace(world.log, leaves=(*world.log.leaves[:2], *world.log.leaves[:2]))
    report = judge(world, log=forked)
    assert {"LOG-DIFFERS", "STATUS-NOT-ISSUED"} <= set(report.codes)


# Deep ---------------------------------------------------------------------------------------------


def deep(world: World, **more: Any) -> DeepInputs:
    files = world.record.files
    known: dict[str, Any] = {
        "disclosures": files["sealed/disclosures.json"],
        "footprint": files["sealed/footprint.json"],
        "system": files["sealed/system.json"],
        "workbook": WORKBOOK,
        "recompute": lambda system: json.loads(files["sealed/footprint.json"]),
        "convert": lambda workbook: json.loads(files["sealed/system.json"]),
    }
    return DeepInputs(**(known | more))


def test_all_three_levels(world: World) -> None:
    report = judge(world, deep=deep(world))
    assert (report.valid, report.deep, report.committed) == (True, 3, 0)


def test_a_public_document_alone_says_how_many_lines_it_took_as_committed(world: World) -> None:
    report = judge(world, deep=DeepInputs())
    assert (report.valid, report.deep, report.committed) == (True, 0, 15)
    assert outcome(report, "deep 1").findings[0].code == "DEEP-COMMITTED"


def test_a_sealed_copy_carries_its_own_disclosures(world: World) -> None:
    report = judge(world, world.record.files["sealed/report.pdf"], deep=DeepInputs())
    assert (report.valid, report.deep) == (True, 1)


def opened(world: World) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(world.record.files["sealed/disclosures.json"])
    return loaded


def test_some_opened_lines_leave_the_others_committed(world: World) -> None:
    some = opened(world)
    some["lines"] = some["lines"][3:5]
    report = judge(world, deep=deep(world, disclosures=canonical(some)))
    assert (report.valid, report.deep, report.committed) == (True, 0, 13)
    assert dict(outcome(report, "deep 1").findings[0].params)["lines"] == "0-2, 5-14"


def changed_line(record: dict[str, Any]) -> None:
    record["lines"][2]["line"]["amount"] = "9"


def changed_salt(record: dict[str, Any]) -> None:
    record["lines"][2]["salt"] = "00" * 16


def moved_line(record: dict[str, Any]) -> None:
    record["lines"][2]["index"] = 3


def beyond(record: dict[str, Any]) -> None:
    record["lines"][2]["index"] = 99


def other_body(record: dict[str, Any]) -> None:
    record["body"] = "0" * 64


def no_lines(record: dict[str, Any]) -> None:
    record["lines"] = 7


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (changed_line, "DEEP-COMMITMENT"),
        (changed_salt, "DEEP-COMMITMENT"),
        (moved_line, "DEEP-COMMITMENT"),
        (beyond, "DEEP-COMMITMENT"),
        (other_body, "DEEP-DISCLOSURES"),
        (no_lines, "DEEP-DISCLOSURES"),
    ],
)
def test_disclosures_that_do_not_open_the_body_are_refused(
    world: World, change: Callable[[dict[str, Any]], None], code: str
) -> None:
    record = opened(world)
    change(record)
    report = judge(world, deep=deep(world, disclosures=canonical(record)))
    assert report.codes[0] == code
    assert report.deep == 0


def test_lines_that_do_not_give_the_totals_are_refused(world: World) -> None:
    """A body composed by hand: consistent by itself, but not the sum of its lines."""
    from_lines = opened(world)

    def shift(body: dict[str, Any]) -> None:
        for stage in body["stages"][:1]:
            stage["value"] = "0.1595483566"
        body["stages"][1]["value"] = "0.0324539858"

    bundle = body_with(world, shift)
    from_lines["body"] = sha256(bundle.body)
    report = judge(
        world,
        resealed(world, bundle),
        deep=deep(world, disclosures=canonical(from_lines)),
    )
    assert "DEEP-SUMS" in report.codes


def test_other_inputs_and_other_results_are_refused(world: World) -> None:
    footprint = json.loads(world.record.files["sealed/footprint.json"])
    footprint["lines"][0]["value"] = "1"

    def fails(data: object) -> Mapping[str, Any]:
        raise ZeroDivisionError

    cases: list[tuple[dict[str, Any], str]] = [
        ({"system": b"{}"}, "DEEP-OTHER-INPUTS"),
        ({"footprint": b"{}"}, "DEEP-OTHER-INPUTS"),
        ({"recompute": lambda system: footprint}, "DEEP-LINES"),
        ({"recompute": lambda system: {"lines": []}}, "DEEP-LINES"),
        ({"recompute": fails}, "DEEP-FAILED"),
        ({"workbook": b"PK"}, "DEEP-OTHER-WORKBOOK"),
        ({"convert": lambda workbook: {"other": "1"}}, "DEEP-INPUTS"),
        ({"convert": fails}, "DEEP-FAILED"),
    ]
    for change, code in cases:
        assert code in judge(world, deep=deep(world, **change)).codes


def test_another_installation_accuses_nobody(world: World) -> None:
    """With another model or other factors than those locked a difference proves nothing."""
    newer = json.loads(world.record.files["sealed/footprint.json"])
    newer["lines"][0]["value"] = "1"
    newer["lock"]["factor_set"] = "9" * 64
    report = judge(world, deep=deep(world, recompute=lambda system: newer))
    assert (report.valid, report.deep) == (True, 1)
    assert outcome(report, "deep 2").findings[0].code == "DEEP-OTHER-VERSION"
    other = {**json.loads(world.record.files["sealed/system.json"]), "model": {"sha256": "9"}}
    report = judge(world, deep=deep(world, convert=lambda workbook: other))
    assert outcome(report, "deep 3").findings[0].code == "DEEP-OTHER-VERSION"


def test_a_level_that_cannot_be_checked_says_what_is_missing(world: World) -> None:
    report = judge(world, deep=deep(world, recompute=None, convert=None))
    assert (report.valid, report.deep) == (True, 1)
    assert outcome(report, "deep 2").findings[0].code == "DEEP-NOT-CHECKED"


def test_the_sealed_folder_is_all_a_deep_verification_needs(world: World, tmp_path: Path) -> None:
    for name, data in world.record.files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    known = deep(world)
    found = deep_inputs(tmp_path / "sealed", None, known.recompute, known.convert)
    assert found == known
    with pytest.raises(VerifyError, match="DOCUMENT-UNREADABLE"):
        read_document(tmp_path / "absent.pdf")


# The text of pages --------------------------------------------------------------------------------


def printed(text: str, font: str = "sans-serif") -> bytes:
    page = f'<p style="font-family: {font}">{text}</p><svg><text y="20">shape</text></svg>'
    pdf: bytes = HTML(string=page).write_pdf(pdf_variant="pdf/a-3u")
    return pdf


class InAnotherFont(PlainPages):
    """Real pages, printed with this font."""

    def __init__(self, font: str, templates: str = "1", figure: str = "") -> None:
        self.font, self.templates, self.figure = font, templates, figure

    def record(self) -> Mapping[str, Any]:
        font = {"name": self.font, "sha256": ""}
        return {"renderer": {}, "templates": {"t": self.templates}, "font": font}

    def documents(
        self, view: DocumentView, *, forms: Collection[str] | None = None
    ) -> Mapping[str, bytes]:
        if forms is not None and "label.pdf" not in forms:
            return {}
        figure = self.figure or view.body["totals"][view.body["headline"]]["value"]
        page = f'<p style="font-family: {self.font}">碳足迹 {figure} kg</p>'
        pdf = pikepdf.open(io.BytesIO(HTML(string=page).write_pdf()))
        for name, data in view.attachments.items():
            pdf.attachments[name] = pikepdf.AttachedFileSpec(
                pdf,
                data,
                filename=name,
                description="",
                mime_type="application/json",
                creation_date="",
                mod_date="",
            )
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
        return {"label.pdf": out.getvalue()}


def test_with_another_font_the_text_is_compared_and_that_is_said(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "registry")
    record = issue(office(store, renderer=InAnotherFont("serif")), approved_draft(store))
    world = World(store, record, store.trust, view_of(store))
    same = judge(world, printer=InAnotherFont("serif"))
    assert outcome(same, "page") == Check("page", Outcome.PASS)
    other = judge(world, printer=InAnotherFont("sans-serif"))
    assert other.valid
    assert outcome(other, "page").findings[0].code == "PAGE-TEXT-ONLY"
    wrong = judge(world, printer=InAnotherFont("sans-serif", figure="0.1"))
    assert wrong.codes == ("PAGE-DIFFERS",)
    newer = judge(world, printer=InAnotherFont("sans-serif", "2", figure="0.1"))
    assert newer.valid
    assert outcome(newer, "page").findings[0].code == "PAGE-NOT-COMPARED"


def test_page_text_reads_our_pages_and_nothing_else(world: World) -> None:
    (shown,) = page_text(printed("碳足迹 0.812 kg CO<sub>2</sub>e/L"))
    assert shown.startswith("碳足迹0.812kgCO2e/L")
    with pytest.raises(ValueError, match="PdfReadError"):
        page_text(b"%PDF-1.7 junk")


def test_the_real_pages_of_every_file_are_compared_with_the_body(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "registry")
    record = issue(office(store, renderer=render), approved_draft(store))
    world = World(store, record, store.trust, view_of(store))
    for name, pdf in record.files.items():
        if name.endswith(".pdf"):
            report = judge(world, pdf, printer=render)
            assert report.valid
            assert outcome(report, "page") == Check("page", Outcome.PASS)
            assert all(len(text) > 100 for text in page_text(pdf)[:1])


# Texts --------------------------------------------------------------------------------------------


def test_every_check_and_outcome_has_its_words(world: World) -> None:
    words = catalogue()["verify"]
    report = judge(world, deep=deep(world))
    for check in report.checks:
        assert f"check_{check.name.replace(' ', '_')}" in words
    for name in report.subject:
        assert f"subject_{name}" in words
    for one in Outcome:
        assert f"outcome_{one.replace(' ', '_')}" in words

"""Issuing: whatever dies wherever, nothing acknowledged is lost and nothing is issued twice."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import signal
import zlib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import pytest

from factors.errors import FindingsError, IssueError
from factors.findings import Finding, finding
from labels.canonical import sha256
from labels.issue import STEPS, Issued, Recovered, issue, recover
from labels.keys import Purpose, new_key
from labels.registry.check import check
from labels.registry.desk import Submission, approve, safe_name, submit
from labels.registry.export import view_of
from labels.registry.records import all_reservations, get_files
from labels.registry.rekey import Rekey, rotate
from labels.registry.state import State
from labels.registry.store import DOCUMENTS, Store, open_store
from labels.verify import verify
from labels.verify.attachments import attachments
from labels.view import DocumentView
from tests.labels.desk_help import (
    T0,
    WORKBOOK,
    Clock,
    PlainPages,
    approved_draft,
    demo_store,
    issued,
    office,
    submission,
)
from tests.labels.example import footprint

PUBLIC = {
    "label.pdf",
    "report.pdf",
    "certificate.json",
    "receipt.json",
    "approvals.json",
    "rendering.json",
}
SEALED = {"report.pdf", "disclosures.json", "system.json", "footprint.json", "filled.xlsx"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return demo_store(tmp_path / "registry")


# The order of issuing -----------------------------------------------------------------------------


def test_the_steps_come_in_their_order_and_the_acknowledgement_last(
    store: Store, tmp_path: Path
) -> None:
    seen: list[tuple[str, int, int]] = []

    def step(name: str) -> None:
        view = view_of(store)
        with store.read() as tx:
            seen.append((name, len(view.leaves), len(get_files(tx, "SAMPLE-1"))))

    record = issue(office(store, step=step), approved_draft(store), out=tmp_path / "out")
    assert tuple(name for name, _, _ in seen) == STEPS
    assert [leaves for _, leaves, _ in seen] == [0, 1, 1, 1, 1, 2, 2]
    assert [files for _, _, files in seen] == [0, 0, 0, 0, 4, 4, 4]
    assert {p.name for p in (tmp_path / "out" / "public").iterdir()} == PUBLIC
    assert {p.name for p in (tmp_path / "out" / "sealed").iterdir()} == SEALED
    assert set(record.files) == {f"public/{n}" for n in PUBLIC} | {f"sealed/{n}" for n in SEALED}


def test_the_documents_leaf_names_every_signed_file(store: Store) -> None:
    record = issued(store)
    named = view_of(store).documents(record.serial)
    pdfs = {n: sha256(d) for n, d in record.files.items() if n.endswith(".pdf")}
    assert named == pdfs
    assert len(pdfs) == 3


def test_copies_replace_an_older_record_as_a_whole(store: Store, tmp_path: Path) -> None:
    old = tmp_path / "out" / "public"
    old.mkdir(parents=True)
    (old / "stale.pdf").write_bytes(b"old")
    issue(office(store), approved_draft(store), out=tmp_path / "out")
    assert {p.name for p in old.iterdir()} == PUBLIC
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"public", "sealed"}


def test_a_record_that_could_not_be_copied_is_issued_all_the_same(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    draft = approved_draft(store)
    with pytest.raises(IssueError, match="OUT-FAILED"):
        issue(office(store), draft, out=tmp_path / "file")
    assert check(store) == ()
    again = issue(office(store), draft, out=tmp_path / "out")
    assert again.serial == "SAMPLE-1"
    assert len(view_of(store).leaves) == 2


def test_the_public_bundle_holds_no_input(store: Store) -> None:
    """Search every public file, attachments and compressed streams included, for every input."""
    record = issued(store)
    public = {n: d for n, d in record.files.items() if n.startswith("public/")}
    texts = [data for name, data in public.items() if name.endswith(".json")]
    for name in ("public/label.pdf", "public/report.pdf"):
        assert set(attachments(public[name])) == PUBLIC - {"label.pdf", "report.pdf"}
        texts += [public[name], *inflated(public[name])]
    assert [text for text in inputs() if any(text in haystack for haystack in texts)] == []
    sealed = b"".join(inflated(record.files["sealed/report.pdf"]))
    assert all(text in sealed for text in inputs())


def inputs() -> set[bytes]:
    lines = footprint()["lines"]
    amounts = {line["amount"].encode() for line in lines}
    return amounts | {line["factor"]["id"].encode() for line in lines} | {b"Crown cap"}


def inflated(pdf: bytes) -> list[bytes]:
    found, place = [], 0
    while (place := pdf.find(b"stream\n", place)) >= 0:
        place += len(b"stream\n")
        try:
            found.append(zlib.decompressobj().decompress(pdf[place:]))
        except zlib.error:
            continue
    return found


# Killed -------------------------------------------------------------------------------------------


def in_child(work: Callable[[], None]) -> int | None:
    """Run work in a process of its own and return how it ended."""
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    process.join(60)
    return process.exitcode


def die_at(location: Path, draft: str, name: str, out: Path) -> Callable[[], None]:
    """Issue in a fresh process that is killed, for real, when a step is done."""

    def step(done: str) -> None:
        if done == name:
            os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        issue(office(open_store(location), step=step), draft, out=out)

    return work


@pytest.mark.parametrize("name", STEPS)
def test_killed_at_a_step_and_recovered(name: str, tmp_path: Path) -> None:
    location, out = tmp_path / "registry", tmp_path / "out"
    store = demo_store(location)
    issued(store, "EX-BEFORE")
    draft = approved_draft(store)
    store.close()
    assert in_child(die_at(location, draft, name, out)) == -signal.SIGKILL
    store = open_store(location)
    unfinished = name not in ("documented", "copied")
    assert {f.code for f in check(store)} == ({"CHECK-UNFINISHED"} if unfinished else set())
    stored = stored_files(store)
    expected = (Recovered("SAMPLE-2", State.ISSUED),) if unfinished else ()
    assert recover(office(store, clock=Clock(T0 + dt.timedelta(days=1)))) == expected
    assert check(store) == ()
    assert not stored or stored_files(store) == stored  # signed bytes that were stored are reused
    record = issue(office(store), draft, out=out)
    assert record.serial == "SAMPLE-2"
    assert len(view_of(store).leaves) == 4
    assert {p.name for p in (out / "public").iterdir()} == PUBLIC


@pytest.mark.parametrize("name", ["reserved", "logged", "sealed"])
def test_no_key_seals_what_was_begun_before_it(name: str, store: Store) -> None:
    """It would be issued and never verify; of the key that has ended, no more seals are made."""
    draft = approved_draft(store)
    assert in_child(die_at(store.location, draft, name, Path()))
    fresh = new_key(Purpose.SEAL, "Example", demo=True, now=T0)
    rotate(store, Rekey(fresh), [store.key(Purpose.ROOT)], T0 + dt.timedelta(days=1))
    later = office(store, clock=Clock(T0 + dt.timedelta(days=2)))
    with pytest.raises(IssueError, match="SEAL-KEY-TIME"):
        issue(later, draft)
    assert recover(later) == (Recovered("SAMPLE-1", State.VOID, "SEAL-KEY-TIME"),)
    again = issue(later, approved_draft(store, now=later.clock()))
    report = verify(
        again.files["public/label.pdf"],
        trust=store.trust,
        log=view_of(store),
        now=later.clock(),
        printer=PlainPages(),
    )
    assert (again.serial, report.codes) == ("SAMPLE-2", ())
    assert check(store) == ()


def test_a_seal_key_that_has_ended_takes_no_number(store: Store) -> None:
    ended = store.key(Purpose.SEAL)
    fresh = new_key(Purpose.SEAL, "Example", demo=True, now=T0)
    rotate(store, Rekey(fresh), [store.key(Purpose.ROOT)], T0)
    with pytest.raises(IssueError, match="SEAL-KEY-TIME"):
        issue(office(store, seal_key=ended), approved_draft(store))
    assert reservations(store) == ()


def stored_files(store: Store) -> Mapping[str, str]:
    with store.read() as tx:
        return get_files(tx, "SAMPLE-2")


def test_killed_and_simply_asked_again(tmp_path: Path) -> None:
    """A caller who knows nothing of recovery repeats the request and gets the same record."""
    store = demo_store(tmp_path / "registry")
    draft = approved_draft(store)
    store.close()
    receipts = []
    for name in ("logged", "sealed", "stored"):
        assert in_child(die_at(tmp_path / "registry", draft, name, tmp_path / "out"))
        store = open_store(tmp_path / "registry")
        receipts.append(view_of(store).leaves)
        store.close()
    assert len(set(receipts)) == 1
    store = open_store(tmp_path / "registry")
    assert issue(office(store), draft).serial == "SAMPLE-1"
    assert check(store) == ()


def reservations(store: Store) -> tuple[Any, ...]:
    with store.read() as tx:
        return all_reservations(tx)


# Storage and pages that fail ----------------------------------------------------------------------


def test_signed_but_not_registered_is_finished_with_the_same_bytes(store: Store) -> None:
    """The database refuses the very last write; afterwards the stored bytes are used again."""
    with store.write() as tx:
        tx.exec_driver_sql(
            "CREATE TRIGGER fail BEFORE INSERT ON leaves WHEN NEW.kind = 'documents' "
            "BEGIN SELECT RAISE(ABORT, 'no space'); END"
        )
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
        issued(store)
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
        recover(office(store))  # storage trouble never voids a record
    before = sorted(p.name for p in (store.location / DOCUMENTS).iterdir())
    with store.write() as tx:
        tx.exec_driver_sql("DROP TRIGGER fail")
    assert recover(office(store)) == (Recovered("SAMPLE-1", State.ISSUED),)
    assert sorted(p.name for p in (store.location / DOCUMENTS).iterdir()) == before
    assert check(store) == ()


def test_a_damaged_stored_file_is_not_handed_out(store: Store) -> None:
    draft = approved_draft(store)
    issue(office(store), draft)
    one = next((store.location / DOCUMENTS).iterdir())
    one.write_bytes(b"")
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
        issue(office(store), draft)


class Refusing(PlainPages):
    """Pages that find a text they cannot print."""

    def check(self, view: DocumentView) -> tuple[Finding, ...]:
        return (finding("LANG-UNKNOWN", lang=view.lang),)


class Broken(PlainPages):
    """Pages that fail after the number was reserved."""

    def documents(
        self, view: DocumentView, *, forms: Collection[str] | None = None
    ) -> Mapping[str, bytes]:
        del forms
        raise FindingsError.of([finding("LANG-UNKNOWN", lang=view.lang)])


class NotPdf(PlainPages):
    def documents(
        self, view: DocumentView, *, forms: Collection[str] | None = None
    ) -> Mapping[str, bytes]:
        return {"label.pdf": b"not a PDF"} if forms is None else {}


def test_what_cannot_be_printed_is_refused_before_a_number_is_taken(store: Store) -> None:
    with pytest.raises(FindingsError):
        issued(store, renderer=Refusing())
    assert reservations(store) == ()


@pytest.mark.parametrize("pages", [Broken(), NotPdf()])
def test_what_cannot_be_finished_becomes_void_and_frees_its_claim(
    store: Store, pages: PlainPages
) -> None:
    draft = approved_draft(store)
    with pytest.raises((FindingsError, IssueError)):
        issue(office(store, renderer=pages), draft)
    (outcome,) = recover(office(store, renderer=pages))
    assert (outcome.serial, outcome.state) == ("SAMPLE-1", State.VOID)
    assert view_of(store).status("SAMPLE-1", T0, "UTC") is State.VOID
    assert check(store) == ()
    with pytest.raises(IssueError, match="DRAFT-VOID"):
        issue(office(store), draft)
    assert issued(store).serial == "SAMPLE-2"
    assert check(store) == ()


def test_leftovers_of_dead_processes_are_swept_when_they_are_old(store: Store) -> None:
    for name, age in ((".part-old", 7200), (".part-new", 0)):
        path = (store.location / DOCUMENTS) / name
        path.write_bytes(b"half")
        moment = T0.timestamp() - age
        os.utime(path, (moment, moment))
    assert [f.code for f in check(store)] == ["CHECK-LEFTOVER"] * 2
    recover(office(store))
    assert [p.name for p in store.blobs.leftovers()] == [".part-new"]


# The desk -----------------------------------------------------------------------------------------


def test_nothing_is_issued_without_its_approvals(store: Store) -> None:
    draft = submit(store, submission(), T0)
    with pytest.raises(IssueError, match="APPROVAL-MISSING"):
        issue(office(store), draft)
    assert reservations(store) == ()


def test_only_the_invited_approve_and_only_once(store: Store) -> None:
    draft = approved_draft(store)
    key = store.key(Purpose.APPROVAL)
    with pytest.raises(IssueError, match="APPROVAL-TWICE"):
        approve(store, draft, "preparer", key, T0)
    with pytest.raises(IssueError, match="APPROVAL-NOT-INVITED"):
        approve(store, draft, "verifier", key, T0)
    stranger = new_key(Purpose.APPROVAL, "x", demo=True, now=T0)
    with pytest.raises(IssueError, match="KEY-NOT-TRUSTED"):
        approve(store, draft, "preparer", stranger, T0)
    with pytest.raises(IssueError, match="DRAFT-UNKNOWN"):
        approve(store, "D-000000000000", "preparer", key, T0)


def test_a_footprint_must_belong_to_what_is_handed_in(store: Store) -> None:
    good = submission()
    for bad in (
        Submission(good.footprint, good.system + b" ", good.workbook),
        Submission(good.footprint, good.system, ("filled.xlsx", WORKBOOK + b" ")),
        Submission(good.footprint, good.system, None),
    ):
        with pytest.raises(IssueError, match="DRAFT-MISMATCH"):
            submit(store, bad, T0)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"lines":[],"product":{}}', b"\xff"])
def test_a_footprint_that_is_none_is_refused(store: Store, data: bytes) -> None:
    with pytest.raises(IssueError, match="FOOTPRINT-SHAPE"):
        submit(store, Submission(data, b"{}"), T0)


def test_only_a_study_report_without_a_closed_file(store: Store) -> None:
    for kind in ("verification_statement", "certificate_of_conformity"):
        with pytest.raises(IssueError, match="KIND-NOT-PERMITTED"):
            submit(store, submission(kind=kind), T0)
    with pytest.raises(IssueError, match="KIND-UNKNOWN"):
        submit(store, submission(kind="certificate"), T0)


def test_an_approver_that_is_not_trusted_cannot_be_named(store: Store) -> None:
    with pytest.raises(IssueError, match="APPROVER-UNKNOWN"):
        submit(store, submission(approvers={"preparer": "somebody"}), T0)


def test_an_unknown_language_is_refused(store: Store) -> None:
    with pytest.raises(IssueError, match="LANG-UNKNOWN"):
        issue(office(store), approved_draft(store), "fr")
    assert reservations(store) == ()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("filled.xlsx", "filled.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\填好.xlsx", "填好.xlsx"),
        ("report.pdf", "workbook.xlsx"),
        ("", "workbook.xlsx"),
        ("..", "workbook.xlsx"),
        ("a\x00b\n.xlsx", "ab.xlsx"),
        ("x" * 500 + ".xlsx", "x" * 115 + ".xlsx"),
    ],
)
def test_workbook_names_cannot_leave_the_folder(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_the_body_is_the_same_after_a_round_through_the_registry(store: Store) -> None:
    record: Issued = issued(store)
    body = json.loads(record.files["public/certificate.json"])
    assert record.receipt["leaf"]["body"] == sha256(record.files["public/certificate.json"])
    assert body["totals"] == footprint()["totals"]

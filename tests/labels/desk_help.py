"""A demo office for tests: example submission, plain pages, fixed clock. No part is a mock of ours:
the pages alone are simpler than the real ones, so that thousands can be made."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pikepdf

from factors.findings import Finding
from labels.canonical import canonical, sha256
from labels.issue import Issued, Office, issue
from labels.keys import Purpose
from labels.registry.desk import Submission, approve, submit
from labels.registry.setup import init_demo
from labels.registry.store import Store
from labels.trust import TrustFile
from labels.view import DocumentView, Job
from tests.labels.example import footprint

T0 = dt.datetime(2026, 11, 20, 2, 0, tzinfo=dt.UTC)
WORKBOOK = b"PK\x03\x04 the bytes of a filled workbook (the registry never opens it)"


class PlainPages:
    """One line per page: serial and figure; attachments as asked."""

    def check(self, view: DocumentView) -> tuple[Finding, ...]:
        del view
        return ()

    def record(self) -> Mapping[str, Any]:
        return {"renderer": {"plain": "1"}, "templates": {}, "font": {"name": "none", "sha256": ""}}

    def documents(
        self, view: DocumentView, *, forms: Collection[str] | None = None
    ) -> Mapping[str, bytes]:
        wanted = ("label.pdf", "report.pdf")
        return {name: _page(view, name) for name in wanted if forms is None or name in forms}

    def sets(self, *jobs: Job) -> list[Mapping[str, bytes]]:
        return [self.documents(view, forms=forms) for view, forms in jobs]


class OnePage(PlainPages):
    """The label alone, one seal a record: where the pages are not what is looked at."""

    def documents(
        self, view: DocumentView, *, forms: Collection[str] | None = None
    ) -> Mapping[str, bytes]:
        return super().documents(view, forms={"label.pdf"} if forms is None else {})


def _page(view: DocumentView, name: str) -> bytes:
    receipt = view.receipt or {}
    figure = view.body["totals"][view.body["headline"]]["value"]
    line = f"{name} {receipt.get('serial', '')} {figure} {view.lang} {view.sample}"
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(283, 198))
    pdf.pages[0].Contents = pdf.make_stream(b"% " + line.encode("ascii"))
    for file, data in view.attachments.items():
        pdf.attachments[file] = pikepdf.AttachedFileSpec(
            pdf,
            data,
            filename=file,
            description="",
            mime_type="application/json",
            creation_date="",
            mod_date="",
        )
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


class Clock:
    """A clock that tests can move."""

    def __init__(self, moment: dt.datetime = T0) -> None:
        self.moment = moment

    def __call__(self) -> dt.datetime:
        return self.moment


def submission(product: str = "EX-500-OW", lines: int | None = None, **more: Any) -> Submission:
    """The example beer, or its first lines alone; another product id makes another claim."""
    system = canonical({"schema": "carbonlabel-system/1", "product": product})
    record = footprint(lines)
    record["product"]["id"] = product
    record["lock"]["system"] = sha256(system)
    record["lock"]["workbook"] = {"name": "filled.xlsx", "sha256": sha256(WORKBOOK)}
    data = json.dumps(record, ensure_ascii=False).encode()
    return Submission(data, system, ("filled.xlsx", WORKBOOK), **more)


def demo_store(folder: Path) -> Store:
    return init_demo(folder, T0)


def office(store: Store, **more: Any) -> Office:
    return Office(
        store, more.pop("renderer", PlainPages()), clock=more.pop("clock", Clock()), **more
    )


def approved_draft(store: Store, handed_in: Submission | None = None, now: dt.datetime = T0) -> str:
    draft = submit(store, handed_in or submission(), now)
    approve(store, draft, "preparer", store.key(Purpose.APPROVAL), now)
    return draft


def issued(store: Store, product: str = "EX-500-OW", **more: Any) -> Issued:
    return issue(office(store, **more), approved_draft(store, submission(product)))


def trust_of(store: Store) -> TrustFile:
    return store.trust

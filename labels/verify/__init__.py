"""Offline verification of a sealed document: one function, one report, never an exception.

>>> report = verify(pdf, trust=trust, log=log, now=now())  # doctest: +SKIP
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

from factors.errors import VerifyError
from factors.findings import Where, finding
from labels.bundle import DISCLOSURES, Bundle
from labels.canonical import parse_object, sha256
from labels.container import Container, SealFault, read_container
from labels.extension import split
from labels.increment import check_increment
from labels.registry.export import LogView
from labels.registry.state import State, TransitionError
from labels.sealcheck import check_seal
from labels.times import parse_utc
from labels.trust import TrustFile
from labels.verify.attachments import attachments, read_parts
from labels.verify.case import MALFORMED, Beside, Case, Printer, run
from labels.verify.checks import CHECKS, Checks
from labels.verify.content import subject_of
from labels.verify.deep import Convert, DeepInputs, Recompute, check_deep
from labels.verify.lists import StatusLists
from labels.verify.longterm import check_timestamps
from labels.verify.report import Check, Outcome, Report, failed, passed
from labels.verify.status import NOT_CHECKED, VALID, moment_of, state_of

__all__ = ["DeepInputs", "Report", "deep_inputs", "read_document", "verify"]


def verify(
    pdf: bytes,
    *,
    trust: TrustFile | None,
    now: dt.datetime,
    log: LogView | None = None,
    lists: StatusLists | None = None,
    seen: str | None = None,
    at: dt.date | None = None,
    printer: Printer | None = None,
    deep: DeepInputs | None = None,
    checks: Checks = CHECKS,
) -> Report:
    """Verify a document offline.

    Parameters
    ----------
    pdf
        The file, as it came.
    trust
        The verifier's trust file; without one no issuer is known.
    now
        Present time.
    log
        The registry's log or its static export, for status and registered bytes.
    lists
        The status lists of a static export; None for a registry itself, which is never old.
    seen
        A checkpoint of the log, kept from an earlier visit.
    at
        Day for which the status is asked; today in the issuer's time zone by default.
    printer
        The renderer, to compare the page with the body.
    deep
        What to count again; None for no deep verification.
    checks
        The rules to apply: all, unless a test takes one out to see what it was for.

    Returns
    -------
    Report
        Always; a bad document is a report, not an error.
    """
    pdf, extensions = split(pdf)
    reader = _reader(pdf)
    container, opening = _open(pdf, reader, checks)
    files, bundle, reading = _attached(pdf, reader, container)
    if bundle is None:
        bad = (opening, *reading)
        unreadable = opening.outcome is Outcome.FAIL and not pdf.startswith(b"%PDF-")
        return Report({}, NOT_CHECKED, NOT_CHECKED, None, 0, bad, unreadable)
    beside = Beside(trust, now, log, lists, seen, printer)
    moment = moment_of(bundle, at, now)
    body = _body(bundle)
    case = Case(pdf, container, files, bundle, body, sha256(bundle.body), beside, moment)
    told = [opening, *_content(case, checks), *_registry(case, checks)]
    told += check_timestamps(extensions, trust, _issued(case), now, checks.timestamp)
    level, committed = None, 0
    if deep is not None and _outcome(told, "body") is Outcome.PASS:
        result = check_deep(case, deep, checks.deep)
        level, committed = result.level, result.committed
        told += result.checks
    registered = _registered(_outcome(told, "registered bytes"))
    return Report(
        subject_of(bundle), _status(case, told), registered, level, committed, tuple(told)
    )


def read_document(path: Path) -> bytes:
    """Read the file to verify.

    Raises
    ------
    VerifyError
        ``DOCUMENT-UNREADABLE`` when there is no such file or it cannot be opened.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        where = Where(file=path.name)
        reason = error.strerror or type(error).__name__
        raise VerifyError(finding("DOCUMENT-UNREADABLE", where, reason=reason)) from error


def deep_inputs(
    sealed: Path | None = None,
    workbook: Path | None = None,
    recompute: Recompute | None = None,
    convert: Convert | None = None,
) -> DeepInputs:
    """Gather what a deep verification may look at.

    Parameters
    ----------
    sealed
        Folder of the sealed bundle.
    workbook
        The workbook, where it is not in that folder.
    recompute, convert
        System file to footprint, and workbook bytes to system file.

    Raises
    ------
    VerifyError
        ``DOCUMENT-UNREADABLE`` for a workbook that cannot be read.
    """
    book = workbook or (_workbook(sealed) if sealed else None)
    return DeepInputs(
        disclosures=_optional(sealed, DISCLOSURES),
        footprint=_optional(sealed, "footprint.json"),
        system=_optional(sealed, "system.json"),
        workbook=None if book is None else read_document(book),
        recompute=recompute,
        convert=convert,
    )


def _reader(pdf: bytes) -> PdfFileReader | None:
    """Open the file, whose objects are then read once; None where nobody can."""
    try:
        return PdfFileReader(io.BytesIO(pdf))
    except Exception:  # noqa: BLE001 - a hostile file; the container's own check says why
        return None


def _open(
    pdf: bytes, reader: PdfFileReader | None, checks: Checks
) -> tuple[Container | None, Check]:
    try:
        container = read_container(pdf, checks.container, reader)
        check_increment(container, checks.increment)
        return container, passed("container")
    except SealFault as fault:
        return None, failed("container", fault.code, detail=fault.detail)


def _attached(
    pdf: bytes, reader: PdfFileReader | None, container: Container | None
) -> tuple[Mapping[str, bytes], Bundle | None, list[Check]]:
    """Read the attachments even of a broken document, as far as they can be read."""
    try:
        files = attachments(pdf, reader)
        return files, read_parts(files), []
    except ValueError as error:
        if container is None:
            return {}, None, []  # the container's own check says why
        return {}, None, [failed("attachments", "ATTACHMENTS-WRONG", reason=error)]


def _body(bundle: Bundle) -> Mapping[str, Any]:
    try:
        return parse_object(bundle.body)
    except ValueError:
        return {}  # the rules of the body say so


def _content(case: Case, checks: Checks) -> list[Check]:
    told = [
        run("attachments", checks.attachments, case, "ATTACHMENTS-WRONG"),
        run("body", checks.body, case, "BODY-MALFORMED", halt=("schema",)),
        run("receipt", checks.receipt, case, "RECEIPT-MALFORMED", halt=("shape",)),
        run("approvals", checks.approvals, case, "APPROVAL-MALFORMED", field="role"),
    ]
    if case.container is None:
        return told
    told.append(_seal(case, case.container, checks))
    told.append(run("inert", checks.inert, case, "PAGE-ACTIVE", field="what"))
    if _outcome(told, "body") is Outcome.PASS:
        told.append(run("page", checks.page, case, "PAGE-NOT-COMPARED"))
    return told


def _seal(case: Case, container: Container, checks: Checks) -> Check:
    """Check who sealed the document, at its time of issue."""
    moment = _issued(case) or case.moment
    try:
        check_seal(container, case.trust, moment, checks.seal)
    except SealFault as fault:
        return failed("seal", fault.code, "", detail=fault.detail)
    return passed("seal")


def _issued(case: Case) -> dt.datetime | None:
    """Return the time of issue as the receipt states it; its own check says what is wrong there."""
    try:
        return parse_utc(case.bundle.receipt["leaf"]["time"])
    except MALFORMED:
        return None


def _registry(case: Case, checks: Checks) -> list[Check]:
    return [
        run("log", checks.log, case, "LOG-UNTRUSTED"),
        run("status", checks.status, case, "STATUS-UNREADABLE"),
        run("registered bytes", checks.registered, case, "STATUS-UNREADABLE"),
    ]


def _outcome(told: Iterable[Check], name: str) -> Outcome | None:
    return next((check.outcome for check in told if check.name == name), None)


def _status(case: Case, told: Iterable[Check]) -> str:
    """Return the status in one word; what is open or contradicted is not called valid."""
    try:
        state = state_of(case)
    except (*MALFORMED, TransitionError):
        return NOT_CHECKED
    if state in (None, State.RESERVED, State.LOGGED):
        return NOT_CHECKED
    if state is State.ISSUED:
        return VALID if _outcome(told, "status") is Outcome.PASS else NOT_CHECKED
    return str(state)


def _registered(outcome: Outcome | None) -> str:
    words = {Outcome.PASS: "match", Outcome.FAIL: "differs"}
    return NOT_CHECKED if outcome is None else words.get(outcome, NOT_CHECKED)


def _optional(folder: Path | None, name: str) -> bytes | None:
    if folder is None or not (folder / name).is_file():
        return None
    return read_document(folder / name)


def _workbook(folder: Path) -> Path | None:
    books = sorted(folder.glob("*.xlsx"))
    return books[0] if len(books) == 1 else None

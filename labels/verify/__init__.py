"""Offline verification of a sealed document: one function, one report, never an exception.

>>> report = verify(pdf, trust=trust, log=log, now=now())  # doctest: +SKIP
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from factors.errors import VerifyError
from factors.findings import Where, finding
from labels.bundle import DISCLOSURES, Bundle, read_bundle
from labels.container import Container, SealFault, read_container
from labels.increment import check_increment
from labels.registry.export import LogView
from labels.trust import TrustFile
from labels.verify.attachments import attachments
from labels.verify.content import (
    check_approvals,
    check_body,
    check_issuer_seal,
    check_receipt,
    subject_of,
)
from labels.verify.deep import Convert, DeepInputs, Recompute, check_deep
from labels.verify.page import Printer, check_page
from labels.verify.report import Check, Outcome, Report, failed, passed
from labels.verify.status import NOT_CHECKED, check_bytes, check_log, check_status, moment_of

__all__ = ["DeepInputs", "Report", "deep_inputs", "read_document", "verify"]


def verify(
    pdf: bytes,
    *,
    trust: TrustFile | None,
    now: dt.datetime,
    log: LogView | None = None,
    at: dt.date | None = None,
    printer: Printer | None = None,
    deep: DeepInputs | None = None,
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
    at
        Day for which the status is asked; today in the issuer's time zone by default.
    printer
        The renderer, to compare the page with the body.
    deep
        What to count again; None for no deep verification.

    Returns
    -------
    Report
        Always; a bad document is a report, not an error.
    """
    container, opening = _open(pdf)
    bundle, attached = _bundle(pdf, container)
    if bundle is None:
        bad = (opening, *attached)
        unreadable = opening.outcome is Outcome.FAIL and not pdf.startswith(b"%PDF-")
        return Report({}, NOT_CHECKED, NOT_CHECKED, None, 0, bad, unreadable)
    moment = moment_of(bundle, at, now)
    status, status_check = check_status(bundle, log, moment, trust)
    registered, bytes_check = check_bytes(pdf, bundle, log)
    body = check_body(bundle)
    checks = [opening, *attached, body]
    checks += [check_receipt(bundle, trust), check_approvals(bundle, trust)]
    if container is not None:
        checks.append(check_issuer_seal(container, bundle, trust, moment))
    if body.outcome is Outcome.PASS and container is not None:
        checks.append(check_page(pdf, bundle, printer))
    checks += [check_log(bundle, log, trust), status_check, bytes_check]
    level, committed = None, 0
    if deep is not None and body.outcome is Outcome.PASS:
        result = check_deep(bundle, deep)
        level, committed = result.level, result.committed
        checks += result.checks
    return Report(subject_of(bundle), status, registered, level, committed, tuple(checks))


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


def _open(pdf: bytes) -> tuple[Container | None, Check]:
    try:
        container = read_container(pdf)
        check_increment(container)
        return container, passed("container")
    except SealFault as fault:
        return None, failed("container", fault.code, detail=fault.detail)


def _bundle(pdf: bytes, container: Container | None) -> tuple[Bundle | None, list[Check]]:
    """Read the attachments even of a broken document, as far as they can be read."""
    try:
        return read_bundle(attachments(pdf)), [passed("attachments")]
    except ValueError as error:
        if container is None:
            return None, []  # the container's own check says why
        return None, [failed("attachments", "ATTACHMENTS-WRONG", reason=error)]


def _optional(folder: Path | None, name: str) -> bytes | None:
    if folder is None or not (folder / name).is_file():
        return None
    return read_document(folder / name)


def _workbook(folder: Path) -> Path | None:
    books = sorted(folder.glob("*.xlsx"))
    return books[0] if len(books) == 1 else None

"""Material from a sealed document: public as it stands, or opened by the lines that go with it.

A document is believed here exactly as far as ``verify`` believes it; one that verification does
not accept is refused with the same findings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from factors.errors import CarbonLabelError, VerifyError
from factors.findings import Where, finding
from factors.gwp import GwpSet, gwp_set
from factors.store import FactorSet
from labels.bundle import Bundle, read_bundle
from labels.canonical import parse_object, sha256
from labels.commitments import read_disclosures
from labels.explain.bookings import books
from labels.explain.build import Material, Opened
from labels.explain.rates import Shelf
from labels.explain.running import Plant, plant
from labels.registry.export import LogView
from labels.trust import TrustFile
from labels.verify import DeepInputs, Report, verify
from labels.verify.attachments import attachments
from labels.verify.case import Printer
from labels.verify.report import Outcome
from lca import system_file
from lca.inventory import ProductSystem

#: What a reader without a trust file cannot know; it is said, and refuses nothing.
_UNKNOWN = frozenset({"TRUST-NOT-GIVEN", "UNKNOWN-ISSUER"})


@dataclass(frozen=True, slots=True)
class Proving:
    """What a document is verified with.

    Attributes
    ----------
    trust
        None when the reader has no trust file: then who sealed the document stays open.
    log, now, printer
        As for :func:`labels.verify.verify`.
    """

    trust: TrustFile | None
    log: LogView | None
    now: dt.datetime
    printer: Printer | None


@dataclass(frozen=True, slots=True)
class Private:
    """Files of a sealed bundle, as far as the reader has them."""

    disclosures: bytes | None = None
    system: bytes | None = None


def document_material(
    pdf: bytes, private: Private, proving: Proving, library: FactorSet
) -> Material:
    """Return what a sealed document, with the private files at hand, lets one explain.

    Raises
    ------
    VerifyError
        The findings of verification where it does not accept the document; ``DEEP-...`` where
        opened lines or the system file are not those of the document.
    """
    report = verify(
        pdf,
        trust=proving.trust,
        now=proving.now,
        log=proving.log,
        printer=proving.printer,
        deep=DeepInputs(disclosures=private.disclosures),
    )
    _refuse(report, known=proving.trust is not None)
    bundle = read_bundle(attachments(pdf))
    body = parse_object(bundle.body)
    opened = _opened(bundle, body, private.disclosures)
    system = _system(body, private.system) if opened else None
    gwp = _gwp(body)
    remarks = () if proving.trust is not None else ("issuer_unchecked",)
    return Material(
        view="opened" if opened else "public",
        subject={
            **report.subject,
            "status": report.status,
            "sample": bundle.rendering["sample"],
        },
        stated=body,
        opened=opened,
        shelf=_shelf(body, system, library, gwp),
        leaves=tuple(body["commitments"]["leaves"]),
        plant=_plant(system, library, gwp),
        books=books(system) if system else None,
        ledger=system.ledger if system else {},
        remarks=(*remarks, *(("no_system",) if opened and system is None else ())),
    )


def _refuse(report: Report, *, known: bool) -> None:
    """Raise what verification found, but for a status that the explanation itself shows."""
    states = {"suspended", "revoked", "superseded", "expired"}
    wrong = [
        found
        for check in report.checks
        if check.outcome is Outcome.FAIL
        and not (check.name == "status" and report.status in states)
        for found in check.findings
        if known or found.code not in _UNKNOWN
    ]
    if wrong:
        raise VerifyError(*wrong)


def _opened(bundle: Bundle, body: Mapping[str, Any], given: bytes | None) -> tuple[Opened, ...]:
    """Return the lines that are open; verification has held each against its commitment."""
    data = bundle.disclosures or given
    if data is None:
        return ()
    leaves = body["commitments"]["leaves"]
    return tuple(
        Opened(one.index + 1, one.line, leaves[one.index])
        for one in sorted(read_disclosures(parse_object(data)), key=lambda one: one.index)
    )


def _system(body: Mapping[str, Any], data: bytes | None) -> ProductSystem | None:
    """Return the system file if it is the one that the body names."""
    if data is None:
        return None
    if sha256(data) != body["lock"]["system"]:
        raise VerifyError(finding("DEEP-OTHER-INPUTS", Where(file="system.json")))
    return system_file.read(data, file="system.json")


def _gwp(body: Mapping[str, Any]) -> GwpSet | None:
    try:
        return gwp_set(str(body["gwp"]["set"]))
    except CarbonLabelError:
        return None  # a set of another installation: rates are then left out


def _shelf(
    body: Mapping[str, Any], system: ProductSystem | None, library: FactorSet, gwp: GwpSet | None
) -> Shelf:
    return Shelf(
        library=library,
        own={one.id: one for one in system.factors} if system else {},
        stated={str(row["release"]): str(row["sha256"]) for row in body["lock"]["factors"]},
        gwp=gwp,
        counting=frozenset(system.units) if system else frozenset(),
    )


def _plant(system: ProductSystem | None, library: FactorSet, gwp: GwpSet | None) -> Plant | None:
    if system is None or gwp is None:
        return None
    try:
        return plant(system, library, gwp)
    except CarbonLabelError:
        return None  # factors of another installation: how often processes run is left out

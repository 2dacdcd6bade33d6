"""Issuing: the one place where body, registry, pages and seal meet, in an order that loses nothing.

approvals -> reserve -> ``issued`` leaf and checkpoint -> pages with the receipt -> seal -> signed
bytes stored and synced -> ``documents`` leaf -> copies handed out. Nothing is acknowledged before
the ``documents`` leaf is durable; a process may die anywhere and :func:`recover` finishes its work.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from factors.errors import CarbonLabelError, FindingsError, IssueError
from factors.findings import Finding, blocking
from labels.bundle import (
    APPROVALS,
    CERTIFICATE,
    DISCLOSURES,
    RECEIPT,
    RENDERING,
    Bundle,
    document_lang,
    rendering,
)
from labels.canonical import canonical
from labels.keys import Purpose, SigningKey
from labels.markets import market_of
from labels.refusal import refusal
from labels.registry.blobs import write_folder
from labels.registry.desk import (
    abandon,
    announce,
    approved,
    conclude,
    keep_files,
    reserve,
    unfinished,
)
from labels.registry.entries import Reservation
from labels.registry.records import StoredDraft, get_draft, get_files
from labels.registry.state import State
from labels.registry.store import Store, newest_trust
from labels.registry.succession import Succession
from labels.seal import seal
from labels.times import Clock, now, parse_utc, utc_text
from labels.view import DocumentView, Job

#: The named steps of issuing, in order; each is announced when it is done.
STEPS = ("reserved", "logged", "rendered", "sealed", "stored", "documented", "copied")
#: Failures that say nothing about the record itself: never a reason to declare it void.
TRANSIENT = frozenset(
    {
        "REGISTRY-STORAGE",
        "REGISTRY-STOPPED",
        "LOG-DAMAGED",
        "CHECKPOINT-KEY",
        "OUT-FAILED",
        "RENDER-WORKER-LOST",
    }
)

#: Age from which a temporary file cannot belong to a living process (seconds).
STALE = 3600.0

#: Forms of which a sealed copy is made: the label holds nothing that could be opened.
SEALED_FORMS = frozenset({"report.pdf"})

Step = Callable[[str], None]


class Renderer(Protocol):
    """What issuing needs of :mod:`labels.render.documents`."""

    def check(self, view: DocumentView) -> tuple[Finding, ...]:
        """Return what would stop the pages from being printed."""
        ...

    def record(self) -> Mapping[str, Any]:
        """Return what the bytes of the pages depend on."""
        ...

    def sets(self, *jobs: Job) -> Sequence[Mapping[str, bytes]]:
        """Return unsigned PDFs by file name, for each view and the forms wanted of it."""
        ...


@dataclass(frozen=True, slots=True)
class Office:
    """Who and what takes part in issuing.

    Attributes
    ----------
    store
        The registry.
    renderer
        Makes the pages; :mod:`labels.render.documents`.
    seal_key
        The issuer's seal; the registry's own when None.
    clock
        Present time.
    step
        Told the name of each step when it is done (see :data:`STEPS`).
    draw
        Random number below its argument.
    """

    store: Store
    renderer: Renderer
    seal_key: SigningKey | None = None
    clock: Clock = now
    step: Step = lambda name: None
    draw: Callable[[int], int] = secrets.randbelow

    def keys(self) -> tuple[SigningKey, SigningKey]:
        """Return the seal key and the log's, admitted by the registry."""
        if self.seal_key is None:
            seal, log = self.store.keys(Purpose.SEAL, Purpose.CHECKPOINT)
            return seal, log
        return self.store.admit(self.seal_key), self.store.key(Purpose.CHECKPOINT)


@dataclass(frozen=True, slots=True)
class Issued:
    """An acknowledged record.

    Attributes
    ----------
    serial
        Its number.
    draft
        The draft it came from; another one than asked for when the same result was issued before.
    receipt
        What the log answered.
    files
        ``public/...`` and ``sealed/...`` to bytes.
    """

    serial: str
    draft: str
    receipt: Mapping[str, Any]
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of an unfinished record: ``issued``, or ``void`` with the reason."""

    serial: str
    state: State
    reason: str = ""


def issue(
    office: Office,
    draft: str,
    lang: str = "both",
    out: Path | None = None,
    request: str | None = None,
    succession: Succession | None = None,
) -> Issued:
    """Issue a draft.

    Parameters
    ----------
    office
        Who and what takes part.
    draft
        Id of an approved draft.
    lang
        ``zh``, ``en`` or ``both``.
    out
        Folder for the copies; ``out/public`` and ``out/sealed`` are replaced. None for no copies.
    request
        The caller's id of this request; the same id always gives the same receipt.
    succession
        Whose place the draft takes; the old record stands until the new one is complete.

    Returns
    -------
    Issued
        Only after the ``documents`` leaf is durable.

    Raises
    ------
    IssueError
        Codes of :func:`~labels.registry.desk.reserve`, of keys, ``SEAL-FAILED``,
        ``SEAL-KEY-TIME``, ``OUT-FAILED``, ``REGISTRY-STORAGE``.
    FindingsError
        When the pages cannot be printed; nothing is reserved then.
    """
    keys = office.keys()
    _check_pages(office, draft, lang)
    moment = office.clock()
    _refuse_untimely(office.store, keys[0], moment)
    reservation = reserve(office.store, draft, lang, moment, request, office.draw, succession)
    _same_market(office, draft, reservation)
    office.step("reserved")
    issued = _finish(office, reservation, *keys)
    if out is not None:
        _hand_out(issued, out)
        office.step("copied")
    return issued


def recover(office: Office) -> tuple[Recovered, ...]:
    """Finish every record that a dead process left, or declare it void in the log.

    Raises
    ------
    IssueError
        When keys or storage fail: then nothing is declared void.
    """
    keys = office.keys()
    office.store.blobs.sweep(office.clock().timestamp() - STALE)
    return tuple(_recover(office, left, *keys) for left in unfinished(office.store))


def _check_pages(office: Office, draft: str, lang: str) -> None:
    """Ask the renderer before anything is reserved."""
    with office.store.read() as tx:
        stored = get_draft(tx, draft)
        approvals = approved(tx, stored, newest_trust(tx))
    try:
        language = document_lang(lang)
    except ValueError as error:
        raise refusal("LANG-UNKNOWN", "lang", lang=lang) from error
    view = DocumentView(
        body=stored.fields, approvals=approvals, lang=language, sample=office.store.issuer.demo
    )
    findings = blocking(office.renderer.check(view))
    if findings:
        raise FindingsError.of(findings)


def _refuse_untimely(store: Store, seal_key: SigningKey, moment: dt.datetime) -> None:
    """Refuse a seal key outside its time: a document counts as sealed when its number was taken.

    A key that took another's place cannot finish what was begun before it, and no key that has
    ended signs any more: such a record becomes void.
    """
    listed = store.trust.find(seal_key.kid, Purpose.SEAL)
    if listed is None or not listed.covers(moment):
        told = {"kid": seal_key.kid, "time": utc_text(moment)}
        raise refusal("SEAL-KEY-TIME", seal_key.name, **told)


def _same_market(office: Office, draft: str, reservation: Reservation) -> None:
    """Refuse to answer with a record that was issued for another market."""
    if reservation.draft == draft:
        return
    with office.store.read() as tx:
        asked, found = (market_of(get_draft(tx, one).fields) for one in (draft, reservation.draft))
    if asked != found:
        serial, issued = reservation.serial, found.id
        raise refusal("MARKET-DIFFERS", "market", serial=serial, issued=issued, market=asked.id)


def _finish(
    office: Office, reservation: Reservation, seal_key: SigningKey, log_key: SigningKey
) -> Issued:
    """Take a reserved record through all remaining steps; each is skipped when it is done."""
    store = office.store
    receipt = announce(store, reservation, log_key, office.clock())
    office.step("logged")
    with store.read() as tx:
        draft = get_draft(tx, reservation.draft)
        approvals = approved(tx, draft, newest_trust(tx))
        standing = get_files(tx, reservation.serial)
    if not standing or not _complete(store, standing):
        _refuse_untimely(store, seal_key, parse_utc(reservation.time))
        made = _made(office, reservation, draft, receipt, approvals, seal_key)
        standing = keep_files(store, reservation.serial, made)
    office.step("stored")
    conclude(store, reservation.serial, log_key, office.clock())
    office.step("documented")
    files = _files(store, draft, receipt, approvals, standing)
    return Issued(reservation.serial, reservation.draft, receipt, files)


def _complete(store: Store, standing: Mapping[str, str]) -> bool:
    missing = [name for name, digest in standing.items() if store.blobs.get(digest) is None]
    if missing:
        raise refusal("REGISTRY-STORAGE", missing[0], reason="a stored file is missing or damaged")
    return True


def _made(
    office: Office,
    reservation: Reservation,
    draft: StoredDraft,
    receipt: Mapping[str, Any],
    approvals: list[dict[str, Any]],
    seal_key: SigningKey,
) -> dict[str, bytes]:
    """Render and seal: public copies of every form, and the sealed copy of the report."""
    made_with = rendering(
        office.renderer.record(), reservation.lang, sample=office.store.issuer.demo
    )
    public = Bundle(draft.body, receipt, approvals, made_with)
    sealed = Bundle(draft.body, receipt, approvals, made_with, draft.disclosures)
    opened, closed = office.renderer.sets((public.view(), None), (sealed.view(), SEALED_FORMS))
    unsigned = {f"public/{name}": data for name, data in opened.items()}
    unsigned |= {f"sealed/{name}": data for name, data in closed.items()}
    office.step("rendered")
    signed = {name: seal(data, seal_key) for name, data in unsigned.items()}
    office.step("sealed")
    return {**signed, f"public/{RENDERING}": canonical(made_with)}


def _files(
    store: Store,
    draft: StoredDraft,
    receipt: Mapping[str, Any],
    approvals: list[dict[str, Any]],
    standing: Mapping[str, str],
) -> dict[str, bytes]:
    """Return both bundles; the public one holds nothing that is not in the public PDFs."""
    stored = {name: store.blobs.get(digest) or b"" for name, digest in standing.items()}
    private = {
        f"sealed/{DISCLOSURES}": draft.disclosures,
        "sealed/system.json": draft.system,
        "sealed/footprint.json": draft.footprint,
    }
    if draft.workbook is not None:
        private[f"sealed/{draft.workbook_name}"] = draft.workbook
    return {
        **stored,
        f"public/{CERTIFICATE}": draft.body,
        f"public/{RECEIPT}": canonical(receipt),
        f"public/{APPROVALS}": canonical(approvals),
        **private,
    }


def _hand_out(issued: Issued, out: Path) -> None:
    for bundle in ("public", "sealed"):
        prefix = f"{bundle}/"
        chosen = {
            name.removeprefix(prefix): data
            for name, data in issued.files.items()
            if name.startswith(prefix)
        }
        try:
            write_folder(out / bundle, chosen)
        except OSError as error:
            raise refusal("OUT-FAILED", str(out / bundle), reason=error.strerror) from error


def _recover(
    office: Office, left: Reservation, seal_key: SigningKey, log_key: SigningKey
) -> Recovered:
    try:
        _finish(office, left, seal_key, log_key)
    except CarbonLabelError as error:
        codes = sorted({found.code for found in error.findings})
        if isinstance(error, IssueError) and TRANSIENT & set(codes):
            raise
        reason = ", ".join(codes)
        abandon(office.store, left.serial, reason, log_key, office.clock())
        return Recovered(left.serial, State.VOID, reason)
    return Recovered(left.serial, State.ISSUED)

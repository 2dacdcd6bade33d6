"""The gate: everything that stands between a case and a document, each thing named.

There is no argument, flag or setting that lets a case through; what is not in order is listed, all
of it, and the only kind of document that is left is a study report.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path

from factors.errors import FindingsError, IssueError
from factors.findings import Finding, Where, blocking, finding
from factors.store import FactorSet
from labels.issuer import IssuerProfile
from labels.keys import Purpose
from labels.kinds import ClosedFile, Kind
from labels.trust import ROLES, TrustFile
from labels.verification.case import Case, open_case
from labels.verification.event import Event
from labels.verification.folder import folder_hash
from labels.verification.looked import Looked, look
from labels.verification.separation import acted, separation
from labels.verification.state import State
from labels.verification.summary import summary
from labels.verification.undone import leaves_out, undone
from labels.verification.words import words
from labels.verification.work import GOOD_OPINIONS
from lca.record import share_text

RESTS_ON = {Kind.CERTIFICATE_OF_CONFORMITY: (Kind.VERIFICATION_STATEMENT,)}
"""What may be issued besides the kind that was agreed on."""

CERTIFICATION = "product-certification"
"""Kind of approval an issuer needs before anything may be called a certificate."""


def before_closing(looked: Looked) -> tuple[Finding, ...]:
    """Return everything that keeps the file from being closed; a faulty record stands alone."""
    state, case = looked.state, looked.case
    if leaves_out(case):
        return case.findings
    return (
        *undone(looked),
        *_opinion(case, state),
        *_reviewed(case, state),
        *_decided(case, state),
        *separation(case, state),
    )


def before_document(looked: Looked, kind: Kind, issuer: IssuerProfile, trust: TrustFile,
                    day: dt.date) -> tuple[Finding, ...]:  # fmt: skip
    """Return everything that keeps a document of a kind from resting on this case.

    Of a folder with a faulty record that record is named, and that the folder is another; the rest
    would follow from it.
    """
    state, case = looked.state, looked.case
    if leaves_out(case):
        return (*case.findings, *(_closed(case, state) if state.closed else ()))
    return (
        *before_closing(looked),
        *_closed(case, state),
        *_kind(state, kind, issuer, day),
        *_trusted(case, trust),
    )


def closed_file(
    root: Path,
    kind: Kind,
    issuer: IssuerProfile,
    trust: TrustFile,
    day: dt.date,
    factors: FactorSet,
) -> ClosedFile:
    """Return what a closed case says about its draft.

    Parameters
    ----------
    kind
        Kind of document that is to rest on it.
    issuer, trust
        Of the registry that would issue.
    day
        Day of issue.

    Raises
    ------
    FindingsError
        Everything that is not in order.
    IssueError
        When there is no case to look at.
    """
    looked = look(root, factors)
    found = blocking(before_document(looked, kind, issuer, trust, day))
    state, case = looked.state, looked.case
    if found or state.closed is None or state.opinion is None or state.engagement is None:
        raise FindingsError.of(tuple(dict.fromkeys(found)))
    who = acted(case)
    limit = next(iter(looked.desk.limits.values()))
    return ClosedFile(
        sha256=case.contents.sha256,
        submission=state.present.system,
        footprint=state.present.footprint,
        opinion=state.opinion.opinion,
        level=state.engagement.level,
        materiality=share_text(limit.material / abs(limit.value)) if limit.value else "0",
        closed=state.closed.time.date(),
        summary=summary(looked.case, looked.state, looked.desk),
        approvers={role: who[role][0].kid for role in ROLES},
    )


def same_folder(root: Path, stated: str) -> tuple[Finding, ...]:
    """Return what is wrong when a folder is held against the hash in a document."""
    case = open_case(root)
    found = case.contents.sha256
    differs = (
        (finding("CASE-HASH", Where(file=str(root)), stated=stated, found=found),)
        if found != stated
        else ()
    )
    return (*case.findings, *differs)


# --- the judgement --------------------------------------------------------------------------------


def _opinion(case: Case, state: State) -> Iterator[Finding]:
    """The opinion is on the present version, a good one, and knew of all the work."""
    given = state.opinion
    if given is None or given.version != state.version:
        yield finding("CASE-NO", Where(path="opinion"), **words("what", "act", "opinion"))
        return
    left = any(log.uncorrected and log.settled for log in state.findings.values())
    if given.opinion not in GOOD_OPINIONS or (given.opinion == "unmodified" and left):
        told = words("opinion", "opinion", given.opinion)
        yield finding("CASE-OPINION", Where(path="opinion"), **told)
    work = (event for event in state.substance if event.kind != "declaration")
    yield from _after(case, state.marks.get("opinion"), work, "opinion")


def _after(case: Case, act: Event | None, others: Iterable[Event], what: str) -> Iterator[Finding]:
    """Name what happened without the knowledge of an act that had to know it."""
    if act is None:
        yield finding("CASE-NO", Where(path=what), **words("what", "act", what))
        return
    for event in others:
        if event != act and not case.history.before(event, act):
            told = {**words("what", "act", what), **words("kind", "act", event.kind)}
            yield finding("CASE-STALE", Where(file=event.path), **told)


def _reviewed(case: Case, state: State) -> Iterator[Finding]:
    yield from _after(case, state.marks.get("review"), state.substance, "review")
    if state.review is not None and not state.review["agrees"]:
        yield finding("CASE-REVIEW", Where(path="review"))


def _decided(case: Case, state: State) -> Iterator[Finding]:
    review = [one for one in (state.marks.get("review"),) if one is not None]
    yield from _after(case, state.marks.get("decision"), [*state.substance, *review], "decision")
    if state.decision is not None and not state.decision["issue"]:
        yield finding("CASE-DECISION", Where(path="decision"))


# --- the folder, the people, the paper ------------------------------------------------------------


def _closed(case: Case, state: State) -> Iterator[Finding]:
    """The folder is, but for the closing itself, what was closed."""
    if state.closed is None:
        yield finding("CASE-NO", Where(path="close"), **words("what", "act", "close"))
        return
    left = {path: sha for path, sha in case.contents.files.items() if path != state.closed.path}
    stated, found = str(state.closed.data["folder"]), folder_hash(left)
    if stated != found:
        yield finding("CASE-HASH", Where(file=state.closed.path), stated=stated, found=found)


def _kind(state: State, kind: Kind, issuer: IssuerProfile, day: dt.date) -> Iterator[Finding]:
    """The engagement was for this kind, and the issuer may use the words that it prints.

    A certificate rests on a statement: who agreed on one has agreed on the other.
    """
    agreed = state.engagement.kind if state.engagement else kind
    if kind not in (agreed, *RESTS_ON.get(agreed, ())):
        told = {
            **words("agreed", "kind", str(agreed)),
            **words("kind", "kind", str(kind)),
        }
        yield finding("CASE-KIND", Where(path="kind"), **told)
    if kind is Kind.CERTIFICATE_OF_CONFORMITY:
        held = [one for one in issuer.approvals if one.kind == CERTIFICATION]
        if not any(one.expires[:10] >= day.isoformat() for one in held):
            told = {**words("kind", "kind", str(kind)), "needs": CERTIFICATION}
            yield finding("CASE-APPROVAL", Where(path="issuer"), **told)


def _trusted(case: Case, trust: TrustFile) -> Iterator[Finding]:
    """The issuer's own trust file knows the four, as the same people in the same roles."""
    for role, several in acted(case).items():
        for one in several:
            key = trust.find(one.kid, Purpose.APPROVAL)
            known = key is not None and role in key.roles and key.name == one.person.name
            if key is None or not known or key.organisation != one.person.employer:
                told = {**words("role", "role", role), "person": one.person.name}
                yield finding("CASE-TRUST", Where(path=role), **told)


def refusals(root: Path, factors: FactorSet) -> tuple[Finding, ...]:
    """Return everything that keeps a case from being closed, even where it cannot be computed."""
    try:
        return tuple(dict.fromkeys(before_closing(look(root, factors))))
    except (IssueError, FindingsError) as refused:
        return refused.findings

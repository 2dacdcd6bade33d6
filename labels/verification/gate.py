"""The gate: everything that stands between a case and a document, each thing named.

There is no argument, flag or setting that lets a case through; what is not in order is listed, all
of it, and the only kind of document that is left is a study report.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
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
from labels.verification.materiality import misstated
from labels.verification.planning import Desk, desk
from labels.verification.sampling import R, sites
from labels.verification.separation import acted, separation
from labels.verification.state import State, state_of
from labels.verification.submissions import footprint_of
from labels.verification.summary import summary
from labels.verification.work import GOOD_OPINIONS
from lca.grading import CERTIFIABLE
from lca.record import share_text
from lca.result import ZERO

CERTIFICATION = "product-certification"
"""Kind of approval an issuer needs before anything may be called a certificate."""

RECALCULATED_TO = Fraction(1, 10**6)


@dataclass(frozen=True, slots=True)
class Looked:
    """A case with everything that was computed from it."""

    case: Case
    state: State
    desk: Desk


def look(root: Path, factors: FactorSet) -> Looked:
    """Read a case and plan its present version.

    Raises
    ------
    IssueError, FindingsError
        When there is no case, or its present version cannot be computed again.
    """
    case = open_case(root)
    state = state_of(case)
    footprint = footprint_of(case.contents, state.present, factors)
    return Looked(case, state, desk(state, footprint, case.first.system))


def before_opinion(looked: Looked) -> tuple[Finding, ...]:
    """Return what keeps the lead verifier from a good opinion."""
    state, case = looked.state, looked.case
    return (
        *case.findings,
        *state.faults,
        *_agreed(state),
        *_declared(case, state),
        *_grade(looked.desk),
        *_planned(looked),
        *_sampled(looked),
        *_visited(looked),
        *_recalculated(looked),
        *_open(state),
        *misstated(looked.desk.rolled),
    )


def before_closing(looked: Looked) -> tuple[Finding, ...]:
    """Return everything that keeps the file from being closed."""
    state, case = looked.state, looked.case
    return (
        *before_opinion(looked),
        *_opinion(state),
        *_reviewed(case, state),
        *_decided(case, state),
        *separation(case, state),
    )


def before_document(looked: Looked, kind: Kind, issuer: IssuerProfile, trust: TrustFile,
                    day: dt.date) -> tuple[Finding, ...]:  # fmt: skip
    """Return everything that keeps a document of a kind from resting on this case."""
    state, case = looked.state, looked.case
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
        level="reasonable" if state.engagement.level == "mixed" else state.engagement.level,
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


# --- the work -------------------------------------------------------------------------------------


def _agreed(state: State) -> Iterator[Finding]:
    if state.engagement is None:
        yield finding("CASE-NO", Where(path="engagement"), what="engagement")
    elif state.engagement.level not in R or state.engagement.type != "verification":
        yield finding(
            "CASE-LEVEL",
            Where(path="engagement"),
            level=state.engagement.level,
            work=state.engagement.type,
        )


def _declared(case: Case, state: State) -> Iterator[Finding]:
    """Everybody who acted declares; consultancy and interests must be none."""
    for person in sorted({event.person for event in case.events}):
        told = state.declarations.get(person)
        role = next(event.role for event in case.events if event.person == person)
        if told is None:
            yield finding("CASE-DECLARATION", Where(path=person), person=person, told="-")
        elif role != "preparer" and not told.impartial:
            saw = f"{told.consultancy}; {told.interests}"
            yield finding("CASE-DECLARATION", Where(path=person), person=person, told=saw)


def _grade(made: Desk) -> Iterator[Finding]:
    if made.footprint.grade != CERTIFIABLE:
        yield finding("CASE-GRADE", Where(path="grade"), grade=made.footprint.grade)


def _planned(looked: Looked) -> Iterator[Finding]:
    """The recorded plan must ask for every line that the present state asks for."""
    plan = looked.state.plan
    if plan is None:
        yield finding("CASE-NO", Where(path="plan"), what="plan")
        return
    known = {str(one.get("id")) for one in plan.get("lines", ()) if isinstance(one, Mapping)}
    fresh = [line for line in looked.desk.plan.lines if line not in known]
    if fresh or not looked.state.risks:
        what = ", ".join(fresh[:8]) if fresh else "risk"
        yield finding("CASE-PLAN", Where(path="plan"), lines=what, count=len(fresh))


def _sampled(looked: Looked) -> Iterator[Finding]:
    """Every planned line was looked at, on evidence; every difference is a finding."""
    state = looked.state
    if looked.desk.left:
        left = looked.desk.left
        yield finding(
            "CASE-SAMPLE", Where(path="sample"), lines=", ".join(left[:8]), count=len(left)
        )
    for line, one in state.samples.items():
        if not one.evidence and one.result != "missing":
            yield finding("CASE-EVIDENCE", Where(path=line), what=line)
        if one.result != "agrees" and not _spoken(state, line):
            yield finding("CASE-UNSAID", Where(path=line), line=line, result=one.result)


def _spoken(state: State, line: str) -> bool:
    """Whether a finding names what is wrong with a line, with its effect, or has explained it."""
    return any(
        any(log.raised.effects.values()) or (log.settled and log.settled.how == "explained")
        for log in state.findings.values()
        if log.raised.line == line
    )


def _visited(looked: Looked) -> Iterator[Finding]:
    """Reasonable assurance stands on visits of the planned sites."""
    agreed = looked.state.engagement
    if agreed is None or agreed.level == "limited":
        return
    seen = {one.site for one in looked.state.visits if one.evidence}
    for site in sites(agreed.sites, looked.desk.plan.seed):
        if site not in seen:
            yield finding("CASE-VISIT", Where(path=site), site=site)


def _recalculated(looked: Looked) -> Iterator[Finding]:
    """The figures were calculated apart from the product, for the present version."""
    done = looked.state.recalculation
    if done is None or done.version != looked.state.version:
        yield finding("CASE-NO", Where(path="recalculation"), what="recalculation")
        return
    for name, limit in looked.desk.limits.items():
        gap = abs(done.figures.get(name, ZERO) - limit.value)
        if name not in done.figures or gap > abs(limit.value) * RECALCULATED_TO:
            told = str(float(done.figures[name])) if name in done.figures else "-"
            yield finding(
                "CASE-RECALCULATION",
                Where(path=name),
                figure=name,
                found=told,
                stated=float(limit.value),
            )


def _open(state: State) -> Iterator[Finding]:
    """Name open findings, major ones left uncorrected, and endings without evidence or effect."""
    for log in state.open_findings:
        yield finding("CASE-OPEN", Where(path=log.id), id=log.id, kind=log.raised.grade)
    for log in state.findings.values():
        done = log.settled
        if done is None:
            continue
        if done.how == "uncorrected" and log.raised.grade == "major":
            yield finding("CASE-MAJOR", Where(path=log.id), id=log.id)
        if done.how in ("corrected", "explained") and not done.evidence:
            yield finding("CASE-EVIDENCE", Where(path=log.id), what=log.id)
        unmeasured = log.raised.grade == "misstatement" and done.how == "uncorrected"
        if unmeasured and not any(log.raised.effects.values()):
            yield finding("CASE-EFFECT", Where(path=log.id), id=log.id)


# --- the judgement --------------------------------------------------------------------------------


def _opinion(state: State) -> Iterator[Finding]:
    given = state.opinion
    if given is None or given.version != state.version:
        yield finding("CASE-NO", Where(path="opinion"), what="opinion")
    elif given.opinion not in GOOD_OPINIONS or (
        given.opinion == "unmodified"
        and any(log.uncorrected and log.settled for log in state.findings.values())
    ):
        yield finding("CASE-OPINION", Where(path="opinion"), opinion=given.opinion)


def _after(case: Case, act: Event | None, others: Iterable[Event], what: str) -> Iterator[Finding]:
    """Name what happened without the knowledge of an act that had to know it."""
    if act is None:
        yield finding("CASE-NO", Where(path=what), what=what)
        return
    for event in others:
        if event != act and not case.history.before(event, act):
            yield finding("CASE-STALE", Where(file=event.path), what=what, kind=event.kind)


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
        yield finding("CASE-NO", Where(path="close"), what="close")
        return
    left = {path: sha for path, sha in case.contents.files.items() if path != state.closed.path}
    stated, found = str(state.closed.data["folder"]), folder_hash(left)
    if stated != found:
        yield finding("CASE-HASH", Where(file=state.closed.path), stated=stated, found=found)


def _kind(state: State, kind: Kind, issuer: IssuerProfile, day: dt.date) -> Iterator[Finding]:
    """The engagement was for this kind, and the issuer may use the words that it prints."""
    if state.engagement is not None and state.engagement.kind is not kind:
        yield finding("CASE-KIND", Where(path="kind"), agreed=state.engagement.kind, kind=kind)
    if kind is Kind.CERTIFICATE_OF_CONFORMITY:
        held = [one for one in issuer.approvals if one.kind == CERTIFICATION]
        if not any(one.expires[:10] >= day.isoformat() for one in held):
            yield finding("CASE-APPROVAL", Where(path="issuer"), kind=kind, needs=CERTIFICATION)


def _trusted(case: Case, trust: TrustFile) -> Iterator[Finding]:
    """The issuer's own trust file knows the four, as the same people in the same roles."""
    for role, several in acted(case).items():
        for one in several:
            key = trust.find(one.kid, Purpose.APPROVAL)
            known = key is not None and role in key.roles and key.name == one.person.name
            if key is None or not known or key.organisation != one.person.employer:
                yield finding("CASE-TRUST", Where(path=role), person=one.person.name, role=role)


def refusals(root: Path, factors: FactorSet) -> tuple[Finding, ...]:
    """Return everything that keeps a case from being closed, even where it cannot be computed."""
    try:
        return tuple(dict.fromkeys(before_closing(look(root, factors))))
    except (IssueError, FindingsError) as refused:
        return refused.findings

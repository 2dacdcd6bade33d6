"""What of the work is not done: each thing that keeps a verifier from a good opinion, named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from factors.findings import Finding, Where, finding
from labels.verification.case import Case
from labels.verification.looked import Looked
from labels.verification.materiality import misstated
from labels.verification.planning import Desk, documents_of, sites_of
from labels.verification.sampling import R, months, sites
from labels.verification.state import State
from labels.verification.words import words
from lca.grading import CERTIFIABLE
from lca.result import ZERO

RECALCULATED_TO = Fraction(1, 10**6)
SHOWN = 8
"""Lines that a message names before it only counts them."""


LEAVES_OUT = ("CASE-EVENT", "CASE-CHAIN", "CASE-KEY", "CASE-ROLE", "CASE-SIGNATURE", "CASE-GAP")
"""Faults of a folder for which records are left out, so that work that was done looks undone."""


def leaves_out(case: Case) -> bool:
    """Whether records of the folder cannot be counted, whatever is done next."""
    return any(one.code in LEAVES_OUT for one in case.findings)


def undone(looked: Looked) -> tuple[Finding, ...]:
    """Return what keeps the lead verifier from a good opinion.

    Where records are missing or faulty, they alone are named: all else would be said for want of
    them.
    """
    state, case = looked.state, looked.case
    if leaves_out(case):
        return case.findings
    return (
        *(case.findings or state.faults),
        *_agreed(looked),
        *_declared(case, state),
        *_grade(looked.desk),
        *_planned(looked),
        *_sampled(looked),
        *_visited(looked),
        *_recalculated(looked),
        *_open(state),
        *misstated(looked.desk.rolled),
    )


def _agreed(looked: Looked) -> Iterator[Finding]:
    """There is an engagement of a level that supports an opinion, over all sites of the file."""
    agreed = looked.state.engagement
    if agreed is None:
        yield finding("CASE-NO", Where(path="engagement"), **words("what", "act", "engagement"))
        return
    if agreed.level not in R or agreed.type != "verification":
        told = {**words("level", "level", agreed.level), **words("work", "type", agreed.type)}
        yield finding("CASE-LEVEL", Where(path="engagement"), **told)
    left = [one for one in sites_of(looked.desk.footprint.system) if one not in agreed.sites]
    if left:
        yield finding("CASE-SITES", Where(path="engagement"), sites=", ".join(left))


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
        told = words("grade", "grade", made.footprint.grade)
        yield finding("CASE-GRADE", Where(path="grade"), **told)


def _planned(looked: Looked) -> Iterator[Finding]:
    """The recorded plan must ask for every line that the present state asks for."""
    plan = looked.state.plan
    if plan is None:
        yield finding("CASE-NO", Where(path="plan"), **words("what", "act", "plan"))
        return
    known = {str(one.get("id")) for one in plan.get("lines", ()) if isinstance(one, Mapping)}
    fresh = [line for line in looked.desk.plan.lines if line not in known]
    if fresh:
        lines = ", ".join(fresh[:SHOWN])
        yield finding("CASE-PLAN", Where(path="plan"), lines=lines, count=len(fresh))
    if not looked.state.risks:
        yield finding("CASE-NO", Where(path="risk"), **words("what", "act", "risk"))


def _sampled(looked: Looked) -> Iterator[Finding]:
    """Every planned line was looked at, on evidence; every difference is a finding."""
    state = looked.state
    if looked.desk.left:
        left = looked.desk.left
        shown = ", ".join(left[:SHOWN])
        yield finding("CASE-SAMPLE", Where(path="sample"), lines=shown, count=len(left))
    for line, one in state.samples.items():
        if not one.evidence and one.result != "missing":
            yield finding("CASE-EVIDENCE", Where(path=line), what=line)
        if one.result != "agrees" and not _spoken(state, line):
            told = words("result", "result", one.result)
            yield finding("CASE-UNSAID", Where(path=line), line=line, **told)
    yield from _unseen(looked)


def _unseen(looked: Looked) -> Iterator[Finding]:
    """Inside a planned line the documents that the plan names were seen."""
    behind = documents_of(looked.desk.footprint.system)
    for line in looked.desk.plan.lines:
        done = looked.state.samples.get(line)
        if done is None or done.result == "missing" or behind.get(line, 1) == 1:
            continue
        wanted = months(line, behind[line], looked.desk.plan.seed)
        left = [str(one) for one in wanted if str(one) not in done.months]
        if left:
            yield finding(
                "CASE-DOCUMENTS", Where(path=line), line=line, left=", ".join(left), of=len(wanted)
            )


def _spoken(state: State, line: str) -> bool:
    """Whether a finding carries what is wrong with a line, with its effect, into the sums.

    One that was explained or withdrawn carries nothing: then the line is looked at again, and
    agrees.
    """
    return any(log.uncorrected for log in state.findings.values() if log.raised.line == line)


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
        told = words("what", "act", "recalculation")
        yield finding("CASE-NO", Where(path="recalculation"), **told)
        return
    if not done.evidence:
        yield finding("CASE-EVIDENCE", Where(path="recalculation"), what="recalculation")
    for name, limit in looked.desk.limits.items():
        gap = abs(done.figures.get(name, ZERO) - limit.value)
        if name not in done.figures or gap > abs(limit.value) * RECALCULATED_TO:
            found = str(float(done.figures[name])) if name in done.figures else "-"
            told = {"found": found, "stated": str(float(limit.value))}
            named = words("figure", "figure", name)
            yield finding("CASE-RECALCULATION", Where(path=name), **told, **named)


def _open(state: State) -> Iterator[Finding]:
    """Name open findings, and endings that no document can rest on."""
    for log in state.open_findings:
        told = words("kind", "class", log.raised.grade)
        yield finding("CASE-OPEN", Where(path=log.id), id=log.id, **told)
    for log in state.findings.values():
        done = log.settled
        if done is None:
            continue
        left = done.how == "uncorrected"
        if left and log.raised.grade == "major":
            yield finding("CASE-MAJOR", Where(path=log.id), id=log.id)
        if left and log.raised.nature:
            told = words("nature", "nature", log.raised.nature)
            yield finding("CASE-QUALITATIVE", Where(path=log.id), id=log.id, **told)
        if done.how != "uncorrected" and not done.evidence:
            yield finding("CASE-EVIDENCE", Where(path=log.id), what=log.id)
        unmeasured = log.raised.grade == "misstatement" and left
        if unmeasured and not any(log.raised.effects.values()) and not log.raised.nature:
            yield finding("CASE-EFFECT", Where(path=log.id), id=log.id)

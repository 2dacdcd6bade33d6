"""The gate: an honest case passes, and every way round it is refused with its reason."""

from __future__ import annotations

import copy
import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import typer

from factors.errors import FindingsError, IssueError
from factors.findings import finding
from labels.canonical import canonical
from labels.cli.main import app
from labels.issuer import IssuerApproval, demo_issuer
from labels.keys import Purpose, new_key
from labels.kinds import ClosedFile, Kind
from labels.registry.desk import Submission, approve, submit
from labels.registry.store import Store
from labels.trust import ROLES
from labels.verification import demo
from labels.verification.case import open_case, prepared, write_event
from labels.verification.event import parse_event
from labels.verification.gate import before_document, closed_file, same_folder
from labels.verification.looked import Looked, look
from labels.verification.planning import desk as planned
from labels.verification.roster import Person
from labels.verification.state import FindingLog
from labels.verification.work import Raised, Settled
from tests.labels.verification.casework import (
    T0,
    Casework,
    casework,
    filled,
    handed,
    library,
)

STATEMENT = Kind.VERIFICATION_STATEMENT


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Casework:
    work = casework(tmp_path_factory.mktemp("finished")).begin(filled())
    work.work(handed(filled()))
    work.finish()
    return work


@pytest.fixture(scope="module")
def store(finished: Casework, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = demo.demo_registry(tmp_path_factory.mktemp("office") / "registry", finished.keys, T0)
    yield made
    made.close()


@pytest.fixture(scope="module")
def looked(finished: Casework) -> Looked:
    return look(finished.root, library())


@pytest.fixture
def folder(finished: Casework, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished.root, tmp_path / "case"))


def certified(root: Path, store: Store, kind: Kind = STATEMENT) -> ClosedFile:
    return closed_file(root, kind, store.issuer, store.trust, T0.date(), library())


def submission(closed: ClosedFile | None, kind: Kind = STATEMENT) -> Submission:
    own = handed(filled())
    book = ("filled.xlsx", own.workbook)
    return Submission(own.footprint, own.system, book, kind=str(kind), closed=closed)


def refused(act: Callable[[], object]) -> set[str]:
    with pytest.raises((FindingsError, IssueError)) as refusal:
        act()
    return {one.code for one in refusal.value.findings}


def test_an_honest_case_becomes_an_approved_draft(finished: Casework, store: Store) -> None:
    closed = certified(finished.root, store)
    assert closed.opinion == "unmodified"
    assert closed.sha256 == open_case(finished.root).contents.sha256
    draft = submit(store, submission(closed), finished.moment)
    for role in ROLES:
        approve(store, draft, role, finished.keys[role], finished.moment)


def test_without_a_closed_case_there_is_only_a_study_report(store: Store) -> None:
    for kind in (STATEMENT, Kind.CERTIFICATE_OF_CONFORMITY):
        own = submission(None, kind)
        assert refused(partial(submit, store, own, T0)) == {"KIND-NOT-PERMITTED"}
    # The control: the same files are a study report without any case.
    assert submit(store, submission(None, Kind.STUDY_REPORT), T0)


def test_a_closed_file_of_another_submission_is_refused(finished: Casework, store: Store) -> None:
    closed = certified(finished.root, store)
    for changed in (
        replace(closed, submission="0" * 64),
        replace(closed, footprint="0" * 64),
        replace(closed, opinion="adverse"),
    ):
        other = submission(changed)
        assert refused(partial(submit, store, other, T0)) == {"KIND-NOT-PERMITTED"}
    nobody = replace(closed, approvers={})
    assert refused(lambda: submit(store, submission(nobody), T0)) == {"APPROVER-UNKNOWN"}


def test_nobody_else_approves(finished: Casework, store: Store) -> None:
    draft = submit(store, submission(certified(finished.root, store)), finished.moment)
    wrong = finished.keys["verifier"]
    found = refused(lambda: approve(store, draft, "reviewer", wrong, finished.moment))
    assert found == {"APPROVAL-NOT-INVITED"}


# --- editing the folder by hand -------------------------------------------------------------------


def last(root: Path, person: str) -> Path:
    return sorted((root / "log" / person).iterdir())[-1]


def an_object(root: Path) -> Path:
    case = open_case(root)
    proof = next(e for e in case.events if e.kind == "sample").data["objects"][0]
    return root / "objects" / str(proof)


def edit_object(root: Path, work: Casework) -> None:
    del work
    path = an_object(root)
    path.write_bytes(path.read_bytes() + b" ")


def lose_object(root: Path, work: Casework) -> None:
    del work
    an_object(root).unlink()


def add_file(root: Path, work: Casework) -> None:
    del work
    (root / "note.txt").write_text("all is well")


def edit_event(root: Path, work: Casework) -> None:
    del work
    path = root / "log" / "verifier" / "00001.json"
    record = json.loads(path.read_bytes())
    record["payload"]["data"]["materiality"] = "0.5"
    path.write_bytes(canonical(record))


def sign_again(root: Path, work: Casework) -> None:
    """Edit the last event and sign it with somebody else's key."""
    path = last(root, "verifier")
    event = parse_event(path.read_bytes())
    path.write_bytes(replace(event, kid=work.keys["preparer"].kid)
                     .signed(work.keys["preparer"]).to_bytes())  # fmt: skip


def sign_again_myself(root: Path, work: Casework) -> None:
    """The verifier rewrites an own sample after the review, and signs it anew."""
    path = root / "log" / "verifier" / "00005.json"
    event = parse_event(path.read_bytes())
    data = {**event.data, "note": "never mind"}
    path.write_bytes(replace(event, data=data).signed(work.keys["verifier"]).to_bytes())


def lose_event(root: Path, work: Casework) -> None:
    del work
    last(root, "verifier").unlink()


def lose_person(root: Path, work: Casework) -> None:
    del work
    shutil.rmtree(root / "log" / "reviewer")


def lose_closing(root: Path, work: Casework) -> None:
    del work
    last(root, "decision").unlink()


def other_roster(root: Path, work: Casework) -> None:
    del work
    keys = demo.demo_keys(T0)
    (root / "people" / "0001.json").write_bytes(demo.people(T0, keys).to_bytes())


def act_after_closing(root: Path, work: Casework) -> None:
    case = open_case(root)
    moment = work.moment + dt.timedelta(hours=1)
    data = {"how": "withdrawn", "basis": "x"}
    write_event(root, prepared(case, work.keys["verifier"], "settled", "F01", data, moment))


def first_page(root: Path, work: Casework) -> None:
    del work
    path = root / "case.json"
    path.write_bytes(path.read_bytes().replace(b"example-case", b"another-case"))


def a_link(root: Path, work: Casework) -> None:
    del work
    (root / "objects" / ("0" * 64)).symlink_to("/etc/hostname")


BY_HAND: dict[Callable[[Path, Casework], None], str] = {
    edit_object: "CASE-OBJECT",
    lose_object: "CASE-OBJECT",
    add_file: "CASE-STRAY",
    edit_event: "CASE-SIGNATURE",
    sign_again: "CASE-KEY",
    sign_again_myself: "CASE-CHAIN",
    lose_event: "CASE-GAP",
    lose_person: "CASE-GAP",
    lose_closing: "CASE-NO",
    other_roster: "CASE-ROSTER",
    act_after_closing: "CASE-AFTER-CLOSE",
    first_page: "CASE-EVENT",
    a_link: "CASE-FILE",
}


@pytest.mark.parametrize("edit", BY_HAND, ids=lambda edit: edit.__name__)
def test_a_folder_edited_by_hand_lets_nothing_through(
    edit: Callable[[Path, Casework], None], folder: Path, finished: Casework, store: Store
) -> None:
    stated = certified(folder, store).sha256
    edit(folder, finished)
    assert BY_HAND[edit] in refused(lambda: certified(folder, store))
    try:
        found = {one.code for one in same_folder(folder, stated)}
    except IssueError as unreadable:
        found = {one.code for one in unreadable.findings}
    assert found & {"CASE-HASH", "CASE-ROSTER", "CASE-FILE"}


def test_a_mismatch_names_both_hashes(folder: Path) -> None:
    stated = open_case(folder).contents.sha256
    add_file(folder, casework(folder))
    named = next(one for one in same_folder(folder, stated) if one.code == "CASE-HASH")
    assert dict(named.params)["stated"] == stated
    assert dict(named.params)["found"] == open_case(folder).contents.sha256


# --- work that was not done, people that are not apart --------------------------------------------


def opinion_after_all(looked: Looked) -> None:
    assert looked.state.opinion is not None
    looked.state.opinion = replace(looked.state.opinion, opinion="adverse")


def no_review(looked: Looked) -> None:
    looked.state.review = {"agrees": False, "notes": ""}


def no_decision(looked: Looked) -> None:
    looked.state.decision = {"issue": False, "notes": ""}


def never_reviewed(looked: Looked) -> None:
    del looked.state.marks["review"]


def no_visit(looked: Looked) -> None:
    looked.state.visits = []


def nothing_agreed(looked: Looked) -> None:
    looked.state.engagement = None


def no_assurance(looked: Looked) -> None:
    assert looked.state.engagement is not None
    looked.state.engagement = replace(looked.state.engagement, level="none")


def another_kind(looked: Looked) -> None:
    assert looked.state.engagement is not None
    looked.state.engagement = replace(looked.state.engagement, kind=Kind.STUDY_REPORT)


def a_consultant(looked: Looked) -> None:
    told = looked.state.declarations["verifier"]
    looked.state.declarations["verifier"] = replace(told, consultancy="the workbook")


def undeclared(looked: Looked) -> None:
    del looked.state.declarations["reviewer"]


def no_plan(looked: Looked) -> None:
    looked.state.plan = None


def a_shorter_plan(looked: Looked) -> None:
    assert looked.state.plan is not None
    looked.state.plan = {**looked.state.plan, "lines": looked.state.plan["lines"][1:]}


def no_risks(looked: Looked) -> None:
    looked.state.risks = {}


def no_evidence(looked: Looked) -> None:
    line, one = next(iter(looked.state.samples.items()))
    looked.state.samples[line] = replace(one, evidence=())


def a_silent_difference(looked: Looked) -> None:
    line, one = next(iter(looked.state.samples.items()))
    looked.state.samples[line] = replace(one, result="differs", found=Fraction(1))


def another_recalculation(looked: Looked) -> None:
    assert looked.state.recalculation is not None
    figures = {name: value * 2 for name, value in looked.state.recalculation.figures.items()}
    looked.state.recalculation = replace(looked.state.recalculation, figures=figures)


def an_older_recalculation(looked: Looked) -> None:
    assert looked.state.recalculation is not None
    looked.state.recalculation = replace(looked.state.recalculation, version=0)


def raised(grade: str, share: Fraction, looked: Looked) -> Raised:
    limits = looked.desk.limits
    effects = {name: limit.value * share for name, limit in limits.items() if share}
    return Raised(grade, "", (), "seen", "clause", effects, "", "", 1, ())


def an_open_finding(looked: Looked) -> None:
    looked.state.findings["F01"] = FindingLog("F01", raised("minor", Fraction(0), looked), "x")


def a_major_finding_left(looked: Looked) -> None:
    log = FindingLog("F01", raised("major", Fraction(0), looked), "x")
    log.settled = Settled("uncorrected", "small", ("0" * 64,), "x")
    looked.state.findings["F01"] = log


def settled_on_nothing(looked: Looked) -> None:
    log = FindingLog("F01", raised("minor", Fraction(0), looked), "x")
    log.settled = Settled("corrected", "trust me", (), "x")
    looked.state.findings["F01"] = log


def unmodified_with_an_error(looked: Looked) -> None:
    log = FindingLog("F01", raised("misstatement", Fraction(1, 100), looked), "x")
    log.settled = Settled("uncorrected", "small", ("0" * 64,), "x")
    looked.state.findings["F01"] = log


def an_unmeasured_error(looked: Looked) -> None:
    log = FindingLog("F01", raised("misstatement", Fraction(0), looked), "x")
    log.settled = Settled("uncorrected", "small", ("0" * 64,), "x")
    looked.state.findings["F01"] = log


def a_site_left_out(looked: Looked) -> None:
    assert looked.state.engagement is not None
    looked.state.engagement = replace(looked.state.engagement, sites=("S9",))


def documents_unseen(looked: Looked) -> None:
    line = next(line for line, one in looked.state.samples.items() if len(one.months) > 1)
    looked.state.samples[line] = replace(looked.state.samples[line], months=("1",))


def a_small_error_of_the_boundary(looked: Looked) -> None:
    log = FindingLog("F01", raised("minor", Fraction(0), looked), "x")
    log.raised = replace(log.raised, nature="boundary")
    log.settled = Settled("uncorrected", "small", ("0" * 64,), "x")
    looked.state.findings["F01"] = log


def spoken_away(how: str, looked: Looked) -> None:
    """A line differs, and its finding ends in words: nothing is corrected and nothing counted."""
    line, one = next(iter(looked.state.samples.items()))
    looked.state.samples[line] = replace(one, result="differs", found=Fraction(1))
    log = FindingLog("F01", raised("misstatement", Fraction(1, 5), looked), "x")
    log.raised = replace(log.raised, line=line)
    log.settled = Settled(how, "trust me", ("0" * 64,), "x")
    looked.state.findings["F01"] = log


def explained_away(looked: Looked) -> None:
    spoken_away("explained", looked)


def withdrawn(looked: Looked) -> None:
    spoken_away("withdrawn", looked)


def an_early_opinion(looked: Looked) -> None:
    looked.state.marks["opinion"] = next(e for e in looked.case.events if e.person == "verifier")


def a_bare_recalculation(looked: Looked) -> None:
    assert looked.state.recalculation is not None
    looked.state.recalculation = replace(looked.state.recalculation, evidence=())


UNDONE: dict[Callable[[Looked], None], str] = {
    opinion_after_all: "CASE-OPINION",
    no_review: "CASE-REVIEW",
    no_decision: "CASE-DECISION",
    never_reviewed: "CASE-NO",
    no_visit: "CASE-VISIT",
    nothing_agreed: "CASE-NO",
    no_assurance: "CASE-LEVEL",
    another_kind: "CASE-KIND",
    a_consultant: "CASE-DECLARATION",
    undeclared: "CASE-DECLARATION",
    no_plan: "CASE-NO",
    a_shorter_plan: "CASE-PLAN",
    no_risks: "CASE-NO",
    no_evidence: "CASE-EVIDENCE",
    a_silent_difference: "CASE-UNSAID",
    another_recalculation: "CASE-RECALCULATION",
    an_older_recalculation: "CASE-NO",
    an_open_finding: "CASE-OPEN",
    a_major_finding_left: "CASE-MAJOR",
    settled_on_nothing: "CASE-EVIDENCE",
    unmodified_with_an_error: "CASE-OPINION",
    an_unmeasured_error: "CASE-EFFECT",
    a_site_left_out: "CASE-SITES",
    documents_unseen: "CASE-DOCUMENTS",
    a_small_error_of_the_boundary: "CASE-QUALITATIVE",
    explained_away: "CASE-UNSAID",
    withdrawn: "CASE-UNSAID",
    an_early_opinion: "CASE-STALE",
    a_bare_recalculation: "CASE-EVIDENCE",
}


def standing(looked: Looked, store: Store, kind: Kind = STATEMENT) -> set[str]:
    found = before_document(looked, kind, store.issuer, store.trust, T0.date())
    return {one.code for one in found}


@pytest.mark.parametrize("change", UNDONE, ids=lambda change: change.__name__)
def test_work_that_was_not_done_is_named(
    change: Callable[[Looked], None], looked: Looked, store: Store
) -> None:
    assert standing(looked, store) == set()
    other = replace(looked, state=copy.deepcopy(looked.state))
    change(other)
    assert UNDONE[change] in standing(other, store)


def test_a_screening_is_never_more_than_a_study_report(looked: Looked, store: Store) -> None:
    weak = replace(looked.desk.footprint, reasons=(finding("GRADE-WEAK-SUM"),))
    other = replace(looked, desk=replace(looked.desk, footprint=weak))
    assert standing(other, store) == {"CASE-GRADE"}


def people(looked: Looked, change: Callable[[Person], Person]) -> Looked:
    roster = looked.case.roster
    several = tuple(change(person) for person in roster.people)
    return replace(looked, case=replace(looked.case, roster=replace(roster, people=several)))


def same_name(one: Person) -> Person:
    return replace(one, name=demo.PEOPLE["verifier"][0].upper()) if one.id == "reviewer" else one


def two_roles(one: Person) -> Person:
    return replace(one, roles=("verifier", "decision")) if one.id == "decision" else one


def client_staff(one: Person) -> Person:
    return replace(one, employer=f" {demo.CLIENT.upper()}. ") if one.id == "reviewer" else one


@pytest.mark.parametrize(
    ("change", "rule"),
    [(same_name, "people"), (two_roles, "roles"), (client_staff, "employer")],
)
def test_people_must_be_apart(
    change: Callable[[Person], Person], rule: str, looked: Looked, store: Store
) -> None:
    found = before_document(people(looked, change), STATEMENT, store.issuer, store.trust, T0.date())
    rules = {dict(one.params)["rule"] for one in found if one.code == "CASE-SEPARATION"}
    assert rules == {rule}


def test_a_reviewer_with_a_hand_in_the_work_is_no_reviewer(looked: Looked, store: Store) -> None:
    events = tuple(
        replace(event, person="reviewer") if event.kind == "visit" else event
        for event in looked.case.events
    )
    history = replace(looked.case.history, events=events)
    other = replace(looked, case=replace(looked.case, history=history))
    known = {event.sha256: looked.case.history.known.get(event.sha256, {}) for event in events}
    other = replace(other, case=replace(other.case, history=replace(history, known=known)))
    found = before_document(other, STATEMENT, store.issuer, store.trust, T0.date())
    assert "own-work" in {dict(one.params).get("rule") for one in found}


def test_the_issuer_must_know_the_four(looked: Looked, finished: Casework, tmp_path: Path) -> None:
    keys = {**finished.keys, "reviewer": new_key(Purpose.APPROVAL, "x", demo=True, now=T0)}
    stranger = demo.demo_registry(tmp_path / "registry", keys, T0)
    assert standing(looked, stranger) == {"CASE-TRUST"}


def test_a_certificate_needs_an_approval_that_has_not_run_out(looked: Looked, store: Store) -> None:
    state = copy.deepcopy(looked.state)
    assert state.engagement is not None
    state.engagement = replace(state.engagement, kind=Kind.CERTIFICATE_OF_CONFORMITY)
    other = replace(looked, state=state)
    kind, day = Kind.CERTIFICATE_OF_CONFORMITY, T0.date()
    for expires, codes in (("2020-01-01", {"CASE-APPROVAL"}), ("2030-01-01", set())):
        held = IssuerApproval("product-certification", "EXAMPLE-1", "example", expires)
        issuer = replace(demo_issuer(), approvals=(held,))
        found = before_document(other, kind, issuer, store.trust, day)
        assert {one.code for one in found} == codes


def test_misstatements_are_added_up_both_ways(looked: Looked, store: Store) -> None:
    """Two errors of 4 % against each other: the net is nothing, the sum of absolutes is not."""
    state = copy.deepcopy(looked.state)
    for number, share in (("F01", Fraction(4, 100)), ("F02", Fraction(-4, 100))):
        log = FindingLog(number, raised("misstatement", share, looked), "x")
        log.settled = Settled("uncorrected", "small", ("0" * 64,), "x")
        state.findings[number] = log
    desk = planned(state, looked.desk.footprint, looked.case.first.system)
    found = before_document(
        replace(looked, state=state, desk=desk), STATEMENT, store.issuer, store.trust, T0.date()
    )
    material = [one for one in found if one.code == "CASE-MATERIAL"]
    assert {dict(one.params)["net"] for one in material} == {"0.0 %"}
    assert len(material) == len(looked.desk.limits)


def test_acts_copied_from_another_case_are_not_of_this_one(
    finished: Casework, tmp_path: Path, store: Store
) -> None:
    """The same people, the same product, a case begun anew: the old approvals do not fit it."""
    other = Casework(tmp_path / "case", finished.keys, finished.moment).begin(filled())
    shutil.rmtree(other.root / "log")
    shutil.copytree(finished.root / "log", other.root / "log")
    for one in (finished.root / "objects").iterdir():
        shutil.copy(one, other.root / "objects")
    assert "CASE-EVENT" in refused(lambda: certified(other.root, store))
    # The control: the acts in their own case let a statement through.
    assert certified(finished.root, store).sha256


def test_no_command_has_a_way_round() -> None:
    """Nothing on the way from a case to a document can be told to look away."""
    found = {
        f"{command} {option}"
        for command, options in options_of(typer.main.get_command(app))
        if command.split()[0] in ("verification", "submit", "approve", "issue")
        for option in options
        if any(word in option for word in ("force", "skip", "ignore", "override", "unsafe", "yes"))
    }
    assert found == set()


def options_of(command: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every command with its options."""
    for name, inner in getattr(command, "commands", {}).items():
        yield from options_of(inner, f"{path} {name}".strip())
    if not getattr(command, "commands", {}):
        yield path, [option for one in command.params for option in one.opts]

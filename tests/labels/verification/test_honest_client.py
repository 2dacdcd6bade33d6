"""Two clients with eight errors each: one corrects them, one edits the file after the review."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from factors.errors import FindingsError, IssueError
from labels.canonical import parse_object
from labels.issue import issue
from labels.kinds import Kind
from labels.registry.desk import Submission, approve, submit
from labels.registry.store import Store
from labels.trust import ROLES
from labels.verification import demo
from labels.verification.acts import Told
from labels.verification.case import open_case
from labels.verification.corrections import changed_cells, resting_lines
from labels.verification.gate import closed_file, same_folder
from labels.verification.looked import look
from labels.verification.state import state_of
from labels.verification.submissions import Submitted, grid_of
from labels.verification.work import Cell
from tests.labels.desk_help import Clock, office
from tests.labels.verification.casework import (
    ENERGY,
    OUTPUT,
    T0,
    Casework,
    casework,
    edited,
    filled,
    handed,
    library,
    value_of,
)

RAW, PACKING, SUPPLIERS = "原材料", "包装", "供应商"
PLANTED: dict[Cell, float] = {
    (ENERGY, "J9"): 1.1,
    (OUTPUT, "E16"): 0.5,
    (RAW, "F10"): 1.6,
    (RAW, "F15"): 0.5,
    (PACKING, "F9"): 2.0,
    (PACKING, "F10"): 0.5,
    (SUPPLIERS, "F9"): 0.5,
    (SUPPLIERS, "F12"): 2.0,
}
"""Cell to what its number was multiplied by: bills, purchases, distances."""

STATEMENT = Kind.VERIFICATION_STATEMENT


@cache
def spoilt() -> bytes:
    cells = {
        cell: round(float(str(value_of(filled(), cell))) * times, 3)
        for cell, times in PLANTED.items()
    }
    return edited(filled(), cells)


@cache
def errors_of_lines() -> dict[Cell, str]:
    """One line for each planted error that rests on its cell."""
    wrong = handed(spoilt()).computed
    return {cell: sorted(resting_lines(wrong, [cell]))[0] for cell in PLANTED}


def audit(work: Casework) -> None:
    """Plan, look, find, have corrected, look again, until nothing is left."""
    work.begin(spoilt())
    work.plan()
    differing = work.look_at(handed(filled()))
    assert differing
    names = {}
    for cell, line in errors_of_lines().items():
        told = Told("misstatement", f"{cell[1]} differs", "6.3.5", line, (cell,), effects=None)
        names[cell] = work.find(told)
    for line in set(differing) - set(errors_of_lines().values()):
        names["", line] = work.find(Told("misstatement", "follows", "6.3.5", line))
    for name in names.values():
        work.answer(name)
    work.hand_in(filled())
    for name in names.values():
        work.settle(name)
    for _ in range(6):
        work.plan()
        if not look(work.root, library()).desk.left:
            break
        assert work.look_at(handed(filled())) == []
    work.visit()
    work.recalculate()


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Casework:
    work = casework(tmp_path_factory.mktemp("audited"))
    audit(work)
    return work


@pytest.fixture(scope="module")
def finished(audited: Casework) -> Casework:
    looked = look(audited.root, library())
    assert looked.desk.enough
    audited.finish()
    return audited


def submission(work: Casework, own: Submitted, store: Store) -> Submission:
    closed = closed_file(work.root, STATEMENT, store.issuer, store.trust, T0.date(), library())
    book = ("filled.xlsx", own.workbook)
    return Submission(own.footprint, own.system, book, kind=str(STATEMENT), closed=closed)


@pytest.fixture(scope="module")
def store(finished: Casework, tmp_path_factory: pytest.TempPathFactory) -> Store:
    return demo.demo_registry(tmp_path_factory.mktemp("office") / "registry", finished.keys, T0)


def test_the_planted_errors_are_all_in_the_file() -> None:
    before, after = (grid_of(data, "filled.xlsx") for data in (filled(), spoilt()))
    assert set(changed_cells(before, after)) == set(PLANTED)


def test_the_effects_of_all_corrections_sum_to_the_change(finished: Casework) -> None:
    made = state_of(open_case(finished.root)).corrections[2]
    old, new = handed(spoilt()).computed.figures, handed(filled()).computed.figures
    for figure in new:
        steps = [one[figure] for one in made.effects.values()]
        assert sum(steps, new[figure].value * 0) == new[figure].value - old[figure].value
    assert set(made.effects) - {"joint"} == {f"F{n:02d}" for n in range(1, len(PLANTED) + 1)}


def test_an_honest_client_gets_a_signed_statement(
    finished: Casework, store: Store, tmp_path: Path
) -> None:
    draft = submit(store, submission(finished, handed(filled()), store), finished.moment)
    for role in ROLES:
        approve(store, draft, role, finished.keys[role], finished.moment)
    record = issue(office(store, clock=Clock(finished.moment)), draft, out=tmp_path / "out")
    body = parse_object(record.files["public/certificate.json"])
    assert body["kind"] == "verification_statement"
    assert body["verification"]["sha256"] == open_case(finished.root).contents.sha256
    assert same_folder(finished.root, body["verification"]["sha256"]) == ()
    assert record.files["public/label.pdf"].startswith(b"%PDF")


def test_a_client_who_edits_the_file_after_the_review_gets_nothing(
    finished: Casework, store: Store
) -> None:
    """A shorter way to the customers, after everything was reviewed and closed."""
    cell = (OUTPUT, "E16")
    other = handed(edited(filled(), {cell: float(str(value_of(filled(), cell))) * 0.9}))
    with pytest.raises(IssueError) as refused:
        submit(store, submission(finished, other, store), finished.moment)
    assert {one.code for one in refused.value.findings} == {"KIND-NOT-PERMITTED"}
    # Handing the edited file in as a new version is no way either: the case is closed.
    with pytest.raises(FindingsError) as late:
        finished.hand_in(edited(filled(), {cell: 200.0}))
    assert {one.code for one in late.value.findings} == {"CASE-AFTER-CLOSE"}

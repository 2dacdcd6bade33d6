"""The folder: killed anywhere nothing is lost; two people at once are shown, never merged."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from factors.errors import IssueError
from labels.keys import SigningKey
from labels.verification import acts, demo, folder
from labels.verification.acts import Actor
from labels.verification.case import add_roster, open_case, prepared, write_event
from labels.verification.folder import contents
from labels.verification.roster import sign_roster
from labels.verification.state import state_of
from tests.labels.verification.casework import T0, Casework, casework, filled

MOST_WRITES = 60
SPAWN = multiprocessing.get_context("fork")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Casework:
    return casework(tmp_path_factory.mktemp("begun")).begin(filled())


@pytest.fixture
def copied(begun: Casework, tmp_path: Path) -> Casework:
    shutil.copytree(begun.root, tmp_path / "case")
    return Casework(tmp_path / "case", begun.keys, begun.moment)


def risk(actor: Actor, name: str) -> None:
    data = {"what": f"risk {name}", "level": "low", "response": "look"}
    acts.act(actor, "risk", name, data, [f"proof of {name}".encode() * 2000])


# --- killed in the middle -------------------------------------------------------------------------


def dying(number: int) -> Callable[..., object]:
    """Make the process kill itself at the n-th system call that matters, before or after it."""
    count = [0]

    def step() -> None:
        count[0] += 1
        if count[0] == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrapped(real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **more: object) -> object:
            step()
            result = real(*args, **more)
            step()
            return result

        return call

    return wrapped


Act = Callable[[Path], None]
Happened = Callable[[Path], bool]


def dying_at(act: Act, root: Path, number: int) -> int | None:
    """Do an act in a process of its own that kills itself at its n-th write; return its end."""

    def child() -> None:
        wrap = dying(number)
        os.fsync, os.link, os.rename = wrap(os.fsync), wrap(os.link), wrap(os.rename)  # type: ignore[assignment]
        act(root)
        os._exit(0)

    process = SPAWN.Process(target=child)
    process.start()
    process.join()
    return process.exitcode


def everywhere(act: Act, happened: Happened, copied: Casework) -> list[bool]:
    """Kill an act at each of its writes; return whether it had happened, each time.

    Whatever happens the folder is sound, holds all that was there, and the act can be done again.
    """
    outcomes: list[bool] = []
    before = contents(copied.root).files
    for number in range(1, MOST_WRITES):
        trial = copied.root.with_name(f"trial-{number}")
        shutil.copytree(copied.root, trial)
        ended = dying_at(act, trial, number)
        case = open_case(trial)
        assert case.findings == ()
        assert set(before.items()) <= set(case.contents.files.items())
        done = happened(trial)
        if ended == 0:
            assert done
            return outcomes
        outcomes.append(done)
        if not done:
            act(trial)
            assert happened(trial)
            assert open_case(trial).findings == ()
    raise AssertionError("the act does not end")


def event_act(copied: Casework, who: str, kind: str, subject: str, data: dict[str, object],
              objects: tuple[bytes, ...] = ()) -> tuple[Act, Happened]:  # fmt: skip
    """An act of one kind, with what it leaves; prepared here, so that a child only writes it."""
    actor = copied.actor(who)

    def act(root: Path) -> None:
        event = prepared(open_case(root), actor.key, kind, subject, data, actor.now, objects)
        write_event(root, event, objects)

    return act, lambda root: any(e.about == (kind, subject) for e in open_case(root).events)


PROOF = (b"proof " * 2000, b"another " * 2000)
KILLED: dict[str, tuple[str, str, dict[str, object], tuple[bytes, ...]]] = {
    "risk": ("verifier", "new", {"what": "x", "level": "low", "response": "y"}, ()),
    "sample": ("verifier", "carbonates", {"version": 1, "result": "agrees", "found": None,
               "months": [], "note": ""}, PROOF),
    "visit": ("verifier", "S1", {"start": "a", "end": "b", "people": ["x"], "processes": ["y"],
              "exceptions": ""}, PROOF),
    "finding": ("verifier", "F01", {"class": "minor", "line": "", "cells": [], "seen": "x",
                "requirement": "y", "effects": {}, "due": "", "code": "", "version": 1}, PROOF),
    "version": ("preparer", "2", {"handed": {}, "cells": [], "lines": [], "effects": {}}, PROOF),
    "review": ("reviewer", "", {"agrees": True, "notes": ""}, ()),
    "decision": ("decision", "", {"issue": True, "notes": ""}, ()),
}  # fmt: skip
"""Kinds of acts by what they write: an event alone, or objects and an event."""


@pytest.mark.parametrize("kind", KILLED)
def test_an_act_killed_at_any_write_is_whole_or_not_there(kind: str, copied: Casework) -> None:
    who, subject, data, objects = KILLED[kind]
    outcomes = everywhere(*event_act(copied, who, kind, subject, data, objects), copied)
    assert {True, False} == set(outcomes)
    assert len(outcomes) >= 6 * (1 + len(objects)) - 2


def test_a_new_roster_killed_at_any_write_is_whole_or_not_there(copied: Casework) -> None:
    old = open_case(copied.root).roster
    fresh = replace(old, edition=2, previous=old.sha256, issued=copied.moment, signatures=())
    data = sign_roster(fresh, [copied.keys["decision"]]).to_bytes()

    def act(root: Path) -> None:
        add_roster(root, data)

    outcomes = everywhere(act, lambda root: open_case(root).roster.edition == 2, copied)
    assert {True, False} == set(outcomes)


def test_a_new_case_killed_at_any_write_is_whole_or_not_there(
    tmp_path: Path, begun: Casework
) -> None:
    found = open_case(begun.root)
    files = {path: found.contents.read(path) for path in found.contents.files}
    outcomes = []
    for number in range(1, 200, 7):
        root = tmp_path / str(number) / "case"
        ended = dying_at(lambda place: folder.create(place, files), root, number)
        outcomes.append(root.exists())
        if root.exists():
            assert open_case(root).findings == ()
        else:
            folder.create(root, files)
            assert open_case(root).events == found.events
        if ended == 0:
            break
    assert False in outcomes
    assert outcomes[-1]


def careless(path: Path, data: bytes, *, again: bool = False) -> None:
    """A writer as one would write it without a thought."""
    del again
    with path.open("wb") as file:
        file.write(data[: len(data) // 2])
        file.flush()
        os.fsync(file.fileno())
        file.write(data[len(data) // 2 :])


def test_a_careless_writer_would_be_caught(
    copied: Casework, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: written in place, half an event is left behind, and the test above says so."""
    monkeypatch.setattr("labels.verification.case.write_once", careless)
    who, subject, data, objects = KILLED["risk"]
    act, happened = event_act(copied, who, "risk", subject, data, objects)
    with pytest.raises(AssertionError):
        everywhere(act, happened, copied)


def test_a_case_that_was_not_begun_whole_is_not_there(tmp_path: Path, begun: Casework) -> None:
    files = {path: begun.root.joinpath(path).read_bytes()
             for path in open_case(begun.root).contents.files}  # fmt: skip

    def make(root: Path) -> None:
        os.kill(os.getpid(), signal.SIGKILL)
        folder.create(root, files)

    child = SPAWN.Process(target=make, args=(tmp_path / "new",))
    child.start()
    child.join()
    assert not (tmp_path / "new").exists()
    folder.create(tmp_path / "new", files)
    assert open_case(tmp_path / "new").findings == ()


# --- version control ------------------------------------------------------------------------------


def git(root: Path, *told: str) -> subprocess.CompletedProcess[str]:
    who = ["-c", "user.name=Example", "-c", "user.email=example@example.org"]
    command = ["git", *who, "-c", "commit.gpgsign=false", "-C", str(root), *told]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def cloned(copied: Casework, name: str) -> Path:
    """A clone of the folder of the case, as somebody else has it."""
    if not (copied.root / ".git").exists():
        assert git(copied.root, "init", "-q", "-b", "main").returncode == 0
        git(copied.root, "add", ".")
        assert git(copied.root, "commit", "-q", "-m", "begun").returncode == 0
    other = copied.root.with_name(name)
    git(copied.root.parent, "clone", "-q", str(copied.root), str(other))
    return other


def committed(root: Path) -> None:
    git(root, "add", ".")
    assert git(root, "commit", "-q", "-m", "an act").returncode == 0


@pytest.mark.needs("git")
def test_in_turn_and_at_once_through_version_control(copied: Casework) -> None:
    clone = cloned(copied, "clone")
    risk(copied.actor("verifier"), "mine")
    committed(copied.root)
    # In turn: the other fetches, acts, and gives back.
    assert git(clone, "pull", "-q", "--no-edit").returncode == 0
    declared(clone, copied.keys["reviewer"], "reviewer", copied.moment)
    committed(clone)
    # At once: meanwhile the first goes on; both are kept, and the folder is sound.
    risk(copied.actor("verifier"), "second")
    committed(copied.root)
    assert git(clone, "pull", "-q", "--no-edit", "--no-rebase").returncode == 0
    case = open_case(clone)
    assert case.findings == ()
    assert {"mine", "second"} <= set(state_of(case).risks)
    assert case.contents.sha256 != open_case(copied.root).contents.sha256


@pytest.mark.needs("git")
def test_one_person_in_two_clones_stops_the_merge(copied: Casework) -> None:
    clone = cloned(copied, "clone")
    risk(copied.actor("verifier"), "here")
    committed(copied.root)
    risk(Actor(clone, copied.keys["verifier"], copied.moment), "there")
    committed(clone)
    merged = git(clone, "pull", "--no-edit", "--no-rebase")
    assert merged.returncode != 0
    assert "CONFLICT" in merged.stdout
    # What lies there now is no record, and says so.
    assert "CASE-EVENT" in {one.code for one in open_case(clone).findings}


# --- several people -------------------------------------------------------------------------------


def test_two_commands_at_once_cannot_take_one_number(copied: Casework) -> None:
    actor = copied.actor("verifier")
    case = open_case(copied.root)
    data = {"what": "x", "level": "low", "response": "y"}
    one, other = (prepared(case, actor.key, "risk", n, data, actor.now) for n in ("a", "b"))
    write_event(copied.root, one)
    with pytest.raises(IssueError) as refused:
        write_event(copied.root, other)
    assert refused.value.findings[0].code == "CASE-BUSY"
    assert set(state_of(open_case(copied.root)).risks) == {"allocation", "a"}


def merged(one: Path, other: Path) -> list[Path]:
    """Copy what only the other has, as a merge in version control does; return what clashes."""
    clashes = []
    for path in sorted(p for p in other.rglob("*") if p.is_file()):
        mine = one / path.relative_to(other)
        if mine.exists():
            if mine.read_bytes() != path.read_bytes():
                clashes.append(mine)
        else:
            mine.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, mine)
    return clashes


def declared(root: Path, key: SigningKey, who: str, moment: dt.datetime) -> None:
    data = {"consultancy": "none", "interests": "none", "sector": "glass", "competence": "more"}
    acts.act(Actor(root, key, moment), "declaration", who, data)


def test_different_people_on_different_things_merge(copied: Casework) -> None:
    clone = Path(shutil.copytree(copied.root, copied.root.with_name("clone")))
    risk(copied.actor("verifier"), "mine")
    declared(clone, copied.keys["reviewer"], "reviewer", copied.moment)
    assert merged(copied.root, clone) == []
    case = open_case(copied.root)
    assert case.findings == ()
    assert "mine" in state_of(case).risks


def test_one_person_in_two_places_is_a_clash_of_files(copied: Casework) -> None:
    clone = Path(shutil.copytree(copied.root, copied.root.with_name("clone")))
    risk(copied.actor("verifier"), "here")
    risk(Actor(clone, copied.keys["verifier"], copied.moment), "there")
    assert [path.parent.name for path in merged(copied.root, clone)] == ["verifier"]


def test_two_people_on_one_thing_is_a_conflict_until_somebody_has_seen_both(
    tmp_path: Path,
) -> None:
    """Answered by the client here while it was settled by the verifier there."""
    work = casework(tmp_path).begin(filled())
    data = {"class": "minor", "line": "", "cells": [], "seen": "x", "requirement": "y",
            "effects": {}, "due": "", "code": "", "version": 1}  # fmt: skip
    acts.act(work.actor("verifier"), "finding", "F01", data)
    clone = Path(shutil.copytree(work.root, work.root.with_name("clone")))
    work.answer("F01")
    other = Casework(clone, work.keys, work.moment)
    other.settle("F01", "withdrawn")
    assert merged(work.root, clone) == []
    case = open_case(work.root)
    assert {one.code for one in case.findings} == {"CASE-CONFLICT"}
    work.moment += dt.timedelta(minutes=5)
    work.settle("F01", "withdrawn")
    assert open_case(work.root).findings == ()


def test_the_clock_does_not_go_back(copied: Casework) -> None:
    actor = Actor(copied.root, copied.keys["verifier"], T0 - dt.timedelta(days=1))
    with pytest.raises(IssueError) as refused:
        risk(actor, "early")
    assert {one.code for one in refused.value.findings} <= {"CASE-TIME", "CASE-KEY"}


def test_the_client_answers_and_the_verifier_judges(copied: Casework) -> None:
    for who, kind in (("verifier", "answer"), ("preparer", "settled"), ("preparer", "sample"),
                      ("verifier", "version"), ("verifier", "review"),
                      ("reviewer", "decision")):  # fmt: skip
        with pytest.raises(IssueError) as refused:
            acts.act(copied.actor(who), kind, "F01", {})
        assert refused.value.findings[0].code == "CASE-ROLE"


def test_the_example_people_are_fictitious() -> None:
    for name, employer, _ in demo.PEOPLE.values():
        assert "示例" in name + employer
        assert "Example" in name

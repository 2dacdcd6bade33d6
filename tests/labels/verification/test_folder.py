"""The folder: killed anywhere nothing is lost; two people at once are shown, never merged."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from factors.errors import IssueError
from labels.keys import SigningKey
from labels.verification import acts, demo, folder
from labels.verification.acts import Actor
from labels.verification.case import open_case, prepared, write_event
from labels.verification.state import state_of
from tests.labels.verification.casework import T0, Casework, casework, filled

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


def act_and_die(root: Path, key: SigningKey, moment: dt.datetime, number: int) -> None:
    wrap = dying(number)
    os.fsync, os.link = wrap(os.fsync), wrap(os.link)  # type: ignore[assignment]
    risk(Actor(root, key, moment), "kill")
    os._exit(0)


def test_a_command_killed_anywhere_has_done_its_act_whole_or_not_at_all(copied: Casework) -> None:
    outcomes = []
    actor = copied.actor("verifier")
    for number in range(1, 40):
        trial = copied.root.with_name(f"trial-{number}")
        shutil.copytree(copied.root, trial)
        child = SPAWN.Process(target=act_and_die, args=(trial, actor.key, actor.now, number))
        child.start()
        child.join()
        case = open_case(trial)
        assert case.findings == ()
        done = "kill" in state_of(case).risks
        outcomes.append((child.exitcode, done))
        if child.exitcode == 0:
            break
        # Going on is possible, and what was done before is all there.
        assert len(case.events) >= len(open_case(copied.root).events)
        if not done:
            risk(Actor(trial, actor.key, actor.now), "kill")
            assert "kill" in state_of(open_case(trial)).risks
    assert outcomes[-1] == (0, True)
    killed = [done for code, done in outcomes if code != 0]
    assert len(killed) > 8
    assert {True, False} <= set(killed)


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

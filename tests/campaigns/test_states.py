"""Random lives with death, reopening, rotation and jumps of the clock against a plain model.

The rules of :class:`~tests.labels.test_registry_lives.Lives`, and those in which something fails.
A life of fifty steps takes 0.35 s of processor time: a quarter of it to issue, a fifth to write and
approve drafts, a seventh to compare with the model, a tenth to open; no part would halve it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from pathlib import Path

import hypothesis
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from hypothesis.strategies import integers, sampled_from

import labels.issue
from factors.errors import IssueError
from labels.issue import STEPS, issue, recover
from labels.keys import Purpose
from labels.registry.changes import change
from labels.registry.state import REASONS, TRANSITIONS, Event, State
from labels.times import end_of_day, parse_utc
from labels.view import DocumentView
from tests.evidence import campaign
from tests.labels.databases import Files, Server, Servers
from tests.labels.desk_help import OnePage, PlainPages
from tests.labels.postgres_help import running
from tests.labels.test_registry_lives import CHANGES, Died, Lives, of

PRODUCTS = ("EX-A", "EX-B", "EX-C")
#: How long a record may be valid.
DAYS = (0, 1, 30, 400)
#: Machines of a seed, and steps of a machine.
MACHINES, DEPTH = 10, 50
#: Of so many seeds one lives on a server; of so many one seals pages.
SERVED, SEALED = 5, 9


class NoPage(PlainPages):
    """Records without pages: sealing one takes ten times as long as all else of an issue."""

    def documents(
        self, view: DocumentView, *, forms: Collection[str] | None = None
    ) -> Mapping[str, bytes]:
        del view, forms
        return {}


class HardLives(Lives):
    """What :class:`Lives` does, on a machine that dies and whose clock is wrong at times.

    It begins with a record: of the rules any may be left out for a whole life.
    """

    last_day: dict[str, dt.date]

    def __init__(self) -> None:
        super().__init__()
        self.last_day, self.steps = {}, -1  # all invariants are asked once before the first step
        self.issue_one(PRODUCTS[0])

    @invariant()
    def lived(self) -> None:
        self.steps += 1

    @rule(product=sampled_from(PRODUCTS), dies=sampled_from(STEPS), days=sampled_from(DAYS))
    def issue_one_and_die(self, product: str, dies: str, days: int) -> None:
        """The process is gone after a step; another one finishes its work."""
        self.tick()
        there = self.living(product)
        last = self.moment.date() + dt.timedelta(days=days)
        draft = self.draft(product, last)
        known = set(self.log())
        try:
            issue(self.desk(step=self.stepper(dies)), draft)
        except Died:
            self.reopen()
            recover(self.desk())
        fresh = set(self.log()) - known
        assert len(fresh) == (there is None)  # identical figures: the record that exists
        for serial in fresh:
            self.model[serial] = State.ISSUED
            self.product[serial] = product
            self.last_day[serial] = last

    @rule(days=integers(1, 400))
    def jump(self, days: int) -> None:
        """Nobody works for a while, or the clock was set."""
        self.moment += dt.timedelta(days=days)

    @rule(event=sampled_from(CHANGES), pick=integers(0, 9), minutes=integers(1, 10**6))
    def change_in_the_past(self, event: Event, pick: int, minutes: int) -> None:
        """The clock of the machine is behind what the log knows."""
        serial = self.picked(pick)
        if serial is None:
            return
        latest = parse_utc(str(self.log()[serial].leaves[-1]["time"]))
        behind = latest - dt.timedelta(minutes=minutes)
        key = self.store.key(Purpose.APPROVAL)
        able = (self.model[serial], event) in TRANSITIONS
        with pytest.raises(IssueError, match="CLOCK-BACKWARDS" if able else "LOG-TRANSITION"):
            change(self.store, serial, event, REASONS[event][0], key, behind)

    def teardown(self) -> None:
        super().teardown()
        self.tally["runs"] += self.steps == DEPTH
        self.tally["records"] += len(self.model)

    def expected(self, serial: str, state: State) -> State:
        last = self.last_day.get(serial)
        over = last is not None and self.moment >= end_of_day(last, "UTC")
        return State.EXPIRED if over and state in (State.ISSUED, State.SUSPENDED) else state


def live(machine: type[Lives], seed: int, machines: int, steps: int) -> None:
    """Run machines with a seed; a wrong one raises."""
    run_state_machine_as_test(
        hypothesis.seed(seed)(machine),
        settings=settings(  # no shrinking: every step issues documents, minutes on end
            max_examples=machines,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )


def test_hard_lives(server: Server, memory: Path) -> None:
    live(of(HardLives, server, memory), 1, machines=2, steps=12)


def test_the_control_a_desk_that_does_not_recover_is_found_out(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labels.issue, "unfinished", lambda store: ())
    with pytest.raises(AssertionError):
        live(of(HardLives, Files(), memory), 1, machines=10, steps=12)


@pytest.mark.needs("postgres")
@pytest.mark.deep("states")
def test_hard_lives_in_depth(memory: Path) -> None:
    """Some seeds on a server, the others in files; some with sealed pages."""
    with campaign("states") as run, running() as cluster:
        machines = [
            of(HardLives, server, memory / name)
            for name, server in (("file", Files()), ("server", Servers(cluster)))
        ]
        for seed in run.seeds():
            machine = machines[seed % SERVED == 0]
            machine.pages = OnePage() if seed % SEALED == 0 else NoPage()
            machine.tally.clear()
            live(machine, seed, MACHINES, DEPTH)
            for name, times in machine.tally.items():
                run.count(name, times)

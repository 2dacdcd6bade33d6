"""Random lives: whatever is asked in whatever order, the registry and a plain model of it agree."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import integers, sampled_from

from factors.errors import IssueError
from labels.issue import STEPS, Office, issue, recover
from labels.keys import Purpose, new_key
from labels.registry.changes import change
from labels.registry.check import check
from labels.registry.desk import Submission
from labels.registry.export import view_of
from labels.registry.life import Life
from labels.registry.log import last_note
from labels.registry.records import find_reservation, holder
from labels.registry.rekey import Rekey, rotate
from labels.registry.state import LIVE, REASONS, TRANSITIONS, Event, State
from labels.registry.store import Store, newest_trust, open_store
from labels.registry.succession import Succession
from labels.trust import TrustFile
from tests.labels.databases import Server
from tests.labels.desk_help import (
    T0,
    OnePage,
    PlainPages,
    approved_draft,
    office,
    submission,
)

CHANGES = (Event.SUSPEND, Event.RESUME, Event.REVOKE)


class Died(BaseException):
    """The process is gone."""


@lru_cache(maxsize=10_000)
def short(product: str, last: dt.date | None = None) -> Submission:
    """A footprint of one line: how long it is makes no difference to a record's life."""
    return submission(product, 1, valid_until=last)


class Lives(RuleBasedStateMachine):
    """Products, each with the serial in force at most; the model is a dict of states."""

    fresh: Callable[[], Store]
    drop: Callable[[Path], None]
    tally: ClassVar[Counter[str]]
    pages: PlainPages = OnePage()

    def __init__(self) -> None:
        super().__init__()
        self.store = self.fresh()
        self.seen: tuple[str | None, TrustFile] | None = None
        self.lives: Mapping[str, Life] = {}
        self.model: dict[str, State] = {}
        self.product: dict[str, str] = {}
        self.heir: dict[str, str] = {}
        self.drafts: dict[Submission, str] = {}
        self.moment = T0

    def desk(self, **more: Any) -> Office:
        return office(self.store, renderer=self.pages, clock=lambda: self.moment, **more)

    def tick(self) -> dt.datetime:
        self.moment += dt.timedelta(minutes=1)
        return self.moment

    def log(self) -> Mapping[str, Life]:
        """What the log says of every serial; under the same checkpoint it is the same."""
        with self.store.read() as tx:
            seen = last_note(tx), newest_trust(tx)
        if seen != self.seen:
            self.seen, self.lives = seen, view_of(self.store).lives()
        return self.lives

    def states(self) -> Mapping[str, State]:
        """What the log answers of every serial now."""
        lives, trust = self.log(), self.store.trust
        return {serial: life.state("UTC", self.moment, trust) for serial, life in lives.items()}

    def draft(self, product: str, last: dt.date | None = None) -> str:
        """An approved draft: one that no record came of yet, where there is one."""
        asked = short(product, last)
        known = self.drafts.get(asked, "")
        with self.store.read() as tx:
            used = find_reservation(tx, draft=known) is not None
        if used or not known:
            self.drafts[asked] = approved_draft(self.store, asked, self.moment)
        return self.drafts[asked]

    def picked(self, pick: int) -> str | None:
        return sorted(self.model)[pick % len(self.model)] if self.model else None

    def living(self, product: str) -> str | None:
        found = [s for s, p in self.product.items() if p == product and self.model[s] in LIVE]
        assert len(found) <= 1
        return found[0] if found else None

    @rule(product=sampled_from(("EX-A", "EX-B")))
    def issue_one(self, product: str) -> None:
        self.tick()
        there = self.living(product)
        record = issue(self.desk(), self.draft(product))
        assert there in (None, record.serial)  # identical figures: the record that exists
        self.model.setdefault(record.serial, State.ISSUED)
        self.product[record.serial] = product

    @rule(event=sampled_from(CHANGES), pick=integers(0, 9))
    def change_one(self, event: Event, pick: int) -> None:
        serial = self.picked(pick)
        if serial is None:
            return
        wanted = TRANSITIONS.get((self.model[serial], event))
        key = self.store.key(Purpose.APPROVAL)
        order = (self.store, serial, event, REASONS[event][0], key, self.tick())
        if wanted is None:
            with pytest.raises(IssueError, match="LOG-TRANSITION"):
                change(*order)
        else:
            assert change(*order) is wanted
            self.model[serial] = wanted

    @rule(pick=integers(0, 9), dies=sampled_from((*STEPS[:5], "")))
    def supersede_one(self, pick: int, dies: str) -> None:
        """Replace a record; perhaps the process dies on the way and another one recovers."""
        serial = self.picked(pick)
        if serial is None:
            return
        able = (self.model[serial], Event.SUPERSEDE) in TRANSITIONS
        product = self.product[serial]
        again = self.heir.get(serial, "none") == self.living(product)  # the same request again
        self.tick()
        succession = Succession(serial, "factor-updated", self.store.key(Purpose.APPROVAL))
        draft = self.draft(product)
        if not able and not again:
            with pytest.raises(IssueError, match=r"SUCCESSOR-TAKEN|LOG-TRANSITION"):
                issue(self.desk(step=self.stepper(dies)), draft, succession=succession)
            return
        try:
            issue(self.desk(step=self.stepper(dies)), draft, succession=succession)
        except Died:
            assert self.states()[serial] is self.expected(serial, self.model[serial])
            self.reopen()
            recover(self.desk())
        if able:
            new = self.log()[serial].leaves[-1]["by"]
            self.model |= {serial: State.SUPERSEDED, new: State.ISSUED}
            self.product[new] = product
            self.heir[serial] = new

    def expected(self, serial: str, state: State) -> State:
        """What the log answers now; here no record has a last day."""
        del serial
        return state

    def stepper(self, dies: str) -> Callable[[str], None]:
        def step(name: str) -> None:
            if name == dies:
                raise Died

        return step

    @rule(purpose=sampled_from((Purpose.APPROVAL, Purpose.CHECKPOINT, Purpose.SEAL)))
    def rotate_one(self, purpose: Purpose) -> None:
        fresh = new_key(purpose, "示例 Example", demo=True, now=T0)
        rotate(self.store, Rekey(fresh), [self.store.key(Purpose.ROOT)], self.tick())

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = open_store(self.store.location)

    @invariant()
    def agree(self) -> None:
        assert self.states() == {s: self.expected(s, state) for s, state in self.model.items()}
        for product in set(self.product.values()):
            self.living(product)

    def teardown(self) -> None:
        assert check(self.store) == ()
        with self.store.read() as tx:
            rows = tx.exec_driver_sql("SELECT claim, serial FROM claims").fetchall()
            assert all(holder(tx, claim) == serial for claim, serial in rows)
        assert {row[1] for row in rows} == {s for s, x in self.model.items() if x in LIVE}
        self.store.close()
        type(self).drop(self.store.location)


def of(machine: type[Lives], server: Server, folder: Path) -> type[Lives]:
    """A machine whose registries lie on a server, copies of one."""
    prototype, count = server.found(folder / "prototype"), itertools.count()

    class Placed(machine):  # type: ignore[misc,valid-type]
        fresh = staticmethod(
            lambda: open_store(server.copy(prototype, folder / f"registry-{next(count)}"))
        )
        drop = staticmethod(server.drop)
        tally: ClassVar[Counter[str]] = Counter()

    return Placed


def test_lives_after_issue(server: Server, tmp_path: Path) -> None:
    machine = of(Lives, server, tmp_path).TestCase
    machine.settings = settings(  # no shrinking: every step issues documents, minutes on end
        max_examples=3, stateful_step_count=12, deadline=None, phases=(Phase.reuse, Phase.generate)
    )
    machine("runTest").runTest()

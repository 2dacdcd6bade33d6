"""Many processes ask for the same claims at once: one serial each, and all get the same receipt.

Two locks keep this promise, the writer's (the check lies inside the writing transaction) and the
unique index on claims. The controls take them away one by one.

A request is two transactions: 1.6 ms of processor time in a file, 5 ms and fourteen messages on a
server, whose own time comes on top. So a round of 32,000 takes some 50 s or 160 s and no less.
"""

from __future__ import annotations

import json
import multiprocessing
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import BrokenBarrierError
from typing import Any, TypeVar

import pytest

from factors.errors import IssueError
from labels.canonical import canonical, sha256
from labels.keys import Purpose, SigningKey
from labels.registry import records as r
from labels.registry.check import check
from labels.registry.desk import announce, reserve
from labels.registry.entries import Reservation
from labels.registry.store import Store, open_store
from tests.evidence import campaign
from tests.labels.databases import Files, Server, Servers
from tests.labels.desk_help import T0, approved_draft, submission
from tests.labels.postgres_help import running

#: Waiting for the others (seconds).
PATIENCE = 120.0
#: How often somebody asks whom the registry let wait too long (30 s each).
TRIES = 20
#: Of so many answers one is lost.
LOST = 10
#: Lines of a footprint: the race is about numbers, and every request reads a footprint through.
LINES = 1

Answer = TypeVar("Answer")
Meet = Callable[[], object]


# A race -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Race:
    """Who asks for what.

    Attributes
    ----------
    place
        The registry.
    drafts
        Approved drafts: each row has one of every claim, all of a claim with the same figures.
    processes
        How many ask; each for every claim, with the drafts of one row.
    seed
        Order of the requests.
    ask
        How a number is asked for.
    """

    place: Path
    drafts: Sequence[Sequence[str]]
    processes: int
    seed: int
    ask: Callable[[Store, str, Meet], Reservation]


def honest(store: Store, draft: str, meet: Meet) -> Reservation:
    """As the product asks."""
    del meet
    return patiently(lambda: reserve(store, draft, "both", T0))


def patiently(ask: Callable[[], Answer]) -> Answer:
    """Ask again when the queue of writers was longer than the registry waits."""
    for _ in range(TRIES - 1):
        try:
            return ask()
        except IssueError as error:
            if "lock" not in str(error):
                raise
    return ask()


def careless(store: Store, draft: str, meet: Meet) -> Reservation:
    """Control: the check has its own transaction, and all have looked before one writes."""
    with store.read() as tx:
        stored = r.get_draft(tx, draft)
        holder = r.holder(tx, stored.claim)
        earlier = r.find_reservation(tx, serial=holder) if holder else None
    meet()
    if earlier is not None:
        return earlier
    with store.write() as tx:
        number = r.next_number(tx)
        made = Reservation(
            number, f"SAMPLE-{number}", draft, stored.body_hash, number,
            "2026-11-20", None, "both", "2026-11-20T02:00:00Z",
        )  # fmt: skip
        r.put_reservation(tx, made)
        r.hold_claim(tx, stored.claim, made.serial)
    return made


def prepared(server: Server, folder: Path, copies: int, claims: int) -> tuple[Path, Any]:
    """A registry in which every claim has several approved drafts, and nothing is issued."""
    place = server.found(folder)
    store = open_store(place)
    rows = [
        [approved_draft(store, submission(f"EX-{claim}", LINES)) for claim in range(claims)]
        for _ in range(copies)
    ]
    store.close()
    return place, rows


def run_race(race: Race) -> list[dict[int, Any]]:
    """Start all at once; return what each was told, by claim."""
    context = multiprocessing.get_context("fork")
    start, told = context.Barrier(race.processes), context.SimpleQueue()
    workers = [
        context.Process(target=racer, args=(race, n, start, told)) for n in range(race.processes)
    ]
    for worker in workers:
        worker.start()
    answers = [json.loads(told.get()) for _ in workers]
    for worker in workers:
        worker.join(PATIENCE)
    return [{int(claim): answer for claim, answer in told.items()} for told in answers]


def racer(race: Race, number: int, start: Any, told: Any) -> None:
    """Ask for every claim; for some of them twice, as somebody whose answer was lost."""
    answers: dict[int, Any] = {}
    try:
        store = open_store(race.place)
        key = store.key(Purpose.CHECKPOINT)
        claims = list(range(len(race.drafts[0])))
        if race.ask is honest:  # the careless ones meet at each claim and must keep one order
            random.Random(f"{race.seed} {number}").shuffle(claims)
        start.wait(PATIENCE)
        for claim in claims:
            draft = race.drafts[number % len(race.drafts)][claim]
            answers[claim] = answer(store, key, race, draft, lambda: start.wait(PATIENCE))
    except BrokenBarrierError:
        answers[-1] = "barrier"
    finally:
        told.put(json.dumps(answers))


def answer(store: Store, key: SigningKey, race: Race, draft: str, meet: Meet) -> Any:
    try:
        reservation = race.ask(store, draft, meet)
        if race.ask is careless:
            return reservation.serial
        receipt = patiently(lambda: announce(store, reservation, key, T0))
        if reservation.number % LOST == 0:
            assert honest(store, draft, meet) == reservation
            assert patiently(lambda: announce(store, reservation, key, T0)) == receipt
        return [reservation.serial, sha256(canonical(receipt))]
    except IssueError as error:
        return error.findings[0].code


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a race came to.

    Attributes
    ----------
    numbers
        Records in the registry.
    agreed
        Claims of which all were told the same, and which nobody was refused.
    """

    numbers: int
    agreed: int


def outcome(race: Race) -> Outcome:
    answers = run_race(race)
    by_claim: dict[int, set[str]] = defaultdict(set)
    for told in answers:
        for claim in range(len(race.drafts[0])):
            by_claim[claim].add(json.dumps(told.get(claim)))
    same = [next(iter(told)) for told in by_claim.values() if len(told) == 1]
    for claim, different in by_claim.items():
        if len(different) > 1:
            print(f"seed {race.seed}, claim {claim}: {sorted(different)}")
    agreed = {told for told in same if "SAMPLE-" in told}
    store = open_store(race.place)
    with store.read() as tx:
        numbers = len(r.all_reservations(tx))
    if race.ask is honest:
        assert not [found for found in check(store) if found.blocks]
    store.close()
    return Outcome(numbers, len(agreed))


# Tests --------------------------------------------------------------------------------------------


def test_processes_racing_for_the_same_claims_agree(server: Server, tmp_path: Path) -> None:
    place, drafts = prepared(server, tmp_path / "registry", copies=2, claims=4)
    assert outcome(Race(place, drafts, 6, 1, honest)) == Outcome(4, 4)


def test_the_controls_without_both_locks_a_claim_is_given_twice(
    server: Server, tmp_path: Path
) -> None:
    """Neither lock: doubles. The index alone: refusals instead. The writer's alone: enough."""
    prototype, drafts = prepared(server, tmp_path / "registry", copies=3, claims=2)
    places = [server.copy(prototype, tmp_path / name) for name in ("neither", "index", "writer")]
    server.drop_index(places[0])
    server.drop_index(places[2])
    race = Race(places[0], drafts, 3, 1, careless)
    assert outcome(race) == Outcome(6, 0)
    assert outcome(replace(race, place=places[1])) == Outcome(2, 0)
    alone = run_race(replace(race, place=places[2], ask=honest))
    assert all(told == alone[0] for told in alone)
    assert len({serial for serial, _ in alone[0].values()}) == 2


def test_who_opens_a_registry_waits_for_no_writer(server: Server, tmp_path: Path) -> None:
    place = server.found(tmp_path / "registry")
    store = open_store(place)
    with store.write():
        open_store(place).close()
    store.close()


@contextmanager
def everywhere() -> Iterator[tuple[Files, Servers]]:
    with running() as cluster:
        yield Files(), Servers(cluster)


@pytest.mark.needs("postgres")
@pytest.mark.deep("race")
def test_races_in_depth(memory: Path) -> None:
    """One round in turn on each database; the control in every run."""
    processes, claims = 32, 1000
    with campaign("race") as run, everywhere() as servers:
        place, drafts = prepared(servers[0], memory / "prototype", copies=2, claims=claims)
        prototypes = (place, servers[1].moved(place, memory / "moved"))
        test_the_controls_without_both_locks_a_claim_is_given_twice(servers[0], memory / "control")
        for seed in run.seeds():
            server, prototype = servers[seed % 2], prototypes[seed % 2]
            place = server.copy(prototype, memory / str(seed))
            assert outcome(Race(place, drafts, processes, seed, honest)) == Outcome(claims, claims)
            run.count("rounds")
            run.count("requests", processes * claims)
            server.drop(place)

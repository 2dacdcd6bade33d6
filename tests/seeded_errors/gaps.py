"""What is left out as a whole: a sheet, what decides a stage, what a centre takes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from tests.seeded_errors.book import Book, Spot, Value
from tests.seeded_errors.fault import Fault, Kind, Plant, Planted, at
from tests.seeded_errors.places import (
    MONTHS,
    Line,
    accounts,
    answer,
    model_of,
    slots,
    some,
    subject,
    table,
)
from tests.seeded_errors.witness import names_of_formula, of_check, serves

K = Kind.STRUCTURE
AMOUNTS = (*MONTHS, "whole", "opening", "closing", "returned", "control_total", "control_source")


def faults() -> Iterator[Fault]:
    """All of them."""
    for group in ("energy", "materials", "packaging"):
        name = f"missing-sheet-{group}"
        yield Fault(name, K, f"nothing on the sheet of {group}", _sheet(name, group), alone=True)
    yield Fault("missing-hot-spots", K, "nothing of what decides a stage", _spots, alone=True)
    yield Fault("missing-tenant", K, "a tenant's or canteen's use in no key", _idle, alone=True)


def _sheet(fault: str, group: str) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        return _blank(book, fault, [one for one in accounts(book) if one.block.id == group])

    return plant


def _spots(book: Book, rng: random.Random) -> Planted | None:
    """Accounts behind the hot spots of one stage that rests on accounts throughout."""
    stages: dict[str, set[str]] = {}
    booked = {one.id for one in accounts(book) if serves(book, one)}
    loose: set[str] = set()
    for rule in model_of(book.model).exchanges:
        if rule.hot_spot is not None:
            names = {rule.each} if rule.each else names_of_formula(book, rule.amount)
            stages.setdefault(rule.stage, set()).update(names & booked)
            loose |= set() if names & booked else {rule.stage}
    stage = some(rng, sorted(name for name, told in stages.items() if told and name not in loose))
    if stage is None:
        return None
    rows = [one for one in accounts(book) if one.id in stages[stage]]
    return _blank(book, "missing-hot-spots", rows)


def _blank(book: Book, fault: str, rows: Sequence[Line]) -> Planted | None:
    served = [one for one in rows if serves(book, one)]
    if not served:
        return None
    edits: dict[Spot, Value] = {
        one.spot(name): None for one in rows for name in AMOUNTS if one.has(name)
    }
    ids = {one.id for one in served}
    right = {spot for one in rows for spot in one.cells}
    for check in model_of(book.model).checks:
        if check.value is not None and ids & names_of_formula(book, check.value):
            right |= set(of_check(book, check))
    family = answer(book, "family", "family", subject(book))
    return at(fault, K, edits, right | ({family} if family else set()), {""})


def _idle(book: Book, rng: random.Random) -> Planted | None:
    keys = table(book, "keys")
    used = [name for name in slots(book, "centre") if any(key.size(name) for key in keys)]
    slot = some(rng, used)
    if slot is None:
        return None
    cells = [key.spot(slot) for key in keys if key.size(slot) is not None]
    edits: dict[Spot, Value] = dict.fromkeys(cells)
    block = book.blocks["centres"]
    right = {block.spot(number, slot) for _, number in block.rows} | set(cells)
    return at("missing-tenant", K, edits, right)

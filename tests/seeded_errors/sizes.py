"""Sizes: amounts and outputs by thousands too large or small, and what was entered twice."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator
from itertools import pairwise

from tests.seeded_errors.amounts import scaled
from tests.seeded_errors.book import Book, Spot, Value
from tests.seeded_errors.course import FEW, values
from tests.seeded_errors.fault import Fault, Kind, Plant, Planted, at
from tests.seeded_errors.places import (
    MONTHS,
    accounts,
    answer,
    lines,
    model_of,
    monthly,
    slots,
    some,
    subject,
    table,
)
from tests.seeded_errors.witness import (
    of_accounts,
    of_check,
    of_output,
    witnesses,
)

SUM, BALANCE, BAND = Kind.SUM, Kind.BALANCE, Kind.BAND


def faults() -> Iterator[Fault]:
    """All of them."""
    yield from _sizes()
    yield from _outputs()
    yield from _copies()


# --- sizes ---------------------------------------------------------------------------------------

SIZES = (
    ("thousand", "kilograms entered where tonnes are the unit", 1000.0),
    ("thousandth", "tonnes entered where kilograms are the unit", 0.001),
    ("wan", "万 left out or put twice", 10000.0),
    ("ten-thousandth", "an amount in 万 entered as such", 0.0001),
    ("hundred", "two digits too many", 100.0),
    ("line-pressure", "cubic metres at line pressure for standard cubic metres", 0.2),
    ("lye", "lye of 32 % booked as pure caustic", 1 / 0.32),
    ("brochure", "a fifth of what was bought: trips from a brochure", 0.2),
)


def _sizes() -> Iterator[Fault]:
    for name, what, times in SIZES:
        yield Fault(f"band-size-{name}", BAND, what, _size(f"band-size-{name}", times))
    yield Fault(
        "balance-combination",
        BALANCE,
        "choices that do not go together (the model's list)",
        _combined,
    )


def _size(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        rows = [(one, witnesses(book, one, times)) for one in accounts(book)]
        found = some(rng, [(one, right) for one, right in rows if right])
        if found is None:
            return None
        line, right = found
        return at(fault, BAND, scaled(line, times), right | line.cells)

    return plant


def _combined(book: Book, rng: random.Random) -> Planted | None:
    """Answers that fulfil the conditions of a check that has nothing but conditions."""
    model = model_of(book.model)
    bare = [one for one in model.checks if one.value is None and one.when]
    check = some(rng, bare)
    if check is None:
        return None
    edits: dict[Spot, Value] = {}
    for name, allowed in check.when.items():
        scope = model.enum(name).scope
        spot = answer(
            book, *(("family", name, subject(book)) if scope == "family" else ("answers", name))
        )
        if spot is None:
            return None
        if not _chosen(book, spot, name, allowed):
            edits[spot] = rng.choice(sorted(allowed))
    return at("balance-combination", BALANCE, edits) if edits else None


def _chosen(book: Book, spot: Spot, name: str, allowed: Collection[str]) -> bool:
    """Whether a choice of the clean file is one of these already; cells hold ids or names."""
    enum = model_of(book.model).enum(name)
    told = {
        word for one in enum.values if one.id in allowed for word in (one.id, *one.name.values())
    }
    return (book.value(spot) or enum.default) in told


# --- output --------------------------------------------------------------------------------------


def _outputs() -> Iterator[Fault]:
    for name, what, times in (
        ("thousand", "output in a smaller unit", 1000.0),
        ("thousandth", "output in a larger unit", 0.001),
    ):
        yield Fault(
            f"balance-output-{name}", BALANCE, what, _output(f"balance-output-{name}", times), True
        )
    yield Fault(
        "balance-output-one-month",
        BALANCE,
        "one month's output with twelve months' energy",
        _one_month,
        True,
    )
    yield Fault(
        "sum-output-digit",
        SUM,
        "one month of output with a digit too many",
        _output_month("sum-output-digit", 10),
    )
    yield Fault(
        "sum-output-zero", SUM, "one month of output at nought", _output_month("sum-output-zero", 0)
    )
    yield Fault(
        "sum-output-twice",
        SUM,
        "two months of output booked in one",
        _output_month("sum-output-twice", 2.3),
    )
    yield Fault("balance-rejects", BALANCE, "rejects and good output swapped", _rejects)


def _column(book: Book) -> list[Spot]:
    rows = [line for line in lines(book, "output") if line.id in MONTHS]
    return [line.spot(subject(book)) for line in rows if line.size(subject(book)) is not None]


def _output(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        limited = [
            one
            for one in model_of(book.model).checks
            if one.low
            and one.high
            and one.low > 0
            and not one.when
            and one.value is not None
            and any(True for _ in of_accounts(book, one))
        ]
        spots = _column(book)
        if len(limited) < 2 or len(slots(book)) < 1:
            return None
        edits: dict[Spot, Value] = {spot: (book.number(spot) or 0) * times for spot in spots}
        right = of_output(book) | {spot for one in limited for spot in of_check(book, one)}
        return at(fault, BALANCE, edits, right)

    return plant


def _one_month(book: Book, rng: random.Random) -> Planted | None:
    spots = _column(book)
    if len(spots) < 12:
        return None
    edits: dict[Spot, Value] = dict.fromkeys(spots[1:], 0)
    return at("balance-output-one-month", BALANCE, edits, of_output(book))


def _output_month(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        spots = _column(book)
        if len(spots) < 12 or len(monthly(book)) < FEW:
            return None
        spot = rng.choice(spots)
        return at(fault, SUM, {spot: (book.number(spot) or 0) * times})

    return plant


def _rejects(book: Book, rng: random.Random) -> Planted | None:
    slot = subject(book)
    good = {one.id: one for one in lines(book, "output") if one.id in MONTHS}
    bad = {
        one.id: one
        for one in lines(book, "rejects")
        if one.id in MONTHS and one.size(slot) is not None
    }
    if not bad:
        return None
    edits: dict[Spot, Value] = {
        one.spot(slot): (good[name].size(slot) or 0) * 1.5 for name, one in bad.items()
    }
    return at("balance-rejects", BALANCE, edits)


# --- copies --------------------------------------------------------------------------------------


def _copies() -> Iterator[Fault]:
    yield Fault("sum-row-copied", SUM, "the months of one account pasted over another", _row_copied)
    yield Fault("sum-row-again", SUM, "an account booked once more in a free row", _row_again)
    yield Fault(
        "sum-family-copied", SUM, "the output of one family pasted over another", _family_copied
    )
    yield Fault("sum-supplier-again", SUM, "one supplier listed twice", _supplier_again)


def _row_copied(book: Book, rng: random.Random) -> Planted | None:
    """The whole row, stocks and control total with it; months alone may agree by chance."""
    told = ("opening", "closing", "control_total")
    pairs = [
        (a, b)
        for a in monthly(book)
        for b in monthly(book)
        if a.block.id == b.block.id
        and a.number < b.number
        and len(set(values(a))) > 3
        and any(a.size(one) for one in told)
    ]
    found = some(rng, pairs)
    if found is None:
        return None
    first, second = found
    edits: dict[Spot, Value] = dict(zip(second.months, values(first), strict=True))
    edits |= {second.spot(one): first.size(one) for one in told if first.has(one)}
    edits[second.spot("key")] = first.text("key") or None
    return at("sum-row-copied", SUM, edits, second.cells | first.cells)


def _row_again(book: Book, rng: random.Random) -> Planted | None:
    found = some(rng, [one for one in monthly(book) if len(set(values(one))) > 3])
    if found is None:
        return None
    free = [one for one in lines(book, found.block.id) if one.id == "+" and not one.text("name")]
    if not free:
        return None
    kept = [
        one
        for one in found.block.columns
        if one not in ("consumed", "need", "record", "control_total", "control_source", "name")
    ]
    edits: dict[Spot, Value] = {
        free[0].spot(one): book.value(found.spot(one))
        for one in kept
        if book.value(found.spot(one)) is not None
    }
    edits[free[0].spot("name")] = found.id
    return at("sum-row-again", SUM, edits, free[0].cells | found.cells)


def _family_copied(book: Book, rng: random.Random) -> Planted | None:
    used = slots(book)
    rows = [one for one in lines(book, "output") if one.id in MONTHS]
    if len(used) < 2 or any(one.size(used[0]) is None for one in rows):
        return None
    edits: dict[Spot, Value] = {one.spot(used[1]): one.size(used[0]) for one in rows}
    return at("sum-family-copied", SUM, edits, {one.spot(name) for one in rows for name in used})


def _supplier_again(book: Book, rng: random.Random) -> Planted | None:
    rows = [one for one in table(book, "suppliers") if one.size("share")]
    pairs = [(a, b) for a, b in pairwise(rows) if a.text("account") == b.text("account")]
    found = some(rng, pairs)
    if found is None:
        return None
    first, second = found
    return at("sum-supplier-again", SUM, {second.spot("name"): first.text("name")}, second.cells)

"""The course of the year, and meters: months, bills, multipliers, units changed on the way."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.seeded_errors.book import Book, Spot, Value
from tests.seeded_errors.fault import Fault, Kind, Plant, Planted, at
from tests.seeded_errors.places import (
    Line,
    accounts,
    metered,
    monthly,
    some,
)
from tests.seeded_errors.witness import key_of, witnesses

SUM, BALANCE, BAND = Kind.SUM, Kind.BALANCE, Kind.BAND
FEW = 5


def faults() -> Iterator[Fault]:
    """All of them."""
    yield from _months()
    yield from _meters()


# --- the course of the year ----------------------------------------------------------------------


def seasonal(book: Book) -> list[Line]:
    """Meters whose months go with the others, in a file with enough series to tell."""
    if len(monthly(book)) < FEW:
        return []
    return [line for line in metered(book) if min(values(line)) > 0.25 * max(values(line))]


def values(line: Line) -> list[float]:
    return [line.book.number(spot) or 0.0 for spot in line.months]


def _months() -> Iterator[Fault]:
    for name, what, change in (
        ("digit-more", "one month of a meter with a digit too many", lambda v: v * 10),
        ("digit-less", "one month of a meter with a digit lost", lambda v: v / 10),
        ("thousand", "one month of a meter in another unit", lambda v: v * 1000),
        ("thousandth", "one month of a meter in a larger unit", lambda v: v / 1000),
        ("wan", "one month of a meter in 万", lambda v: v / 10000),
        ("zero", "one month of a meter at nought", lambda v: 0),
        ("thirteenth-bill", "two bills booked in one month", lambda v: v * 2.2),
        ("half-bill", "a bill for half a month only", lambda v: v * 0.4),
    ):
        yield Fault(f"sum-month-{name}", SUM, what, _month(f"sum-month-{name}", change))
    yield Fault(
        "sum-month-repeated", SUM, "the bill of one month booked again for the next", _repeated
    )
    yield Fault(
        "sum-month-flat", SUM, "a yearly total divided by twelve in place of readings", _flat
    )
    yield Fault(
        "sum-month-cumulative", SUM, "readings of the counter in place of monthly use", _climbing
    )
    yield Fault(
        "sum-month-quarterly",
        SUM,
        "quarterly bills in four months, nought in the others",
        _quarters,
    )
    yield Fault(
        "sum-month-december", SUM, "the year booked in one month, nought in the others", _december
    )


def _month(fault: str, change: Callable[[float], float]) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        line = some(rng, seasonal(book))
        if line is None:
            return None
        spot = rng.choice(line.months)
        value = change(book.number(spot) or 0.0)
        return at(fault, SUM, {spot: value}, {spot} | _sub_meters(book, line))

    return plant


def _stood(book: Book, month: int) -> bool:
    """Whether other rows read as the month before: the plant did, and a bill twice is no slip."""
    return any(values(one)[month] == values(one)[month - 1] for one in monthly(book))


def _sub_meters(book: Book, line: Line) -> set[Spot]:
    """Sub-meters of the row: a main meter that falls below them is named at either."""
    key = key_of(book, line)
    same = key is not None and "表" in key.text("kind") and key.text("unit") == line.text("unit")
    return key.cells if key is not None and same else set()


def _repeated(book: Book, rng: random.Random) -> Planted | None:
    rows = [
        (line, place)
        for line in seasonal(book)
        for place, one in enumerate(values(line)[:-1])
        if len(f"{one:.12g}".replace(".", "").strip("0")) >= 4 and not _stood(book, place + 1)
    ]
    found = some(rng, rows)
    if found is None:
        return None
    line, place = found
    return at("sum-month-repeated", SUM, {line.months[place + 1]: values(line)[place]})


def _flat(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, seasonal(book))
    if line is None:
        return None
    edits: dict[Spot, Value] = dict.fromkeys(line.months, round(line.total / 12, 3))
    return at("sum-month-flat", SUM, edits, line.cells)


def _climbing(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, seasonal(book))
    if line is None:
        return None
    total, edits = 0.0, {}
    for spot, value in zip(line.months, values(line), strict=True):
        total += value
        edits[spot] = total
    return at("sum-month-cumulative", SUM, edits, line.cells)


def _quarters(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, seasonal(book))
    if line is None:
        return None
    bills = values(line)
    edits = {
        spot: (sum(bills[place - 2 : place + 1]) if place % 3 == 2 else 0)
        for place, spot in enumerate(line.months)
    }
    return at("sum-month-quarterly", SUM, edits, line.cells)


def _december(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, seasonal(book))
    if line is None:
        return None
    edits: dict[Spot, Value] = dict.fromkeys(line.months[:-1], 0)
    return at("sum-month-december", SUM, edits | {line.months[-1]: line.total}, line.cells)


# --- meters --------------------------------------------------------------------------------------


def _meters() -> Iterator[Fault]:
    yield Fault("sum-multiplier-forgotten", SUM, "the multiplier (CT ratio) forgotten", _no_ratio)
    yield Fault("sum-multiplier-twice", SUM, "the bill's energy multiplied once more", _ratio_twice)
    yield Fault("band-multiplier-odd", BAND, "a multiplier that no transformer has", _odd_ratio)
    for name, times in (("changed", 1.75), ("halved", 0.5), ("unit", 0.001)):
        fault = f"sum-step-{name}"
        yield Fault(
            fault,
            SUM,
            f"from some month on {times:g} times: multiplier or unit changed",
            _step(fault, times),
        )


def _no_ratio(book: Book, rng: random.Random) -> Planted | None:
    rows = [one for one in accounts(book) if (one.size("multiplier") or 1) > 2]
    line = some(
        rng, [one for one in rows if witnesses(book, one, 1 / (one.size("multiplier") or 1))]
    )
    if line is None:
        return None
    right = witnesses(book, line, 1 / (line.size("multiplier") or 1))
    return at("sum-multiplier-forgotten", SUM, {line.spot("multiplier"): None}, right)


def _ratio_twice(book: Book, rng: random.Random) -> Planted | None:
    rows = [
        one
        for one in metered(book)
        if one.has("multiplier") and not one.size("multiplier") and witnesses(book, one, 80)
    ]
    line = some(rng, rows)
    if line is None:
        return None
    return at("sum-multiplier-twice", SUM, {line.spot("multiplier"): 80}, witnesses(book, line, 80))


def _odd_ratio(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, [one for one in metered(book, electric=True) if one.has("multiplier")])
    if line is None:
        return None
    return at("band-multiplier-odd", BAND, {line.spot("multiplier"): rng.choice((83, 0.7, 41.3))})


def _step(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        line = some(rng, seasonal(book))
        if line is None:
            return None
        start = rng.randint(4, 8)
        edits: dict[Spot, Value] = {
            spot: (book.number(spot) or 0) * times for spot in line.months[start:]
        }
        return at(fault, SUM, edits, line.cells)

    return plant

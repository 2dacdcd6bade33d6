"""Parts and wholes: control totals, shares, stocks, keys."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.seeded_errors.book import Book, Spot, Value
from tests.seeded_errors.fault import Fault, Kind, Plant, Planted, at
from tests.seeded_errors.places import (
    MONTHS,
    Line,
    accounts,
    monthly,
    slots,
    some,
    table,
)
from tests.seeded_errors.witness import (
    consumed,
    key_of,
)

SUM, BALANCE, BAND = Kind.SUM, Kind.BALANCE, Kind.BAND


def faults() -> Iterator[Fault]:
    """All of them."""
    yield from _totals()
    yield from _stocks()
    yield from _keys()


# --- totals --------------------------------------------------------------------------------------


def _totals() -> Iterator[Fault]:
    for name, what, times in (
        ("off", "a control total of another scope", 1.07),
        ("eleven", "a control total with one bill more than was booked", 12 / 11),
        ("thirteen", "a control total with one bill less than was booked", 12 / 13),
        ("thousand", "a control total in another unit", 0.001),
        ("month", "a control total of one month", 1 / 12),
        ("digit", "a control total with a digit too many", 10.0),
        ("joule", "a control total in another unit of energy", 3.6),
    ):
        yield Fault(f"sum-control-{name}", SUM, what, _control(f"sum-control-{name}", times))
    for name, what, times in (
        ("second-site", "the energy of a second site included", 1.6),
        ("equivalent-coal", "electricity worked back from kgce in equivalent value", 2.44),
        ("losses", "grid losses added to the meter", 1.06),
        ("eleven-bills", "one bill of twelve left out, spread over the year", 11 / 12),
        (
            "thirteen-bills",
            "a bill of the next year with the twelve, spread over the year",
            13 / 12,
        ),
    ):
        yield Fault(f"sum-booked-{name}", SUM, what, _booked(f"sum-booked-{name}", times))
    yield Fault(
        "sum-shares-short",
        SUM,
        "shares of suppliers below the whole",
        _shares("sum-shares-short", 0.8),
    )
    yield Fault(
        "sum-shares-over",
        SUM,
        "shares of suppliers above the whole",
        _shares("sum-shares-over", 1.25),
    )
    yield Fault(
        "sum-shares-percent",
        SUM,
        "shares of suppliers in per cent",
        _shares("sum-shares-percent", 100),
    )
    yield Fault("sum-instruments-over", SUM, "certificates for more than was used", _over)


def _control(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        line = some(rng, [one for one in accounts(book) if one.size("control_total")])
        if line is None:
            return None
        spot = line.spot("control_total")
        return at(fault, SUM, {spot: round(consumed(line) * times, 4)}, line.cells)

    return plant


def _booked(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        line = some(rng, [one for one in monthly(book) if one.size("control_total")])
        if line is None:
            return None
        return at(fault, SUM, scaled(line, times), line.cells)

    return plant


def scaled(line: Line, times: float) -> dict[Spot, Value]:
    columns = [*MONTHS, "whole", "opening", "closing", "returned"]
    return {
        line.spot(one): float(f"{(line.size(one) or 0) * times:.12g}")
        for one in columns
        if line.size(one) is not None
    }


def _shares(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        rows = [one for one in table(book, "suppliers") if one.size("share")]
        line = some(rng, rows)
        if line is None:
            return None
        material = line.text("account")
        mine = [one for one in rows if one.text("account") == material]
        edits: dict[Spot, Value] = {
            one.spot("share"): (one.size("share") or 0) * times for one in mine
        }
        return at(fault, SUM, edits)

    return plant


def _over(book: Book, rng: random.Random) -> Planted | None:
    rows = [one for one in table(book, "instruments") if one.size("amount")]
    if not rows:
        return None
    edits: dict[Spot, Value] = {one.spot("amount"): 1e6 for one in rows[:1]}
    return at("sum-instruments-over", SUM, edits, {spot for one in rows for spot in one.cells})


# --- stocks --------------------------------------------------------------------------------------


def _stocks() -> Iterator[Fault]:
    for name, what, column, times in (
        ("opening-unit", "an opening stock in a smaller unit", "opening", 1000),
        ("closing-unit", "a closing stock in a smaller unit", "closing", 1000),
        ("opening-digit", "an opening stock with two digits too many", "opening", 100),
    ):
        yield Fault(f"sum-stock-{name}", SUM, what, _stock(f"sum-stock-{name}", column, times))
    yield Fault("sum-scrap-returned", SUM, "sold scrap entered as returned to the supplier", _scrap)
    yield Fault("sum-scrap-negative", SUM, "sold scrap subtracted in one month", _minus)


def _stock(fault: str, column: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        rows = [one for one in monthly(book) if (one.size(column) or 0) * times > 3 * one.total]
        line = some(rng, rows)
        if line is None:
            return None
        value = (line.size(column) or 0) * times
        return at(fault, SUM, {line.spot(column): value}, line.cells)

    return plant


def _scrap(book: Book, rng: random.Random) -> Planted | None:
    line = some(
        rng, [one for one in monthly(book) if one.has("returned") and one.block.id == "materials"]
    )
    if line is None:
        return None
    return at(
        "sum-scrap-returned", SUM, {line.spot("returned"): round(line.total * 0.35, 3)}, line.cells
    )


def _minus(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, [one for one in monthly(book) if one.block.id == "materials"])
    if line is None:
        return None
    return at("sum-scrap-negative", SUM, {line.months[7]: -round(line.total / 50, 3) - 1})


# --- keys ----------------------------------------------------------------------------------------


def _keys() -> Iterator[Fault]:
    yield Fault(
        "sum-submeters-over",
        SUM,
        "sub-meters that sum to more than the main meter",
        _sub("sum-submeters-over", 3.0),
    )
    yield Fault(
        "sum-submeters-under",
        SUM,
        "sub-meters that see a tenth of the main meter",
        _sub("sum-submeters-under", 0.1),
    )
    yield Fault("sum-key-negative", SUM, "a negative value in a key", _negative)
    yield Fault("sum-key-zero", SUM, "a key of noughts", _nought)


def _sub(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        rows = [(one, key_of(book, one)) for one in accounts(book)]
        fit = [
            (one, key)
            for one, key in rows
            if key is not None and "表" in key.text("kind") and key.text("unit") == one.text("unit")
        ]
        found = some(rng, fit)
        if found is None:
            return None
        key = found[1]
        others = {
            spot
            for one in accounts(book)
            if one.text("key") == key.text("key")
            for spot in one.cells
        }
        columns = [name for name in (*slots(book), *slots(book, "centre")) if key.size(name)]
        edits: dict[Spot, Value] = {
            key.spot(name): (key.size(name) or 0) * times for name in columns
        }
        return at(fault, SUM, edits, key.cells | others)

    return plant


def _used_keys(book: Book) -> list[Line]:
    named = {one.text("key") for one in accounts(book)}
    return [one for one in table(book, "keys") if one.text("key") in named]


def _negative(book: Book, rng: random.Random) -> Planted | None:
    key = some(rng, _used_keys(book))
    if key is None:
        return None
    column = some(rng, [one for one in (*slots(book), *slots(book, "centre")) if key.size(one)])
    if column is None:
        return None
    return at("sum-key-negative", SUM, {key.spot(column): -5}, key.cells)


def _nought(book: Book, rng: random.Random) -> Planted | None:
    key = some(rng, _used_keys(book))
    if key is None:
        return None
    columns = [one for one in (*slots(book), *slots(book, "centre")) if key.size(one)]
    edits: dict[Spot, Value] = {key.spot(one): 0 for one in columns}
    users = {
        spot for one in accounts(book) if one.text("key") == key.text("key") for spot in one.cells
    }
    return at("sum-key-zero", SUM, edits, key.cells | users)

"""Slips that a list written without sight of the other types brought up: stocks, keys, places."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise

from factors.units import unit
from tests.seeded_errors.book import Book, Spot, Value, day_of
from tests.seeded_errors.fault import Fault, Kind, Plant, Planted, at
from tests.seeded_errors.places import (
    MONTHS,
    Line,
    accounts,
    answer,
    lines,
    metered,
    model_of,
    monthly,
    slots,
    some,
    table,
)
from tests.seeded_errors.witness import key_of, key_total

SUM, STRUCTURE, BAND, EVIDENCE = Kind.SUM, Kind.STRUCTURE, Kind.BAND, Kind.EVIDENCE
SUB_METER = "分表"
PIECES = "件数"
NON_PRODUCT = "非产品用途"
Edits = tuple[dict[Spot, Value], set[Spot]]
Find = Callable[[Book, random.Random], Edits | None]


def faults() -> Iterator[Fault]:
    """All of them."""
    found: tuple[tuple[str, Kind, str, Find], ...] = (
        ("sum-stock-one-day", SUM, "a stock on the last day, none on the first", _one_day),
        ("sum-month-of-year", SUM, "all purchases of the year in December", _december),
        ("sum-row-filled-down", SUM, "the months of a row filled down into the next", _down),
        ("evidence-year-before", EVIDENCE, "the period of the year before", _year_before),
        ("sum-key-of-water", SUM, "power shared out by the meters of the water", _other_meters),
        ("sum-key-started", SUM, "pieces of a key from another year", _other_pieces),
        ("unit-sub-meter", SUM, "one sub-meter noted in thousands", _thousands),
        ("missing-canteen", STRUCTURE, "the canteen a production centre", _canteen),
        ("number-part-piece", Kind.NUMBER, "rejects in per cent in a column of pieces", _rates),
        ("band-delivery-near", BAND, "a country of Europe for one near by", _supplier(
            country="CH", mode="truck", distance=700)),
        ("band-delivery-home", BAND, "the home country for one overseas", _supplier(
            country="CN", mode="ship", distance=8900)),
        ("band-delivery-border", BAND, "a lorry from abroad for ship and lorry", _supplier(
            country="TH", mode="truck", distance=4780)),
        ("code-country-none", STRUCTURE, "a country that does not exist", _supplier(country="XX")),
        ("evidence-figure-unused", EVIDENCE, "a figure for what the model builds", _unused),
    )  # fmt: skip
    for name, kind, what, find in found:
        yield Fault(name, kind, what, _plant(name, kind, find), alone=kind is EVIDENCE)


def _plant(name: str, kind: Kind, find: Find) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        found = find(book, rng)
        return None if found is None else at(name, kind, *found)

    return plant


# --- stocks and months ---------------------------------------------------------------------------


def _one_day(book: Book, rng: random.Random) -> Edits | None:
    rows = [one for one in accounts(book) if one.size("opening") and one.size("closing")]
    line = some(rng, rows)
    return None if line is None else ({line.spot("opening"): None}, line.cells)


def _december(book: Book, rng: random.Random) -> Edits | None:
    rows = [one for one in monthly(book) if one.size("opening") and one.size("closing")]
    line = some(rng, rows)
    if line is None:
        return None
    edits: dict[Spot, Value] = {line.spot(month): 0 for month in MONTHS[:-1]}
    return {**edits, line.spot(MONTHS[-1]): line.total}, line.cells


def _down(book: Book, rng: random.Random) -> Edits | None:
    """Neighbours among the weighed or metered rows of one sheet."""
    units = {one.id: one.unit.dimension for one in model_of(book.model).accounts}
    counted = unit("item").dimension
    rows = monthly(book)
    pairs = [
        (one, other)
        for one, other in pairwise(rows)
        if one.block == other.block and units[other.id] != counted
        and len({one.size(month) for month in MONTHS}) > 2
    ]  # fmt: skip
    pair = some(rng, pairs)
    if pair is None:
        return None
    above, line = pair
    return {line.spot(month): above.size(month) for month in MONTHS}, above.cells | line.cells


def _rates(book: Book, rng: random.Random) -> Edits | None:
    measured = {unit(one).dimension for one in ("kg", "L")}
    dimension = model_of(book.model).declared_unit.unit.dimension
    slot = None if dimension in measured else some(rng, slots(book))
    rows = [line for line in lines(book, "rejects") if line.id in MONTHS]
    if slot is None or not rows:
        return None
    edits: dict[Spot, Value] = {line.spot(slot): 0.4 for line in rows}
    return edits, set(edits)


# --- the period ----------------------------------------------------------------------------------


def _year_before(book: Book, rng: random.Random) -> Edits | None:
    ends = [answer(book, "period", name) for name in ("from", "to")]
    edits: dict[Spot, Value] = {}
    for spot in ends:
        day = day_of(book.value(spot)) if spot is not None else None
        if spot is None or day is None:
            return None
        edits[spot] = date(day.year - 1, day.month, day.day)
    papers = {spot for line in table(book, "evidence") for spot in line.cells}
    prepared = answer(book, "cover", "prepared_on")
    return edits, set(edits) | papers | ({prepared} if prepared else set())


# --- keys and centres ----------------------------------------------------------------------------


def _keys(book: Book, kind: str) -> list[Line]:
    return [line for line in table(book, "keys") if kind in line.text("kind")]


def _other_meters(book: Book, rng: random.Random) -> Edits | None:
    power = metered(book, electric=True)
    water = [key for key in _keys(book, SUB_METER) if key.text("unit") == "m3"]
    line, key = some(rng, power), some(rng, water)
    if line is None or key is None:
        return None
    return {line.spot("key"): key.text("key")}, line.cells | key.cells


def _other_pieces(book: Book, rng: random.Random) -> Edits | None:
    counted = model_of(book.model).declared_unit.unit.symbol
    places = [
        (key, slot)
        for key in _keys(book, PIECES)
        for slot in slots(book)
        if key.text("unit") == counted and key.size(slot)
    ]
    place = some(rng, places)
    if place is None:
        return None
    key, slot = place
    return {key.spot(slot): round((key.size(slot) or 0) * 1.6)}, key.cells


def _thousands(book: Book, rng: random.Random) -> Edits | None:
    """The greatest sub-meter of a main meter in the same unit."""
    for line in metered(book):
        key = key_of(book, line)
        if key is None or SUB_METER not in key.text("kind"):
            continue
        columns = [*slots(book), *slots(book, "centre")]
        most = max(columns, key=lambda column: key.size(column) or 0)
        size = key.size(most) or 0
        if key.text("unit") == line.text("unit") and size > 0.2 * key_total(book, key):
            return {key.spot(most): size / 1000}, key.cells | line.cells
    return None


def _canteen(book: Book, rng: random.Random) -> Edits | None:
    """What makes nothing is called production, and its energy shared out over the goods."""
    idle = [
        slot
        for slot in slots(book, "centre")
        if (kind := answer(book, "centres", "kind", slot)) and book.value(kind) == NON_PRODUCT
    ]
    slot = some(rng, idle)
    kind, key = (answer(book, "centres", name, slot or "") for name in ("kind", "key"))
    if slot is None or kind is None or key is None:
        return None
    column = {line.spot(slot) for line in lines(book, "centres")}
    return {kind: "production", key: "output"}, column


# --- suppliers -----------------------------------------------------------------------------------


def _supplier(**wrong: Value) -> Find:
    def find(book: Book, rng: random.Random) -> Edits | None:
        line = some(rng, table(book, "suppliers"))
        if line is None:
            return None
        return {line.spot(name): value for name, value in wrong.items()}, line.cells

    return find


def _unused(book: Book, rng: random.Random) -> Edits | None:
    """A supplier of an account of which no line takes a supplier's figure."""
    model = model_of(book.model)
    taken = {rule.each for rule in model.exchanges if "Supplier" in type(rule.origin).__name__}
    names = {
        word
        for one in model.accounts
        if one.suppliers and one.id not in taken
        for word in (one.id, *one.name.values())
    }
    line = some(rng, [one for one in table(book, "suppliers") if one.text("account") in names])
    return None if line is None else ({line.spot("pcf"): 1.5}, line.cells)

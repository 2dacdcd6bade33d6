"""The verifier's list: faults that no file can tell of, because nothing in it speaks against them.

They are planted like all others, and what a validator says of them is counted and never scored.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.seeded_errors.book import Book, Spot, Value
from tests.seeded_errors.fault import Fault, Kind, Plant, Planted, at
from tests.seeded_errors.places import accounts, answer, monthly, slots, some, table
from tests.seeded_errors.witness import witnesses

N = Kind.NOTHING


def faults() -> Iterator[Fault]:
    """Everything that needs a visit, a document or a second person."""
    for name, what, times in (
        ("rounded", "amounts rounded up", 1.004),
        ("unwitnessed", "an amount ten per cent too low where nothing else speaks of it", 0.9),
    ):
        yield Fault(f"nothing-{name}", N, what, _scaled(f"nothing-{name}", times))
    yield Fault("nothing-digits-swapped", N, "two neighbouring digits of a month swapped", _swapped)
    yield Fault("nothing-purchases", N, "purchases taken as consumption: no stocks", _no_stocks)
    yield Fault("nothing-other-year", N, "last year's purchases of one material", _jitter)
    yield _cell(
        "nothing-preparer", "somebody else prepared the file", "cover", "preparer", "示例 李四"
    )
    yield _cell(
        "nothing-product-name",
        "the name of another product",
        "cover",
        "product_name_zh",
        "示例产品乙",
    )
    yield _cell(
        "nothing-article", "the number of another article", "cover", "product_model", "EX-999"
    )
    yield _cell(
        "nothing-maker-id",
        "somebody else's register number",
        "cover",
        "maker_id",
        "00000000EXAMPLE999",
    )
    yield _row(
        "nothing-title", "the title of another document", "evidence", "title", "示例：另一份文件"
    )
    yield _row("nothing-page", "a page that is not there", "evidence", "page", "999")
    yield _row(
        "nothing-supplier-name",
        "the name of a trader for the maker",
        "suppliers",
        "name",
        "示例贸易商",
    )
    yield _row(
        "nothing-address",
        "the address of the head office",
        "sites",
        "address_zh",
        "示例市示例大厦 8 楼",
    )
    yield _row(
        "nothing-instrument-number",
        "a made-up certificate number",
        "instruments",
        "instrument",
        "GEC-X-1",
    )
    yield Fault("nothing-distance", N, "a delivery ten per cent further", _distance)
    yield Fault("nothing-key-jitter", N, "a key estimated three per cent off", _key)
    yield Fault("nothing-forged-hash", N, "the hash of a file nobody has", _hash)


def _scaled(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        rows = [
            one
            for one in monthly(book)
            if not one.size("control_total") and not witnesses(book, one, times)
        ]
        line = some(rng, rows)
        if line is None:
            return None
        edits: dict[Spot, Value] = {
            spot: float(f"{(book.number(spot) or 0) * times:.10g}") for spot in line.months
        }
        return at(fault, N, edits, line.cells)

    return plant


def _swapped(book: Book, rng: random.Random) -> Planted | None:
    fit: list[tuple[Spot, int]] = []
    for line in monthly(book):
        for spot in line.months:
            text = str(book.value(spot))
            if (
                text.isdecimal()
                and len(text) > 2
                and text[-1] != text[-2]
                and not line.size("control_total")
            ):
                fit.append((spot, int(text[:-2] + text[-1] + text[-2])))
    found = some(rng, fit)
    return at("nothing-digits-swapped", N, {found[0]: found[1]}) if found else None


def _no_stocks(book: Book, rng: random.Random) -> Planted | None:
    rows = [one for one in accounts(book) if one.size("opening") and not one.size("control_total")]
    line = some(rng, rows)
    if line is None:
        return None
    return at(
        "nothing-purchases", N, {line.spot("opening"): None, line.spot("closing"): None}, line.cells
    )


def _jitter(book: Book, rng: random.Random) -> Planted | None:
    rows = [one for one in monthly(book) if not one.size("control_total") and not one.text("key")]
    line = some(rng, rows or [one for one in monthly(book) if not one.size("control_total")])
    if line is None:
        return None
    edits: dict[Spot, Value] = {
        spot: round((book.number(spot) or 0) * rng.uniform(0.98, 1.02), 2) for spot in line.months
    }
    return at("nothing-other-year", N, edits, line.cells)


def _cell(fault: str, what: str, block: str, row: str, value: Value) -> Fault:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        spot = answer(book, block, row)
        return at(fault, N, {spot: value}) if spot else None

    return Fault(fault, N, what, plant)


def _row(fault: str, what: str, block: str, column: str, value: Value) -> Fault:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        line = some(rng, table(book, block))
        return at(fault, N, {line.spot(column): value}) if line else None

    return Fault(fault, N, what, plant)


def _distance(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, [one for one in table(book, "suppliers") if one.size("distance")])
    if line is None:
        return None
    return at(
        "nothing-distance", N, {line.spot("distance"): round((line.size("distance") or 0) * 1.1)}
    )


def _key(book: Book, rng: random.Random) -> Planted | None:
    fit = [
        (one, slot)
        for one in table(book, "keys")
        for slot in slots(book)
        if "表" not in one.text("kind") and (one.size(slot) or 0) > 10
    ]
    found = some(rng, fit)
    if found is None:
        return None
    line, slot = found
    return at(
        "nothing-key-jitter",
        N,
        {line.spot(slot): round((line.size(slot) or 0) * 1.03, 3)},
        line.cells,
    )


def _hash(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, table(book, "evidence"))
    return at("nothing-forged-hash", N, {line.spot("sha256"): "12" * 32}) if line else None

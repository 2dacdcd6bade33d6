"""The skeleton: hidden ids that were cleared, copied, overwritten or left behind."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.seeded_errors.book import Book, Spot, Value
from tests.seeded_errors.fault import Fault, Plant, Planted, at
from tests.seeded_errors.places import (
    Line,
    accounts,
    some,
)
from tests.seeded_errors.spots import (
    K,
    required,
)

# --- hidden ids ----------------------------------------------------------------------------------


def faults() -> Iterator[Fault]:
    """Everything about hidden rows and columns."""
    for sheet in ("sites", "products", "energy", "materials", "packaging", "waste"):
        yield Fault(
            f"sheet-mark-{sheet}",
            K,
            f"hidden first row of the sheet {sheet} deleted",
            _mark(sheet),
            True,
        )
    yield Fault("ids-row-lost", K, "hidden row of column ids cleared", _ids_lost, True)
    yield Fault("block-id-lost", K, "hidden name of a table cleared", _block_lost, True)
    yield Fault("column-id-lost", K, "hidden id of a month's column cleared", _column_lost, True)
    yield Fault("column-id-twice", K, "a column copied with its hidden id", _column_twice, True)
    yield Fault("row-id-lost", K, "hidden id of a required row cleared", _row_lost)
    yield Fault("row-id-changed", K, "hidden id of a row overwritten", _row_changed)
    yield Fault("row-id-twice", K, "a row copied with its hidden id", _row_twice)
    yield Fault("rows-sorted", K, "rows sorted without their hidden ids", _sorted)


def _mark(sheet: str) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        title = book.sheets.get(sheet)
        if title is None:
            return None
        return at(f"sheet-mark-{sheet}", K, {(title, 1, 1): None}, set(), {"", title})

    return plant


def _account_block(book: Book, rng: random.Random) -> Line | None:
    return some(rng, accounts(book))


def _ids_lost(book: Book, rng: random.Random) -> Planted | None:
    line = _account_block(book, rng)
    if line is None:
        return None
    sheet, top = line.block.sheet, line.block.ids_row
    edits: dict[Spot, Value] = {
        (sheet, top, column): None for column in (1, *line.block.columns.values())
    }
    right = {
        (sheet, row, column)
        for row in (top, top + 1)
        for column in (1, *line.block.columns.values())
    }
    return at("ids-row-lost", K, edits, right, {"", sheet})


def _block_lost(book: Book, rng: random.Random) -> Planted | None:
    line = _account_block(book, rng)
    if line is None:
        return None
    sheet, top = line.block.sheet, line.block.ids_row
    right = {
        (sheet, row, column)
        for row in (top, top + 1)
        for column in (1, *line.block.columns.values())
    }
    return at("block-id-lost", K, {(sheet, top, 1): None}, right, {"", sheet})


def _column_lost(book: Book, rng: random.Random) -> Planted | None:
    line = _account_block(book, rng)
    if line is None:
        return None
    spot = (line.block.sheet, line.block.ids_row, line.block.columns["m4"])
    right = {(spot[0], spot[1], column) for column in range(1, 40)}
    return at(
        "column-id-lost", K, {spot: None}, right | {(spot[0], spot[1] + 1, spot[2])}, {spot[0]}
    )


def _column_twice(book: Book, rng: random.Random) -> Planted | None:
    line = _account_block(book, rng)
    if line is None:
        return None
    spot = (line.block.sheet, line.block.ids_row, line.block.columns["m4"])
    other = (spot[0], spot[1], line.block.columns["m5"])
    right = {(spot[0], spot[1], column) for column in range(1, 40)}
    return at("column-id-twice", K, {other: "m4"}, right, {spot[0]})


def _row_lost(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, [one for one in accounts(book) if required(one)])
    if line is None:
        return None
    sheet = {f"{line.block.sheet}"}
    right = {(line.block.sheet, line.number, column) for column in range(1, 40)}
    return at("row-id-lost", K, {(line.block.sheet, line.number, 1): None}, right, sheet)


def _row_changed(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, accounts(book))
    if line is None:
        return None
    right = {(line.block.sheet, line.number, column) for column in range(1, 40)}
    return at(
        "row-id-changed",
        K,
        {(line.block.sheet, line.number, 1): "old-name"},
        right,
        {line.block.sheet},
    )


def _pair(book: Book, rng: random.Random) -> tuple[Line, Line] | None:
    line = some(rng, accounts(book))
    others = [
        one
        for one in accounts(book)
        if line and one.block.id == line.block.id and one.id != line.id
    ]
    other = some(rng, others)
    return (line, other) if line and other else None


def _row_twice(book: Book, rng: random.Random) -> Planted | None:
    pair = _pair(book, rng)
    if pair is None:
        return None
    first, second = sorted(pair, key=lambda one: one.number)
    edits = {(second.block.sheet, second.number, 1): first.id}
    right = {(one.block.sheet, one.number, column) for one in pair for column in range(1, 40)}
    planted = at("row-id-twice", K, edits, right, {first.block.sheet})
    area = planted.area | {(first.block.sheet, first.number)}
    return Planted("row-id-twice", K, planted.edits, planted.right, area)


def _sorted(book: Book, rng: random.Random) -> Planted | None:
    pair = _pair(book, rng)
    if pair is None:
        return None
    first, second = pair
    edits: dict[Spot, Value] = {}
    for column in first.block.columns:
        edits[first.spot(column)] = book.value(second.spot(column))
        edits[second.spot(column)] = book.value(first.spot(column))
    edits = {spot: value for spot, value in edits.items() if not str(value).startswith("=")}
    right = {(one.block.sheet, one.number, column) for one in pair for column in range(1, 40)}
    return at("rows-sorted", K, edits, right)

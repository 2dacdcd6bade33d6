"""Cells that structural faults are typed into, and the shape such faults share."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.seeded_errors.book import Book, Spot, Value
from tests.seeded_errors.fault import Fault, Kind, Planted, at
from tests.seeded_errors.places import Line, answer, some, subject, table

K = Kind.STRUCTURE
Find = Callable[[Book, random.Random], Spot | None]
IDENTITY = ("family", "name_zh", "name_en", "output_unit")


def cell(
    fault: str,
    what: str,
    spot: Find,
    value: Value,
    alone: bool = False,
    *,
    beside: Callable[[Book, Spot], set[Spot]] = lambda book, spot: set(),
) -> Fault:
    """Type a value into a cell where it is wrong; ``beside`` are other cells of one statement."""

    def plant(book: Book, rng: random.Random) -> Planted | None:
        found = spot(book, rng)
        return at(fault, K, {found: value}, {found} | beside(book, found)) if found else None

    return Fault(fault, K, what, plant, alone)


def answer_at(block: str, row: str, slot: str = "value") -> Find:
    return lambda book, rng: answer(book, block, row, slot)


def in_table(block: str, column: str) -> Find:
    """A cell of a free table that holds something."""

    def spot(book: Book, rng: random.Random) -> Spot | None:
        line = some(rng, [one for one in table(book, block) if one.text(column)])
        return line.spot(column) if line else None

    return spot


def of_family(row: str) -> Find:
    return lambda book, rng: answer(book, "family", row, subject(book))


def same_row(book: Book, spot: Spot) -> set[Spot]:
    """A reference belongs to its row."""
    return {(spot[0], spot[1], column) for column in range(1, 40)}


def required(line: Line) -> bool:
    return "●" in line.text("need")

"""Places in a workbook that a fault can be planted at."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from factors.units import unit
from lca.model import load as load_model
from lca.model_parts import ProductModel
from tests.seeded_errors.book import Block, Book, Spot

T = TypeVar("T")


@cache
def model_of(name: str) -> ProductModel:
    """The product model of a workbook."""
    return load_model(name)


MONTHS = tuple(f"m{number}" for number in range(1, 13))
GROUPS = ("energy", "materials", "packaging", "waste", "transport")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table, with the id in column A (``+`` for a free row)."""

    book: Book
    block: Block
    id: str
    number: int

    def has(self, column: str) -> bool:
        """Whether the table has the column."""
        return column in self.block.columns

    def spot(self, column: str) -> Spot:
        """Place of a column."""
        return self.block.spot(self.number, column)

    def text(self, column: str) -> str:
        """Text of a cell, empty when there is none."""
        value = self.book.value(self.spot(column)) if self.has(column) else None
        return "" if value is None else str(value)

    def size(self, column: str) -> float | None:
        """The number in a cell."""
        return self.book.number(self.spot(column)) if self.has(column) else None

    @property
    def months(self) -> list[Spot]:
        """Places of the months that hold a number."""
        return [self.spot(name) for name in MONTHS if self.size(name) is not None]

    @property
    def total(self) -> float:
        """Sum of the months, or the one value for the whole period."""
        months = sum(self.book.number(spot) or 0 for spot in self.months)
        return months or (self.size("whole") or 0.0)

    @property
    def cells(self) -> set[Spot]:
        """Every place of the row."""
        return {self.spot(column) for column in self.block.columns}

    @property
    def filled(self) -> bool:
        """Whether anything stands in the row."""
        return any(self.book.value(spot) is not None for spot in self.cells)


def lines(book: Book, block: str) -> list[Line]:
    """Rows of a table; none when the file does not have it."""
    found = book.blocks.get(block)
    if found is None:
        return []
    return [Line(book, found, key, number) for key, number in found.rows]


def accounts(book: Book) -> list[Line]:
    """Account rows of the template for the whole site that hold amounts."""
    rows = [line for group in GROUPS for line in lines(book, group)]
    return [line for line in rows if line.id != "+" and line.total]


def monthly(book: Book) -> list[Line]:
    """Account rows given month by month."""
    return [line for line in accounts(book) if len(line.months) == len(MONTHS)]


def metered(book: Book, electric: bool = False) -> list[Line]:
    """Meters: account rows that are read every month."""
    forms = {one.id: one for one in model_of(book.model).accounts}
    rows = [line for line in monthly(book) if forms[line.id].form == "metered"]
    power = unit("kWh").dimension
    return [line for line in rows if not electric or forms[line.id].unit.dimension == power]


def table(book: Book, block: str) -> list[Line]:
    """Rows of a free table that are filled in; its first column says what a row is."""
    rows = lines(book, block)
    return [line for line in rows if any(book.value(spot) is not None for spot in line.cells)]


def slots(book: Book, base: str = "family") -> list[str]:
    """Columns of families (or centres) that are in use."""
    block = book.blocks.get("family" if base == "family" else "centres")
    if block is None:
        return []
    row = block.row(base)
    names = [name for name in block.columns if name.partition(":")[0] == base and ":" in name]
    return [name for name in names if row and book.value(block.spot(row, name)) is not None]


def subject(book: Book) -> str:
    """Column of the family that the cover declares."""
    code = answer(book, "cover", "subject")
    block = book.blocks["family"]
    row = block.row("family")
    told = book.value(code) if code else None
    return next(slot for slot in slots(book) if row and book.value(block.spot(row, slot)) == told)


def answer(book: Book, block: str, row: str, slot: str = "value") -> Spot | None:
    """Place of an answer of a form."""
    found = book.blocks.get(block)
    number = found.row(row) if found is not None else None
    if found is None or number is None or slot not in found.columns:
        return None
    return found.spot(number, slot)


def answers(book: Book) -> Iterator[tuple[str, Spot, str]]:
    """Yield the numbers answered: question, place, and ``value`` or the family's column."""
    for line in lines(book, "answers"):
        if line.size("value") is not None:
            yield line.id, line.spot("value"), "value"
    for line in lines(book, "family"):
        for slot in slots(book):
            if line.size(slot) is not None:
                yield line.id, line.spot(slot), slot


def outputs(book: Book) -> Iterator[Spot]:
    """Yield the monthly outputs of all families."""
    for line in lines(book, "output"):
        for slot in slots(book):
            if line.id in MONTHS and line.size(slot) is not None:
                yield line.spot(slot)


def some(rng: random.Random, things: Iterable[T]) -> T | None:
    """One of some things, None when there is none."""
    several = list(things)
    return rng.choice(several) if several else None

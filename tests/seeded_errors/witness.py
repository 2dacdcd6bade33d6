"""What in a file contradicts a changed amount: told by file and model, never by a validator.

A fault in an amount can be found only where something else speaks of the same thing: a control
total, a key measured in the same unit, limits of the model. Where nothing does, the fault is on the
verifier's list, whatever a validator may say.
"""

from __future__ import annotations

from collections.abc import Iterator

from factors.errors import UnitError
from factors.units import unit
from lca.formula import Formula
from lca.model_parts import Check
from tests.seeded_errors.book import Book, Spot
from tests.seeded_errors.places import (
    Line,
    accounts,
    answer,
    lines,
    model_of,
    slots,
    subject,
    table,
)

CONTROL = 1.02
KEY_APART = 2.2
SEEN = 0.65


def consumed(line: Line) -> float:
    """What a row comes to, in its own unit."""
    times = line.size("multiplier") or 1.0
    stocks = (
        (line.size("opening") or 0) - (line.size("closing") or 0) - (line.size("returned") or 0)
    )
    return times * line.total + stocks


def witnesses(book: Book, line: Line, times: float) -> set[Spot]:
    """Cells at which a row is contradicted once it comes to ``times`` as much; empty: nowhere."""
    found: set[Spot] = set()
    if _by_control(line, times):
        found |= line.cells
    found |= _by_key(book, line, times)
    if serves(book, line):
        for check in model_of(book.model).checks:
            if _by_check(book, line, check, times):
                found |= line.cells | set(of_check(book, check))
    return found


def _by_control(line: Line, times: float) -> bool:
    total = line.size("control_total")
    return total is not None and max(times, 1 / times) > CONTROL


def _by_key(book: Book, line: Line, times: float) -> set[Spot]:
    """A key measured in the unit of the row, that shares out nothing else."""
    if line.block.id == "waste":  # its key mostly measures what the waste comes from
        return set()
    users = [one for one in accounts(book) if one.text("key") == line.text("key")]
    key = key_of(book, line)
    if key is None or not key.text("unit"):
        return set()
    try:
        measured, own = unit(key.text("unit")), unit(line.text("unit"))
    except UnitError:
        return set()
    if measured.dimension != own.dimension or not consumed(line):
        return set()
    ratio = times * consumed(line) * float(own.scale / measured.scale) / key_total(book, key)
    kind = key.text("kind")
    if "表" in kind:
        same = measured.symbol == own.symbol
        if same and (ratio < 1 or ratio > 1 / SEEN):
            return line.cells | key.cells
        return set()
    apart = len(users) == 1 and not 1 / KEY_APART <= ratio <= KEY_APART
    return line.cells if apart and "定额" in kind else set()


def key_of(book: Book, line: Line) -> Line | None:
    """The key of a row."""
    told = line.text("key")
    return next((one for one in table(book, "keys") if told and one.text("key") == told), None)


def key_total(book: Book, key: Line) -> float:
    """Sum of the values of a key."""
    columns = [*slots(book), *slots(book, "centre")]
    return sum(key.size(one) or 0.0 for one in columns if key.has(one)) or 1.0


def serves(book: Book, line: Line) -> bool:
    """Whether the declared family takes part in a row, directly or through a centre."""
    key = key_of(book, line)
    if key is None:
        return True
    columns = [subject(book), *slots(book, "centre")]
    return any((key.size(one) or 0.0) > 0 for one in columns if key.has(one))


def _by_check(book: Book, line: Line, check: Check, times: float) -> bool:
    """Limits of the model that rest on this account alone, and are narrower than the change."""
    if check.value is None or not check.low or not check.high or check.low <= 0 or check.when:
        return False
    used = {one.id for one in of_accounts(book, check)}
    return used == {line.id} and max(times, 1 / times) > 1.5 * float(check.high / check.low)


def names_of_formula(book: Book, formula: Formula) -> set[str]:
    """Accounts and questions that a formula rests on, through the model's quantities."""
    quantities = {one.id: one.formula for one in model_of(book.model).quantities}
    names: set[str] = set()
    ahead = list(formula.names)
    while ahead:
        name = ahead.pop()
        if name in quantities:
            ahead.extend(quantities[name].names)
        names.add(name)
    return names


def names_of(book: Book, check: Check) -> set[str]:
    """Accounts and questions that a check rests on."""
    return names_of_formula(book, check.value) if check.value is not None else set()


def of_accounts(book: Book, check: Check) -> Iterator[Line]:
    """Rows with amounts that a check rests on and the declared family takes part in."""
    names = names_of(book, check)
    for line in accounts(book):
        if line.id in names and serves(book, line):
            yield line


def of_check(book: Book, check: Check) -> Iterator[Spot]:
    """Cells that a check rests on."""
    names = names_of(book, check)
    for line in of_accounts(book, check):
        yield from line.cells
    for name in names | set(check.when):
        for block, slot in (("answers", "value"), ("family", subject(book))):
            spot = answer(book, block, name, slot)
            if spot is not None:
                yield spot


def of_output(book: Book) -> set[Spot]:
    """Cells that the output of the declared family rests on."""
    spots = {line.spot(subject(book)) for line in lines(book, "output")}
    unit_cell = answer(book, "family", "output_unit", subject(book))
    return spots | ({unit_cell} if unit_cell else set())

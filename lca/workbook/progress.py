"""How far a workbook is filled in: formulas for the eye, one count per sheet and one line on top.

The hidden first row of a sheet holds two numbers, how many mandatory cells are filled and how many
there are; the cover adds them up. Nothing is read back from here: the reader counts for itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lca.model_parts import Account
from lca.workbook.fields import Accounts, Field, Form, Kind, Need, Table
from lca.workbook.grid import address
from lca.workbook.layout import MONTHS
from lca.workbook.plan import Placed, PlacedSheet

FILLED, ALL = 2, 3
"""Columns of the first row that hold the two counts."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Two formulas without their equals sign."""

    filled: str
    all: str


def counts(sheet: PlacedSheet) -> Counts | None:
    """Return the counts of a sheet; None where nothing on it is mandatory."""
    filled: list[str] = []
    whole: list[str] = []
    codes = _codes(sheet)
    for placed in sheet.blocks if not sheet.sheet.optional else ():
        for some, most in _block(placed, sheet, codes):
            filled.append(some)
            whole.append(most)
    return Counts("+".join(filled), "+".join(whole)) if filled else None


def _codes(sheet: PlacedSheet) -> str:
    """Range of the family codes, empty on other sheets."""
    block = next((one for one in sheet.blocks if one.block.id == "family"), None)
    if block is None or not isinstance(block.block, Form):
        return ""
    return block.span(("family", "family"), (block.block.slots[0], block.block.slots[-1]))


def _block(placed: Placed, sheet: PlacedSheet, codes: str) -> Iterator[tuple[str, str]]:
    match placed.block:
        case Form() as form if form.slots == ("value",):
            cells = [_cell(placed, row.id, "value") for row in form.rows if _counts(row)]
            if cells:
                yield f"COUNTA({','.join(cells)})", str(len(cells))
        case Form() as form if codes:
            yield from _by_family(placed, form, codes)
        case Table() as table if table.id == "sites":
            cells = [_cell(placed, placed.rows[0], c.id) for c in table.columns if _counts(c)]
            yield f"COUNTA({','.join(cells)})", str(len(cells))
        case Accounts() as table if not table.per_unit:
            for account in table.accounts:
                if account.required and not account.when:
                    yield _booked(placed, sheet, account), "1"
        case _:
            return


def _by_family(placed: Placed, form: Form, codes: str) -> Iterator[tuple[str, str]]:
    """Mandatory rows of the families that have a code; of one family where none has."""
    ends = form.slots[0], form.slots[-1]
    every, must = [row.id for row in form.rows], [row.id for row in form.rows if _counts(row)]
    for first, last in _runs(every, must):
        span = placed.span((first, last), ends)
        rows = placed.row(last) - placed.row(first) + 1
        yield f'SUMPRODUCT(({codes}<>"")*({span}<>""))', f"{rows}*MAX(1,COUNTA({codes}))"


def _runs(every: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield first and last of each run of wanted rows that stand together."""
    run: list[str] = []
    for name in [*every, ""]:
        if name in wanted:
            run.append(name)
        elif run:
            yield run[0], run[-1]
            run = []


def _booked(placed: Placed, sheet: PlacedSheet, account: Account) -> str:
    """Whether an account is booked in either part."""
    ends = [name for name in (MONTHS[0], "whole") if name in placed.columns]
    spans = [_span(placed, account.id, MONTHS[0], MONTHS[-1])]
    spans += [_cell(placed, account.id, name) for name in ends[1:]]
    other = next((one for one in sheet.blocks if one.block.id == f"{placed.block.id}-unit"), None)
    if other is not None:
        slots = [name for name in other.columns if name.startswith("family:")]
        spans.append(_span(other, account.id, slots[0], slots[-1]))
    return f"MIN(1,COUNT({','.join(spans)}))"


def _span(placed: Placed, row: str, first: str, last: str) -> str:
    return f"{_cell(placed, row, first)}:{_cell(placed, row, last)}"


def _cell(placed: Placed, row: str, column: str) -> str:
    return address(placed.row(row), placed.column(column))


def _counts(field: Field) -> bool:
    return field.need is Need.REQUIRED and field.kind is not Kind.SHOWN

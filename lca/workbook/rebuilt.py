"""A sheet whose hidden column of ids was deleted, recognised by its titles, labels and row of ids.

The hidden rows of column ids are still there then; title and labels say which block and which row
each one is. What is restored is put into a column 0 that no file has, so that every other cell
keeps its address. A label that reads otherwise than ours gets no id and is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from factors.findings import Finding, Where, finding
from factors.texts import LANGS
from lca.model_parts import Text
from lca.workbook.fields import Accounts, Block, Form, Sheet, Table, words
from lca.workbook.grid import Grid, GridCell, GridSheet
from lca.workbook.layout import MONTHS, cover_fields
from lca.workbook.locate import mark_of
from lca.workbook.marks import BLOCK, DECOR, FREE, MARK
from lca.workbook.plan import columns_of

IDS = 0
"""The column that the restored ids go into."""

_MONTH = re.compile(r"[0-9]{4}[-/.年][0-9]{1,2}月?")
_SLOT = re.compile(r"(family|centre|record):[0-9]{1,3}")
_TITLED = 1000


@dataclass(frozen=True, slots=True)
class _Found:
    """What a sheet would be: its id, the ids of its rows, and how well that fits."""

    sheet: str
    ids: Mapping[int, str]
    fit: int


COVER = (Sheet("cover", (Form("cover", cover_fields()),)),)
"""The cover, which is the same for every model and says which model it is."""


def rebuilt(grid: Grid, wanted: Sequence[Sheet], file: str) -> tuple[Grid, tuple[Finding, ...]]:
    """Return the grid with the ids that could be restored, and which sheets have them.

    Parameters
    ----------
    wanted
        Sheets that may be there.
    """
    known = {sheet.text(*place).partition(" ")[2] for sheet, place in _marked(grid)}
    sheets: list[GridSheet] = []
    told: list[Finding] = []
    for sheet in grid.sheets:
        candidates = [one for one in wanted if one.id not in known]
        best = None if mark_of(sheet) else _best(sheet, candidates)
        if best is None:
            sheets.append(sheet)
            continue
        known.add(best.sheet)
        where = Where(file=file, sheet=sheet.name)
        told.append(finding("WORKBOOK-LABELS-ONLY", where, sheet=sheet.name))
        ids = {(row, IDS): GridCell("text", text) for row, text in best.ids.items()}
        mark = {(1, IDS): GridCell("text", f"{MARK} {best.sheet}")}
        sheets.append(replace(sheet, cells={**mark, **ids, **sheet.cells}))
    return replace(grid, sheets=tuple(sheets)), tuple(told)


def _marked(grid: Grid) -> Iterator[tuple[GridSheet, tuple[int, int]]]:
    for sheet in grid.sheets:
        place = mark_of(sheet)
        if place is not None:
            yield sheet, place


def _best(sheet: GridSheet, candidates: Sequence[Sheet]) -> _Found | None:
    found = [one for one in (_try(sheet, each) for each in candidates) if one is not None]
    return max(found, key=lambda one: one.fit, default=None)


def _try(sheet: GridSheet, wanted: Sheet) -> _Found | None:
    """Take the sheet for one of the layout; None when no row of column ids fits."""
    rows = _rows(sheet)
    units = any(isinstance(block, Form) and block.units for block in wanted.blocks)
    columns = {block.id: frozenset(columns_of(block, units)) for block in wanted.blocks}
    starts = [row for row in sorted(rows) if _is_ids(rows[row], columns)]
    ids: dict[int, str] = {}
    fit = _TITLED if sheet.name in words("sheet", wanted.id).values() else 0
    left = list(wanted.blocks)
    for place, start in enumerate(starts):
        block = _block(rows, start, left, columns)
        if block is None:
            continue
        left = left[left.index(block) + 1 :]
        end = starts[place + 1] - 1 if place + 1 < len(starts) else 1 << 30
        ids |= {start - 1: DECOR, start: BLOCK + block.id, start + 1: DECOR, end: DECOR}
        named = dict(_named(block, rows, start, end))
        ids |= named
        fit += 1 + sum(key != FREE for key in named.values())
    ids.pop(1 << 30, None)
    return _Found(wanted.id, ids, fit) if ids else None


def _rows(sheet: GridSheet) -> dict[int, dict[int, str]]:
    rows: dict[int, dict[int, str]] = {}
    for (row, column), cell in sheet.cells.items():
        if cell.value.strip():
            rows.setdefault(row, {})[column] = cell.value.strip()
    return rows


def _is_ids(texts: Mapping[int, str], columns: Mapping[str, frozenset[str]]) -> bool:
    """Whether a row holds ids of columns and nothing else."""
    every = frozenset().union(*columns.values())
    return len(texts) > 1 and all(t in every or _SLOT.fullmatch(t) for t in texts.values())


def _block(
    rows: Mapping[int, Mapping[int, str]],
    start: int,
    left: Sequence[Block],
    columns: Mapping[str, frozenset[str]],
) -> Block | None:
    """Return the block that a row of ids belongs to: by its title, else by its columns."""
    above = set(rows.get(start - 1, {}).values())
    for block in left:
        if any(
            _titled(title, text) for title in words("block", block.id).values() for text in above
        ):
            return block
    there = set(rows[start].values())
    fitting = [block for block in left if there & columns[block.id]]
    return max(fitting, key=lambda one: len(there & columns[one.id]), default=None)


def _titled(title: str, text: str) -> bool:
    """Whether a text is a title; the declared unit in it is another in each model and edition."""
    stem, unit, _ = title.partition("{per}")
    return text.startswith(stem) if unit else text == title


def _named(
    block: Block, rows: Mapping[int, Mapping[int, str]], start: int, end: int
) -> Iterator[tuple[int, str]]:
    """Yield the id of every row of a block."""
    column = {name: place for place, name in rows[start].items()}
    labels = _labels(block)
    months = iter(MONTHS)
    for row in sorted(rows):
        if not start + 1 < row < end:
            continue
        shown = rows[row].get(column.get("label", column.get("name", 0)), "")
        if shown in words("block", "contents").values():
            yield from ((after, DECOR) for after in sorted(rows) if row <= after < end)
            return
        key = labels.get(shown, "")
        if not key and _MONTH.fullmatch(shown):
            key = next(months, "")
        if key:
            yield row, key
        elif not isinstance(block, Form):
            yield row, FREE


def _labels(block: Block) -> Mapping[str, str]:
    """Ids of the rows by what stands before them, in either language."""
    named: tuple[tuple[str, Text], ...] = ()
    match block:
        case Form():
            named = tuple((field.id, field.label) for field in block.rows)
        case Accounts():
            named = tuple((account.id, account.name) for account in block.accounts)
        case Table():
            return {}
    return {text[lang].strip(): key for key, text in named for lang in LANGS}

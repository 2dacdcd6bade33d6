"""A table whose hidden row of ids was deleted, found again by its visible headings.

Only headings that read exactly like ours (in either language, with or without the marks) are taken,
and it is said. A heading that is merely close is proposed, never taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from factors.findings import Finding, Where, finding
from factors.texts import LANGS
from lca.model_parts import Text
from lca.workbook.grid import GridSheet, address
from lca.workbook.layout import MONTHS, Accounts, Block, Form, Layout, block_title, words
from lca.workbook.locate import Block as Found
from lca.workbook.locate import Located, filled_of, ids_of, mark_of, rows_between

_MARKS = "●◐○∑ "
_MONTH = re.compile(r"[0-9]{4}[-/.年][0-9]{1,2}月?")
_FIXED = {"label": "question", "value": "answer", "name": "account"}
_CLOSE = 0.6


@dataclass(frozen=True, slots=True)
class _Match:
    """A row that may be the headings of a block: columns by id, and what is only close."""

    row: int
    columns: Mapping[str, int]
    close: Mapping[str, int]


def restored(form: Layout, found: Located, file: str) -> tuple[Located, tuple[Finding, ...]]:
    """Add the blocks that can be found by their headings, and say which."""
    blocks, told = dict(found.blocks), list[Finding]()
    codes = _codes(found)
    for placed in form.sheets:
        sheet = found.sheets.get(placed.id)
        if sheet is None:
            continue
        for block in placed.blocks:
            labels = dict(_labels(block, codes))
            match = None if block.id in blocks else _best(block, labels, sheet, blocks)
            if match is not None:
                _insert(block, sheet, match, blocks, file)
                told.extend(_report(block, labels, sheet, match, form, file))
    return replace(found, blocks=blocks), tuple(told)


def _codes(found: Located) -> Mapping[str, str]:
    """Codes of families and centres by slot: they may stand in place of a heading."""
    codes: dict[str, str] = {}
    coded = (("family", "family"), ("centres", "centre"), ("records", "record"))
    for block_id, key in coded:
        block = found.blocks.get(block_id)
        row = block.row(key) if block is not None else None
        for slot in block.slots(key) if block is not None else ():
            cell = block.cell(row.number, slot) if block is not None and row is not None else None
            codes[slot] = cell.value if cell is not None else ""
    return codes


def _best(
    block: Block, labels: Mapping[str, Text], sheet: GridSheet, blocks: Mapping[str, Found]
) -> _Match | None:
    """Return the row that has most of the headings, if it has more than half of them.

    Codes of families stand in the headings of a form and in its first answer: only the heading has
    the word above the questions besides.
    """
    taken = {known.start + 1 for known in blocks.values() if known.sheet.name == sheet.name}
    by_row: dict[int, list[int]] = {}
    for row, column in sorted(sheet.cells):
        if row not in taken:
            by_row.setdefault(row, []).append(column)
    matches = (_match(sheet, row, by_row[row], labels, block) for row in by_row)
    sure = (m for m in matches if not isinstance(block, Form) or "label" in m.columns)
    best = max(sure, key=lambda match: len(match.columns), default=None)
    return best if best is not None and 2 * len(best.columns) > len(labels) else None


def _labels(block: Block, codes: Mapping[str, str]) -> Iterator[tuple[str, Text]]:
    """Column ids with their headings."""
    if isinstance(block, Form):
        yield "label", words("word", "question")
        for slot in block.slots:
            base, _, number = slot.partition(":")
            yield slot, {**_numbered(base, number), "code": codes.get(slot, "")}
        return
    for field in block.columns:
        yield field.id, {**field.label, "code": codes.get(field.id, "")}
    if isinstance(block, Accounts):
        yield "name", words("word", "account")


def _numbered(base: str, number: str) -> Text:
    if not number:
        return words("word", _FIXED.get(base, base))
    return {lang: f"{word} {number}" for lang, word in words("field", base).items()}


def _match(
    sheet: GridSheet, row: int, filled: list[int], labels: Mapping[str, Text], block: Block
) -> _Match:
    known = {
        _plain(text): name for name, label in labels.items() for text in label.values() if text
    }
    columns: dict[str, int] = {}
    others: dict[str, int] = {}
    months = iter(MONTHS)
    for column in filled:
        shown = _plain(sheet.text(row, column))
        name = known.get(shown, "")
        if not name and _MONTH.fullmatch(shown) and "m1" in labels:
            name = next(months, "")
        if name:
            columns.setdefault(name, column)
        elif shown:
            others[shown] = column
    if isinstance(block, Form) and "unit" not in columns:
        unit = [others[w] for w in map(_plain, words("word", "unit").values()) if w in others]
        columns |= {"unit": unit[0]} if unit and block.units else {}
    return _Match(row, columns, _close(known, columns, others))


def _close(
    known: Mapping[str, str], columns: Mapping[str, int], others: Mapping[str, int]
) -> Mapping[str, int]:
    """Headings that are close to one that is missing."""
    left = {text: name for text, name in known.items() if name not in columns}
    found: dict[str, int] = {}
    for shown, column in others.items():
        near = get_close_matches(shown, left, n=1, cutoff=_CLOSE)
        if near:
            found.setdefault(left[near[0]], column)
    return found


def _plain(text: str) -> str:
    return "".join(text.strip().lstrip(_MARKS).casefold().split())


def _insert(
    block: Block, sheet: GridSheet, match: _Match, blocks: dict[str, Found], file: str
) -> None:
    """Add a block; the one above it ends where this one begins."""
    start, place = match.row - 1, mark_of(sheet)
    ids = place[1] if place is not None else 1
    here = [known for known in blocks.values() if known.sheet.name == sheet.name]
    end = min((known.start for known in here if known.start > start), default=1 << 30)
    for known in here:
        if known.start < start:
            kept = tuple(row for row in known.rows if row.number < start)
            blocks[known.id] = replace(known, rows=kept)
    marked, filled = ids_of(sheet, ids), filled_of(sheet, ids)
    rows = rows_between(marked, filled, (match.row, end), set(match.columns.values()))
    blocks[block.id] = Found(block.id, file, sheet, start, match.columns, rows)


def _report(
    block: Block,
    labels: Mapping[str, Text],
    sheet: GridSheet,
    match: _Match,
    form: Layout,
    file: str,
) -> Iterator[Finding]:
    title, where = block_title(form.model, block.id), Where(file=file, sheet=sheet.name)
    at = replace(where, cell=address(match.row, min(match.columns.values())))
    told = {f"label_{lang}": title[lang] for lang in LANGS}
    yield finding("WORKBOOK-IDS-RESTORED", at, **told)
    for name, column in match.close.items():
        place = replace(where, cell=address(match.row, column))
        label = {f"label_{lang}": labels[name][lang] for lang in LANGS}
        yield finding("WORKBOOK-HEADING-CLOSE", place, saw=sheet.text(match.row, column), **label)

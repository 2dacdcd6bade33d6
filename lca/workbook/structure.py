"""What is missing from a file, or stands where it cannot be: sheets, columns, rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from factors.findings import Finding, Where, finding
from lca.model_parts import Text
from lca.workbook.layout import Accounts, Block, Form, Layout, Need, block_title, words
from lca.workbook.locate import Block as Found
from lca.workbook.locate import Located


def missing_parts(form: Layout, found: Located, file: str) -> Iterator[Finding]:
    """Yield what is wrong with the structure of a file."""
    for sheet in form.sheets:
        title = words("sheet", sheet.id)
        if sheet.id not in found.sheets:
            if not sheet.optional:
                yield finding("WORKBOOK-SHEET-MISSING", Where(file=file), **_named(title))
            continue
        for block in sheet.blocks:
            where = Where(file=file, sheet=found.sheets[sheet.id].name)
            known = found.blocks.get(block.id)
            if known is None and block.optional:
                continue
            if known is None:
                told = _named(block_title(form.model, block.id))
                yield finding("WORKBOOK-BLOCK-MISSING", where, **told)
            else:
                yield from _columns(block, known, where)
                yield from _rows(block, known, where)


def cover_name() -> Mapping[str, str]:
    """Return what the cover is called, for the finding that it is missing."""
    return _named(words("sheet", "cover"))


def not_there(sheet: str, file: str) -> Finding:
    """Return the finding that an optional sheet is missing which other cells speak of."""
    return finding("WORKBOOK-SHEET-MISSING", Where(file=file), **_named(words("sheet", sheet)))


def _named(label: Text) -> Mapping[str, str]:
    return {"label_zh": label["zh"], "label_en": label["en"]}


def _columns(block: Block, known: Found, where: Where) -> Iterator[Finding]:
    """Every column that may hold an answer must be there."""
    if isinstance(block, Form):
        wanted = {slot: words("field", slot.partition(":")[0]) for slot in block.slots[:1]}
    else:
        wanted = {
            field.id: field.label
            for field in block.columns
            if field.need is not Need.COMPUTED and ":" not in field.id and not field.late
        }
    for name, label in wanted.items():
        if name not in known.columns:
            yield finding("WORKBOOK-COLUMN-MISSING", where, **_named(label))


def _rows(block: Block, known: Found, where: Where) -> Iterator[Finding]:
    labels = _labels(block)
    if not labels:
        return
    present = {row.key for row in known.rows}
    for key, label in labels.items():
        if key not in present and _wanted(block, key):
            yield finding("WORKBOOK-ROW-MISSING", where, **_named(label))
    seen: set[str] = set()
    for row in known.rows:
        place = known.where(row.number, "label" if isinstance(block, Form) else "name")
        if row.key and row.key not in labels:
            yield finding("WORKBOOK-ROW-UNKNOWN", place, row=row.key)
        elif not row.key and isinstance(block, Form):
            if any(known.cell(row.number, slot) for slot in block.slots):
                yield finding("WORKBOOK-ROW-STRAY", place)
        elif row.key in seen and isinstance(block, Form):
            yield finding("WORKBOOK-ROW-TWICE", place, **_named(labels[row.key]))
        elif row.key:
            yield from _moved(labels, known, row.key, row.number, place)
        seen.add(row.key)


def _labels(block: Block) -> Mapping[str, Text]:
    match block:
        case Form():
            return {field.id: field.label for field in block.rows}
        case Accounts():
            return {account.id: account.name for account in block.accounts}
        case _:
            return {}


def _wanted(block: Block, key: str) -> bool:
    if isinstance(block, Accounts):
        required = any(account.id == key and account.required for account in block.accounts)
        return required and not block.per_unit
    return any(
        field.id == key and field.need is Need.REQUIRED
        for field in (block.rows if isinstance(block, Form) else ())
    )


def _moved(
    labels: Mapping[str, Text], known: Found, key: str, row: int, place: Where
) -> Iterator[Finding]:
    """A visible name that belongs to another row: the rows were sorted without their ids."""
    cell = known.cell(row, "label") or known.cell(row, "name")
    shown = cell.value.strip() if cell is not None else ""
    if shown in labels[key].values():
        return
    for other, label in labels.items():
        if other != key and shown in label.values():
            yield finding("WORKBOOK-ROW-MOVED", place, saw=shown, **_named(labels[key]))
            return

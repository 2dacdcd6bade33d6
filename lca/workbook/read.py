"""Bytes of a workbook -> Submission, with every problem in one pass.

Only an unsafe file raises; a bad cell never does. Sheets, rows and columns are known by their
hidden ids, values keep the unit that stands beside them, and nothing is converted here.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from factors.errors import ModelError
from factors.findings import Finding, Where, finding
from factors.store import FactorSet
from lca.carriers import leading
from lca.model import load, models
from lca.model_parts import ProductModel
from lca.submission import EMPTY, Submission
from lca.workbook.cells import CellReader
from lca.workbook.desk import Desk
from lca.workbook.grid import Grid, split
from lca.workbook.headings import restored
from lca.workbook.interpret import submission
from lca.workbook.isolate import parse_apart
from lca.workbook.layout import EDITION, EVERY_SHEET, Kind, Layout, cover_fields, layout
from lca.workbook.lists import lists
from lca.workbook.locate import Block, Located, locate
from lca.workbook.oddities import oddities
from lca.workbook.rebuilt import COVER, rebuilt
from lca.workbook.structure import cover_name, missing_parts

HALF_FILLED = 3
"""From so many things missing on, a line says how far the file is filled in."""


def read(
    data: bytes,
    name: str,
    model: ProductModel | None = None,
    factors: FactorSet | None = None,
) -> Submission:
    """Read a workbook of unknown origin.

    Parameters
    ----------
    data
        The file as received.
    name
        Its name, for findings.
    model
        The product model, when it is not one that comes with the toolkit; otherwise the file says
        which it was written from.
    factors
        The factor library; when given, factors that suppliers name are looked up in it.

    Raises
    ------
    UnsafeFileError
        When the file is refused before its cells are looked at.
    """
    with uncollected():
        grid = parse_apart(data, name)
        return interpret(grid, name, hashlib.sha256(data).hexdigest(), model, factors)


@contextmanager
def uncollected() -> Iterator[None]:
    """Make many objects, none of them in a circle, without looking for circles in between."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def interpret(
    grid: Grid,
    name: str,
    sha256: str,
    model: ProductModel | None = None,
    factors: FactorSet | None = None,
) -> Submission:
    """Make a submission of a grid; see :func:`read`."""
    grid, restored_sheets = rebuilt(grid, COVER, name)
    found = locate(grid, name)
    told, version = _told(found)
    findings = [*found.findings, *restored_sheets]
    if not found.sheets:
        findings.append(finding("WORKBOOK-NOT-OURS", Where(file=name)))
        return _empty(name, sha256, told, version, findings)
    known = _model(told, version, found, name, findings, model)
    if known is None:
        return _empty(name, sha256, told, version, findings)
    form = _form(known, found)
    grid, more = rebuilt(grid, form.sheets, name)
    if more:
        found = locate(grid, name)
        form = _form(known, found)
        findings = [*found.findings, *restored_sheets, *more]
    found, noticed = restored(form, found, name)
    findings.extend(noticed)
    findings.extend(oddities(found))
    if grid.from_1904:
        findings.append(finding("WORKBOOK-DATES-1904", Where(file=name)))
    findings.extend(missing_parts(form, found, name))
    findings.extend(_edition(found, name))
    reader = CellReader(known.counting, from_1904=grid.from_1904)
    fit = {account.id: leading(account, known, factors) for account in known.accounts}
    desk = Desk(form, lists(known, factors), found, reader, fit, factors)
    result = submission(desk, name, sha256, version or known.version, tuple(findings))
    every = (*result.findings, *_progress(desk.cells, name))
    return replace(result, findings=_in_order(every, grid))


def _form(model: ProductModel, found: Located) -> Layout:
    """Every sheet that the file may have, with the columns that it has."""
    return layout(
        model,
        _slots(found, "family"),
        _slots(found, "centre"),
        sheets=EVERY_SHEET,
        together=True if "amounts" in found.sheets else None,
        reports=_slots(found, "record"),
        scenarios=_slots(found, "scenario"),
    )


def _edition(found: Located, file: str) -> Iterator[Finding]:
    """Say that a file was made from an earlier edition of the template; it is read all the same."""
    cover = found.blocks.get("cover")
    told = _shown(cover, "edition") if cover is not None else ""
    if cover is not None and told != EDITION:
        yield finding("WORKBOOK-EDITION", Where(file=file), saw=told or "1", expected=EDITION)


def _progress(cells: CellReader, file: str) -> Iterator[Finding]:
    """Say in one line how far a half-filled file is, and on which sheets something is missing."""
    missing = cells.missing.total()
    if missing >= HALF_FILLED:
        percent = 100 * (cells.asked - missing) // cells.asked
        sheets = ", ".join(f"{sheet} {count}" for sheet, count in cells.missing.items())
        where = Where(file=file)
        yield finding("WORKBOOK-PROGRESS", where, percent=percent, count=missing, sheets=sheets)


def _in_order(findings: tuple[Finding, ...], grid: Grid) -> tuple[Finding, ...]:
    """Sort findings as a person goes through the file: by sheet, row and column."""
    sheets = {sheet.name: number for number, sheet in enumerate(grid.sheets)}

    def place(found: Finding) -> tuple[int, int, int]:
        row, column = split(found.where.cell)
        return sheets.get(found.where.sheet, -1), row, column

    return tuple(sorted(findings, key=place))


def _told(found: Located) -> tuple[str, str]:
    """The model that the file names, with its version."""
    cover = found.blocks.get("cover")
    if cover is None:
        return "", ""
    shown = [_shown(cover, name) for name in ("model", "model_version")]
    return shown[0], shown[1]


def _shown(cover: Block, name: str) -> str:
    row = cover.row(name)
    cell = cover.cell(row.number, "value") if row is not None else None
    return cell.value.strip() if cell is not None else ""


def _model(
    told: str,
    version: str,
    found: Located,
    file: str,
    findings: list[Finding],
    given: ProductModel | None,
) -> ProductModel | None:
    """Return the model that the file was written from."""
    if "cover" not in found.blocks:
        findings.append(finding("WORKBOOK-SHEET-MISSING", Where(file=file), **cover_name()))
        return None
    where = _where_model(found, file)
    own = given is not None and given.id == told
    if not own and told not in models():
        known = ", ".join(models()) or "-"
        findings.append(finding("WORKBOOK-MODEL-UNKNOWN", where, saw=told or "-", known=known))
        return None
    try:
        model = given if own and given is not None else load(told)
    except ModelError as error:
        findings.extend(error.findings)
        return None
    if version != model.version:
        newer = _version(version) > _version(model.version)
        code = "WORKBOOK-MODEL-NEWER" if newer else "WORKBOOK-MODEL-OLDER"
        findings.append(finding(code, where, saw=version or "-", expected=model.version))
    return model


def _where_model(found: Located, file: str) -> Where:
    cover = found.blocks.get("cover")
    row = cover.row("model") if cover is not None else None
    if cover is None or row is None:
        return Where(file=file)
    return cover.where(row.number, "value")


def _version(text: str) -> tuple[int, ...]:
    parts = text.split(".")
    return tuple(int(part) for part in parts) if all(p.isdecimal() for p in parts) else ()


def _slots(found: Located, base: str) -> int:
    numbers = [
        int(name.partition(":")[2]) for block in found.blocks.values() for name in block.slots(base)
    ]
    return min(max(numbers, default=1), 150)


def _empty(name: str, sha256: str, model: str, version: str, findings: list[Finding]) -> Submission:
    cover = {field.id: EMPTY for field in cover_fields() if field.kind is not Kind.SHOWN}
    return Submission(
        name, sha256, model, version, cover, None, None, (), (), (), (), (), (), (), (), (),
        findings=tuple(findings),
    )  # fmt: skip

"""An answer written into a file: only flagged cells, their comments and the first sheet are new.

A spreadsheet library that loads and saves would drop results of formulas, shapes and more. Here the
zip is edited: formats are appended, flagged cells point to them, comments and the sheet of findings
are added, indexes follow; every other part leaves byte for byte as it came. Marks of an earlier
annotation are taken away first. Run as a program, this is the limited child that does it.
"""

from __future__ import annotations

import sys
from functools import partial

from lxml import etree

from factors.errors import UnsafeFileError
from factors.findings import Where, finding
from lca.workbook import cell_marks, guard, stream
from lca.workbook.answer import Answer, answer_from
from lca.workbook.comments import put_on, take_away
from lca.workbook.findings_sheet import HEAD_ROW, findings_sheet
from lca.workbook.grid import refusal_text
from lca.workbook.isolate import limits
from lca.workbook.looks import MARKS, looks
from lca.workbook.marks import FINDINGS_MARK, MARK_COLUMNS, MARK_ROWS
from lca.workbook.opc import Element, Package, q
from lca.workbook.sheet_list import Listed, SheetList
from lca.workbook.stylesheet import EMPTY, Stylesheet

MOST_COMMENTS = 1_000
"""Cells with a comment; more boxes make programs slow. Every flagged cell is coloured."""

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_STYLES = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"


def annotated(data: bytes, told: Answer) -> bytes:
    """Write an answer into a workbook that has passed the guard."""
    package = Package(data)
    sheets = SheetList(package)
    styles = _styles(package, sheets)
    _take_away(package, sheets, styles)
    listed = {sheet.title: sheet.part for sheet in sheets}
    _mark(package, listed, styles, told)
    _add_sheet(package, sheets, styles, told)
    return package.pack()


def _styles(package: Package, sheets: SheetList) -> Stylesheet:
    link = package.linked(sheets.part, "styles")
    if link is None:
        part = package.free("xl/styles{}.xml")
        package.add(part, etree.fromstring(EMPTY), _STYLES)
        package.link(sheets.part, "styles", part)
    else:
        part = link.part
    package.changed(part)
    return Stylesheet(package.tree(part))


# -- the marks of an earlier annotation ------------------------------------------------------


def _take_away(package: Package, sheets: SheetList, styles: Stylesheet) -> None:
    """Remove earlier findings sheets, comments and colours."""
    shared = _shared(package, sheets)
    for sheet in list(sheets):
        if _is_findings(package, sheet, shared):
            sheets.remove(sheet)
    former = styles.undo()
    for sheet in sheets:
        take_away(package, sheet.part)
        used = cell_marks.uses(package.raw(sheet.part), former)
        if used and cell_marks.replace_formats(package.tree(sheet.part), former):
            package.changed(sheet.part)


def _is_findings(package: Package, sheet: Listed, shared: list[str]) -> bool:
    """Whether a sheet carries the mark of the findings sheet in its corner."""
    for row in package.peek(sheet.part, q("row"), MARK_ROWS):
        for cell in list(row.iterchildren(q("c")))[:MARK_COLUMNS]:
            if _text(cell, shared).startswith(FINDINGS_MARK):
                return True
    return False


def _text(cell: Element, shared: list[str]) -> str:
    """Text of a cell that holds text, inline or shared."""
    if cell.get("t") == "s":
        number = cell.findtext(q("v")) or ""
        return shared[int(number)] if number.isdecimal() and int(number) < len(shared) else ""
    return "".join(part.text or "" for part in cell.iter(q("t")))


def _shared(package: Package, sheets: SheetList) -> list[str]:
    """The table of shared texts."""
    link = package.linked(sheets.part, "sharedStrings")
    if link is None:
        return []
    entries = package.tree(link.part).iterchildren(q("si"))
    return ["".join(part.text or "" for part in entry.iter(q("t"))) for entry in entries]


# -- new marks -------------------------------------------------------------------------------


def _mark(package: Package, parts: dict[str, str], styles: Stylesheet, told: Answer) -> None:
    """Colour the flagged cells and hang the comments on them."""
    cells: dict[str, dict[str, str]] = {}
    notes: dict[str, dict[str, str]] = {}
    for number, ((title, cell), remarks) in enumerate(told.by_cell().items()):
        if title in parts:
            cells.setdefault(title, {})[cell] = MARKS[remarks[0].weight]
            if number < MOST_COMMENTS:
                notes.setdefault(title, {})[cell] = told.comment(remarks)
    for title, part in parts.items():
        if title in cells:
            chosen = {at: partial(styles.mark, fill=fill) for at, fill in cells[title].items()}
            cell_marks.mark_cells(package.tree(part), chosen)
            package.changed(part)
            put_on(package, part, notes.get(title, {}))


def _add_sheet(package: Package, sheets: SheetList, styles: Stylesheet, told: Answer) -> None:
    formats = {name: styles.own(look) for name, look in looks(told.lang).items()}
    titles = frozenset(sheet.title for sheet in sheets)
    part = package.free("xl/worksheets/sheet{}.xml")
    package.add(part, findings_sheet(told, titles, formats), _SHEET)
    sheets.put_first(_title(told.word("title"), titles), part, HEAD_ROW)


def _title(wanted: str, taken: frozenset[str]) -> str:
    """The title, or one with a number where a sheet has it already."""
    known, number, title = {name.casefold() for name in taken}, 1, wanted
    while title.casefold() in known:
        number += 1
        title = f"{wanted} ({number})"
    return title


# -- the child -------------------------------------------------------------------------------


def main() -> int:
    """Annotate the file on standard input, behind one line that holds the answer."""
    limits()
    name = sys.argv[1]
    told = answer_from(sys.stdin.buffer.readline().decode("ascii"))
    data = sys.stdin.buffer.read(guard.MAX_FILE + 1)
    try:
        stream.check(data, name)
        sys.stdout.buffer.write(annotated(data, told))
    except UnsafeFileError as refusal:
        sys.stdout.write(refusal_text(refusal.findings[0]))
    except MemoryError:
        sys.stdout.write(refusal_text(finding("FILE-TOO-HARD", Where(file=name))))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""From the notes to a workbook without mistakes, by nothing but what comes back.

A round checks the workbook and reads the sheet of findings in the annotated copy, as a person does.
Where a finding leads to the cell of a slip, the person looks into the drawer and types there what
the document says, in the annotated copy itself. It ends when a round leads nowhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import openpyxl
from typer.testing import CliRunner

from labels.cli.main import app
from lca.workbook.marks import FINDINGS_MARK
from tests.tutorials.facts import Place, Slip, documents, notes, slips
from tests.tutorials.typing_in import General, addresses, type_into

FAMILIES = "2"
MOST = 12
"""Rounds after which a person would give up."""


OF_A_ROW = frozenset({
    "CELL-MONTH-MISSING", "CELL-SHARES", "LEDGER-CONTROL", "LEDGER-KEY-UNKNOWN", "LEDGER-NEGATIVE",
    "LEDGER-SUBMETERS", "LEDGER-ODD-MONTH", "MODEL-CHECK-ERROR", "MODEL-CHECK-WARNING",
    "THINK-CONTROL-BILL", "THINK-CONTROL-DIGIT", "THINK-CONTROL-MULTIPLIER", "THINK-STOCK",
})  # fmt: skip
"""Findings that speak of an account or a table of parts and name one cell of it."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the sheet of findings."""

    sheet: str
    cell: str
    code: str


@dataclass(frozen=True, slots=True)
class Round:
    """One turn: the command, what it printed, and the slips it led to with the codes that did."""

    command: str
    printed: str
    exit_code: int
    checked: Path
    mended: tuple[tuple[Slip, tuple[str, ...]], ...]


def start(folder: Path, lang: str) -> tuple[str, str]:
    """Write the template and type the notes into it; return the command and what it printed."""
    arguments = ["template", "beer", "--families", FAMILIES, "-o", "blank.xlsx", "--lang", lang]
    printed, exit_code = run(folder, arguments)
    if exit_code:
        raise RuntimeError(printed)
    type_into(folder / "blank.xlsx", folder / "filled-1.xlsx", notes(), lang)
    return shown(arguments), printed


def rounds(folder: Path, lang: str) -> Iterator[Round]:
    """Check and mend until nothing more is said that leads anywhere."""
    typed: set[str] = set()
    for number in range(1, MOST):
        turn = _round(folder, lang, number, typed)
        yield turn
        if not turn.mended:
            return
        typed.update(slip.id for slip, _ in turn.mended)


def _round(folder: Path, lang: str, number: int, typed: set[str]) -> Round:
    """Check once, and mend in the annotated copy.

    People type over a cell and leave its format alone; they change the format as well where the
    cell is named once more.
    """
    filled, checked = f"filled-{number}.xlsx", f"checked-{number}.xlsx"
    arguments = ["check", filled, "--annotate", checked, "--lang", lang]
    printed, exit_code = run(folder, arguments)
    told = list(findings(folder / checked))
    where = addresses(folder / checked)
    led = ((slip, leading(slip, told, where, again=slip.id in typed)) for slip in slips())
    mended = tuple((slip, codes) for slip, codes in led if codes)
    if mended:
        said = documents()
        right = {
            place: General(said[place]) if slip.id in typed else said[place]
            for slip, _ in mended
            for place in slip.cells
        }
        type_into(folder / checked, folder / f"filled-{number + 1}.xlsx", right, lang)
    return Round(shown(arguments), printed, exit_code, folder / checked, mended)


def run(folder: Path, arguments: list[str]) -> tuple[str, int]:
    """Run a command in a folder; return what it printed, both streams in one, and its exit code."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        with patch.dict(os.environ, {"NO_COLOR": "1"}):
            ended = CliRunner().invoke(app, arguments, catch_exceptions=False)
    finally:
        os.chdir(before)
    return ended.output, ended.exit_code


def shown(arguments: list[str]) -> str:
    """The command as it is typed."""
    return " ".join(["carbonlabel", *arguments])


def findings(checked: Path) -> Iterator[Told]:
    """Read the sheet of findings of an annotated workbook."""
    book = openpyxl.load_workbook(checked, read_only=True)
    for sheet in book:
        rows = list(sheet.iter_rows(values_only=True))
        if rows and rows[0][0] == FINDINGS_MARK:
            yield from (
                Told(str(row[3] or ""), str(row[4] or ""), str(row[8]))
                for row in rows[6:]
                if len(row) > 8 and row[8]
            )
    book.close()


def leading(
    slip: Slip, told: list[Told], where: dict[Place, tuple[str, str]], *, again: bool
) -> tuple[str, ...]:
    """Return the codes of findings that lead a person to the first cell of a slip.

    A finding about one cell leads to that cell only; one about an account or a table of parts
    leads to its row; a sign to the cells it is a sign of. What was mended is looked at again only
    where the cell itself is named.
    """
    sheet, cell = where[next(iter(slip.cells))]
    here = [one for one in told if one.sheet == sheet]
    near = [one.code for one in here if one.cell == cell]
    beside = [one.code for one in here if _row(one.cell) == _row(cell) and one.code in OF_A_ROW]
    signs = [one.code for one in told if one.code in slip.signs]
    return tuple(dict.fromkeys(near or ([] if again else beside or signs)))


def _row(cell: str) -> int:
    """Number of the row of an address; findings on a whole sheet have none."""
    digits = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return int(digits) if digits.isdigit() else 0

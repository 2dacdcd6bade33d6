"""LibreOffice as the verifier's calculator: workbooks in, calculated values out."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from factors.factor import PARTS
from lca.footprint import Footprint
from lca.inventory import GATE
from lca.result import APPROACHES, EXCLUDING, INCLUDING


def recalculated(folder: Path, books: Mapping[str, bytes]) -> dict[str, Workbook]:
    """Let LibreOffice calculate some workbooks; one start serves all of them."""
    out = folder / "out"
    paths = []
    for name, data in books.items():
        paths.append(folder / f"{name}.xlsx")
        paths[-1].write_bytes(data)
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'home').as_uri()}", "--headless",
         "--convert-to", "xlsx", "--outdir", str(out), *map(str, paths)],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return {
        name: load_workbook(io.BytesIO((out / f"{name}.xlsx").read_bytes()), data_only=True)
        for name in books
    }


def rows(book: Workbook, sheet: str) -> list[list[Any]]:
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


def lines(book: Workbook) -> dict[str, dict[str, float]]:
    """Calculated parts and headline value of every line, from the sheet Lines."""
    found = {}
    for row in rows(book, "Lines")[4:]:
        if isinstance(row[0], str) and isinstance(row[22], int | float):
            parts = zip(PARTS, row[15:22], strict=True)
            found[row[0]] = {part: float(value or 0) for part, value in parts}
            found[row[0]]["headline"] = float(row[22])
    return found


def second_column(book: Workbook, sheet: str = "Result") -> list[tuple[str, float]]:
    """Label and calculated value of every row of the result."""
    return [
        (row[0], float(row[1]))
        for row in rows(book, sheet)
        if isinstance(row[0], str) and isinstance(row[1], int | float)
    ]


def expected(footprint: Footprint) -> list[Fraction]:
    """What the sheet of results must show, in its order: figures, electricity, stages."""
    found: list[Fraction] = []
    for figure in footprint.figures.values():
        found += [figure.parts[part] for part in PARTS]
        found += [figure.total(EXCLUDING), figure.total(INCLUDING)]
    for approach in APPROACHES:
        figure = footprint.electricity(approach)
        found += [figure.total(EXCLUDING), figure.total(INCLUDING)]
    for _, counted in footprint.stages():
        found.append(sum((line.value(footprint.headline) for line in counted), Fraction(0)))
    return found


def magnitude(footprint: Footprint) -> float:
    """Sum of the absolute atoms: what differences are taken of."""
    return float(sum(abs(v) for line in footprint.lines for v in line.parts.values()))


def largest_gap(book: Workbook, footprint: Footprint) -> float:
    """Return the widest difference of any line, part, stage or total, relative to the atoms."""
    calculated = lines(book)
    assert set(calculated) == {line.id for line in footprint.lines}
    gaps = [
        abs(calculated[line.id][part] - float(line.parts.get(part, 0)))
        for line in footprint.lines
        for part in PARTS
    ]
    gaps += [
        abs(calculated[line.id]["headline"] - float(line.value(footprint.headline)))
        for line in footprint.lines
    ]
    wanted = expected(footprint)
    shown = [value for _, value in second_column(book)][: len(wanted)]
    assert len(shown) == len(wanted) >= 9 + (footprint.boundary != GATE) * 9 + 4
    gaps += [abs(one - float(other)) for one, other in zip(shown, wanted, strict=True)]
    return max(gaps) / magnitude(footprint)


def faults(book: Workbook) -> list[str]:
    """Return the cells that hold an error."""
    return [
        f"{page.title}!{cell.coordinate} {cell.value}"
        for page in book
        for row in page.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith(("#", "Err:"))
    ]

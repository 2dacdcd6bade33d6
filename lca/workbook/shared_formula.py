"""A formula that several cells share: what it reads in a cell other than its first.

Excel writes a formula that was filled down once and lets the other cells refer to it. Relative
addresses move along with the cell; those behind ``$`` stay, and so do texts and sheet names.
"""

from __future__ import annotations

import re

from lca.workbook.grid import address, split

_ASIDE = re.compile(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'(?=!)|\[[^\]]*\]")
_CELL = r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})"
_EDGE, _END = r"(?<![A-Za-z0-9_.$\\])", r"(?![A-Za-z0-9_.(!])"
_PLACE = re.compile(
    f"{_EDGE}{_CELL}{_END}"
    rf"|{_EDGE}(\$?)([A-Za-z]{{1,3}}):(\$?)([A-Za-z]{{1,3}}){_END}"
    rf"|{_EDGE}(\$?)([0-9]{{1,7}}):(\$?)([0-9]{{1,7}}){_END}"
)
_LOST = "#REF!"
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384


def moved(formula: str, start: tuple[int, int], place: tuple[int, int]) -> str:
    """Return a formula as it reads in another cell.

    Parameters
    ----------
    formula
        As it reads in the cell ``start``.
    start, place
        Row and column.
    """
    down, right = place[0] - start[0], place[1] - start[1]
    parts: list[str] = []
    at = 0
    for aside in _ASIDE.finditer(formula):
        parts += [_shift(formula[at : aside.start()], down, right), aside[0]]
        at = aside.end()
    return "".join([*parts, _shift(formula[at:], down, right)])


def _shift(piece: str, down: int, right: int) -> str:
    def shifted(found: re.Match[str]) -> str:
        fix_column, column, fix_row, row, fix_a, a, fix_b, b, fix_c, c, fix_d, d = found.groups()
        if column:
            return _joined(_column(fix_column, column, right), _row(fix_row, row, down))
        if a:
            return _joined(_column(fix_a, a, right), ":", _column(fix_b, b, right))
        return _joined(_row(fix_c, c, down), ":", _row(fix_d, d, down))

    return _PLACE.sub(shifted, piece)


def _joined(*parts: str) -> str:
    return _LOST if _LOST in parts else "".join(parts)


def _row(fixed: str, told: str, down: int) -> str:
    number = int(told) + (0 if fixed else down)
    return f"{fixed}{number}" if 1 <= number <= MOST_ROWS else _LOST


def _column(fixed: str, told: str, right: int) -> str:
    number = split(f"{told.upper()}1")[1] + (0 if fixed else right)
    if not 1 <= number <= MOST_COLUMNS:
        return _LOST
    return fixed + address(1, number).removesuffix("1")

"""Bytes of a workbook -> grid, every part read once; run as a program, the limited child process.

Reading and guarding are one pass: what is not allowed ends the reading where it stands. What no
reader needs is unpacked and looked at all the same, for a file is refused as a whole or not at all.
"""

from __future__ import annotations

import gc
import sys

from factors.errors import UnsafeFileError
from factors.findings import Where, finding
from lca.workbook.book_index import book_index
from lca.workbook.grid import Grid, grid_text, refusal_text
from lca.workbook.guard import MAX_FILE, container
from lca.workbook.isolate import limits
from lca.workbook.sheet_reader import SheetReader
from lca.workbook.stream import Unpacked


def parse(data: bytes, name: str = "workbook.xlsx") -> Grid:
    """Return the cells of a workbook.

    Parameters
    ----------
    data
        The file as received.
    name
        Its name, for refusals.

    Raises
    ------
    UnsafeFileError
        With one finding, when a guard refuses the file or it is not what it claims to be.
    """
    container(data, name)
    source = Unpacked(data, name)
    index = book_index(source)
    sheets = []
    for title, part, shown in index.sheets:
        reader = SheetReader(part, name, index)
        source.stream(part, reader)
        sheets.append(reader.sheet(title, shown=shown))
    source.rest()
    return Grid(tuple(sheets), index.from_1904)


def main() -> int:
    """Guard and parse the file on standard input; its name is the first argument."""
    limits()
    gc.disable()  # a short life that makes no cycles
    data, name = sys.stdin.buffer.read(MAX_FILE + 1), sys.argv[1]
    try:
        answer = grid_text(parse(data, name))
    except UnsafeFileError as refusal:
        answer = refusal_text(refusal.findings[0])
    except MemoryError:
        answer = refusal_text(finding("FILE-TOO-HARD", Where(file=name)))
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Run worked cases: ``python -m tests.cases FILE.json ...``.

Exit code 1 when a figure misses, 3 when one was unsupported, else 0.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.cases.case import Unsupported, load
from tests.cases.report import MISS, UNSUPPORTED, Row, rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.cases", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.json")
    verdicts = set()
    for file in parser.parse_args(arguments).files:
        for row in of_file(file):
            print(row)
            verdicts.add(row.verdict)
    return 1 if MISS in verdicts else 3 if UNSUPPORTED in verdicts else 0


def of_file(file: Path) -> Iterator[Row]:
    """Yield the lines of one file."""
    try:
        yield from rows(load(file))
    except Unsupported as error:
        yield Row(UNSUPPORTED, file.stem, "every figure", str(error))


if __name__ == "__main__":
    # A large matrix is a million small objects without cycles; looking for some costs a third.
    gc.disable()
    sys.exit(main())

"""Execute a notebook as it stands, with what a run leaves behind by chance taken away.

``python -m tests.tutorials.notebook`` renews the outputs of the tutorial for LCA engineers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from tests.evidence import ROOT

NOTEBOOK = ROOT / "docs" / "tutorials" / "lca-engineer.ipynb"
SECONDS = 600
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:E-\d+)?")


def executed(path: Path = NOTEBOOK) -> Any:
    """Return a notebook with the outputs of this run; execution counts and times are not kept."""
    book = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(ROOT)}}
    NotebookClient(book, timeout=SECONDS, kernel_name="python3", resources=place).execute()
    for number, cell in enumerate(book.cells):
        cell["id"] = f"c{number:02}"
        if cell.cell_type == "code":
            cell["execution_count"], cell["metadata"] = None, {}
    book["metadata"]["language_info"] = {"name": "python"}
    return book


def told(book: Any) -> Iterator[str]:
    """Yield what each code cell prints."""
    for cell in book.cells:
        if cell.cell_type == "code":
            yield "".join(one.get("text", "") for one in cell.outputs)


def wording(printed: str) -> str:
    """Return what is printed without its numbers, which move with the data of the library."""
    return re.sub(r" +", " ", _NUMBER.sub("#", printed))


def renew(path: Path = NOTEBOOK) -> None:
    """Write a notebook back with the outputs of this run."""
    nbformat.write(executed(path), path)


if __name__ == "__main__":
    renew()

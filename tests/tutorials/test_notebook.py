"""The notebook for LCA engineers runs as it stands, and prints what is printed in it."""

from __future__ import annotations

import nbformat

from tests.tutorials.notebook import NOTEBOOK, executed, told, wording


def test_the_notebook_runs_and_says_what_it_says() -> None:
    """Sentences and truth values must be the same; numbers move with the library."""
    stored = list(told(nbformat.read(NOTEBOOK, as_version=4)))
    found = list(told(executed()))
    assert [wording(one) for one in found] == [wording(one) for one in stored]
    assert not [one for one in found if "False" in one]
    assert sum(one.count("True") for one in found) >= 10


def test_nothing_of_the_machine_is_stored() -> None:
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert "/tmp" not in text and "/home" not in text and "/root" not in text
    book = nbformat.read(NOTEBOOK, as_version=4)
    assert all(cell.execution_count is None for cell in book.cells if cell.cell_type == "code")
    assert not [one for cell in book.cells for one in cell.get("outputs", ()) if "error" in one]

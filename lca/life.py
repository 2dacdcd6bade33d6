"""Use and end of life by market: each column of the sheet as a what-if of its own.

A column says what is otherwise after the gate than in the declared product. It is computed as any
scenario is, from a document of changes, so that the same answers in a file give the same result.
"""

from __future__ import annotations

from fractions import Fraction

from factors.numbers import decimal_text
from lca.changes import Change, Changes, Group, Key
from lca.inventory import GRAVE, Text
from lca.submission import Cell, ScenarioEntry, Submission

GROUP = "after-gate"


def changes_of(submission: Submission, entry: ScenarioEntry) -> Changes:
    """Return a column of the sheet as a document of changes.

    Parameters
    ----------
    submission
        The workbook; where it declares a figure to the gate only, the whole life is asked for.
    """
    answers = {**entry.enums, **entry.parameters}
    told: dict[Key, Change] = {
        ("answers", name): Change(_written(cell)) for name, cell in answers.items()
    }
    if submission.cover["boundary"].text != GRAVE:
        told["boundary", ""] = Change(GRAVE)
    name: Text = dict(entry.name)
    return Changes(submission.file, name, (Group(GROUP, name, told),))


def named(submission: Submission, code: str) -> ScenarioEntry | None:
    """Return the column with this code."""
    return next((one for one in submission.scenarios if one.scenario == code), None)


def _written(cell: Cell) -> str:
    """The answer as it is typed into a file of changes."""
    if isinstance(cell.value, Fraction):
        return f"{decimal_text(cell.value)} {cell.unit}".removesuffix(" 1").strip()
    return cell.text

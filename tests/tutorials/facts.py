"""What is typed where: the documents of an invented brewery, and the slips in the foreman's notes.

``facts.toml`` holds what the documents say, ``slips.toml`` the forty cells in which the notes say
something else. A place is (block, row, column), by the ids that every sheet carries in its hidden
cells; a free row is ``+1``, ``+2`` and so on, from the top.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MONTHS = tuple(f"m{number}" for number in range(1, 13))
SLOTS = {"family": "family", "centres": "centre"}

Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Slip:
    """One mistake in the notes.

    Attributes
    ----------
    cells
        Place and what the notes say there; the first is the cell that is wrong.
    told
        What went wrong, by language.
    signs
        Codes of findings that lead a person to these cells although they name another place.
    """

    id: str
    cells: Mapping[Place, Any]
    told: Mapping[str, str]
    signs: frozenset[str] = frozenset()


def documents() -> dict[Place, Any]:
    """Return what the documents say, by place."""
    facts = tomllib.loads((HERE / "facts.toml").read_text("utf-8"))
    return dict(_places(facts))


def slips() -> tuple[Slip, ...]:
    """Return the slips, in the order of the sheets."""
    read = tomllib.loads((HERE / "slips.toml").read_text("utf-8"))["slip"]
    return tuple(
        Slip(
            one["id"],
            {_place(place): noted for place, noted in one["cells"].items()},
            one["told"],
            frozenset(one.get("signs", ())),
        )
        for one in read
    )


def notes() -> dict[Place, Any]:
    """Return what the foreman's notes say: the documents with the slips."""
    said = documents()
    for slip in slips():
        said.update(slip.cells)
    return said


def in_words(value: Any, lang: str) -> Any:
    """Return a value as it is typed in a language."""
    return value[lang] if isinstance(value, dict) and lang in value else value


def _place(text: str) -> Place:
    block, row, column = text.split("/")
    return block, row, column


def _places(facts: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    for block, held in facts.items():
        if block == "account":
            for row in held:
                yield from _account(row)
        elif isinstance(held, list):
            yield from _listed(block, held)
        else:
            yield from _answered(block, held)


def _account(row: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    block, item = row["block"], row["row"]
    for column, value in row.items():
        if column == "months":
            yield from (
                ((block, item, month), one) for month, one in zip(MONTHS, value, strict=True)
            )
        elif column not in ("block", "row"):
            yield (block, item, column), value


def _listed(block: str, rows: list[Mapping[str, Any]]) -> Iterator[tuple[Place, Any]]:
    for number, row in enumerate(rows, 1):
        yield from (((block, f"+{number}", column), value) for column, value in row.items())


def _answered(block: str, held: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    """Questions with one answer, with one for each family or centre, or months of a family."""
    for row, value in held.items():
        if row.startswith("family:"):
            yield from (((block, m, row), one) for m, one in zip(MONTHS, value, strict=True))
        elif isinstance(value, list):
            yield from (
                ((block, row, f"{SLOTS[block]}:{number}"), one)
                for number, one in enumerate(value, 1)
                if one != ""
            )
        else:
            yield (block, row, "value"), value

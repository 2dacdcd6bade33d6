"""What a fault is, and what it means to have found it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tests.seeded_errors.book import Book, Spot, Value, address


class Kind(StrEnum):
    """By what a fault can be found at all."""

    NUMBER = "number"  # the cell itself cannot be what was asked for, or can be read in two ways
    UNIT = "unit"  # the unit cannot be, or cannot be of this row
    STRUCTURE = "structure"  # something is missing, double, moved or refers to nothing
    SUM = "sum"  # parts and whole, month and year do not go together
    BALANCE = "balance"  # what goes in and what comes out do not go together
    BAND = "band"  # the value is outside what the thing can be
    EVIDENCE = "evidence"  # what stands behind a number does not
    NOTHING = "nothing"  # the file alone cannot tell: the verifier's list


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault in one file.

    Attributes
    ----------
    edits
        Cells that change.
    right
        Cells (``sheet!A1``) at which a validator may name it; ``""`` is the file as a whole.
    area
        Rows and columns it touches: nothing else may be planted there.
    data
        The whole file instead of edits, for faults of the file itself.
    wide
        Whether other cells depend on the spoilt one, so that it shows there too.
    """

    fault: str
    kind: Kind
    edits: Mapping[Spot, Value] = field(default_factory=dict)
    right: frozenset[str] = frozenset()
    area: frozenset[object] = frozenset()
    data: bytes | None = None
    wide: bool = False


Plant = Callable[[Book, random.Random], Planted | None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A type of fault.

    Attributes
    ----------
    what
        What a person did, in words.
    plant
        Puts it somewhere into a clean file; None where the file has no place for it.
    alone
        Changes so much that nothing else can be told beside it.
    """

    id: str
    kind: Kind
    what: str
    plant: Plant
    alone: bool = False


def at(
    fault: str,
    kind: Kind,
    edits: Mapping[Spot, Value],
    right: set[Spot] | None = None,
    also: set[str] | None = None,
) -> Planted:
    """Plant edits; they are to be named where they are, unless ``right`` says other cells."""
    cells = {address(spot) for spot in (edits if right is None else right)}
    area = frozenset((sheet, row) for sheet, row, _ in edits)
    return Planted(fault, kind, edits, frozenset(cells | (also or set())), area)

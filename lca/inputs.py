"""Named values with their provenance: what a formula used, and what came out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from factors.findings import Where
from factors.numbers import decimal_text
from factors.units import Unit
from lca.model_parts import ACTIVITY_KINDS
from lca.submission import Cell

CONSTANT = "literature"
"""Activity kind of a value that nobody answered."""


@dataclass(frozen=True, slots=True)
class AccountAmount:
    """What the ledger gives for one account: account units per declared unit of the family.

    Attributes
    ----------
    amount
        In the unit of the model's account, per ``declared_unit.amount`` declared units.
    cells
        The cells it came from.
    kind
        Activity kind as stated for the account; empty: the model's.
    others
        What was booked in units of other dimensions, with the unit it was booked in.
    """

    amount: Fraction
    cells: tuple[Cell, ...] = ()
    kind: str = ""
    evidence: tuple[str, ...] = ()
    others: tuple[tuple[Unit, AccountAmount], ...] = ()


@dataclass(frozen=True, slots=True)
class Input:
    """One named value that a formula used, as it was entered, with its provenance.

    Attributes
    ----------
    value, unit
        As entered (a length may be in cm although the model asks in mm).
    base
        The same in the coherent base of the dimension.
    kind
        Activity kind; empty for a constant of the model.
    source, status
        Citation of a constant or default; the formula of a quantity.
    assumed
        True for a default that stands because nothing was answered.
    """

    name: str
    value: Fraction
    unit: str
    base: Fraction
    kind: str = ""
    cells: tuple[Cell, ...] = ()
    source: str = ""
    status: str = ""
    evidence: tuple[str, ...] = ()
    assumed: bool = False

    def to_json(self) -> dict[str, str]:
        """Return the entry of ``origin.inputs``."""
        where = self.cells[0].where if self.cells else Where()
        return {
            "name": self.name,
            "value": decimal_text(self.value),
            "unit": self.unit,
            "sheet": where.sheet,
            "cell": where.cell,
            "source": self.source,
            "status": self.status,
        }


@dataclass(frozen=True, slots=True)
class Valued:
    """The value of a formula, exact, with everything it rests on."""

    value: Fraction
    unit: str
    formula: str
    inputs: tuple[Input, ...]

    @property
    def kind(self) -> str:
        """Weakest activity kind of the answers used; literature when no answer was used."""
        ranks = [ACTIVITY_KINDS.index(one.kind) for one in self.inputs if one.kind]
        return ACTIVITY_KINDS[max(ranks)] if ranks else CONSTANT

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Cells of the answers used."""
        return tuple(dict.fromkeys(cell for one in self.inputs for cell in one.cells))

    @property
    def evidence(self) -> tuple[str, ...]:
        """Evidence of the answers used, sorted."""
        return tuple(sorted({item for one in self.inputs for item in one.evidence}))


def first_place(cells: tuple[Cell, ...], otherwise: Where) -> Where:
    """Return the place of the first cell."""
    return cells[0].where if cells else otherwise

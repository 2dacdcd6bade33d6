"""What lies on the table while a file is thought about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from factors.errors import CarbonLabelError
from factors.findings import Where, blocking
from factors.store import FactorSet
from factors.units import Unit, unit
from lca.answers import Answers
from lca.booking import Books
from lca.ledger import Account as Booked
from lca.model_parts import Account as AccountRule
from lca.model_parts import ProductModel
from lca.submission import AccountEntry, Cell, FamilyEntry, Submission

TWELVE = 12
MEASURED = frozenset(unit(one).dimension for one in ("kg", "m3", "m2", "m", "kWh"))
WATER = frozenset({"water", "fresh_water"})


@dataclass(frozen=True, slots=True)
class Row:
    """One account row: as entered, as booked, and the model's rule for it."""

    entry: AccountEntry
    booked: Booked
    rule: AccountRule

    @property
    def names(self) -> dict[str, str]:
        """Name of the account in each language, for messages."""
        return dict(self.booked.shown)

    @property
    def purchases(self) -> Fraction:
        """Readings or purchases of the period, multiplied, in the model's unit."""
        return self.booked.multiplier * sum(self.booked.months, Fraction(0))

    @property
    def monthly(self) -> bool:
        """Whether every month of a whole year was read."""
        cells = self.entry.months
        return len(cells) == TWELVE and all(cell.number is not None for cell in cells)

    @property
    def readings(self) -> tuple[float, ...]:
        """The monthly numbers as entered."""
        return tuple(float(cell.number or 0) for cell in self.entry.months)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the looks share.

    Attributes
    ----------
    faulty
        Rows in which the reader found something that blocks.
    rows
        Account rows for the whole site that could be read in full.
    mass
        kg per declared unit of the family, product with packaging; None where the model or the
        answers do not say.
    """

    submission: Submission
    model: ProductModel
    family: FamilyEntry
    books: Books
    answers: Answers
    factors: FactorSet | None
    faulty: frozenset[tuple[str, str]]
    rows: tuple[Row, ...]
    mass: float | None

    @classmethod
    def of(
        cls,
        submission: Submission,
        model: ProductModel,
        family: FamilyEntry,
        books: Books,
        answers: Answers,
        factors: FactorSet | None,
    ) -> Case:
        """Lay a file on the table."""
        places = [one.where for one in blocking(submission.findings)]
        faulty = frozenset((where.sheet, _row(where.cell)) for where in places)
        rows = tuple(_rows(submission, model, books))
        mass = _mass(model, answers)
        return cls(submission, model, family, books, answers, factors, faulty, rows, mass)

    @property
    def good(self) -> float:
        """Good output of the family in declared units."""
        outputs = self.books.ledger.outputs
        return next((float(one.good) for one in outputs if one.family == self.family.family), 0.0)

    def sound(self, where: Where) -> bool:
        """Whether the reader found nothing that blocks in this row."""
        return (where.sheet, _row(where.cell)) not in self.faulty

    def trusted(self, account: str) -> bool:
        """Whether all that an amount per unit of an account rests on was read in full.

        That is the account, the keys that share it out, and the output it is divided by.
        """
        ledger = self.books.ledger
        booked = [one for one in ledger.accounts if one.id.partition("#")[0] == account]
        named = [one.key for one in booked] + [centre.key for centre in ledger.centres]
        keys = [key.where for name in named if (key := ledger.key(name)) is not None]
        output = [cell.where for family in self.submission.families for cell in family.output]
        whole = self.books.unsound.isdisjoint(one.id for one in booked)
        return whole and all(map(self.sound, (*keys, *output)))

    def per_unit(self, account: str) -> float | None:
        """Return the amount of an account per declared unit of the family, None if unknown."""
        told = self.books.amounts.get(self.family.family, {}).get(account)
        return None if told is None else float(told.amount / self.model.declared_unit.amount)


def _row(cell: str) -> str:
    return cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _rows(submission: Submission, model: ProductModel, books: Books) -> Iterator[Row]:
    """Pair entries with the accounts made of them; both keep the place of their first month."""
    booked: Mapping[Where, Booked] = {one.where: one for one in books.ledger.accounts}
    for entry in submission.accounts:
        one = booked.get(entry.where)
        if entry.form == "period" and one is not None and one.id not in books.unsound:
            yield Row(entry, one, model.account(entry.account))


def _mass(model: ProductModel, answers: Answers) -> float | None:
    formula = model.declared_unit.mass
    if formula is None:
        return None
    try:
        told = answers.value(formula, unit("kg") / model.declared_unit.unit)
    except CarbonLabelError:
        return None
    return float(told.value) or None


def numbers(cells: tuple[Cell, ...]) -> tuple[float, ...]:
    """Return the numbers of some cells; those without one are left out."""
    return tuple(float(cell.number) for cell in cells if cell.number is not None)


def counts(one: Unit) -> bool:
    """Whether a unit counts pieces and measures nothing."""
    return one.dimension not in MEASURED


def converts(one: Unit, other: Unit) -> bool:
    """Whether two units measure the same."""
    return one.dimension == other.dimension

"""Rows side by side: what differs between them, and which rows of one activity contradict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from factors.choose import POWER, headline, place_tier
from factors.factor import Boundary, EmissionFactor
from factors.gwp import GwpSet, gwp_set
from factors.match import normalise
from factors.numbers import decimal_text
from factors.quantity import Quantity
from factors.store import FactorSet
from factors.units import unit

SAME = Fraction(1, 200)
"""Values that differ by at most this share do not contradict each other."""

APART = frozenset(
    {
        Boundary.COMBUSTION,
        Boundary.UPSTREAM,
        Boundary.TRANSMISSION_AND_DISTRIBUTION,
        Boundary.RELEASE,
        Boundary.WASTE_TREATMENT,
        Boundary.COLLECTION_AND_TRANSPORT_ONLY,
        Boundary.CREDIT,
    }
)
"""Boundaries that are compared with themselves only: burning a fuel is not its extraction."""

FIELDS = (
    "activity_zh",
    "activity_en",
    "category",
    "place",
    "valid_from",
    "valid_to",
    "unit",
    "boundary",
    "technology",
    "biogenic_treatment",
    "gwp_set",
    "capital_goods",
    "uncertainty",
    "quality",
    "status",
    "source_class",
    "use",
    "release",
    "locator",
    "note",
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of several rows."""

    field: str
    cells: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the rows do not all say the same."""
        return len(set(self.cells)) > 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows side by side.

    Attributes
    ----------
    fields
        All fields, in the order of a release file, the values last.
    ratios
        Number of each row over that of the first, in one unit; None where they cannot be compared.
    """

    rows: tuple[EmissionFactor, ...]
    fields: tuple[Compared, ...]
    ratios: tuple[Fraction | None, ...]


def compare(factors: FactorSet, ids: Sequence[str], gwp: GwpSet | None = None) -> Comparison:
    """Put rows side by side.

    Raises
    ------
    FactorError
        FACTOR-UNKNOWN for an id that does not exist.
    """
    known = gwp or gwp_set("AR6-100")
    rows = tuple(factors.get(one) for one in ids)
    fields = [Compared(name, tuple(_cell(row, name) for row in rows)) for name in FIELDS]
    licences = tuple(str(factors.source(row).licence_class) for row in rows)
    values = tuple(values_text(row) for row in rows)
    fields += [Compared("licence_class", licences), Compared("values", values)]
    return Comparison(rows, tuple(fields), tuple(_ratio(row, rows[0], known) for row in rows))


def values_text(row: EmissionFactor) -> str:
    """Return the numbers of a row with their unit."""
    if row.amount is not None:
        return f"{decimal_text(row.amount)} {row.unit}"
    flows = ", ".join(f"{flow} {decimal_text(amount)}" for flow, amount in row.values)
    return f"{flows} kg/{row.unit}"


def _cell(row: EmissionFactor, name: str) -> str:
    value = getattr(row, name)
    if name == "uncertainty" and value is not None:
        return f"{value.kind} {' '.join(map(decimal_text, value.spread))}"
    return "" if value is None else str(value)


def _ratio(row: EmissionFactor, first: EmissionFactor, gwp: GwpSet) -> Fraction | None:
    if unit(row.unit).dimension != unit(first.unit).dimension:
        return None
    own, base = _number(row, gwp), _number(first, gwp)
    return own / base if own is not None and base else None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A row of the same activity with another value; ``ratio`` is it over the row asked about."""

    factor: EmissionFactor
    ratio: Fraction


def contradictions(
    factors: FactorSet, row: EmissionFactor, gwp: GwpSet | None = None
) -> tuple[Contradiction, ...]:
    """Return the rows of the same activity and unit with another value, the nearest in fit first.

    Two rows are of one activity when the first words of their names agree, in either language;
    of electricity and heat, when the country and the technology agree as well.
    """
    known = gwp or gwp_set("AR6-100")
    own = _number(row, known)
    if not own:
        return ()
    found = [
        Contradiction(other, theirs / own)
        for other in same_activity(factors, row)
        if (theirs := _number(other, known)) is not None and abs(theirs / own - 1) > SAME
    ]
    return tuple(
        sorted(
            found,
            key=lambda one: (
                one.factor.boundary is not row.boundary,
                place_tier(one.factor.place, row.place),
                one.factor.id,
            ),
        )
    )


def same_activity(factors: FactorSet, row: EmissionFactor) -> Iterator[EmissionFactor]:
    """Yield the other rows of the same activity per the same kind of unit."""
    heads, dimension = _heads(row), unit(row.unit).dimension
    for other in _of_one_kind(factors, row):
        if other.id == row.id or not heads & _heads(other):
            continue
        if unit(other.unit).dimension == dimension:
            yield other


def _of_one_kind(
    factors: Iterable[EmissionFactor], row: EmissionFactor
) -> Iterator[EmissionFactor]:
    """Yield rows of emissions beside one of emissions; power and heat of one country only."""
    power = row.category.startswith(POWER)
    for other in factors:
        if bool(other.values) is not bool(row.values) or _apart(other) != _apart(row):
            continue
        near = place_tier(other.place, row.place) < 2
        if not power or (near and _plant(other) == _plant(row)):
            yield other


def _apart(row: EmissionFactor) -> str:
    """Return the boundary of a row that stands for another thing than its name alone says."""
    return row.boundary if row.boundary in APART else ""


def _plant(row: EmissionFactor) -> str:
    """Return the technology of a single kind of power station; empty for a mix."""
    single = row.category.startswith("electricity-technology")
    return row.technology.partition(";")[0] if single else ""


def _heads(row: EmissionFactor) -> frozenset[str]:
    """Return the first words of both names, before any comma, bracket or colon."""
    names = (row.activity_zh, row.activity_en)
    return frozenset(normalise(_head(name)) for name in names if name)


def _head(name: str) -> str:
    for mark in ",(:;，（：；":
        name = name.partition(mark)[0]
    return name


def _number(row: EmissionFactor, gwp: GwpSet) -> Fraction | None:
    """Return the number of a row in base units: kg CO2e per base unit, or the property."""
    if row.amount is not None:
        return Quantity(row.amount, unit(row.unit)).in_base
    value = headline(row, gwp)
    return None if value is None else value / unit(row.unit).scale

"""Submission: what an exporter handed in, cell by cell, before anything is computed.

The reader of a workbook never raises on a bad cell; it fills this type as far as it can and adds a
finding for each problem. Everything that follows (ledger, product system) knows only this type, so
another way of handing in data would end here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from factors.findings import Finding, Where


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with the place it came from.

    Attributes
    ----------
    value
        An exact number (at most 15 significant digits, as stored), a text, a date, or None when
        the cell is empty or unusable (then there is a finding).
    unit
        Unit as understood (canonical spelling), empty when the field has none.
    where
        File, sheet and cell.
    """

    value: Fraction | str | date | None
    unit: str = ""
    where: Where = Where()

    @property
    def number(self) -> Fraction | None:
        """The value when it is a number."""
        return self.value if isinstance(self.value, Fraction) else None

    @property
    def text(self) -> str:
        """The value as text, empty when there is none."""
        return "" if self.value is None else str(self.value)


EMPTY = Cell(None)


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One account as booked: a meter, a heap of fuel, a material, a waste.

    ``form`` is ``period`` (twelve monthly values of the whole site, brought down to the product by
    a key) or ``unit`` (``per_unit`` holds the amount per declared unit, by family). Where the books
    know the whole period only, ``months`` holds one value.
    Consumed = multiplier x sum(months) + opening - closing - returned.
    """

    account: str
    form: str
    unit: str
    months: tuple[Cell, ...] = ()
    multiplier: Cell = EMPTY
    opening: Cell = EMPTY
    closing: Cell = EMPTY
    returned: Cell = EMPTY
    control_total: Cell = EMPTY
    control_source: str = ""
    key: str = ""
    per_unit: Mapping[str, Cell] = field(default_factory=dict)
    activity_kind: str = ""
    evidence: tuple[str, ...] = ()
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """An allocation key: how an account (or a centre) is shared out.

    ``kind`` is one of sub-meter, standard-consumption, machine-hours, mass, volume, pieces, area,
    revenue, single. ``values`` maps targets (family ids, centre ids, non-product uses) to numbers
    of one unit; the share of a target is its number over the sum.
    """

    key: str
    kind: str
    unit: str
    values: Mapping[str, Cell]
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class CentreEntry:
    """A cost centre: production, auxiliary (serves others) or non-product (canteen, tenant)."""

    centre: str
    kind: str
    name: Mapping[str, str]
    key: str = ""
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class FamilyEntry:
    """One product family made at the site.

    ``output`` holds monthly good output in ``output_unit``; ``rejects`` monthly rejects of the same
    unit. ``enums`` and ``parameters`` answer the questions of the product model for this family.
    """

    family: str
    name: Mapping[str, str]
    output_unit: str
    output: tuple[Cell, ...] = ()
    rejects: tuple[Cell, ...] = ()
    enums: Mapping[str, Cell] = field(default_factory=dict)
    parameters: Mapping[str, Cell] = field(default_factory=dict)
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class SupplierEntry:
    """One supplier of a purchased account: share of the amount and the way it travels.

    ``factor`` names a library factor, ``pcf`` is the supplier's own figure (kg CO2e per unit of the
    account); either is used instead of the model's default, both may be empty.
    """

    account: str
    name: str
    share: Cell
    country: str = ""
    distance: Cell = EMPTY
    mode: str = ""
    factor: str = ""
    pcf: Cell = EMPTY
    evidence: tuple[str, ...] = ()
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class InstrumentEntry:
    """A contractual instrument for electricity (for example a green electricity certificate)."""

    instrument: str
    technology: str
    amount: Cell
    vintage: Cell = EMPTY
    retired_for: str = ""
    evidence: tuple[str, ...] = ()
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class EvidenceEntry:
    """A document that answers for numbers: kind, name, date, page, SHA-256 of the file."""

    evidence: str
    kind: str
    title: str
    dated: Cell = EMPTY
    page: str = ""
    sha256: str = ""
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """A production site."""

    site: str
    name: Mapping[str, str]
    address: Mapping[str, str]
    country: str
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class Submission:
    """Everything one file says.

    Attributes
    ----------
    file, sha256
        Name and hash of the file as received.
    model, model_version
        Product model that the file was written from.
    cover
        Single answers: subject (family to be declared), boundary, product name zh/en, model number,
        GTIN, maker name zh/en, credit code, preparer and so on.
    answers
        Answers to the model's questions of scope ``site``: choices as text, parameters as numbers.
    findings
        What the reader noticed; later hops add theirs.
    """

    file: str
    sha256: str
    model: str
    model_version: str
    cover: Mapping[str, Cell]
    period_from: date | None
    period_to: date | None
    months: tuple[str, ...]
    sites: tuple[SiteEntry, ...]
    families: tuple[FamilyEntry, ...]
    accounts: tuple[AccountEntry, ...]
    keys: tuple[KeyEntry, ...]
    centres: tuple[CentreEntry, ...]
    suppliers: tuple[SupplierEntry, ...]
    instruments: tuple[InstrumentEntry, ...]
    evidence: tuple[EvidenceEntry, ...]
    answers: Mapping[str, Cell] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

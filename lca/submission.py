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
    key_where: Where | None = None


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

    ``output`` holds monthly good output in ``output_unit``; ``rejects`` monthly rejects of the
    same unit, ``rework`` what was mended (never output), ``begun_opening``, ``begun_closing`` the
    work in progress at both ends in equivalent finished units. ``enums``, ``parameters`` answer the
    questions of the product model for this family.
    """

    family: str
    name: Mapping[str, str]
    output_unit: str
    output: tuple[Cell, ...] = ()
    rejects: tuple[Cell, ...] = ()
    enums: Mapping[str, Cell] = field(default_factory=dict)
    parameters: Mapping[str, Cell] = field(default_factory=dict)
    where: Where = Where()
    rework: tuple[Cell, ...] = ()
    begun_opening: Cell = EMPTY
    begun_closing: Cell = EMPTY


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """What a supplier's own footprint report says of its figure.

    Attributes
    ----------
    record
        Code, named by suppliers and outsourced steps.
    figure
        kg CO2e per one ``unit``.
    mass
        kg per one ``unit``; needed when the unit of the account is a mass and this one is not.
    boundary
        gate, delivered, partial or unknown.
    credit, biogenic, packaging, electricity
        What the figure holds: credits for scrap or avoided products (no, yes, unknown); uptake of
        biogenic carbon (excluded, included, none, unknown); packaging (yes, no, unknown);
        electricity by location, market or unknown.
    gwp
        AR6-100, AR5-100, AR4-100 or unknown.
    verification
        third-party, second-party, none.
    """

    record: str
    supplier: str
    product: str
    figure: Cell
    unit: str
    mass: Cell = EMPTY
    boundary: str = ""
    period_from: Cell = EMPTY
    period_to: Cell = EMPTY
    standard: str = ""
    gwp: str = ""
    biogenic: str = ""
    electricity: str = ""
    allocation: str = ""
    credit: str = ""
    packaging: str = ""
    primary_share: Cell = EMPTY
    verification: str = ""
    body: str = ""
    statement: str = ""
    valid_to: Cell = EMPTY
    sha256: str = ""
    evidence: tuple[str, ...] = ()
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class SupplierEntry:
    """One supplier of a purchased account: share of the amount and the way it travels.

    ``factor`` names a library factor, ``pcf`` is the supplier's own figure (kg CO2e per unit of the
    account); either is used instead of the model's default, both may be empty. ``record`` names the
    :class:`RecordEntry` that the figure stands in; ``accepted`` is that record once the rule set
    has let it pass.
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
    record: str = ""
    accepted: RecordEntry | None = None


@dataclass(frozen=True, slots=True)
class FurtherEntry:
    """Something of the site that no account of the model asks for; it becomes a line of its own.

    Attributes
    ----------
    kind
        outsourced, customer, gas, wastewater, waste or leg.
    name
        As entered.
    entry
        The booking: amount of the period, stocks, key, evidence. Its ``account`` is the id that the
        item has in the ledger, ``further_<kind>_<number>``.
    factor, record
        A row of the library, or the record of a supplier's own figure.
    details
        Choices of the kind: gas, treatment, side, incoterm, payer, route, country.
    numbers
        Further numbers of the kind: cod_in, cod_out, distance.
    """

    kind: str
    name: str
    entry: AccountEntry
    factor: str = ""
    record: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, Cell] = field(default_factory=dict)
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class ByProductEntry:
    """What leaves the site besides the product: mass, what becomes of it, what it earned.

    ``kind`` is by-product, scrap, waste or co-product. The income is recorded and never reduces a
    figure.
    """

    name: str
    kind: str
    amount: Cell
    treatment: str = ""
    income: Cell = EMPTY
    buyer: str = ""
    evidence: tuple[str, ...] = ()
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class YieldEntry:
    """What went into one step of the making of a family and what came out of it, one unit."""

    family: str
    step: str
    input: Cell
    output: Cell
    evidence: tuple[str, ...] = ()
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """One article of a family: its code, mass, output and what differs from the family.

    An answer that is missing in ``enums`` or ``parameters`` is the family's.
    """

    family: str
    member: str
    name: Mapping[str, str]
    output: Cell
    mass: Cell = EMPTY
    enums: Mapping[str, Cell] = field(default_factory=dict)
    parameters: Mapping[str, Cell] = field(default_factory=dict)
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class ScenarioEntry:
    """What happens after the gate, told for one market: answers that differ from the family's."""

    scenario: str
    name: Mapping[str, str]
    enums: Mapping[str, Cell] = field(default_factory=dict)
    parameters: Mapping[str, Cell] = field(default_factory=dict)
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class AbnormalEntry:
    """A month that was not as others are, and why.

    Attributes
    ----------
    month
        Number of the month in the period, from 1; 0 where it could not be read.
    kind
        shutdown, accident, overhaul or other.
    """

    month: int
    kind: str
    reason: str
    evidence: tuple[str, ...] = ()
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class InstrumentEntry:
    """A contractual instrument for electricity (for example a green electricity certificate).

    ``state`` is retired, held or sold; empty counts as retired.
    """

    instrument: str
    technology: str
    amount: Cell
    vintage: Cell = EMPTY
    retired_for: str = ""
    evidence: tuple[str, ...] = ()
    where: Where = Where()
    state: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceEntry:
    """A document that answers for numbers: kind, name, date, page, SHA-256 of the file.

    A calibration certificate also says by whom, of which instrument, and until when it is valid.
    """

    evidence: str
    kind: str
    title: str
    dated: Cell = EMPTY
    page: str = ""
    sha256: str = ""
    where: Where = Where()
    issuer: str = ""
    instrument: str = ""
    valid_to: Cell = EMPTY


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
    period_reason
        Why the period is shorter than twelve months: new-product, new-site, or nothing.
    further, by_products, yields, members, records
        Sheets that every factory may need, whatever its product.
    scenarios
        What happens after the gate, market by market.
    abnormal
        Months that the maker calls abnormal; they count like any other.
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
    period_reason: Cell = EMPTY
    further: tuple[FurtherEntry, ...] = ()
    by_products: tuple[ByProductEntry, ...] = ()
    yields: tuple[YieldEntry, ...] = ()
    members: tuple[MemberEntry, ...] = ()
    records: tuple[RecordEntry, ...] = ()
    scenarios: tuple[ScenarioEntry, ...] = ()
    abnormal: tuple[AbnormalEntry, ...] = ()
    period_where: Where = Where()

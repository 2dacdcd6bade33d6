"""One row of ``factors.csv``: from text cells to an EmissionFactor, or coded findings.

All problems of a row are collected; nothing is guessed. Cells are hashed as they are written, so
a release can be identified without understanding it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from operator import itemgetter
from typing import TypeVar

from factors import dqr, pedigree
from factors.errors import FactorError, UnitError
from factors.factor import (
    BY_GAS,
    LUMP,
    LUMP_BASES,
    NOT_APPLICABLE,
    PARTS,
    BiogenicTreatment,
    Boundary,
    CapitalGoods,
    EmissionFactor,
    Flow,
    SourceClass,
    Status,
    Uncertainty,
    Use,
)
from factors.findings import Finding, Where, finding
from factors.numbers import parse_decimal
from factors.units import unit

COLUMNS = (
    "id",
    "activity_zh",
    "activity_en",
    "category",
    "place",
    "valid_from",
    "valid_to",
    "unit",
    "values",
    "biogenic_treatment",
    "co_pollutants",
    "gwp_set",
    "boundary",
    "technology",
    "capital_goods",
    "uncertainty",
    "quality",
    "status",
    "source_class",
    "use",
    "locator",
    "note",
    "corrects",
)
"""Columns of ``factors.csv``, in this order."""

MANDATORY = ("id", "activity_zh", "activity_en", "category", "place", "unit", "values",
             "gwp_set", "boundary", "locator")  # fmt: skip

AMOUNT = "value"
"""Key of the number of a property row: ``value=0.038931``."""

ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*", re.ASCII)
GAS = re.compile(r"[A-Z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*", re.ASCII)
PLACE = re.compile(r"[A-Z]{2,3}(?:-[A-Z0-9]{1,6})?", re.ASCII)

Row = Mapping[str, str]
Kind = TypeVar("Kind", bound=StrEnum)


def rows_sha256(rows: Iterable[Row]) -> str:
    """Return the SHA-256 of the canonical rows of a release, as hex.

    Each row becomes the JSON array of its cells in :data:`COLUMNS` order; the arrays are sorted
    and joined by line feeds after a line that names the columns. Hence row order and line ends do
    not matter and every cell does.
    """
    lines = sorted(_json(_CELLS(row)) for row in rows)
    return hashlib.sha256("\n".join([_json(COLUMNS), *lines]).encode()).hexdigest()


_CELLS: Callable[[Row], tuple[str, ...]] = itemgetter(*COLUMNS)
_json = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


class RowReader:
    """Reads the cells of one row and keeps what is wrong with them."""

    __slots__ = ("findings", "row", "where")

    def __init__(self, row: Row, where: Where) -> None:
        self.row = row
        self.where = where
        self.findings: list[Finding] = []

    def wrong(self, column: str, expected: str) -> None:
        """Record that a cell holds something it may not hold."""
        saw = self.row[column]
        self.findings.append(
            finding("FACTOR-CELL", self.where, column=column, saw=saw, expected=expected)
        )

    def mandatory(self) -> None:
        """Record mandatory cells that are empty."""
        for column in MANDATORY:
            if not self.row[column].strip():
                self.findings.append(finding("FACTOR-CELL-EMPTY", self.where, column=column))

    def pattern(self, column: str, shape: re.Pattern[str], expected: str) -> str:
        """Return a cell that must have a shape."""
        text = self.row[column]
        if text and not (shape.fullmatch(text) and len(text) <= 80):
            self.wrong(column, expected)
        return text

    def word(self, column: str, words: type[Kind], default: Kind) -> Kind:
        """Return a cell of a closed vocabulary."""
        try:
            return words(self.row[column])
        except ValueError:
            self.wrong(column, " | ".join(words))
            return default

    def day(self, column: str) -> date | None:
        """Return a cell that is empty or an ISO date."""
        text = self.row[column]
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.wrong(column, "YYYY-MM-DD")
            return None

    def number(self, column: str, text: str) -> Fraction:
        """Return a strict decimal that stands inside a cell."""
        try:
            return parse_decimal(text)
        except ValueError:
            self.wrong(column, "0.5777")
            return Fraction(0)

    def pairs(self, column: str) -> list[tuple[str, Fraction]]:
        """Return ``name=number`` pairs separated by semicolons; names must differ."""
        pairs: list[tuple[str, Fraction]] = []
        for item in filter(None, (part.strip() for part in self.row[column].split(";"))):
            name, sign, number = item.partition("=")
            if not sign or name.strip() in dict(pairs):
                self.wrong(column, "a=1; b=2")
                continue
            pairs.append((name.strip(), self.number(column, number.strip())))
        return pairs


def read_row(
    row: Row, release: str, where: Where, *, private: bool
) -> tuple[EmissionFactor, tuple[Finding, ...]]:
    """Return the factor of one row and what is wrong with it.

    Parameters
    ----------
    row
        Text of every column of :data:`COLUMNS`.
    release
        ``source/release``.
    where
        File and line, for the findings.
    private
        Whether the release may not be passed on.
    """
    cells = RowReader(row, where)
    cells.mandatory()
    use = cells.word("use", Use, Use.INPUT)
    values, amount = _values(cells)
    factor = EmissionFactor(
        id=cells.pattern("id", ID, "natural-gas-cn-upstream"),
        release=release,
        activity_zh=row["activity_zh"],
        activity_en=row["activity_en"],
        category=cells.pattern("category", ID, "electricity-national-footprint"),
        place=cells.pattern("place", PLACE, "CN | CN-SD | EU | GLO | XX"),
        valid_from=cells.day("valid_from"),
        valid_to=cells.day("valid_to"),
        unit=_unit(cells),
        values=values,
        amount=amount,
        biogenic_treatment=cells.word(
            "biogenic_treatment", BiogenicTreatment, BiogenicTreatment.UNKNOWN
        ),
        co_pollutants=tuple(cells.pairs("co_pollutants")),
        gwp_set=row["gwp_set"],
        boundary=cells.word("boundary", Boundary, Boundary.PROCESS),
        technology=row["technology"],
        capital_goods=cells.word("capital_goods", CapitalGoods, CapitalGoods.UNKNOWN),
        uncertainty=_uncertainty(cells),
        quality=_quality(cells),
        status=cells.word("status", Status, Status.RECALLED),
        source_class=cells.word("source_class", SourceClass, SourceClass.TEXTBOOK),
        use=use,
        locator=row["locator"],
        note=row["note"],
        corrects=row["corrects"],
        private=private,
    )
    _check(cells, factor)
    return factor, tuple(cells.findings)


def _values(cells: RowReader) -> tuple[tuple[tuple[Flow, Fraction], ...], Fraction | None]:
    """Return the gas flows of an emission row, or the number of a property row."""
    flows: list[tuple[Flow, Fraction]] = []
    amount: Fraction | None = None
    for name, number in cells.pairs("values"):
        if name == AMOUNT:
            amount = number
            continue
        part, dot, gas = name.partition(".")
        if not dot or part not in PARTS or not GAS.fullmatch(gas):
            cells.wrong("values", "fossil.CO2=0.5; fossil.CH4-fossil=0.0001 | value=0.83")
            continue
        flows.append((Flow(part, gas), number))
    return tuple(sorted(flows)), amount


def _unit(cells: RowReader) -> str:
    """Return the unit cell after the unit firewall has let it pass."""
    text = cells.row["unit"]
    if text:
        try:
            unit(text)
        except UnitError as error:
            cells.findings.extend(
                Finding(found.code, cells.where, found.params) for found in error.findings
            )
    return text


def _uncertainty(cells: RowReader) -> Uncertainty | None:
    """Return the stated spread: ``lognormal gsd=1.2``, ``range 0.66..1.14`` or ``relative 50%``."""
    text = cells.row["uncertainty"]
    if not text:
        if not cells.row["note"].strip():
            cells.findings.append(finding("FACTOR-CELL-EMPTY", cells.where, column="note"))
        return None
    forms: dict[str, tuple[str, Callable[[Sequence[Fraction]], bool]]] = {
        "lognormal": (r"lognormal gsd=(\S+)", lambda seen: seen[0] >= 1),
        "range": (r"range (\S+)\.\.(\S+)", lambda seen: seen[0] <= seen[1]),
        "relative": (r"relative (\S+)%", lambda seen: seen[0] > 0),
    }
    shape, sensible = forms.get(text.partition(" ")[0], (r"(?!)", lambda seen: False))
    found = re.fullmatch(shape, text)
    spread = tuple(cells.number("uncertainty", part) for part in found.groups()) if found else ()
    if not spread or not sensible(spread):
        cells.wrong("uncertainty", "lognormal gsd=1.2 | range 0.66..1.14 | relative 50%")
        return None
    kind = text.partition(" ")[0]
    return Uncertainty(kind, tuple(x / 100 for x in spread) if kind == "relative" else spread)


def _quality(cells: RowReader) -> str:
    """Return the text of the scores; those of a known scheme must be readable."""
    text = cells.row["quality"]
    for read in (pedigree.read, dqr.read):
        try:
            read(text, cells.where)
        except FactorError as refusal:
            cells.findings.extend(refusal.findings)
    return text


def _check(cells: RowReader, factor: EmissionFactor) -> None:
    """Record what does not fit together within one row."""
    is_property = factor.boundary is Boundary.PROPERTY
    if is_property != (factor.amount is not None and not factor.values):
        cells.wrong("values", "value=0.83 <=> boundary=property")
    if is_property and factor.use is Use.INPUT:
        cells.wrong("use", "property | benchmark | claim")
    _check_gwp(cells, factor)
    if factor.valid_from and factor.valid_to and factor.valid_to < factor.valid_from:
        cells.wrong("valid_to", f">= {factor.valid_from}")
    for flow, amount in factor.values:
        removal = flow.part == "biogenic_co2_removal"
        if (amount < 0 and not removal and factor.boundary is not Boundary.CREDIT) or (
            removal and amount > 0
        ):
            cells.wrong("values", ">= 0 (< 0: biogenic_co2_removal, boundary=credit)")


def _check_gwp(cells: RowReader, factor: EmissionFactor) -> None:
    """Record a GWP basis that does not fit the gases: a lump names its basis, gases need none."""
    if LUMP in factor.gases:
        allowed = LUMP_BASES if factor.gases == {LUMP} else frozenset[str]()
    else:
        allowed = frozenset({BY_GAS if factor.values else NOT_APPLICABLE})
    if factor.gwp_set and factor.gwp_set not in allowed:
        cells.wrong("gwp_set", " | ".join(sorted(allowed)) or "CO2e / gas")

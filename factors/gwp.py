"""GWP sets: kg CO2e per kg of gas, by IPCC report and time horizon.

A set is read from an immutable transcription under ``data/ipcc-gwp/<release>/``; which one is
current stands in ``data/ipcc-gwp/current.toml``. A gas that a set does not hold is refused and
never counts as zero. Methane always says its origin: the fossil value contains the CO2 that the
methane oxidises to, so where a fuel factor already counts all carbon as CO2, unburnt fossil
methane takes the non-fossil value.

Where a report gives no value for a gas, a rule set may name another set that lends one
(:meth:`GwpSet.with_stand_ins`); what it lends is shown and counted under the lender.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from factors.errors import FactorError
from factors.findings import Finding, finding
from factors.numbers import decimal_text, parse_decimal

COLUMNS = ("set", "gas", "value", "status", "locator", "composition", "note")
STATUSES = frozenset({"read-in-source", "derived", "recalled"})


@dataclass(frozen=True, slots=True)
class GwpRow:
    """One value and where it comes from.

    Attributes
    ----------
    gas
        Gas id, for example ``CH4-fossil``, ``HFC-134a``, ``R-410A``.
    value
        kg CO2e per kg.
    status
        ``read-in-source``, ``derived`` (from other rows by ``composition``) or ``recalled``.
    locator
        Table of the report.
    composition
        Mass fractions of a blend, ``0.5 HFC-32 + 0.5 HFC-125``; empty for a single gas.
    note
        What a reader must know.
    """

    gas: str
    value: Fraction
    status: str
    locator: str
    composition: str
    note: str


@dataclass(frozen=True, slots=True)
class GwpSet:
    """The values of one report at one horizon.

    Attributes
    ----------
    id
        For example ``AR6-100``.
    horizon
        Time horizon in years.
    report
        ``AR4``, ``AR5``, ``AR6``.
    release
        Name of the transcription, ``ipcc-gwp/AR6-1``.
    source
        Title of the report with its tables.
    sha256
        Hash of the source record and of the set's rows, for the lock; it does not depend on the
        order of rows or on line endings and changes with any cell.
    values
        kg CO2e per kg by gas. Asking for a missing gas raises GWP-MISSING here, too.
    rows
        The full rows by gas.
    stand_ins
        Gases whose value another set lends, with the id of that set.
    """

    id: str
    horizon: int
    report: str
    release: str
    source: str
    sha256: str
    values: Mapping[str, Fraction] = field(repr=False, compare=False)
    rows: Mapping[str, GwpRow] = field(repr=False, compare=False)
    stand_ins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def value(self, gas: str) -> Fraction:
        """Return kg CO2e per kg of a gas.

        Raises
        ------
        FactorError
            GWP-MISSING, with the closest gas ids.
        """
        return self.values[gas]

    def basis(self, gas: str) -> str:
        """Return the id of the set whose value a gas takes: this one, or the one that lends it."""
        return self.stand_ins.get(gas, self.id)

    def with_stand_ins(self, lenders: Mapping[str, str]) -> tuple[GwpSet, tuple[Finding, ...]]:
        """Return this set with values that other sets lend, and a finding for each of them.

        Parameters
        ----------
        lenders
            Id of the lending set by gas, for example ``{"HC-600a": "DESNZ-2025-100",
            "Cyclopentane": "carbon-yield"}``, as a rule set declares them.

        Raises
        ------
        FactorError
            GWP-STAND-IN-KNOWN when this set has a value of its own: it is never replaced;
            GWP-SET-UNKNOWN or GWP-MISSING when the lender or its value does not exist.
        """
        lent: dict[str, GwpRow] = {}
        found: list[Finding] = []
        for gas, lender in sorted(lenders.items()):
            if gas in self.rows:
                raise FactorError(finding("GWP-STAND-IN-KNOWN", set=self.id, gas=gas))
            value = gwp_set(lender).value(gas)
            lent[gas] = gwp_set(lender).rows[gas]
            shown = decimal_text(value)
            found.append(finding("GWP-STAND-IN", set=self.id, gas=gas, lender=lender, value=shown))
        rows = {**self.rows, **lent}
        values = {gas: row.value for gas, row in rows.items()}
        record = [self.sha256, *([gas, lenders[gas], gwp_set(lenders[gas]).sha256] for gas in lent)]
        lending = replace(
            self,
            values=MappingProxyType(_Refusing(self.id, values)),
            rows=MappingProxyType(rows),
            stand_ins=MappingProxyType({**self.stand_ins, **{gas: lenders[gas] for gas in lent}}),
            sha256=_digest(record) if lent else self.sha256,
        )
        return lending, tuple(found)


class _Refusing(dict[str, Fraction]):
    """Values that refuse a missing gas with a finding instead of a bare KeyError."""

    def __init__(self, set_id: str, values: Mapping[str, Fraction]) -> None:
        super().__init__(values)
        self.set_id = set_id

    def __missing__(self, gas: str) -> Fraction:
        by_origin = [known for known in self if known.startswith(f"{gas}-")]
        close = by_origin or get_close_matches(gas[:40], self, n=3) or ["CO2"]
        shown = ", ".join(close)
        raise FactorError(finding("GWP-MISSING", set=self.set_id, gas=gas, close=shown))


def gwp_set(set_id: str) -> GwpSet:
    """Return the current transcription of a set.

    Raises
    ------
    FactorError
        GWP-SET-UNKNOWN for another id; GWP-DATA when the installed data are faulty.
    """
    if set_id not in {**_current("sets"), **_current("stand-ins")}:
        known = ", ".join(gwp_set_ids())
        raise FactorError(finding("GWP-SET-UNKNOWN", set=set_id, known=known))
    return _load(set_id)


def gwp_set_ids() -> tuple[str, ...]:
    """Return the ids of the sets to compute with, sorted."""
    return tuple(sorted(_current("sets")))


def stand_in_set_ids() -> tuple[str, ...]:
    """Return the ids of the sets that only lend values, sorted."""
    return tuple(sorted(_current("stand-ins")))


def read_release(folder: Traversable) -> dict[str, GwpSet]:
    """Return all sets of one transcription folder (``source.toml`` and ``gwp.csv``).

    Raises
    ------
    FactorError
        GWP-DATA, naming what is wrong with the folder.
    """
    try:
        source = tomllib.loads((folder / "source.toml").read_text(encoding="utf-8"))
        text = (folder / "gwp.csv").read_text(encoding="utf-8")
        horizons = {str(name): int(years) for name, years in source["sets"].items()}
        cells = _cells(text, frozenset(horizons))
        return {
            name: _set(name, years, folder.name, source, [row for row in cells if row[0] == name])
            for name, years in horizons.items()
        }
    except (OSError, LookupError, AttributeError, ValueError, csv.Error) as error:
        problem = f"{type(error).__name__}: {error}"
        raise FactorError(finding("GWP-DATA", release=folder.name, problem=problem)) from error


@cache
def _load(set_id: str) -> GwpSet:
    folders = {**_current("sets"), **_current("stand-ins")}
    return read_release(_root() / folders[set_id])[set_id]


@cache
def _current(table: str) -> Mapping[str, str]:
    """Return the transcription of each set of one table: ``sets`` or ``stand-ins``."""
    text = (_root() / "current.toml").read_text(encoding="utf-8")
    named = tomllib.loads(text)[table]
    return MappingProxyType({str(key): str(name) for key, name in named.items()})


def _root() -> Traversable:
    return files("factors") / "data" / "ipcc-gwp"


def _cells(text: str, sets: frozenset[str]) -> list[list[str]]:
    """Return the rows of the table below its checked heading."""
    heading, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    if tuple(heading) != COLUMNS or any(len(row) != len(COLUMNS) for row in rows):
        raise ValueError(f"the columns are not {', '.join(COLUMNS)}")
    if stray := {row[0] for row in rows} - sets:
        raise ValueError(f"rows of sets that the source does not name: {sorted(stray)}")
    return rows


def _set(
    name: str, horizon: int, release: str, source: Mapping[str, Any], cells: list[list[str]]
) -> GwpSet:
    """Check the rows of one set and build it."""
    rows = [GwpRow(gas, _value(value), *rest) for _, gas, value, *rest in cells]
    by_gas = {row.gas: row for row in rows}
    if len(by_gas) != len(rows):
        raise ValueError(f"a gas of {name} has two rows")
    if any(row.status not in STATUSES or not row.locator for row in rows):
        raise ValueError(f"a row of {name} lacks its status or locator")
    if "CO2" not in by_gas or by_gas["CO2"].value != 1:
        raise ValueError(f"CO2 is not 1 in {name}")
    return GwpSet(
        id=name,
        horizon=horizon,
        report=str(source["report"]),
        release=f"ipcc-gwp/{release}",
        source=str(source["title"]),
        sha256=_sha256(name, source, cells),
        values=MappingProxyType(_Refusing(name, {row.gas: row.value for row in rows})),
        rows=MappingProxyType(by_gas),
    )


def _value(text: str) -> Fraction:
    value = parse_decimal(text)
    if value < 0:
        raise ValueError(f"negative value {text}")
    return value


def _sha256(name: str, source: Mapping[str, Any], cells: list[list[str]]) -> str:
    """Return the hash of a set: its id, the source record, and its rows in sorted order."""
    return _digest([name, dict(source), sorted(cells)])


def _digest(record: object) -> str:
    canonical = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()

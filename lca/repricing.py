"""Many footprints at once: one sparse matrix of activities, one vector of factor scores.

A footprint, once computed, is linear in its factors: ``figure = sum of activity x score``. So a
portfolio of footprints is a matrix with a row per figure and a column per factor, in units of the
factor per declared unit, and any other GWP set or factor is a dot product away. This re-prices; it
does not certify: numbers of record come from the engines, and a re-priced figure agrees with them
to 1e-9.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from factors.factor import PARTS, Flow
from factors.gwp import GwpSet
from factors.quantity import Quantity
from factors.store import FactorSet
from factors.units import unit
from lca.inventory import GATE
from lca.result import EXCLUDING, HEADLINES

Array = NDArray[np.float64]
Document = Mapping[str, Any]
REMOVAL = "biogenic_co2_removal"


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure of one footprint.

    Attributes
    ----------
    document
        Position of its document.
    product, boundary, headline
        What the figure is of.
    value
        The figure of record.
    """

    document: int
    product: str
    boundary: str
    headline: str
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """Figures as sums of activities.

    Attributes
    ----------
    entries
        The figures; the rows.
    sources
        Ids of factors and texts of flows; the columns.
    activity
        Units of the source per declared unit; shape (entries, sources).
    fixed
        kg CO2e of lines whose factor is not in the library (a supplier's own figure, a factor of
        the file); shape (entries,).
    """

    entries: tuple[Entry, ...]
    sources: tuple[str, ...]
    activity: csr_array
    fixed: Array

    def figures(self, scores: Array) -> Array:
        """Return the figures for given scores of the sources; shape (entries,)."""
        found: Array = self.activity @ scores + self.fixed
        return found

    def drawn(self, scores: Array) -> Array:
        """Return the figures for drawn scores, shape (sources, runs); shape (entries, runs)."""
        found: Array = self.activity @ scores + self.fixed[:, np.newaxis]
        return found


def priced(documents: Sequence[Document], factors: FactorSet) -> Priced:
    """Build the matrix of some footprint documents (``carbonlabel-footprint/1``)."""
    entries: list[Entry] = []
    cells: list[tuple[int, str, float]] = []
    fixed: list[float] = []
    for number, document in enumerate(documents):
        for boundary in document["figures"]:
            row = len(entries)
            entries.append(_entry(number, document, boundary))
            fixed.append(0.0)
            for source, amount, value in _lines(document, entries[-1], factors):
                if source:
                    cells.append((row, source, amount))
                else:
                    fixed[row] += value
    sources = tuple(sorted({source for _, source, _ in cells}))
    column = {source: index for index, source in enumerate(sources)}
    rows, names, amounts = zip(*cells, strict=True) if cells else ((), (), ())
    places = (np.array(rows, dtype=np.int64), np.array([column[n] for n in names], dtype=np.int64))
    shape = (len(entries), len(sources))
    return Priced(
        tuple(entries),
        sources,
        csr_array((np.array(amounts, dtype=np.float64), places), shape=shape),
        np.array(fixed),
    )


def scores(
    sources: Iterable[str],
    factors: FactorSet,
    gwp: GwpSet,
    headline: str = EXCLUDING,
    instead: Mapping[str, str] | None = None,
) -> Array:
    """Return kg CO2e per unit of every source under one total.

    Parameters
    ----------
    instead
        Other factors to take, by the id they replace; units are converted.

    Raises
    ------
    FactorError
        Of the library and the GWP set.
    UnitError
        A replacement counts in another dimension.
    """
    return np.array([_score(name, factors, gwp, headline, instead or {}) for name in sources])


def _entry(number: int, document: Document, boundary: str) -> Entry:
    headline = EXCLUDING if boundary == GATE else document["headline"]
    value = float(document["figures"][boundary][headline])
    return Entry(number, document["product"]["id"], boundary, headline, value)


def _lines(
    document: Document, entry: Entry, factors: FactorSet
) -> Iterator[tuple[str, float, float]]:
    """Yield source, amount in its unit, and value, of every line that counts.

    A line without a source in the library has an empty one.
    """
    approach = document["electricity"]["approach"]
    sides = {stage["id"]: stage["side"] for stage in document["stages"]}
    for line in document["lines"]:
        if line["basis"] not in ("both", approach):
            continue
        if entry.boundary == GATE and sides[line["stage"]] != "gate":
            continue
        source = (line["factor"] or {}).get("id", "")
        value = sum(float(line["parts"].get(part, 0)) for part in HEADLINES[entry.headline])
        counting = frozenset(document.get("units", ()))
        yield (*_amount(source, line, factors, counting), value)


def _amount(
    source: str, line: Document, factors: FactorSet, counting: frozenset[str]
) -> tuple[str, float]:
    per = _unit_of(source, factors)
    if not per:
        return "", 0.0
    scale = unit(line["unit"], counting).scale / unit(per, counting).scale
    return source, float(line["amount"]) * float(scale)


def _unit_of(source: str, factors: FactorSet) -> str:
    """Return the unit of a source; kg for a flow, nothing for what the library does not know."""
    if source in factors:
        return factors.get(source).unit
    return "kg" if _flow(source) else ""


def _flow(source: str) -> Flow | None:
    part, _, gas = source.partition(".")
    return Flow(part, gas) if part in PARTS and gas else None


def _score(
    name: str, factors: FactorSet, gwp: GwpSet, headline: str, instead: Mapping[str, str]
) -> float:
    flow = None if name in factors else _flow(name)
    if flow:
        # A removal is written as a positive amount and subtracted by its part.
        sign = -1 if flow.part == REMOVAL else 1
        return sign * float(gwp.values[flow.gas]) if flow.part in HEADLINES[headline] else 0.0
    row = factors.get(instead.get(name, name))
    scale = Quantity(Fraction(1), unit(factors.get(name).unit)).to(unit(row.unit)).value
    values = row.co2e(gwp.values)
    return float(sum(values.get(part, 0) for part in HEADLINES[headline]) * scale)

"""Many footprints at once: one sparse matrix of activities, one vector of factor scores.

A footprint, once computed, is linear in its factors: ``figure = sum of activity x score``. So a
portfolio of footprints is a matrix with a row per figure and a column per factor, in units of the
factor per declared unit, and any other GWP set or factor is a dot product away. This re-prices; it
does not certify: numbers of record come from the engines, and a re-priced figure agrees with them
to 1e-9. Lines become numbers by the flat path (:mod:`lca.flat`), each pair of unit and source
looked at once; :func:`shifted` goes the slow, exact way, to hold it against.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from factors.factor import PARTS, Flow
from factors.gwp import GwpSet
from factors.quantity import Quantity
from factors.store import FactorSet
from factors.units import unit
from lca.flat import flat
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
    """Build the matrix of some footprint documents (``carbonlabel-footprint/1``).

    Raises
    ------
    FindingsError
        Lines that the library of today would not carry, see :func:`lca.flat.flat`.
    """
    entries: list[Entry] = []
    lines: list[tuple[int, str, Document]] = []
    fixed: list[float] = []
    for number, document in enumerate(documents):
        for boundary in document["figures"]:
            row = len(entries)
            entries.append(_entry(number, document, boundary))
            fixed.append(0.0)
            for line in counted(document, boundary):
                source = _source(line, factors)
                if source:
                    lines.append((row, source, line))
                else:
                    fixed[row] += _value(line, entries[-1].headline)
    counting = frozenset(name for document in documents for name in document.get("units", ()))
    sources, activity = _activity(lines, len(entries), factors, counting)
    return Priced(tuple(entries), sources, activity, np.array(fixed))


def _activity(
    lines: Sequence[tuple[int, str, Document]],
    count: int,
    factors: FactorSet,
    counting: frozenset[str],
) -> tuple[tuple[str, ...], csr_array]:
    """Return the sources, and the units of each that each of so many figures takes."""
    amounts = np.array([float(line["amount"]) for _, _, line in lines])
    units = [str(line["unit"]) for _, _, line in lines]
    names = [source for _, source, _ in lines]
    known = np.array([name in factors for name in names], dtype=bool)
    table = flat(amounts[known], list(compress(units, known)), list(compress(names, known)),
                 factors, counting)  # fmt: skip
    amounts[known] = table.amounts
    # What is left are flows, which count in kilograms.
    for place in np.flatnonzero(~known):
        amounts[place] *= float(unit(units[place], counting).scale / unit("kg").scale)
    sources = tuple(sorted(set(names)))
    column = {source: index for index, source in enumerate(sources)}
    rows = np.array([row for row, _, _ in lines], dtype=np.int64)
    columns = np.array([column[name] for name in names], dtype=np.int64)
    return sources, csr_array((amounts, (rows, columns)), shape=(count, len(sources)))


def shifted(
    document: Document,
    boundary: str,
    factors: FactorSet,
    gwp: tuple[GwpSet, GwpSet],
    instead: Mapping[str, str],
) -> Fraction:
    """Return exactly what is added to a figure: line by line, without a float, a matrix or a cache.

    Parameters
    ----------
    gwp
        The set of the record, and the one to take.
    """
    headline = _headline(document, boundary)
    counting = frozenset(document.get("units", ()))
    whole = Fraction(0)
    for line in counted(document, boundary):
        source = _source(line, factors)
        if source:
            per = factors.get(source).unit if source in factors else "kg"
            scale = unit(str(line["unit"]), counting).scale / unit(per, counting).scale
            after = _score(source, factors, gwp[1], headline, instead)
            before = _score(source, factors, gwp[0], headline, {})
            whole += Fraction(str(line["amount"])) * scale * (after - before)
    return whole


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
    found = [_score(name, factors, gwp, headline, instead or {}) for name in sources]
    return np.array([float(one) for one in found])


def counted(document: Document, boundary: str) -> Iterator[Document]:
    """Yield the lines that count in a figure."""
    approach = document["electricity"]["approach"]
    sides = {stage["id"]: stage["side"] for stage in document["stages"]}
    for line in document["lines"]:
        inside = boundary != GATE or sides[line["stage"]] == "gate"
        if inside and line["basis"] in ("both", approach):
            yield line


def _headline(document: Document, boundary: str) -> str:
    return EXCLUDING if boundary == GATE else str(document["headline"])


def _entry(number: int, document: Document, boundary: str) -> Entry:
    headline = _headline(document, boundary)
    value = float(document["figures"][boundary][headline])
    return Entry(number, document["product"]["id"], boundary, headline, value)


def _value(line: Document, headline: str) -> float:
    return sum(float(line["parts"].get(part, 0)) for part in HEADLINES[headline])


def _source(line: Document, factors: FactorSet) -> str:
    """Return what a line rests on, where the library of today knows it; else nothing."""
    source = str((line["factor"] or {}).get("id", ""))
    return source if source in factors or _flow(source) else ""


def _flow(source: str) -> Flow | None:
    part, _, gas = source.partition(".")
    return Flow(part, gas) if part in PARTS and gas else None


def _score(
    name: str, factors: FactorSet, gwp: GwpSet, headline: str, instead: Mapping[str, str]
) -> Fraction:
    flow = None if name in factors else _flow(name)
    if flow:
        # A removal is written as a positive amount and subtracted by its part.
        sign = -1 if flow.part == REMOVAL else 1
        return sign * gwp.values[flow.gas] if flow.part in HEADLINES[headline] else Fraction(0)
    row = factors.get(instead.get(name, name))
    scale = Quantity(Fraction(1), unit(factors.get(name).unit)).to(unit(row.unit)).value
    values = row.co2e(gwp.values)
    return sum((values.get(part, Fraction(0)) for part in HEADLINES[headline]), Fraction(0)) * scale

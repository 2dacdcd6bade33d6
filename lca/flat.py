"""A flat inventory: many rows of amount, unit and source, checked once and then plain arrays.

For lists that need no allocation and no loops - a portfolio, a purchase ledger. Each pair of unit
and source is looked at once, however many rows share it: its units must have one dimension, its
factor must be one that may carry a line. What is left is a multiplication of arrays. All problems
come out together, each with the number of its first row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from factors.errors import FactorError, FindingsError, UnitError
from factors.factor import fit_for_line
from factors.findings import Finding, Where, blocking, finding
from factors.gwp import GwpSet
from factors.store import FactorSet
from factors.units import unit
from lca.result import EXCLUDING, HEADLINES

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Flat:
    """Rows in the units of their sources.

    Attributes
    ----------
    amounts
        Units of the source; shape (rows,).
    sources
        Position of each row's source in ``names``; shape (rows,).
    names
        Ids of factors, each once.
    remarks
        Findings that do not block.
    """

    amounts: Array
    sources: NDArray[np.int64]
    names: tuple[str, ...]
    remarks: tuple[Finding, ...] = ()

    def values(self, scores: Array) -> Array:
        """Return kg CO2e of every row for given scores of the sources; shape (rows,)."""
        found: Array = self.amounts * scores[self.sources]
        return found

    def scores(self, factors: FactorSet, gwp: GwpSet, headline: str = EXCLUDING) -> Array:
        """Return kg CO2e per unit of every source under one total; shape (names,)."""
        parts = HEADLINES[headline]
        found = [factors.get(name).co2e(gwp.values) for name in self.names]
        return np.array([float(sum(one.get(part, 0) for part in parts)) for one in found])


def flat(
    amounts: Sequence[float] | Array,
    units: Sequence[str],
    sources: Sequence[str],
    factors: FactorSet,
    counting: frozenset[str] = frozenset(),
) -> Flat:
    """Check an inventory and turn it into arrays.

    Parameters
    ----------
    amounts, units, sources
        One of each per row; a source is the id of a factor.
    counting
        Counting units that are known besides those of the library.

    Raises
    ------
    FindingsError
        Units of another dimension, unknown units, unknown factors, factors that may not carry a
        line, amounts that are not finite: each once, at its first row.
    ValueError
        When the three are not of one length.
    """
    pairs: dict[tuple[str, str], int] = {}
    # A tuple that is new gets the next number; the loop is all that is done per row.
    of_row = [pairs.setdefault(pair, len(pairs)) for pair in zip(units, sources, strict=True)]
    names = {name: index for index, name in enumerate(dict.fromkeys(sources))}
    log: list[Finding] = []
    scales = np.array([_scale(pair, factors, counting, log) for pair in pairs])
    places = np.array(of_row, dtype=np.int64)
    given = np.asarray(amounts, dtype=np.float64)
    if given.shape != places.shape:
        raise ValueError("amounts, units and sources must be of one length")
    bad = np.flatnonzero(~np.isfinite(given))
    found = _at_rows(log, places, list(pairs))
    found += [
        finding("SYSTEM-AMOUNT", Where(path=f"row {row + 1}"), saw=given[row]) for row in bad[:1]
    ]
    if blocking(found):
        raise FindingsError.of(blocking(found))
    columns = np.array([names[source] for _, source in pairs], dtype=np.int64)
    return Flat(given * scales[places], columns[places], tuple(names), tuple(found))


def _scale(
    pair: tuple[str, str], factors: FactorSet, counting: frozenset[str], log: list[Finding]
) -> float:
    """Return what one of a unit is in the unit of a source; what is wrong goes to the log."""
    text, source = pair
    where = Where(path="\t".join(pair))
    try:
        row = factors.get(source)
        log.extend(fit_for_line(row, where))
        scale = _ratio(text, row.unit, counting)
    except (FactorError, UnitError) as error:
        log.extend(replace(one, where=where) for one in error.findings)
        return 0.0
    if scale is None:
        mine, theirs = unit(text, counting), unit(row.unit, counting)
        told = {"unit": mine, "source": source, "expected": theirs}
        log.append(finding("SYSTEM-UNIT", where, **told))
    return scale or 0.0


@lru_cache(maxsize=4_096)
def _ratio(text: str, per: str, counting: frozenset[str]) -> float | None:
    """Return what one of a unit is in another; None where their dimensions differ."""
    mine, theirs = unit(text, counting), unit(per, counting)
    return float(mine.scale / theirs.scale) if mine.dimension == theirs.dimension else None


def _at_rows(
    log: Sequence[Finding], places: NDArray[np.int64], pairs: Sequence[tuple[str, str]]
) -> list[Finding]:
    """Return the findings of pairs at the first row that has the pair."""
    if not log:
        return []
    number = {"\t".join(pair): index for index, pair in enumerate(pairs)}
    return [
        replace(
            one, where=Where(path=f"row {int(np.argmax(places == number[one.where.path])) + 1}")
        )
        for one in log
    ]

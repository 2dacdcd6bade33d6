"""Correlation that a user states between quantities of a figure, as a table of pairs.

::

    one,other,correlation
    electricity-cn-footprint-2024,natural-gas-cn,0.6

Names are those that the result shows: a factor by its id, an amount as ``amount:ID``. The number is
the correlation of the normal scores; for two lognormal quantities that of their logarithms. Pairs
that are not listed are independent. Quantities that hang together by pairs make one matrix, which
must be one that quantities can have.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from factors.errors import FactorError, FindingsError
from factors.findings import Finding, Where, finding
from lca.uncertainty.draws import Correlation

HEAD = ("one", "other", "correlation")
LARGEST = 1_000_000
MOST = 10_000
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """Two quantities and the correlation between them."""

    one: str
    other: str
    value: float


def read_pairs(data: bytes, file: str = "") -> tuple[Pair, ...]:
    """Read a table of pairs (CSV, UTF-8).

    Raises
    ------
    FindingsError
        CORRELATION-TABLE for a file that is none; CORRELATION-ROW for every row that is not two
        different names and a number from -1 to 1, or that states a pair a second time.
    """
    try:
        told = data.decode("utf-8-sig") if len(data) <= LARGEST else ""
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(told))]
    except (UnicodeDecodeError, csv.Error):
        rows = []
    if not rows or tuple(rows[0]) != HEAD or len(rows) > MOST:
        raise FindingsError(finding("CORRELATION-TABLE", Where(file=file), head=",".join(HEAD)))
    found: dict[frozenset[str], Pair] = {}
    log: list[Finding] = []
    for number, row in enumerate(rows[1:], start=2):
        pair = _pair(row)
        names = frozenset((pair.one, pair.other)) if pair else frozenset[str]()
        if pair and len(names) == 2 and names not in found:
            found[names] = pair
        elif any(row):
            where = Where(file=file, path=f"row {number}")
            log.append(finding("CORRELATION-ROW", where, saw=",".join(row)[:80]))
    if log:
        raise FindingsError.of(log)
    return tuple(found.values())


def _pair(row: Sequence[str]) -> Pair | None:
    try:
        one, other, told = row
        value = float(told)
    except ValueError:
        return None
    sound = one and other and -1 <= value <= 1
    return Pair(_full(one), _full(other), value) if sound else None


def _full(name: str) -> str:
    """Return a name as the draws know it; a bare one is a factor."""
    return name if name.startswith(("factor:", "amount:")) else f"factor:{name}"


def correlations(pairs: Sequence[Pair], known: Collection[str]) -> tuple[Correlation, ...]:
    """Return the matrices of some pairs, one for all quantities that hang together.

    Parameters
    ----------
    known
        Names of the quantities that are drawn.

    Raises
    ------
    FindingsError
        CORRELATION-NAME for every name that is not drawn; SPREAD-CORRELATION for every matrix that
        no quantities can have.
    """
    log = list(_unknown(pairs, known))
    if log:
        raise FindingsError.of(log)
    found = []
    for group in _groups(pairs):
        try:
            found.append(_among(pairs, group))
        except FactorError as refusal:
            log.extend(refusal.findings)
    if log:
        raise FindingsError.of(log)
    return tuple(found)


def within(given: Sequence[Correlation], names: Collection[str]) -> tuple[Correlation, ...]:
    """Return correlations without the quantities that are not among some."""
    found = []
    for one in given:
        kept = [index for index, name in enumerate(one.names) if name in names]
        if len(kept) > 1:
            matrix = np.asarray(one.matrix)[np.ix_(kept, kept)]
            found.append(Correlation(tuple(one.names[index] for index in kept), matrix))
    return tuple(found)


def _unknown(pairs: Sequence[Pair], known: Collection[str]) -> Iterator[Finding]:
    asked = dict.fromkeys(name for pair in pairs for name in (pair.one, pair.other))
    names = ", ".join(sorted(one.removeprefix("factor:") for one in known)[:SHOWN]) or "-"
    for name in asked:
        if name not in known:
            yield finding("CORRELATION-NAME", saw=name.removeprefix("factor:"), known=names)


def _groups(pairs: Sequence[Pair]) -> list[list[str]]:
    """Return the quantities that hang together, each group in the order of the table."""
    names = list(dict.fromkeys(name for pair in pairs for name in (pair.one, pair.other)))
    place = {name: index for index, name in enumerate(names)}
    rows, cols = [place[pair.one] for pair in pairs], [place[pair.other] for pair in pairs]
    links = coo_array((np.ones(len(pairs)), (rows, cols)), shape=(len(names), len(names)))
    count, labels = connected_components(links, directed=False)
    return [
        [name for name, own in zip(names, labels, strict=True) if own == label]
        for label in range(count)
    ]


def _among(pairs: Sequence[Pair], names: Sequence[str]) -> Correlation:
    """Return the correlation between some quantities, those of other pairs left out."""
    place = {name: index for index, name in enumerate(names)}
    matrix = np.eye(len(names))
    for pair in pairs:
        if pair.one in place and pair.other in place:
            at = place[pair.one], place[pair.other]
            matrix[at] = matrix[at[::-1]] = pair.value
    return Correlation(tuple(names), matrix)

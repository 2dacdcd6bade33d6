"""Which labels would move, and by how much, under another factor or GWP set: nothing is issued.

A new yearly factor invalidates nothing: a certificate is for its own period. This is information
for the programme. An erroneous factor is another matter: ``registry list --rests-on`` names what it
hits, and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from factors.gwp import GwpSet, gwp_set
from factors.store import FactorSet
from labels.programme.records import Record
from lca import ruleset
from lca.repricing import Array, Priced, priced, scores, shifted
from lca.ruleset import RuleSet

SCHEMA = "carbonlabel-programme-reprice/1"
SAMPLE = 20
"""Figures that are computed again exactly."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One figure of one record.

    Attributes
    ----------
    serial, product, boundary
        What it is of.
    old, new
        As issued, and as it would be.
    limit
        Change from which the record's rule set wants to know.
    """

    serial: str
    product: str
    boundary: str
    old: float
    new: float
    limit: float

    @property
    def change(self) -> float:
        """How far it would move, as a share of the old figure."""
        return (self.new - self.old) / abs(self.old) if self.old else 0.0

    @property
    def beyond(self) -> bool:
        """Whether it would move further than the limit."""
        return abs(self.change) > self.limit

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "serial": self.serial,
            "product": self.product,
            "boundary": self.boundary,
            "old": f"{self.old:.9g}",
            "new": f"{self.new:.9g}",
            "change": f"{self.change:.6f}",
            "beyond": self.beyond,
        }


def reprice(
    records: Sequence[Record], factors: FactorSet, instead: Mapping[str, str], gwp: str = ""
) -> tuple[Moved, ...]:
    """Return every figure of some records under other factors, the one that moves most first.

    The figures of record stand; what is added to them is the difference between two sums over the
    same lines, so that what the library does not know (a supplier's own figure) stays as it was.

    Parameters
    ----------
    instead
        Ids of factors to take, by the id they replace.
    gwp
        Id of another GWP set; empty for the one of each record.

    Raises
    ------
    FactorError
        FACTOR-UNKNOWN, an unknown GWP set or a gas that is not in it.
    UnitError
        A factor that counts in another dimension.
    """
    for name in (*instead, *instead.values()):
        factors.get(name)
    if gwp:
        gwp_set(gwp)
    table = priced([record.footprint for record in records], factors)
    rules = _rules(records)
    shift = _shift(table, records, factors, instead, gwp)
    limits = {name: float(one.change_threshold) for name, one in rules.items()}
    found = [
        Moved(
            records[entry.document].serial,
            entry.product,
            entry.boundary,
            entry.value,
            entry.value + float(more),
            limits[_ruleset(records[entry.document])],
        )
        for entry, more in zip(table.entries, shift, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (-abs(one.change), one.serial, one.boundary)))


def _shift(
    table: Priced,
    records: Sequence[Record],
    factors: FactorSet,
    instead: Mapping[str, str],
    gwp: str,
) -> Array:
    """Return what is added to each figure; shape (entries,)."""
    rules = _rules(records)
    kinds = [
        (str(record.footprint["gwp"]["set"]), entry.headline, _ruleset(record))
        for entry in table.entries
        for record in (records[entry.document],)
    ]
    shift = np.zeros(len(table.entries))
    for kind in sorted(set(kinds)):
        own, headline, name = kind
        before = scores(table.sources, factors, _weights(own, rules[name]), headline)
        other = _weights(gwp or own, rules[name])
        after = scores(table.sources, factors, other, headline, instead)
        mine = np.array([one == kind for one in kinds])
        shift[mine] = (table.activity @ (after - before))[mine]
    return shift


def _ruleset(record: Record) -> str:
    return str(record.footprint["ruleset"]["id"])


def _rules(records: Iterable[Record]) -> dict[str, RuleSet]:
    """Return the rule sets of some records by id."""
    return {name: ruleset.load(name) for name in {_ruleset(record) for record in records}}


def _weights(name: str, rules: RuleSet) -> GwpSet:
    """Return a GWP set with what the rules of a record lend for the gases that it lacks."""
    own = gwp_set(name)
    lent = {gas: lender for gas, lender in rules.gwp_stand_ins.items() if gas not in own.rows}
    return own.with_stand_ins(lent)[0]


def worst(
    found: Iterable[Moved],
    records: Sequence[Record],
    factors: FactorSet,
    instead: Mapping[str, str],
    gwp: str = "",
) -> float:
    """Return the largest gap between some figures and the exact way, as a share of the figure.

    There every line is taken by itself, in fractions; nothing of the matrix is used.
    """
    documents = {one.serial: one.footprint for one in records}
    rules = _rules(records)
    gaps = [0.0]
    for one in found:
        document = documents[one.serial]
        own = str(document["gwp"]["set"])
        mine = rules[str(document["ruleset"]["id"])]
        sets = _weights(own, mine), _weights(gwp or own, mine)
        exact = shifted(document, one.boundary, factors, sets, instead)
        gaps.append(abs(one.new - one.old - float(exact)) / (abs(one.old) or 1.0))
    return max(gaps)


def reprice_json(found: Sequence[Moved], instead: Mapping[str, str], gwp: str) -> dict[str, Any]:
    """Return the document ``carbonlabel-programme-reprice/1``."""
    return {
        "schema": SCHEMA,
        "factors": dict(instead),
        "gwp": gwp or None,
        "beyond": len({one.serial for one in found if one.beyond}),
        "figures": [one.to_json() for one in found],
    }

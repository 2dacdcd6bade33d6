"""Default spreads of factors and amounts that state none: an assumption of ours, and named so.

A row that publishes no spread is not exact; held fixed it makes an interval too narrow. It gets
pedigree scores by rules that anybody can read (``assumed.toml``): reliability and completeness from
the class of its source, temporal from the years between data and product, geographical from the
places of its lines, technological from how the line says the factor fits. Factor set and basic
uncertainty are published. Amounts are scored by their kind. What a source states always goes first.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from factors.factor import LUMP, EmissionFactor, Status
from factors.gwp import GwpSet
from factors.pedigree import Pedigree, pedigree_set
from lca.result import Figure, Line
from lca.uncertainty.distributions import Distribution, Lognormal

LARGER = ("GLO", "RoW", "XX")
BEST, WORST = 1, 5


@dataclass(frozen=True, slots=True)
class Assumed:
    """Spreads by assumption.

    Attributes
    ----------
    factors
        Pedigree by id of the factor.
    amounts
        Pedigree by id of the exchange.
    """

    factors: Mapping[str, Pedigree] = field(default_factory=dict)
    amounts: Mapping[str, Pedigree] = field(default_factory=dict)

    def factor(self, name: str) -> Distribution | None:
        """Return the multiplier of a factor; None where nothing is assumed of it."""
        return _multiplier(self.factors.get(name))

    def amount(self, name: str) -> Distribution | None:
        """Return the multiplier of the amount of an exchange."""
        return _multiplier(self.amounts.get(name))


NOTHING = Assumed()


def assume(figures: Iterable[Figure], gwp: GwpSet, year: int | None) -> Assumed:
    """Return the spreads assumed of everything some figures rest on.

    Figures that are compared are given together: a factor then has one pedigree for all, with the
    worst score of any line it carries.

    Parameters
    ----------
    year
        Last year of the product's period; None where it is not stated.
    """
    rows: dict[str, tuple[EmissionFactor, list[Line]]] = {}
    amounts: dict[str, Pedigree] = {}
    for line in (line for figure in figures for line in figure.lines):
        amounts[line.exchange.id] = _of_amount(line)
        if line.factor is not None:
            rows.setdefault(line.factor.id, (line.factor, []))[1].append(line)
    factors = {name: _of_factor(row, lines, gwp, year) for name, (row, lines) in rows.items()}
    return Assumed(factors, amounts)


def _multiplier(scores: Pedigree | None) -> Distribution | None:
    return None if scores is None or scores.gsd <= 1 else Lognormal(1.0, scores.gsd)


def _of_factor(
    row: EmissionFactor, lines: Iterable[Line], gwp: GwpSet, year: int | None
) -> Pedigree:
    """Return the pedigree of a factor from its row and the lines that it carries."""
    rules = _rules()
    source = str(Status.RECALLED) if row.status is Status.RECALLED else str(row.source_class)
    carried = list(lines)
    scores = (
        rules["reliability"][source],
        rules["completeness"][source],
        _temporal(row, year),
        max(_geographical(row, line) for line in carried),
        max(rules["technological"][line.exchange.factor_kind] for line in carried),
    )
    return Pedigree(rules["scheme"], scores, _basic(rules["basic"][_main_gas(row, gwp)]))


def _of_amount(line: Line) -> Pedigree:
    rules = _rules()["amount"]
    score = rules.get(line.exchange.activity_kind, WORST)
    scores = (score, BEST, BEST, BEST, BEST)
    return Pedigree(_rules()["scheme"], scores, _basic(rules["basic"]))


def _temporal(row: EmissionFactor, year: int | None) -> int:
    """Return the score of the years between the end of the data and the product's period."""
    ends = [day.year for day in (row.valid_to, row.valid_from) if day is not None]
    if year is None or not ends:
        return WORST
    start = row.valid_from.year if row.valid_from else ends[0]
    # Data without an end hold from their first year on; their age counts from there.
    apart = 0 if row.valid_to is not None and start <= year <= ends[0] else abs(year - ends[0])
    steps = ((int(score), limit) for score, limit in _rules()["temporal"].items())
    return next((score for score, limit in sorted(steps) if apart <= limit), WORST)


def _geographical(row: EmissionFactor, line: Line) -> int:
    rules = _rules()["geographical"]
    mine, theirs = line.place.partition("-")[0], row.place.partition("-")[0]
    if theirs == "XX" or not mine:
        found = "not-said"
    elif mine == theirs:
        found = "same-country"
    else:
        found = "larger-area" if theirs in LARGER else "other-country"
    score: int = rules[found]
    return score


def _main_gas(row: EmissionFactor, gwp: GwpSet) -> str:
    """Return the kind of gas that makes most of a factor."""
    sums: dict[str, Fraction] = {}
    for flow, amount in row.values:
        kind = "CO2" if flow.gas == LUMP else flow.gas.partition("-")[0]
        weight = Fraction(1) if flow.gas == LUMP else gwp.values[flow.gas]
        known = kind if kind in _rules()["basic"] else "other"
        sums[known] = sums.get(known, Fraction(0)) + abs(amount * weight)
    return max(sums, key=lambda kind: (sums[kind], kind)) if sums else "other"


def _basic(kind: str) -> Fraction:
    return pedigree_set(_rules()["scheme"]).basic[kind]


@cache
def _rules() -> Mapping[str, Any]:
    told = (files("lca.uncertainty") / "assumed.toml").read_text(encoding="utf-8")
    return tomllib.loads(told)

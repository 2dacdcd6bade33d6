"""Pedigree scores and the spread that published factor sets make of them.

A pedigree is five scores from 1 (best) to 5: reliability, completeness, temporal, geographical and
further technological correlation; ecoinvent 2 has sample size as a sixth. What is kept is the raw
scores with the name of the set they are meant for (``EmissionFactor.quality``)::

    pedigree-ecoinvent-2:2,3,1,2,4 basic=1.05

The spread is computed, never stored: ``GSD^2 = exp(sqrt(ln(U_1)^2 + ... + ln(U_b)^2))``, where the
U are squared geometric standard deviations, so that the standard deviation of the logarithm is half
that root (Frischknecht et al. 2007). Where a set publishes variances of the logarithm (Weidema et
al. 2013) they are added exactly. Scores of one scheme are never converted into another.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib.resources import files
from math import exp, fsum, log, sqrt
from types import MappingProxyType
from typing import Any

from factors.errors import FactorError
from factors.factor import Uncertainty
from factors.findings import Where, finding
from factors.numbers import decimal_text, parse_decimal

PREFIX = "pedigree-"
"""The names of all factor sets begin so; another scheme of a quality text is not read here."""

INDICATORS = (
    "reliability",
    "completeness",
    "temporal",
    "geographical",
    "technological",
    "sample_size",
)
"""Order of the scores; the sixth is optional, and only where the set has it."""

MANDATORY = 5

_FORM = re.compile(r"(?P<scores>[0-9]+(?:,[0-9]+)*)(?: basic=(?P<basic>\S+))?", re.ASCII)


class Measure(StrEnum):
    """What the numbers of a set are."""

    GSD_SQUARED = "gsd-squared"
    LOG_VARIANCE = "log-variance"


BASIC_LIMITS: Mapping[Measure, tuple[Fraction, Fraction]] = MappingProxyType(
    {
        Measure.GSD_SQUARED: (Fraction(1), Fraction(100)),
        Measure.LOG_VARIANCE: (Fraction(0), Fraction(99, 100)),
    }
)
"""Limits of a basic uncertainty. They do not overlap: one measure is never taken for the other."""


@dataclass(frozen=True, slots=True)
class PedigreeSet:
    """A published factor set.

    Attributes
    ----------
    id
        For example ``pedigree-ecoinvent-2``: the scheme's name in a quality text.
    version
        Publication and year, for people.
    factors
        By indicator, the number for each score 1 to 5; None where the publication has none.
    basic
        Published basic uncertainties by kind of flow, in the measure of the set.
    source, locator, read_in, note
        The publication, the place in it, where the numbers were read, and what must be known.
    """

    id: str
    version: str
    measure: Measure
    factors: Mapping[str, tuple[Fraction | None, ...]] = field(repr=False)
    basic: Mapping[str, Fraction] = field(repr=False)
    source: str
    locator: str
    read_in: str
    note: str

    def number(self, indicator: str, score: int, where: Where = Where()) -> Fraction:
        """Return the published number of one score.

        Raises
        ------
        FactorError
            PEDIGREE-NO-FACTOR where the publication leaves the score open.
        """
        published = self.factors[indicator][score - 1]
        if published is None:
            told = {"scheme": self.id, "indicator": indicator, "score": score}
            raise FactorError(finding("PEDIGREE-NO-FACTOR", where, **told))
        return published


@dataclass(frozen=True, slots=True)
class Pedigree:
    """Raw scores with the name of their scheme.

    Attributes
    ----------
    scheme
        Id of the factor set.
    scores
        In the order of :data:`INDICATORS`.
    basic
        Basic uncertainty in the measure of the set; None when not stated.
    where
        Place of the scores, for findings.

    Raises
    ------
    FactorError
        PEDIGREE-SCHEME, PEDIGREE-SCORES or PEDIGREE-BASIC.
    """

    scheme: str
    scores: tuple[int, ...]
    basic: Fraction | None = None
    where: Where = field(default=Where(), compare=False, repr=False)

    def __post_init__(self) -> None:
        known = pedigree_set(self.scheme, self.where)
        fits = len(self.scores) in (MANDATORY, len(known.factors))
        if not fits or any(type(one) is not int or not 1 <= one <= 5 for one in self.scores):
            raise _scores(known, ",".join(map(str, self.scores)), self.where)
        _check_basic(known, self.basic, self.where)

    def __str__(self) -> str:
        """Return the text form, which :func:`read` reads back."""
        scores = ",".join(map(str, self.scores))
        basic = "" if self.basic is None else f" basic={decimal_text(self.basic)}"
        return f"{self.scheme}:{scores}{basic}"

    @property
    def log_variance(self) -> float:
        """Variance of the natural logarithm, basic uncertainty included where it is stated.

        Raises
        ------
        FactorError
            PEDIGREE-NO-FACTOR.
        """
        known = pedigree_set(self.scheme)
        pairs = zip(INDICATORS, self.scores, strict=False)
        numbers = [known.number(name, score, self.where) for name, score in pairs]
        numbers += [] if self.basic is None else [self.basic]
        if known.measure is Measure.LOG_VARIANCE:
            return float(sum(numbers, Fraction(0)))
        return fsum((log(float(one)) / 2) ** 2 for one in numbers)

    @property
    def gsd(self) -> float:
        """Geometric standard deviation: exp of the standard deviation of the logarithm, >= 1."""
        return exp(sqrt(self.log_variance))

    @property
    def gsd_squared(self) -> float:
        """Squared geometric standard deviation, also written SDg95; what many tables print."""
        return exp(2 * sqrt(self.log_variance))


def gsd(scores: Sequence[int], scheme: str, basic: Fraction | None = None) -> float:
    """Return the geometric standard deviation of scores under a factor set.

    Parameters
    ----------
    scores
        In the order of :data:`INDICATORS`: five, or six where the set has sample size.
    scheme
        Id of the set, for example ``pedigree-ecoinvent-2``.
    basic
        Basic uncertainty of the kind of flow, in the measure of the set (1.05 as a squared
        geometric standard deviation, 0.0006 as a variance); None: the scores alone.

    Raises
    ------
    FactorError
        PEDIGREE-SCHEME, PEDIGREE-SCORES, PEDIGREE-NO-FACTOR or PEDIGREE-BASIC.
    """
    return Pedigree(scheme, tuple(scores), basic).gsd


def read(quality: str, where: Where = Where()) -> Pedigree | None:
    """Return the pedigree of a quality text, None where the text is of another scheme.

    Raises
    ------
    FactorError
        PEDIGREE-SCHEME, PEDIGREE-SCORES or PEDIGREE-BASIC.
    """
    scheme, _, told = quality.partition(":")
    if not scheme.startswith(PREFIX):
        return None
    known = pedigree_set(scheme, where)
    form = _FORM.fullmatch(told)
    if form is None or len(told) > 80:
        raise _scores(known, told, where)
    scores = tuple(map(int, form["scores"].split(",")))
    try:
        basic = None if form["basic"] is None else parse_decimal(form["basic"])
    except ValueError:
        raise _scores(known, told, where) from None
    return Pedigree(scheme, scores, basic, where)


def stated_spread(quality: str, where: Where = Where()) -> Uncertainty | None:
    """Return the lognormal spread that a quality text states in full.

    Full means: a factor set by name, the scores, and the basic uncertainty. Scores alone would look
    better than they are, and give None; so does another scheme.

    Raises
    ------
    FactorError
        As :func:`read`, and PEDIGREE-NO-FACTOR.
    """
    found = read(quality, where)
    if found is None or found.basic is None:
        return None
    return Uncertainty("lognormal", (Fraction(found.gsd),))


def pedigree_set(scheme: str, where: Where = Where()) -> PedigreeSet:
    """Return a factor set.

    Raises
    ------
    FactorError
        PEDIGREE-SCHEME, with the names of the sets there are.
    """
    sets = pedigree_sets()
    if scheme not in sets:
        known = ", ".join(sets)
        raise FactorError(finding("PEDIGREE-SCHEME", where, scheme=scheme, known=known))
    return sets[scheme]


@cache
def pedigree_sets() -> Mapping[str, PedigreeSet]:
    """Return all factor sets by id, sorted."""
    text = (files("factors") / "data" / "pedigree.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)
    return MappingProxyType({name: _set(name, found[name]) for name in sorted(found)})


def _set(name: str, table: Mapping[str, Any]) -> PedigreeSet:
    factors = {
        indicator: tuple(parse_decimal(one) if one else None for one in row)
        for indicator, row in table["factors"].items()
    }
    basic = {kind: parse_decimal(one) for kind, one in table["basic"].items()}
    return PedigreeSet(
        id=name,
        version=table["version"],
        measure=Measure(table["measure"]),
        factors=MappingProxyType(factors),
        basic=MappingProxyType(basic),
        source=table["source"],
        locator=table["locator"],
        read_in=table["read_in"],
        note=table["note"],
    )


def _scores(known: PedigreeSet, saw: str, where: Where) -> FactorError:
    names = tuple(known.factors)
    count = str(MANDATORY) if len(names) == MANDATORY else f"{MANDATORY}-{len(names)}"
    told = {"saw": saw, "count": count, "indicators": ", ".join(names), "scheme": known.id}
    return FactorError(finding("PEDIGREE-SCORES", where, **told))


def _check_basic(known: PedigreeSet, basic: Fraction | None, where: Where) -> None:
    low, high = BASIC_LIMITS[known.measure]
    if basic is None or low <= basic <= high:
        return
    told = {"saw": basic, "low": low, "high": high}
    shown = {name: decimal_text(one) for name, one in told.items()}
    scale = {"scheme": known.id, "measure": known.measure}
    raise FactorError(finding("PEDIGREE-BASIC", where, **shown, **scale))

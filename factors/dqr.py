"""Data quality rating of the Product Environmental Footprint (PEF) method.

Four scores from 1 (best) to 5: technological (TeR), geographical (GeR) and time representativeness
(TiR) and precision (P); the rating is their mean (Recommendation (EU) 2021/2279, annex I). For a
whole study each score is first averaged over the hot spots, weighted by contribution. The scores of
a data set stand in its quality text by name, in any order::

    pef-dqr:TeR=2.59;GeR=2.86;TiR=4.45;P=1.45

A published rating alone (``agribalyse-dqr:2.84``) has no scores to recover; it stays a text.
Ratings and pedigree scores share the scale 1 to 5 and nothing else: neither is made into the
other.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from factors.errors import FactorError
from factors.findings import Where, finding
from factors.numbers import decimal_text, parse_decimal

SCHEME = "pef-dqr"

SCORES = ("TeR", "GeR", "TiR", "P")

BEST, WORST = Fraction(1), Fraction(5)

HOT_SPOTS = Fraction(80, 100)
"""Share of the absolute contributions that the hot spots of a study reach together."""

POOR = "poor"
"""Level above the last bound of every edition."""


@dataclass(frozen=True, slots=True)
class Rating:
    """The four scores of a data set or a study, exact.

    Raises
    ------
    FactorError
        DQR-SCORES, when one is not from 1 to 5.
    """

    technology: Fraction
    geography: Fraction
    time: Fraction
    precision: Fraction

    def __post_init__(self) -> None:
        if any(not BEST <= one <= WORST for one in astuple(self)):
            raise _wrong(str(self), Where())

    def __str__(self) -> str:
        """Return the text form, which :func:`read` reads back."""
        pairs = zip(SCORES, astuple(self), strict=True)
        return f"{SCHEME}:" + ";".join(f"{name}={decimal_text(one)}" for name, one in pairs)

    @property
    def dqr(self) -> Fraction:
        """The rating: the mean of the four scores."""
        return sum(astuple(self), Fraction(0)) / len(SCORES)


def read(quality: str, where: Where = Where()) -> Rating | None:
    """Return the scores of a quality text, None where the text is of another scheme.

    Raises
    ------
    FactorError
        DQR-SCORES, when a score is missing, double, unknown or not from 1 to 5.
    """
    scheme, _, told = quality.partition(":")
    if scheme != SCHEME:
        return None
    pairs = [part.strip().partition("=") for part in told.split(";")]
    if sorted(name for name, _, _ in pairs) != sorted(SCORES):
        raise _wrong(told, where)
    try:
        scores = {name: parse_decimal(number) for name, _, number in pairs}
    except ValueError:
        raise _wrong(told, where) from None
    if any(not BEST <= one <= WORST for one in scores.values()):
        raise _wrong(told, where)
    return Rating(*(scores[name] for name in SCORES))


def hot_spots(contributions: Mapping[str, Fraction], share: Fraction = HOT_SPOTS) -> frozenset[str]:
    """Return the fewest contributors that reach a share of all, the largest taken first.

    Credits count by their size. Which of two equal ones is taken depends on their names, never on
    their order; without any contribution there are none.
    """
    wanted = share * sum((abs(one) for one in contributions.values()), Fraction(0))
    taken: set[str] = set()
    reached = Fraction(0)
    for name in sorted(contributions, key=lambda one: (-abs(contributions[one]), one)):
        if reached >= wanted:
            break
        taken.add(name)
        reached += abs(contributions[name])
    return frozenset(taken)


def study_rating(
    contributions: Mapping[str, Fraction],
    ratings: Mapping[str, Rating],
    share: Fraction = HOT_SPOTS,
) -> Rating | None:
    """Return the scores of a study: means over its hot spots, weighted by contribution.

    Parameters
    ----------
    contributions
        kg CO2e by name of the data set or process, burdens and credits.
    ratings
        Scores by the same names; those of small contributors are not needed.

    Returns
    -------
    Rating or None
        None when nothing contributes.

    Raises
    ------
    FactorError
        DQR-UNRATED, naming the hot spots without scores.
    """
    hot = sorted(hot_spots(contributions, share))
    if missing := [name for name in hot if name not in ratings]:
        raise FactorError(finding("DQR-UNRATED", names=", ".join(missing)))
    whole = sum((abs(contributions[name]) for name in hot), Fraction(0))
    if not whole:
        return None
    weighted = [(abs(contributions[name]) / whole, astuple(ratings[name])) for name in hot]
    means = (sum((w * row[i] for w, row in weighted), Fraction(0)) for i in range(len(SCORES)))
    return Rating(*means)


def level(dqr: Fraction, edition: str = "pef-2021") -> str:
    """Return the level of a rating: excellent, very-good, good, fair or poor.

    Raises
    ------
    FactorError
        DQR-EDITION.
    """
    editions = _levels()
    if edition not in editions:
        known = ", ".join(editions)
        raise FactorError(finding("DQR-EDITION", edition=edition, known=known))
    return next((name for name, up_to in editions[edition] if dqr <= up_to), POOR)


@cache
def _levels() -> Mapping[str, tuple[tuple[str, Fraction], ...]]:
    text = (files("factors") / "data" / "dqr.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            edition: tuple((name, parse_decimal(up_to)) for name, up_to in table["up_to"])
            for edition, table in tomllib.loads(text).items()
        }
    )


def _wrong(saw: str, where: Where) -> FactorError:
    return FactorError(finding("DQR-SCORES", where, saw=saw))

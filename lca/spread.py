"""First-order uncertainty of any sum of lines, and what each factor adds to it.

The derivative of a figure by the logarithm of a factor is the factor's contribution, so that
``u(R)^2 = sum over factors of (contribution x relative spread)^2`` (JCGM 100:2008, 5.1.2). Lines on
one factor are added before they are squared: they are wrong together. Amounts carry no stated
spread. Parameter uncertainty only: choices of model and method are not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from factors.gwp import GwpSet
from lca.quality import KNOWN_SHARE, relative_spread
from lca.result import ZERO, Figure
from lca.sensitivity import by_factor


@dataclass(frozen=True, slots=True)
class FactorSpread:
    """What one factor adds to the uncertainty of a figure.

    Attributes
    ----------
    relative
        Relative standard uncertainty that its row states.
    standard
        kg CO2e of the figure.
    share
        Share of the variance of the figure.
    """

    factor: str
    relative: float
    standard: float
    share: float


@dataclass(frozen=True, slots=True)
class Spread:
    """First-order uncertainty of a figure.

    Attributes
    ----------
    standard
        Standard uncertainty, kg CO2e, of the factors that state a spread.
    relative
        The same over the figure; None where these factors make less than 95 % of the figure, or
        the figure is zero: then it would look better than it is.
    covers
        Share of the figure whose factors state a spread.
    factors
        What each factor adds, the largest first.
    """

    standard: float
    relative: float | None
    covers: Fraction
    factors: tuple[FactorSpread, ...]


def spread(figure: Figure, gwp: GwpSet) -> Spread:
    """Return the first-order uncertainty of a figure.

    Parameters
    ----------
    figure
        A disclosed figure; or a stage, a part of one: any figure made of some of the lines.
    """
    stated = _stated(figure, gwp)
    covered = figure.share(x for x in figure.lines if x.factor and x.factor.id in stated)
    single = {
        name: abs(float(value)) * stated[name]
        for name, value in by_factor(figure).items()
        if name in stated
    }
    variance = sum(one**2 for one in single.values())
    known = covered >= KNOWN_SHARE and figure.value != ZERO
    return Spread(
        standard=sqrt(variance),
        relative=sqrt(variance) / abs(float(figure.value)) if known else None,
        covers=covered,
        factors=tuple(
            FactorSpread(name, stated[name], one, one**2 / variance if variance else 0.0)
            for name, one in sorted(single.items(), key=lambda item: (-item[1], item[0]))
        ),
    )


def _stated(figure: Figure, gwp: GwpSet) -> Mapping[str, float]:
    """Return the relative spread of every factor that states one."""
    rows = {line.factor.id: line.factor for line in figure.lines if line.factor}
    spreads = ((name, relative_spread(row, gwp)) for name, row in rows.items())
    return {name: one for name, one in spreads if one is not None}

"""What was probably meant by an answer outside its limits: another unit, other decimal places.

Only slips that people make with such a question are proposed. A mass is never a month taken for a
year, a number of pieces never short tons; two digits too many are per cent only where a ratio is
asked.
"""

from __future__ import annotations

import re
from fractions import Fraction

from factors.likely_unit import Band, Proposal, proposals
from factors.quantity import Quantity
from lca.model_parts import Parameter

REACH = 1000
"""How far from its other limit an open limit is taken."""

NEAR = 30
"""A reading further than this from the model's default was hardly meant."""

SHOWN = 2
"""Most readings named."""

TEN = 10
"""A percentage entered as hundredths of a per cent lies at least so far above its limit."""

RATIOS = frozenset({"1", "%"})
_FOREIGN = re.compile(r"\((US|UK|oil|IT)\)|\blb\b|斤|亩|\bft\b|\bn?mi\b|ce\(|\btoe\b")
_PER_MANY = re.compile("/.*万")
_PER_TIME = re.compile(r"/.*\b(year|month|a)\b")
_TIME = frozenset({"year", "month", "d", "h"})


def likely(parameter: Parameter, stated: Quantity) -> tuple[str, ...]:
    """Return the readings that bring an answer back between its limits, as words; mostly none.

    Parameters
    ----------
    stated
        The answer as it was read, in a unit of the question's dimension.

    Notes
    -----
    A slip is a ratio, so a limit that is zero or open stands three orders of magnitude off the
    other; where both are such, or one is negative, nothing can be proposed.
    """
    low = parameter.least or (parameter.most or Fraction(0)) / REACH
    high = parameter.most or low * REACH
    if not 0 < low <= high:
        return ()
    band = Band(Quantity(low, parameter.unit), Quantity(high, parameter.unit))
    found = [one for one in proposals(stated, band) if _everyday(one, parameter)]
    found.sort(key=lambda one: one.meant is None)
    return tuple(one.text(stated).removesuffix(" 1") for one in found[:SHOWN])


def _everyday(one: Proposal, parameter: Parameter) -> bool:
    usual = parameter.default
    if usual and usual > 0:
        reading = one.reading.to(parameter.unit).value
        if not usual / NEAR <= reading <= usual * NEAR:
            return False
    if one.meant is not None:
        return not _FOREIGN.search(str(one.meant)) and not _PER_MANY.search(str(one.meant))
    return _of_number(one, parameter)


def _of_number(one: Proposal, parameter: Parameter) -> bool:
    """Whether people are off by such a ratio where this is asked."""
    symbol, ratio = parameter.unit.symbol, max(one.ratio, 1 / one.ratio)
    match int(ratio):
        case 100:
            far = parameter.most is None or one.reading.value * ratio >= TEN * parameter.most
            return symbol in RATIOS and (one.ratio > 1 or far)
        case 12:
            return bool(_PER_TIME.search(symbol))
        case 1000:
            return symbol not in RATIOS | _TIME
        case _:
            return parameter.most is not None and parameter.most >= ratio

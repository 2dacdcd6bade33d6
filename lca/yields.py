"""Losses in both conventions and yields by step.

A loss of 10 % means two things: of what goes in (``share``), or of what comes out (``rate``). For
100 kg of good output 111.1 kg go in under the first and 110 kg under the second. Each function
names the one it takes; :func:`rate_of` and :func:`share_of` turn one into the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import accumulate

from factors.errors import FindingsError
from factors.findings import finding

ONE = Fraction(1)


def gross_of_share(net: Fraction, share: Fraction) -> Fraction:
    """Return the input of which ``share`` is lost on the way to ``net``: net / (1 - share).

    Raises
    ------
    FindingsError
        YIELD-RANGE, for a share outside 0 <= share < 1.
    """
    return net / (1 - _share(share))


def gross_of_rate(net: Fraction, rate: Fraction) -> Fraction:
    """Return the input for a net output with ``rate`` lost per unit of output: net (1 + rate).

    Raises
    ------
    FindingsError
        YIELD-RANGE, for a negative rate.
    """
    return net * (1 + _rate(rate))


def rate_of(share: Fraction) -> Fraction:
    """Return the loss per unit of output that a share of the input amounts to."""
    return _share(share) / (1 - share)


def share_of(rate: Fraction) -> Fraction:
    """Return the share of the input that a loss per unit of output amounts to."""
    return _rate(rate) / (1 + rate)


def through(net: Fraction, yields: Iterable[Fraction]) -> tuple[Fraction, ...]:
    """Return what enters every step of a chain, first step first, for a net output of the last.

    Parameters
    ----------
    net
        Good output of the last step.
    yields
        Output over input of every step, in the order of the material's way.

    Raises
    ------
    FindingsError
        YIELD-RANGE, for a yield outside 0 < yield <= 1.
    """
    steps = tuple(_yield(one) for one in yields)
    entering = accumulate(reversed(steps), lambda amount, one: amount / one, initial=net)
    return tuple(entering)[:0:-1]


def _share(share: Fraction) -> Fraction:
    return _within(share, 0 <= share < 1, "loss as a share of the input", "0 <= share < 1")


def _rate(rate: Fraction) -> Fraction:
    return _within(rate, rate >= 0, "loss per unit of output", "rate >= 0")


def _yield(one: Fraction) -> Fraction:
    return _within(one, 0 < one <= ONE, "yield", "0 < yield <= 1")


def _within(value: Fraction, fits: bool, name: str, expected: str) -> Fraction:
    if not fits:
        raise FindingsError(
            finding("YIELD-RANGE", name=name, value=float(value), expected=expected)
        )
    return value

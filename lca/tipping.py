"""What would change the printed figure: how far each input may move before a reader sees it.

How a figure is printed (digits, half-up, fewer digits where the uncertainty is large) is not known
here: the rule is handed in as a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from lca.sensitivity import Sensitivity

Shown = Callable[[Fraction], str]
"""The printed form of a value; the same text over one interval of values."""

START = Fraction(1, 2**40)
DOUBLINGS = 60
HALVINGS = 50


@dataclass(frozen=True, slots=True)
class Margin:
    """How far a value may fall or rise (both positive) until it prints otherwise.

    None where no change up to a million times the value prints otherwise.
    """

    down: Fraction | None
    up: Fraction | None


@dataclass(frozen=True, slots=True)
class Tipping:
    """The smallest relative change of one input that changes the printed figure.

    Attributes
    ----------
    change
        Signed share of the input: +0.02 is two per cent more.
    becomes
        What is printed then.
    linear
        False for a link inside a loop, where the change is a first-order estimate.
    """

    kind: str
    id: str
    change: Fraction
    becomes: str
    linear: bool


def margin(value: Fraction, shown: Shown) -> Margin:
    """Return how far a value is from printing otherwise."""
    return Margin(_distance(value, shown, -1), _distance(value, shown, 1))


def tipping(
    value: Fraction, inputs: Iterable[Sensitivity], shown: Shown, within: Fraction = Fraction(1)
) -> tuple[Tipping, ...]:
    """Return the inputs that can change what is printed, the most delicate first.

    Parameters
    ----------
    value
        The figure.
    inputs
        Its sensitivities.
    shown
        How the figure is printed.
    within
        Largest relative change that is looked for.
    """
    room = margin(value, shown)
    found = (_tipping(value, one, room, shown) for one in inputs)
    kept = [one for one in found if one is not None and abs(one.change) <= within]
    return tuple(sorted(kept, key=lambda one: (abs(one.change), one.kind, one.id)))


def _tipping(value: Fraction, one: Sensitivity, room: Margin, shown: Shown) -> Tipping | None:
    """Return the smaller of the two ways to the next printed value."""
    slope = Fraction(one.contribution)
    ways = [step for step in (room.up, None if room.down is None else -room.down) if step]
    if not slope or not ways:
        return None
    step = min(ways, key=abs)
    return Tipping(one.kind, one.id, step / slope, shown(value + step), one.linear)


def _distance(value: Fraction, shown: Shown, sign: int) -> Fraction | None:
    """Return the distance to the nearest value that prints otherwise, by bisection.

    The end that prints otherwise is returned, at most 2**-50 of the distance too far.
    """
    now = shown(value)
    high = abs(value) * START or START
    for _ in range(DOUBLINGS):
        if shown(value + sign * high) != now:
            break
        high *= 2
    else:
        return None
    low = Fraction(0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if shown(value + sign * middle) == now else (low, middle)
    return high

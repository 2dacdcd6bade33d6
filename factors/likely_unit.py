"""Which unit was probably meant, where a number lies outside its band.

A coal heap of 29,307 t that should be 700 ... 1,500 t was most likely stated in GJ; a bottle of
0.00046 kg in t. Nothing is changed here: the proposal is a finding with both readings, and a person
looks at the document behind the number.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from factors.numbers import decimal_text
from factors.quantity import Quantity
from factors.units import Unit, unit


@dataclass(frozen=True, slots=True)
class Band:
    """What is usual: a positive lower and an upper end, of one dimension.

    Raises
    ------
    ValueError
        When an end is not positive or the ends are the wrong way round.
    UnitError
        UNIT-DIMENSION, when the ends are of unlike dimensions.
    """

    low: Quantity
    high: Quantity

    def __post_init__(self) -> None:
        if self.low.value <= 0 or self.high < self.low:
            raise ValueError("a band has two positive ends, the lower one first")

    def __contains__(self, found: Quantity) -> bool:
        return self.low <= found <= self.high

    def __str__(self) -> str:
        return f"{self.low} ... {self.high}"

    def away(self, found: Quantity) -> Fraction:
        """Return how far a quantity is from the middle: 1 there, the square of the ratio else."""
        square = found.in_base**2 / (self.low.in_base * self.high.in_base)
        return max(square, 1 / square)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One other reading that lies in the band.

    Attributes
    ----------
    ratio
        What the stated number is multiplied by.
    meant
        The unit that was probably meant; None where the number itself is off by the ratio.
    reading
        The quantity under this reading, in the stated unit.
    """

    ratio: Fraction
    meant: Unit | None
    reading: Quantity

    def text(self, stated: Quantity) -> str:
        """Return the reading for a person, such as ``4500 kg = 4.5 t``."""
        number = decimal_text(stated.value)
        told = (
            f"{number} × {_short(self.ratio)}" if self.meant is None else f"{number} {self.meant}"
        )
        return f"{told} = {_short(self.reading.value)} {self.reading.unit}"


def proposals(stated: Quantity, band: Band) -> tuple[Proposal, ...]:
    """Return the readings that lead back into the band, the closest to its middle first.

    Parameters
    ----------
    stated
        The quantity as it was read.
    band
        What is usual; of the same dimension.

    Returns
    -------
    tuple
        Empty where the stated quantity lies in the band, is zero or negative, or where no known
        slip explains it.

    Raises
    ------
    UnitError
        UNIT-DIMENSION, when quantity and band are of unlike dimensions.
    """
    if stated in band or stated.value <= 0:
        return ()
    named = [_proposal(stated, ratio, meant) for ratio, meant in _unit_slips(stated.unit)]
    explained = {one.ratio for one in named}
    plain = [_proposal(stated, ratio) for ratio in _number_slips() if ratio not in explained]
    likely = [one for one in (*named, *plain) if one.reading in band]
    return tuple(sorted(likely, key=lambda one: band.away(one.reading)))


def _proposal(stated: Quantity, ratio: Fraction, meant: Unit | None = None) -> Proposal:
    return Proposal(ratio, meant, Quantity(stated.value * ratio, stated.unit))


def _unit_slips(stated: Unit) -> Iterator[tuple[Fraction, Unit]]:
    """Exchange each factor of the unit for those it is taken for."""
    for atom, power in stated.powers:
        for partner in _partners().get(atom.symbol, ()):
            change = partner / unit(atom.symbol)
            meant = stated
            for _ in range(abs(power)):
                meant = meant * change if power > 0 else meant / change
            yield meant.scale / stated.scale, meant


def _number_slips() -> Iterator[Fraction]:
    for ratio in _slips()[0]:
        yield ratio
        yield 1 / ratio


@cache
def _partners() -> Mapping[str, tuple[Unit, ...]]:
    """Return the units that each symbol is taken for."""
    partners: defaultdict[str, list[Unit]] = defaultdict(list)
    for one, other in _slips()[1]:
        partners[one.symbol].append(other)
        partners[other.symbol].append(one)
    return MappingProxyType({symbol: tuple(units) for symbol, units in partners.items()})


@cache
def _slips() -> tuple[tuple[Fraction, ...], tuple[tuple[Unit, Unit], ...]]:
    text = (files("factors") / "data" / "slips.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    numbers = tuple(map(Fraction, data["numbers"]))
    return numbers, tuple((unit(one), unit(other)) for one, other in data["units"])


def _short(number: Fraction) -> str:
    """Return a number for people, at six digits."""
    return decimal_text(float(f"{float(number):.6g}"))

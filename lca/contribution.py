"""Contributions: a figure split by stage, process, line, factor or gas, always without remainder.

By stage, process, line and factor the pieces are sums of numbers of record. A gas is finer than an
atom; within each (line, part) atom the gases are rounded to the atom's own quantum and the largest
takes what rounding left over, so that they sum to the atom exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from lca.compiled import FlowRow
from lca.record import exponent_of, rounded
from lca.result import HEADLINES, ZERO, Figure, Line


@dataclass(frozen=True, slots=True)
class Share:
    """One piece of a figure.

    Attributes
    ----------
    key
        Stage, process, line, factor or gas.
    value
        kg CO2e per declared unit, exact.
    share
        Value over the figure; zero when the figure is zero. Credits make shares above one.
    """

    key: str
    value: Fraction
    share: Fraction


KEYS: Mapping[str, Callable[[Line], str]] = {
    "stage": lambda line: line.exchange.stage,
    "process": lambda line: line.exchange.process,
    "line": lambda line: line.id,
    "factor": lambda line: line.source,
}

GAS = "gas"


def by(figure: Figure, view: str, headline: str = "") -> tuple[Share, ...]:
    """Return the contributions to a figure, the largest first.

    Parameters
    ----------
    view
        ``stage``, ``process``, ``line``, ``factor`` or ``gas``.
    headline
        The total to split; the figure's own by default.

    Raises
    ------
    KeyError
        For another view.
    """
    wanted = headline or figure.headline
    pieces = _gases(figure, wanted) if view == GAS else _lines(figure, KEYS[view], wanted)
    sums: dict[str, Fraction] = {}
    for key, value in pieces:
        sums[key] = sums.get(key, ZERO) + value
    whole = figure.total(wanted)
    ordered = sorted(sums.items(), key=lambda item: (-abs(item[1]), item[0]))
    return tuple(Share(key, value, value / whole if whole else ZERO) for key, value in ordered)


def _lines(
    figure: Figure, key: Callable[[Line], str], headline: str
) -> Iterator[tuple[str, Fraction]]:
    for line in figure.lines:
        yield key(line), line.value(headline)


def _gases(figure: Figure, headline: str) -> Iterator[tuple[str, Fraction]]:
    for line in figure.lines:
        for part, atom in line.parts.items():
            if part in HEADLINES[headline]:
                yield from split(atom, [(r, x) for r, x in line.flows if r.part == part])


def split(atom: Fraction, flows: list[tuple[FlowRow, float]]) -> Iterator[tuple[str, Fraction]]:
    """Yield the gases of one atom; they sum to it exactly."""
    if not flows:
        return
    exponent = exponent_of(value for _, value in flows)
    pieces = [rounded(value, exponent) for _, value in flows]
    largest = max(range(len(flows)), key=lambda index: abs(pieces[index]))
    pieces[largest] += atom - sum(pieces, ZERO)
    for (row, _), piece in zip(flows, pieces, strict=True):
        yield row.gas, piece

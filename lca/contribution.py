"""Contributions: a figure split by one view or by several in turn, always without remainder.

By stage, process, line, factor, account and part the pieces are sums of numbers of record. A gas is
finer than an atom; within each (line, part) atom the gases are rounded to the atom's own quantum
and the largest takes what rounding left over, so that they sum to the atom exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lca.accounts import account_of
from lca.compiled import FlowRow
from lca.inventory import ProductSystem
from lca.record import exponent_of, rounded
from lca.result import HEADLINES, ZERO, Figure, Line


@dataclass(frozen=True, slots=True)
class Share:
    """One piece of a figure.

    Attributes
    ----------
    key
        Stage, process, line, factor, account, part or gas.
    value
        kg CO2e per declared unit, exact.
    share
        Value over the figure; zero when the figure is zero. Credits make shares above one.
    """

    key: str
    value: Fraction
    share: Fraction


@dataclass(frozen=True, slots=True)
class Contribution:
    """A node of a contribution tree; its children sum to it exactly.

    Attributes
    ----------
    level
        View of the node, ``figure`` at the root.
    value
        kg CO2e per declared unit, exact.
    share
        Value over the figure; zero when the figure is zero.
    children
        The same split by the next view, the largest first; empty at the last level.
    """

    level: str
    key: str
    value: Fraction
    share: Fraction
    children: tuple[Contribution, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """The smallest thing that a view can see: a line, or one gas of one part of it."""

    line: Line
    value: Fraction
    part: str = ""
    gas: str = ""


View = Callable[[Line], str]
KEYS: Mapping[str, View] = {
    "stage": lambda line: line.exchange.stage,
    "process": lambda line: line.exchange.process,
    "line": lambda line: line.id,
    "factor": lambda line: line.source,
}

ACCOUNT, PART, GAS = "account", "part", "gas"
ROOT = "figure"


def by(
    figure: Figure, view: str, headline: str = "", *, system: ProductSystem | None = None
) -> tuple[Share, ...]:
    """Return the contributions to a figure, the largest first.

    Parameters
    ----------
    view
        ``stage``, ``process``, ``line``, ``factor``, ``account``, ``part`` or ``gas``.
    headline
        The total to split; the figure's own by default.
    system
        The system with its ledger, for the view ``account``.

    Raises
    ------
    KeyError
        For another view, and for ``account`` without a system.
    """
    found = tree(figure, (view,), headline, system=system)
    return tuple(Share(child.key, child.value, child.share) for child in found.children)


def tree(
    figure: Figure,
    levels: Sequence[str],
    headline: str = "",
    *,
    system: ProductSystem | None = None,
) -> Contribution:
    """Return a figure split by one view after the other.

    Parameters
    ----------
    levels
        Views from the root outwards, for example ``("stage", "process", "line", "gas")``.
    headline, system
        As for :func:`by`.

    Raises
    ------
    KeyError
        As for :func:`by`.
    """
    wanted = headline or figure.headline
    keys = [(level, _key(level, system)) for level in levels]
    fine = any(level in (PART, GAS) for level in levels)
    whole = figure.total(wanted)
    pieces = list(pieces_of(figure, wanted, fine=fine))
    return _node((ROOT, figure.boundary), pieces, keys, whole)


def pieces_of(figure: Figure, headline: str, *, fine: bool) -> Iterator[Piece]:
    """Yield the lines of a figure, or their gases where a view needs them."""
    for line in figure.lines:
        if not fine:
            yield Piece(line, line.value(headline))
            continue
        for part, atom in line.parts.items():
            if part in HEADLINES[headline]:
                flows = [(row, value) for row, value in line.flows if row.part == part]
                for gas, value in split(atom, flows):
                    yield Piece(line, value, part, gas)


def _key(level: str, system: ProductSystem | None) -> Callable[[Piece], str]:
    """Return what a view calls a piece."""
    if level == PART:
        return lambda piece: piece.part
    if level == GAS:
        return lambda piece: piece.gas
    if level == ACCOUNT and system is not None:
        named = account_of(system)
        return lambda piece: named(piece.line.exchange)
    view = KEYS[level]
    return lambda piece: view(piece.line)


def _node(
    name: tuple[str, str],
    pieces: Iterable[Piece],
    keys: Sequence[tuple[str, Callable[[Piece], str]]],
    whole: Fraction,
) -> Contribution:
    """Return one node with everything below it."""
    own = list(pieces)
    groups: dict[str, list[Piece]] = {}
    for piece in own if keys else ():
        groups.setdefault(keys[0][1](piece), []).append(piece)
    children = [_node((keys[0][0], key), group, keys[1:], whole) for key, group in groups.items()]
    value = sum((piece.value for piece in own), ZERO)
    return Contribution(
        level=name[0],
        key=name[1],
        value=value,
        share=value / whole if whole else ZERO,
        children=tuple(sorted(children, key=lambda child: (-abs(child.value), child.key))),
    )


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

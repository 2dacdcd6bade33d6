"""Sankey data: how a figure flows together, level by level, in exact numbers.

Levels stand from left to right, for example account, factor, stage; the last node is the figure.
What flows in a link is the exact sum of the lines that take this way, so everything that enters a
node leaves it. Credits are negative and stay so: how to draw them is the drawer's business.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from lca.contribution import ROOT, Contribution, tree
from lca.inventory import ProductSystem
from lca.result import ZERO, Figure

STAGE = "stage"
OTHER = "other"
LEAST = Fraction(1, 100)
"""Share of the figure below which a node joins ``other``."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Name of a node: its level, its key, and whether it stands for several."""

    level: str
    key: str
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A node and what flows through it, kg CO2e per declared unit."""

    place: Place
    value: Fraction


@dataclass(frozen=True, slots=True)
class Link:
    """What flows from a node of one level to a node of the next."""

    source: Place
    target: Place
    value: Fraction


@dataclass(frozen=True, slots=True)
class Sankey:
    """Nodes and links, both by level and then by size."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


def sankey(
    figure: Figure,
    levels: Sequence[str],
    *,
    least: Fraction = LEAST,
    keep: Collection[str] = (STAGE,),
    system: ProductSystem | None = None,
) -> Sankey:
    """Return a figure as a flow diagram.

    Parameters
    ----------
    levels
        Views from left to right, as for :func:`lca.contribution.tree`.
    least
        A node whose absolute lines make less than this share of those of the figure joins
        ``other`` of its level; zero joins nothing.
    keep
        Levels that are never joined.
    system
        For the view ``account``.
    """
    paths = list(_paths(tree(figure, (*levels, "line"), system=system)))
    small = _small(paths, levels, least, keep)
    nodes: dict[Place, Fraction] = {}
    links: dict[tuple[Place, Place], Fraction] = {}
    end = Place(ROOT, figure.boundary)
    for path, value in paths:
        places = [_place(level, key, small) for level, key in zip(levels, path, strict=True)]
        for place in (*places, end):
            nodes[place] = nodes.get(place, ZERO) + value
        for link in pairwise((*places, end)):
            links[link] = links.get(link, ZERO) + value
    order = [*levels, ROOT]
    return Sankey(
        tuple(
            Node(place, value)
            for place, value in sorted(nodes.items(), key=lambda item: _rank(item, order))
        ),
        tuple(
            Link(source, target, value)
            for (source, target), value in sorted(
                links.items(),
                key=lambda item: (_rank((item[0][0], item[1]), order), item[0][1]),
            )
        ),
    )


def _paths(node: Contribution) -> list[tuple[tuple[str, ...], Fraction]]:
    """Return the way of every line through the levels, the line itself left out."""
    found: list[tuple[tuple[str, ...], Fraction]] = []
    for child in node.children:
        if child.level == "line" and not child.children:
            found.append(((), child.value))
        else:
            found.extend(((child.key, *path), value) for path, value in _paths(child))
    return found


def _small(
    paths: Sequence[tuple[tuple[str, ...], Fraction]],
    levels: Sequence[str],
    least: Fraction,
    keep: Collection[str],
) -> frozenset[tuple[str, str]]:
    """Return the nodes that join ``other``; a lone one keeps its name."""
    weights: dict[tuple[str, str], Fraction] = {}
    for path, value in paths:
        for node in zip(levels, path, strict=True):
            weights[node] = weights.get(node, ZERO) + abs(value)
    whole = sum((abs(value) for _, value in paths), ZERO)
    small = {node for node, weight in weights.items() if weight < least * whole}
    counts = {level: sum(one == level for one, _ in small) for level in levels}
    return frozenset(node for node in small if counts[node[0]] > 1 and node[0] not in keep)


def _place(level: str, key: str, small: Collection[tuple[str, str]]) -> Place:
    return Place(level, OTHER, joined=True) if (level, key) in small else Place(level, key)


def _rank(item: tuple[Place, Fraction], order: Sequence[str]) -> tuple[int, bool, Fraction, str]:
    """Sort key: by level, the joined node last, the largest first."""
    place, value = item
    return order.index(place.level), place.joined, -abs(value), place.key

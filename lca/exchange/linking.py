"""Another background under our foregrounds: factors replaced by activities of the user's database.

A link names a factor of the exported footprint and the activity that shall stand for it::

    factor,database,code,unit
    cn-grid-2023,my background,0a1b2c...,kWh

``unit`` is the unit of one output of that activity; amounts are converted into it, and a unit of
another dimension is refused. Direct emissions of the foreground stay on the flows of the export.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from factors.errors import FindingsError, UnitError
from factors.findings import Finding, Where, finding
from factors.units import unit
from lca.exchange.network import Network, Node

BACKGROUND = "background"
"""Kind of a node that stands in another database."""

HEAD = ("factor", "database", "code", "unit")
LARGEST = 1_000_000
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Link:
    """A factor and the activity that stands for it; ``unit`` is that of the activity."""

    factor: str
    database: str
    code: str
    unit: str


def read_links(data: bytes, file: str = "") -> tuple[Link, ...]:
    """Read a table of links (CSV, UTF-8).

    Raises
    ------
    FindingsError
        LINK-TABLE for a file that is none; LINK-ROW for every row that is not whole or names a
        factor a second time.
    """
    try:
        told = data.decode("utf-8-sig") if len(data) <= LARGEST else ""
        rows = list(csv.reader(io.StringIO(told), strict=True))
    except (UnicodeDecodeError, csv.Error):
        rows = []
    if not rows or tuple(rows[0]) != HEAD or len(rows) > MOST:
        raise FindingsError(finding("LINK-TABLE", Where(file=file), head=",".join(HEAD)))
    found, log = [], []
    seen: set[str] = set()
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) != len(HEAD) or not all(cells) or cells[0] in seen:
            where = Where(file=file, path=f"row {number}")
            log.append(finding("LINK-ROW", where, saw=",".join(row)[:80]))
            continue
        seen.add(cells[0])
        found.append(Link(*cells))
    if log:
        raise FindingsError(*log)
    return tuple(found)


def linked(made: Network, links: Iterable[Link]) -> Network:
    """Return a network whose factors are replaced by activities of other databases.

    Raises
    ------
    FindingsError
        LINK-FACTOR for a factor that the network does not take; LINK-UNIT for a unit of another
        dimension.
    """
    log: list[Finding] = []
    wanted = dict(_wanted(made, links, log))
    if log:
        raise FindingsError(*log)
    nodes = tuple(wanted[node.code][0] if node.code in wanted else node for node in made.nodes)
    arcs = tuple(
        replace(arc, amount=arc.amount * wanted[arc.supplier][1]) if arc.supplier in wanted else arc
        for arc in made.arcs
        if arc.taker not in wanted
    )
    used = {arc.supplier for arc in arcs}
    kept = tuple(node for node in nodes if node.kind != "flow" or node.code in used)
    return replace(made, nodes=kept, arcs=arcs)


def _wanted(
    made: Network, links: Iterable[Link], log: list[Finding]
) -> Iterator[tuple[str, tuple[Node, float]]]:
    """Yield the code of each replaced factor, its background node and the factor of its amount."""
    factors: Mapping[str, Node] = {node.code: node for node in made.of_kind("factor")}
    for link in links:
        code = f"factor:{link.factor}"
        where = Where(path=link.factor)
        parted = [name for name in factors if name.startswith(f"{code}@")]
        if parted:
            # Burdens and biogenic CO2 follow different shares here; one activity has both.
            log.append(finding("LINK-PARTED", where, factor=link.factor))
        elif code not in factors:
            log.append(finding("LINK-FACTOR", where, factor=link.factor))
        else:
            yield from _replaced(factors[code], link, log)


def _replaced(
    node: Node, link: Link, log: list[Finding]
) -> Iterator[tuple[str, tuple[Node, float]]]:
    try:
        mine, theirs = unit(node.unit), unit(link.unit)
    except UnitError as error:
        log.extend(error.findings)
        return
    if mine.dimension != theirs.dimension:
        where = Where(path=link.factor)
        log.append(finding("LINK-UNIT", where, unit=link.unit, expected=node.unit))
        return
    facts = {"database": link.database, "code": link.code}
    made = replace(node, kind=BACKGROUND, unit=link.unit, facts=facts, private=False)
    yield node.code, (made, float(mine.scale / theirs.scale))

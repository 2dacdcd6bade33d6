"""The upstream of a fuel that comes as a process: a mine that is modelled, beside its coal burnt.

A link and the lines of one process with one flow belong together, as two lines do. A link stands
for the upstream when what it leads to is more than transport. Its amount per reference flow is that
of any line of the same process, times the ratio of the two in the file: both run together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from factors.store import FactorSet
from lca.inventory import Exchange, ProductSystem
from lca.result import Line

Key = tuple[str, str]
"""A process and one of its flows."""

HAUL = "transport"


@dataclass(frozen=True, slots=True)
class Supplies:
    """The links of a system that may supply a fuel, and the amounts that its file states."""

    links: Mapping[Key, tuple[Exchange, ...]]
    stated: Mapping[str, Fraction]

    def of(self, line: Line) -> tuple[Exchange, ...]:
        """Return the links that belong to a line."""
        return self.links.get((line.exchange.process, line.exchange.flow), ())

    def amount(self, link: Exchange, line: Line) -> Fraction | None:
        """Return what a link takes per reference flow, by a line that runs with it.

        None where the line says nothing, being nil.
        """
        stated = self.stated.get(line.exchange.id)
        return Fraction(line.amount) / stated * link.amount if stated else None


def supplies(system: ProductSystem, factors: FactorSet) -> Supplies:
    """Return the links that lead to more than transport, by process and flow."""
    own = {factor.id: factor.category for factor in system.factors}
    made = _makers(system, factors, own)
    links: dict[Key, list[Exchange]] = {}
    for one in system.exchanges:
        if one.flow and one.amount > 0 and one.from_process in made:
            links.setdefault((one.process, one.flow), []).append(one)
    return Supplies(
        links={key: tuple(several) for key, several in links.items()},
        stated={one.id: one.amount for one in system.exchanges if one.is_line},
    )


def _makers(system: ProductSystem, factors: FactorSet, own: Mapping[str, str]) -> frozenset[str]:
    """Return the processes with a line that is no transport, and all that take from them."""
    takers: dict[str, list[str]] = {}
    ahead = []
    for one in system.exchanges:
        if one.from_process:
            takers.setdefault(one.from_process, []).append(one.process)
        elif not _hauls(one.from_factor, factors, own):
            ahead.append(one.process)
    return _with_takers(ahead, takers)


def _with_takers(ahead: list[str], takers: Mapping[str, Iterable[str]]) -> frozenset[str]:
    found: set[str] = set()
    while ahead:
        process = ahead.pop()
        if process not in found:
            found.add(process)
            ahead.extend(takers.get(process, ()))
    return frozenset(found)


def _hauls(row: str, factors: FactorSet, own: Mapping[str, str]) -> bool:
    if not row:
        return False
    category = own[row] if row in own else factors.get(row).category
    return category.startswith(HAUL)

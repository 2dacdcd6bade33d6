"""Lines in numbers of record, and the figures that are sums of them.

All values are exact fractions with finite decimal spellings. A figure, a stage and a part are sums
of the (line, part) atoms of the lines that count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from factors.factor import PARTS, EmissionFactor
from lca.compiled import FlowRow
from lca.inventory import Exchange

EXCLUDING, INCLUDING = "excluding_biogenic_co2", "including_biogenic_co2"
HEADLINES: Mapping[str, tuple[str, ...]] = {EXCLUDING: PARTS[:5], INCLUDING: PARTS}
"""The two totals and the parts that each of them sums."""

APPROACHES = ("location", "market")
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the inventory.

    Attributes
    ----------
    id
        Id of the exchange, with ``.carbon`` where its biogenic CO2 is a line of its own.
    side
        ``gate`` or ``after``, from the stage.
    place
        Where the activity happens: of the exchange, else of its process.
    amount
        Amount per reference flow in the unit of the exchange, as text.
    parts
        kg CO2e by part, numbers of record; parts without flows are absent.
    flows
        kg CO2e by flow, unrounded.
    """

    id: str
    exchange: Exchange
    factor: EmissionFactor | None
    side: str
    place: str
    amount: str
    parts: Mapping[str, Fraction]
    flows: tuple[tuple[FlowRow, float], ...]

    def value(self, headline: str) -> Fraction:
        """Return the contribution to a total."""
        return sum((self.parts.get(part, ZERO) for part in HEADLINES[headline]), ZERO)

    def counts(self, approach: str) -> bool:
        """Whether the line belongs to an electricity result."""
        return self.exchange.basis in ("both", approach)

    @property
    def source(self) -> str:
        """Id of the factor, or the name of the flow."""
        return self.factor.id if self.factor else self.exchange.from_flow

    @property
    def gwp_basis(self) -> str:
        """The GWP basis of the line, ``mixed`` when its flows stand on several."""
        bases = {row.basis for row, _ in self.flows}
        return bases.pop() if len(bases) == 1 else "mixed" if bases else "none"


def parts_of(lines: Iterable[Line]) -> dict[str, Fraction]:
    """Return the exact sum of some lines by part; all parts, in their order."""
    found = list(lines)
    return {part: sum((line.parts.get(part, ZERO) for line in found), ZERO) for part in PARTS}


@dataclass(frozen=True, slots=True)
class Figure:
    """A disclosed figure: what one boundary comes to.

    Attributes
    ----------
    boundary
        ``cradle-to-gate`` or ``cradle-to-grave``.
    lines
        The lines that count, of the rule set's electricity approach.
    """

    boundary: str
    headline: str
    lines: tuple[Line, ...]

    @property
    def parts(self) -> dict[str, Fraction]:
        """Exact sums by part."""
        return parts_of(self.lines)

    def total(self, headline: str) -> Fraction:
        """Return one of the two totals."""
        return sum((line.value(headline) for line in self.lines), ZERO)

    @property
    def value(self) -> Fraction:
        """The total that the rule set shows."""
        return self.total(self.headline)

    @property
    def magnitude(self) -> Fraction:
        """Sum of the absolute contributions: what every share of the figure is taken of."""
        return sum((abs(line.value(self.headline)) for line in self.lines), ZERO)

    def share(self, lines: Iterable[Line]) -> Fraction:
        """Return what some of its lines make of it, by absolute contribution."""
        whole = self.magnitude
        some = sum((abs(line.value(self.headline)) for line in lines), ZERO)
        return some / whole if whole else ZERO


@dataclass(frozen=True, slots=True)
class Band:
    """An expected range and whether the figure lies in it.

    ``least`` and ``most`` are its ends in the unit of the figure.
    """

    figure: str
    low: Fraction
    high: Fraction
    unit: str
    source: str
    status: str
    inside: bool
    least: Fraction = ZERO
    most: Fraction = ZERO


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares that say what one figure rests on.

    Attributes
    ----------
    primary_activity
        Lines whose activity was metered or invoiced, as far as the demand on them is sound.
    proxy, recalled, weak
        Lines whose factor does not stand for their country and technology; lines on recalled rows;
        lines on source classes that may not carry a result.
    omitted
        Estimated flows left out, relative to the figure.
    gwp
        Share of each GWP basis.
    """

    primary_activity: Fraction
    proxy: Fraction
    recalled: Fraction
    weak: Fraction
    omitted: Fraction
    gwp: Mapping[str, Fraction]

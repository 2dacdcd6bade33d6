"""Parts of a product model that say where a result stands: bands, published values, hot spots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from factors.units import Unit
from lca.formula import Formula

Text = Mapping[str, str]  # language -> wording
When = Mapping[str, tuple[str, ...]]  # enum -> values that satisfy it; all must hold; empty: always

QUALITY = ("metered", "invoiced", "calculated", "estimated", "literature")
"""Activity kinds, best first: a demand on one of them is met by any kind before it."""
ACTIVITY_IN_FOREGROUND = "calculated"
"""What a hot spot of the maker's own processes needs where its model demands nothing else."""
FACTOR_QUALITY = ("representative", "any")


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a number of the model comes from, and whether it was read there."""

    title: str
    locator: str
    status: str


@dataclass(frozen=True, slots=True)
class Band:
    """A published or expected result, boundary made equal."""

    figure: str
    low: Fraction
    high: Fraction
    unit: Unit
    source: Citation
    when: When = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HotSpot:
    """What a hot spot needs before anybody should rely on the result.

    Attributes
    ----------
    activity
        The weakest activity kind that will do (:data:`QUALITY`).
    factor
        ``representative``: the factor stands for country and technology of the activity.
    share
        Lowest and highest share of the figure to the gate over the families of the model's
        example; what lies far outside makes a product unusual.
    """

    activity: str
    factor: str = FACTOR_QUALITY[0]
    share: tuple[Fraction, Fraction] | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A published value, brought to the boundary and unit of the figure it is compared with.

    The comparable value is ``value`` x ``per`` + ``adjust``, kg CO2e per declared unit.

    Attributes
    ----------
    value, unit
        As published.
    boundary
        What the published value counts, in words.
    per
        Published units per one declared unit; None where they are the same.
    adjust
        What makes the boundary equal, with ``reason``; None where it is equal already.
    explanation
        Why a result of this model differs.
    """

    id: str
    figure: str
    value: Fraction
    unit: Unit
    boundary: Text
    source: Citation
    explanation: Text
    per: Formula | None = None
    adjust: Formula | None = None
    reason: Text = field(default_factory=dict)
    when: When = field(default_factory=dict)

"""The frozen parts of a rule set, as its file says them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from lca.model_standing import Text


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the rule and how well we know it."""

    id: str
    document: str
    title: Text
    status: str

    @property
    def known(self) -> bool:
        """Whether the wording was read, or is our own."""
        return self.status in ("text-read", "own")


@dataclass(frozen=True, slots=True)
class Deviation:
    """Where the rule set knowingly does not follow its document, and what that does to a figure."""

    clause: str
    text: Text
    effect: Text


@dataclass(frozen=True, slots=True)
class CutOff:
    """Largest share of any disclosed figure that may be left out: one flow, all flows."""

    single: Fraction
    total: Fraction
    basis: str


@dataclass(frozen=True, slots=True)
class Allocation:
    """Order of methods, and who bears what at the end of life."""

    order: tuple[str, ...]
    end_of_life: str
    scrap_credit: bool
    energy_recovery: str
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class LandUse:
    """Direct land-use change: years looked back, and what counts without evidence."""

    look_back_years: int
    default: str


@dataclass(frozen=True, slots=True)
class Period:
    """Months of data, their greatest age at application, and the least for new products."""

    months: int
    latest_end_months: int
    provisional_months: int


@dataclass(frozen=True, slots=True)
class QualityFloor:
    """What a certifiable result needs; shares are of each disclosed figure.

    Attributes
    ----------
    representative_share
        Lines making up this share must rest on representative factors.
    line_share
        So must every line at or above this share.
    weak_line_share, weak_total_share
        Most that one line, and all lines, with a source class outside ``accepted`` may carry.
    accepted
        Source classes that may carry a line above ``weak_line_share``.
    ar6_share
        Least share recomputed by gas under the GWP set before the label may name it.
    """

    representative_share: Fraction
    line_share: Fraction
    weak_line_share: Fraction
    weak_total_share: Fraction
    accepted: tuple[str, ...]
    ar6_share: Fraction

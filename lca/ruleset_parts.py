"""A rule set and its frozen parts, as its file says them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from factors.errors import FactorError
from factors.findings import Finding, finding
from factors.gwp import GwpSet, gwp_set
from lca.inventory import GATE
from lca.model_standing import Text
from lca.supplier_rules import SupplierRule

GIVEN_OFF, COUNTED = "given-off", "counted"


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


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A rule set.

    Attributes
    ----------
    headline
        The total a full life-cycle figure shows; a gate figure always excludes biogenic CO2.
    gwp_stand_ins
        Gas -> set that lends its value, for gases that ``gwp_set`` has no value for.
    electricity
        ``location`` or ``market``: which result is the figure of the label.
    electricity_factors, technologies, grid
        Default factor by country; generator factor by country and technology; factor of
        transmission and distribution by country.
    materiality, performance_materiality
        Share of each disclosed figure; share of the materiality.
    family_tolerance, change_threshold
        Relative deviation of a member from the declared value; of a new figure from the old.
    required_texts, forbidden_texts
        Sentences a document must show; claims it must not make, by language.
    basis
        Setting -> id of the clause it rests on.
    supplier_figures
        Which suppliers' own figures are accepted, adjusted or rejected.
    deviations
        Where the figure does not follow the document, each with its effect.
    stored_carbon
        Whether biogenic carbon that stays stored lowers the total (``counted``) or is taken as
        given off at the end of life (``given-off``).
    """

    id: str
    edition: str
    name: Text
    publisher: Text
    about: Text
    status: str
    sha256: str
    unit: Text
    boundaries: tuple[str, ...]
    gwp_set: str
    gwp_stand_ins: Mapping[str, str]
    headline: str
    electricity: str
    electricity_factors: Mapping[str, str]
    technologies: Mapping[str, Mapping[str, str]]
    grid: Mapping[str, str]
    cut_off: CutOff
    allocation: Allocation
    land_use: LandUse
    capital_goods: Text
    aircraft: Text
    period: Period
    quality: QualityFloor
    materiality: Fraction
    performance_materiality: Fraction
    family_tolerance: Fraction
    change_threshold: Fraction
    validity_months: int
    exclusions: tuple[Text, ...]
    required_texts: tuple[Text, ...]
    forbidden_texts: Mapping[str, tuple[str, ...]]
    clauses: tuple[Clause, ...]
    basis: Mapping[str, str]
    supplier_figures: tuple[SupplierRule, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    stored_carbon: str = GIVEN_OFF

    @property
    def unread(self) -> tuple[Clause, ...]:
        """Clauses whose wording nobody has read yet."""
        return tuple(clause for clause in self.clauses if not clause.known)

    @property
    def factor_ids(self) -> frozenset[str]:
        """Every factor row that the rule set names."""
        technologies = (row for rows in self.technologies.values() for row in rows.values())
        return frozenset((*self.electricity_factors.values(), *self.grid.values(), *technologies))

    def gwp(self) -> tuple[GwpSet, tuple[Finding, ...]]:
        """Return the GWP set with what others lend it, and a finding for each gas lent."""
        return gwp_set(self.gwp_set).with_stand_ins(self.gwp_stand_ins)

    def boundary_of(self, declared: str) -> str:
        """Return the boundary that a declared one has here: itself, or the gate within a life.

        Raises
        ------
        FactorError
            RULESET-BOUNDARY, where the rule set knows neither.
        """
        if declared in self.boundaries:
            return declared
        if GATE in self.boundaries:
            return GATE
        raise FactorError(_outside(self, declared))

    def require_boundary(self, declared: str) -> None:
        """Refuse a boundary that the rule set does not know.

        Raises
        ------
        FactorError
            RULESET-BOUNDARY.
        """
        if declared not in self.boundaries:
            raise FactorError(_outside(self, declared))

    def electricity_factor(self, country: str) -> str:
        """Return the default factor of grid electricity.

        Raises
        ------
        FactorError
            RULESET-NO-FACTOR, for a country the rule set does not know.
        """
        return self._row(self.electricity_factors, country, "default")

    def technology_factor(self, country: str, technology: str) -> str:
        """Return the factor of a technology at the generator (see :meth:`electricity_factor`)."""
        return self._row(self.technologies.get(country.lower(), {}), technology, country)

    def grid_factor(self, country: str) -> str:
        """Return the factor of transmission and distribution (see :meth:`electricity_factor`)."""
        return self._row(self.grid, country, "transmission and distribution")

    def _row(self, rows: Mapping[str, str], key: str, kind: str) -> str:
        found = rows.get(key.lower())
        if found is None:
            known = ", ".join(sorted(rows)) or "-"
            raise FactorError(
                finding("RULESET-NO-FACTOR", ruleset=self.id, saw=key, kind=kind, known=known)
            )
        return found


def _outside(rules: RuleSet, declared: str) -> Finding:
    known = ", ".join(rules.boundaries)
    return finding("RULESET-BOUNDARY", ruleset=rules.id, saw=declared, known=known)

"""Rule sets: everything of the method that a preparer may choose but never edit.

Product model x rule set = method. Each setting names the clause it rests on, each clause says
whether its text was read (``text-read``), known from a summary (``summary``), remembered
(``recalled``), or is the programme's own choice where the standard leaves it open (``own``).
The SHA-256 of the file stands in the lock of every certificate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from factors.errors import FactorError, ModelError
from factors.factor import SourceClass
from factors.findings import Finding, finding
from factors.gwp import GwpSet, gwp_set, gwp_set_ids
from lca.document import ROW, SLUG, Section, read, shipped, source_bytes
from lca.inventory import GATE, GRAVE
from lca.model_parts import Text
from lca.ruleset_parts import Allocation as Allocation
from lca.ruleset_parts import Clause as Clause
from lca.ruleset_parts import CutOff as CutOff
from lca.ruleset_parts import Deviation as Deviation
from lca.ruleset_parts import LandUse as LandUse
from lca.ruleset_parts import Period as Period
from lca.ruleset_parts import QualityFloor as QualityFloor
from lca.supplier_rules import SupplierRule, supplier_rules

FORMAT = "carbonlabel-ruleset/1"
READ = ("text-read", "summary", "recalled", "own")
HEADLINES = ("excluding_biogenic_co2", "including_biogenic_co2")
APPROACHES = ("location", "market")
GIVEN_OFF, COUNTED = "given-off", "counted"
SETTINGS = (
    "unit",
    "boundary",
    "gwp",
    "headline",
    "electricity",
    "cut-off",
    "allocation",
    "end-of-life",
    "energy-recovery",
    "land-use-change",
    "capital-goods",
    "aircraft",
    "period",
    "data-quality",
    "materiality",
    "family",
    "change",
    "validity",
    "texts",
)
_SHIPPED = files("lca") / "rulesets"
_ALLOCATION = ("subdivision", "expansion", "physical", "economic")
_LAND_USE = ("highest-plausible-origin", "country-average")
_ONE = Fraction(1)


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


def rulesets() -> tuple[str, ...]:
    """Return the ids of the rule sets that come with the toolkit, sorted."""
    return shipped(_SHIPPED)


def load(source: str | Path) -> RuleSet:
    """Load a rule set by id or path.

    Raises
    ------
    ModelError
        With every finding of the file: TOML-*, RULESET-*.
    """
    data, name = source_bytes(source, _SHIPPED)
    return _parsed(data, name)


@lru_cache(maxsize=16)
def _parsed(data: bytes, name: str) -> RuleSet:
    """The same bytes are parsed once, as those of a model are."""
    return parse_ruleset(data, name)


def parse_ruleset(data: bytes, file: str) -> RuleSet:
    """Return the rule set written in ``data``; ``file`` is its name in findings."""
    root = read(data, file)
    rules = _rule_set(root, hashlib.sha256(data).hexdigest())
    root.log.extend(_clause_problems(root, rules))
    if root.log:
        raise ModelError(*root.log)
    return rules


def _rule_set(root: Section, sha256: str) -> RuleSet:
    root.choice("format", (FORMAT,))
    head, method = root.section("ruleset"), root.section("method")
    power = root.section("electricity")
    rules = RuleSet(
        id=head.string("id", pattern=SLUG),
        edition=head.string("edition"),
        name=head.text("name"),
        publisher=head.text("publisher"),
        about=head.text("about"),
        status=head.choice("status", READ),
        sha256=sha256,
        unit=method.text("unit"),
        boundaries=_some(method, "boundaries", (GATE, GRAVE)),
        gwp_set=_gwp(method),
        gwp_stand_ins=_stand_ins(root.section("gwp_stand_ins", optional=True), method),
        headline=method.choice("headline", HEADLINES),
        electricity=power.choice("approach", APPROACHES),
        electricity_factors=_rows(power.section("default")),
        technologies=_technologies(power.section("technology")),
        grid=_rows(power.section("transmission_and_distribution")),
        cut_off=_cut_off(root.section("cut_off")),
        allocation=_allocation(root.section("allocation")),
        land_use=_land_use(root.section("land_use_change")),
        capital_goods=method.text("capital_goods"),
        aircraft=method.text("aircraft"),
        period=_period(root.section("period")),
        quality=_quality(root.section("data_quality")),
        materiality=_share(method, "materiality"),
        performance_materiality=_share(method, "performance_materiality"),
        family_tolerance=_share(method, "family_tolerance"),
        change_threshold=_share(method, "change_threshold"),
        validity_months=_whole(method, "validity_months", 120),
        exclusions=root.texts("exclusion"),
        required_texts=root.texts("required_text"),
        forbidden_texts=_forbidden(root.section("forbidden_texts")),
        clauses=tuple(_clause(row) for row in root.sections("clause")),
        basis=dict(root.section("basis").items()),
        supplier_figures=supplier_rules(root.sections("supplier_figure", label="when")),
        deviations=tuple(_deviation(row) for row in root.sections("deviation", label="clause")),
        stored_carbon=method.choice("stored_carbon", (GIVEN_OFF, COUNTED), GIVEN_OFF),
    )
    for section in (head, method, power, root):
        section.close()
    return rules


def _clause_problems(root: Section, rules: RuleSet) -> list[Finding]:
    """Every setting names a clause, every clause named is in the table, each once."""
    ids = [clause.id for clause in rules.clauses]
    repeated = {one for one in ids if ids.count(one) > 1}
    found = [finding("RULESET-DUPLICATE", root.at("clause"), saw=one) for one in sorted(repeated)]
    for setting in SETTINGS:
        where = root.at(f"basis.{setting}")
        if setting not in rules.basis:
            found.append(finding("RULESET-SETTING", where, saw=setting))
        elif rules.basis[setting] not in ids:
            found.append(finding("RULESET-CLAUSE", where, saw=rules.basis[setting]))
    for rule in rules.supplier_figures:
        if rule.clause not in ids:
            where = root.at(f"supplier_figure[{rule.when}].clause")
            found.append(finding("RULESET-CLAUSE", where, saw=rule.clause))
    for deviation in rules.deviations:
        if deviation.clause not in ids:
            where = root.at(f"deviation[{deviation.clause}].clause")
            found.append(finding("RULESET-CLAUSE", where, saw=deviation.clause))
    strange = sorted(set(rules.basis) - set(SETTINGS))
    options = ", ".join(SETTINGS)
    for setting in strange:
        where = root.at(f"basis.{setting}")
        found.append(finding("TOML-CHOICE", where, saw=setting, options=options))
    return found


# --- parts ---------------------------------------------------------------------------------------


def _clause(section: Section) -> Clause:
    found = Clause(
        id=section.string("id"),
        document=section.string("document"),
        title=section.text("title"),
        status=section.choice("status", READ),
    )
    section.close()
    return found


def _deviation(section: Section) -> Deviation:
    found = Deviation(section.string("clause"), section.text("text"), section.text("effect"))
    section.close()
    return found


def _cut_off(section: Section) -> CutOff:
    found = CutOff(
        single=_share(section, "single"),
        total=_share(section, "total"),
        basis=section.choice("basis", ("greenhouse-gas-share",)),
    )
    section.close()
    return found


def _allocation(section: Section) -> Allocation:
    found = Allocation(
        order=_some(section, "order", _ALLOCATION),
        end_of_life=section.choice("end_of_life", ("cut-off", "circular-footprint-formula")),
        scrap_credit=section.flag("scrap_credit"),
        energy_recovery=section.choice("energy_recovery", ("product", "energy-user")),
        texts=section.texts("text"),
    )
    section.close()
    return found


def _land_use(section: Section) -> LandUse:
    found = LandUse(
        look_back_years=_whole(section, "look_back_years", 100),
        default=section.choice("default", _LAND_USE),
    )
    section.close()
    return found


def _period(section: Section) -> Period:
    found = Period(
        months=_whole(section, "months", 12),
        latest_end_months=_whole(section, "latest_end_months", 60),
        provisional_months=_whole(section, "provisional_months", 12),
    )
    section.close()
    return found


def _quality(section: Section) -> QualityFloor:
    found = QualityFloor(
        representative_share=_share(section, "representative_share"),
        line_share=_share(section, "line_share"),
        weak_line_share=_share(section, "weak_line_share"),
        weak_total_share=_share(section, "weak_total_share"),
        accepted=_some(section, "accepted", tuple(SourceClass)),
        ar6_share=_share(section, "gwp_share"),
    )
    section.close()
    return found


def _technologies(section: Section) -> dict[str, dict[str, str]]:
    return {country: _rows(section.section(country)) for country in section.table}


def _forbidden(section: Section) -> dict[str, tuple[str, ...]]:
    found = {lang: section.strings(lang) for lang in ("zh", "en")}
    section.close()
    return found


def _rows(section: Section) -> dict[str, str]:
    return {key: section.string(key, pattern=ROW) for key in section.table}


def _some(section: Section, key: str, options: tuple[str, ...]) -> tuple[str, ...]:
    """Return a list whose members are all among the options."""
    values = section.strings(key)
    for value in values:
        if value not in options:
            section.report("TOML-CHOICE", key, saw=value, options=", ".join(options))
    return values


def _gwp(section: Section) -> str:
    name = section.string("gwp_set")
    try:
        gwp_set(name)
    except FactorError as refusal:
        section.log.extend(refusal.findings)
    return name


def _stand_ins(section: Section, method: Section) -> dict[str, str]:
    """Return the lending set by gas; what cannot be lent is a finding."""
    lenders = {gas: section.string(gas) for gas in section.table}
    name = method.table.get("gwp_set")
    if isinstance(name, str) and name in gwp_set_ids():
        try:
            gwp_set(name).with_stand_ins(lenders)
        except FactorError as refusal:
            section.log.extend(refusal.findings)
    return lenders


def _share(section: Section, key: str) -> Fraction:
    """Return a number from 0 to 1."""
    value = section.number(key)
    if not 0 <= value <= _ONE:
        section.report("RULESET-RANGE", key, saw=float(value), low=0, high=1)
    return value


def _whole(section: Section, key: str, most: int) -> int:
    """Return a whole number from 1 to ``most``."""
    value = section.number(key)
    if section.has(key) and (value.denominator != 1 or not 1 <= value <= most):
        section.report("RULESET-RANGE", key, saw=float(value), low=1, high=most)
    return int(value)

"""From the tables of a rule set's file to a :class:`RuleSet`, field by field.

Every setting has to name the clause it rests on, and every clause named has to be there.
"""

from __future__ import annotations

from fractions import Fraction

from factors.errors import FactorError
from factors.factor import SourceClass
from factors.findings import Finding, finding
from factors.gwp import gwp_set, gwp_set_ids
from lca.document import ROW, SLUG, Section
from lca.inventory import GATE, GRAVE
from lca.ruleset_parts import (
    COUNTED,
    GIVEN_OFF,
    Allocation,
    Clause,
    CutOff,
    Deviation,
    LandUse,
    Period,
    QualityFloor,
    RuleSet,
)
from lca.supplier_rules import supplier_rules

FORMAT = "carbonlabel-ruleset/1"
READ = ("text-read", "summary", "recalled", "own")
HEADLINES = ("excluding_biogenic_co2", "including_biogenic_co2")
APPROACHES = ("location", "market")
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
_ALLOCATION = ("subdivision", "expansion", "physical", "economic")
_LAND_USE = ("highest-plausible-origin", "country-average")
_ONE = Fraction(1)


def rule_set(root: Section, sha256: str) -> RuleSet:
    """Read the whole file; findings are in the log of the root section."""
    root.choice("format", (FORMAT,))
    parts = root.section("ruleset"), root.section("method"), root.section("electricity")
    rules = _rule_set(root, *parts, sha256)
    for section in (*parts, root):
        section.close()
    root.log.extend(_clause_problems(root, rules))
    return rules


def _rule_set(
    root: Section, head: Section, method: Section, power: Section, sha256: str
) -> RuleSet:
    return RuleSet(
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

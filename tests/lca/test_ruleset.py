"""Rule sets: the shipped ones load, rest on clauses and on fit factors; faults are reported."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from importlib.resources import files

import pytest

from factors.errors import FactorError, ModelError
from factors.factor import Boundary, Use
from factors.gwp import gwp_set
from factors.store import load as load_factors
from lca.ruleset import load, parse_ruleset, rulesets
from lca.ruleset_reader import SETTINGS

SHIPPED = (
    "gbt24067-generic",
    "gbt46027",
    "gbt47064",
    "iso14067-generic",
    "pact-v3",
    "pef-like",
    "t-cpcif-0391",
)
STUBS = ("gbt46027", "gbt47064", "t-cpcif-0391")


def source(name: str = "iso14067-generic") -> str:
    return (files("lca") / "rulesets" / f"{name}.toml").read_text(encoding="utf-8")


def codes(text: str) -> set[str]:
    with pytest.raises(ModelError) as refusal:
        parse_ruleset(text.encode(), "rules.toml")
    return {found.code for found in refusal.value.findings}


def changed(old: str, new: str) -> str:
    assert source().count(old) == 1, f"{old!r} stands {source().count(old)} times"
    return source().replace(old, new)


def test_the_shipped_rule_sets() -> None:
    assert rulesets() == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_rule_set(name: str) -> None:
    rules = load(name)
    assert rules.id == name
    assert rules.sha256 == hashlib.sha256(source(name).encode()).hexdigest()
    assert gwp_set(rules.gwp_set).id == rules.gwp_set
    assert rules.electricity == ("market" if name == "pact-v3" else "location")
    assert rules.headline == "excluding_biogenic_co2"
    assert set(rules.basis) == set(SETTINGS)


@pytest.mark.parametrize("name", SHIPPED)
def test_no_clause_of_a_standard_is_said_to_be_read(name: str) -> None:
    """None of the standards is in our hands, so none may be marked as read."""
    rules = load(name)
    standard = [clause for clause in rules.clauses if clause.document != "carbonlabel"]
    assert standard
    assert {clause.status for clause in standard} <= {"summary", "recalled"}
    assert list(rules.unread) == standard


@pytest.mark.parametrize("name", SHIPPED)
def test_electricity_factors_have_the_boundary_their_place_demands(name: str) -> None:
    rules, factors = load(name), load_factors()
    wanted = dict.fromkeys(rules.electricity_factors.values(), Boundary.LIFE_CYCLE)
    wanted |= dict.fromkeys(rules.grid.values(), Boundary.TRANSMISSION_AND_DISTRIBUTION)
    for rows in rules.technologies.values():
        wanted |= dict.fromkeys(rows.values(), Boundary.TO_GENERATOR)
    assert set(wanted) == rules.factor_ids
    for row, boundary in wanted.items():
        factor = factors.get(row)
        assert (factor.boundary, factor.use) == (boundary, Use.INPUT), row
        assert not factor.co2_only


def test_electricity_by_country() -> None:
    rules = load("iso14067-generic")
    assert rules.electricity_factor("cn") == "electricity-cn-footprint-2024"
    assert rules.electricity_factor("CN") == rules.electricity_factor("cn")
    assert rules.technology_factor("CN", "wind") == "electricity-cn-wind-2024"
    assert rules.grid_factor("cn") == "electricity-cn-td-2024"


@pytest.mark.parametrize("country", ["", "xx", "de"])
def test_an_unknown_country_is_refused(country: str) -> None:
    rules = load("iso14067-generic")
    for ask in (rules.electricity_factor, rules.grid_factor):
        with pytest.raises(FactorError) as refusal:
            ask(country)
        assert refusal.value.findings[0].code == "RULESET-NO-FACTOR"
    with pytest.raises(FactorError):
        rules.technology_factor(country, "wind")


def test_numbers_of_the_generic_rule() -> None:
    rules = load("iso14067-generic")
    assert (rules.cut_off.single, rules.cut_off.total) == (Fraction(1, 100), Fraction(1, 20))
    assert rules.cut_off.basis == "greenhouse-gas-share"
    assert rules.allocation.order[0] == "subdivision"
    assert not rules.allocation.scrap_credit
    assert rules.allocation.energy_recovery == "product"
    assert (rules.materiality, rules.family_tolerance) == (Fraction(1, 20), Fraction(1, 10))
    assert rules.period.months == 12
    assert rules.validity_months == 24
    assert rules.land_use.look_back_years == 20
    assert "press" not in rules.quality.accepted


def test_a_rule_set_cannot_be_edited() -> None:
    rules = load("iso14067-generic")
    with pytest.raises(AttributeError):
        rules.materiality = Fraction(1)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('\nmateriality = "0.05"', '\nmateriality = "1.5"', "RULESET-RANGE"),
        ('\nmateriality = "0.05"', '\nmateriality = "-0.05"', "RULESET-RANGE"),
        ('\nvalidity_months = "24"', '\nvalidity_months = "1.5"', "RULESET-RANGE"),
        ('\nvalidity_months = "24"', "\nvalidity_months = 24", "TOML-KIND"),
        ('\nvalidity_months = "24"', "", "TOML-MISSING"),
        ('gwp_set = "AR6-100"', 'gwp_set = "AR9-100"', "GWP-SET-UNKNOWN"),
        ('approach = "location"', 'approach = "wishful"', "TOML-CHOICE"),
        ("scrap_credit = false", 'scrap_credit = "no"', "TOML-KIND"),
        ('order = ["subdivision", ', 'order = ["guess", ', "TOML-CHOICE"),
        ('\nmateriality = "own-materiality"', '\nmateriality = "9.9"', "RULESET-CLAUSE"),
        ('\nmateriality = "own-materiality"', "", "RULESET-SETTING"),
        ('\nmateriality = "own-materiality"', '\nmaterial = "6.3.3"', "TOML-CHOICE"),
        ('id = "own-texts"', 'id = "own-validity"', "RULESET-DUPLICATE"),
        ('\nsingle = "0.01"', '\nsingle = "0.01"\nmass = "0.05"', "TOML-KEY"),
        ('accepted = ["official-notice", ', 'accepted = ["gossip", ', "TOML-CHOICE"),
        ('format = "carbonlabel-ruleset/1"', 'format = "x"', "TOML-CHOICE"),
    ],
)
def test_one_fault_is_one_code(old: str, new: str, code: str) -> None:
    assert code in codes(changed(old, new))


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(ModelError) as refusal:
        load("no-such-rule")
    assert refusal.value.findings[0].code == "TOML-NOT-FOUND"


@pytest.mark.parametrize("name", STUBS)
def test_a_stub_says_of_every_setting_that_nobody_read_it(name: str) -> None:
    rules, generic = load(name), load("gbt24067-generic")
    assert rules.status == "recalled" and rules.deviations
    assert {one.status for one in rules.unread} == {"recalled"}
    assert all("not read" in one.title["en"] for one in rules.unread)
    for key in ("cut_off", "allocation", "electricity", "gwp_set", "quality", "period"):
        assert getattr(rules, key) == getattr(generic, key)


@pytest.mark.parametrize("name", ["pact-v3", "pef-like"])
def test_deviations_rest_on_clauses_and_say_their_effect(name: str) -> None:
    rules = load(name)
    clauses = {one.id for one in rules.clauses}
    assert rules.deviations
    for one in rules.deviations:
        assert one.clause in clauses and one.effect["zh"] and one.effect["en"]


def test_a_deviation_from_a_clause_that_is_not_there_is_refused() -> None:
    name = "pef-like"
    text = source(name).replace(
        '[[deviation]]\nclause = "electricity"', '[[deviation]]\nclause = "nothing"'
    )
    assert text != source(name)
    assert "RULESET-CLAUSE" in codes(text)

"""Several articles of a family, or several sites, behind one figure.

Every one of them is computed. The declared figure is the mean by output, a named representative, or
the highest; it may stand for all while each one's figure to the gate is within the tolerance of the
rule set. Sites that make the same article are compared in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from factors.errors import FindingsError
from factors.findings import Finding, Where, blocking, finding
from factors.numbers import decimal_text
from factors.store import FactorSet
from factors.texts import LANGS
from lca import system_file
from lca.booking import keep_books
from lca.build import build, subject
from lca.family_file import ARTICLES, MEAN, REPRESENTATIVE, SITES, SPREAD, WORST, label_line
from lca.family_file import MODES as MODES
from lca.family_member import members_of, outputs
from lca.footprint import Footprint, compute
from lca.inventory import GATE, ProductSystem
from lca.mean_system import mean_of
from lca.model_parts import ProductModel
from lca.record import share_text, spell
from lca.ruleset import RuleSet
from lca.submission import FamilyEntry, MemberEntry, Submission

SCHEMA = "carbonlabel-family/1"
BOOKED = Fraction(1, 100)
"""How far the articles' outputs may sum to another number than the family's output."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How one figure shall stand for several, and for ``representative`` by whom."""

    mode: str = MEAN
    representative: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """Several results and the one that stands for them.

    Attributes
    ----------
    kind
        ``articles`` of one family, or ``sites`` that make the same article.
    results
        The footprint of each, by its code.
    outputs
        Good output of each in declared units; shares of the mean follow from it.
    declared
        The footprint that stands for all; its system names them.
    findings
        What was noticed of the family as a whole.
    """

    id: str
    kind: str
    choice: Choice
    results: Mapping[str, Footprint]
    outputs: Mapping[str, Fraction]
    declared: Footprint
    findings: tuple[Finding, ...]

    @property
    def tolerance(self) -> Fraction:
        """Largest deviation of a figure to the gate, relative to the declared one."""
        return self.declared.rules.family_tolerance

    @property
    def deviations(self) -> dict[str, Fraction]:
        """Deviation of each figure to the gate from the declared one, relative to it."""
        middle = self.declared.figures[GATE].value
        return {
            name: (one.figures[GATE].value - middle) / abs(middle) if middle else Fraction(0)
            for name, one in self.results.items()
        }

    @property
    def allowed(self) -> bool:
        """Whether one figure may stand for all of them."""
        return all(abs(one) <= self.tolerance for one in self.deviations.values())

    def to_json(self) -> dict[str, Any]:
        """Return the document ``carbonlabel-family/1``."""
        shares = shares_of(self.outputs)
        return {
            "schema": SCHEMA,
            "id": self.id,
            "kind": self.kind,
            "mode": self.choice.mode,
            "unit": self.declared.unit,
            "ruleset": {"id": self.declared.rules.id, "edition": self.declared.rules.edition},
            "tolerance": spell(self.tolerance),
            "allowed": self.allowed,
            "label": label_line(self.declared.system.family),
            "declared": _figures(self.declared),
            "members": [
                {
                    **_told(name, one),
                    "output": decimal_text(self.outputs[name]),
                    "share": share_text(shares[name]),
                    "figures": _figures(one),
                    "deviation": share_text(self.deviations[name]),
                    "within": abs(self.deviations[name]) <= self.tolerance,
                    "grade": one.grade,
                }
                for name, one in self.results.items()
            ],
            "range": _range(self.results),
            "findings": [one.to_json() for one in self.findings],
        }


def of_articles(
    submission: Submission,
    model: ProductModel,
    rules: RuleSet,
    factors: FactorSet,
    choice: Choice,
    asked: str = "",
) -> Family:
    """Compute every article of a family and the figure that stands for them.

    Parameters
    ----------
    asked
        Id of the family; empty: the one that the cover declares.

    Raises
    ------
    FindingsError
        BUILD-SUBJECT, FAMILY-NO-MEMBERS, FAMILY-REPRESENTATIVE; what blocks an article.
    SolveError
        As for :func:`lca.footprint.compute`.
    """
    family = subject(submission, asked)
    if family is None:
        told = submission.cover["subject"]
        shown = asked or told.text or "-"
        raise FindingsError(finding("BUILD-SUBJECT", told.where, subject=shown))
    several = members_of(submission, family.family)
    if not several:
        raise FindingsError(finding("FAMILY-NO-MEMBERS", family.where, family=family.family))
    systems = {
        one.member: _article(submission, model, rules, factors, family, one) for one in several
    }
    made = outputs(submission, model, family)
    remarks = _booked(submission, model, family, made)
    return _family(
        family.family, ARTICLES, systems, made, choice, rules, factors, remarks, family.name
    )


def of_sites(
    several: Mapping[str, Submission],
    model: ProductModel,
    rules: RuleSet,
    factors: FactorSet,
    asked: str = "",
) -> Family:
    """Compute the same article of several sites, each by itself, and their mean by output.

    Parameters
    ----------
    several
        What each site handed in, by the name of the site.
    asked
        Id of the family in all of them; empty: the one that each cover declares.

    Raises
    ------
    FindingsError
        FAMILY-UNLIKE, when they do not declare the same unit and boundary; what blocks a site.
    """
    systems, made = {}, {}
    for name, submission in several.items():
        built = build(submission, model, rules, factors, asked)
        family = subject(submission, asked)
        if built.system is None or family is None:
            raise FindingsError.of(blocking(built.findings))
        systems[name] = system_file.read(system_file.canonical(built.system))
        booked = keep_books(submission, model).ledger.outputs
        made[name] = next(one.good for one in booked if one.family == family.family)
    ident = next(iter(systems.values())).product["id"]
    return _family(ident, SITES, systems, made, Choice(), rules, factors)


def shares_of(made: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Return the share of each in the output of all; equal shares where nothing was made."""
    whole = sum(made.values(), Fraction(0))
    return {name: one / whole if whole else Fraction(1, len(made)) for name, one in made.items()}


def _article(
    submission: Submission,
    model: ProductModel,
    rules: RuleSet,
    factors: FactorSet,
    family: FamilyEntry,
    member: MemberEntry,
) -> ProductSystem:
    """Return the system of one article under its own name."""
    built = build(submission, model, rules, factors, family.family, member)
    if built.system is None:
        raise FindingsError.of(blocking(built.findings))
    system = system_file.read(system_file.canonical(built.system))
    name = {lang: member.name.get(lang) or family.name.get(lang, "") for lang in LANGS}
    own = {"id": member.member, "model": member.member, "name": name, "gtin": None}
    return replace(system, product={**system.product, **own})


def _family(
    ident: str,
    kind: str,
    systems: Mapping[str, ProductSystem],
    made: Mapping[str, Fraction],
    choice: Choice,
    rules: RuleSet,
    factors: FactorSet,
    remarks: tuple[Finding, ...] = (),
    name: Mapping[str, str] | None = None,
) -> Family:
    results = {name: compute(one, factors, rules) for name, one in systems.items()}
    standing = _standing(ident, systems, results, made, choice, name or {})
    named = _named(standing, ident, kind, results, made, choice, rules)
    written = system_file.read(system_file.canonical(named))
    declared = compute(written, factors, rules)
    found = Family(ident, kind, choice, results, made, declared, ())
    own = tuple(one for one in declared.findings if one.code in SPREAD.values())
    return replace(found, findings=(*remarks, *own))


def _standing(
    ident: str,
    systems: Mapping[str, ProductSystem],
    results: Mapping[str, Footprint],
    made: Mapping[str, Fraction],
    choice: Choice,
    name: Mapping[str, str],
) -> ProductSystem:
    """Return the system whose figure stands for all; a mean of articles has the family's name."""
    if choice.mode == MEAN:
        mean = mean_of(systems, shares_of(made))
        own = {"id": ident, "model": ident, "name": name} if name else {}
        return replace(mean, product={**mean.product, **own})
    if choice.mode == WORST:
        return systems[max(results, key=lambda name: results[name].figures[GATE].value)]
    if choice.mode == REPRESENTATIVE and choice.representative in systems:
        return systems[choice.representative]
    known = ", ".join(systems)
    shown = choice.representative or "-"
    raise FindingsError(finding("FAMILY-REPRESENTATIVE", family=ident, saw=shown, known=known))


def _named(
    system: ProductSystem,
    ident: str,
    kind: str,
    results: Mapping[str, Footprint],
    made: Mapping[str, Fraction],
    choice: Choice,
    rules: RuleSet,
) -> ProductSystem:
    """Return a system that says for whom it stands."""
    shares = shares_of(made)
    members = [
        {**_told(name, one), "share": decimal_text(shares[name]), "figures": _figures(one)}
        for name, one in results.items()
    ]
    told = {
        "id": ident,
        "kind": kind,
        "mode": choice.mode,
        "representative": choice.representative if choice.mode == REPRESENTATIVE else "",
        "tolerance": spell(rules.family_tolerance),
        "members": members,
    }
    told = {key: value for key, value in told.items() if value}
    return replace(system, family=told)


def _told(name: str, result: Footprint) -> dict[str, Any]:
    """Return code, name and mass of one of several."""
    mass = result.system.declared_unit.get("mass")
    told = {"id": name, "name": dict(result.system.product.get("name") or {})}
    return {**told, "mass": f"{mass['value']} {mass['unit']}"} if mass else told


def _figures(result: Footprint) -> dict[str, str]:
    return {name: spell(figure.value) for name, figure in result.figures.items()}


def _range(results: Mapping[str, Footprint]) -> dict[str, dict[str, str]]:
    """Return the lowest and the highest of each figure."""
    told = {}
    for name in next(iter(results.values())).figures:
        values = [one.figures[name].value for one in results.values()]
        told[name] = {"low": spell(min(values)), "high": spell(max(values))}
    return told


def _booked(
    submission: Submission, model: ProductModel, family: FamilyEntry, made: Mapping[str, Fraction]
) -> tuple[Finding, ...]:
    """Return a finding where the articles' outputs do not sum to the family's."""
    whole = replace(
        members_of(submission, family.family)[0],
        member="",
        enums={},
        parameters={},
        output=replace(
            family.output[0] if family.output else submission.cover["subject"],
            value=sum((cell.number or Fraction(0) for cell in family.output), Fraction(0)),
            unit=family.output_unit,
        ),
    )
    alone = replace(submission, members=(whole,))
    good = outputs(alone, model, family)[""]
    total = sum(made.values(), Fraction(0))
    if good and abs(total - good) <= BOOKED * good:
        return ()
    shown = {"total": decimal_text(total), "good": decimal_text(good)}
    where = Where(file=submission.file, sheet=family.where.sheet, cell=family.where.cell)
    return (finding("FAMILY-OUTPUT", where, family=family.family, **shown),)

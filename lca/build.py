"""Submission + product model + rule set -> product system.

The one place where a maker's answers become a system. It decides nothing by itself: amounts come
from the model's formulas, sharing out from the ledger, choices of method from the rule set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from factors.errors import CarbonLabelError
from factors.findings import Finding, blocking, finding
from factors.store import FactorSet
from factors.units import unit
from lca import abnormal, land_use
from lca.answers import answer
from lca.assembly import Job, assembled, declared_boundary
from lca.booking import Books, keep_books
from lca.expand import Site
from lca.family_member import answered, booked_for
from lca.green_power import GreenShare, green_shares
from lca.inventory import GATE, ProductSystem
from lca.model_parts import ProductModel
from lca.period import short_period
from lca.ruleset import RuleSet
from lca.submission import FamilyEntry, MemberEntry, Submission
from lca.supplier_record import accepted
from lca.thinking import think

MISSING = "ANSWER-ACCOUNT-MISSING"
UNANSWERED = frozenset({"ANSWER-MISSING", MISSING, "LEDGER-KEY-MISSING"})
RESTS_ON_OUTPUT = frozenset({MISSING, "THINK-HOT-SPOT-NONE", "THINK-STAGE-EMPTY"})
"""What an output that cannot be counted leads to."""

GRID_ACCOUNT = "electricity"
"""Account whose total the green-power ledger is held against: metered grid electricity."""


@dataclass(frozen=True, slots=True)
class Built:
    """A product system, or None when findings block it, and all findings."""

    system: ProductSystem | None
    findings: tuple[Finding, ...]


def build(
    submission: Submission,
    model: ProductModel,
    rules: RuleSet,
    factors: FactorSet | None = None,
    asked: str = "",
    member: MemberEntry | None = None,
) -> Built:
    """Build the product system of one family of a submission, or of one article of it.

    Parameters
    ----------
    submission
        What was handed in; its findings are carried along.
    model
        The product model the submission was written from.
    rules
        The rule set that fixes methods.
    factors
        The factor library, for fuel and steam that are booked in other units than the model's.
    asked
        Id of the family; empty: the one that the cover declares.
    member
        An article of that family, with its own answers and mass.

    Returns
    -------
    Built
        All problems in one pass; a system only if none of them blocks.
    """
    submission, verdicts = accepted(submission, model, rules)
    family = subject(submission, asked)
    if family is None:
        return Built(None, _without_subject(submission, asked))
    books = keep_books(submission, model)
    if member is not None:
        books = booked_for(books, submission, model, family, member)
        family = answered(family, member)
    answers = answer(
        model,
        {**submission.answers, **family.enums},
        {**submission.answers, **family.parameters},
        books.amounts[family.family],
        family.where,
        factors,
    )
    green, problems = _green(submission, books)
    findings = [*submission.findings, *books.findings, *answers.findings, *problems, *verdicts]
    findings += _of_method(submission, rules)
    findings += think(submission, model, family, books, answers, factors)
    findings = _by_themselves(findings, family, books)
    if blocking(findings):
        return Built(None, _once(findings))
    year = str(submission.period_to.year) if submission.period_to else ""
    site = Site(submission.suppliers, green, year, factors)
    return _built(Job(submission, model, rules, family, books, answers, site), findings)


def _without_subject(submission: Submission, asked: str) -> tuple[Finding, ...]:
    """Say that nobody knows which family is declared, unless its own cell has said so."""
    told = submission.cover["subject"]
    if not asked and any(one.where == told.where for one in blocking(submission.findings)):
        return submission.findings
    missing = finding("BUILD-SUBJECT", told.where, subject=asked or told.text or "-")
    return (*submission.findings, missing)


def _built(job: Job, findings: Sequence[Finding]) -> Built:
    """Put the system together; what comes up only then is told with the rest."""
    told = list(findings)
    try:
        told.extend(job.answers.checks())
        system = assembled(job)
        told.extend(land_use.answered(job.answers, system.exchanges, job.rules.land_use))
    except CarbonLabelError as refusal:
        return Built(None, _once([*told, *refusal.findings]))
    every = _once(told)
    if blocking(every):
        return Built(None, every)
    return Built(replace(system, findings=tuple(one.to_json() for one in every)), every)


def _of_method(submission: Submission, rules: RuleSet) -> Iterator[Finding]:
    """Yield what the rule set says of the period, of abnormal months and of the boundary."""
    yield from short_period(submission, rules.period)
    yield from abnormal.remarks(submission)
    yield from _shortened(submission, rules)


def _by_themselves(findings: Iterable[Finding], family: FamilyEntry, books: Books) -> list[Finding]:
    """Leave out what only follows from something else that is told."""
    led_to = RESTS_ON_OUTPUT if family.family in books.unmeasured else frozenset()
    return [one for one in findings if one.code not in led_to and not _follows(one, books)]


def _shortened(submission: Submission, rules: RuleSet) -> tuple[Finding, ...]:
    """Say that the rule set ends at the gate, or knows neither the gate nor what is declared."""
    declared, where = declared_boundary(submission), submission.cover["boundary"].where
    if declared in rules.boundaries:
        return ()
    code = "RULESET-BOUNDARY-GATE" if GATE in rules.boundaries else "RULESET-BOUNDARY"
    known = ", ".join(rules.boundaries)
    return (finding(code, where, ruleset=rules.id, saw=declared, known=known),)


def _follows(found: Finding, books: Books) -> bool:
    """Whether an account is missing only because its row, its key or a centre is amiss."""
    return found.code == MISSING and dict(found.params)["id"] in books.doubtful


def subject(submission: Submission, asked: str = "") -> FamilyEntry | None:
    """Return the family to be declared: the one asked for, that of the cover, or the only one."""
    asked = asked or submission.cover["subject"].text
    if not asked and len(submission.families) == 1:
        return submission.families[0]
    return next((family for family in submission.families if family.family == asked), None)


def _green(
    submission: Submission, books: Books
) -> tuple[tuple[GreenShare, ...], tuple[Finding, ...]]:
    """Shares of the site's grid electricity that rest on instruments."""
    if not submission.instruments or not submission.period_from or not submission.period_to:
        return (), ()
    if GRID_ACCOUNT in books.unsound:
        return (), ()
    kilowatt_hour = unit("kWh")
    consumed = sum(
        (
            account.consumed * unit(account.unit).scale / kilowatt_hour.scale
            for account in books.ledger.accounts
            if account.id.partition("#")[0] == GRID_ACCOUNT
        ),
        Fraction(0),
    )
    cover = submission.cover
    users = {cover[key].text.strip() for key in ("maker_name_zh", "maker_name_en", "maker_id")}
    period = (submission.period_from, submission.period_to)
    return green_shares(submission.instruments, consumed, period, frozenset(users - {""}))


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Keep the first of equal findings, in order.

    An answer that is missing because its cell was unusable is not reported a second time, nor is
    an account that did not reach the product for a reason named in its own row.
    """
    kept: dict[Finding, None] = {}
    faulty: set[tuple[str, str]] = set()
    named: set[object] = set()
    for found in findings:
        place = (found.where.sheet, found.where.cell)
        told = dict(found.params)
        if found.code in UNANSWERED and (place in faulty or told.get("name_zh", "") in named):
            named |= {told["account_zh"]} if "account_zh" in told else set()
            continue
        kept[found] = None
        if found.blocks and found.where.cell:
            faulty.add(place)
            named |= {told["account_zh"]} if "account_zh" in told else set()
    return tuple(kept)

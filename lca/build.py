"""Submission + product model + rule set -> product system.

The one place where a maker's answers become a system. It decides nothing by itself: amounts come
from the model's formulas, sharing out from the ledger, choices of method from the rule set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from factors.errors import CarbonLabelError
from factors.factor import EmissionFactor
from factors.findings import Finding, blocking, finding
from factors.store import FactorSet
from factors.units import unit
from lca import abnormal, land_use
from lca.answers import Answers, answer
from lca.booking import Books, keep_books
from lca.describe import (
    bands,
    carbon,
    carbon_content,
    comparisons,
    declared_unit,
    end_of_life,
    omissions,
    product,
    properties,
    use_method,
)
from lca.expand import Site, exchanges_of, place_of
from lca.family_member import answered, booked_for
from lca.further import further_lines, stage_names
from lca.green_power import GreenShare, green_shares
from lca.inventory import GATE, STAGES, Exchange, Output, Process, ProductSystem
from lca.ledger_record import record
from lca.model_parts import CoProduct, ProcessRule, ProductModel
from lca.period import short_period
from lca.ruleset import RuleSet
from lca.sides import parted
from lca.stored import stored_lines
from lca.submission import FamilyEntry, MemberEntry, Submission
from lca.supplied import own_factor, own_id
from lca.supplier_record import accepted
from lca.thinking import think

AFTER_GATE = STAGES.index("distribution")
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


@dataclass(frozen=True, slots=True)
class Job:
    """Everything the parts of a system are made from."""

    submission: Submission
    model: ProductModel
    rules: RuleSet
    family: FamilyEntry
    books: Books
    answers: Answers
    site: Site

    @property
    def boundary(self) -> str:
        """The boundary the maker declares, as far as the rule set goes."""
        return self.rules.boundary_of(_declared(self.submission))


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
        told = submission.cover["subject"]
        said = not asked and any(one.where == told.where for one in blocking(submission.findings))
        missing = finding("BUILD-SUBJECT", told.where, subject=asked or told.text or "-")
        return Built(None, submission.findings if said else (*submission.findings, missing))
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
    findings = [*submission.findings, *books.findings, *answers.findings, *problems]
    findings += [*verdicts, *short_period(submission, rules.period)]
    findings += [*abnormal.remarks(submission), *_shortened(submission, rules)]
    findings += think(submission, model, family, books, answers, factors)
    findings = [one for one in findings if not _follows(one, books)]
    if family.family in books.unmeasured:
        findings = [one for one in findings if one.code not in RESTS_ON_OUTPUT]
    if blocking(findings):
        return Built(None, _once(findings))
    year = str(submission.period_to.year) if submission.period_to else ""
    site = Site(submission.suppliers, green, year, factors)
    job = Job(submission, model, rules, family, books, answers, site)
    try:
        findings.extend(answers.checks())
        system = _system(job)
        findings.extend(land_use.answered(answers, system.exchanges, rules.land_use))
    except CarbonLabelError as refusal:
        return Built(None, _once([*findings, *refusal.findings]))
    every = _once(findings)
    if blocking(every):
        return Built(None, every)
    return Built(replace(system, findings=tuple(one.to_json() for one in every)), every)


def _declared(submission: Submission) -> str:
    """Return the boundary on the cover; to the gate unless told otherwise."""
    return submission.cover["boundary"].text or GATE


def _shortened(submission: Submission, rules: RuleSet) -> tuple[Finding, ...]:
    """Say that the rule set ends at the gate, or knows neither the gate nor what is declared."""
    declared, where = _declared(submission), submission.cover["boundary"].where
    if declared in rules.boundaries:
        return ()
    code = "RULESET-BOUNDARY-GATE" if GATE in rules.boundaries else "RULESET-BOUNDARY"
    known = ", ".join(rules.boundaries)
    return (finding(code, where, ruleset=rules.id, saw=declared, known=known),)


def _follows(found: Finding, books: Books) -> bool:
    """Whether an account is missing only because its row or its key could not be read."""
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


def _system(job: Job) -> ProductSystem:
    """Put the parts together and leave out what the declared boundary does not reach."""
    model = job.model
    rules = {process.id: process for process in model.processes}
    made = {
        rule.id: exchanges_of(rule, rules[rule.process], job.answers, job.site, job.rules)
        for rule in model.exchanges
        if job.boundary != GATE or STAGES.index(rule.stage) < AFTER_GATE
    }
    others = further_lines(
        job.submission,
        model,
        job.rules,
        job.answers,
        job.site,
        job.books.further.get(job.family.family, {}),
        job.boundary,
    )
    exchanges = [exchange for several in made.values() for exchange in several]
    exchanges += others.exchanges
    exchanges += stored_lines(model, job.answers, job.site, job.rules, job.boundary)
    reached = _reached(model.process, exchanges, _replaced(model, job.answers))
    kept = tuple(exchange for exchange in exchanges if exchange.process in reached)
    ids = {
        rule: [exchange.id for exchange in several if exchange.process in reached]
        for rule, several in made.items()
    }
    used = {exchange.stage for exchange in kept}
    whole = ProductSystem(
        product=product(job.submission, job.family, model),
        declared_unit=declared_unit(model, job.answers),
        stages=stage_names(used, model),
        reference_process=model.process,
        reference_amount=model.declared_unit.amount,
        reference_unit=model.declared_unit.unit.symbol,
        processes=tuple(_process(rule, job) for rule in model.processes if rule.id in reached),
        exchanges=kept,
        boundary=job.boundary,
        ruleset=job.rules.id,
        period=_period(job.submission),
        model={"id": model.id, "version": model.version, "sha256": model.sha256},
        units=tuple(sorted(model.counting)),
        factors=(*_own_factors(kept, job), *others.factors),
        carbon_content=carbon_content(model, job.answers, job.boundary),
        omissions=omissions(model, job.answers),
        exclusions=job.rules.exclusions,
        bands=bands(model, job.answers),
        comparisons=comparisons(model, job.answers),
        use_method=use_method(model, job.answers, job.boundary),
        end_of_life=end_of_life(model, job.answers, ids),
        ledger=record(job.submission, job.books),
        workbook={"name": job.submission.file, "sha256": job.submission.sha256},
    )
    return parted(whole)


def _replaced(model: ProductModel, answers: Answers) -> dict[str, set[str]]:
    """What the co-products of each process replace: processes of the model, or factor rows."""
    links: dict[str, set[str]] = {}
    for co in model.co_products:
        if co.replaces and answers.holds(co.when):
            links.setdefault(co.process, set()).add(co.replaces)
    return links


def _reached(
    start: str, exchanges: Sequence[Exchange], replaced: Mapping[str, set[str]]
) -> frozenset[str]:
    """Processes that the product needs or spares, following links from its own process."""
    links = {process: set(others) for process, others in replaced.items()}
    for exchange in exchanges:
        if exchange.from_process:
            links.setdefault(exchange.process, set()).add(exchange.from_process)
    reached: set[str] = set()
    ahead = [start]
    while ahead:
        process = ahead.pop()
        if process not in reached:
            reached.add(process)
            ahead.extend(links.get(process, ()))
    return frozenset(reached)


def _process(rule: ProcessRule, job: Job) -> Process:
    """A process with its outputs for these answers."""
    answers = job.answers
    reference = Output(
        flow=rule.flow,
        amount=rule.amount,
        unit=rule.unit.symbol,
        properties=properties(rule.properties, rule.unit, answers),
        carbon=carbon(rule.carbon, rule.unit, answers),
    )
    others = tuple(
        _co_product(co, rule, answers)
        for co in job.model.co_products
        if co.process == rule.id and answers.holds(co.when)
    )
    return Process(
        id=rule.id,
        name=rule.name,
        outputs=(reference, *others),
        place=place_of(rule, answers),
        year=job.site.year,
        method=rule.method,
        basis=rule.basis,
    )


def _co_product(co: CoProduct, rule: ProcessRule, answers: Answers) -> Output:
    return Output(
        flow=co.flow,
        amount=answers.amount(co).value * rule.amount,
        unit=co.unit.symbol,
        role=co.treatment,
        properties=properties(co.properties, co.unit, answers),
        carbon=carbon(co.carbon, co.unit, answers),
        replaces=co.replaces,
    )


def _own_factors(exchanges: Iterable[Exchange], job: Job) -> tuple[EmissionFactor, ...]:
    """Factors made from suppliers' own figures, for the exchanges that use them."""
    own: dict[str, EmissionFactor] = {}
    for exchange in exchanges:
        for entry in job.submission.suppliers:
            if entry.pcf.number is not None and exchange.from_factor == own_id(entry):
                booked_in = job.model.account(entry.account).unit.symbol
                own[exchange.from_factor] = own_factor(exchange, entry, booked_in)
    return tuple(own[key] for key in sorted(own))


def _period(submission: Submission) -> dict[str, str]:
    first, last = submission.period_from, submission.period_to
    return {"from": str(first), "to": str(last)} if first and last else {}


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

"""The parts of a product system, made from one family's answers and put together.

Everything here is decided already: amounts by the model's formulas, shares by the ledger, methods
by the rule set. What the reference process neither needs nor spares is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from factors.factor import EmissionFactor
from lca.answers import Answers
from lca.booking import Books
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
from lca.further import AFTER_GATE, further_lines, stage_names
from lca.inventory import GATE, STAGES, Exchange, Output, Process, ProductSystem
from lca.ledger_record import record
from lca.model_parts import CoProduct, ProcessRule, ProductModel
from lca.ruleset import RuleSet
from lca.sides import parted
from lca.stored import stored_lines
from lca.submission import FamilyEntry, Submission
from lca.supplied import own_factor, own_id


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
        return self.rules.boundary_of(declared_boundary(self.submission))


@dataclass(frozen=True, slots=True)
class Lines:
    """The exchanges of a system.

    Attributes
    ----------
    reached
        Ids of the processes that the product needs or spares.
    by_rule
        Ids of the exchanges that each rule of the model made.
    factors
        Factors that the maker's own lines brought along.
    """

    exchanges: tuple[Exchange, ...]
    reached: frozenset[str]
    by_rule: Mapping[str, Sequence[str]]
    factors: tuple[EmissionFactor, ...]


def declared_boundary(submission: Submission) -> str:
    """Return the boundary on the cover; to the gate unless told otherwise."""
    return submission.cover["boundary"].text or GATE


def assembled(job: Job) -> ProductSystem:
    """Put the parts together and leave out what the declared boundary does not reach."""
    model, answers, lines = job.model, job.answers, _lines(job)
    used = {exchange.stage for exchange in lines.exchanges}
    whole = ProductSystem(
        product=product(job.submission, job.family, model),
        declared_unit=declared_unit(model, answers),
        stages=stage_names(used, model),
        reference_process=model.process,
        reference_amount=model.declared_unit.amount,
        reference_unit=model.declared_unit.unit.symbol,
        processes=tuple(
            _process(rule, job) for rule in model.processes if rule.id in lines.reached
        ),
        exchanges=lines.exchanges,
        boundary=job.boundary,
        ruleset=job.rules.id,
        period=_period(job.submission),
        model={"id": model.id, "version": model.version, "sha256": model.sha256},
        units=tuple(sorted(model.counting)),
        factors=(*_own_factors(lines.exchanges, job), *lines.factors),
        carbon_content=carbon_content(model, answers, job.boundary),
        omissions=omissions(model, answers),
        exclusions=job.rules.exclusions,
        bands=bands(model, answers),
        comparisons=comparisons(model, answers),
        use_method=use_method(model, answers, job.boundary),
        end_of_life=end_of_life(model, answers, lines.by_rule),
        ledger=record(job.submission, job.books),
        workbook={"name": job.submission.file, "sha256": job.submission.sha256},
    )
    return parted(whole)


def _lines(job: Job) -> Lines:
    """Make the lines of the model, the maker's own and what is stored; keep what is reached."""
    model, answers, site = job.model, job.answers, job.site
    made = _by_rule(job)
    further = job.books.further.get(job.family.family, {})
    others = further_lines(job.submission, model, job.rules, answers, site, further, job.boundary)
    exchanges = [
        *(exchange for several in made.values() for exchange in several),
        *others.exchanges,
        *stored_lines(model, answers, site, job.rules, job.boundary),
    ]
    reached = _reached(model.process, exchanges, _replaced(model, answers))
    return Lines(
        exchanges=tuple(exchange for exchange in exchanges if exchange.process in reached),
        reached=reached,
        by_rule={
            rule: [exchange.id for exchange in several if exchange.process in reached]
            for rule, several in made.items()
        },
        factors=others.factors,
    )


def _by_rule(job: Job) -> dict[str, Sequence[Exchange]]:
    """Return the exchanges that each rule of the model makes within the boundary."""
    processes = {process.id: process for process in job.model.processes}
    return {
        rule.id: exchanges_of(rule, processes[rule.process], job.answers, job.site, job.rules)
        for rule in job.model.exchanges
        if job.boundary != GATE or STAGES.index(rule.stage) < AFTER_GATE
    }


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

"""From what an exporter handed in to a ledger that can be shared out.

Units become the model's units, outputs become declared units, and the families that cannot take
part in an account (bottles for a can line) are barred from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from factors.errors import FindingsError, UnitError
from factors.findings import Finding, blocking, finding
from factors.texts import LANGS
from factors.units import Unit, unit
from lca.answers import AccountAmount, Answers, answer
from lca.ledger import Account, Allocation, Centre, Key, Ledger, Output, allocate
from lca.ledger_review import review
from lca.model_parts import Account as AccountRule
from lca.model_parts import ProductModel
from lca.submission import AccountEntry, Cell, FamilyEntry, KeyEntry, Submission

ZERO = Fraction(0)

FOLLOWS = frozenset({"LEDGER-CENTRE-LOOP", "LEDGER-KEY-EMPTY", "LEDGER-TARGET-UNKNOWN"})
"""What an output that cannot be counted leads to; it says nothing of its own."""


@dataclass(frozen=True, slots=True)
class Books:
    """A site's ledger with everything shared out.

    Attributes
    ----------
    ledger, allocation
        All accounts of the site and their shares.
    amounts
        For each family: amount per declared unit of every account it takes part in.
    unsound
        Accounts that could not be read in full; nothing is concluded from them.
    findings
        What was wrong or remarkable.
    further
        The same as ``amounts`` for items that no account of the model asks for.
    doubtful
        Accounts of the model that could not be read in full, or whose key could not, or that could
        not be shared out.
    unmeasured
        Families whose output cannot be counted in declared units; nothing can be shared out then.
    """

    ledger: Ledger
    allocation: Allocation
    amounts: Mapping[str, Mapping[str, AccountAmount]]
    unsound: frozenset[str]
    findings: tuple[Finding, ...]
    further: Mapping[str, Mapping[str, AccountAmount]] = field(default_factory=dict)
    unmeasured: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()


def keep_books(submission: Submission, model: ProductModel) -> Books:
    """Book a submission and bring every account down to every family."""
    answers = {
        family.family: answer(
            model,
            {**submission.answers, **family.enums},
            {**submission.answers, **family.parameters},
            {},
            family.where,
        )
        for family in submission.families
    }
    outputs, findings, unmeasured = _outputs(submission, model, answers)
    accounts, problems = _accounts(submission, model, answers)
    others = _further(submission, model)
    ledger = Ledger(
        accounts=tuple(account for account, _ in (*accounts, *others)),
        outputs=outputs,
        keys=tuple(_key(entry) for entry in submission.keys),
        centres=tuple(Centre(c.centre, c.kind, c.key, c.where) for c in submission.centres),
    )
    allocation = allocate(ledger)
    amounts = {
        family.family: _amounts(family.family, accounts, ledger, allocation, submission, model)
        for family in submission.families
    }
    further = {
        family.family: _further_amounts(family.family, others, ledger, allocation)
        for family in submission.families
    }
    unsound = _unsound(submission, (*accounts, *others))
    shared = allocation.findings
    if unmeasured:
        unsound |= {account.id for account in ledger.accounts}
        shared = tuple(one for one in shared if one.code not in FOLLOWS)
    found = (*findings, *problems, *shared, *review(ledger, unsound))
    doubtful = _doubtful(submission) | _unshared(accounts, allocation)
    return Books(ledger, allocation, amounts, unsound, found, further, unmeasured, doubtful)


def _unsound(
    submission: Submission, booked: Sequence[tuple[Account, AccountEntry]]
) -> frozenset[str]:
    """Accounts in whose row the reader found something that blocks."""
    faulty = {(one.where.sheet, _row(one.where.cell)) for one in blocking(submission.findings)}
    return frozenset(
        account.id
        for account, entry in booked
        if (entry.where.sheet, _row(entry.where.cell)) in faulty
    )


def _doubtful(submission: Submission) -> frozenset[str]:
    """Accounts with something that blocks in their own row or in that of their key."""
    faulty = {(one.where.sheet, _row(one.where.cell)) for one in blocking(submission.findings)}
    keys = {one.key for one in submission.keys if (one.where.sheet, _row(one.where.cell)) in faulty}
    return frozenset(
        one.account
        for one in submission.accounts
        if one.key in keys or (one.where.sheet, _row(one.where.cell)) in faulty
    )


def _unshared(
    booked: Sequence[tuple[Account, AccountEntry]], allocation: Allocation
) -> frozenset[str]:
    """Accounts of the model with an entry that came to nobody; a finding of the ledger says why."""
    shared = {share.account for share in allocation.shares}
    return frozenset(entry.account for account, entry in booked if account.id not in shared)


def _row(cell: str) -> str:
    return cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _outputs(
    submission: Submission, model: ProductModel, answers: Mapping[str, Answers]
) -> tuple[tuple[Output, ...], list[Finding], frozenset[str]]:
    """Good output and rejects of each family in declared units, and families without such."""
    outputs: list[Output] = []
    findings: list[Finding] = []
    unmeasured: set[str] = set()
    for family in submission.families:
        try:
            size = declared_units(family, model, answers[family.family])
        except (UnitError, FindingsError) as refusal:
            # without a unit the reader has reported the cell
            findings.extend(refusal.findings if family.output_unit else ())
            unmeasured.add(family.family)
            outputs.append(Output(family.family, (), ()))
            continue
        good = tuple(_number(cell) * size for cell in family.output)
        rejects = tuple(_number(cell) * size for cell in family.rejects)
        begun = (_number(family.begun_closing) - _number(family.begun_opening)) * size
        made = Output(family.family, good, rejects, begun)
        outputs.append(made)
        findings.extend(_remarks(family, made))
        if made.good <= 0 and family.family == submission.cover["subject"].text:
            findings.append(finding("LEDGER-NO-OUTPUT", family.where, family=family.family))
    return tuple(outputs), findings, frozenset(unmeasured)


def _remarks(family: FamilyEntry, made: Output) -> Iterator[Finding]:
    """Rework beyond what was made, and work in progress beyond a month's output."""
    rework = sum((_number(cell) for cell in family.rework), ZERO)
    whole = sum((_number(cell) for cell in (*family.output, *family.rejects)), ZERO)
    if rework > whole:
        told = {"rework": f"{float(rework):,.6g}", "made": f"{float(whole):,.6g}"}
        where = family.rework[0].where
        yield finding("LEDGER-REWORK", where, family=family.family, **told)
    if made.begun and made.months and abs(made.begun) > max(made.months):
        where = family.begun_closing.where if made.begun > 0 else family.begun_opening.where
        yield finding("LEDGER-BEGUN", where, family=family.family)


def declared_units(family: FamilyEntry, model: ProductModel, answers: Answers) -> Fraction:
    """Declared units (of amount 1) in one unit of the family's output.

    The output may be counted in any unit of the declared unit's dimension, or in a sales unit of
    the model ("pack"), whose size follows from the family's answers.
    """
    declared = model.declared_unit
    for sales in model.sales_units:
        if family.output_unit == sales.id and answers.holds(sales.when):
            return answers.value(sales.amount, declared.unit).value / declared.amount
    counted = unit(family.output_unit, model.counting)
    return _ratio(counted, declared.unit, family) / declared.amount


def _ratio(given: Unit, wanted: Unit, family: FamilyEntry) -> Fraction:
    if given.dimension != wanted.dimension:
        raise FindingsError(
            finding(
                "LEDGER-OUTPUT-UNIT",
                family.where,
                family=family.family,
                unit=given.symbol,
                wanted=wanted.symbol,
            )
        )
    return given.scale / wanted.scale


def _accounts(
    submission: Submission, model: ProductModel, answers: Mapping[str, Answers]
) -> tuple[list[tuple[Account, AccountEntry]], list[Finding]]:
    """Accounts in the model's units; a second entry of a carrier becomes an account of its own."""
    booked: list[tuple[Account, AccountEntry]] = []
    findings: list[Finding] = []
    seen: dict[str, int] = {}
    for entry in submission.accounts:
        if entry.form != "period":
            continue
        rule = model.account(entry.account)
        try:
            given = unit(entry.unit, model.counting)
        except UnitError as refusal:
            findings.extend(refusal.findings)
            continue
        if given.dimension not in rule.dimensions:
            findings.append(
                finding(
                    "LEDGER-ACCOUNT-UNIT",
                    entry.where,
                    account_zh=rule.name["zh"],
                    account_en=rule.name["en"],
                    unit=given.symbol,
                    wanted=rule.unit.symbol,
                )
            )
            continue
        takers = frozenset(f for f, told in answers.items() if told.holds(rule.when))
        seen[entry.account] = count = seen.get(entry.account, 0) + 1
        name = entry.account if count == 1 else f"{entry.account}#{count}"
        booked.append((_account(name, entry, rule, given, takers), entry))
    return booked, findings


def _further(submission: Submission, model: ProductModel) -> list[tuple[Account, AccountEntry]]:
    """Items that no account of the model asks for, as accounts in the unit they were booked in."""
    booked: list[tuple[Account, AccountEntry]] = []
    for item in submission.further:
        entry = item.entry
        try:
            kept = unit(entry.unit, model.counting)
        except UnitError:
            continue  # the reader has reported the cell
        account = Account(
            id=entry.account,
            unit=kept.symbol,
            months=tuple(_number(cell) for cell in entry.months),
            opening=_number(entry.opening),
            closing=_number(entry.closing),
            returned=_number(entry.returned),
            key=entry.key,
            names=dict.fromkeys(LANGS, item.name),
            where=entry.where,
        )
        booked.append((account, entry))
    return booked


def _further_amounts(
    family: str,
    booked: Sequence[tuple[Account, AccountEntry]],
    ledger: Ledger,
    allocation: Allocation,
) -> dict[str, AccountAmount]:
    """Amounts of the further items per declared unit of one family."""
    good = next((output.good for output in ledger.outputs if output.family == family), ZERO)
    found: dict[str, AccountAmount] = {}
    for account, entry in booked:
        share = allocation.of(account.id, family)
        if share is not None and good > 0:
            found[account.id] = AccountAmount(
                share.amount / good, _cells(entry), entry.activity_kind, entry.evidence
            )
    return found


def _account(
    name: str,
    entry: AccountEntry,
    rule: AccountRule,
    given: Unit,
    takers: frozenset[str],
) -> Account:
    """An account of the ledger; what the model's unit has no scale for stays as booked."""
    kept = rule.unit if given.dimension == rule.unit.dimension else given
    times = given.scale / kept.scale
    control = entry.control_total.number
    multiplier = entry.multiplier.number
    return Account(
        id=name,
        unit=kept.symbol,
        months=tuple(_number(cell) * times for cell in entry.months),
        multiplier=Fraction(1) if multiplier is None else multiplier,
        opening=_number(entry.opening) * times,
        closing=_number(entry.closing) * times,
        returned=_number(entry.returned) * times,
        control_total=None if control is None else control * times,
        control_source=entry.control_source,
        key=entry.key,
        takers=takers if rule.when else None,
        names=rule.name,
        where=entry.where,
        key_where=entry.key_where,
        month_places=tuple(cell.where for cell in entry.months),
    )


def _key(entry: KeyEntry) -> Key:
    values = {target: _number(cell) for target, cell in entry.values.items()}
    return Key(entry.key, entry.kind, entry.unit, values, entry.where)


def _amounts(
    family: str,
    booked: Sequence[tuple[Account, AccountEntry]],
    ledger: Ledger,
    allocation: Allocation,
    submission: Submission,
    model: ProductModel,
) -> dict[str, AccountAmount]:
    """Amounts per declared unit of one family, from the ledger and from per-unit entries."""
    good = next((output.good for output in ledger.outputs if output.family == family), ZERO)
    parts: dict[str, list[_Part]] = {}
    for account, entry in booked:
        share = allocation.of(account.id, family)
        if share is not None and good > 0:
            part = _Part(
                share.amount / good, unit(account.unit, model.counting), entry, _cells(entry)
            )
            parts.setdefault(entry.account, []).append(part)
    for entry in submission.accounts:
        cell = entry.per_unit.get(family)
        if entry.form == "unit" and cell is not None and cell.number is not None:
            given = unit(cell.unit or entry.unit, model.counting)
            part = _Part(cell.number, given, entry, (cell,))
            parts.setdefault(entry.account, []).append(part)
    return {account: _sum(rows, model.account(account)) for account, rows in parts.items()}


@dataclass(frozen=True, slots=True)
class _Part:
    """What one entry gives per declared unit, in the unit it is kept in."""

    amount: Fraction
    unit: Unit
    entry: AccountEntry
    cells: tuple[Cell, ...]


def _sum(parts: Sequence[_Part], rule: AccountRule) -> AccountAmount:
    """Add what is of one dimension; :mod:`lca.carriers` brings the dimensions together."""
    units = {rule.unit.dimension: rule.unit}
    for part in parts:
        units.setdefault(part.unit.dimension, part.unit)
    own, *others = (
        (kept, _added([part for part in parts if part.unit.dimension == dimension], kept))
        for dimension, kept in units.items()
    )
    return replace(own[1], others=tuple(others))


def _added(parts: Sequence[_Part], kept: Unit) -> AccountAmount:
    kinds = {part.entry.activity_kind for part in parts}
    return AccountAmount(
        amount=sum((part.amount * part.unit.scale / kept.scale for part in parts), ZERO),
        cells=tuple(cell for part in parts for cell in part.cells),
        kind=kinds.pop() if len(kinds) == 1 else "calculated",
        evidence=tuple(sorted({proof for part in parts for proof in part.entry.evidence})),
    )


def _cells(entry: AccountEntry) -> tuple[Cell, ...]:
    """The cells an account was read from, those that hold a number."""
    cells = (*entry.months, entry.multiplier, entry.opening, entry.closing, entry.returned)
    return tuple(cell for cell in cells if cell.number is not None)


def _number(cell: Cell) -> Fraction:
    """A number, or zero where the reader found none (it has reported why)."""
    number = cell.number
    return ZERO if number is None else number

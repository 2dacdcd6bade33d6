"""A submission with some answers and accounts changed, as if the maker had filled them in so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from factors.errors import FindingsError
from factors.findings import Finding, Where, finding
from factors.units import Unit
from factors.written import Question, Setting, read
from lca.build import subject
from lca.changes import Change, Key, Merged
from lca.ledger import OUTPUT_KEY
from lca.model_parts import Account, Enum, Parameter, ProductModel
from lca.submission import EMPTY, AccountEntry, Cell, Submission

SUB_METER = "sub-meter"
"""Kind of key whose values are readings of the account itself."""

Place = Callable[[Key], Where]
"""Where a change is written down, for findings."""


def amended(
    submission: Submission, model: ProductModel, merged: Merged, place: Place
) -> Submission:
    """Return the submission with the changes to its answers, accounts and boundary.

    Parameters
    ----------
    submission
        As it was handed in; its cells keep their places.
    model
        The product model that asks the questions.
    merged
        The changes.
    place
        Where each change is written.

    Raises
    ------
    FindingsError
        SCENARIO-NOTHING for a question or account the model does not know, SCENARIO-NUMBER,
        SCENARIO-SEVERAL for a new total of an account that has several entries.
    """
    log: list[Finding] = []
    for key, change in merged.section("answers").items():
        submission = _answered(submission, model, key, change, place(("answers", key)), log)
    for key, change in merged.section("accounts").items():
        submission = _booked(submission, model, key, change, place(("accounts", key)), log)
    boundary = merged.single("boundary")
    if boundary:
        cell = replace(submission.cover.get("boundary", EMPTY), value=boundary)
        submission = replace(submission, cover={**submission.cover, "boundary": cell})
    if log:
        raise FindingsError.of(log)
    return submission


def _answered(
    submission: Submission,
    model: ProductModel,
    key: str,
    change: Change,
    where: Where,
    log: list[Finding],
) -> Submission:
    questions: Mapping[str, Enum | Parameter] = {
        **{one.id: one for one in model.enums},
        **{one.id: one for one in model.parameters if one.ask},
    }
    question, family = questions.get(key), subject(submission)
    if question is None or family is None:
        log.append(_unknown(key, questions, where))
        return submission
    if isinstance(question, Enum):
        cell = Cell(change.to, "", where)
    else:
        cell = _number(change.to, model, where, log)
    if question.scope == "site":
        return replace(submission, answers={**submission.answers, key: cell})
    if isinstance(question, Enum):
        told = replace(family, enums={**family.enums, key: cell})
    else:
        told = replace(family, parameters={**family.parameters, key: cell})
    families = tuple(told if one.family == told.family else one for one in submission.families)
    return replace(submission, families=families)


def _booked(
    submission: Submission,
    model: ProductModel,
    key: str,
    change: Change,
    where: Where,
    log: list[Finding],
) -> Submission:
    known = {one.id: one for one in model.accounts}
    if key not in known:
        log.append(_unknown(key, known, where))
        return submission
    mine = [one for one in submission.accounts if one.account == key]
    others = tuple(one for one in submission.accounts if one.account != key)
    if change.times is not None:
        if not mine and not change.bring:  # a limit holds for all energy, whichever there is
            log.append(_unknown(key, {one.account for one in submission.accounts}, where))
        return _multiplied(submission, key, change.times)
    if len(mine) > 1 and not change.each:
        log.append(finding("SCENARIO-SEVERAL", where, account=key, count=len(mine)))
        return submission
    cell = _number(change.to, model, where, log)
    old = _per_unit(known[key], where) if change.each else _only(mine, known[key], where)
    family = subject(submission)
    return replace(
        submission, accounts=(*others, _restated(old, cell, family.family if family else ""))
    )


def _number(text: str, model: ProductModel, where: Where, log: list[Finding]) -> Cell:
    """Return a written number, with its unit where one is written."""
    told = read(text, Setting(counting=model.counting))
    if isinstance(told, Question | Finding):
        found = told.asked if isinstance(told, Question) else told
        log.append(replace(found, where=where))
        return EMPTY
    return Cell(told.value, _symbol(told.unit), where)


def _symbol(unit: Unit | None) -> str:
    return unit.symbol if unit else ""


def _multiplied(submission: Submission, key: str, times: Fraction) -> Submission:
    """Return a submission with an account multiplied, and the sub-meters behind it."""
    meters = {one.key for one in submission.accounts if one.account == key}
    meters -= {one.key for one in submission.accounts if one.account != key}
    return replace(
        submission,
        accounts=tuple(
            _scaled(one, times) if one.account == key else one for one in submission.accounts
        ),
        keys=tuple(
            replace(one, values={name: _times(cell, times) for name, cell in one.values.items()})
            if one.key in meters and one.kind == SUB_METER
            else one
            for one in submission.keys
        ),
    )


def _scaled(entry: AccountEntry, times: Fraction) -> AccountEntry:
    """Return an account with everything that was read or bought multiplied."""
    return replace(
        entry,
        months=tuple(_times(cell, times) for cell in entry.months),
        opening=_times(entry.opening, times),
        closing=_times(entry.closing, times),
        returned=_times(entry.returned, times),
        control_total=_times(entry.control_total, times),
        per_unit={family: _times(cell, times) for family, cell in entry.per_unit.items()},
    )


def _times(cell: Cell, times: Fraction) -> Cell:
    number = cell.number
    return cell if number is None else replace(cell, value=number * times)


def _restated(entry: AccountEntry, cell: Cell, family: str) -> AccountEntry:
    """Return an account with a new total of the period, or a new amount per unit of the subject."""
    if entry.form == "unit":
        unit = cell.unit if not entry.per_unit and cell.unit else entry.unit
        return replace(entry, unit=unit, per_unit={**entry.per_unit, family: cell})
    return replace(
        entry,
        unit=cell.unit or entry.unit,
        months=(replace(cell, unit=""),),
        multiplier=EMPTY,
        opening=EMPTY,
        closing=EMPTY,
        returned=EMPTY,
        control_total=EMPTY,
    )


def _only(mine: list[AccountEntry], account: Account, where: Where) -> AccountEntry:
    """Return the one entry of an account; one shared out by output if the site had none."""
    if mine:
        return mine[0]
    return AccountEntry(account.id, "period", account.unit.symbol, key=OUTPUT_KEY, where=where)


def _per_unit(account: Account, where: Where) -> AccountEntry:
    """Return an account that only the product has, by its declared unit."""
    return AccountEntry(account.id, "unit", account.unit.symbol, where=where)


def _unknown(key: str, known: Mapping[str, object] | set[str], where: Where) -> Finding:
    return finding("SCENARIO-NOTHING", where, thing=key, known=", ".join(sorted(known)) or "-")

"""What brings a check or a quantity of a model to a given value: accounts times one number.

A national energy limit, for example, is met when all energy is multiplied by limit over use. The
number comes from the file as it is, so that it does not depend on other changes of a scenario.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from factors.errors import FindingsError
from factors.findings import Finding, finding
from factors.numbers import parse_decimal
from factors.store import FactorSet
from lca.answers import Answers, answer
from lca.booking import keep_books
from lca.build import subject
from lca.changes import Change, Changes, Key
from lca.model_parts import ProductModel
from lca.submission import Submission


def brought(
    changes: Changes, submission: Submission, model: ProductModel, factors: FactorSet
) -> Changes:
    """Return the scenario with every ``bring`` as the number to multiply by.

    Raises
    ------
    FindingsError
        SCENARIO-NOTHING for a name that is no check or quantity with a value; SCENARIO-NUMBER for
        a target that is no decimal.
    """
    wanted = [
        (key, one) for group in changes.groups for key, one in group.changes.items() if one.bring
    ]
    if not wanted:
        return changes
    answers = _answers(submission, model, factors)
    log: list[Finding] = []
    times = {key: _times(changes, key, one, answers, log) for key, one in wanted}
    if log:
        raise FindingsError.of(log)
    groups = (
        replace(
            group,
            changes={
                key: replace(one, to="", times=times[key]) if key in times else one
                for key, one in group.changes.items()
            },
        )
        for group in changes.groups
    )
    return replace(changes, groups=tuple(groups))


def _answers(submission: Submission, model: ProductModel, factors: FactorSet) -> Answers:
    family = subject(submission)
    if family is None:
        told = submission.cover["subject"]
        raise FindingsError(finding("BUILD-SUBJECT", told.where, subject=told.text or "-"))
    return answer(
        model,
        {**submission.answers, **family.enums},
        {**submission.answers, **family.parameters},
        keep_books(submission, model).amounts[family.family],
        family.where,
        factors,
    )


def _times(
    changes: Changes, key: Key, change: Change, answers: Answers, log: list[Finding]
) -> Fraction:
    """Return target over value; 1 after a finding."""
    where = changes.where(key)
    try:
        target = parse_decimal(change.to)
    except ValueError:
        log.append(finding("SCENARIO-NUMBER", where, saw=change.to))
        return Fraction(1)
    value = _value(change.bring, answers)
    if not value:
        known = ", ".join(one.id for one in answers.model.checks if one.value) or "-"
        log.append(finding("SCENARIO-NOTHING", where, thing=change.bring, known=known))
        return Fraction(1)
    return target / value


def _value(name: str, answers: Answers) -> Fraction | None:
    """Return the value of a check or quantity in its own unit; None where it has none."""
    for check in answers.model.checks:
        if check.id == name and check.value is not None and check.unit is not None:
            return answers.value(check.value, check.unit).value
    for quantity in answers.model.quantities:
        if quantity.id == name:
            return answers.value(quantity.formula, quantity.unit).value
    return None

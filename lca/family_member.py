"""One article of a family: its own answers, and its part of what the family used.

The accounts of a site come down to a family. Where an article is counted (tires, machines), what is
booked by mass, volume or energy follows the mass of the article, so that the family's total is
shared out to its articles without rest; what is booked by the piece does not. Where the declared
unit is an amount itself (a litre, a tonne), every article uses as much per unit as the family.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from factors.units import unit
from lca.answers import Answers, answer
from lca.booking import Books, declared_units
from lca.inputs import AccountAmount
from lca.model_parts import ProductModel
from lca.submission import FamilyEntry, MemberEntry, Submission

ZERO, ONE = Fraction(0), Fraction(1)
AMOUNTS = frozenset({"[mass]", "[length]", "[length]^2", "[length]^3", "[energy]"})
"""Dimensions of declared units that are amounts rather than counts of things."""
PIECE = unit("item").dimension


def answered(family: FamilyEntry, member: MemberEntry) -> FamilyEntry:
    """Return the family as this article answers its questions."""
    return replace(
        family,
        enums={**family.enums, **member.enums},
        parameters={**family.parameters, **member.parameters},
    )


def members_of(submission: Submission, family: str) -> tuple[MemberEntry, ...]:
    """Return the articles of a family, in the order of the file."""
    return tuple(one for one in submission.members if one.family == family)


def outputs(
    submission: Submission, model: ProductModel, family: FamilyEntry
) -> dict[str, Fraction]:
    """Return the good output of each article in declared units.

    Raises
    ------
    UnitError, FindingsError
        For an output that is not counted in any unit of the model.
    """
    found = {}
    for member in members_of(submission, family.family):
        own = answered(
            replace(family, output_unit=member.output.unit or family.output_unit), member
        )
        told = _answers(submission, model, own)
        found[member.member] = (member.output.number or ZERO) * declared_units(own, model, told)
    return found


def booked_for(
    books: Books,
    submission: Submission,
    model: ProductModel,
    family: FamilyEntry,
    member: MemberEntry,
) -> Books:
    """Return the books with the amounts of an article in the place of its family's."""
    times = ratio(submission, model, family, member)
    if times == ONE:
        return books
    amounts = {
        account: _times(told, times) if _follows_mass(model, account) else told
        for account, told in books.amounts[family.family].items()
    }
    return replace(books, amounts={**books.amounts, family.family: amounts})


def ratio(
    submission: Submission, model: ProductModel, family: FamilyEntry, member: MemberEntry
) -> Fraction:
    """Return mass of an article over the mean mass of its family; 1 where mass decides nothing."""
    masses = {one.member: one.mass.number for one in members_of(submission, family.family)}
    if model.declared_unit.unit.dimension in AMOUNTS or not all(masses.values()):
        return ONE
    mean = weighted_mean(
        {name: mass for name, mass in masses.items() if mass}, outputs(submission, model, family)
    )
    return (masses[member.member] or mean) / mean if mean else ONE


def weighted_mean(values: Mapping[str, Fraction], weights: Mapping[str, Fraction]) -> Fraction:
    """Return a mean weighted by output; the plain mean where nothing was made."""
    whole = sum((weights.get(name, ZERO) for name in values), ZERO)
    if not whole:
        return _mean(values.values())
    return sum((value * weights.get(name, ZERO) for name, value in values.items()), ZERO) / whole


def _mean(values: Iterable[Fraction]) -> Fraction:
    found = list(values)
    return sum(found, ZERO) / len(found) if found else ZERO


def _answers(submission: Submission, model: ProductModel, family: FamilyEntry) -> Answers:
    return answer(
        model,
        {**submission.answers, **family.enums},
        {**submission.answers, **family.parameters},
        {},
        family.where,
    )


def _follows_mass(model: ProductModel, account: str) -> bool:
    """Whether an account is booked by matter or energy, rather than by the piece."""
    own = model.account(account).unit
    return own.dimension != model.declared_unit.unit.dimension and own.dimension != PIECE


def _times(told: AccountAmount, times: Fraction) -> AccountAmount:
    others = tuple((own, _times(one, times)) for own, one in told.others)
    return replace(told, amount=told.amount * times, others=others)

"""Thinking along: what a tired verifier would ask about a file in which every cell is readable.

A cell can be right in form and wrong in fact: a bill booked twice, a forgotten multiplier, tonnes
where kilograms were meant, the purchase list of another year. Nothing here changes a number. Each
module looks at one kind of slip and knows nothing of a particular product; what is usual comes
from the file itself (its other months, keys, control totals) and from the model (its declared mass,
its checks, its factors). Every finding says how sure it is, see :mod:`lca.thinking.sure`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from factors.findings import Finding
from factors.store import FactorSet
from lca.answers import Answers
from lca.booking import Books
from lca.model_parts import ProductModel
from lca.submission import FamilyEntry, Submission
from lca.thinking import (
    articles,
    centres,
    chosen_factors,
    dates,
    deliveries,
    flows,
    green,
    keys,
    land,
    limits,
    loads,
    meters,
    months,
    others,
    output,
    proofs,
    questions,
    stages,
    stocks,
    supplier_figures,
    totals,
    twins,
    waters,
)
from lca.thinking.case import Case

LOOKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    limits.look,
    months.look,
    meters.look,
    totals.look,
    keys.look,
    centres.look,
    stocks.look,
    output.look,
    flows.look,
    loads.look,
    waters.look,
    articles.look,
    stages.look,
    deliveries.look,
    chosen_factors.look,
    land.look,
    supplier_figures.look,
    questions.look,
    others.look,
    green.look,
    dates.look,
    proofs.look,
    twins.look,
)


def think(
    submission: Submission,
    model: ProductModel,
    family: FamilyEntry,
    books: Books,
    answers: Answers,
    factors: FactorSet | None = None,
) -> tuple[Finding, ...]:
    """Return what is worth asking about a file.

    Parameters
    ----------
    submission, model
        What was handed in and the model it was written from.
    family
        The family to be declared.
    books, answers
        Its site ledger, and the answers of the family with the amounts the ledger gives it.
    factors
        The factor library; when given, suppliers' own figures are held against its rows.

    Returns
    -------
    tuple of Finding
        All in one pass, also for a file that other findings block; accounts that could not be read
        in full are left out.
    """
    case = Case.of(submission, model, family, books, answers, factors)
    return tuple(found for look in LOOKS for found in look(case))

"""Steps and articles of a family against its output and against each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise
from statistics import median

from factors.errors import UnitError
from factors.findings import Finding
from factors.units import unit
from lca.submission import Cell, MemberEntry, YieldEntry
from lca.thinking.case import Case, converts
from lca.thinking.sure import Sure, shown, thought

AGREE = 1.05
GAIN, OTHER = 1.02, 1.5
"""A step that takes in so much more than the one before gave; beyond that it is another line."""

APART = 5.0


def look(case: Case) -> Iterator[Finding]:
    """Look at the steps and at the members of each family."""
    made = {
        one.family: float((one.good + sum(one.rejects)) * case.model.declared_unit.amount)
        for one in case.books.ledger.outputs
    }
    for family, rows in groupby(case.submission.yields, lambda one: one.family):
        yield from _steps(case, list(rows), made.get(family, 0.0))
    for family, members in groupby(case.submission.members, lambda one: one.family):
        yield from _members(case, list(members), made.get(family, 0.0))


def _steps(case: Case, steps: list[YieldEntry], made: float) -> Iterator[Finding]:
    for before, step in pairwise(steps):
        gave, took = float(before.output.number or 0), float(step.input.number or 0)
        alike = before.output.unit == step.input.unit
        if gave and alike and GAIN < took / gave < OTHER:
            told = {"step": step.step, "before": before.step, "unit": step.input.unit}
            told |= {"took": shown(took), "gave": shown(gave)}
            yield thought("THINK-STEP-GAIN", step.input.where, Sure.LOOK, **told)
    last = _declared(case, steps[-1].output)
    if last and made and not 1 / AGREE <= last / made <= AGREE:
        told = {"step": steps[-1].step, "gave": shown(last), "made": shown(made)}
        told |= {"unit": case.model.declared_unit.unit.symbol}
        yield thought("THINK-STEP-OUTPUT", steps[-1].output.where, Sure.LOOK, **told)


def _members(case: Case, members: list[MemberEntry], made: float) -> Iterator[Finding]:
    outputs = [_declared(case, one.output) for one in members]
    total = sum(one or 0.0 for one in outputs)
    if made and total > AGREE * made:
        told = {"total": shown(total), "made": shown(made), "family": members[0].family}
        told |= {"unit": case.model.declared_unit.unit.symbol}
        yield thought("THINK-MEMBERS", members[0].output.where, Sure.LIKELY, **told)
    masses = [float(one.mass.number) for one in members if one.mass.number]
    seen: dict[object, str] = {}
    for one in members:
        mass = float(one.mass.number or 0)
        if mass and not 1 / APART <= mass / median(masses) <= APART:
            told = {"member": one.member, "mass": shown(mass), "usual": shown(median(masses))}
            yield thought("THINK-MEMBER-MASS", one.mass.where, Sure.LIKELY, **told)
        twin = seen.setdefault(_mark(one), one.member)
        if twin != one.member and one.output.number:
            told = {"member": one.member, "other": twin}
            yield thought("THINK-MEMBER-TWICE", one.where, Sure.LIKELY, **told)


def _mark(one: MemberEntry) -> object:
    """What tells one article from another, its code and names left aside."""
    answers = {**one.enums, **one.parameters}
    told = tuple(sorted((name, cell.text) for name, cell in answers.items()))
    return one.output.number, one.mass.number, told


def _declared(case: Case, cell: Cell) -> float | None:
    """Return a quantity in the declared unit, None for one that measures something else."""
    own = case.model.declared_unit.unit
    try:
        told = unit(cell.unit, case.model.counting)
    except UnitError:
        return None
    if cell.number is None or not converts(told, own):
        return None
    return float(cell.number * told.scale / own.scale)

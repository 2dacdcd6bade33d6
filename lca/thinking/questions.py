"""Answers that are allowed and odd: a share typed as a fraction, one answer copied to all."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from factors.findings import Finding
from lca.model_parts import Parameter
from lca.submission import Cell
from lca.thinking.case import Case
from lca.thinking.sure import Sure, shown, thought

PERCENT = "%"
TENTH = Fraction(10)


def look(case: Case) -> Iterator[Finding]:
    """Look at every answer in per cent."""
    answered = [case.submission.answers, *(one.parameters for one in case.submission.families)]
    for parameter in case.model.parameters:
        if not parameter.ask or parameter.unit.symbol != PERCENT:
            continue
        for given in answered:
            cell = given.get(parameter.id)
            if cell is not None:
                yield from _fraction(parameter, cell)


def _fraction(parameter: Parameter, cell: Cell) -> Iterator[Finding]:
    """A number up to 1 where shares of tens of per cent are usual was typed as a fraction."""
    value = cell.number
    usual = parameter.default if parameter.default is not None else parameter.most
    if value is None or usual is None or usual < TENTH or not 0 < value <= 1:
        return
    names = {"name_zh": parameter.name["zh"], "name_en": parameter.name["en"]}
    told = {"value": shown(float(value)), "hundred": shown(float(value * 100)), **names}
    yield thought("THINK-PERCENT", cell.where, Sure.LOOK, **told)

"""From a case to the lines of the report: one per compared figure, with its deviation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from factors.errors import CarbonLabelError
from tests.cases import matrices, sums
from tests.cases.answer import Answer, Vector
from tests.cases.case import LARGEST_FIGURE, Case, Expected, Unsupported, exact

OK, MISS, UNSUPPORTED, MISSING, NOTE = "ok", "MISS", "unsupported", "missing", "note"

KINDS: Mapping[str, Callable[[Case], Answer]] = {
    "sum_product": sums.answer,
    "matrix": matrices.answer,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report."""

    verdict: str
    case: str
    figure: str
    text: str

    def __str__(self) -> str:
        return f"{self.verdict:<12}{self.case:<26}  {self.figure:<32}  {self.text}".rstrip()


def rows(case: Case) -> Iterator[Row]:
    """Yield the lines of a case; one at least."""
    figures = list(case.expected())
    try:
        if case.kind not in KINDS:
            raise Unsupported(f"kind {case.kind!r} is no case for this runner")
        found = KINDS[case.kind](case)
        checked = [row for figure in figures for row in _checked(case, figure, found)]
        if not checked:
            raise Unsupported("the case expects no figure that could be compared")
    except Unsupported as error:
        yield from _unsupported(case, figures, str(error))
    except CarbonLabelError as error:
        yield from _unsupported(
            case, figures, "; ".join(f.render("en") for f in error.findings[:3])
        )
    else:
        yield from (Row(NOTE, case.id, "", note) for note in found.notes)
        yield from (Row(MISSING, case.id, name, "no factor: not counted") for name in found.missing)
        yield from checked


def _unsupported(case: Case, figures: list[Expected], reason: str) -> Iterator[Row]:
    for name in [figure.name for figure in figures] or ["every figure"]:
        yield Row(UNSUPPORTED, case.id, name, reason)


def _checked(case: Case, figure: Expected, found: Answer) -> Iterator[Row]:
    """Yield the lines of one expected figure, one for each indicator that it has."""
    if figure.stage is None:
        ours = found.total
    elif figure.stage in found.stages:
        ours = found.stages[figure.stage]
    elif found.complete:
        yield Row(UNSUPPORTED, case.id, figure.name, "no row of this stage has a factor")
        return
    else:
        return
    try:
        for name, mine, theirs in _paired(figure, ours, found.names):
            yield _compared(case, name, mine, exact(theirs, name, LARGEST_FIGURE))
    except Unsupported as error:
        yield Row(UNSUPPORTED, case.id, figure.name, str(error))


def _paired(
    figure: Expected, ours: Vector, names: tuple[str, ...]
) -> list[tuple[str, Fraction, Any]]:
    """Return name, our number and theirs; a single number is that of the first indicator."""
    if isinstance(figure.value, list):
        if len(figure.value) != len(ours):
            raise Unsupported(f"{len(figure.value)} numbers for {len(ours)} indicators")
        labels = names or tuple(map(str, range(len(ours))))
        named = zip(labels, ours, figure.value, strict=True)
        return [(f"{figure.name} [{label}]", mine, theirs) for label, mine, theirs in named]
    if isinstance(figure.value, dict):
        by_name = dict(zip(names, ours, strict=False))
        if unknown := figure.value.keys() - by_name.keys():
            raise Unsupported(f"no indicator is called {', '.join(sorted(unknown))}")
        return [(f"{figure.name} [{key}]", by_name[key], x) for key, x in figure.value.items()]
    label = figure.name if len(ours) == 1 else f"{figure.name} [first of {len(ours)}]"
    return [(label, ours[0], figure.value)]


def _compared(case: Case, name: str, ours: Fraction, theirs: Fraction) -> Row:
    deviation, allowed = ours - theirs, case.allowed(theirs)
    relative = f" ({float(deviation / theirs):+.2e} relative)" if theirs else ""
    text = (
        f"ours {float(ours):.12g}  theirs {float(theirs):.12g}  "
        f"deviation {float(deviation):+.2e}{relative}  allowed {float(allowed):.2e}"
    )
    return Row(OK if abs(deviation) <= allowed else MISS, case.id, name, text)

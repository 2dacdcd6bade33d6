"""Factors that a person chose by name, beside what the site's electricity contains already."""

from __future__ import annotations

from collections.abc import Iterator

from factors.errors import CarbonLabelError
from factors.factor import Boundary, EmissionFactor
from factors.findings import Finding
from lca.submission import FurtherEntry
from lca.thinking.case import Case
from lca.thinking.sure import Sure, thought

POWER = "electricity"


def look(case: Case) -> Iterator[Finding]:
    """Look for transmission chosen by itself: the national mean that the site takes contains it.

    Beside electricity that was chosen as well, the boundary algebra of the result decides.
    """
    rows = [(item, row) for item in case.submission.further if (row := _row(case, item))]
    power = [row for _, row in rows if row.category.startswith(POWER)]
    grid = [one for one in rows if one[1].boundary is Boundary.TRANSMISSION_AND_DISTRIBUTION]
    if len(power) > len(grid):
        return
    for item, row in grid:
        yield thought("THINK-FACTOR-TD", item.where, Sure.LIKELY, name=item.name, factor=row.id)


def _row(case: Case, item: FurtherEntry) -> EmissionFactor | None:
    if case.factors is None or not item.factor:
        return None
    try:
        return case.factors.get(item.factor)
    except CarbonLabelError:
        return None

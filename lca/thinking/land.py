"""Plot histories that are claimed, with nothing in the list of evidence that could be one.

Twenty years of plot history make land-use change zero; a zero without evidence is an error, so the
document is looked for by its title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from factors.findings import Finding
from lca.land_use import PLOT_HISTORY, RUNGS
from lca.thinking.case import Case
from lca.thinking.sure import Sure, thought

PLOTS = re.compile(
    r"地块|地籍|宗地|种植(历史|年限)|土地|\bplots?\b|\bland (use|records?|history)\b|\bcadast",
    re.IGNORECASE,
)


def look(case: Case) -> Iterator[Finding]:
    """Look at every choice whose values are the rungs of evidence on land-use change."""
    if any(PLOTS.search(entry.title) for entry in case.submission.evidence):
        return
    for enum in case.model.enums:
        cell = case.answers.enum_cells.get(enum.id)
        chosen = case.answers.enums.get(enum.id)
        if set(enum.ids) <= set(RUNGS) and chosen == PLOT_HISTORY and cell is not None:
            names = {f"name_{lang}": name for lang, name in enum.name.items()}
            yield thought("THINK-LAND-UNPROVEN", cell.where, Sure.LIKELY, **names)

"""Runs of processes: a solution that makes something run backwards is no product system.

Where nothing is credited (no positive entry beside the diagonal), a system that can be made at all
has a solution without negative runs. A loop that takes more than it gives still has a solution,
with every sign turned round; it would print a negative footprint.
"""

from __future__ import annotations

import numpy as np

from factors.errors import SolveError
from factors.findings import finding
from lca.compiled import Compiled, Solution

SLACK = 1e-9
"""Negative runs below this share of the largest run are rounding."""


def refuse_backward(compiled: Compiled, solution: Solution) -> None:
    """Refuse a solution in which processes run backwards although nothing is credited.

    Raises
    ------
    SolveError
        ENGINE-BACKWARD, naming the processes.
    """
    links = compiled.technosphere
    beside = links.rows != links.cols
    credited = bool(np.any(links.values[beside] > 0))
    if credited or any(amount < 0 for _, amount in compiled.demand):
        return
    least = -SLACK * max(abs(runs) for runs in solution.supply)
    backward = sorted(
        {
            column.id
            for column, runs in zip(compiled.columns, solution.supply, strict=True)
            if column.kind == "process" and runs < least
        }
    )
    if backward:
        raise SolveError(finding("ENGINE-BACKWARD", processes=", ".join(backward[:20])))

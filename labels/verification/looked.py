"""A case with everything that is computed from it: its state, and the plan as it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from factors.store import FactorSet
from labels.verification.case import Case, open_case
from labels.verification.planning import Desk, desk
from labels.verification.state import State, state_of
from labels.verification.submissions import footprint_of


@dataclass(frozen=True, slots=True)
class Looked:
    """A case with everything that was computed from it."""

    case: Case
    state: State
    desk: Desk


def look(root: Path, factors: FactorSet) -> Looked:
    """Read a case and plan its present version.

    Raises
    ------
    IssueError, FindingsError
        When there is no case, or its present version cannot be computed again.
    """
    case = open_case(root)
    state = state_of(case)
    footprint = footprint_of(case.contents, state.present, factors)
    return Looked(case, state, desk(state, footprint, case.first.system))

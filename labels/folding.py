"""Folding: stages that would give away an amount are shown together with their neighbours.

An outsider knows the published factors. From a stage that rests on one factor alone the amount
follows by division; from a recipe stage that one factor dominates it follows to within a few per
cent. Therefore, in the public body:

1. Lines, processes and the parts of single stages are never public; stage values are.
2. A stage all of whose result rests on one factor is folded into its neighbour.
3. A recipe stage (raw materials, manufacturing) in which one factor carries more than
   :data:`DOMINANCE` of the absolute result is folded likewise. What a buyer can weigh himself
   (packaging) falls under rule 2 only.
4. A stage folds into the next one on its side of the gate, the last into the one before, until no
   group gives anything away or the side is one group. A side's total is itself a disclosed figure.

Values of a private factor overlay are covered by rule 2: amounts are never public, so neither
factor nor amount follows from a contribution that always stands for two factors or more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from labels.decimals import exact

GATE_STAGES = ("raw-materials", "inbound-transport", "manufacturing", "packaging")
LATER_STAGES = ("distribution", "use", "end-of-life")
STAGES = GATE_STAGES + LATER_STAGES
RECIPE_STAGES = frozenset({"raw-materials", "manufacturing"})

#: Share of a recipe stage that one factor may carry in public.
DOMINANCE = Fraction(85, 100)


@dataclass(frozen=True, slots=True)
class StageLine:
    """What folding needs to know of a line: its stage, its factor and its contribution."""

    stage: str
    factor: str
    value: Fraction


def stage_lines(lines: Sequence[Mapping[str, Any]]) -> tuple[StageLine, ...]:
    """Return the lines of a footprint as folding sees them."""
    return tuple(
        StageLine(line["stage"], str(line["factor"]["id"]), exact(line["value"])) for line in lines
    )


def fold(stages: Sequence[str], lines: Sequence[StageLine]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of stages that may be shown, in their fixed order.

    Parameters
    ----------
    stages
        Stages of the footprint that are to be disclosed.
    lines
        Counted lines of the footprint.
    """
    groups: list[tuple[str, ...]] = []
    for side in (GATE_STAGES, LATER_STAGES):
        groups += _fold_side([(stage,) for stage in side if stage in stages], lines)
    return tuple(groups)


def _fold_side(groups: list[tuple[str, ...]], lines: Sequence[StageLine]) -> list[tuple[str, ...]]:
    while len(groups) > 1:
        telling = next((i for i, group in enumerate(groups) if _tells(group, lines)), None)
        if telling is None:
            break
        first = min(telling, len(groups) - 2)
        groups[first : first + 2] = [groups[first] + groups[first + 1]]
    return groups


def _tells(group: tuple[str, ...], lines: Sequence[StageLine]) -> bool:
    """Whether the group's value would give an amount away."""
    weights: dict[str, Fraction] = {}
    for line in lines:
        if line.stage in group and line.value:
            weights[line.factor] = weights.get(line.factor, Fraction(0)) + abs(line.value)
    if not weights:
        return False
    share = max(weights.values()) / sum(weights.values())
    return share == 1 or (share > DOMINANCE and bool(RECIPE_STAGES & set(group)))

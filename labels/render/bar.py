"""The stage bar as boxes: starts at zero, sums to the figure in the bracket, one axis only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from markupsafe import Markup

from labels.page import Page, StageView
from labels.render.drawing import hatch

CUT = 0.3


@dataclass(frozen=True, slots=True)
class Segment:
    """One box of the bar (mm from its left end) and how it is filled."""

    left: float
    width: float
    css: str
    hatch: Markup | str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A laid-out bar; ``zero`` is the place of the zero line when something lies below it."""

    width: float
    segments: tuple[Segment, ...]
    cuts: tuple[float, ...]
    zero: float


def lay_out(stages: Sequence[StageView], width: float, height: float) -> Bar:
    """Lay stages out along one axis; values below zero go to the left of it, hatched.

    Parameters
    ----------
    stages
        Stages on one side of the gate.
    width, height
        Size of the bar (mm).
    """
    span = sum((abs(stage.value) for stage in stages), Decimal(0))
    if not span:
        return Bar(width, (), (), 0)
    below = [stage for stage in stages if stage.value < 0]
    above = [stage for stage in stages if stage.value > 0]
    segments: list[Segment] = []
    left = 0.0
    for stage in (*reversed(below), *above):
        long = float(abs(stage.value) / span) * width
        segments.append(_segment(stage, left, long, height))
        left += long
    zero = float(sum((abs(stage.value) for stage in below), Decimal(0)) / span) * width
    return Bar(width, tuple(segments), _cuts(segments), round(zero, 3))


def describe(page: Page, stages: Sequence[StageView], total: str) -> str:
    """Put the bar into one sentence, for readers who do not see it."""
    return page.words.text(
        "label.bar_alt",
        per=page.per,
        unit=page.scale.symbol,
        stages=listed(stages),
        total=total,
    ).first


def listed(stages: Sequence[StageView]) -> str:
    """Name stages and values one after the other, in the document's first language."""
    comma = "，" if any(stage.name.first_lang == "zh-CN" for stage in stages) else ", "
    return comma.join(f"{stage.name.first} {stage.shown}" for stage in stages)


def _segment(stage: StageView, left: float, long: float, height: float) -> Segment:
    place, wide = round(left, 3), round(long, 3)
    if stage.value < 0:
        return Segment(place, wide, "below", hatch(max(wide, 0.1), height))
    return Segment(place, wide, f"s{stage.colour}")


def _cuts(segments: Sequence[Segment]) -> tuple[float, ...]:
    """Part neighbours with a white line where both are wide enough to keep their colour."""
    return tuple(
        round(right.left - CUT / 2, 3)
        for left, right in pairwise(segments)
        if min(left.width, right.width) > 2 * CUT
    )

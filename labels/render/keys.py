"""The stages under the bar: number, name and value of each, in one row or two.

Rows keep the usual grid of four; where a name needs more room the row is shared out anew, then the
type gets smaller. What fits nowhere is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

from factors.findings import Finding
from labels.page import Page, StageView
from labels.render.fitting import MM_PER_PT, SMALLEST, Faces
from labels.render.plan import (
    FULL,
    FULL_APART,
    LEFT,
    PARTIAL,
    PARTIAL_APART,
    SIZE,
    WIDTH,
    Plan,
    baseline,
    top,
)
from labels.render.texts import place, too_long
from labels.wordpair import Pair

GAP, USUAL, INDENT, FULL_GRID, CLEAR = 2.53, 21.1, 3.1, 4, 0.6
NAME_SIZES = (6.4, 6.0, SMALLEST)


@dataclass(frozen=True, slots=True)
class Item:
    """What one key says; ``colour`` is 0 where it is no stage of the bar."""

    colour: int
    label: str
    name: Pair
    value: str


@dataclass(frozen=True, slots=True)
class Key:
    """One key: left ends of swatch and text, places of its lines (mm), sizes (pt).

    The name begins at ``text_top``; its second language stands ``pitch`` below it.
    ``value_right`` is the distance from the label's right edge to where a value beside its name
    ends; None for a value that begins below the name.
    """

    item: Item
    left: float
    text_left: float
    size: float
    top: float
    text_top: float
    pitch: float
    value_size: float
    value_top: float
    value_right: float | None


@dataclass(frozen=True, slots=True)
class Slot:
    """Room for one key (mm) and the size of its name (pt)."""

    item: Item
    left: float
    width: float
    top: float
    size: float


@dataclass(frozen=True, slots=True)
class Setter:
    """Sets the keys of a plan."""

    plan: Plan
    faces: Faces

    def rows(self, rows: Sequence[Sequence[Item]]) -> list[Key] | None:
        """Place all rows, values at one size; None when the names of a row fit at no size."""
        slots = []
        for items, row_top in zip(rows, self.plan.keys, strict=True):
            placed = self._row(items, row_top)
            if placed is None:
                return None
            slots += placed
        value_size = min((self._value_size(slot) for slot in slots), default=SMALLEST)
        return [self._key(slot, value_size) for slot in slots]

    def _row(self, items: Sequence[Item], row_top: float) -> list[Slot] | None:
        for size in NAME_SIZES:
            needs = [self._need(item, size) for item in items]
            spare = WIDTH - sum(needs) - GAP * (len(needs) - 1)
            usual = max(needs, default=0) <= USUAL and len(needs) <= FULL_GRID
            if usual or spare >= 0:
                share = spare / max(1, len(needs))
                widths = [USUAL if usual else need + share for need in needs]
                lefts = accumulate(
                    widths[:-1], lambda left, width: left + width + GAP, initial=LEFT
                )
                return [
                    Slot(item, left, width, row_top, size)
                    for item, left, width in zip(items, lefts, widths, strict=False)
                ]
        return None

    def _need(self, item: Item, size: float) -> float:
        name = INDENT + self.faces.bold.width(item.label, size)
        least = self.faces.bold.width(item.value, self.plan.value_sizes[-1])
        below = self.faces.regular.width(item.name.second, SMALLEST)
        return max(name + CLEAR + least if self.plan.beside else name, INDENT + below)

    def _value_size(self, slot: Slot) -> float:
        """Size the value: the largest that what the name leaves of the line allows."""
        largest, *_, least = self.plan.value_sizes
        if not self.plan.beside:
            return largest
        bold = self.faces.bold
        room = slot.width - INDENT - bold.width(slot.item.label, slot.size) - CLEAR
        fitting = (s for s in self.plan.value_sizes if bold.width(slot.item.value, s) <= room)
        return next(fitting, least)

    def _key(self, slot: Slot, value_size: float) -> Key:
        stands = baseline(slot.top, NAME_SIZES[0])
        pitch = baseline(slot.top + self.plan.name_pitch, SMALLEST) - stands
        value_stands = stands + (0 if self.plan.beside else self.plan.value_pitch)
        return Key(
            item=slot.item,
            left=round(slot.left, 3),
            text_left=round(slot.left + INDENT, 3),
            size=slot.size,
            top=top(stands, slot.size, 1.1),
            text_top=top(stands, slot.size, pitch / (slot.size * MM_PER_PT)),
            pitch=round(pitch, 3),
            value_size=value_size,
            value_top=top(value_stands, value_size, 1.1),
            value_right=round(SIZE[0] - slot.left - slot.width, 3) if self.plan.beside else None,
        )


def place_keys(page: Page, faces: Faces, findings: list[Finding]) -> tuple[Plan, list[Key]]:
    """Choose the plan of a label and place its keys; a finding, and no keys, when none fits."""
    rows = list(_items(page))
    plans = plans_of(page)
    for plan in plans:
        placed = Setter(plan, faces).rows(rows)
        if placed is not None:
            return plan, placed
    longest = max((item.name.joined() for item in chain.from_iterable(rows)), key=len)
    findings.append(too_long(longest, "stages", place(page.words, "title")))
    return plans[-1], []


def plans_of(page: Page) -> tuple[Plan, ...]:
    """Return the plans to try: two languages need the line below a name for the second."""
    if len(page.words.langs) == 2:
        return (FULL if page.whole else PARTIAL,)
    return (FULL, FULL_APART) if page.whole else (PARTIAL_APART,)


def _items(page: Page) -> Iterator[list[Item]]:
    """Yield the rows: stages to the gate; of a full life cycle also the sum to there and the rest.

    The sum to the gate is a figure of the body, which discloses it beside every other one.
    """
    yield [_item(stage) for stage in page.stages]
    if page.whole:
        words = page.words.text("label.to_gate")
        yield [Item(0, words.first, words, page.to_gate), *(_item(s) for s in page.later)]


def _item(stage: StageView) -> Item:
    return Item(stage.colour, f"{stage.number} {stage.short.first}", stage.short, stage.shown)

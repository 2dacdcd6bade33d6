"""Everything on the label that is no text, as one drawing: frame, rules, bracket, bar, ruler, mark.

One drawing instead of forty boxes: the renderer resolves styles box by box, so that this is what
keeps a label fast.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from labels.page import Page
from labels.render import drawing
from labels.render.bar import Bar, Segment, describe, lay_out
from labels.render.inks import COLOUR, STAGES, Inks
from labels.render.keys import GAP, Key
from labels.render.letters import Letters, banner
from labels.render.patterns import pattern
from labels.render.plan import BRACKET_RIGHT, LEFT, RIGHT, SIZE, WIDTH, Plan

PAPER = "#FFF"
#: Width of a watermark's outline where there is one ink (mm).
OUTLINE = 0.2
#: Drawn and left out of it, so that words above it stay legible.
OUTLINE_DASH = "0.45 0.55"
COLOURS = {f"s{number}": ink for number, ink in enumerate(STAGES, start=1)} | {"below": PAPER}
ANGLE = -26.0
WATERMARKS = {
    "sample": ((45, 25, "示例 SAMPLE", 11.4), (57, 50, "示例 SAMPLE", 11.4)),
    "unverified": (
        (31, 17, "未经核查", 9.9),
        (48, 35, "NOT VERIFIED", 9.9),
        (65, 52, "未经核查", 9.9),
    ),
    "both": ((45, 26, "示例 SAMPLE", 11.4), (50, 48.5, "未经核查 NOT VERIFIED", 5.8)),
}
BRACKET_TOP, BRACKET_HEIGHT = 13.5, 16.8
DASH = (1.3, 0.83)
#: Bars of a full life cycle: to the gate, the gate in the gap, after it.
GATE_WIDTH, GATE_X, LATER_X = 50.3, 56.3, 58.3
#: What a document without verification says in its bar, or the rule above its notes.
STATUS_TOP, NOTES_RULE = 62.8, 62.7


@dataclass(frozen=True, slots=True)
class Rect:
    """A filled rectangle (mm)."""

    left: float
    top: float
    width: float
    height: float

    @property
    def path(self) -> str:
        """The rectangle as a path."""
        return f"M{self.left:g} {self.top:g}h{self.width:g}v{self.height:g}h-{self.width:g}z"

    def frame(self, line: float) -> str:
        """Return the frame around the rectangle, half of its line outside, as a path."""
        half = line / 2
        outer = Rect(self.left - half, self.top - half, self.width + line, self.height + line)
        inner = Rect(self.left + half, self.top + half, self.width - line, self.height - line)
        back = f"M{inner.left:g} {inner.top:g}v{inner.height:g}h{inner.width:g}v-{inner.height:g}z"
        return outer.path + back


@dataclass(frozen=True, slots=True)
class Hand:
    """What a label is drawn with; with ``bold``, the words under the content are outlines too."""

    inks: Inks = COLOUR
    bold: Letters | None = None

    def fill(self, paths: Iterable[str]) -> Markup:
        """Fill paths with ink."""
        return fill(self.inks.ink, paths)

    def stroke(self, lines: str, width: float) -> Markup:
        """Draw lines in ink."""
        return drawing.stroke(lines, width, self.inks.ink)

    def diagonal(
        self, rows: Sequence[tuple[float, float, str, float]], angle: float = ANGLE
    ) -> Markup:
        """Draw words under the content."""
        if self.bold is None:
            return drawing.diagonal(rows, angle, self.inks.watermark)
        path = banner(rows, angle, self.bold)
        if self.inks.one:
            return Markup(
                '<path stroke="{}" stroke-width="{}" stroke-dasharray="{}" d="{}"/>'
            ).format(self.inks.watermark, OUTLINE, OUTLINE_DASH, path)
        return fill(self.inks.watermark, [path])

    def ground(self, size: tuple[float, float]) -> Markup:
        """Lay the ground of a one-colour print; paper needs none."""
        if not self.inks.one:
            return Markup()
        return fill(self.inks.ground, [Rect(0, 0, *size).path])


USUAL = Hand()


def artwork(page: Page, plan: Plan, keys: Sequence[Key], hand: Hand = USUAL) -> Markup:
    """Draw the label without its texts and its QR code."""
    inks = hand.inks
    parts = [
        hand.ground(SIZE),
        _watermark(page, hand),
        *_bars(page, plan, hand),
        *(_swatch_fill(key, inks) for key in _stages(keys)),
        fill(inks.rule, [rect.path for rect in _hairlines(keys)]),
        hand.fill([*_rules(page, plan), *_signs(keys)]),
        hand.stroke(drawing.tick_lines(page.ruler, WIDTH, 1.2, LEFT, 11.5), 0.2),
        hand.stroke(_sides(page, plan), 0.45),
        drawing.mark_at(LEFT, 3.3, 6.5, inks.ink),
    ]
    return drawing.sheet(SIZE, sentence(page), "".join(parts))


def sentence(page: Page) -> str:
    """Put the drawing into words, for readers who do not see it."""
    told = describe(page, (*page.stages, *page.later), page.figure)
    return f"{page.words.text('label.mark_alt').first}. {told}"


def watermark_name(page: Page) -> str | None:
    """Say which words lie under the content; None on a verified document that is no sample."""
    names = {(True, True): "sample", (True, False): "both", (False, False): "unverified"}
    return names.get((page.sample, page.verified))


def _watermark(page: Page, hand: Hand) -> Markup:
    name = watermark_name(page)
    return hand.diagonal(WATERMARKS[name]) if name else Markup()


def _rules(page: Page, plan: Plan) -> Iterable[str]:
    """Yield what is filled with ink: the label's frame, rules, three sides of the bracket."""
    yield Rect(1.45, 1.45, 97.1, 67.1).frame(0.5)
    yield Rect(LEFT, 10.9, WIDTH, 0.7).path
    yield Rect(LEFT, plan.rule_top, WIDTH, plan.rule_height).path
    yield Rect(LEFT, BRACKET_TOP, 1.2, BRACKET_HEIGHT).path
    for top in (BRACKET_TOP, BRACKET_TOP + BRACKET_HEIGHT - 0.4):
        yield Rect(LEFT, top, BRACKET_RIGHT - 0.2 - LEFT, 0.4).path
    if page.status:
        yield Rect(1.2, STATUS_TOP, 97.6, 6).path
    else:
        yield Rect(LEFT, NOTES_RULE, WIDTH, 0.25).path


def _sides(page: Page, plan: Plan) -> str:
    """Return the right side of the bracket, and the gate between two bars."""
    x = BRACKET_RIGHT - 0.225
    if not page.whole:
        return drawing.gate_lines(BRACKET_HEIGHT, DASH, x, BRACKET_TOP)
    side = drawing.gate_lines(BRACKET_HEIGHT, None, x, BRACKET_TOP)
    start = BRACKET_TOP + BRACKET_HEIGHT + 0.6
    return side + drawing.gate_lines(
        plan.bar_top + plan.bar_height + 0.2 - start, (0.9, 0.6), GATE_X, start
    )


def _bars(page: Page, plan: Plan, hand: Hand) -> Iterable[Markup]:
    width = GATE_WIDTH if page.whole else WIDTH
    top, height = plan.bar_top, plan.bar_height
    yield drawn_bar(lay_out(page.stages, width, height), LEFT, top, height, hand)
    if page.whole:
        later = lay_out(page.later, RIGHT - LATER_X, height)
        yield drawn_bar(later, LATER_X, top, height, hand)


def drawn_bar(bar: Bar, left: float, top: float, height: float, hand: Hand = USUAL) -> Markup:
    """Draw a laid-out bar as part of a sheet (mm)."""
    return Markup("").join(_bar(bar, left, top, height, hand))


def _bar(bar: Bar, left: float, top: float, height: float, hand: Hand) -> Iterable[Markup]:
    for part in bar.segments:
        yield _segment(part, left, top, height, hand.inks)
    cuts = [Rect(left + cut, top, 0.3, height).path for cut in bar.cuts]
    yield fill(hand.inks.ink if hand.inks.one else PAPER, cuts)
    ink = [Rect(left, top, bar.width, height).frame(0.25)]
    if bar.zero:
        ink.append(Rect(left + bar.zero, top - 0.7, 0.3, height + 1.4).path)
    yield hand.fill(ink)


def _segment(part: Segment, left: float, top: float, height: float, inks: Inks) -> Markup:
    box = Rect(left + part.left, top, part.width, height)
    if inks.one:
        return pattern(part.css, box.left, box.top, box.width, box.height, inks.ink)
    filled = fill(COLOURS[part.css], [box.path])
    if part.css != "below":
        return filled
    return filled + drawing.stroke(
        drawing.hatch_lines(max(part.width, 0.1), height, box.left, top), drawing.HATCH
    )


def _signs(keys: Sequence[Key]) -> Iterable[str]:
    """Yield frames of the swatches; before the figure to the gate a small open bracket."""
    for key in keys:
        box = _swatch(key)
        if key.item.colour:
            yield box.frame(0.15)
            continue
        yield Rect(box.left, box.top, 0.45, box.height).path
        for top in (box.top, box.top + box.height - 0.2):
            yield Rect(box.left, top, box.width, 0.2).path
        for top in (box.top, box.top + 0.75, box.top + 1.5):
            yield Rect(box.left + box.width - 0.2, top, 0.2, 0.55).path


def _stages(keys: Sequence[Key]) -> Iterable[Key]:
    return (key for key in keys if key.item.colour)


def _swatch(key: Key) -> Rect:
    return Rect(key.left + 0.075, key.top + 0.73, 2.05, 2.05)


def _swatch_fill(key: Key, inks: Inks) -> Markup:
    box, stage = _swatch(key), f"s{key.item.colour}"
    if inks.one:
        return pattern(stage, box.left, box.top, box.width, box.height, inks.ink)
    return fill(COLOURS[stage], [box.path])


def _hairlines(keys: Sequence[Key]) -> Iterable[Rect]:
    """Yield the line between a key and its left neighbour, and the one beside the names."""
    yield Rect(60.2, 46.2, 0.18, 15.6)
    for key in keys:
        if key.left > LEFT:
            yield Rect(key.left - GAP / 2, key.top, 0.18, 4.2)


def fill(colour: str, paths: Iterable[str]) -> Markup:
    """Fill paths with a colour."""
    return Markup('<path fill="{}" d="{}"/>').format(colour, "".join(paths))

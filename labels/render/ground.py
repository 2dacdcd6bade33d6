"""Everything on the first page of certificate and statement that is no text, as one drawing.

As on the label: one drawing instead of a hundred boxes, which the renderer would style one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from labels.page import Page
from labels.render import drawing, ornament
from labels.render.a4 import Bracket, Column, StageKey
from labels.render.artwork import COLOURS, Rect, drawn_bar, fill
from labels.render.bar import Bar, describe, listed
from labels.render.drawing import INK

SIZE = (210.0, 297.0)
LEFT, WIDTH = 20.0, 170.0
CERTIFICATE = Bracket(20, 66.3, 112, 30.7, 87.0, (67.0, 58.0, 50.0, 42.0), 22.0, 9.2)
STATEMENT = Bracket(
    20, 66.3, 112, 30.7, 84.6, (44.0, 40.0, 36.0), 13.0, 9.2, ((8.0, 2), (7.0, 2), (6.2, 3))
)
GATE_DASH = (1.8, 1.14)
HAIR, RULE, PANEL = "#C3CAD1", "#7C8893", "#EEF1F4"
BAR_HEIGHT = 5.2
#: Gate between the two bars of a full life cycle.
GATE_X = 123.0
BAND_TOP, BAND_HEIGHT = 198.5, 17.0
SIGN_TOP, SIGN_ROWS, SIGN_PITCH, SIGN_WIDTH = 219.3, 223.9, 6.3, 108.0
NOTES_TOP, STATUS_TOP = 257.6, 276.2
OPINION = Rect(LEFT + 0.3, 104.3, WIDTH - 0.6, 33.4)

Bars = Sequence[tuple[float, Bar]]


def certificate(
    page: Page, columns: Sequence[Column], above: float, bars: Bars, keys: Sequence[StageKey]
) -> Markup:
    """Draw the ground of a certificate: border, bars with their swatches, validity band."""
    swatches = [(key.stage.colour, Rect(key.left, key.top + 0.35, 2.4, 2.4)) for key in keys]
    frames = [box.frame(0.15) for _, box in swatches]
    band = Rect(LEFT, BAND_TOP, WIDTH, BAND_HEIGHT)
    lines = [Rect(LEFT, band.top, WIDTH, 0.6), Rect(LEFT, band.top + band.height - 0.3, WIDTH, 0.3)]
    told = [describe(page, page.stages, page.to_gate)]
    parts = [
        ornament.border(),
        fill(PANEL, [band.path]),
        *(drawn_bar(bar, left, above, BAR_HEIGHT) for left, bar in bars),
        *(fill(COLOURS[f"s{colour}"], [box.path]) for colour, box in swatches),
        fill(INK, [*frames, *(line.path for line in lines)]),
        fill(RULE, [Rect(k.left - 1.3, k.top + 0.4, 0.18, 6).path for k in keys if k.left > LEFT]),
    ]
    if page.whole:
        told.append(page.words.text("report.later_alt", stages=listed(page.later)).first)
        gate = drawing.gate_lines(BAR_HEIGHT + 3, (1.1, 0.9), GATE_X, above - 1.5)
        parts.append(drawing.stroke(gate, 0.45))
    return _sheet(page, CERTIFICATE, columns, parts, told)


def statement(page: Page, columns: Sequence[Column]) -> Markup:
    """Draw the ground of a statement: the frame of the opinion, no border."""
    return _sheet(page, STATEMENT, columns, [fill(INK, [OPINION.frame(0.6)])], [])


def _sheet(
    page: Page,
    bracket: Bracket,
    columns: Sequence[Column],
    parts: Sequence[Markup],
    told: Sequence[str],
) -> Markup:
    seal = page.words.text("attest.seal_alt", hash=page.digest[:16]).first
    mark = page.words.text("label.mark_alt").first
    drawn = (*parts, *_common(page, bracket, columns))
    return drawing.sheet(SIZE, ". ".join((mark, *told, seal)), "".join(drawn))


def _common(page: Page, bracket: Bracket, columns: Sequence[Column]) -> Iterator[Markup]:
    """Yield what both documents bear, whatever stands between figure and approvals."""
    yield fill(HAIR, [box.path for box in _hairs(columns, len(page.body["approvers"]))])
    yield fill(RULE, [Rect(LEFT, NOTES_TOP - 1.4, WIDTH, 0.2).path])
    yield fill(INK, [box.path for box in _rules(page, bracket, columns[0].top)])
    side = drawing.gate_lines(
        bracket.height, None if page.whole else GATE_DASH, bracket.right, bracket.top
    )
    yield drawing.stroke(side, 0.6)
    yield drawing.stroke(drawing.tick_lines(page.ruler, WIDTH, 2.4, LEFT, 30.2), 0.25)
    yield drawing.mark_at(LEFT, 13.2, 13)
    yield ornament.seal_block(page.ruler, 133.5, SIGN_TOP - 1)


def _hairs(columns: Sequence[Column], approvals: int) -> Iterator[Rect]:
    """Yield the lines below facts and approvals."""
    for column in columns:
        for row in column.rows:
            yield Rect(column.left, row.bottom, column.width, 0.15)
    for index in range(approvals):
        yield Rect(LEFT, SIGN_ROWS + SIGN_PITCH * (index + 1) - 0.3, SIGN_WIDTH, 0.15)


def _rules(page: Page, bracket: Bracket, facts_top: float) -> Iterator[Rect]:
    """Yield what is filled with ink: rules, three sides of the bracket, the status bar."""
    yield Rect(LEFT, 29.4, WIDTH, 0.8)
    yield Rect(bracket.left, bracket.top, 2, bracket.height)
    for top in (bracket.top, bracket.top + bracket.height - 0.5):
        yield Rect(bracket.left, top, bracket.width, 0.5)
    yield Rect(LEFT, facts_top - 0.7, WIDTH, 0.6)
    yield Rect(LEFT, SIGN_ROWS - 0.6, SIGN_WIDTH, 0.3)
    if page.status:
        yield Rect(LEFT, STATUS_TOP, WIDTH, 9.4)

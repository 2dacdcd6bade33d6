"""Layout of the small label, 50 x 30 mm: figure, unit, per what, boundary, product, QR code.

What does not fit beside the figure in both languages stands in the first one only; the page behind
the QR code says it in both. Unit, per what and boundary are never left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from factors.findings import Finding
from labels.page import Page
from labels.render import drawing
from labels.render.artwork import USUAL, Hand, Rect, fill, sentence, watermark_name
from labels.render.fitting import (
    JOINER,
    MM_PER_PT,
    SLACK,
    Faces,
    Run,
    SetLine,
    on_one_line,
    runs,
    set_runs,
)
from labels.render.label import TRACKING, check_qr
from labels.render.plan import top
from labels.render.texts import place, too_long
from labels.wordpair import Pair

SIZE = (50.0, 30.0)
#: Smallest type (pt).
SMALLEST = 5.2
FIGURE_SIZES = (19.5, 16.5, 14.0, 12.0)
FIGURE_LEFT, FIGURE_GAP, BASELINE = 4.1, 1.0, 14.65
LEFT, RIGHT, BRACKET_RIGHT = 2.4, 47.6, 29.0
BRACKET_TOP, BRACKET_HEIGHT = 7.9, 8.4
BESIDE_RIGHT = 28.3
UNIT_SIZE = 6.2
#: Baseline of the unit above one line and above two.
UNIT_BASELINES = (11.9, 10.45)
#: Baselines of the lines beside the figure, below the unit.
PER_BASELINES = (12.55, 14.65)
BOUNDARY_BASELINES = (18.55, 20.75)
ROWS = (22.0, 24.2, 26.4)
STATUS_ROW, STATUS_TOP = 21.75, 24.1
STATUS_TOPS = (24.5, 26.85)
#: Below the rule: least distance between what stands left and right (mm).
CLEAR = 1.2
QR_LEFT, QR_TOP, QR_SIZE = 30.6, 1.3, 18.0
DASH = (0.9, 0.62)
ANGLE = -26.0
WATERMARKS = {
    "sample": ((17, 13.2, "示例 SAMPLE", 5.2), (26, 26, "示例 SAMPLE", 5.2)),
    "unverified": ((16, 9, "未经核查", 4.6), (17, 19, "NOT VERIFIED", 4.2)),
    "both": ((17, 11.5, "示例 SAMPLE", 5.2), (17.5, 19.6, "未经核查 NOT VERIFIED", 2.7)),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: runs beside each other, where it begins or ends, its top (mm)."""

    runs: tuple[SetLine, ...]
    top: float
    size: float
    left: float | None = None
    right: float | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the figure and the size of the figure (pt)."""

    size: float
    left: float
    lines: tuple[SetLine, ...]


def context(page: Page, faces: Faces, hand: Hand = USUAL) -> tuple[dict[str, Any], list[Finding]]:
    """Lay the small label out.

    Returns
    -------
    tuple
        What the template needs, and a finding for every text that fits nowhere.
    """
    findings: list[Finding] = []
    words = page.words
    beside = _beside(page, faces, findings)
    laid = {
        "figure": {"size": beside.size, "top": top(BASELINE, beside.size)},
        "beside": round(beside.left, 3),
        "unit": {"size": UNIT_SIZE, "top": _unit_top(beside)},
        "lines": [
            *_per_lines(beside),
            *_boundary(page, faces, findings),
            *(_status_row if page.status else _rows)(page, faces, findings),
        ],
        "title": words.text("label.title"),
        "qr_caption": words.text("label.qr_caption"),
        "status": list(zip(STATUS_TOPS, _status(page, faces), strict=False)),
        "artwork": _artwork(page, hand),
        "inks": hand.inks,
        "qr": drawing.qr(page.url, words.text("label.qr_alt", url=page.url).first),
    }
    findings.extend(check_qr(page, QR_SIZE))
    return laid, findings


def _beside(page: Page, faces: Faces, findings: list[Finding]) -> Beside:
    """Choose the largest figure that leaves unit and per what their room."""
    unit = faces.bold.width(page.scale.symbol, UNIT_SIZE)
    for listed in _per_trials(page.per):
        for size in FIGURE_SIZES[: 2 if len(listed) == 2 else None]:
            left = _figure_right(page.figure, size, faces) + FIGURE_GAP
            room = BESIDE_RIGHT - left
            lines = set_runs(listed, faces, SMALLEST, room)
            if unit <= room and lines is not None and len(lines) <= len(PER_BASELINES):
                return Beside(size, left, lines)
    name = place(page.words, "title")
    findings.append(too_long(page.per.joined(), "declared_unit.name", name))
    return Beside(FIGURE_SIZES[-1], FIGURE_LEFT, ())


def _per_trials(per: Pair) -> Iterator[list[Run]]:
    both = _plain(per)
    yield both
    if len(both) == 2:
        yield both[:1]


def _figure_right(figure: str, size: float, faces: Faces) -> float:
    width = faces.bold.width(figure, size) / SLACK - TRACKING * len(figure) * size * MM_PER_PT
    return FIGURE_LEFT + width


def _unit_top(beside: Beside) -> float:
    return top(UNIT_BASELINES[len(beside.lines) == len(PER_BASELINES)], UNIT_SIZE)


def _per_lines(beside: Beside) -> Iterator[Line]:
    places = PER_BASELINES[-len(beside.lines) :] if beside.lines else ()
    for line, stands in zip(beside.lines, places, strict=True):
        yield Line((line,), top(stands, SMALLEST, 1.1), SMALLEST, left=beside.left)


def _boundary(page: Page, faces: Faces, findings: list[Finding]) -> Iterator[Line]:
    """Set the boundary below the bracket: one line for each language."""
    room = QR_LEFT - 0.3 - LEFT
    for run, stands in zip(runs(page.boundary), BOUNDARY_BASELINES, strict=False):
        fitting = (s for s in (5.8, 5.4, SMALLEST) if on_one_line([run], faces, s) <= room)
        size = next(fitting, 0.0)
        if not size:
            findings.append(too_long(run.text, "boundary", place(page.words, "title")))
            continue
        line = SetLine(run.text, run.lang, run.bold, size)
        yield Line((line,), top(stands, size, 1.1), size, left=LEFT)


def _rows(page: Page, faces: Faces, findings: list[Finding]) -> Iterator[Line]:
    """Set three rows: product and number; what is counted and who verified; until when."""
    words = page.words
    scope = _plain(words.text(f"small.scope_{page.headline}"))
    verifier = words.text("small.verifier", name=page.verifier)
    until = words.text("small.until", day=page.until)
    verified = [_plain(verifier)[:1], _plain(words.text("small.verifier_see"))[:1]]
    end, number = [_plain(until)[:1]], [[Run(page.number.joined(), "", True)]]
    if len(scope) == 2:
        left = [_product_trials(page), [scope[:1]], [scope[1:]]]
        right = [number, verified, end]
    else:
        left = [_product_trials(page), [scope], verified]
        right = [number, end, [[]]]
    names = ("product", "verifier", "until")
    for row_top, ones, others, name in zip(ROWS, left, right, names, strict=True):
        pairs = ((one, other) for other in others for one in ones)
        room = RIGHT - LEFT - CLEAR
        chosen = next(
            (p for p in pairs if sum(on_one_line(half, faces, SMALLEST) for half in p) <= room),
            None,
        )
        if chosen is None:
            told = " ".join(run.text for run in (*ones[-1], *others[-1]))
            findings.append(too_long(told, name, place(page.words, name)))
            continue
        one, other = (_set(half) for half in chosen)
        yield Line(one, row_top, SMALLEST, left=LEFT)
        if other:
            yield Line(other, row_top, SMALLEST, right=RIGHT)


def _status_row(page: Page, faces: Faces, findings: list[Finding]) -> Iterator[Line]:
    """Set the product above the status bar; the number field says what it is no number of."""
    number = [Run(page.number.joined(), "", True)]
    room = RIGHT - LEFT - CLEAR - on_one_line(number, faces, SMALLEST)
    for one in _product_trials(page):
        if on_one_line(one, faces, SMALLEST) <= room:
            yield Line(_set(one), STATUS_ROW, SMALLEST, left=LEFT)
            yield Line(_set(number), STATUS_ROW, SMALLEST, right=RIGHT)
            return
    findings.append(too_long(page.model, "product.model", place(page.words, "product")))


def _product_trials(page: Page) -> list[list[Run]]:
    """Return product and model, else the model alone; the company stands behind the QR code."""
    both = page.words.listed(page.product, page.article)
    return [[Run(pair.first, pair.first_lang, True)] for pair in (both, page.article)]


def _set(listed: Sequence[Run]) -> tuple[SetLine, ...]:
    return tuple(
        SetLine(run.text.replace(JOINER, ""), run.lang, run.bold, SMALLEST) for run in listed
    )


def _plain(pair: Pair) -> list[Run]:
    return [Run(run.text, run.lang, False) for run in runs(pair)]


def _status(page: Page, faces: Faces) -> list[SetLine]:
    """Set the two lines of the status bar; empty for a verified document that is no sample."""
    name = watermark_name(page)
    if name is None:
        return []
    pair = page.words.warning(f"small.status_{name}")
    texts = ((pair.first, pair.first_lang), (pair.second, pair.second_lang))
    return [
        SetLine(text, lang, True, next((s for s in sizes if faces.bold.width(text, s) <= 47), 5.2))
        for (text, lang), sizes in zip(texts, ((6.8, 6.2, 5.8), (6.0, 5.6)), strict=True)
    ]


def _artwork(page: Page, hand: Hand) -> Markup:
    inks, name = hand.inks, watermark_name(page)
    box = Rect(QR_LEFT, QR_TOP, QR_SIZE, QR_SIZE)
    parts = [
        hand.ground(SIZE),
        hand.diagonal(WATERMARKS[name], ANGLE) if name else Markup(),
        fill("#FFF", [box.path]) if inks.one else Markup(),
        hand.fill(_rules(page)),
        hand.stroke(_side(page), 0.3),
        drawing.mark_at(LEFT, 1.95, 4, inks.ink),
    ]
    return drawing.sheet(SIZE, sentence(page), "".join(parts))


def _rules(page: Page) -> Iterator[str]:
    """Yield frame, rules, three sides of the bracket, status bar."""
    yield Rect(0.9, 0.9, 48.2, 28.2).frame(0.4)
    yield Rect(LEFT, 6.7, BRACKET_RIGHT - LEFT, 0.5).path
    yield Rect(LEFT, BRACKET_TOP, 0.7, BRACKET_HEIGHT).path
    for above in (BRACKET_TOP, BRACKET_TOP + BRACKET_HEIGHT - 0.3):
        yield Rect(LEFT, above, BRACKET_RIGHT - LEFT - 0.15, 0.3).path
    yield Rect(LEFT, 21.55, RIGHT - LEFT, 0.2).path
    if page.status:
        yield Rect(0.7, STATUS_TOP, 48.6, 5.2).path


def _side(page: Page) -> str:
    dash = None if page.whole else DASH
    return drawing.gate_lines(BRACKET_HEIGHT, dash, BRACKET_RIGHT - 0.15, BRACKET_TOP)

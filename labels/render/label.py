"""Layout of the label, 100 x 70 mm: which size every text takes, and what fits nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from factors.findings import Finding, Where, finding
from labels.page import Page, StageView
from labels.render import drawing
from labels.render.bar import describe, lay_out
from labels.render.fitting import (
    MM_PER_PT,
    SLACK,
    SMALLEST,
    Faces,
    Run,
    SetLine,
    on_one_line,
    runs,
    set_runs,
)
from labels.render.names import blocks
from labels.render.texts import place, too_long
from labels.wordpair import Pair

SIZE = (100, 70)
BRACKET_RIGHT = 72.6
TAG_LEFT = 65.4
FIGURE_LEFT, FIGURE_GAP, TRACKING = 7.0, 2.4, 0.012
FIGURE_BASELINE = 24.9
FIGURE_SIZES = {4: 37.0, 5: 33.0, 6: 29.0}
SMALLEST_FIGURE = 25.0
UNIT_SIZES = (12.8, 11.6)
CAP_HEIGHT = 0.733
FACTS_LEFT, FACTS_VALUE, FACTS_RIGHT, FACTS_TOP, FACTS_PITCH = 62.0, 75.6, 96.0, 45.3, 2.46
KEY_LEFT, KEY_GAP, KEY_WIDTH, NAME_INDENT, BAR_WIDTH = 4.0, 2.53, 21.1, 3.1, 92.0
FULL_GRID = 4
LEAST_MODULE = 0.33
QR_SIZE = 18.4

WATERMARKS = {
    "sample": ((45, 25, "示例 SAMPLE", 11.4), (57, 50, "示例 SAMPLE", 11.4)),
    "unverified": (
        (31, 17, "未经核查", 9.9),
        (48, 35, "NOT VERIFIED", 9.9),
        (65, 52, "未经核查", 9.9),
    ),
    "both": ((45, 26, "示例 SAMPLE", 11.4), (50, 48.5, "未经核查 NOT VERIFIED", 5.8)),
}
ANGLE = -26.0


@dataclass(frozen=True, slots=True)
class Per:
    """The "per what" beside the figure: one line, or lines of its own."""

    inline: bool
    pair: Pair
    lines: tuple[SetLine, ...]
    size: float
    top: float


@dataclass(frozen=True, slots=True)
class Key:
    """One stage under the bar."""

    stage: StageView
    left: float
    width: float
    name_size: float
    size: float


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the right column."""

    key: Pair | None
    value: Pair
    left: float
    top: float


def context(page: Page, faces: Faces) -> tuple[dict[str, Any], list[Finding]]:
    """Lay the label out.

    Returns
    -------
    tuple
        What the template needs, and a finding for every text that does not fit. With findings the
        context must not be printed.
    """
    findings: list[Finding] = []
    words = page.words
    size, beside = _figure(page, faces)
    per = _per(page, faces, beside, findings)
    laid = {
        "figure": {"size": size, "top": _top(FIGURE_BASELINE, size)},
        "beside": round(beside, 3),
        "per": per,
        "unit": _unit(size, per),
        "boundary_size": _boundary_size(page, faces),
        "number_size": _number_size(page, faces, findings),
        "keys": _keys(page, faces, findings),
        "stage_bar": lay_out(page.stages, BAR_WIDTH, 3.6),
        "blocks": blocks(page, faces, findings),
        "facts": _facts(page, faces, findings),
        "notes": _notes(page, faces),
        "status_size": _status_size(page, faces),
        "title": words.text("label.title"),
        "number_key": words.text("label.number"),
        "gate_tag": words.text("label.gate"),
        "qr_caption": words.text("label.qr_caption"),
    }
    findings.extend(_check_qr(page))
    return laid | _drawings(page), findings


def _drawings(page: Page) -> dict[str, Any]:
    words = page.words
    return {
        "mark": drawing.mark(words.text("label.mark_alt").first),
        "ticks": drawing.ticks(page.ruler, 92, 1.2, 0.2, words.text("label.ticks_alt").first),
        "gate": drawing.gate(16.8, 0.45, (1.3, 0.83), words.text("label.gate_alt").first),
        "qr": drawing.qr(page.url, words.text("label.qr_alt", url=page.url).first),
        "watermark": watermark(page),
        "bar_alt": drawing.blank(92, 3.6, describe(page, page.stages, page.figure)),
    }


def watermark(page: Page) -> Any:
    """Draw the words under the content; none on a verified document that is no sample."""
    name = {(True, True): "sample", (True, False): "both", (False, False): "unverified"}.get(
        (page.sample, page.verified)
    )
    if name is None:
        return None
    rows = WATERMARKS[name]
    return drawing.watermark(SIZE, rows, ANGLE, "#CDD4DA", " ".join(row[2] for row in rows))


def _figure(page: Page, faces: Faces) -> tuple[float, float]:
    """Return the figure's size (pt) and where the unit beside it begins (mm).

    The size goes by the number of characters, and down until the unit clears the gate's tag.
    """
    unit = faces.bold.width(page.scale.symbol, UNIT_SIZES[0])
    largest = FIGURE_SIZES.get(max(4, len(page.figure)), SMALLEST_FIGURE)
    for size in (*FIGURE_SIZES.values(), SMALLEST_FIGURE):
        beside = FIGURE_LEFT + _figure_width(page.figure, size, faces) + FIGURE_GAP
        if size <= largest and beside + unit <= TAG_LEFT:
            break
    return size, beside


def _figure_width(figure: str, size: float, faces: Faces) -> float:
    return faces.bold.width(figure, size) / SLACK - TRACKING * len(figure) * size * MM_PER_PT


def _unit(figure_size: float, per: Per) -> dict[str, float]:
    """Align the unit's capitals with the figure's top; smaller above two lines."""
    size = UNIT_SIZES[0] if len(per.lines) < 2 else UNIT_SIZES[1]
    baseline = FIGURE_BASELINE - CAP_HEIGHT * (figure_size - size) * MM_PER_PT
    return {"size": size, "top": _top(baseline, size)}


def _top(baseline: float, size: float, line_height: float = 1.0) -> float:
    return round(baseline - (line_height / 2 + 0.436) * size * MM_PER_PT, 3)


def _per(page: Page, faces: Faces, beside: float, findings: list[Finding]) -> Per:
    room = BRACKET_RIGHT - beside
    pair = page.per
    for size in (8.0, 7.2):
        if on_one_line(_plain_runs(pair), faces, size) <= room:
            return Per(True, pair, (), size, _top(FIGURE_BASELINE, size, 1.1))
    for trial, size in _per_trials(pair):
        lines = set_runs(trial, faces, size, room)
        if lines is not None and len(lines) <= 2:
            top = _top(FIGURE_BASELINE, size, 1.1) - 1.1 * size * MM_PER_PT * (len(lines) - 1)
            return Per(False, pair, lines, size, round(top, 3))
    findings.append(too_long(pair.joined(), "declared_unit.name", place(page.words, "title")))
    return Per(False, pair, (), SMALLEST, 0)


def _per_trials(pair: Pair) -> Iterator[tuple[list[Run], float]]:
    both = _plain_runs(pair)
    yield from ((both, size) for size in (7.2, 6.6, 6.0, SMALLEST))
    yield from ((both[:1], size) for size in (7.2, 6.4, SMALLEST))


def _boundary_size(page: Page, faces: Faces) -> float:
    room = BRACKET_RIGHT - 7.3
    both = runs(page.boundary)
    sizes = (8.0, 7.2, 6.5, 6.0) if page.words.lang != "both" else (6.5, 6.0)
    return next((s for s in sizes if on_one_line(both, faces, s) <= room), SMALLEST)


def _number_size(page: Page, faces: Faces, findings: list[Finding]) -> float:
    text = page.number.joined()
    for size in (9.4, 8.2, 7.2, 6.4, SMALLEST):
        if faces.bold.width(text, size) <= 36:
            return size
    findings.append(too_long(text, "serial", place(page.words, "number")))
    return SMALLEST


def _keys(page: Page, faces: Faces, findings: list[Finding]) -> list[Key]:
    """Place the keys on the usual grid, or share the line out where a name needs more room."""
    apart = len(page.words.langs) == 1
    for size in (6.4, 6.0, SMALLEST):
        needs = [_key_width(stage, faces, size, apart) for stage in page.stages]
        spare = BAR_WIDTH - sum(needs) - KEY_GAP * (len(needs) - 1)
        if max(needs, default=0) <= KEY_WIDTH and len(needs) <= FULL_GRID:
            return _place_keys(page.stages, [KEY_WIDTH] * len(needs), size, faces, apart)
        if spare >= 0:
            widths = [need + spare / len(needs) for need in needs]
            return _place_keys(page.stages, widths, size, faces, apart)
    longest = max((stage.short.joined() for stage in page.stages), key=len)
    findings.append(too_long(longest, "stages", place(page.words, "title")))
    return []


def _place_keys(
    stages: Sequence[StageView], widths: Sequence[float], size: float, faces: Faces, apart: bool
) -> list[Key]:
    lefts = accumulate(widths[:-1], lambda left, width: left + width + KEY_GAP, initial=KEY_LEFT)
    return [
        Key(
            stage,
            round(left, 3),
            round(width, 3),
            size,
            _value_size(stage, faces, width, size, apart),
        )
        for stage, left, width in zip(stages, lefts, widths, strict=True)
    ]


def _key_width(stage: StageView, faces: Faces, size: float, apart: bool) -> float:
    name = NAME_INDENT + faces.bold.width(f"{stage.number} {stage.short.first}", size)
    beside = 0 if apart else 0.6 + faces.bold.width(stage.shown, 6.4)
    below = NAME_INDENT + faces.regular.width(stage.short.second, SMALLEST)
    return max(name + beside, below)


def _value_size(
    stage: StageView, faces: Faces, width: float, name_size: float, apart: bool
) -> float:
    """Size the value: large below its name, else what the name leaves of the line."""
    if apart:
        return 8.4
    name = faces.bold.width(f"{stage.number} {stage.short.first}", name_size)
    room = width - NAME_INDENT - name - 0.6
    return next((s for s in (8.4, 7.4) if faces.bold.width(stage.shown, s) <= room), 6.4)


def _facts(page: Page, faces: Faces, findings: list[Finding]) -> list[Fact]:
    words = page.words
    rows: Iterable[tuple[str, Pair]] = (
        ("period", words.plain(page.period)),
        ("rules", page.rules[0]),
        ("", page.rules[1]),
        ("power", page.electricity),
        ("gwp", page.gwp),
        ("verifier", page.verifier),
        ("until", page.until),
    )
    return [
        _fact(page, faces, name, value, round(FACTS_TOP + FACTS_PITCH * index, 3), findings)
        for index, (name, value) in enumerate(rows)
    ]


def _fact(
    page: Page, faces: Faces, name: str, value: Pair, top: float, findings: list[Finding]
) -> Fact:
    key = page.words.text(f"label.{name}") if name else None
    keys = (key, key.alone()) if key else (None,)
    for shorter_key, shorter in ((k, v) for k in keys for v in (value, value.alone())):
        taken = on_one_line(runs(shorter_key), faces, SMALLEST) + 0.8 if shorter_key else 0
        width = on_one_line(_plain_runs(shorter), faces, SMALLEST)
        left = min(FACTS_VALUE, FACTS_RIGHT - width)
        if left >= FACTS_LEFT + taken:
            return Fact(shorter_key, shorter, round(left, 3), top)
    findings.append(too_long(value.joined(), _FACT_PATHS[name], place(page.words, name or "rules")))
    return Fact(key, Pair(""), FACTS_VALUE, top)


_FACT_PATHS = {
    "period": "period",
    "rules": "ruleset",
    "": "ruleset.edition",
    "power": "electricity.approach",
    "gwp": "gwp.set",
    "verifier": "issuer.name",
    "until": "validity.until",
}


def _notes(page: Page, faces: Faces) -> list[dict[str, Any]]:
    pair = page.words.text("label.notes")
    both = bool(pair.second)
    columns = ((pair.first, 4.0, 41.0 if both else 92.0), (pair.second, 46.6, 49.6))
    langs = (pair.first_lang, pair.second_lang)
    return [
        {"left": left, "lines": set_runs([Run(text, tag, False)], faces, SMALLEST, width) or ()}
        for (text, left, width), tag in zip(columns, langs, strict=True)
        if text
    ]


def _status_size(page: Page, faces: Faces) -> float:
    text = page.status.first if page.status else ""
    return next((s for s in (7.0, 6.6, 6.2) if faces.bold.width(text, s) <= 93), 5.8)


def _check_qr(page: Page) -> Iterator[Finding]:
    module = QR_SIZE / drawing.qr_modules(page.url)
    if module < LEAST_MODULE:
        yield finding(
            "LABEL-QR-TOO-DENSE",
            Where(path="issuer.verify_url"),
            length=len(page.url),
            module=f"{module:.2f}",
            least=LEAST_MODULE,
        )


def _plain_runs(pair: Pair) -> list[Run]:
    return [Run(run.text, run.lang, False) for run in runs(pair)]

"""Layout of the label, 100 x 70 mm: which size every text takes, and what fits nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from factors.findings import Finding, Where, finding
from labels.page import Page
from labels.render import drawing
from labels.render.artwork import USUAL, Hand, artwork
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
from labels.render.keys import place_keys
from labels.render.names import blocks
from labels.render.plan import (
    CAP_HEIGHT,
    FIGURE_LEFT,
    QR_SIZE,
    Plan,
    top,
)
from labels.render.texts import place, too_long
from labels.wordpair import Pair

FIGURE_GAP, TRACKING = 2.4, 0.012
UNIT_SIZES = (12.8, 11.6)
FACTS_LEFT, FACTS_VALUE, FACTS_RIGHT = 62.0, 75.6, 96.0
#: Usual number of rows; with one more the closest stand 1.94 mm apart, and a letter is 1.85 high.
FACTS = 7
BOUNDARY_LEFT = 7.3
LEAST_MODULE = 0.33


@dataclass(frozen=True, slots=True)
class Per:
    """The "per what" beside the figure: one line, or lines of its own."""

    inline: bool
    pair: Pair
    lines: tuple[SetLine, ...]
    size: float
    top: float


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the right column (mm)."""

    key: Pair | None
    value: Pair
    left: float
    top: float


def context(page: Page, faces: Faces, hand: Hand = USUAL) -> tuple[dict[str, Any], list[Finding]]:
    """Lay the label out.

    Returns
    -------
    tuple
        What the template needs, and a finding for every text that does not fit. With findings the
        context must not be printed.
    """
    findings: list[Finding] = []
    words = page.words
    plan, keys = place_keys(page, faces, findings)
    size, beside = _figure(page, plan, faces)
    per = _per(page, plan, faces, beside, findings)
    rows = _rows(page, faces)
    plan = replace(plan, facts_pitch=_pitch(plan, len(rows)))
    facts = _facts(page, rows, plan, faces, findings)
    laid = {
        "plan": plan,
        "figure": {"size": size, "top": top(plan.baseline, size)},
        "beside": round(beside, 3),
        "per": per,
        "unit": _unit(plan, size, per),
        "boundary": _boundary(page, plan, faces),
        "number_size": _number_size(page, faces, findings),
        "keys": keys,
        "blocks": blocks(page, plan, faces, findings),
        "facts": facts,
        "facts_left": max(fact.left for fact in facts),
        "notes": _notes(page, faces),
        "status_size": _status_size(page, faces),
        "title": words.text("label.title"),
        "number_key": words.text("label.number"),
        "gate_tag": words.text("label.gate"),
        "new_scale": words.text("label.new_scale"),
        "qr_caption": words.text("label.qr_caption"),
        "artwork": artwork(page, plan, keys, hand),
        "inks": hand.inks,
        "qr": drawing.qr(page.url, words.text("label.qr_alt", url=page.url).first),
    }
    findings.extend(check_qr(page, QR_SIZE))
    return laid, findings


def _figure(page: Page, plan: Plan, faces: Faces) -> tuple[float, float]:
    """Return the figure's size (pt) and where the unit beside it begins (mm).

    The size goes by the number of characters, and down until the unit has its room.
    """
    unit = faces.bold.width(page.scale.symbol, UNIT_SIZES[0])
    for size in plan.figure_sizes[min(3, max(0, len(page.figure) - 4)) :]:
        beside = FIGURE_LEFT + _figure_width(page.figure, size, faces) + FIGURE_GAP
        if beside + unit <= plan.unit_right:
            break
    return size, beside


def _figure_width(figure: str, size: float, faces: Faces) -> float:
    return faces.bold.width(figure, size) / SLACK - TRACKING * len(figure) * size * MM_PER_PT


def _unit(plan: Plan, figure_size: float, per: Per) -> dict[str, float]:
    """Align the unit's capitals with the figure's top; smaller above two lines."""
    size = UNIT_SIZES[0] if len(per.lines) < 2 else UNIT_SIZES[1]
    stands = plan.baseline - CAP_HEIGHT * (figure_size - size) * MM_PER_PT
    return {"size": size, "top": top(stands, size)}


def _per(page: Page, plan: Plan, faces: Faces, beside: float, findings: list[Finding]) -> Per:
    room = plan.text_right - beside
    pair = page.per
    for size in (8.0, 7.2):
        if on_one_line(_plain_runs(pair), faces, size) <= room:
            return Per(True, pair, (), size, top(plan.baseline, size, 1.1))
    for trial, size in _per_trials(pair):
        lines = set_runs(trial, faces, size, room)
        if lines is not None and len(lines) <= 2:
            last = top(plan.baseline, size, 1.1)
            above = 1.1 * size * MM_PER_PT * (len(lines) - 1)
            return Per(False, pair, lines, size, round(last - above, 3))
    findings.append(too_long(pair.joined(), "declared_unit.name", place(page.words, "title")))
    return Per(False, pair, (), SMALLEST, 0)


def _per_trials(pair: Pair) -> Iterator[tuple[list[Run], float]]:
    both = _plain_runs(pair)
    yield from ((both, size) for size in (7.2, 6.6, 6.0, SMALLEST))
    yield from ((both[:1], size) for size in (7.2, 6.4, SMALLEST))


def _boundary(page: Page, plan: Plan, faces: Faces) -> dict[str, float]:
    room = plan.text_right - BOUNDARY_LEFT
    both = runs(page.boundary)
    fitting = (s for s in plan.boundary_sizes if on_one_line(both, faces, s) <= room)
    size = next(fitting, SMALLEST)
    stands = plan.boundary_baseline[0 if page.status else 1]
    return {"size": size, "top": top(stands, size, 1.1)}


def _number_size(page: Page, faces: Faces, findings: list[Finding]) -> float:
    text = page.number.joined()
    for size in (9.4, 8.2, 7.2, 6.4, SMALLEST):
        if faces.bold.width(text, size) <= 36:
            return size
    findings.append(too_long(text, "serial", place(page.words, "number")))
    return SMALLEST


def _rows(page: Page, faces: Faces) -> list[tuple[str, Pair]]:
    """Return key and value of every row of the right column; a row without key goes on."""
    return [
        ("period", page.words.plain(page.period)),
        ("rules", page.rules[0]),
        ("", page.rules[1]),
        ("power", page.electricity),
        ("gwp", page.gwp),
        *_verifier(page, faces),
        ("until", page.until),
    ]


def _verifier(page: Page, faces: Faces) -> list[tuple[str, Pair]]:
    """Return the verifier's name on one row, or on two where it is too long for one."""
    name = page.verifier.alone()
    keys = [page.words.text(f"label.{key}") for key in _FACT_PATHS if key]
    widest = max(_key_width(key, faces) for key in keys)
    least = _key_width(page.words.text("label.verifier").alone(), faces)
    column, listed = FACTS_RIGHT - FACTS_LEFT, _plain_runs(name)
    lines = set_runs(listed, faces, SMALLEST, column - widest) or ()
    fits = on_one_line(listed, faces, SMALLEST) <= column - least
    if fits or len(lines) != 2:
        return [("verifier", page.verifier)]
    first, second = (Pair(line.text, first_lang=line.lang) for line in lines)
    return [("verifier", first), ("", second)]


def _pitch(plan: Plan, rows: int) -> float:
    """Return the distance of the facts (mm): closer together where there is one more."""
    return round(plan.facts_pitch * FACTS / max(FACTS, rows), 3)


def _facts(
    page: Page,
    rows: Sequence[tuple[str, Pair]],
    plan: Plan,
    faces: Faces,
    findings: list[Finding],
) -> list[Fact]:
    facts = [
        _fact(page, faces, name, value, round(plan.facts_top + plan.facts_pitch * i, 3), findings)
        for i, (name, value) in enumerate(rows)
    ]
    return _in_line(facts, faces)


def _in_line(facts: Sequence[Fact], faces: Faces) -> list[Fact]:
    """Let all values begin where the longest must, if every key leaves that room."""
    left = min(fact.left for fact in facts)
    taken = max(_key_width(fact.key, faces) for fact in facts)
    if FACTS_LEFT + taken > left:
        return list(facts)
    return [replace(fact, left=left) for fact in facts]


def _key_width(key: Pair | None, faces: Faces) -> float:
    return on_one_line(runs(key), faces, SMALLEST) + 0.8 if key else 0


def _fact(
    page: Page, faces: Faces, name: str, value: Pair, at: float, findings: list[Finding]
) -> Fact:
    key = page.words.text(f"label.{name}") if name else None
    keys = (key, key.alone()) if key else (None,)
    for shorter_key, shorter in ((k, v) for k in keys for v in (value, value.alone())):
        taken = _key_width(shorter_key, faces)
        width = on_one_line(_plain_runs(shorter), faces, SMALLEST)
        left = min(FACTS_VALUE, FACTS_RIGHT - width)
        if left >= FACTS_LEFT + taken:
            return Fact(shorter_key, shorter, round(left, 3), at)
    findings.append(too_long(value.joined(), _FACT_PATHS[name], place(page.words, name or "rules")))
    return Fact(key, Pair(""), FACTS_VALUE, at)


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
    pair = page.words.text(f"label.notes_{page.headline}")
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


def check_qr(page: Page, side: float) -> Iterator[Finding]:
    """Yield a finding when the modules of a QR code of this size (mm) would be too fine."""
    module = side / drawing.qr_modules(page.url)
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

"""Layout of the study report, A4: a summary that fits its page, an annex that flows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from factors.findings import Finding
from labels import facts, sealed_facts
from labels.checklist import items, missing
from labels.page import Page, StageView
from labels.render import drawing
from labels.render.artwork import drawn_bar
from labels.render.bar import describe, lay_out, listed
from labels.render.figures_of import figures, no_uncertainty
from labels.render.fitting import MM_PER_PT, Faces, SetLine, on_one_line, runs, set_runs
from labels.render.plan import CAP_HEIGHT, top
from labels.render.texts import too_long
from labels.view import DocumentView
from labels.wordpair import Pair

SIZE = (210, 297)
BAR_WIDTH, BAR_HEIGHT, LATER_HEIGHT = 170.0, 5.2, 3.4
#: What the drawing of a bar leaves free beside and above it (mm).
BAR_ROOM = (0.25, 0.9)
FIGURE_SIZES = {4: 58.0, 5: 50.0, 6: 43.0}
SMALLEST_FIGURE = 37.0
FIGURE_LEFT, BRACKET_WIDTH, BRACKET_HEIGHT = 6.2, 108.0, 33.0
FIGURE_BASELINE = 21.4
UNIT_SIZE = 19.0
ANGLE = -35.0
WATERMARK_INK = "#E6EAEE"
SMALLEST = 6.2


def context(page: Page, view: DocumentView, faces: Faces) -> tuple[dict[str, Any], list[Finding]]:
    """Lay the report out.

    Returns
    -------
    tuple
        What the template needs, and a finding for every text that does not fit a fixed box.
    """
    findings: list[Finding] = []
    columns, parts = facts.parts_table(page)
    laid = {
        **_hero(page, faces, findings),
        "totals": facts.totals(page),
        "electricity": facts.electricity(page),
        "key_figures": facts.key_figures(page),
        "product_rows": facts.product_rows(page),
        "limit_rows": facts.limit_rows(page),
        "method_rows": facts.method_rows(page),
        "checked": _checked(page),
        "unchecked": _unchecked(page),
        "unchecked_head": page.words.text(
            "report.outside" if page.verified else "report.unchecked"
        ),
        "part_columns": columns,
        "part_rows": parts,
        "quality_rows": facts.quality_table(page),
        "line_groups": facts.line_groups(page, view),
        "line_count": facts.line_count(page),
        "hash_rows": facts.hash_rows(page),
        "software": facts.software(page),
        "engines": facts.engines(page),
        "commitment_rows": facts.commitment_rows(page, view),
        "checkpoint": facts.checkpoint_lines(view),
        "sealed": view.disclosures is not None,
        "how": how_to_check(page, "report.pdf"),
        "figures_of": figures(page, view),
        "no_uncertainty": no_uncertainty(page),
        "change_rows": facts.changes(page),
        "method_table": facts.methods(page),
        "factor_rows": sealed_facts.factor_rows(page, view),
        "evidence_rows": sealed_facts.evidence_rows(view),
        "checklist": list(items(page)),
        "signs": _signs(page),
        "tag": page.words.warning("report.tag"),
        "text": page.words.text,
    }
    findings.extend(missing(page.body))
    return laid | _drawings(page), findings


def _signs(page: Page) -> dict[str, Any]:
    """Draw the signs of the checklist's states."""
    words = page.words
    return {
        "filled": drawing.check_sign(words.text("checklist.state_filled").first),
        "not_applicable": drawing.ring_sign(words.text("checklist.state_not_applicable").first),
    }


def _hero(page: Page, faces: Faces, findings: list[Finding]) -> dict[str, Any]:
    size = FIGURE_SIZES.get(max(4, len(page.figure)), SMALLEST_FIGURE)
    width = faces.bold.width(page.figure, size) / 1.015
    beside = FIGURE_LEFT + width - 0.012 * len(page.figure) * size * MM_PER_PT + 3.6
    lines = _per(page.per, faces, BRACKET_WIDTH - beside - 3)
    if lines is None:
        findings.append(too_long(page.per.joined(), "declared_unit.name", "report"))
        lines = ()
    per_size = lines[0].size if lines else SMALLEST
    pitch = 1.16 * per_size * MM_PER_PT
    return {
        "figure": {"size": size, "top": top(FIGURE_BASELINE, size)},
        "unit_top": top(FIGURE_BASELINE - CAP_HEIGHT * (size - UNIT_SIZE) * MM_PER_PT, UNIT_SIZE),
        "beside": round(beside, 3),
        "per_lines": lines,
        "per_size": per_size,
        "per_top": round(top(FIGURE_BASELINE, per_size, 1.16) - pitch * (len(lines) - 1), 3),
        "boundary_size": 9.2 if on_one_line(runs(page.boundary), faces, 9.2) < 98 else 8.0,
    }


def _per(pair: Pair, faces: Faces, room: float) -> tuple[SetLine, ...] | None:
    for size, allowed in ((10.0, 2), (9.0, 2), (8.0, 3), (7.0, 3), (SMALLEST, 3)):
        lines = set_runs(runs(pair), faces, size, room)
        if lines is not None and len(lines) <= allowed:
            return lines
    return None


def _checked(page: Page) -> list[Pair]:
    words = page.words
    return [
        words.text("report.checked_units"),
        words.text("report.checked_sums"),
        words.text("report.checked_engines", gap=facts.gap(page)),
        words.text("report.checked_lock"),
    ]


def _unchecked(page: Page) -> list[Pair]:
    open_ones = () if page.verified else ("data", "evidence", "choice")
    return [page.words.text(f"report.unchecked_{name}") for name in (*open_ones, page.declared)]


def _drawings(page: Page) -> dict[str, Any]:
    words = page.words
    later = words.text("report.later_alt", stages=listed(page.later)).first
    return {
        "mark": drawing.mark(words.text("label.mark_alt").first),
        "ticks": drawing.ticks(page.ruler, 170, 2.0, 0.25, words.text("label.ticks_alt").first),
        "side": _side(page),
        "gate": drawing.level(BAR_WIDTH, 0.35, words.text("label.gate_alt").first),
        "qr": drawing.qr(page.url, words.text("label.qr_alt", url=page.url).first),
        "watermark": watermark(page),
        "check_sign": drawing.check_sign(words.text("report.check_mark").first),
        "ring_sign": drawing.ring_sign(words.text("report.ring_mark").first),
        "stage_bar": _bar(page.stages, BAR_HEIGHT, describe(page, page.stages, page.to_gate)),
        "later_bar": _bar(page.later, LATER_HEIGHT, later),
    }


def _bar(stages: Sequence[StageView], height: float, told: str) -> Markup:
    """Draw a stage bar with room for what reaches beyond it: its frame, its zero line."""
    beside, above = BAR_ROOM
    drawn = drawn_bar(lay_out(stages, BAR_WIDTH, height), beside, above, height)
    return drawing.sheet((BAR_WIDTH + 2 * beside, height + 2 * above), told, drawn)


def _side(page: Page) -> Any:
    """Draw the right side of the bracket: the gate of a partial figure, else a whole side."""
    if page.whole:
        return drawing.side(BRACKET_HEIGHT, 0.6, None, page.words.text("label.side_alt").first)
    alt = page.words.text("label.gate_alt").first
    return drawing.side(BRACKET_HEIGHT, 0.6, (1.8, 1.14), alt)


def how_to_check(page: Page, file: str) -> list[Pair]:
    """Say how a reader checks a file, with our software and without."""
    steps = ("verify", "detach", "ticks", "status")
    return [page.words.text(f"report.how_{step}", file=file) for step in steps]


def watermark(page: Page) -> Any:
    """Draw four rows of words under every page; none where nothing needs to be said."""
    words = [
        *(["示例 SAMPLE"] if page.sample else []),
        *([] if page.verified else ["未经核查", "NOT VERIFIED"]),
    ]
    if not words:
        return None
    places = ((62, 62), (152, 104), (80, 177), (140, 226))
    rows = [(x, y, words[i % len(words)], 19.5) for i, (x, y) in enumerate(places)]
    return drawing.watermark(SIZE, rows, ANGLE, WATERMARK_INK, " ".join(words))

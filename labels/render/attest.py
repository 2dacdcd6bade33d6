"""Layout of certificate and statement: one page placed by the millimetre, an annex that flows."""

from __future__ import annotations

from typing import Any

from factors.findings import Finding
from labels import attestation, facts
from labels.page import Page
from labels.render import drawing, ornament
from labels.render.a4 import Bracket, hero, set_rows, stage_keys
from labels.render.bar import describe, lay_out, listed
from labels.render.fitting import Faces, runs, set_runs
from labels.render.report import watermark
from labels.render.texts import place, too_long
from labels.view import DocumentView
from labels.wordpair import Pair

LEFT, WIDTH = 20.0, 170.0
CERTIFICATE = Bracket(20, 66.3, 112, 30.7, 87.0, (67.0, 58.0, 50.0, 42.0), 22.0, 9.2)
STATEMENT = Bracket(
    20, 66.3, 112, 30.7, 84.6, (44.0, 40.0, 36.0), 13.0, 9.2, ((8.0, 2), (7.0, 2), (6.2, 3))
)
HALVES = ((20.0, 82.0), (106.0, 84.0))
KEY_WIDTHS = (26.0, 24.0)
#: The bars of a full life cycle: to the gate, after it; the gate between.
GATE_BAR, LATER_BAR, GATE_X = (20.0, 100.0), (126.0, 64.0), 123.0
BAR_HEIGHT = 5.2
BAND_TOP = 198.5


def certificate(
    page: Page, view: DocumentView, faces: Faces
) -> tuple[dict[str, Any], list[Finding]]:
    """Lay the certificate of conformity out."""
    findings: list[Finding] = []
    above = 101.5
    facts_top = 119.4 if not page.whole else 126.5
    away = page.words.text("attest.see_annex")
    room = (facts_top, BAND_TOP - 2.5 - facts_top)
    columns, moved = [], []
    for rows, half, key in zip(
        (attestation.left_rows(page), attestation.right_rows(page)), HALVES, KEY_WIDTHS, strict=True
    ):
        placed, gone = set_rows(rows, faces, half[1] - key, room, away, findings)
        columns.append({"left": half[0], "width": half[1], "key": key, "rows": placed})
        moved.extend(gone)
    laid = {
        **_shared(page, view, faces, CERTIFICATE, findings),
        **_stages(page, faces, above, findings),
        "columns": columns,
        "moved": moved,
        "rule_top": facts_top - 0.7,
        "band": attestation.band(page),
        "band_top": BAND_TOP,
        "border": ornament.border(page.words.text("attest.border_alt").first),
    }
    return laid, findings


def statement(page: Page, view: DocumentView, faces: Faces) -> tuple[dict[str, Any], list[Finding]]:
    """Lay the verification statement out: the opinion below the figure it is about."""
    findings: list[Finding] = []
    away = page.words.text("attest.see_annex")
    columns, moved = [], []
    for rows, half, key in zip(
        (attestation.subject_rows(page), attestation.statement_rows(page)),
        HALVES,
        KEY_WIDTHS,
        strict=True,
    ):
        placed, gone = set_rows(rows, faces, half[1] - key, (141.0, 69.0), away, findings)
        columns.append({"left": half[0], "width": half[1], "key": key, "rows": placed})
        moved.extend(gone)
    opinion, basis = attestation.opinion(page)
    laid = {
        **_shared(page, view, faces, STATEMENT, findings),
        "columns": columns,
        "moved": moved,
        "rule_top": 140.4,
        "opinion": opinion,
        "basis": _basis(page, basis, faces, findings),
        "misstatements": attestation.misstatements(page),
    }
    return laid, findings


def _shared(
    page: Page, view: DocumentView, faces: Faces, bracket: Bracket, findings: list[Finding]
) -> dict[str, Any]:
    words = page.words
    columns, parts = facts.parts_table(page)
    return {
        "text": words.text,
        "title": attestation.title(page),
        "sentence": attestation.sentence(page),
        "issuer": words.of(page.body["issuer"]["name"]),
        "approvals_line": attestation.approvals_line(page),
        "bracket": bracket,
        "hero": hero(page, bracket, faces, findings),
        "totals": facts.totals(page),
        "electricity": facts.electricity(page),
        "signatories": attestation.signatories(page),
        "notes": attestation.notes(page),
        "members": attestation.members(page),
        "part_columns": columns,
        "part_rows": parts,
        "quality_rows": facts.quality_table(page),
        "hash_rows": facts.hash_rows(page),
        "commitment_rows": facts.commitment_rows(page, view),
        "checkpoint": facts.checkpoint_lines(view),
        "engines": facts.engines(page),
        "software": facts.software(page),
        "how": [words.text(f"report.how_{n}") for n in ("verify", "detach", "ticks", "status")],
        **_drawings(page, bracket),
    }


def _drawings(page: Page, bracket: Bracket) -> dict[str, Any]:
    words = page.words
    dash = None if page.whole else (1.8, 1.14)
    alt = words.text("label.side_alt" if page.whole else "label.gate_alt").first
    seal_alt = words.text("attest.seal_alt", hash=page.digest[:16]).first
    return {
        "mark": drawing.mark(words.text("label.mark_alt").first),
        "ticks": drawing.ticks(page.ruler, WIDTH, 2.4, 0.25, words.text("label.ticks_alt").first),
        "side": drawing.side(bracket.height, 0.6, dash, alt),
        "seal": ornament.seal_block(page.ruler, seal_alt),
        "qr": drawing.qr(page.url, words.text("label.qr_alt", url=page.url).first),
        "watermark": watermark(page),
    }


def _stages(page: Page, faces: Faces, above: float, findings: list[Finding]) -> dict[str, Any]:
    words = page.words
    span = GATE_BAR if page.whole else (LEFT, WIDTH)
    alt = describe(page, page.stages, page.to_gate)
    bars = [(span[0], lay_out(page.stages, span[1], BAR_HEIGHT), _alt(span[1], alt))]
    keys = stage_keys(page.stages, faces, (LEFT, WIDTH), above + 6.7, findings)
    if page.whole:
        later = words.text("report.later_alt", stages=listed(page.later)).first
        left, width = LATER_BAR
        bars.append((left, lay_out(page.later, width, BAR_HEIGHT), _alt(width, later)))
        keys += stage_keys(page.later, faces, (LEFT, WIDTH), above + 15.6, findings)
    gate = drawing.side(BAR_HEIGHT + 3, 0.45, (1.1, 0.9), words.text("label.gate_alt").first)
    return {"bars": bars, "keys": keys, "bar_top": above, "gate": gate if page.whole else None}


def _alt(width: float, told: str) -> Any:
    return drawing.blank(width, BAR_HEIGHT, told)


def _basis(page: Page, basis: Pair, faces: Faces, findings: list[Finding]) -> list[dict[str, Any]]:
    """Set the basis of the opinion into two columns; a finding when it is too long for them."""
    placed = []
    for run, (left, width) in zip(runs(basis), HALVES, strict=False):
        lines = set_runs([type(run)(run.text, run.lang, False)], faces, 8.0, width - 3)
        if lines is None or len(lines) > 5:
            name = place(page.words, "verifier")
            findings.append(too_long(run.text, "verification.summary.basis", name))
            continue
        placed.append({"left": left + 2 if left == HALVES[0][0] else left, "lines": lines})
    return placed

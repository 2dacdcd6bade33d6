"""Layout of certificate and statement: one page placed by the millimetre, an annex that flows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from factors.findings import Finding
from labels import attestation, facts
from labels.facts import Row
from labels.page import Page
from labels.render import drawing, ground
from labels.render.a4 import Column, StageKey, hero, set_rows, stage_keys
from labels.render.bar import lay_out
from labels.render.fitting import Faces, runs, set_runs
from labels.render.ground import BAND_TOP, BAR_HEIGHT, LEFT, WIDTH
from labels.render.report import how_to_check, watermark
from labels.render.texts import place, too_long
from labels.view import DocumentView
from labels.wordpair import Pair

BRACKETS = {"certificate.pdf": ground.CERTIFICATE, "statement.pdf": ground.STATEMENT}
HALVES = ((20.0, 82.0), (106.0, 84.0))
KEY_WIDTHS = (26.0, 24.0)
#: The bars of a full life cycle: to the gate, after it.
GATE_BAR, LATER_BAR = (LEFT, 100.0), (126.0, 64.0)
#: Top and height of the statement's facts.
STATEMENT_ROOM = (141.1, 68.9)


def certificate(
    page: Page, view: DocumentView, faces: Faces
) -> tuple[dict[str, Any], list[Finding]]:
    """Lay the certificate of conformity out."""
    findings: list[Finding] = []
    above = 101.5
    facts_top = 119.4 if not page.whole else 126.5
    sides = (attestation.left_rows(page), attestation.right_rows(page))
    room = (facts_top, BAND_TOP - 2.5 - facts_top)
    columns, moved = _columns(page, sides, faces, room, findings)
    keys = _keys(page, faces, above, findings)
    laid = {
        **_shared(page, view, faces, "certificate.pdf", findings),
        "columns": columns,
        "moved": moved,
        "keys": keys,
        "band": attestation.band(page),
        "band_top": BAND_TOP,
        "ground": ground.certificate(page, columns, above, _bars(page), keys),
    }
    return laid, findings


def statement(page: Page, view: DocumentView, faces: Faces) -> tuple[dict[str, Any], list[Finding]]:
    """Lay the verification statement out: the opinion below the figure it is about."""
    findings: list[Finding] = []
    sides = (attestation.subject_rows(page), attestation.statement_rows(page))
    columns, moved = _columns(page, sides, faces, STATEMENT_ROOM, findings)
    opinion, basis = attestation.opinion(page)
    laid = {
        **_shared(page, view, faces, "statement.pdf", findings),
        "columns": columns,
        "moved": moved,
        "opinion": opinion,
        "basis": _basis(page, basis, faces, findings),
        "misstatements": attestation.misstatements(page),
        "ground": ground.statement(page, columns),
    }
    return laid, findings


def _columns(
    page: Page,
    sides: Sequence[Sequence[Row]],
    faces: Faces,
    room: tuple[float, float],
    findings: list[Finding],
) -> tuple[list[Column], list[Row]]:
    """Set the facts in two columns; also return the rows whose values moved to the annex."""
    away = page.words.text("attest.see_annex")
    columns, moved = [], []
    for rows, (left, width), key in zip(sides, HALVES, KEY_WIDTHS, strict=True):
        placed, gone = set_rows(rows, faces, width - key, room, away, findings)
        columns.append(Column(left, width, key, room[0], tuple(placed)))
        moved.extend(gone)
    return columns, moved


def _shared(
    page: Page, view: DocumentView, faces: Faces, file: str, findings: list[Finding]
) -> dict[str, Any]:
    words, bracket = page.words, BRACKETS[file]
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
        "how": how_to_check(page, file),
        **_drawings(page),
    }


def _drawings(page: Page) -> dict[str, Any]:
    words = page.words
    return {
        "mark": drawing.mark(words.text("label.mark_alt").first),
        "ticks": drawing.ticks(page.ruler, WIDTH, 2.4, 0.25, words.text("label.ticks_alt").first),
        "qr": drawing.qr(page.url, words.text("label.qr_alt", url=page.url).first),
        "watermark": watermark(page),
    }


def _bars(page: Page) -> ground.Bars:
    if not page.whole:
        return [(LEFT, lay_out(page.stages, WIDTH, BAR_HEIGHT))]
    sides = ((page.stages, *GATE_BAR), (page.later, *LATER_BAR))
    return [(left, lay_out(stages, width, BAR_HEIGHT)) for stages, left, width in sides]


def _keys(page: Page, faces: Faces, above: float, findings: list[Finding]) -> list[StageKey]:
    keys = stage_keys(page.stages, faces, (LEFT, WIDTH), above + 6.7, findings)
    if page.whole:
        keys += stage_keys(page.later, faces, (LEFT, WIDTH), above + 15.6, findings)
    return keys


def _basis(page: Page, basis: Pair, faces: Faces, findings: list[Finding]) -> list[dict[str, Any]]:
    """Set the basis of the opinion, a column for each language; a finding when it is too long."""
    placed, told = [], runs(basis)
    columns = HALVES if len(told) > 1 else ((LEFT, WIDTH - 2.6),)
    for run, (left, width) in zip(told, columns, strict=False):
        lines = set_runs([type(run)(run.text, run.lang, False)], faces, 8.0, width - 3)
        if lines is None or len(lines) > 5:
            name = place(page.words, "verifier")
            findings.append(too_long(run.text, "verification.summary.basis", name))
            continue
        placed.append({"left": left + 2.6 if left == LEFT else left, "lines": lines})
    return placed

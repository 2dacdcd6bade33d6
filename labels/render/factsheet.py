"""The fact sheet, A4: the facts of a label as plain rows, where a market permits no label.

No mark, frame, ruler or bracket: nothing on it could be taken for a label.
"""

from __future__ import annotations

from typing import Any

from factors.findings import Finding
from labels import facts
from labels.markets import market_of
from labels.page import Page
from labels.render.report import watermark
from labels.wordpair import Pair


def context(page: Page) -> tuple[dict[str, Any], list[Finding]]:
    """Lay the fact sheet out; rows flow and grow, so that nothing can fail to fit."""
    words, market = page.words, market_of(page.body)
    why = words.text("factsheet.why", market=words.of(market.name), basis=words.of(market.basis))
    return {
        "why": why,
        "text": words.text,
        "rows": _rows(page),
        "totals": facts.totals(page),
        "electricity": facts.electricity(page),
        "product_rows": facts.product_rows(page),
        "method_rows": facts.method_rows(page),
        "limit_rows": facts.limit_rows(page),
        "key_figures": facts.key_figures(page),
        "watermark": watermark(page),
    }, []


def _rows(page: Page) -> list[tuple[Pair, Pair]]:
    """Return what the bracket of a label says."""
    words = page.words
    figure = words.plain(f"{page.figure} {page.scale.symbol}")
    return [
        (words.text("factsheet.figure"), figure),
        (words.text("factsheet.per"), page.per),
        (words.text("factsheet.boundary"), page.boundary),
        (words.text("factsheet.counted"), page.scope),
        (words.text("label.maker"), words.listed(page.maker, page.site)),
        (words.text("label.verifier"), page.verifier),
        (words.text("label.until"), page.until),
        (words.text("label.number"), page.number),
        (words.text("factsheet.check"), words.plain(page.url)),
    ]

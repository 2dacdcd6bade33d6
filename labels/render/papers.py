"""Working papers as PDF: a title, facts and tables on A4, laid out by one small template."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from weasyprint import CSS

from factors.errors import FindingsError
from labels.canonical import canonical, sha256
from labels.fonts import FontSet, find
from labels.render.press import SCHEME, Plate, Press, press
from labels.render.texts import check_texts
from labels.render.typeset import environment
from labels.wordpair import TAGS

STYLE, TEMPLATE = "paper", "paper.j2"
_SHEETS = ("shared.css", "paper.css")
_BEGINNING = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def paper(document: Mapping[str, Any], mark: str, fonts: FontSet | None = None) -> bytes:
    """Print a working paper; the same paper gives the same bytes.

    Parameters
    ----------
    document
        A document ``carbonlabel-verification-paper/1``.
    mark
        What the hash of the case is called, in the paper's language.
    fonts
        The font set; the machine's label font when None.

    Raises
    ------
    FindingsError
        Texts that the font cannot show.
    """
    fonts = fonts or find()
    found = list(check_texts(document, fonts.characters))
    if found:
        raise FindingsError.of(tuple(found))
    html = environment().get_template(TEMPLATE).render(
        {**document, "mark": mark, "html_lang": TAGS[document["lang"]]}
    )  # fmt: skip
    return _press(fonts).print(
        Plate(
            html=html,
            style=STYLE,
            variant="pdf/a-3u",
            identifier=bytes.fromhex(sha256(canonical(document)))[:16],
            moment=_BEGINNING,
            attachments=(),
        )
    )


@cache
def _press(fonts: FontSet) -> Press:
    """The labels' press with the style sheet of the papers."""
    base = press(fonts)
    folder = files("templates") / "styles"
    words = "".join((folder / name).read_text(encoding="utf-8") for name in _SHEETS)
    sheet = CSS(string=words, font_config=base.fonts, url_fetcher=base.fetcher, base_url=SCHEME)
    return replace(base, sheets={**base.sheets, STYLE: sheet})

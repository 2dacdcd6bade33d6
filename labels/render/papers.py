"""Working papers as PDF: a title, facts and tables on A4, laid out by one small template."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from labels.canonical import canonical, sha256
from labels.fonts import FontSet
from labels.render.plain import Paper, printed
from labels.wordpair import TAGS

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
    made = Paper("paper", document, sha256(canonical(document)), _BEGINNING)
    return printed(made, {**document, "mark": mark, "html_lang": TAGS[document["lang"]]}, fonts)

"""Documents that no record stands behind: texts checked, one template, nothing embedded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from factors.errors import FindingsError
from labels.fonts import FontSet, find
from labels.render.press import Plate, press
from labels.render.texts import check_texts
from labels.render.typeset import environment


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed: the form, whose template and style sheet bear its name, and what names it.

    Attributes
    ----------
    form
        Name of template and style sheet.
    texts
        Plain data whose every text may be printed.
    digest
        SHA-256 (hex) that names the file.
    moment
        The one time the file carries.
    """

    form: str
    texts: Mapping[str, Any]
    digest: str
    moment: datetime


def printed(paper: Paper, context: Mapping[str, Any], fonts: FontSet | None = None) -> bytes:
    """Print a paper; the same paper gives the same bytes.

    Parameters
    ----------
    paper
        What is printed.
    context
        What its template needs.
    fonts
        The font set; the machine's label font when None.

    Raises
    ------
    FindingsError
        Texts that the font cannot show.
    """
    fonts = fonts or find()
    found = tuple(check_texts(paper.texts, fonts.characters))
    if found:
        raise FindingsError.of(found)
    return press(fonts).print(
        Plate(
            html=environment().get_template(f"{paper.form}.j2").render(context),
            style=paper.form,
            variant="pdf/a-3u",
            identifier=bytes.fromhex(paper.digest)[:16],
            moment=paper.moment,
            attachments=(),
        )
    )

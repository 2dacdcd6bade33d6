"""The programme's report printed on A4 across, or as one page that fetches nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup
from weasyprint import CSS

from factors.errors import FindingsError
from labels.canonical import canonical, sha256
from labels.fonts import FontSet, find
from labels.render.press import SCHEME, Plate, Press, press
from labels.render.texts import check_texts
from labels.render.typeset import environment

STYLE, SCREEN, TEMPLATE = "programme", "programme-screen", "programme.j2"


def document(made: Mapping[str, Any], context: Mapping[str, Any], fonts: FontSet | None) -> bytes:
    """Print the report; the same report gives the same bytes.

    Parameters
    ----------
    made
        A document ``carbonlabel-programme-report/1``.
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
    found = list(check_texts(made, fonts.characters))
    if found:
        raise FindingsError.of(tuple(found))
    html = environment().get_template(TEMPLATE).render({**context, "style": "", "policy": ""})
    return _press(fonts).print(
        Plate(
            html=html,
            style=STYLE,
            variant="pdf/a-3u",
            identifier=bytes.fromhex(sha256(canonical(dict(made))))[:16],
            moment=datetime.fromisoformat(str(made["day"])).replace(tzinfo=UTC),
            attachments=(),
        )
    )


def page(context: Mapping[str, Any]) -> bytes:
    """Return the report as one page; its policy allows its own style sheet and nothing else."""
    css = _read(SCREEN).strip()
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    style = Markup(css)  # noqa: S704 - our own file
    html = (
        environment().get_template(TEMPLATE).render({**context, "style": style, "policy": policy})
    )
    return html.encode("utf-8")


@cache
def _press(fonts: FontSet) -> Press:
    """The labels' press with the style sheet of the report."""
    base = press(fonts)
    words = _read("shared") + _read(STYLE)
    sheet = CSS(string=words, font_config=base.fonts, url_fetcher=base.fetcher, base_url=SCHEME)
    return replace(base, sheets={**base.sheets, STYLE: sheet})


def _read(name: str) -> str:
    return (files("templates") / "styles" / f"{name}.css").read_text(encoding="utf-8")

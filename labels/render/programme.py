"""The programme's report printed on A4 across, or as one page that fetches nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from labels.canonical import canonical, sha256
from labels.fonts import FontSet
from labels.render.plain import Paper, printed
from labels.render.typeset import environment

FORM = "programme"


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
    day = datetime.fromisoformat(str(made["day"])).replace(tzinfo=UTC)
    paper = Paper(FORM, made, sha256(canonical(dict(made))), day)
    return printed(paper, {**context, "style": "", "policy": ""}, fonts)


def page(context: Mapping[str, Any]) -> bytes:
    """Return the report as one page; its policy allows its own style sheet and nothing else."""
    sheet = files("templates") / "styles" / f"{FORM}-screen.css"
    css = sheet.read_text(encoding="utf-8").strip()
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    style = Markup(css)  # noqa: S704 - our own file
    template = environment().get_template(f"{FORM}.j2")
    return template.render({**context, "style": style, "policy": policy}).encode("utf-8")

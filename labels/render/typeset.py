"""From plain text to the page: the template environment and its one filter.

Autoescape is on for every template; texts reach the page only through :func:`typeset`.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from labels.figures import GAP

_GAS = re.compile(r"\b(CO|CH|N|SO)([24])(?=(?:e|O)?\b)|\b(NO)(x)\b")
_LOWERED = re.compile("([₀₁₂₃₄₅₆₇₈₉]+)")
_RAISED = re.compile("(?<=10)(⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_PLAIN_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789\N{MINUS SIGN}0123456789")
_THIN = Markup('<span class="gap">&#160;</span>')


@cache
def environment() -> Environment:
    """Return the templates under ``templates/pages``; every value is escaped."""
    return _with_filter(
        Environment(
            loader=FunctionLoader(_source),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
    )


def typeset(text: str) -> Markup:
    """Escape a text and set what type cannot: lowered signs of gases, powers of ten, thin gaps."""
    safe = str(escape(text))
    safe = _GAS.sub(lambda gas: f"{gas[1] or gas[3]}<sub>{gas[2] or gas[4]}</sub>", safe)
    safe = _LOWERED.sub(lambda found: f"<sub>{found[1].translate(_PLAIN_DIGITS)}</sub>", safe)
    safe = _RAISED.sub(lambda found: f"<sup>{found[1].translate(_PLAIN_DIGITS)}</sup>", safe)
    return Markup(safe.replace(GAP, _THIN))  # noqa: S704 - escaped above, then only our own tags


def _source(name: str) -> str:
    return (files("templates") / "pages" / name).read_text(encoding="utf-8")


def _with_filter(environment: Environment) -> Environment:
    environment.filters["typeset"] = typeset
    return environment

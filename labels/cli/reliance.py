"""Commands on what rests on the factor library: impact of a row, coverage of the models."""

from __future__ import annotations

from rich.text import Text

from factors.texts import Lang, text
from labels.cli.shelf import library
from labels.cli.show import console, plain
from lca import coverage as covering
from lca import impact as resting


def impact(factor_id: str, lang: Lang, *, as_json: bool) -> None:
    """Print which models, defaults, rule sets and examples rest on a row."""
    found = resting.impact(library(), factor_id)
    if as_json:
        plain([one.to_json() for one in found])
        return
    if not found:
        console().print(text("library.rests-nothing", lang, factor=factor_id))
    for one in found:
        console().print(Text(one.told(lang)))


def coverage(model_id: str, lang: Lang, *, as_json: bool) -> None:
    """Print the hot-spot inputs of a model's example, or of all models, with their rows."""
    found = covering.coverage(library(), (model_id,) if model_id else ())
    if as_json:
        plain([one.to_json() for one in found])
    else:
        console().print(Text(covering.page(found, lang)))

"""Commands before there is a file to compute: the models, the rule sets, a workbook to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from factors.errors import FindingsError
from factors.findings import finding
from factors.texts import Lang, text
from labels.cli.files import write_whole
from labels.cli.shelf import library
from labels.cli.show import console
from lca import model as product_model
from lca import ruleset
from lca.examples import examples
from lca.examples import filled as example_filled
from lca.workbook.layout import EVERY_SHEET
from lca.workbook.write import workbook


def list_models() -> None:
    """Print id, version and names of the shipped product models."""
    for model_id in product_model.models():
        model = product_model.load(model_id)
        console().print(f"{model.id}  {model.version}  {model.name['zh']}  {model.name['en']}")


def list_rulesets() -> None:
    """Print id, edition and names of the shipped rule sets."""
    for rules_id in ruleset.rulesets():
        rules = ruleset.load(rules_id)
        console().print(f"{rules.id}  {rules.edition}  {rules.name['zh']}  {rules.name['en']}")


def write_template(
    model_id: str,
    output: Path,
    lang: Lang,
    *,
    example: bool,
    families: int,
    sheets: str = "",
    small: bool = False,
    certifiable: bool = False,
) -> None:
    """Write the workbook of a model: one that ships, or the file of one that is being written.

    ``sheets`` are ids of further sheets with commas, or all.
    """
    if model_id not in product_model.models() and not model_id.endswith(".toml"):
        known = ", ".join(product_model.models())
        raise FindingsError(finding("CLI-MODEL-UNKNOWN", model=model_id, known=known))
    model = product_model.load(model_id)
    filled = _example(model_id, certifiable=certifiable) if example or certifiable else None
    wanted = _sheets(sheets)
    data = workbook(
        model, lang, filled, families=families, sheets=wanted, small=small, factors=library()
    )
    write_whole(output, data)
    console(err=True).print(text("cli.written", lang, path=output))


def _sheets(told: str) -> tuple[str, ...]:
    """Further sheets by their ids.

    Raises
    ------
    FindingsError
        CLI-SHEET-UNKNOWN, for a sheet that no workbook has.
    """
    named = tuple(filter(None, (one.strip() for one in told.split(","))))
    if named == ("all",):
        return EVERY_SHEET
    for one in named:
        if one not in EVERY_SHEET:
            known = ", ".join(EVERY_SHEET)
            raise FindingsError(finding("CLI-SHEET-UNKNOWN", sheet=one, known=known))
    return named


def _example(model_id: str, *, certifiable: bool) -> dict[str, Any]:
    if model_id not in examples():
        raise FindingsError(finding("CLI-NO-EXAMPLE", model=model_id))
    known = examples(certifiable=True)
    if certifiable and model_id not in known:
        told = {"model": model_id, "known": ", ".join(known)}
        raise FindingsError(finding("CASE-NO-EXAMPLE", **told))
    return example_filled(model_id, certifiable=certifiable)

"""Commands on workbooks and system files: template, check, convert, footprint."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from factors.errors import FindingsError
from factors.findings import finding
from factors.texts import Lang, text
from labels.cli.files import read_file, write_whole
from labels.cli.marking import annotate_workbook
from labels.cli.shelf import library
from labels.cli.show import console, findings_table, footprint_tables, plain, summary
from lca import model as product_model
from lca import ruleset, study, system_file
from lca.workbook.write import workbook

OK, NOT_OK = 0, 1


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
    model_id: str, output: Path, lang: Lang, *, example: bool, families: int
) -> None:
    """Write the workbook of a model."""
    if model_id not in product_model.models():
        known = ", ".join(product_model.models())
        raise FindingsError(finding("CLI-MODEL-UNKNOWN", model=model_id, known=known))
    model = product_model.load(model_id)
    filled = _example(model_id) if example else None
    write_whole(output, workbook(model, lang, filled, families=families))
    console(err=True).print(text("cli.written", lang, path=output))


def check_workbook(
    path: Path, rules: str, lang: Lang, annotate: Path | None = None, *, as_json: bool
) -> int:
    """Show all findings of a workbook or system file."""
    made = study.study(read_file(path), path.name, rules, library())
    if annotate is not None:
        annotate_workbook(path, annotate, made.findings, lang)
        console(err=True).print(text("cli.written", lang, path=annotate))
    if as_json:
        plain(
            {
                "schema": "carbonlabel-findings/1",
                "file": path.name,
                "usable": not made.blocked,
                "findings": [found.to_json() for found in made.findings],
            }
        )
    else:
        findings_table(made.findings, lang)
        verdict = text("cli.not_usable" if made.blocked else "cli.usable", lang)
        console().print(f"{summary(made.findings, lang)}. {verdict}")
    return NOT_OK if made.blocked else OK


def convert_workbook(path: Path, output: Path, rules: str, lang: Lang) -> int:
    """Write the system file of a workbook; nothing is written when findings block it."""
    made = study.convert(read_file(path), path.name, rules, library())
    findings_table([found for found in made.findings if found.blocks], lang, err=True)
    if made.system is None:
        return NOT_OK
    write_whole(output, system_file.canonical(made.system))
    console(err=True).print(text("cli.written", lang, path=output))
    return OK


def show_footprint(path: Path, rules: str, lang: Lang, *, as_json: bool) -> int:
    """Compute and show a footprint."""
    made = study.study(read_file(path), path.name, rules, library())
    if made.footprint is None or made.blocked:
        findings_table([found for found in made.findings if found.blocks], lang, err=True)
        return NOT_OK
    if as_json:
        plain(made.footprint.to_json())
    else:
        footprint_tables(made.footprint.to_json(), lang)
        console().print(summary(made.findings, lang))
    return OK


def _example(model_id: str) -> dict[str, Any]:
    entry = files("lca") / "models" / "examples" / f"{model_id}.toml"
    if not entry.is_file():
        raise FindingsError(finding("CLI-NO-EXAMPLE", model=model_id))
    return tomllib.loads(entry.read_text(encoding="utf-8"))

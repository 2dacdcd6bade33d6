"""The command ``export``: a footprint in the form that somebody asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from factors.errors import FindingsError
from factors.findings import finding
from factors.store import FactorSet
from factors.texts import Lang, text
from labels.cli.files import read_file, write_whole
from labels.cli.shelf import library
from labels.cli.show import console, findings_table
from labels.render.summary import summary
from lca import study
from lca.exchange.lines_xlsx import lines_workbook
from lca.exchange.verifier_xlsx import verifier_workbook
from lca.footprint import Footprint

OK, NOT_OK = 0, 1

Export = Callable[[Footprint, FactorSet, Lang], bytes]


def _summary(footprint: Footprint, factors: FactorSet, lang: Lang) -> bytes:
    """The two-page summary; sources of factors are none of its matters."""
    del factors
    return summary(footprint.to_json(), lang)


FORMATS: Mapping[str, tuple[str, Export]] = {
    "verifier-xlsx": (".xlsx", verifier_workbook),
    "lines-xlsx": (".xlsx", lines_workbook),
    "summary": (".pdf", _summary),
}
"""Formats by name: the ending of their files and what makes them."""


def export_study(source: Path, form: str, output: Path, rules: str, lang: Lang) -> int:
    """Write a workbook's or system file's footprint in one of the formats.

    Nothing is written when findings block the footprint.

    Raises
    ------
    FindingsError
        EXPORT-FORMAT or EXPORT-ENDING, and what the format itself refuses.
    """
    if form not in FORMATS:
        raise FindingsError(finding("EXPORT-FORMAT", format=form, known=", ".join(FORMATS)))
    ending, made_by = FORMATS[form]
    if output.suffix.lower() != ending:
        raise FindingsError(finding("EXPORT-ENDING", format=form, file=output.name, ending=ending))
    factors = library()
    made = study.study(read_file(source), source.name, rules, factors)
    findings_table([found for found in made.findings if found.blocks], lang, err=True)
    if made.footprint is None or made.blocked:
        return NOT_OK
    write_whole(output, made_by(made.footprint, factors, lang))
    console(err=True).print(text("cli.written", lang, path=output))
    return OK

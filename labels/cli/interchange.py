"""Exports to other LCA software, each with a report of what the target cannot hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.text import Text

from factors.errors import FindingsError
from factors.findings import finding
from factors.store import FactorSet
from factors.texts import Lang, text
from labels.cli.files import read_file, write_whole
from labels.cli.shelf import library
from labels.cli.show import console, findings_table
from lca import study
from lca.exchange.brightway_xlsx import brightway_workbook, method_workbook
from lca.exchange.from_footprint import network
from lca.exchange.linking import Link, linked, read_links
from lca.exchange.losses import BRIGHTWAY, LossReport, loss_report
from lca.exchange.network import Network
from lca.footprint import Footprint

Made = tuple[bytes, LossReport]
Maker = Callable[[Network, LossReport, Footprint, Lang], bytes]

OK, NOT_OK = 0, 1
ENDING = ".losses.json"


def made_for(
    target: str,
    maker: Maker,
    footprint: Footprint,
    factors: FactorSet,
    lang: Lang,
    links: Sequence[Link] = (),
) -> Made:
    """Return the file for a target and the report of its losses.

    Raises
    ------
    FindingsError
        LINK-* for links that do not fit; EXPORT-SIZE.
    """
    whole = network(footprint, factors)
    report = loss_report(footprint, whole, target, lang)
    return maker(linked(whole, links), report, footprint, lang), report


def database(made: Network, report: LossReport, footprint: Footprint, lang: Lang) -> bytes:
    """The database for ``bw2io.ExcelImporter``."""
    del footprint
    return brightway_workbook(made, report, lang)


def method(made: Network, report: LossReport, footprint: Footprint, lang: Lang) -> bytes:
    """The weights of the headline total for ``bw2io.ExcelLCIAImporter``."""
    del report
    return method_workbook(made, footprint.headline, lang)


def links_of(path: Path | None) -> tuple[Link, ...]:
    """Return the links of a table, none where no table is named."""
    return () if path is None else read_links(read_file(path), path.name)


def tell(report: LossReport, output: Path, lang: Lang) -> None:
    """Write the report beside a file and print it on standard error."""
    beside = output if output.suffix == ".json" else output.with_name(output.name + ENDING)
    told = json.dumps(report.to_json(), ensure_ascii=False, indent=1) + "\n"
    write_whole(beside, told.encode())
    out = console(err=True)
    out.print(Text(report.title(lang), style="bold"))
    for loss in report.losses:
        out.print(Text(f"- {loss.sentence(lang)}"))


TARGETS: Mapping[str, tuple[str, str, Maker]] = {
    "brightway": (".xlsx", BRIGHTWAY, database),
    "brightway-method": (".xlsx", BRIGHTWAY, method),
}
"""Formats by name: ending, program, and what makes the file."""


def export_interchange(
    source: Path,
    form: str,
    output: Path,
    rules: str,
    lang: Lang,
    subject: str = "",
    links: Path | None = None,
    targets: Mapping[str, tuple[str, str, Maker]] = TARGETS,
) -> int:
    """Write a footprint for other LCA software, and beside it what that cannot hold.

    Parameters
    ----------
    links
        Table of activities that stand for some of our factors (:mod:`lca.exchange.linking`).

    Raises
    ------
    FindingsError
        EXPORT-ENDING, LINK-*, EXPORT-SIZE.
    """
    ending, target, maker = targets[form]
    check_ending(form, output, ending)
    table = links_of(links)
    factors = library()
    found = footprint_of(source, rules, factors, lang, subject)
    if found is None:
        return NOT_OK
    data, report = made_for(target, maker, found, factors, lang, table)
    write_whole(output, data)
    console(err=True).print(text("cli.written", lang, path=output))
    tell(report, output, lang)
    return OK


def footprint_of(
    source: Path, rules: str, factors: FactorSet, lang: Lang, subject: str = ""
) -> Footprint | None:
    """Return the footprint of a file; None, and what is wrong printed, where it is blocked."""
    made = study.study(read_file(source), source.name, rules, factors, subject)
    findings_table([found for found in made.findings if found.blocks], lang, err=True)
    return None if made.blocked else made.footprint


def check_ending(form: str, output: Path, ending: str) -> None:
    """Refuse a file whose ending says something else than its format.

    Raises
    ------
    FindingsError
        EXPORT-ENDING.
    """
    if output.suffix.lower() != ending:
        raise FindingsError(finding("EXPORT-ENDING", format=form, file=output.name, ending=ending))

"""Commands that compute workbooks and system files: convert, footprint."""

from __future__ import annotations

from pathlib import Path

from factors.texts import Lang, text
from labels.cli.files import read_file, write_whole
from labels.cli.position import position_tables
from labels.cli.shelf import library
from labels.cli.show import console, findings_table, footprint_tables, plain, summary
from lca import study, system_file
from lca.portfolio import Portfolio
from lca.subjects import file_of

OK, NOT_OK = 0, 1

BESIDE = frozenset({"ABNORMAL-EFFECT", "ABNORMAL-ALONE"})
"""Findings that a footprint is never shown without."""

SEVERAL = b'"subjects"'
"""What a system file with several subjects contains."""


def convert_workbook(
    path: Path, output: Path, rules: str, lang: Lang, *, subject: str = "", every: bool = False
) -> int:
    """Write the system file of a workbook; nothing is written when findings block it.

    Parameters
    ----------
    subject
        Id of a family; empty: the one that the cover declares.
    every
        Write all families into the file.
    """
    data, factors = read_file(path), library()
    if every:
        families = study.convert_all(data, path.name, rules, factors)
        systems, found = families.systems, families.findings
    else:
        made = study.convert(data, path.name, rules, factors, subject)
        systems, found = ({"": made.system} if made.system else {}), made.findings
    findings_table([one for one in found if one.blocks], lang, err=True)
    if not systems:
        return NOT_OK
    write_whole(output, file_of(systems) if every else system_file.canonical(systems[""]))
    console(err=True).print(text("cli.written", lang, path=output))
    return OK


def show_footprint(path: Path, rules: str, lang: Lang, *, as_json: bool, subject: str = "") -> int:
    """Compute and show a footprint: of every subject of a system file, unless one is named."""
    data = read_file(path)
    if study.is_system(path.name) and not subject and SEVERAL in data:
        return _show_all(study.portfolio(data, path.name, rules, library()), lang, as_json=as_json)
    made = study.study(data, path.name, rules, library(), subject)
    if made.footprint is None or made.blocked:
        findings_table([found for found in made.findings if found.blocks], lang, err=True)
        return NOT_OK
    if as_json:
        plain(made.footprint.to_json())
    else:
        footprint_tables(made.footprint.to_json(), lang)
        position_tables(made.footprint.to_json(), lang)
        for found in made.findings:
            if found.code in BESIDE:
                console().print(found.sentence("saw", lang), markup=False)
        console().print(summary(made.findings, lang))
    return OK


def _show_all(made: Portfolio, lang: Lang, *, as_json: bool) -> int:
    """Show the footprints of all subjects of a file, unless findings block one of them."""
    results = made.footprints.values()
    blocking = [found for one in results for found in one.findings if found.blocks]
    if blocking:
        findings_table(blocking, lang, err=True)
        return NOT_OK
    if as_json:
        plain(made.to_json())
        return OK
    for one in results:
        footprint_tables(one.to_json(), lang)
        console().print(summary(one.findings, lang))
    console().print(text("cli.one_matrix", lang, count=len(results), gap=f"{made.gap:.1E}"))
    return OK

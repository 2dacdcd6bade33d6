"""The command ``check``: show everything that is wrong or remarkable in a file.

The engine comes in as a function that loads it: only a file that can be computed needs one, and
to load it takes longer than all the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path, PurePath

from factors.findings import Finding, blocking
from factors.store import FactorSet
from factors.texts import Lang, text
from labels.cli.files import read_file
from labels.cli.marking import annotate_workbook
from labels.cli.shelf import library
from labels.cli.show import console, findings_table, plain, summary
from lca.conversion import Conversion, converted

OK, NOT_OK = 0, 1

Compute = Callable[[bytes, str, str, FactorSet, str, Conversion | None], Sequence[Finding]]
"""From a file (bytes, name, rule set, library, subject) and its conversion to all findings."""


def check_workbook(
    path: Path,
    rules: str,
    lang: Lang,
    annotate: Path | None = None,
    *,
    engine: Callable[[], Compute],
    as_json: bool,
    subject: str = "",
) -> int:
    """Show all findings of a workbook or system file; ``engine`` loads what computes one."""
    findings = _findings(path, rules, subject, engine)
    if annotate is not None:
        annotate_workbook(path, annotate, findings, lang)
        console(err=True).print(text("cli.written", lang, path=annotate))
    blocked = bool(blocking(findings))
    if as_json:
        plain(
            {
                "schema": "carbonlabel-findings/1",
                "file": path.name,
                "usable": not blocked,
                "findings": [found.to_json() for found in findings],
            }
        )
    else:
        findings_table(findings, lang)
        verdict = text("cli.not_usable" if blocked else "cli.usable", lang)
        told = {"counts": summary(findings, lang), "verdict": verdict}
        console().print(text("cli.counted", lang, **told))
    return NOT_OK if blocked else OK


def _findings(
    path: Path, rules: str, subject: str, engine: Callable[[], Compute]
) -> Sequence[Finding]:
    data, factors = read_file(path), library()
    if PurePath(path.name).suffix.lower() == ".json":
        return engine()(data, path.name, rules, factors, subject, None)
    made = converted(data, path.name, rules, factors, subject)
    if made.system is None:
        return made.findings
    return engine()(data, path.name, rules, factors, subject, made)

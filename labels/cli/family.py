"""``carbonlabel family`` and ``carbonlabel sites``: everyone behind one figure, computed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from factors.errors import FindingsError
from factors.findings import Finding, Where, blocking, finding
from factors.texts import Lang, text
from labels.cli.files import read_file, write_whole
from labels.cli.shelf import library
from labels.cli.show import console, findings_table, plain, significant
from lca import model as product_model
from lca import ruleset, system_file
from lca.family import Choice, Family, of_articles, of_sites
from lca.study import DEFAULT_RULES
from lca.submission import Submission
from lca.workbook.read import read

OK, NOT_OK = 0, 1


def show_family(
    workbook: Path,
    choice: Choice,
    rules: str,
    lang: Lang,
    *,
    as_json: bool,
    subject: str = "",
    output: Path | None = None,
) -> int:
    """Compute every article of a family; 1 where one figure may not stand for all.

    Parameters
    ----------
    choice
        How one figure shall stand for all of them.
    subject
        Id of the family; empty: the one that the cover declares.
    output
        Where to write the system file of the declared figure, which names every article.
    """
    submission = _submission(workbook)
    model, chosen = product_model.load(submission.model), ruleset.load(rules or DEFAULT_RULES)
    made = of_articles(submission, model, chosen, library(), choice, subject)
    return _show(made, lang, as_json=as_json, output=output)


def show_sites(
    workbooks: Sequence[Path],
    rules: str,
    lang: Lang,
    *,
    as_json: bool,
    subject: str = "",
    output: Path | None = None,
) -> int:
    """Compute the same article of several sites, a workbook each, with mean and spread."""
    several: dict[str, Submission] = {}
    for path in workbooks:
        submission = _submission(path)
        name = submission.sites[0].site if submission.sites else path.stem
        several[name if name not in several else path.stem] = submission
    models = {one.model for one in several.values()}
    if len(models) != 1 or len(several) != len(workbooks):
        where = Where(file=", ".join(path.name for path in workbooks))
        raise FindingsError(finding("FAMILY-UNLIKE", where, key="model"))
    model, chosen = product_model.load(models.pop()), ruleset.load(rules or DEFAULT_RULES)
    made = of_sites(several, model, chosen, library(), subject)
    return _show(made, lang, as_json=as_json, output=output)


def _submission(path: Path) -> Submission:
    submission = read(read_file(path), path.name, factors=library())
    problems: tuple[Finding, ...] = tuple(blocking(submission.findings))
    if problems:
        raise FindingsError.of(problems)
    return submission


def _show(made: Family, lang: Lang, *, as_json: bool, output: Path | None) -> int:
    if output is not None:
        write_whole(output, system_file.canonical(made.declared.system))
        console(err=True).print(text("cli.written", lang, path=output))
    if as_json:
        plain(made.to_json())
    else:
        _print(made.to_json(), lang)
        findings_table(made.findings, lang)
    return NOT_OK if blocking(made.findings) else OK


def _print(told: dict[str, Any], lang: Lang) -> None:
    out = console()
    figures = list(told["declared"])
    title = text(f"family.title_{told['kind']}", lang, id=told["id"])
    table = Table(title=f"{title} ({told['unit']})", title_justify="left", box=None)
    for head in ("member", "name", "share"):
        table.add_column(text(f"family.{head}", lang), overflow="fold")
    for figure in figures:
        table.add_column(text(f"cli.{figure.replace('-', '_')}", lang), justify="right")
    for head in ("deviation", "verdict"):
        table.add_column(text(f"family.{head}", lang), justify="right")
    for one in told["members"]:
        table.add_row(
            Text(one["id"]),
            Text(one["name"].get(lang, "")),
            f"{Decimal(one['share']):.1%}",
            *(significant(Decimal(one["figures"][figure])) for figure in figures),
            f"{Decimal(one['deviation']):+.1%}",
            text("family.yes" if one["within"] else "family.no", lang),
        )
    declared = [significant(Decimal(told["declared"][figure])) for figure in figures]
    table.add_row(text("family.declared", lang), told["label"][lang], "", *declared, "", "")
    out.print(table)
    tolerance = f"{Decimal(told['tolerance']):.0%}"
    verdict = "family.allowed" if told["allowed"] else "family.split"
    out.print(text(verdict, lang, tolerance=tolerance))

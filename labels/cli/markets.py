"""``carbonlabel scenario WORKBOOK``: every column of the sheet of use and end of life."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.texts import Lang, text
from labels.cli.files import read_file
from labels.cli.shelf import library
from labels.cli.show import console, plain, significant
from lca import life, study
from lca.bridge_json import to_json
from lca.changes import Changes
from lca.scenario import scenario
from lca.submission import Submission
from lca.workbook.read import read

OK = 0


def column(source: Path, code: str) -> Changes | None:
    """Return a column of a workbook's own sheet as a scenario; None where it has no such column."""
    told = _submission(source)
    entry = None if told is None else life.named(told, code)
    return None if told is None or entry is None else life.changes_of(told, entry)


def show_markets(source: Path, rules: str, lang: Lang, *, as_json: bool) -> int:
    """Compute and show all columns of the sheet beside the declared product.

    Raises
    ------
    FindingsError
        SCENARIO-NO-MARKETS, when the file has no such sheet or nothing on it; what is wrong with
        the file, or with an answer.
    """
    told = _submission(source)
    if told is None or not told.scenarios:
        raise FindingsError(finding("SCENARIO-NO-MARKETS", Where(file=source.name)))
    data, factors = read_file(source), library()
    every = [
        to_json(scenario(data, source.name, life.changes_of(told, one), factors, rules), factors)
        for one in told.scenarios
    ]
    codes = [one.scenario for one in told.scenarios]
    if as_json:
        plain({"schema": "carbonlabel-markets/1", "markets": dict(zip(codes, every, strict=True))})
        return OK
    console().print(_table(codes, every, lang))
    console().print(Text(every[0]["notice"][lang], style="bold yellow"))
    return OK


def _submission(source: Path) -> Submission | None:
    if study.is_system(source.name):
        return None
    return read(read_file(source), source.name, factors=library())


def _table(codes: list[str], every: list[dict[str, Any]], lang: Lang) -> Table:
    table = Table(title=text("scenario.markets", lang), title_justify="left", box=None)
    table.add_column(text("scenario.market", lang, unit=every[0]["unit"]), overflow="fold")
    for head in ("gate", "declared", "whole"):
        table.add_column(text(f"scenario.market_{head}", lang), justify="right")
    for code, result in zip(codes, every, strict=True):
        declared = result["figures"][0]
        gate = next((f for f in result["figures"] if f["figure"] == "cradle-to-gate"), declared)
        values = (gate["after"], declared["before"], declared["after"])
        shown = (significant(Decimal(value)) for value in values)
        table.add_row(Text(f"{code}  {result['name'][lang]}"), *shown)
    return table

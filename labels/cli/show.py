"""What people see on a terminal: findings and footprints as tables. Colours only on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from factors.findings import Finding, Severity
from factors.texts import Lang, text
from labels.cli.terminal import writes_chinese
from labels.cli.waiting import wipe

LEAST_SHOWN = 1000
"""Lines below one part in this many of the whole are counted, not listed; the JSON has all."""

ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
FEW = 2
"""Findings alike that still stand one by one."""

STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


def console(*, err: bool = False) -> Console:
    """A console that wraps to the terminal, and to 120 columns in a file or pipe."""
    wipe()
    probe = Console(stderr=err, highlight=False, soft_wrap=False)
    return probe if probe.is_terminal else Console(stderr=err, highlight=False, width=120)


def plain(value: object) -> None:
    """Print data as JSON on standard output."""
    wipe()
    escaped = not writes_chinese(sys.stdout)
    sys.stdout.write(json.dumps(value, ensure_ascii=escaped, indent=1) + "\n")


def findings_table(
    findings: Sequence[Finding], lang: Lang, *, err: bool = False, of_file: bool = True
) -> None:
    """Print findings: errors first, each with where, what we saw, what we expected, what to do.

    Cells of one sheet with the same advice stand together, so that a file that is half filled in
    reads as what is still missing and not as seventy errors; ``--json`` has each by itself. What
    has no place concerns the whole file, where there is one (``of_file``).
    """
    out = console(err=err)
    for alike in _alike(sorted(findings, key=lambda one: ORDER[one.severity]), lang):
        first = alike[0]
        place = str(first.where) or (text("cli.whole_file", lang) if of_file and not err else "")
        if len(alike) > 1:
            place = text("cli.places", lang, sheet=first.where.sheet, count=len(alike))
        head = Text(text(f"cli.{first.severity}", lang), style=STYLE[first.severity])
        head.append(f" {place}" if place else "", style="bold")
        head.append(f"  {first.code}", style="dim")
        out.print(head)
        for found in alike if len(alike) > 1 else ():
            out.print(Text(f"   {found.where.cell:>6}  {found.sentence('saw', lang)}"))
        for part in ("saw", "expected", "todo") if len(alike) == 1 else ("expected", "todo"):
            out.print(Text(f"   {text(f'cli.{part}', lang)} {first.sentence(part, lang)}"))


def _alike(findings: Iterable[Finding], lang: Lang) -> list[list[Finding]]:
    """Return the findings in groups: cells of one sheet with the same advice, else each alone."""
    groups: dict[object, list[Finding]] = {}
    for number, found in enumerate(findings):
        where = found.where
        advice = (found.sentence("expected", lang), found.sentence("todo", lang))
        named = where.sheet and where.cell
        key = (found.severity, found.code, where.sheet, *advice) if named else number
        groups.setdefault(key, []).append(found)
    return [
        part
        for group in groups.values()
        for part in ([group] if len(group) > FEW else [[one] for one in group])
    ]


def summary(findings: Iterable[Finding], lang: Lang) -> str:
    """One line: how many errors, warnings and notes."""
    counts = dict.fromkeys(Severity, 0)
    for found in findings:
        counts[found.severity] += 1
    return text(
        "cli.summary",
        lang,
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        notes=counts[Severity.NOTE],
    )


def refused(findings: Sequence[Finding], lang: Lang) -> None:
    """Print why a command refused, on standard error."""
    findings_table(findings, lang, err=True)


def footprint_tables(result: Mapping[str, Any], lang: Lang) -> None:
    """Print a footprint: figure, stages, lines, what it rests on."""
    out = console()
    unit = result["totals"][result["headline"]]["unit"]
    name = result["product"]["name"].get(lang) or result["product"]["id"]
    figure = Decimal(result["totals"][result["headline"]]["value"])
    out.print(Text(name, style="bold"))
    boundary = text(f"cli.{result['boundary'].replace('-', '_')}", lang)
    out.print(Text(f"{significant(figure)} {unit}  {boundary}", style="bold"))
    out.print(_stages(result, lang, unit, figure))
    out.print(_lines(result, lang, unit))
    for key, values in _facts(result, lang):
        out.print(Text(f"{key}: ", style="bold").append(values, style="not bold"))


def significant(value: Decimal, digits: int = 4) -> str:
    """A readable number for the terminal; the exact one is in the JSON."""
    return f"{value:.{digits}g}" if value else "0"


def _stages(result: Mapping[str, Any], lang: Lang, unit: str, figure: Decimal) -> Table:
    table = Table(title=text("cli.stages", lang), title_justify="left", box=None)
    for head in ("cli.stage", "cli.value", "cli.share"):
        table.add_column(text(head, lang), justify="left" if head == "cli.stage" else "right")
    for stage in result["stages"]:
        value = Decimal(stage["value"])
        share = f"{value / figure:.1%}" if figure else ""
        table.add_row(stage["name"][lang], f"{significant(value)} {unit}", share)
    return table


def _lines(result: Mapping[str, Any], lang: Lang, unit: str) -> Table:
    table = Table(title=text("cli.lines", lang), title_justify="left", box=None)
    for head in ("cli.line", "cli.amount", "cli.factor", "cli.value"):
        right = head in ("cli.amount", "cli.value")
        table.add_column(text(head, lang), justify="right" if right else "left", overflow="fold")
    ranked = sorted(result["lines"], key=lambda line: -abs(Decimal(line["value"])))
    whole = sum(abs(Decimal(line["value"])) for line in ranked if line["basis"] != "market")
    shown = [line for line in ranked if abs(Decimal(line["value"])) * LEAST_SHOWN >= whole > 0]
    for line in shown:
        factor = line["factor"] or {}
        basis = "" if line["basis"] == "both" else f" ({text('cli.' + line['basis'], lang)})"
        table.add_row(
            f"{line['name'][lang]}{basis}",
            f"{significant(Decimal(line['amount']))} {line['unit']}",
            factor.get("id", line.get("flow", "")),
            significant(Decimal(line["value"])),
        )
    if len(shown) < len(ranked):
        table.add_row(text("cli.smaller_lines", lang, count=len(ranked) - len(shown)), "", "", "")
    return table


def _facts(result: Mapping[str, Any], lang: Lang) -> Iterable[tuple[str, str]]:
    for kind in ("excluding_biogenic_co2", "including_biogenic_co2"):
        total = result["totals"][kind]
        yield text(f"cli.{kind}", lang), f"{significant(Decimal(total['value']))} {total['unit']}"
    electricity = result["electricity"]
    for basis in ("location", "market"):
        if electricity.get(basis):
            value = Decimal(electricity[basis]["excluding_biogenic_co2"])
            yield text(f"cli.electricity_{basis}", lang), significant(value)
    shares = ", ".join(
        f"{basis} {Decimal(share):.1%}" for basis, share in result["gwp"]["shares"].items()
    )
    yield text("cli.gwp", lang), shares
    for kind in ("proxy_share", "weak_share"):
        yield text(f"cli.{kind}", lang), f"{Decimal(result['data_quality'][kind]):.1%}"
    for one in result.get("sensitivities", ()):
        boundary = text(f"cli.{one['figure'].replace('-', '_')}", lang)
        told = f"{significant(Decimal(one['value']))}, {boundary}. {one[lang]}"
        yield text("cli.sensitivity", lang), told
    yield text("cli.grade", lang), text(f"cli.grade_{result['grade']['value']}", lang)
    gap = result["engines"]["relative_gap"]
    yield text("cli.engines", lang), text("cli.engines_agree", lang, gap=gap)
